"""The cutters of bodies: event streams, JSON lines, streamed JSON arrays, text that goes on, whole bodies. Pure.

What a cutter gives knows its place in the record's stream, so that nothing is stored twice.
"""

import msgspec

from streamscope.kinds.protocols.cutting import Place
from streamscope.kinds.protocols.event_stream import (
    Block,
    Comment,
    EventStreamDecoder,
    Ignored,
    Item,
    Retry,
    ServerEvent,
)
from streamscope.kinds.protocols.json_array import ArrayDecoder, Element
from streamscope.model.event import LARGEST_PAYLOAD, Control, Event, Message


class EventStream:
    """Cuts an event stream into its events and what else it says."""

    def __init__(self) -> None:
        self._decoder = EventStreamDecoder(LARGEST_PAYLOAD)
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
                        place.stream, item.length,
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
                reads, base = (self._first, place.read), -1 if self._base is None else self._base
                at = item.at + base if item.at >= 0 and base >= 0 else -1
                events.append(
                    Message(
                        place.t, "in", reads, item.data, "event", item.event, item.id, None, item.retry,
                        item.unfinished, at, place.stream, item.length,
                    )
                )  # fmt: skip
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


_BLANK = b" \t\r\x1e"


class Lines:
    """Cuts JSON lines; a record separator before one (RFC 7464) is no part of the message."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._held = 0
        self._size = 0
        self._last = b""
        self._first = 0
        self._begun = -1

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """A message for each whole line that is not blank."""
        *lines, rest = data.split(b"\n")
        events: list[Event] = []
        at, read = place.at, place.read
        placed = at >= 0
        for line in lines:
            if self._rest:
                self._hold(line)
                self._message(events, place)
            elif line.strip(_BLANK):
                self._first, self._begun = read, at
                self._hold(line)
                self._message(events, place)
            at = at + len(line) + 1 if placed else -1
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
        self._last = piece[-1:] or self._last
        if self._held <= LARGEST_PAYLOAD or not self._rest:
            self._rest.append(piece)
            self._held += len(piece)

    def _message(self, events: list[Event], place: Place, *, ended: bool = True) -> None:
        line = b"".join(self._rest) if len(self._rest) > 1 else self._rest[0]
        skip = 1 if line.startswith(b"\x1e") else 0
        size = self._size - skip - (1 if self._last == b"\r" else 0)
        self._rest, self._held, self._size, self._last = [], 0, 0, b""
        line = line[skip : skip + min(size, LARGEST_PAYLOAD)]
        if not line.strip(_BLANK):
            return
        at = self._begun + skip if self._begun >= 0 else -1
        reads = (self._first, place.read)
        length = -1 if len(line) == size else size
        unfinished = not ended and length < 0 and not parses(line)
        events.append(
            Message(
                place.t, "in", reads, line, "line", "", "", None, None, unfinished, at, place.stream, length
            )
        )  # fmt: skip


class Elements:
    """Cuts a JSON array into its elements while it comes."""

    def __init__(self) -> None:
        self._decoder = ArrayDecoder(LARGEST_PAYLOAD)
        self._base: int | None = None
        self._first = 0

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """A message for each element that these bytes complete."""
        if self._base is None:
            self._base = place.at
        first = self._first if self._decoder.pending else place.read
        events: list[Event] = []
        for element in self._decoder.feed(data):
            events.append(self._message(element, (first, place.read), place, unfinished=False))
            first = place.read
        self._first = first
        return events

    def finish(self, place: Place) -> list[Event]:
        """The element that was cut, and what is no element at all."""
        rest = self._decoder.finish()
        return [self._message(rest, (self._first, place.read), place, unfinished=True)] if rest is not None else []

    def _message(self, element: Element, reads: tuple[int, int], place: Place, *, unfinished: bool) -> Message:
        data, at, size = element
        base = self._base if self._base is not None else -1
        return Message(
            place.t, "in", reads, data, "element", unfinished=unfinished, at=base + at if base >= 0 else -1,
            stream=place.stream, length=-1 if len(data) == size else size,
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
            self._parts.append(data[: LARGEST_PAYLOAD - self._held])
            self._held += len(self._parts[-1])
        return []

    def finish(self, place: Place) -> list[Event]:
        """The whole body, unless it is empty."""
        if not self._size:
            return []
        payload, self._parts = b"".join(self._parts), []
        length = -1 if len(payload) == self._size else self._size
        reads = (self._first, place.read)
        return [Message(place.t, "in", reads, payload, "body", at=self._at, stream=place.stream, length=length)]


def parses(line: bytes) -> bool:
    """Whether these bytes are JSON; what is nested too deeply to tell is taken for it."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)  # which looks at all of it and builds nothing
    except RecursionError:
        return True
    except (msgspec.DecodeError, UnicodeDecodeError):
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
