"""How a body is cut into messages: its content type says, and where that says nothing or something else than the first
bytes do, those decide. Pure.
"""

import re
from collections.abc import Callable

from streamscope.kinds.protocols.amazon_frames import begins
from streamscope.kinds.protocols.cutters import Elements, EventStream, Lines, Text, Whole, parses
from streamscope.kinds.protocols.cutting import Cutter, Place
from streamscope.kinds.protocols.framed_events import FramedEvents
from streamscope.kinds.protocols.sequence import Sequence
from streamscope.model.event import Event

EVENT_STREAM = "text/event-stream"
JSON_SEQUENCE = "application/json-seq"
FRAMED_EVENTS = "application/vnd.amazon.eventstream"
JSON_LINES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json-lines",
    }
)
_BOM = b"\xef\xbb\xbf"
_VAGUE = frozenset({"", "text/plain", "application/octet-stream", "application/json", "binary/octet-stream"})
_STREAM_START = re.compile(rb"(?:data|event|id|retry):|: |:\r?\n")
_STREAM_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b": ", b":\n", b":\r")
_SNIFFED = 1 << 16
"""Bytes in which a line of JSON lines must end to be recognised as one."""


class Sniffing:
    """Holds the first bytes until they tell how the body is to be cut, then cuts it so."""

    def __init__(self, decide: Callable[[bytes, bool], Cutter | None]) -> None:
        self._decide = decide
        self._held: list[tuple[bytes, int, int, int]] = []
        self._begun = b""
        self._cutter: Cutter | None = None

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """What the chosen cutter gives."""
        if self._cutter is not None:
            return self._cutter.feed(data, place)
        self._held.append((data, place.t, place.read, place.at))
        self._begun += data
        return self._begin(place, last=False)

    def finish(self, place: Place) -> list[Event]:
        """What is left."""
        events = self._begin(place, last=True) if self._cutter is None else []
        return events + self._cutter.finish(place) if self._cutter is not None else events

    def _begin(self, place: Place, *, last: bool) -> list[Event]:
        self._cutter = self._decide(self._begun, last)
        if self._cutter is None:
            return []
        events: list[Event] = []
        now = (place.t, place.read, place.at)
        for piece, place.t, place.read, place.at in self._held:
            events += self._cutter.feed(piece, place)
        place.t, place.read, place.at = now
        self._held, self._begun = [], b""
        return events


def cutter(content_type: str, *, streamed: bool = True) -> Cutter:
    """How a body of this content type is cut; `streamed`: whether it came without a length."""
    essence = content_type.partition(";")[0].strip().lower()
    if essence == FRAMED_EVENTS:
        return FramedEvents()
    if essence in JSON_LINES:
        return Lines()
    if essence == JSON_SEQUENCE:
        return Sequence()
    if essence == EVENT_STREAM:
        return Sniffing(_of_event_stream)
    if essence in _VAGUE or essence.endswith("+json"):
        return Sniffing(lambda begun, last: _of_vague(begun, last, essence, streamed))
    return Whole()


def _of_event_stream(begun: bytes, last: bool) -> Cutter | None:
    """An event stream, unless it is JSON under a wrong name."""
    if _BOM.startswith(begun) and not last:
        return None
    start = begun.removeprefix(_BOM).lstrip()
    if start[:1] in (b"{", b"["):
        return _of_json(start, last, EventStream(), streamed=True)
    return EventStream() if start or last or len(begun) > _SNIFFED else None


def _of_vague(begun: bytes, last: bool, essence: str, streamed: bool) -> Cutter | None:
    if _BOM.startswith(begun) and not last:
        return None
    start = begun.removeprefix(_BOM).lstrip(b"\r\n\t ")
    if begins(begun):
        return FramedEvents()
    if _STREAM_START.match(begun.removeprefix(_BOM).lstrip(b"\r\n")):
        return EventStream()
    other = Text() if essence == "text/plain" and streamed else Whole()
    if start[:1] in (b"{", b"["):
        return _of_json(start, last, other, streamed=streamed)
    if begun[:1] == b"\0" and len(begun) < 12 and not last:
        return None  # perhaps the length of a framed event
    may_be = any(field.startswith(start) for field in _STREAM_FIELDS)
    if may_be and not last and len(begun) < _SNIFFED:
        return None
    return other


def _of_json(start: bytes, last: bool, other: Cutter, *, streamed: bool) -> Cutter | None:
    """An array that goes on, JSON lines, or one document: its first line tells. `other` is for what is none of them."""
    if start[:1] == b"[":
        inner = start[1:].lstrip(b"\r\n\t ")
        if not inner and not last and len(start) <= _SNIFFED:
            return None
        first = b"{" if isinstance(other, Text) else b'{["-0123456789tfn]'  # a line of a log may begin with [1]
        if inner[:1] not in first:
            return other
        return Elements() if streamed else Whole()
    line, ended, rest = start.partition(b"\n")
    if not ended:
        return Whole() if last or len(start) > _SNIFFED else None
    if len(line) > _SNIFFED or not parses(line):
        return other if isinstance(other, Text) else Whole()
    rest = rest.lstrip()
    if not rest:
        return Whole() if last else None
    return Lines() if rest[:1] == b"{" else Whole()
