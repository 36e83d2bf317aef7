"""Cutting bodies into messages: event streams, JSON lines, streamed JSON arrays, framed events, text, whole bodies.

The content type says how, and where it says nothing or something else than the first bytes do, those decide. Pure: the
times are handed in. What a cutter gives knows its place in the record's stream, so that nothing is stored twice.
"""

import re
from collections.abc import Callable
from typing import Protocol

import msgspec

from streamscope.kinds.protocols.event_stream import (
    Block,
    Comment,
    EventStreamDecoder,
    Ignored,
    Item,
    Retry,
    ServerEvent,
)
from streamscope.kinds.protocols.json_array import ArrayDecoder
from streamscope.model.event import LARGEST_PAYLOAD, PAYLOAD, Control, Event, Message

EVENT_STREAM = "text/event-stream"
JSON_LINES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json-lines",
        "application/json-seq",
    }
)
_VAGUE = frozenset({"", "text/plain", "application/octet-stream", "application/json", "binary/octet-stream"})
_STREAM_START = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*(?:(?:data|event|id|retry):|: |:\r?\n)")
_STREAM_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b": ", b":\n", b":\r")
_SNIFFED = 1 << 16
"""Bytes in which a line of JSON lines must end to be recognised as one."""


class Place:
    """Where the bytes that are fed lie: the read that brought them, its time, and their offset in a stream."""

    __slots__ = ("at", "read", "stream", "t")

    def __init__(self, stream: int = PAYLOAD) -> None:
        self.t = 0
        self.read = 0
        self.at = -1
        self.stream = stream


class Cutter(Protocol):
    """Cuts a body into messages."""

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """What these bytes complete."""

    def finish(self, place: Place) -> list[Event]:
        """What is left at the end of the body."""


class EventStream:
    """Cuts an event stream into its events and what else it says."""

    def __init__(self) -> None:
        self._decoder = EventStreamDecoder()
        self._first = 0
        self._base: int | None = None

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """The events and controls that these bytes complete, each with the reads that it came in."""
        if self._base is None:
            self._base = place.at
        read = place.read
        first = self._first if self._decoder.pending else read
        events: list[Event] = []
        now, later = (first, read), (read, read)
        for item in self._decoder.feed(data):
            if type(item) is ServerEvent:
                at = item.at + self._base if item.at >= 0 and self._base >= 0 else -1
                events.append(
                    Message(
                        place.t, "in", now, item.data, "event", item.event, item.id, None, item.retry, False, at,
                        place.stream,
                    )
                )  # fmt: skip
                now = later
            else:
                events.append(_control(item, place.t))
                if type(item) is not Comment and type(item) is not Ignored:
                    now = later
        self._first = now[0]
        return events

    def finish(self, place: Place) -> list[Event]:
        """The unfinished last event, marked as such."""
        events: list[Event] = []
        for item in self._decoder.finish():
            if type(item) is ServerEvent:
                reads = (self._first, place.read)
                events.append(
                    Message(
                        place.t, "in", reads, item.data, "event", item.event, item.id, None, item.retry, item.unfinished
                    )
                )
            else:
                events.append(_control(item, place.t))
        self._tell(events, place)
        return events

    def _tell(self, events: list[Event], place: Place) -> None:
        """Say what is unusual about the stream itself: a byte order mark, CR alone, mixed line ends."""
        ends = self._decoder.line_ends
        if self._decoder.bom or "cr" in ends or len(ends) > 1:
            kind = "mixed" if len(ends) > 1 else next(iter(ends), "")
            events.append(Control(place.t, "in", "stream", detail={"bom": self._decoder.bom, "line_ends": kind}))


def _control(item: Item, t: int) -> Control:
    match item:
        case Comment(text=text):
            return Control(t, "in", "comment", text.decode(errors="replace"))
        case Retry(milliseconds=milliseconds):
            return Control(t, "in", "retry", milliseconds)
        case Ignored(line=line):
            return Control(t, "in", "field", line.decode(errors="replace"))
        case Block(event=event, id=last_id):
            return Control(t, "in", "block", event, detail={} if last_id is None else {"id": last_id})
    raise TypeError(item)


