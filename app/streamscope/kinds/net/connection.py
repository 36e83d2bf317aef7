"""HTTP/1.1 over a stamped stream, in the shape that httpcore's pool asks for.

h11 writes the request and reads the answer's head; the body is framed here, a whole socket read at a time, since each
HTTP chunk through the library costs more than all that is done with it, and trailers are lost there.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

import h11
import httpcore

from streamscope.kinds.net.facts import Road, used
from streamscope.kinds.net.http2 import Http2
from streamscope.kinds.net.transfer import Transfer, TransferError, transfer
from streamscope.kinds.net.wire import WIRE, Wire
from streamscope.model.event import Detail

BODY = "streamscope_body"
"""The extension of a response under which its Body is found."""
BETWEEN = "between"
"""The timeout, beside httpcore's own, between two reads of an answer's body."""
_READ = 1 << 20
_LARGEST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """How connections of a pool are made; `proxy` is an HTTP proxy's origin that plain requests are given to."""

    backend: httpcore.AsyncNetworkBackend
    context: ssl.SSLContext
    http2: bool = False
    keepalive: float = 30.0
    proxy: httpcore.Origin | None = None
    proxy_headers: tuple[tuple[bytes, bytes], ...] = ()
    proxy_place: str = ""
    """Host and port of that proxy, as they are told."""


class Pool(httpcore.AsyncConnectionPool):
    """httpcore's pool, with connections of our own."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(
            ssl_context=asked.context,
            network_backend=asked.backend,
            max_connections=1000,
            max_keepalive_connections=20,
            keepalive_expiry=asked.keepalive,
        )
        self._asked = asked

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        """A connection that opens with its first request."""
        return Connection(origin, self._asked)


class Connection(httpcore.AsyncConnectionInterface):
    """One connection to an origin, opened when it is first asked; HTTP/2 where it was wanted and agreed on."""

    def __init__(self, origin: httpcore.Origin, asked: Asked) -> None:
        self._origin = origin
        self._asked = asked
        self._inner: Http11 | Http2 | None = None
        self._failed = False
        self._opening = asyncio.Lock()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send one request. Raises httpcore's errors and those of connecting."""
        async with self._opening:
            if self._inner is None:
                try:
                    self._inner = await self._opened(request)
                except BaseException:
                    self._failed = True
                    raise
            elif not self.is_available():
                raise httpcore.ConnectionNotAvailable
        return await self._inner.handle_async_request(request)

    async def _opened(self, request: httpcore.Request) -> "Http11 | Http2":
        asked = self._asked
        timeout = request.extensions.get("timeout", {}).get("connect")
        to = asked.proxy or self._origin
        stream = await asked.backend.connect_tcp(to.host.decode("ascii"), to.port, timeout)
        http2 = asked.http2
        if to.scheme in (b"https", b"wss"):
            name = to.host.decode("ascii") if asked.proxy else request.extensions.get("sni_hostname")
            stream = await stream.start_tls(asked.context, name, timeout)
            made = stream.get_extra_info("ssl_object")
            http2 = made is not None and made.selected_alpn_protocol() == "h2"
        if http2 and asked.proxy is None:
            return Http2(self._origin, stream, asked.keepalive)
        return Http11(self._origin, stream, asked)

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        """Whether it leads there."""
        return origin == self._origin

    def is_available(self) -> bool:
        """Whether it is free: one exchange at a time, also on HTTP/2, so that each read has one owner."""
        return self._inner is not None and self._inner.is_idle() and self._inner.is_available()

    def has_expired(self) -> bool:
        """Whether it was idle for too long, or the peer closed it."""
        return self._failed if self._inner is None else self._inner.has_expired()

    def is_idle(self) -> bool:
        """Whether nothing goes on."""
        return self._failed if self._inner is None else self._inner.is_idle()

    def is_closed(self) -> bool:
        """Whether it is gone."""
        return self._failed if self._inner is None else self._inner.is_closed()

    def info(self) -> str:
        """For the pool's repr."""
        return "connecting" if self._inner is None else self._inner.info()

    async def aclose(self) -> None:
        """Close it."""
        if self._inner is not None:
            await self._inner.aclose()


