"""Time across a width: where a moment is, what zooming and panning do, round marks and what they are called."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

LEAST = 10_000
"""Nanoseconds that a view shows at least: the clock tells no less apart."""
_MS, _SECOND, _MINUTE, _HOUR = 1_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000
_LONG_STEPS = tuple(_MINUTE * minutes for minutes in (1, 2, 5, 10, 20, 60, 120, 300, 600, 1440, 2880, 7200, 14400))
_EDGE = 24
"""Pixels that are free between two texts of an axis."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The moments `start` to before `stop` (ns since Send) across `width` pixels, which need not be whole."""

    start: int
    stop: int
    width: float

    @property
    def span(self) -> int:
        """How long it is, ns; at least 1."""
        return max(1, self.stop - self.start)

    def x(self, t: float) -> float:
        """Where a moment is."""
        return (t - self.start) * self.width / self.span

    def t(self, x: float) -> int:
        """The moment at a place."""
        return self.start + round(x * self.span / max(self.width, 1e-9))

    def zoomed(self, factor: float, x: float, whole: "Scale") -> "Scale":
        """Closer (factor above 1) or farther, the moment at `x` standing still; never beyond the whole."""
        least = min(LEAST, whole.span)
        span = max(least, min(round(self.span / factor), whole.span))
        start = self.t(x) - round(span * x / max(self.width, 1e-9))
        return replace(self, start=start, stop=start + span).within(whole)

    def panned(self, by: int, whole: "Scale") -> "Scale":
        """Moved by so many nanoseconds, as far as the whole goes."""
        return replace(self, start=self.start + by, stop=self.stop + by).within(whole)

    def within(self, whole: "Scale") -> "Scale":
        """Moved, and shortened where it must be, to lie in the whole."""
        span = min(self.span, whole.span)
        start = max(whole.start, min(self.start, whole.stop - span))
        return replace(self, start=start, stop=start + span)


def round_steps() -> Iterator[int]:
    """1, 2, 5, 10 … nanoseconds up to a minute, then round numbers of minutes and hours."""
    power = 1
    while power < _MINUTE:
        yield from (step for step in (power, 2 * power, 5 * power) if step < _MINUTE)
        power *= 10
    yield from _LONG_STEPS


def marks(scale: Scale, wide: Callable[[str], float]) -> list[tuple[int, str]]:
    """Round moments and their texts, so far apart that the texts do not touch; `wide` measures one, in pixels."""
    if scale.width < 1:
        return []
    step = _LONG_STEPS[-1]
    for step in round_steps():
        room = step * scale.width / scale.span
        if room > _EDGE and room > max(wide(text(scale.stop, step)), wide(text(scale.start, step))) + _EDGE:
            break
    else:
        step = max(step, -(-scale.span // 4))
    first = -(-max(scale.start, 0) // step) * step
    return [(t, text(t, step)) for t in range(first, scale.stop, step)][:400]


def text(t: int, step: int = 0) -> str:
    """A moment as an axis tells it: in the unit of its size, with the digits that the step between marks needs."""
    translate = QCoreApplication.translate
    if step >= _MINUTE:
        hours, minutes = divmod(t // _MINUTE, 60)
        if hours:
            return translate("timeline", "{hours} h {minutes} min").format(hours=hours, minutes=minutes)
        return translate("timeline", "{minutes} min").format(minutes=minutes)
    if abs(t) >= _SECOND or step >= _SECOND or (not t and step >= _SECOND):
        return f"{t / 1e9:.{_digits(step, _SECOND)}f} s"
    if abs(t) >= _MS or step >= _MS:
        return f"{t / 1e6:.{_digits(step, _MS)}f} ms"
    return f"{t / 1e3:.{_digits(step, 1000)}f} µs" if t else "0"


def moment(t: float) -> str:
    """A moment or a length of time (ns), exact enough to tell two events apart."""
    if abs(t) >= _SECOND:
        return f"{t / 1e9:,.3f} s"
    return f"{t / 1e6:.1f} ms" if abs(t) >= _MS / 10 or not t else f"{t / 1e3:.1f} µs"


def _digits(step: int, unit: int) -> int:
    digits = 0
    while step and step % unit and digits < 9:
        step, digits = step * 10, digits + 1
    return digits
