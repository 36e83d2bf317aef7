"""Events in the order of their times, and how many of which class, and how many bytes, fall into each of some columns.

Blocks of 32 events know what is in them, so that any span cut into any number of columns costs what the columns cost
and not what the events do. Exact at every zoom. Pure; numpy is loaded when the first one is made.
"""

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from streamscope.store.rows import CODES, OUT_AT, WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

from streamscope.model.event import Control, Message, Read

UNREAD, SENT, CONTROL, CONTROL_SENT, READ, OTHER = range(10, 16)
"""Classes behind the ten tones of a received message (`engine.derived.TONES`): one that was not read yet, a sent
message, what is hidden elsewhere (received, sent), a socket read, all the rest."""
CLASSES = 16
RECEIVED = (*range(UNREAD), UNREAD)
"""The classes of received messages."""
BYTES_IN, BYTES_OUT, BYTES_READ = range(3)
"""Whose bytes are summed: of received messages, of sent ones, of socket reads."""
_BLOCK = 32
_LATE = 16_384
"""Events that a late one may be moved before; one that is later still stands where it can, not where it belongs."""
_FEW = 20_000
"""Events of a span that are counted one by one."""
_END_OF_TIME = 1 << 61
_LARGEST = (1 << 32) - 1
_MORE = 1 << 17
"""Events for which room is made at most at once: new memory has its price, too."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A span cut into columns of equal width: column i is the events of edges[i] ≤ t < edges[i + 1] (ns since Send).

    `counts` is by class and column, `sizes` by lane (received, sent, read) and column, in bytes; the events of a column
    are those from `places[i]` to before `places[i + 1]`.
    """

    edges: "Ints"
    places: "Ints"
    counts: "Ints"
    sizes: "NDArray[np.float64]"