class Http11(httpcore.AsyncConnectionInterface):
    """An open HTTP/1.1 connection: one request after the other."""

    def __init__(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream, asked: Asked) -> None:
        self._origin = origin
        self._stream = stream
        self._asked = asked
        self._busy = False
        self._closed = False
        self._warm = False
        self._requests = 0
        self._sent = True
        """Whether the last request was taken to its end."""
        self._idle_since = time.monotonic()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send one request and read its answer's head. Raises httpcore's errors, h11.LocalProtocolError."""
        if self._busy or self._closed:
            raise httpcore.ConnectionNotAvailable
        self._busy = True
        wire = WIRE.get() or Wire(lambda _: None)
        talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        try:
            wire.road = self._road(wire)
            wire.sending(warm=self._warm)
            size = await self._send(talk, request)
            wire.end("send", "", {"bytes": size})
            wire.begin("wait")
            answer = await self._head(talk, request, wire)
            wire.end("wait")
            return self._response(talk, request, answer, wire)
        except BaseException:
            await self.aclose()
            raise

    def _road(self, wire: Wire) -> Road:
        """What is known of this connection, for the request that is sent on it now."""
        more: Detail = {"http": "HTTP/1.1"}
        if self._asked.proxy_place:
            more |= {"proxy": self._asked.proxy_place, "proxy_by": wire.proxy_by}
            more |= {"proxy_signed_in": True} if self._asked.proxy_headers else {}
        self._requests += 1
        road: Road = self._stream.get_extra_info("road")
        return used(road, more, self._requests - 1, self._idle_since)

    async def _send(self, talk: h11.Connection, request: httpcore.Request) -> int:
        """Send head and body; gives how many bytes that were."""
        timeout = request.extensions.get("timeout", {}).get("write")
        head = h11.Request(
            method=request.method, target=self._target(request), headers=[*request.headers, *self._asked.proxy_headers]
        )
        waiting = talk.send(head) or b""
        self._sent, size = True, 0
        try:
            async with aclosing(cast("AsyncGenerator[bytes, None]", aiter(request.stream))) as pieces:  # type: ignore[arg-type]
                async for piece in pieces:
                    waiting += talk.send(h11.Data(data=piece)) or b""
                    await self._stream.write(waiting, timeout)
                    size += len(waiting)
                    waiting = b""
                    if self._stream.get_extra_info("is_blocked") and self._stream.get_extra_info("is_readable"):
                        self._sent = False  # it answers without taking the rest (RFC 9112, section 9.3)
                        return size
            waiting += talk.send(h11.EndOfMessage()) or b""
            await self._stream.write(waiting, timeout)
            size += len(waiting)
        except httpcore.WriteError:
            pass  # it may have answered and closed before it took all: the answer tells
        return size

    def _target(self, request: httpcore.Request) -> bytes:
        """The target as typed; a proxy is told the whole URL (RFC 9112, section 3.2.2)."""
        target = request.url.target
        if self._asked.proxy is None:
            return target
        return absolute(request.url.host, request.url.port, target)

    async def _head(
        self, talk: h11.Connection, request: httpcore.Request, wire: Wire
    ) -> h11.Response | h11.InformationalResponse:
        timeout = request.extensions.get("timeout", {}).get("read")
        while True:
            try:
                event = talk.next_event()
            except h11.RemoteProtocolError as error:
                raise httpcore.RemoteProtocolError(str(error)) from error
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.InformationalResponse):
                if event.status_code == 101:
                    return event
                pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()]
                wire.informational(event.status_code, event.reason.decode("latin-1"), pairs)
            elif event is h11.NEED_DATA:
                data = await self._stream.read(_READ, timeout)
                if not data:
                    raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
                talk.receive_data(data)
            else:
                raise httpcore.RemoteProtocolError(f"unexpected {type(event).__name__}")

    def _response(
        self,
        talk: h11.Connection,
        request: httpcore.Request,
        answer: h11.Response | h11.InformationalResponse,
        wire: Wire,
    ) -> httpcore.Response:
        begun, _ = talk.trailing_data
        headers = list(answer.headers)
        switched = answer.status_code == 101
        try:
            framing = transfer(request.method.decode("ascii"), answer.status_code, headers)
        except TransferError as error:
            raise httpcore.RemoteProtocolError(str(error)) from error
        kept = not switched and answer.http_version >= b"1.1" and not _closes(headers) and not _closes(request.headers)
        timeout = request.extensions.get("timeout", {})
        body = Body(self, framing, begun, wire, timeout.get(BETWEEN, timeout.get("read")), kept and self._sent)
        stream = Upgraded(self._stream, begun) if switched else self._stream
        return httpcore.Response(
            answer.status_code,
            headers=answer.headers.raw_items(),
            content=body,
            extensions={
                "http_version": b"HTTP/" + answer.http_version,
                "reason_phrase": answer.reason,
                "network_stream": stream,
                BODY: body,
            },
        )

    async def read(self, timeout: float | None) -> bytes:
        """The next bytes, b'' at the end. Raises httpcore.ReadError, httpcore.ReadTimeout."""
        return await self._stream.read(_READ, timeout)

    async def finished(self, *, keep: bool) -> None:
        """The answer is over: the connection can be used again, or not, as where the request was not all taken."""
        if not keep or self._stream.get_extra_info("is_blocked"):
            await self.aclose()
            return
        self._busy, self._warm = False, True
        self._idle_since = time.monotonic()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        """Whether it leads there."""
        return origin == self._origin

    def is_available(self) -> bool:
        """Whether the next request can be sent."""
        return not self._busy and not self._closed

    def has_expired(self) -> bool:
        """Whether it was idle for too long, or the peer closed it."""
        if self._busy or self._closed:
            return False
        return time.monotonic() - self._idle_since > self._asked.keepalive or bool(
            self._stream.get_extra_info("is_readable")
        )

    def is_idle(self) -> bool:
        """Whether nothing goes on."""
        return not self._busy and not self._closed

    def is_closed(self) -> bool:
        """Whether it is gone."""
        return self._closed

    def info(self) -> str:
        """For the pool's repr."""
        return "HTTP/1.1, " + ("closed" if self._closed else "busy" if self._busy else "idle")

    async def aclose(self) -> None:
        """Close it."""
        self._closed = True
        await self._stream.aclose()


