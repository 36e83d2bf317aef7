"""httpx clients, one for each way of reaching hosts, on a transport that stamps reads and keeps typed bytes."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from streamscope.kinds.net import tls as tls_contexts
from streamscope.kinds.net.backend import Backend
from streamscope.kinds.net.connection import BETWEEN, Asked, Pool
from streamscope.kinds.net.proxy import Tunnel, authorization, proxy_address, proxy_place
from streamscope.kinds.net.translate import translated
from streamscope.kinds.net.upload import Upload
from streamscope.kinds.net.wire import WIRE, Wire
from streamscope.model.request import FileBody, Headers
from streamscope.model.service import NO_PROXY, Route, Tls
from streamscope.model.url import Url

_TARGET = "streamscope_target"
"""The extension that carries the request target as typed; httpcore's own would change what a proxy is asked, too."""
_LOOPBACK = ("localhost", "127.", "::1")


class _Body(httpx.AsyncByteStream):
    """httpcore's body as httpx wants it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Response(httpx.Response):
    """An answer whose Location httpx leaves alone: it would work out a next request even where none is followed."""

    @property
    def has_redirect_location(self) -> bool:
        return False


class Transport(httpx.AsyncBaseTransport):
    """One connection pool; the request target is sent as typed, not as httpx would normalise it."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; httpcore's errors and those of the connection come through as they are."""
        reply = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.extensions.get(_TARGET, request.url.raw_path),
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return _Response(
            reply.status, headers=reply.headers, stream=_Body(reply.stream), extensions=dict(reply.extensions)
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: status, headers, body after decoding."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header, '' where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Net:
    """The network of one event loop: warm clients by trust, proxy and connect address."""

    def __init__(self) -> None:
        self._clients: dict[tuple[Tls, str, str, bool, bool], httpx.AsyncClient] = {}

    def client(self, route: Route, *, http2: bool = False) -> httpx.AsyncClient:
        """The warm client for a route. Raises UsageError for a proxy or CA file that makes no sense."""
        proxy = proxy_for(route)
        key = (route.tls, proxy, route.connect, tunnelled(route.url), http2)
        if key not in self._clients:
            pool = _pool(route, proxy, http2)
            self._clients[key] = httpx.AsyncClient(transport=Transport(pool), trust_env=False)
        return self._clients[key]

    @asynccontextmanager
    async def exchange(
        self,
        wire: Wire,
        route: Route,
        method: str,
        headers: Headers,
        body: bytes | FileBody = b"",
        *,
        connect: float | None = 10.0,
        wait: float | None = None,
        between: float | None = None,
        http2: bool = False,
        without: Collection[str] = (),
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and hold its answer open, head read and body not yet. Raises the tree of errors.

        Seconds: `wait` for the answer's head, `between` two reads of its body, which is as `wait` where it is None.
        """
        url = route.url
        timeout = {"connect": connect, "read": wait, "write": wait, "pool": connect, BETWEEN: between or wait}
        sent = framed(headers, url, method, body, without)
        request = _written(method, url, sent, body, {"trace": _Phases(wire), "timeout": timeout})
        WIRE.set(wire)
        try:
            response = await self._answered(wire, route, request, http2)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            WIRE.set(None)

    async def _answered(self, wire: Wire, route: Route, request: httpx.Request, http2: bool) -> httpx.Response:
        """The answer's head. A warm connection that turns out to be closed is replaced by a fresh one, once.

        Servers close idle connections at any time (RFC 9112, section 9.3.1); where not a byte of an answer came on one
        that was kept, the request was not taken up. The second sending shows in the phases.
        """
        wire.connected, wire.carried, reads = False, None, wire.reads
        wire.proxy_by = proxy_choice(route)[1]
        with translated(route.url):
            try:
                return await self.client(route, http2=http2).send(request, stream=True)
            except (httpcore.RemoteProtocolError, httpcore.NetworkError):
                if wire.connected or wire.reads != reads:
                    raise
            return await self.client(route, http2=http2).send(request, stream=True)

    async def call(
        self, method: str, route: Route, headers: Headers = (), body: bytes = b"", *, wait: float = 30.0
    ) -> Reply:
        """One request and its whole answer: for the platforms' own interfaces. Raises the tree of errors."""
        wire = Wire(lambda _: None)
        async with self.exchange(wire, route, method, headers, body, wait=wait) as response:
            with translated(route.url):
                content = await response.aread()
            pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
            return Reply(response.status_code, pairs, content)

    async def aclose(self) -> None:
        """Close every connection of every client."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()
        await asyncio.sleep(0)  # transports report their end on the loop's next turn


def _written(
    method: str, url: Url, headers: Headers, body: bytes | FileBody, extensions: dict[str, Any]
) -> httpx.Request:
    """httpx's request, with the target as it was typed and just these headers."""
    return httpx.Request(
        method,
        f"{'https' if url.secure else 'http'}://{url.authority}/",
        headers=[(name.encode("ascii"), value.encode()) for name, value in headers],
        stream=httpx.ByteStream(body) if isinstance(body, bytes) else Upload(body),
        extensions={_TARGET: url.target.encode("ascii"), "sni_hostname": url.host, **extensions},
    )


class _Phases:
    """Tells the wire about httpcore's phases of sending and waiting on HTTP/2; on HTTP/1.1 the connection does."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def __call__(self, name: str, _: dict[str, Any]) -> None:
        match name:
            case "http2.send_request_headers.started":
                self._wire.sending(warm=not self._wire.connected)
            case "http2.send_request_body.complete":
                self._wire.end("send")
                self._wire.begin("wait")
            case "http2.receive_response_headers.complete":
                self._wire.end("wait")


def framed(headers: Headers, url: Url, method: str, body: bytes | FileBody, without: Collection[str] = ()) -> Headers:
    """The headers with Host first and with Content-Length, each unless it was given (RFC 9112 §3.2, §6.2).

    A body whose Content-Length is not wanted goes in chunks, since nothing else would tell where it ends; a request
    without Host is none.
    """
    names = {name.lower() for name, _ in headers}
    host = tuple(pair for pair in headers if pair[0].lower() == "host") or (("Host", url.authority),)
    rest = tuple(pair for pair in headers if pair[0].lower() != "host")
    if (
        "content-length" not in names
        and "transfer-encoding" not in names
        and (body or method in ("POST", "PUT", "PATCH"))
    ):
        if "content-length" not in without:
            rest = (*rest, ("Content-Length", str(len(body))))
        elif body:
            rest = (*rest, ("Transfer-Encoding", "chunked"))
    return host + rest


def prefer_proxy(preferred: Callable[[], str]) -> None:
    """Whom to ask for the proxy that comes before the system's; '' leaves it to the system, 'none' means no proxy."""
    _preferred[0] = preferred


_preferred: list[Callable[[], str]] = [str]


def proxy_for(route: Route) -> str:
    """The proxy of a route: its own ('none' means no proxy), else the preferred or the system's.

    These two are never used for this machine itself.
    """
    return proxy_choice(route)[0]


def proxy_choice(route: Route) -> tuple[str, str]:
    """The proxy of a route, '' for none, and who chose it or none: route, settings, system, '' for nobody."""
    if route.proxy:
        return "" if route.proxy == NO_PROXY else route.proxy, "route"
    host = route.connect or route.url.host
    if host.startswith(_LOOPBACK) or urllib.request.proxy_bypass(host):
        return "", ""
    if preferred := _preferred[0]():
        return "" if preferred == NO_PROXY else preferred, "settings"
    proxies = urllib.request.getproxies()
    found = proxies.get("https" if route.url.secure else "http") or proxies.get("all") or ""
    return found, "system" if found else ""


def tunnelled(url: Url) -> bool:
    """Whether a proxy is asked for a tunnel; a plain HTTP request is asked of the proxy itself (RFC 9112, 3.2.2)."""
    return url.scheme != "http"


def _pool(route: Route, proxy: str, http2: bool) -> httpcore.AsyncConnectionPool:
    context = tls_contexts.context(route.tls, http2=http2)
    if not proxy:
        return Pool(Asked(Backend(route.tls, route.connect), context, http2))
    address = proxy_address(proxy)
    if tunnelled(route.url):
        return Pool(Asked(Tunnel(route.tls, route.connect, address), context, http2))
    port = address.port or (443 if address.scheme == "https" else 80)
    origin = httpcore.Origin(address.raw_scheme, address.raw_host, port)
    to_proxy = tls_contexts.context(route.tls)
    asked = Asked(
        Backend(route.tls),
        to_proxy,
        proxy=origin,
        proxy_headers=authorization(address),
        proxy_place=proxy_place(address),
    )
    return Pool(asked)
