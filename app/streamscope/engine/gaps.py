"""Many lengths of time in little memory, and their percentiles. Pure."""

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from streamscope.model.exchange import Percentiles

if TYPE_CHECKING:
    import numpy as np

STALL_MS = 1000.0
"""No gap below this is a stall."""
STALL_TIMES = 10.0
"""A stall is longer than this many median gaps, too."""
_PLACES = 4
"""Decimals of a millisecond that are told: a gap is kept in four bytes, exact to 60 ns in a second."""
_MANY = 20_000
"""From so many on, loading numpy pays."""


class Gaps:
    """Lengths of time in ms, four bytes each. `add` takes one; all else is computed when it is asked for."""

    __slots__ = ("_values", "add")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._values = array("f", values)
        self.add = self._values.append

    def __len__(self) -> int:
        return len(self._values)

    def values(self, every: int = 1) -> "array[float]":
        """All of them, or each so-many-th, in the order in which they came; a copy."""
        return self._values[::every]

    def percentiles(self) -> Percentiles | None:
        """The spread, None of nothing. Sorts a copy: about 0.02 s for a million, others may run meanwhile."""
        if not self._values:
            return None
        ranked = self._ranked()
        return Percentiles(len(ranked), *(_told(percentile(ranked, at)) for at in (50, 90, 95, 99, 100)))

    def median(self) -> float:
        """The middle one, 0 of nothing."""
        return percentile(self._ranked(), 50) if self._values else 0.0

    def over(self, limit: float) -> int:
        """How many are longer."""
        if len(self._values) > _MANY:
            return int((self._column() > limit).sum())
        return sum(1 for value in self._values if value > limit)

    def apart(self) -> "Gaps":
        """Only those that took time: messages of one read have its time, so these are gaps between reads."""
        if len(self._values) > _MANY:
            column = self._column()
            return Gaps(array("f", column[column > 0].tobytes()))
        return Gaps(value for value in self._values if value > 0)

    def copy(self) -> "Gaps":
        """The same, which no longer grows."""
        made = Gaps()
        made._values = self._values[:]
        made.add = made._values.append
        return made

    def near(self, middle: float, share: float) -> int:
        """How many are within this share of a length."""
        low, high = middle * (1 - share), middle * (1 + share)
        if len(self._values) > _MANY:
            column = self._column()
            return int(((low <= column) & (column <= high)).sum())
        return sum(1 for value in self._values if low <= value <= high)

    def _ranked(self) -> Sequence[float]:
        if len(self._values) <= _MANY:
            return sorted(self._values)
        column = self._column()
        column.sort()
        return array("f", column.tobytes())

    def _column(self) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """A copy for numpy, which lets other threads run while it works."""
        import numpy as np

        return np.array(self._values, dtype=np.float32)


def percentile(ranked: Sequence[float], q: float) -> float:
    """The q-th percentile (0 to 100) of sorted values, linear between ranks as numpy's default. Raises IndexError."""
    place = (len(ranked) - 1) * q / 100
    below = math.floor(place)
    low = ranked[below]
    return low + (ranked[min(below + 1, len(ranked) - 1)] - low) * (place - below)


def stall_limit(median: float) -> float:
    """The gap in ms beyond which a stream stood still."""
    return max(STALL_MS, STALL_TIMES * median)


def _told(value: float) -> float:
    return round(value, _PLACES)
