"""Curves and distributions of an exchange: what came by when, and how long the gaps were.

They read as far as was derived when they are asked, and may run in any thread while the exchange goes on.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from streamscope.engine.rhythm import CONTENT
from streamscope.store.rows import READ, WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streamscope.engine.derived import Derived

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

Measure = Literal["messages", "characters", "tokens", "reads"]
Between = Literal["messages", "tokens", "reads"]
QUANTILES = (50, 90, 95, 99)
_SLICE = 65_536
_END_OF_TIME = 1 << 61
_PER_DECADE = 10
_SHORTEST, _LONGEST = -3, 7
"""Powers of ten of a millisecond between which gaps are told apart: a microsecond to nearly three hours."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many gaps have which length: bin i is edges[i] ≤ gap < edges[i + 1], in ms; edges are evenly
    apart on a log scale.

    `zeros` are gaps of no length (messages that share a read), which no log scale has a place for. `quantiles` are
    (percent, ms), as numpy's default has them.
    """

    edges: "Floats"
    counts: "Ints"
    zeros: int
    quantiles: tuple[tuple[int, float], ...]
    longest: float
    mean: float

    @property
    def total(self) -> int:
        """How many gaps there are."""
        return self.zeros + int(self.counts.sum())


def cumulative(derived: "Derived", by: Measure = "messages") -> "tuple[Ints, Floats]":
    """What came by when: times (ns since Send, ascending) and how much came until then, that moment included.

    Messages with content; characters (code points) of all texts; tokens, as payloads tell of them, else their number
    spread as the characters are (`spread`); or socket reads. Two empty arrays where nothing came.
    """
    import numpy as np

    if by in ("reads", "messages"):
        times = _reads(derived) if by == "reads" else _messages(derived)
        if (times[1:] < times[:-1]).any():
            times = np.sort(times)
        return times, np.arange(1, len(times) + 1, dtype=np.float64)
    if by == "tokens" and not spread(derived):
        told = min(len(derived.meter.token_times), len(derived.meter.token_sums))
        sums = np.array(derived.meter.token_sums[:told], np.float64)
        return np.array(derived.meter.token_times[:told], np.int64), sums
    times, weights = _characters(derived)
    counted, total = derived.meter.counted(), float(weights.sum())
    if by == "tokens" and counted is not None and total:
        weights = weights * (counted[0] / total)
    if (times[1:] < times[:-1]).any():
        order = np.argsort(times, kind="stable")
        times, weights = times[order], weights[order]
    return times, np.cumsum(weights)


def spread(derived: "Derived") -> bool:
    """Whether no payload tells how many tokens came with it, or the usage at the end says otherwise."""
    counted = derived.meter.counted()
    return counted is None or counted[1] not in ("ids", "usage in each payload")


def decimated(times: "Ints", counts: "Floats", points: int = 2000) -> "tuple[Ints, Floats]":
    """The same curve with at most so many points, which lie on it: the last of each of equal spans, and both ends."""
    import numpy as np

    if len(times) <= points:
        return times, counts
    edges = np.linspace(float(times[0]), float(times[-1]), points)
    places = np.unique(np.append(0, np.searchsorted(times, edges, "right") - 1).clip(0, len(times) - 1))
    return times[places], counts[places]


def stepped(times: "Ints", counts: "Floats", points: int = 2000) -> "tuple[Ints, Floats]":
    """The curve as the steps that it is: a stall is level, a burst upright. At most about so many points."""
    import numpy as np

    times, counts = decimated(times, counts, points // 2)
    if not len(times):
        return times, counts
    return np.repeat(times, 2)[1:], np.repeat(counts, 2)[:-1]


def gaps_ms(derived: "Derived", by: Between = "messages") -> "NDArray[np.float32]":
    """Gaps in ms between messages with content (within runs), between tokens where payloads tell these, or between the
    reads that brought content: what the figures of the same name are made of."""
    import numpy as np

    meter = derived.meter
    gaps = meter.token_gaps if by == "tokens" else meter.pace.gaps
    values = np.frombuffer(gaps.values(), np.float32)  # of a copy, as exact as they are kept
    return values[values > 0] if by == "reads" else values


def histogram(gaps: "Floats | NDArray[np.float32]") -> Histogram | None:
    """Their distribution; None of nothing."""
    import numpy as np

    if not len(gaps):
        return None
    edges = 10.0 ** (np.arange(_SHORTEST * _PER_DECADE, _LONGEST * _PER_DECADE + 1) / _PER_DECADE)
    apart = gaps[gaps > 0]
    places = np.searchsorted(edges, apart, "right") - 1
    counts = np.bincount(places.clip(0, len(edges) - 2), minlength=len(edges) - 1)
    quantiles = tuple(zip(QUANTILES, map(float, np.percentile(gaps, QUANTILES)), strict=True))
    return Histogram(edges, counts, len(gaps) - len(apart), quantiles, float(gaps.max()), float(gaps.mean()))


def _times(derived: "Derived", stop: int) -> "Ints":
    import numpy as np

    times = np.frombuffer(derived.exchange.column(0), np.uint64)[:stop]
    return np.minimum(times, _END_OF_TIME).astype(np.int64) if (times > _END_OF_TIME).any() else times.view(np.int64)


def _messages(derived: "Derived") -> "Ints":
    import numpy as np

    stop = derived.position
    tones = np.frombuffer(bytes(derived.tones[:stop]), np.uint8)
    content = np.flatnonzero((tones >= CONTENT[0]) & (tones <= CONTENT[-1]))
    return _times(derived, len(tones))[content]


def _reads(derived: "Derived") -> "Ints":
    import numpy as np

    found = [np.empty(0, np.int64)]
    stop = derived.position
    for start in range(0, stop, _SLICE):
        words = np.array(derived.exchange.rows(start, min(stop, start + _SLICE))).reshape(-1, WORDS)
        found.append(words[(words[:, 2] & np.uint64(15)) == READ, 0].astype(np.int64))
    return np.concatenate(found)


def _characters(derived: "Derived") -> "tuple[Ints, Floats]":
    import numpy as np

    stop = derived.position
    events, weights = [np.empty(0, np.int64)], [np.empty(0)]
    for lane in list(derived.lanes.values()):
        pieces = min(len(lane.ends), len(lane.events))
        ends = np.array(lane.ends[:pieces], np.int64)
        if not len(ends):
            continue
        text = np.frombuffer(bytes(lane.text[: ends[-1]]), np.uint8)
        begins = (text & 0xC0) != 0x80  # the first byte of each character
        sums = np.add.reduceat(begins.astype(np.int64), np.append(0, ends[:-1]))
        events.append(np.array(lane.events[:pieces], np.int64))
        weights.append(sums.astype(np.float64))
    event, weight = np.concatenate(events), np.concatenate(weights)
    order = np.argsort(event, kind="stable")
    event, weight = event[order], weight[order]
    known = event < stop
    return _times(derived, stop)[event[known]], weight[known]