class Lines:
    """Cuts JSON lines (and JSON text sequences, RFC 7464, whose record separators are no part of a message)."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._held = 0
        self._size = 0
        self._first = 0
        self._begun = -1

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """A message for each whole line that is not blank."""
        *lines, rest = data.split(b"\n")
        events: list[Event] = []
        at, read = place.at, place.read
        for line in lines:
            if self._rest:
                self._hold(line)
                self._message(events, place)
            elif line.strip(b" \t\r\x1e"):
                self._first, self._begun = read, at
                self._rest, self._size = [line], len(line)
                self._message(events, place)
            at += len(line) + 1
        if rest:
            if not self._rest:
                self._first, self._begun = read, at
            self._hold(rest)
        return events

    def finish(self, place: Place) -> list[Event]:
        """The last line, where no line end came behind it."""
        events: list[Event] = []
        if self._rest:
            self._message(events, place, ended=False)
        return events

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._held < LARGEST_PAYLOAD:
            self._rest.append(piece)
            self._held += len(piece)

    def _message(self, events: list[Event], place: Place, *, ended: bool = True) -> None:
        line = b"".join(self._rest) if len(self._rest) > 1 else self._rest[0]
        size, self._rest, self._held, self._size = self._size, [], 0, 0
        whole = len(line) == size
        skip = 1 if line.startswith(b"\x1e") else 0
        cut = 1 if whole and line.endswith(b"\r") else 0
        line = line[skip : len(line) - cut]
        if not line.strip():
            return
        at = self._begun + skip if self._begun >= 0 else -1
        reads = (self._first, place.read)
        length = -1 if whole else size - skip
        unfinished = not ended and not _parses(line)
        events.append(
            Message(
                place.t, "in", reads, line, "line", "", "", None, None, unfinished, at, place.stream, length
            )
        )  # fmt: skip


class Elements:
    """Cuts a JSON array into its elements while it comes."""

    def __init__(self) -> None:
        self._decoder = ArrayDecoder()
        self._base: int | None = None
        self._first = 0

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """A message for each element that these bytes complete."""
        if self._base is None:
            self._base = place.at
        first = self._first if self._decoder.pending else place.read
        events: list[Event] = []
        for element, at in self._decoder.feed(data):
            events.append(self._message(element, at, (first, place.read), place, unfinished=False))
            first = place.read
        self._first = first
        return events

    def finish(self, place: Place) -> list[Event]:
        """The element that was cut, and what is no element at all."""
        rest, at = self._decoder.finish()
        if not rest.strip():
            return []
        return [self._message(rest, at, (self._first, place.read), place, unfinished=True)]

    def _message(self, element: bytes, at: int, reads: tuple[int, int], place: Place, *, unfinished: bool) -> Message:
        base = self._base if self._base is not None else -1
        whole = len(element) <= LARGEST_PAYLOAD
        return Message(
            place.t, "in", reads, element, "element", unfinished=unfinished, at=base + at if base >= 0 else -1,
            stream=place.stream, length=-1 if whole else len(element),
        )  # fmt: skip


class Text:
    """Plain text that goes on: a message for what each read brought, never cutting a character."""

    def __init__(self) -> None:
        self._rest = b""
        self._first = 0

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """What came, but for the beginning of a character."""
        first = self._first if self._rest else place.read
        at = place.at - len(self._rest) if place.at >= 0 else -1
        data = self._rest + data
        keep = _character_begun(data)
        text, self._rest, self._first = data[: len(data) - keep], data[len(data) - keep :], place.read
        if not text:
            self._first = first
            return []
        return [Message(place.t, "in", (first, place.read), text, "chunk", at=at, stream=place.stream)]

    def finish(self, place: Place) -> list[Event]:
        """A character that was cut."""
        if not self._rest:
            return []
        return [Message(place.t, "in", (self._first, place.read), self._rest, "chunk", unfinished=True)]


class Whole:
    """The body as one message; of a large one only the beginning is held, the record has the rest."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._held = 0
        self._size = 0
        self._first = 0
        self._at = -1

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """Nothing yet."""
        if not self._size:
            self._first, self._at = place.read, place.at
        self._size += len(data)
        if self._held < LARGEST_PAYLOAD:
            self._parts.append(data)
            self._held += len(data)
        return []

    def finish(self, place: Place) -> list[Event]:
        """The whole body, unless it is empty."""
        if not self._size:
            return []
        payload = b"".join(self._parts)
        length = -1 if len(payload) == self._size else self._size
        reads = (self._first, place.read)
        return [Message(place.t, "in", reads, payload, "body", at=self._at, stream=place.stream, length=length)]


