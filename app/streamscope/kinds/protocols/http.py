"""One HTTP exchange (RFC 9110): head, then messages as the answer's content type or its first bytes cut them."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import cast

import httpcore
import httpx

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.net.connection import BODY, Body
from streamscope.kinds.net.http2 import TRAILERS
from streamscope.kinds.net.translate import translated
from streamscope.kinds.protocols.bodies import cutter
from streamscope.kinds.protocols.content_coding import CodingError, ContentDecoder
from streamscope.kinds.protocols.cutting import Cutter, Place
from streamscope.model.event import PAYLOAD, WIRE, Carried, Closed, Control, Event, Head
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.request import Request

_LARGE = 1 << 16
HTTP2 = Field(
    "http2",
    phrase("HTTP/2"),
    "switch",
    "off",
    phrase("Offered when TLS is agreed on; over plain HTTP it is spoken at once (RFC 9113, section 3.3)."),
)
COMPRESSION = Field(
    "compression",
    phrase("Compression"),
    "choice",
    "usual",
    phrase("Which codings the Accept-Encoding header asks for."),
    (("usual", phrase("As usual")), ("identity", phrase("None (identity)"))),
)


def uncompressed(request: Request) -> Request:
    """The request, asking for an answer without compression where the field says so (RFC 9110, section 12.5.3)."""
    wanted = request.settings.get("compression") == "identity"
    return request.with_default("Accept-Encoding", "identity") if wanted else request


def head(response: httpx.Response, wire: Wire) -> Head:
    """Status and headers as received, stamped with the read that completed them."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
    return Head(wire.read_at, response.status_code, response.http_version, pairs)


async def exchanged(request: Request, wire: Wire, net: Net) -> AsyncGenerator[list[Event], None]:
    """Send, then give head, messages and the end. A body that breaks off gives what came, then raises."""
    if request.route is None:
        raise ValueError("a request is sent on a route")
    limits = request.limits
    async with net.exchange(
        wire,
        request.route,
        request.method,
        request.headers,
        request.body,
        connect=limits.connect or None,
        wait=limits.wait or None,
        between=limits.between or None,
        http2=request.settings.get("http2") == "on",
        without=request.without,
    ) as response:
        answer = head(response, wire)
        yield [answer]
        content = Content(response, wire)
        cut = cutter(answer.header("Content-Type"), streamed=not content.sized)
        async with aclosing(answered(request, content, wire, cut)) as batches:
            async for events in batches:
                yield events
    yield [Closed(wire.now(), "server", body=content.carried())]


class Content:
    """An answer's body after transfer and content decoding, and how it was carried.

    Where that is the very bytes of the wire it is stored there alone; else it is added to the record's payload.
    """

    def __init__(self, response: httpx.Response, wire: Wire) -> None:
        self._body: Body | None = response.extensions.get(BODY)
        self._response = response
        self._wire = wire
        self._decoder = ContentDecoder(response.headers.get("Content-Encoding", ""))
        self._size = 0
        self._wired = 0
        self._whole: bool | None = None
        self.place = Place(WIRE if self._body is not None and self._body.plain and not self.coding else PAYLOAD)
        wire.carried = self.carried

    @property
    def coding(self) -> str:
        """The content coding that is undone."""
        return self._decoder.coding

    @property
    def framing(self) -> str:
        """How the body is framed."""
        return "http2" if self._body is None else self._body.transfer.framing

    @property
    def sized(self) -> bool:
        """Whether the answer told the body's length beforehand."""
        return self.framing == "length" or (self.framing == "http2" and "Content-Length" in self._response.headers)

    @property
    def trailers(self) -> list[tuple[str, str]]:
        """The trailers that came behind the body."""
        if self._body is not None:
            return self._body.transfer.trailers
        trailers: list[tuple[str, str]] = self._response.extensions.get(TRAILERS, [])
        return trailers

    def carried(self) -> Carried:
        """How the body was carried so far."""
        chunks = 0 if self._body is None else self._body.transfer.chunks
        whole = self._whole and self._decoder.whole if self._whole is not None else None
        return Carried(self.framing, self.coding, self._wired, self._size, chunks, whole)  # type: ignore[arg-type]

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body piece by piece; `place` tells where each lies. Raises httpcore's errors, httpx.DecodingError."""
        wire, place = self._wire, self.place
        plain, raw = place.stream == WIRE, not self._decoder.coding
        self._whole = False
        at = self._body.start if self._body is not None else 0
        async with aclosing(self._raw()) as pieces:
            async for piece in pieces:
                self._wired += len(piece)
                place.t, place.read = wire.read_at, wire.reads
                for content in (piece,) if raw else self._content(piece):
                    if plain:
                        place.at, at = at, at + len(content)
                    else:
                        place.at = wire.keep(content)
                    self._size += len(content)
                    yield content
                    if len(content) > len(piece) and len(content) > _LARGE:
                        await asyncio.sleep(0)  # a read may decode to a gigabyte, and stopping must not wait for it
        self._whole = None if self.framing == "close" and raw else True
        if not self._decoder.whole:
            self._whole = False
            raise httpcore.RemoteProtocolError(f"incomplete {self.coding} body")

    def _content(self, piece: bytes) -> Iterator[bytes]:
        try:
            yield from self._decoder.feed(piece)
        except CodingError as error:
            raise httpx.DecodingError(str(error)) from error

    def _raw(self) -> AsyncGenerator[bytes, None]:
        raw = aiter(self._body) if self._body is not None else self._response.aiter_raw()
        return cast("AsyncGenerator[bytes, None]", raw)


async def answered(request: Request, content: Content, wire: Wire, cut: Cutter) -> AsyncGenerator[list[Event], None]:
    """The messages of a body. What had come is given also where it breaks off or the call is stopped."""
    place = content.place
    try:
        with translated(request.url, answered=True):
            async with aclosing(content.pieces()) as pieces:
                async for piece in pieces:
                    if wire.on_payload is not None:
                        wire.on_payload(piece)
                    if events := cut.feed(piece, place):
                        yield events
    except asyncio.CancelledError:
        for event in _left(cut, place, wire):  # nobody takes a generator's events any more
            wire.emit(event)
        raise
    except Exception:
        if left := _left(cut, place, wire):
            yield left
        raise
    last = _left(cut, place, wire)
    last += [Control(wire.read_at, "in", "trailer", f"{name}: {value}") for name, value in content.trailers]
    if last:
        yield last


def _left(cut: Cutter, place: Place, wire: Wire) -> list[Event]:
    """What is left at the end, which the last read has brought."""
    place.t, place.read = wire.read_at, wire.reads
    return cut.finish(place)
