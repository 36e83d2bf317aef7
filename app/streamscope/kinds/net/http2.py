"""HTTP/2 over a stamped stream (RFC 9113): httpcore's connection, held to one exchange at a time.

So each read has one owner. A connection whose answer was not read to its end is closed: what still comes on it would be
taken for bytes of the next exchange.
"""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

import h2.events
import h2.exceptions
import httpcore

from streamscope.kinds.net.facts import Road, used
from streamscope.kinds.net.wire import WIRE

TRAILERS = "streamscope_trailers"
"""The extension of a response under which the trailers are found, once its body was read."""


class Http2(httpcore.AsyncConnectionInterface):
    """An open HTTP/2 connection: one request after the other."""

    def __init__(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream, keepalive: float) -> None:
        self._inner = _Heard(origin, stream, keepalive)
        self._stream = stream
        self._requests = 0
        self._idle_since = time.monotonic()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send one request and read its answer's head. Raises httpcore's errors."""
        phases = _Phases(request.extensions.get("trace"))
        request.extensions = {**request.extensions, "trace": phases}
        self._inner.trailers = []
        self._tell_road()
        try:
            response = await self._inner.handle_async_request(request)
        except httpcore.LocalProtocolError as error:
            await self.aclose()
            if phases.written:  # the library says the same of a request and of an answer that break the rules
                raise httpcore.RemoteProtocolError(str(error)) from error
            raise
        except h2.exceptions.ProtocolError as error:
            await self.aclose()
            raise httpcore.RemoteProtocolError(_told(error)) from error
        except BaseException:
            await self.aclose()
            raise
        timeout = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {**timeout, "read": timeout.get("between", timeout.get("read"))}
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=_Body(self, response.stream),
            extensions={**response.extensions, TRAILERS: self._inner.trailers},
        )

    def rest(self) -> None:
        """An exchange is over."""
        self._idle_since = time.monotonic()

    def _tell_road(self) -> None:
        """Let the exchange know on which connection its request is sent."""
        wire = WIRE.get()
        if wire is not None:
            road: Road = self._stream.get_extra_info("road")
            wire.road = used(road, {"http": "HTTP/2"}, self._requests, self._idle_since)
        self._requests += 1

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        """Whether it leads there."""
        return self._inner.can_handle_request(origin)

    def is_available(self) -> bool:
        """Whether the next request can be sent."""
        return self._inner.is_idle() and self._inner.is_available()

    def has_expired(self) -> bool:
        """Whether it was idle for too long, or the peer closed it or said something since."""
        return self._inner.is_idle() and (self._inner.has_expired() or bool(self._stream.get_extra_info("is_readable")))

    def is_idle(self) -> bool:
        """Whether nothing goes on."""
        return self._inner.is_idle()

    def is_closed(self) -> bool:
        """Whether it is gone."""
        return self._inner.is_closed()

    def info(self) -> str:
        """For the pool's repr."""
        return self._inner.info()

    async def aclose(self) -> None:
        """Close it."""
        with suppress(h2.exceptions.ProtocolError):
            await self._inner.aclose()
        await self._stream.aclose()


class _Heard(httpcore.AsyncHTTP2Connection):
    """Tells of interim answers and keeps trailers, which httpcore passes over."""

    def __init__(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream, keepalive: float) -> None:
        super().__init__(origin, stream, keepalive)
        self.trailers: list[tuple[str, str]] = []

    async def _read_incoming_data(self, request: httpcore.Request) -> list[h2.events.Event]:
        events = await super()._read_incoming_data(request)
        for event in events:
            if isinstance(event, h2.events.TrailersReceived):
                self.trailers += _pairs(event.headers)
            elif isinstance(event, h2.events.InformationalResponseReceived) and (wire := WIRE.get()) is not None:
                pairs = _pairs(event.headers)
                others = [pair for pair in pairs if not pair[0].startswith(":")]
                wire.informational(int(dict(pairs).get(":status", "100")), "", others)
        return events


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers or ()]


class _Phases:
    """Knows whether the request was written; tells everything on."""

    def __init__(self, told: Any) -> None:
        self._told = told
        self.written = False

    async def __call__(self, name: str, info: dict[str, Any]) -> None:
        self.written = self.written or name == "http2.send_request_headers.complete"
        if self._told is not None:
            await self._told(name, info)


class _Body:
    """An answer's body, one piece for each DATA frame."""

    def __init__(self, connection: Http2, stream: Any) -> None:
        self._connection = connection
        self._stream = stream
        self._whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises httpcore's errors; an answer that breaks off is told as incomplete."""
        try:
            async with aclosing(aiter(self._stream)) as pieces:
                async for piece in pieces:
                    yield piece
        except httpcore.RemoteProtocolError as error:
            raise httpcore.RemoteProtocolError(f"incomplete answer: {error}") from error
        except h2.exceptions.ProtocolError as error:
            raise httpcore.RemoteProtocolError(_told(error)) from error
        self._whole = True

    async def aclose(self) -> None:
        """Let go of the connection: it is kept only where the answer was read to its end."""
        self._connection.rest()
        if not self._whole:
            await self._connection.aclose()
        await self._stream.aclose()


def _told(error: h2.exceptions.ProtocolError) -> str:
    return f"{type(error).__name__}: {error}"
