"""What the charts show, found in a thread; nothing of Qt's is in it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streamscope.engine import series
from streamscope.engine.series import Between, Histogram, Measure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streamscope.engine.derived import Derived

POINTS = 2000
"""Points of a curve at most."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What came by when, with few points: times in ns since Send."""

    times: "NDArray[np.int64]"
    counts: "NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at an exchange: how far it had been read, and what was found."""

    position: int
    measure: Measure
    between: Between
    curve: Curve
    gaps: Histogram | None
    spread: bool
    """Whether tokens are spread over characters, since no payload tells of them."""


def seen(derived: "Derived", measure: Measure, between: Between) -> Seen:
    """Look at an exchange: tens of milliseconds for a million events."""
    position = derived.position
    times, counts = series.decimated(*series.cumulative(derived, measure), POINTS)
    gaps = series.histogram(series.gaps_ms(derived, between))
    spread = measure == "tokens" and series.spread(derived)
    return Seen(position, measure, between, Curve(times, counts), gaps, spread)


def curve_of(derived: "Derived", measure: Measure) -> Curve:
    """Only its curve."""
    return Curve(*series.decimated(*series.cumulative(derived, measure), POINTS))