class Body:
    """An answer's body after transfer decoding, one piece for each socket read that brought some of it.

    `plain`: the pieces are the very bytes of the wire, the first at offset `start` of the record's.
    """

    def __init__(
        self, connection: Http11, framing: Transfer, begun: bytes, wire: Wire, timeout: float | None, kept: bool
    ) -> None:
        self._connection = connection
        self._begun = begun
        self._timeout = timeout
        self._kept = kept
        self._over = False
        self.transfer = framing
        self.start = wire.received - len(begun)
        self.size = 0
        self.whole = framing.done

    @property
    def plain(self) -> bool:
        """Whether the body is the very bytes of the wire."""
        return self.transfer.plain

    async def __aiter__(self) -> AsyncIterator[bytes]:
        framing, data = self.transfer, self._begun
        self._begun = b""
        while True:
            if data and (piece := framing.feed(data)):
                self.size += len(piece)
                self.whole = framing.done
                yield piece
            if framing.done:
                break
            if framing.violation:
                raise httpcore.RemoteProtocolError(framing.violation)
            data = await self._connection.read(self._timeout)
            if not data:
                self.whole = framing.end()
                if not self.whole:
                    raise httpcore.RemoteProtocolError(
                        "peer closed connection without sending complete message body (incomplete read)"
                    )
                break
        self.whole = True

    async def aclose(self) -> None:
        """Let go of the connection: it is kept only where the body was read to its end and nothing came behind it."""
        if not self._over:
            self._over = True
            over = self.transfer.done and not self.transfer.rest and not self._begun
            await self._connection.finished(keep=over and self._kept)


class Upgraded(httpcore.AsyncNetworkStream):
    """The stream behind an upgrade, beginning with what came together with the head."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, begun: bytes) -> None:
        self._stream = stream
        self._begun = begun

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came with the head, then what comes."""
        if self._begun:
            begun, self._begun = self._begun, b""
            return begun
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> object:
        """What httpcore asks of a stream."""
        return self._stream.get_extra_info(info)


def absolute(host: bytes, port: int | None, target: bytes) -> bytes:
    """A plain request's whole URL, as a proxy is asked for it."""
    host = b"[%b]" % host if b":" in host else host
    return b"http://%b%b%b" % (host, b"" if port in (None, 80) else b":%d" % port, target)


def _closes(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name.lower() == b"connection" and b"close" in [part.strip() for part in value.lower().split(b",")]
        for name, value in headers
    )
