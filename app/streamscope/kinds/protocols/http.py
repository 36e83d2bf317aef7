"""One HTTP exchange (RFC 9110): head, then messages as the answer's content type cuts them."""

import asyncio
import zlib
from collections.abc import AsyncGenerator, Iterator
from typing import Protocol as Shape

import httpx

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.net.translate import translated
from streamscope.kinds.protocols.event_stream import Comment, EventStreamDecoder, Ignored, Item, Retry, ServerEvent
from streamscope.kinds.protocols.gzip import GzipDecoder
from streamscope.model.event import Closed, Control, Event, Head, Message
from streamscope.model.request import Request

_JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines")


class Cutter(Shape):
    """Cuts a body into messages."""

    def feed(self, data: bytes, wire: Wire) -> Iterator[Event]:
        """The events that these bytes of the current read complete."""

    def finish(self, wire: Wire) -> Iterator[Event]:
        """What is left at the end of the body."""


class EventStream:
    """Cuts an event stream into its events."""

    def __init__(self) -> None:
        self._decoder = EventStreamDecoder()
        self._first = 0

    def feed(self, data: bytes, wire: Wire) -> Iterator[Event]:
        """The events and controls that these bytes complete, each with the reads that it came in."""
        pending = self._decoder.pending
        first = self._first if pending else wire.reads
        for item in self._decoder.feed(data):
            yield _event(item, wire, first)
            if isinstance(item, ServerEvent | Retry):
                first = wire.reads
        self._first = first

    def finish(self, wire: Wire) -> Iterator[Event]:
        """The unfinished last event, marked as such."""
        for item in self._decoder.finish():
            yield _event(item, wire, self._first)


class Lines:
    """Cuts JSON lines."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._first = 0

    def feed(self, data: bytes, wire: Wire) -> Iterator[Event]:
        """A message for each whole line that is not blank."""
        first = self._first if self._rest else wire.reads
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._rest.append(line)
            whole, self._rest = b"".join(self._rest).removesuffix(b"\r"), []
            if whole.strip():
                yield body_message(whole, wire, first)
            first = wire.reads
        if rest:
            self._rest.append(rest)
        self._first = first

    def finish(self, wire: Wire) -> Iterator[Event]:
        """The last line, where no line end came behind it."""
        whole = b"".join(self._rest)
        if whole.strip():
            yield body_message(whole, wire, self._first)


class Whole:
    """The body as one message."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._first = 0

    def feed(self, data: bytes, wire: Wire) -> Iterator[Event]:
        """Nothing yet."""
        if not self._parts:
            self._first = wire.reads
        self._parts.append(data)
        yield from ()

    def finish(self, wire: Wire) -> Iterator[Event]:
        """The whole body, unless it is empty."""
        if self._parts:
            yield body_message(b"".join(self._parts), wire, self._first)


def body_message(payload: bytes, wire: Wire, first: int) -> Message:
    """An incoming message without any protocol's fields."""
    return Message(wire.read_at, "in", (first, wire.reads), payload)


def _event(item: Item, wire: Wire, first: int) -> Event:
    match item:
        case Comment(text):
            return Control(wire.read_at, "in", "comment", text.decode(errors="replace"))
        case Retry(milliseconds):
            return Control(wire.read_at, "in", "retry", milliseconds)
        case Ignored(line):
            return Control(wire.read_at, "in", "field", line.decode(errors="replace"))
    return Message(
        wire.read_at,
        "in",
        (first, wire.reads),
        item.data,
        "event",
        item.event,
        item.id,
        retry=item.retry,
        unfinished=item.unfinished,
    )


def cutter(content_type: str) -> Cutter:
    """How a body of this content type is cut into messages."""
    essence = content_type.partition(";")[0].strip().lower()
    if essence == "text/event-stream":
        return EventStream()
    return Lines() if essence in _JSON_LINES else Whole()


def head(response: httpx.Response, wire: Wire) -> Head:
    """Status and headers as received, stamped with the read that completed them."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
    return Head(wire.read_at, response.status_code, response.http_version, pairs)


async def exchanged(request: Request, wire: Wire, net: Net) -> AsyncGenerator[Event, None]:
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
    ) as response:
        answer = head(response, wire)
        yield answer
        async for event in answered(request, response, wire, cutter(answer.header("Content-Type"))):
            yield event
    yield Closed(wire.now(), "server")


async def answered(request: Request, response: httpx.Response, wire: Wire, cut: Cutter) -> AsyncGenerator[Event, None]:
    """The messages of a body. What had come is given also where it breaks off or the call is stopped."""
    try:
        with translated(request.url, answered=True):
            async for piece in _decoded(response):
                if wire.on_payload is not None:
                    wire.on_payload(piece)
                for event in cut.feed(piece, wire):
                    yield event
    except asyncio.CancelledError:
        for event in cut.finish(wire):  # nobody takes a generator's events any more
            wire.emit(event)
        raise
    except Exception:
        for event in cut.finish(wire):
            yield event
        raise
    for event in cut.finish(wire):
        yield event


async def _decoded(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body after transfer and content decoding; httpx would take a gzip body that was cut off for a whole one."""
    if response.headers.get("Content-Encoding", "").strip().lower() not in ("gzip", "x-gzip"):
        async for piece in response.aiter_bytes():
            yield piece
        return
    decoder = GzipDecoder()
    async for piece in response.aiter_raw():
        try:
            decoded = decoder.feed(piece)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error
        if decoded:
            yield decoded
    if not decoder.whole:
        raise httpx.RemoteProtocolError("incomplete gzip body")
