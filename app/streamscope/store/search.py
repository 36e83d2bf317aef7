"""Finding events in a record: by kind, direction, name, and by text or a regular expression over all of them.

The streams are searched as they lie on disk, and hits are then told to their events: a million events are not decoded
for it. A hit counts where it lies within one event; what lies between events (framing, field names) is never one.
"""

import mmap
import re
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

from streamscope.model.event import PAYLOAD, WIRE
from streamscope.store.exchange import Exchange
from streamscope.store.rows import CODES, MESSAGE, NAME_AT, NOTES, OUT_AT, READ, STREAM_AT

Pattern = re.Pattern[bytes]
_LOOKS_AROUND = re.compile(rb"[\^$]|\\[AZbB]|\(\?<?[=!]")
"""What looks beyond what it matches: there each event must be searched by itself."""


def pattern(text: str, *, regex: bool = True, case: bool = True) -> Pattern:
    """A pattern over UTF-8 bytes. Raises re.error."""
    source = text.encode() if regex else re.escape(text.encode())
    return re.compile(source, 0 if case else re.IGNORECASE)


def find(exchange: Exchange, wanted: Pattern) -> "array[int]":
    """The numbers of the events in whose payload or text the pattern is found, in order; reads have no text."""
    found: list[int] = []
    packed = exchange.column(2)
    raw = packed.tobytes()
    lowest = (raw if sys.byteorder == "little" else raw[7:])[::8]  # sifts a million rows without a loop in Python
    for stream in (WIRE, PAYLOAD, NOTES):
        here = lowest.translate(bytes(_is_in(byte, stream) for byte in range(256)))
        if b"\1" in here:
            found += _in_stream(exchange, stream, wanted, packed, here)
    found.sort()
    return array("L", found)


def chosen(
    exchange: Exchange, kinds: frozenset[str] = frozenset(), direction: str = "", name: str = ""
) -> "array[int]":
    """The numbers of the events of these kinds, of one direction, and of one name, '' and none mean any.

    The name is a message's event type or a control's name; events without a direction fit none.
    """
    codes = {code for kind, code in CODES.items() if _kind(kind) in kinds}
    wanted_name = exchange.names.index(name) + 1 if name in exchange.names else 0
    found = array("L")
    for number, packed in enumerate(exchange.column(2)):
        kind = packed & 15
        if codes and kind not in codes:
            continue
        if (direction or name) and not _fits(exchange, number, packed, direction, name, wanted_name):
            continue
        found.append(number)
    return found


def _kind(kind: type) -> str:
    """A kind as JSON lines call it."""
    return "message" if CODES[kind] == MESSAGE else str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def _fits(exchange: Exchange, number: int, packed: int, direction: str, name: str, wanted: int) -> bool:
    if packed & 15 == MESSAGE:
        out = "out" if packed >> OUT_AT & 1 else "in"
        return (not direction or direction == out) and (not name or (wanted > 0 and packed >> NAME_AT & 2047 == wanted))
    if packed & 15 == READ:
        return direction == "in" and not name
    event = exchange.event(number)
    return (not direction or getattr(event, "direction", "") == direction) and (
        not name or getattr(event, "name", "") == name
    )


def _in_stream(exchange: Exchange, stream: int, wanted: Pattern, packed: "array[int]", here: bytes) -> Iterator[int]:
    """The numbers of the events whose span in this stream holds a hit; `here` marks those that are in it."""
    buffer = exchange.buffer(stream)
    try:
        alone = bool(_LOOKS_AROUND.search(wanted.pattern) or wanted.search(b""))
        if not alone and not wanted.search(buffer):
            return
        spans = _spans(exchange, packed, here)
        if alone:
            for number, start, end in spans.each():
                if wanted.search(buffer[start:end]):
                    yield number
        else:
            yield from _hits(wanted, buffer, spans)
    finally:
        if not isinstance(buffer, bytes):
            buffer.close()


@dataclass(frozen=True, slots=True)
class _Spans:
    """The events of one stream by where they begin: numbers, offsets, and the index's words that hold their sizes."""

    numbers: list[int]
    starts: list[int]
    packed: "array[int]"

    def each(self) -> Iterator[tuple[int, int, int]]:
        for number, start in zip(self.numbers, self.starts, strict=True):
            yield number, start, start + (self.packed[number] >> 24)


def _spans(exchange: Exchange, packed: "array[int]", here: bytes) -> _Spans:
    starts, numbers = list(compress(exchange.column(1), here)), list(compress(range(len(packed)), here))
    if (in_order := sorted(starts)) != starts:  # an imported or damaged index
        order = sorted(range(len(starts)), key=starts.__getitem__)
        return _Spans([numbers[at] for at in order], in_order, packed)
    return _Spans(numbers, starts, packed)


def _is_in(byte: int, stream: int) -> bool:
    """Whether a row whose flags end with this byte is a span of text in the stream."""
    return byte >> STREAM_AT & 3 == stream and byte & 15 != READ


def _hits(wanted: Pattern, buffer: "bytes | mmap.mmap", spans: _Spans) -> Iterator[int]:
    """Walk hits and spans side by side; a hit that crosses a border is looked for again within each span."""
    numbers, starts, packed = spans.numbers, spans.starts, spans.packed
    at, count, position = 0, len(starts), starts[0]
    search = wanted.search
    while at < count and (hit := search(buffer, position)) is not None:
        first, last = hit.span()
        if at + 1 < count and starts[at + 1] <= first:
            at = bisect_right(starts, first, at) - 1
        number, start = numbers[at], starts[at]
        if start <= first and last <= start + (packed[number] >> 24):
            yield number
            at += 1
        else:
            if start + (packed[number] >> 24) <= first:
                at += 1
            while at < count and starts[at] < last:
                if search(buffer, starts[at], starts[at] + (packed[numbers[at]] >> 24)):
                    yield numbers[at]
                at += 1
        if at < count and starts[at] > position:
            position = starts[at]
