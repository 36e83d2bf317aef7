"""Which event a byte of a stream belongs to, found in the record's index without an index of one's own.

Spans of a stream follow each other as their events do, so that halving finds them; in a damaged or imported record,
where they do not, what is found is only likely.
"""

import sys
from array import array
from dataclasses import dataclass

from streamscope.gui.live.feed import Feed
from streamscope.model.event import WIRE
from streamscope.store.rows import MESSAGE, READ, STREAM_AT, WORDS

_CHUNK = 256
_SIFTED = 1 << 16
"""Rows of the index that are sifted at once."""
_MOST = 4_000
"""Spans that are told of a part of a stream."""


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes of an event in a stream: from `start` to before `end`."""

    start: int
    end: int
    number: int


class Places:
    """The messages of a stream, or the reads of the wire, by where they lie."""

    def __init__(self, feed: Feed, stream: int, *, reads: bool = False) -> None:
        self._feed, self._stream, self._reads = feed, stream, reads
        self._none = 0, 0
        """Events that are known to have no bytes in the stream: a stream may have none at all."""
        self._wanted = bytes(
            byte & 15 == READ if reads else byte & 15 == MESSAGE and byte >> STREAM_AT & 3 == stream
            for byte in range(256)
        )

    def within(self, start: int, end: int) -> list[Place]:
        """The events that have bytes from `start` to before `end`, in order."""
        found: list[Place] = []
        number = self._next(self._last_before(start), self._feed.stop)[1]
        while number < self._feed.stop and len(found) < _MOST:
            rows = self._feed.exchange.rows(number, min(number + _CHUNK, self._feed.stop))
            if not rows:
                break
            for at in range(0, len(rows), WORDS):
                place = self._place(rows, at, number + at // WORDS)
                if place is None or place.end <= start:
                    continue
                if place.start >= end:
                    return found
                found.append(place)
            number += len(rows) // WORDS
        return found

    def at(self, byte: int) -> Place | None:
        """The event whose bytes hold this one."""
        return next((place for place in self.within(byte, byte + 1) if place.start <= byte < place.end), None)

    def of(self, number: int) -> Place | None:
        """The bytes of an event, None where it has none in this stream."""
        if not 0 <= number < len(self._feed.exchange):
            return None
        return self._place(self._feed.exchange.rows(number, number + 1), 0, number)

    def beside(self, number: int, step: int) -> Place | None:
        """The next event of this stream after a number (step 1), or the last before it (-1)."""
        if step > 0:
            return self._next(number + 1, self._feed.stop)[0]
        stop = min(max(0, number), self._feed.stop)
        while stop > 0:
            start = max(0, stop - _CHUNK)
            rows = self._feed.exchange.rows(start, stop)
            for at in range(len(rows) - WORDS, -1, -WORDS):
                if (place := self._place(rows, at, start + at // WORDS)) is not None:
                    return place
            stop = start
        return None

    def of_reads(self, first: int, last: int) -> Place | None:
        """The bytes that these reads brought, by their numbers; the event is that of the first."""
        one, other = self._read(first), self._read(last)
        return Place(one.start, other.end, one.number) if one is not None and other is not None else None

    def _read(self, wanted: int) -> Place | None:
        """A read by its number, which grow with the events."""
        low, high = 0, self._feed.stop
        while low < high:
            middle = (low + high) // 2
            place, number, read = self._next(middle, high)
            if place is None or read >= wanted:
                if place is not None and read == wanted:
                    return place
                high = middle
            else:
                low = number + 1
        return None

    def _last_before(self, byte: int) -> int:
        """The number of the last event of the stream that begins at or before a byte; 0 where there is none."""
        low, high, found = 0, self._feed.stop, 0
        while low < high:
            middle = (low + high) // 2
            place, number, _ = self._next(middle, high)
            if place is None or place.start > byte:
                high = middle
            else:
                low, found = number + 1, number
        return found

    def _next(self, number: int, stop: int) -> tuple[Place | None, int, int]:
        """The first event of the stream from a number on, its number, and the read that completed it."""
        exchange, size = self._feed.exchange, 16
        begun = number
        if self._none[0] <= number < self._none[1]:
            number = self._none[1]
        while number < stop:
            words = exchange.column(2, number, min(number + size, stop)).tobytes()
            kinds = (words if sys.byteorder == "little" else words[7:])[::8].translate(self._wanted)
            if not kinds:
                break
            at = kinds.find(1)
            while at >= 0:
                rows = exchange.rows(number + at, number + at + 1)
                if (place := self._place(rows, 0, number + at)) is not None:
                    return place, place.number, rows[3] & 0xFFFFFFFF
                at = kinds.find(1, at + 1)
            number += len(kinds)
            size = min(8 * size, _SIFTED)
        if begun <= self._none[1] and self._none[0] <= number:
            self._none = min(begun, self._none[0]), max(number, self._none[1])
        else:
            self._none = begun, number
        return None, stop, 0

    def _place(self, rows: "array[int]", at: int, number: int) -> Place | None:
        start, packed = rows[at + 1], rows[at + 2]
        kind = packed & 15
        if self._reads:
            kept = rows[at + 4]
            return Place(start, start + kept, number) if kind == READ and self._stream == WIRE and kept else None
        if kind != MESSAGE or packed >> STREAM_AT & 3 != self._stream or not packed >> 24:
            return None
        return Place(start, start + (packed >> 24), number)