class Sniffing:
    """Holds the first bytes until they tell how the body is to be cut, then cuts it so."""

    def __init__(self, decide: Callable[[bytes, bool], Cutter | None]) -> None:
        self._decide = decide
        self._held: list[tuple[bytes, int, int, int]] = []
        self._cutter: Cutter | None = None

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """What the chosen cutter gives."""
        if self._cutter is not None:
            return self._cutter.feed(data, place)
        self._held.append((data, place.t, place.read, place.at))
        return self._begin(place, last=False)

    def finish(self, place: Place) -> list[Event]:
        """What is left."""
        events = self._begin(place, last=True) if self._cutter is None else []
        return events + self._cutter.finish(place) if self._cutter is not None else events

    def _begin(self, place: Place, *, last: bool) -> list[Event]:
        self._cutter = self._decide(b"".join(piece for piece, *_ in self._held), last)
        if self._cutter is None:
            return []
        events: list[Event] = []
        now = (place.t, place.read, place.at)
        for piece, place.t, place.read, place.at in self._held:
            events += self._cutter.feed(piece, place)
        place.t, place.read, place.at = now
        self._held = []
        return events


def cutter(content_type: str, *, streamed: bool = True) -> Cutter:
    """How a body of this content type is cut; `streamed`: whether it came without a length."""
    essence = content_type.partition(";")[0].strip().lower()
    if essence in JSON_LINES:
        return Lines()
    if essence == EVENT_STREAM:
        return Sniffing(_of_event_stream)
    if essence in _VAGUE or essence.endswith("+json"):
        return Sniffing(lambda begun, last: _of_vague(begun, last, essence, streamed))
    return Whole()


def _of_event_stream(begun: bytes, last: bool) -> Cutter | None:
    """An event stream, unless it is JSON under a wrong name."""
    start = begun.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return _of_json(start, last, streamed=True)
    return EventStream() if start or last or len(begun) > _SNIFFED else None


def _of_vague(begun: bytes, last: bool, essence: str, streamed: bool) -> Cutter | None:
    start = begun.lstrip(b"\r\n\t ")
    if _STREAM_START.match(begun.lstrip(b"\r\n")):
        return EventStream()
    if start[:1] in (b"{", b"["):
        return _of_json(start, last, streamed=streamed)
    may_be = any(field.startswith(start) for field in _STREAM_FIELDS) or b"\xef\xbb\xbf".startswith(start[:3])
    if may_be and not last and len(begun) < _SNIFFED:
        return None
    return Text() if essence == "text/plain" and streamed else Whole()


def _of_json(start: bytes, last: bool, *, streamed: bool) -> Cutter | None:
    """An array that goes on, JSON lines, or one document: its first line tells."""
    if start[:1] == b"[":
        return Elements() if streamed else Whole()
    line, ended, rest = start.partition(b"\n")
    if not ended:
        return Whole() if last or not streamed or len(start) > _SNIFFED else None
    if len(line) > _SNIFFED or not _parses(line):
        return Whole()
    rest = rest.lstrip()
    if not rest:
        return Whole() if last else None
    return Lines() if rest[:1] == b"{" else Whole()


def _parses(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _character_begun(data: bytes) -> int:
    """How many bytes at the end begin a character of UTF-8 that is not whole (RFC 3629)."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 4 if byte >> 3 == 0x1E else 3 if byte >> 4 == 0xE else 2 if byte >> 5 == 6 else 1
        return back if needed > back else 0
    return 0
