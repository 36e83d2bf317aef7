"""Which events of an exchange an expression wants: whole columns at once, in pieces that can be stopped.

Columns are numpy's and cheap; text and events that have to be decoded are looked at last, only where the rest holds.
"""

import re
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from streamscope.engine.filter import (
    CHOICES,
    LARGEST,
    All,
    Any,
    Between,
    Compare,
    Flag,
    Not,
    Regex,
    Text,
    Wanted,
    Words,
    asks,
)
from streamscope.engine.filter_text import holding, pieces
from streamscope.model.event import Control, Event, Failed, Finding, Head, Message, Read, RequestSent, Trace, decode
from streamscope.store.exchange import Exchange
from streamscope.store.rows import (
    CODES,
    FORM_AT,
    FORMS,
    LARGEST_NAME,
    MESSAGE,
    NAME_AT,
    NOTES,
    OPCODE_AT,
    OUT_AT,
    READ,
    STREAM_AT,
    UNFINISHED_AT,
    WORDS,
)
from streamscope.store.rows import KINDS as TYPES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streamscope.engine.filter_text import Flags, Numbers

Tones = Callable[[int, int], bytes]
"""What the events from one number to before another say, by places in `engine.derived.TONES`."""
_FIRST, _MOST, _LEAST = 1024, 1 << 16, 64
"""Events that are looked at at once: so many first, at most, at least."""
_SHORT, _LONG = 0.002, 0.006
"""Seconds that a piece should take at least, and at most."""
_NAMED = tuple(CODES[kind] for kind in (Control, Trace, Finding, Failed))
_NO_GAP = -(1 << 63)


