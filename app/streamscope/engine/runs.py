"""Many runs of one request: of each its figures and a small curve, and what stands out among them. Pure.

Nothing of an exchange is held beyond its row here, so that hundreds can be looked at one after another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streamscope.engine.compare import Stopped
from streamscope.engine.derived import TONES
from streamscope.engine.figures import figures
from streamscope.engine.gaps import percentile
from streamscope.engine.reading import Reading
from streamscope.engine.timing import Meter
from streamscope.model.delta import Paths
from streamscope.model.event import Event, RequestSent
from streamscope.model.exchange import Result

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived

POINTS = 64
_FAR = 3.5
"""Modified z-score beyond which a value is an outlier (Iglewicz and Hoaglin, 1993)."""
_NORMAL = 0.6745
"""The median absolute deviation of a normal distribution, in standard deviations."""
_LEAST = 5
"""Values below which nothing can be said to stand out."""
_ASK = 128
_FIRST, _LAST = TONES.index("text"), TONES.index("refusal")
"""Tones of messages with content stand beside each other."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What came by when: times in ms since Send at evenly spaced shares of all messages with content, and how many."""

    times: tuple[float, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One of many: figures by their keys (details as `itl.p99`), ms and counts as they are."""

    title: str
    started: str
    outcome: Result
    status: int | None
    figures: dict[str, float]
    curve: Curve


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of one figure are spread over the runs that have it; `outliers` are places among all runs."""

    count: int
    least: float
    p10: float
    median: float
    p90: float
    most: float
    outliers: frozenset[int]


def run_of(
    title: str,
    events: Iterable[Event],
    *,
    dialect: str = "",
    saved: Iterable[Paths] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> Run:
    """Read an exchange once for its row. Raises Stopped where nobody waits any more."""
    reading = Reading(saved, dialect, watched=False)
    meter, started = reading.meter, ""
    times: list[float] = []
    for number, event in enumerate(events):
        if number % _ASK == 0 and stopped():
            raise Stopped
        before = meter.pace.messages
        reading.feed(event)
        if isinstance(event, RequestSent):
            started = started or event.started
            if not meter.pace.messages:
                times.clear()
        elif meter.pace.messages != before:
            times.append(event.t / 1e6)
    return _run(title, started, meter, times)


def _run(title: str, started: str, meter: Meter, times: Sequence[float]) -> Run:
    values: dict[str, float] = {}
    for figure in figures(meter):
        if isinstance(figure.value, int | float) and not isinstance(figure.value, bool):
            values[figure.key] = figure.value
            values |= {f"{figure.key}.{name}": value for name, value in figure.details.items()}
    return Run(title, started, meter.result(), meter.status, values, curve_of(times))


def curve_of(times: Sequence[float], points: int = POINTS) -> Curve:
    """At most so many of the ascending times, the first and the last always among them."""
    count = len(times)
    if count <= points:
        return Curve(tuple(times), count)
    return Curve(tuple(times[round(at * (count - 1) / (points - 1))] for at in range(points)), count)


def counts_of(curve: Curve) -> tuple[float, ...]:
    """How many messages had come at each time of a curve."""
    steps = len(curve.times) - 1
    if steps < 1:
        return (float(curve.total),) * len(curve.times)
    return tuple(1 + at * (curve.total - 1) / steps for at in range(steps + 1))


def spread(values: Sequence[float | None]) -> Spread | None:
    """Median, spread and outliers of a figure over all runs; None where no run has it."""
    ranked = sorted(value for value in values if value is not None)
    if not ranked:
        return None
    cuts = [percentile(ranked, q) for q in (0, 10, 50, 90, 100)]
    return Spread(len(ranked), cuts[0], cuts[1], cuts[2], cuts[3], cuts[4], _outliers(values, cuts[2], len(ranked)))


def _outliers(values: Sequence[float | None], median: float, count: int) -> frozenset[int]:
    """Places of values far from the median. Where most are equal the mean deviation takes the median one's place."""
    if count < _LEAST:
        return frozenset()
    away = sorted(abs(value - median) for value in values if value is not None)
    scale = percentile(away, 50) / _NORMAL or sum(away) / len(away) * 1.2533
    if not scale:
        return frozenset()
    return frozenset(at for at, value in enumerate(values) if value is not None and abs(value - median) / scale > _FAR)


def content_times(derived: "Derived") -> list[float]:
    """When messages with content came, in ms since Send, ascending; as far as the exchange was read."""
    import numpy as np

    tones = np.frombuffer(bytes(derived.tones), np.uint8)
    times = np.array(derived.exchange.column(0)[: len(tones)]).astype(np.int64)
    content = (tones >= _FIRST) & (tones <= _LAST)
    found: list[float] = np.sort(times[content[: len(times)]] / 1e6).tolist()
    return found
