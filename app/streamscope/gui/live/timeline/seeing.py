"""Which part of time a strip shows: all of it, the last of it while it goes on, or what a person moved it to."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Span, Spotlight
from streamscope.gui.live.timeline.axis import Scale
from streamscope.gui.live.timeline.course import course_of, one

_GROWTH = 9
"""Eighths of what there is that are shown while it goes on: it grows into the room, not smaller each frame."""
_FIRST = 250_000_000
"""Nanoseconds that are shown at least while it goes on."""


class SeenView(QWidget):
    """A part of the time of an exchange, zoomed and panned; it goes along with the end until a person moves it."""

    scale_changed = Signal()

    def __init__(self, feed: Feed, spotlight: Spotlight, *, compact: bool, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight, self.compact = feed, spotlight, compact
        self.course = course_of(feed)
        self.mode = "fit"
        """fit: the whole; tail: the last of it, moving along; free: where a person put it."""
        self._free: Span = (0, 0)
        self._room = 0

    def whole(self) -> Scale:
        """All that there is, and while it goes on some room for what comes."""
        now = max(1, self.course.now()) if self.course.ready else 1
        if self.course.end is None and self._feed.live:
            if now > self._room or self._room > 2 * max(now, _FIRST):
                self._room = max(_FIRST, now * _GROWTH // 8)
            stop = self._room
        else:
            stop = now + max(1, now // 200)
        return Scale(-max(1, stop // 200), stop, float(max(1, self.width())))

    def scale(self) -> Scale:
        """What is seen."""
        whole = self.whole()
        if self.compact or self.mode == "fit":
            return whole
        start, stop = self._free
        if self.mode == "tail":
            end = max(whole.start + 1, self.course.now() + (stop - start) // 50)
            return Scale(end - (stop - start), end, whole.width)
        return Scale(start, stop, whole.width).within(whole)

    def show_span(self, start: int, stop: int) -> None:
        """See this part of time."""
        self._look(Scale(start, max(stop, start + 1), float(max(1, self.width()))).within(self.whole()))

    def fit(self) -> None:
        """See all of it."""
        self.mode = "fit"
        self._moved()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Come closer (above 1) or go away, at a place or at what matters: the chosen event, the end, the middle."""
        if self.compact:
            return
        scale, whole = self.scale(), self.whole()
        if x is None:
            x = self.anchor(scale)
        closer = scale.zoomed(factor, x, whole)
        if closer.span >= whole.span:
            self.fit()
        elif self.mode != "free" and self._feed.live and closer.stop >= self.course.now():
            self._free, self.mode = (closer.start, closer.stop), "tail"
            self._moved()
        else:
            self._look(closer)

    def pan(self, part: float) -> None:
        """Move by a part of what is seen."""
        if not self.compact and self.mode != "fit":
            scale = self.scale()
            self._look(scale.panned(round(scale.span * part), self.whole()))

    def to_end(self) -> None:
        """See the end, and follow it while it goes on."""
        if self.mode != "fit":
            scale, whole = self.scale(), self.whole()
            if self._feed.live:
                self._free, self.mode = (scale.start, scale.stop), "tail"
                self._moved()
            else:
                self._look(scale.panned(whole.stop - scale.stop, whole))

    def step(self, steps: int) -> None:
        """Choose the next or previous message."""
        if not self.course.ready:
            return
        bins, chosen = self.course.bins, self._spotlight.chosen
        if 0 <= chosen < bins.size:
            (place,) = bins.places(one(chosen))
            found = bins.step(int(place), steps)
        else:
            found = bins.step(-1, 1) if steps > 0 else bins.step(bins.size, -1)
        if found >= 0:
            self._spotlight.look_at(bins.number(found))
            self.reveal(bins.time(found))

    def reveal(self, t: int) -> None:
        """Move, where it must be, so that a moment is seen."""
        scale = self.scale()
        if self.mode != "fit" and not self.compact and not scale.start <= t < scale.stop:
            self._look(scale.panned(t - scale.start - scale.span // 2, self.whole()))

    def _look(self, scale: Scale) -> None:
        self._free, self.mode = (scale.start, scale.stop), "free"
        if scale.span >= self.whole().span:
            self.mode = "fit"
        self._moved()

    def _moved(self) -> None:
        self.update()
        self.scale_changed.emit()

    def anchor(self, scale: Scale) -> float:
        """What zooming closes in on: the chosen event where it is seen, the end that moves, or the middle."""
        chosen = self._spotlight.chosen
        if 0 <= chosen < self.course.bins.size:
            x = scale.x(float(self.course.bins.times(one(chosen))[0]))
            if 0 <= x <= scale.width:
                return x
        if self.mode != "free" and self._feed.live:
            return scale.x(self.course.now())
        return scale.width / 2

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        self.scale_changed.emit()