class Sieve:
    """An expression at work on one exchange, from its first event on; the events before `position` were looked at.

    With an expression that asks for `tone`, `tones` is needed, and must know those that `advance` is to look at.
    """

    def __init__(
        self, exchange: Exchange, wanted: Wanted, tones: Tones | None = None, marks: Mapping[int, str] | None = None
    ) -> None:
        self.wanted = wanted
        self.position = 0
        self._exchange = exchange
        self._tones = tones
        self._marks = marks if marks is not None else {}
        self._last = [_NO_GAP] * len(TYPES)
        self._gaps = "gap" in asks(wanted)
        self._count = _FIRST

    def advance(self, stop: int, seconds: float) -> "array[int]":
        """Look at events up to `stop`, for about so long; the numbers of those that are wanted. Raises OSError."""
        import numpy as np

        found = array("I")
        until = time.perf_counter() + seconds
        while self.position < stop:
            begun = time.perf_counter()
            first, upto = self.position, min(stop, self.position + self._count)
            rows = _Rows(self._exchange, first, upto)
            if self._gaps:
                rows.measure(self._last)
            hits = self._where(self.wanted, rows, np.ones(upto - first, np.bool_))
            found.frombytes((np.flatnonzero(hits) + first).astype(np.uint32).tobytes())
            self.position = upto
            now = time.perf_counter()
            if now - begun > _LONG:
                self._count = max(_LEAST, self._count // 2)
            elif now - begun < _SHORT and upto - first == self._count:
                self._count = min(_MOST, self._count * 2)
            if now >= until:
                break
        return found

    def _where(self, wanted: Wanted, rows: "_Rows", where: "Flags") -> "Flags":
        """Those of `where` that are wanted."""
        match wanted:
            case All(parts):
                for part in sorted(parts, key=_cost):
                    if not where.any():
                        break
                    where = self._where(part, rows, where)
                return where
            case Any(parts):
                found, rest = where & False, where
                for part in sorted(parts, key=_cost):
                    hits = self._where(part, rows, rest)
                    found, rest = found | hits, rest & ~hits
                return found
            case Not(of):
                return where & ~self._where(of, rows, where)
            case Text() | Regex():
                return rows.holding(wanted, where)
            case Words(field, operator, words):
                return self._words(field, operator, words, rows, where)
            case Compare(field, operator, value):
                return rows.within(field, *_limits(operator, value), where)
            case Between(field, low, high):
                return rows.within(field, low, high, where)
            case Flag(name):
                return where & (rows.numbered(self._marks) if name == "marked" else rows.unfinished)

    def _words(self, field: str, operator: str, words: tuple[str, ...], rows: "_Rows", where: "Flags") -> "Flags":
        if field == "name":
            return rows.named(_test(operator, words), where)
        if field == "comment":
            fits = _test(operator, words)
            return where & rows.numbered(number for number, said in self._marks.items() if fits(said))
        if field == "dir":
            return rows.directed(frozenset(words), where)
        places = [CHOICES[field].index(word) for word in words]
        if field == "kind":
            return where & _among(rows.code, places)
        where = where & (rows.code == MESSAGE)
        if field == "form":
            return where & _among((rows.flags >> FORM_AT & 7).clip(max=len(FORMS) - 1), places)
        if field == "opcode":
            return where & _among((rows.flags >> OPCODE_AT & 3).clip(max=2), [place + 1 for place in places])
        return where & rows.toned(places, self._tones)


class _Rows:
    """The index of some events in columns, and what is read for them."""

    def __init__(self, exchange: Exchange, start: int, stop: int) -> None:
        import numpy as np

        self.exchange, self.start, self.stop = exchange, start, stop
        self._index = np.frombuffer(exchange.rows(start, stop), np.uint64).reshape(-1, WORDS)
        packed = self._index[:, 2]
        self.flags = (packed & np.uint64(0xFFFFFF)).astype(np.int64)
        self.code = self.flags & 15
        self._gap: Numbers | None = None
        self._events: dict[int, Event] = {}

    @cached_property
    def t(self) -> "Numbers":
        """When, ns since Send."""
        return self._index[:, 0].astype("int64")

    @cached_property
    def at(self) -> "Numbers":
        """Where in its stream, bytes."""
        return self._index[:, 1].astype("int64")

    @cached_property
    def size(self) -> "Numbers":
        """How many bytes of its stream."""
        return (self._index[:, 2] >> self._index.dtype.type(24)).astype("int64")

    @cached_property
    def stream(self) -> "Numbers":
        """Which stream."""
        return (self.flags >> STREAM_AT & 3).clip(max=NOTES)

    @property
    def unfinished(self) -> "Flags":
        """Which are messages that were cut off."""
        found: Flags = (self.code == MESSAGE) & (self.flags >> UNFINISHED_AT & 1 == 1)
        return found

    def measure(self, last: list[int]) -> None:
        """Measure the gaps, each to the event before of the same kind; `last` has those, and is brought up to date."""
        import numpy as np

        self._gap = np.full(len(self.code), _NO_GAP, np.int64)
        for code in range(len(TYPES)):
            of = np.flatnonzero(self.code == code)
            if len(of):
                times = self.t[of]
                self._gap[of[1:]] = np.diff(times)
                if last[code] != _NO_GAP:
                    self._gap[of[0]] = times[0] - last[code]
                last[code] = int(times[-1])

    def within(self, field: str, low: int, high: int, where: "Flags") -> "Flags":
        """Those whose number lies between these, both included."""
        if field == "status":
            return self._status(low, high, where)
        if field == "number":
            place = self.start + 1
            inside = where & False
            inside[max(0, low - place) : max(0, high - place + 1)] = True
            return where & inside
        if field == "t":
            return where & (self.t >= low) & (self.t <= high)
        if field == "gap":
            assert self._gap is not None  # noqa: S101 - it was measured, since it is asked for
            found: Flags = where & (self._gap != _NO_GAP) & (self._gap >= low) & (self._gap <= high)
            return found
        where = where & ((self.code == MESSAGE) | (self.code == READ))
        if field == "size":
            return where & (self.size >= low) & (self.size <= high)
        reads = self._index[:, 3]
        first, last = (
            (reads >> reads.dtype.type(32)).astype("int64"),
            (reads & reads.dtype.type(0xFFFFFFFF)).astype("int64"),
        )
        return where & (last > 0) & (last >= low) & (first <= high)

    def numbered(self, numbers: Iterable[int]) -> "Flags":
        """Those with these numbers."""
        found = self.code < 0
        for number in [*numbers]:
            if self.start <= number < self.stop:
                found[number - self.start] = True
        return found

    def toned(self, tones: list[int], known: Tones | None) -> "Flags":
        """Those that say this."""
        import numpy as np

        said = np.frombuffer(known(self.start, self.stop) if known is not None else b"", np.uint8)
        found = self.code < 0
        found[: len(said)] = _among(said, tones)
        return found

    def directed(self, wanted: frozenset[str], where: "Flags") -> "Flags":
        """Those that were received, or sent."""
        outward = (self.code == CODES[RequestSent]) | ((self.code == MESSAGE) & (self.flags >> OUT_AT & 1 == 1))
        inward = (self.code == READ) | (self.code == CODES[Head]) | ((self.code == MESSAGE) & ~outward)
        found: Flags = where & ((outward & ("out" in wanted)) | (inward & ("in" in wanted)))
        found |= self._told(where & (self.code == CODES[Control]), lambda event: direction_of(event) in wanted)
        return found

    def named(self, fits: Callable[[str], bool], where: "Flags") -> "Flags":
        """Those whose name fits."""
        import numpy as np

        names = list(self.exchange.names)
        number = self.flags >> NAME_AT
        known = np.zeros(LARGEST_NAME + 1, np.bool_)
        known[: len(names) + 1] = [fits(""), *map(fits, names)]
        messages = where & (self.code == MESSAGE)
        elsewhere = messages & (((number == 0) & (self._index[:, 4] != 0)) | (number > len(names)))
        found: Flags = messages & ~elsewhere & known[number]
        for place in np.flatnonzero(elsewhere).tolist():
            found[place] = fits(name_of(self.exchange.event(self.start + place)))
        others = where & (self.code != MESSAGE)
        have = others & _among(self.code, _NAMED)
        if fits(""):
            found |= others & ~have
        found |= self._told(have, lambda event: fits(name_of(event)))
        return found

    def holding(self, wanted: Text | Regex, where: "Flags") -> "Flags":
        """Those in whose payload or text it is found; reads have none."""
        import numpy as np

        found = where & False
        for stream in range(NOTES + 1):
            of = np.flatnonzero(where & (self.code != READ) & (self.stream == stream))
            if len(of):
                found[of] = holding(self.exchange, stream, self.at[of], self.size[of], wanted)
        return found

    def _status(self, low: int, high: int, where: "Flags") -> "Flags":
        return self._told(
            where & (self.code == CODES[Head]), lambda event: isinstance(event, Head) and low <= event.status <= high
        )

    def _told(self, where: "Flags", fits: Callable[[Event], bool]) -> "Flags":
        """Those of `where` that fit as events; they lie among the notes."""
        import numpy as np

        found = where & False
        of = np.flatnonzero(where)
        unknown = np.array([place for place in of.tolist() if place not in self._events], np.int64)
        starts, sizes = self.at[unknown], self.size[unknown]
        for first, stop, at, data in pieces(self.exchange, NOTES, starts, sizes):
            for place, start, size in zip(
                unknown[first:stop].tolist(), starts[first:stop].tolist(), sizes[first:stop].tolist(), strict=True
            ):
                self._events[place] = self._decoded(place, data[start - at : start - at + size])
        found[of] = [fits(self._events[place]) for place in of.tolist()]
        return found

    def _decoded(self, place: int, line: bytes) -> Event:
        try:
            return decode(line)
        except msgspec.DecodeError:
            return self.exchange.event(self.start + place)


def matching(
    exchange: Exchange, wanted: Wanted, tones: Tones | None = None, marks: Mapping[int, str] | None = None
) -> Iterator[int]:
    """The numbers of all events of an exchange that are wanted, in order. Raises OSError."""
    sieve, stop = Sieve(exchange, wanted, tones, marks), len(exchange)
    while sieve.position < stop:
        yield from sieve.advance(stop, 0.0)


def name_of(event: Event) -> str:
    """The type of a message, the name of a control or a phase, a finding's rule, an error's name; else ''."""
    match event:
        case Message():
            return event.event
        case Control() | Trace():
            return event.name
        case Finding():
            return event.rule
        case Failed():
            return event.error
    return ""


def direction_of(event: Event) -> str:
    """in, out, or '' for what has no direction."""
    match event:
        case Message() | Control():
            return event.direction
        case RequestSent():
            return "out"
        case Read() | Head():
            return "in"
    return ""


def _cost(wanted: Wanted) -> int:
    match wanted:
        case Regex():
            return 3
        case Text():
            return 2
        case Words("name" | "dir") | Compare("status") | Between("status"):
            return 1
        case Not(of):
            return _cost(of)
        case All(parts) | Any(parts):
            return max(map(_cost, parts), default=0)
    return 0


def _limits(operator: str, value: int) -> tuple[int, int]:
    """The numbers that compare so, both included."""
    return {
        "=": (value, value),
        ">": (value + 1, LARGEST),
        ">=": (value, LARGEST),
        "<": (-LARGEST, value - 1),
        "<=": (-LARGEST, value),
    }[operator]


def _test(operator: str, words: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a text contains, is, or matches one of the words; only what is contained takes all letters alike."""
    if operator == "=":
        return lambda text: text in words
    if operator == "~":
        searches = [re.compile(word).search for word in words]
        return lambda text: any(search(text) for search in searches)
    folded = [word.casefold() for word in words]
    return lambda text: any(word in text.casefold() for word in folded)


def _among(numbers: "NDArray[np.integer]", places: Sequence[int]) -> "Flags":
    """Which of some small numbers are among these."""
    import numpy as np

    table = np.zeros(16, np.bool_)
    table[list(places)] = True
    found: Flags = table[numbers]
    return found