class Bins:
    """Feed it the rows of a record in order, and what its messages say as that gets known."""

    def __init__(self) -> None:
        import numpy as np

        self._np = np
        self.size = 0
        """How many events it has."""
        self.told = 0
        """Of the events before this number it is known what they say."""
        self.last = 0
        """The latest time, ns since Send."""
        self._times = np.empty(1024, np.int64)
        self._classes = np.empty(1024, np.uint8)
        self._sizes = np.empty(1024, np.uint32)
        self._numbers = np.empty(1024, np.uint32)
        self._counts = np.zeros((CLASSES, 64), np.uint8)
        self._sums = np.zeros((3, 64), np.float64)
        self._ordered = True
        self._places: Ints | None = None
        self._class_of = np.full(32, OTHER, np.uint8)
        """By kind, and 16 + kind for what was sent."""
        for kind, received, sent in (
            (Message, UNREAD, SENT),
            (Control, CONTROL, CONTROL_SENT),
            (Read, READ, READ),
        ):
            self._class_of[CODES[kind]], self._class_of[16 + CODES[kind]] = received, sent
        self._sized = np.zeros((3, CLASSES), bool)
        self._sized[BYTES_IN, list(RECEIVED)] = self._sized[BYTES_OUT, SENT] = self._sized[BYTES_READ, READ] = True

    def extend(self, rows: "array[int]") -> None:
        """The next events, as the record's rows."""
        np, words = self._np, self._np.frombuffer(rows, self._np.uint64).reshape(-1, WORDS)
        if not len(words):
            return
        times = np.minimum(words[:, 0], _END_OF_TIME).astype(np.int64)
        packed = words[:, 2].astype(np.int64)
        sizes = np.minimum((words[:, 2] >> np.uint64(24)).astype(np.int64), _LARGEST).astype(np.uint32)
        classes = self._class_of[(packed & 15) + ((packed >> OUT_AT) & 1) * 16 * ((packed & 15) != CODES[Read])]
        start, stop = self.size, self.size + len(times)
        self._grow(stop)
        floor = self._times[start - 1] if start else 0
        self.size = stop
        if times[0] < floor or (times[1:] < times[:-1]).any():
            start = self._late(start, times, classes, sizes)
        else:
            self._times[start:stop], self._classes[start:stop], self._sizes[start:stop] = times, classes, sizes
            self._numbers[start:stop] = np.arange(start, stop, dtype=np.uint32)
        self.last = int(self._times[stop - 1])
        self._places = None
        self._count(start, stop)

    def tell(self, tones: bytes) -> None:
        """What the events from `told` on say: a tone each (`engine.derived.TONES`)."""
        np = self._np
        told = np.frombuffer(tones, np.uint8)
        start, stop = self.told, min(self.told + len(told), self.size)
        if stop <= start:
            return
        self.told = stop
        if self._ordered:
            classes = self._classes[start:stop]
            self._classes[start:stop] = np.where(classes == UNREAD, told[: stop - start], classes)
            self._count(start, stop)
            return
        waiting = np.flatnonzero(self._classes[: self.size] == UNREAD)
        numbers = self._numbers[waiting]
        known = numbers < stop
        waiting, numbers = waiting[known], numbers[known]
        if len(waiting):
            self._classes[waiting] = told[numbers - start]
            self._count(int(waiting[0]), int(waiting[-1]) + 1)

    def columns(self, start: int, stop: int, count: int) -> Columns:
        """What falls into each of `count` equal parts of a span of time (ns since Send)."""
        np = self._np
        start = max(-_END_OF_TIME, min(start, _END_OF_TIME - 1))
        stop = max(start + 1, min(stop, _END_OF_TIME))
        span = stop - start
        if span * count < 1 << 62:
            edges = start + np.arange(count + 1, dtype=np.int64) * span // count
        else:
            edges = np.array([start + span * at // count for at in range(count + 1)], np.int64)
        places = np.searchsorted(self._times[: self.size], edges).astype(np.int64)
        counts = np.zeros((CLASSES, count), np.int64)
        sizes = np.zeros((3, count), np.float64)
        first, last = places[:-1], places[1:]
        heads, tails = first, last
        if places[-1] - places[0] > _FEW:
            begin, end = -(-first // _BLOCK), last // _BLOCK
            whole = np.flatnonzero(end > begin)
            if len(whole):
                pairs = np.stack([begin[whole], end[whole]], 1).ravel()
                least, most = int(pairs[0]), int(pairs[-1]) + 1
                pairs -= least
                blocks = self._counts[:, least:most].astype(np.uint32)  # at once: much faster than reducing bytes
                counts[:, whole] = np.add.reduceat(blocks, pairs, axis=1)[:, ::2]
                sizes[:, whole] = np.add.reduceat(self._sums[:, least:most], pairs, axis=1)[:, ::2]
            tails = np.where(end > begin, begin * _BLOCK, last)
            self._one_by_one(counts, sizes, np.arange(count)[whole], end[whole] * _BLOCK, last[whole])
        self._one_by_one(counts, sizes, np.arange(count), heads, tails)
        return Columns(edges, places, counts, sizes)

    def nearest(self, t: int, classes: tuple[int, ...] = (*RECEIVED, SENT)) -> int:
        """The place of the event of one of these classes that is nearest to a moment; -1 where none is nearby."""
        np = self._np
        at = int(np.searchsorted(self._times[: self.size], t))
        reach = 64
        while True:
            low, high = max(0, at - reach), min(self.size, at + reach)
            found = low + np.flatnonzero(np.isin(self._classes[low:high], classes))
            if len(found):
                return int(found[np.abs(self._times[found] - t).argmin()])
            if reach >= _LATE or (low == 0 and high == self.size):
                return -1
            reach *= 8

    def step(self, place: int, steps: int, classes: tuple[int, ...] = (*RECEIVED, SENT)) -> int:
        """The place of the next (1) or previous (-1) event of these classes; -1 where there is none."""
        np = self._np
        at = place + steps
        while 0 <= at < self.size:
            low, high = (at, min(self.size, at + _LATE)) if steps > 0 else (max(0, at - _LATE + 1), at + 1)
            found = np.flatnonzero(np.isin(self._classes[low:high], classes))
            if len(found):
                return int(low + found[0 if steps > 0 else -1])
            at = high if steps > 0 else low - 1
        return -1

    def number(self, place: int) -> int:
        """The number of the event at a place."""
        return int(self._numbers[place])

    def time(self, place: int) -> int:
        """When the event at a place happened, ns since Send."""
        return int(self._times[place])

    def class_at(self, place: int) -> int:
        """The class of the event at a place."""
        return int(self._classes[place])

    def places(self, numbers: "array[int]") -> "Ints":
        """The places of events of these numbers; of those that are not here yet, none."""
        np = self._np
        wanted: Ints = np.array(numbers, np.int64)
        wanted = wanted[(wanted >= 0) & (wanted < self.size)]
        if self._ordered:
            return wanted
        if self._places is None:
            self._places = np.argsort(self._numbers[: self.size], kind="stable").astype(np.int64)
        places: Ints = self._places[wanted]
        return places

    def times(self, numbers: "array[int]") -> "Ints":
        """When these events happened, ns since Send."""
        times: Ints = self._times[self.places(numbers)]
        return times

    def _grow(self, stop: int) -> None:
        np = self._np
        if stop > len(self._times):
            room = max(stop, len(self._times) + min(len(self._times), _MORE))
            for kept in (self._times, self._classes, self._sizes, self._numbers):
                kept.resize(room, refcheck=False)  # the system moves pages and copies nothing; nobody holds views
        blocks = stop // _BLOCK + 2
        if blocks > self._counts.shape[1]:
            more = max(blocks, self._counts.shape[1] * 3 // 2) - self._counts.shape[1]
            self._counts = np.pad(self._counts, ((0, 0), (0, more)))
            self._sums = np.pad(self._sums, ((0, 0), (0, more)))

    def _late(self, start: int, times: Any, classes: Any, sizes: Any) -> int:
        """Put events in that came out of the order of time; from which place on things have moved."""
        np, stop = self._np, self.size
        self._ordered = False
        if start > _LATE:
            times = np.maximum(times, self._times[start - _LATE])
        begin = int(np.searchsorted(self._times[:start], times.min(), "right"))
        numbers = np.arange(start, stop, dtype=np.uint32)
        times = np.concatenate([self._times[begin:start], times])
        order = np.argsort(times, kind="stable")
        for kept, new in ((self._classes, classes), (self._sizes, sizes), (self._numbers, numbers)):
            kept[begin:stop] = np.concatenate([kept[begin:start], new])[order]
        self._times[begin:stop] = times[order]
        return begin

    def _count(self, start: int, stop: int) -> None:
        """Count anew the blocks in which these places are."""
        np = self._np
        first = start // _BLOCK
        low, high = first * _BLOCK, min(self.size, -(-stop // _BLOCK) * _BLOCK)
        classes = self._classes[low:high].astype(np.int64)
        block = np.arange(high - low) // _BLOCK
        blocks = int(block[-1]) + 1
        counted = np.bincount(block * CLASSES + classes, minlength=blocks * CLASSES).reshape(blocks, CLASSES)
        self._counts[:, first : first + blocks] = counted.T
        sizes = self._sizes[low:high]
        for lane in range(3):
            weights = sizes * self._sized[lane][classes]
            self._sums[lane, first : first + blocks] = np.bincount(block, weights=weights, minlength=blocks)

    def _one_by_one(self, counts: Any, sizes: Any, columns: Any, first: Any, last: Any) -> None:
        """Add the events of these ranges of places to their columns."""
        np, lengths = self._np, last - first
        total = int(lengths.sum())
        if not total:
            return
        width = counts.shape[1]
        starts = np.cumsum(lengths) - lengths
        places = np.arange(total) + np.repeat(first - starts, lengths)
        column = np.repeat(columns, lengths)
        classes = self._classes[places]
        at = classes * np.int64(width) + column
        counts += np.bincount(at, minlength=CLASSES * width).reshape(CLASSES, width)
        bytes_of = np.bincount(at, weights=self._sizes[places], minlength=CLASSES * width).reshape(CLASSES, width)
        for lane in range(3):
            sizes[lane] += bytes_of[self._sized[lane]].sum(0)
