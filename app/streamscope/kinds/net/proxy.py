"""Through an HTTP proxy: a tunnel by CONNECT for TLS and WebSocket (RFC 9110, section 9.3.6)."""

import base64
from collections.abc import Iterable
from typing import Any

import h11
import httpcore
import httpx

from streamscope.kinds.net import tls as tls_contexts
from streamscope.kinds.net.backend import Backend, TlsStream
from streamscope.kinds.net.stream import StampedStream
from streamscope.kinds.net.wire import WIRE
from streamscope.model.errors import ConnectError, ProxyError, UsageError
from streamscope.model.event import Detail
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Tls

_READ = 1 << 16
_AUTHENTICATE = 407


class Tunnel(Backend):
    """Opens connections that lead through a proxy; `connect` replaces the address that the proxy is asked for."""

    def __init__(self, tls: Tls, connect: str, proxy: httpx.URL) -> None:
        super().__init__(tls, connect)
        self._proxy = proxy
        self._to_proxy = Backend(Tls())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the host, once the proxy has opened the way. Raises the ConnectErrors."""

        async def opened() -> StampedStream:
            return await self._opened(self._connect or host, port, timeout)

        stream = await opened()
        return TlsStream(stream, self._tls, host, opened, stream.road)

    async def _opened(self, host: str, port: int, timeout: float | None) -> StampedStream:
        place = proxy_place(self._proxy)
        try:
            stream = await self._to_proxy.connect_tcp(self._proxy.host, _port(self._proxy), timeout)
            if self._proxy.scheme == "https":
                await stream.start_tls(tls_contexts.context(Tls()), self._proxy.host, timeout)
        except ConnectError as error:
            raise ProxyError(
                phrase("No connection to the proxy {place}: {message}", place=place, message=error.message),
                phrase("Check the proxy's address, or call without it: --proxy none."),
                error.cause,
            ) from error
        if not isinstance(stream, StampedStream):
            raise TypeError("a backend's stream is a stamped one")
        try:
            await self._asked(stream, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", timeout)
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def _asked(self, stream: StampedStream, target: str, timeout: float | None) -> None:
        """Send CONNECT and take the proxy's answer. Raises ProxyError."""
        wire = WIRE.get()
        known: Detail = {"proxy": proxy_place(self._proxy), "target": target}
        if wire is not None:
            wire.begin("proxy", f"CONNECT {target}")
            known["proxy_by"] = wire.proxy_by
        talk = h11.Connection(h11.CLIENT)
        headers = [(b"Host", target.encode("ascii")), *authorization(self._proxy)]
        await stream.write(talk.send(h11.Request(method="CONNECT", target=target, headers=headers)) or b"", timeout)
        try:
            while (answer := talk.next_event()) is h11.NEED_DATA or isinstance(answer, h11.InformationalResponse):
                talk.receive_data(await stream.read(_READ, timeout))
        except (httpcore.NetworkError, httpcore.TimeoutException, h11.RemoteProtocolError) as error:
            raise refused(target, str(error)) from error
        if not isinstance(answer, h11.Response):
            raise refused(target, "it closed the connection")
        known["status"] = answer.status_code
        if self._proxy.username:
            known["proxy_signed_in"] = True
        if not 200 <= answer.status_code <= 299:
            if wire is not None:
                wire.end("proxy", str(answer.status_code), known | {"failed": answer.reason.decode("latin-1")})
            reason = f"{answer.status_code} {answer.reason.decode('latin-1')}".strip()
            raise refused(target, reason, sign_in=answer.status_code == _AUTHENTICATE)
        early, _ = talk.trailing_data
        if early:
            stream.inbox.chunks.appendleft((0, early))  # they belong to the read that was just told
        stream.road.facts = stream.road.facts | known
        if wire is not None:
            wire.end("proxy", str(answer.status_code), known)


def proxy_address(proxy: str) -> httpx.URL:
    """A proxy's address as it was given. Raises UsageError for one that cannot be used."""
    try:
        read = httpx.URL(proxy if "://" in proxy else f"http://{proxy}")
    except httpx.InvalidURL as error:
        raise _unusable(phrase("The proxy's address cannot be read: {reason}.", reason=error)) from error
    if read.scheme not in ("http", "https"):
        raise _unusable(phrase("A proxy of the kind '{scheme}' cannot be used.", scheme=read.scheme))
    if read.port is not None and read.port > 65535:
        raise _unusable(phrase("The proxy's port is over 65535."))
    if not read.host:
        raise _unusable(phrase("The proxy's address names no host."))
    return read


def proxy_place(proxy: httpx.URL) -> str:
    """Host and port of a proxy, without who signs in there."""
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    return f"{host}:{_port(proxy)}"


def refused(target: str, reason: str, *, sign_in: bool = False) -> ProxyError:
    """The error for a proxy that does not let the connection through."""
    hint: Phrase = NOTHING
    if sign_in:
        hint = phrase("It wants a user and a password: http://user:password@host:port.")
    return ProxyError(
        phrase("The proxy refused the connection to {place}: {reason}.", place=target, reason=reason),
        hint or phrase("Check the proxy's address, and whether it may connect to this host."),
        reason,
    )


def _unusable(told: Phrase) -> UsageError:
    return UsageError(told, phrase("Use an HTTP proxy: http://host:port, or 'none'."))


def _port(proxy: httpx.URL) -> int:
    return proxy.port or (443 if proxy.scheme == "https" else 80)


def authorization(proxy: httpx.URL) -> tuple[tuple[bytes, bytes], ...]:
    """The header that signs in at a proxy whose address has a user."""
    if not proxy.username:
        return ()
    pair = base64.b64encode(f"{proxy.username}:{proxy.password}".encode())
    return ((b"Proxy-Authorization", b"Basic " + pair),)
