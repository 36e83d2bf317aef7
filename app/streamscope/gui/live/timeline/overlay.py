"""Several exchanges laid over each other: strips on one axis, curves in one chart, figures in one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from streamscope.engine.bins import RECEIVED
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.timeline import axis
from streamscope.gui.live.timeline.axis import Scale
from streamscope.gui.live.timeline.card import ChartView
from streamscope.gui.live.timeline.course import Course, course_of
from streamscope.gui.live.timeline.drawing import Drawing, figures_font
from streamscope.gui.live.timeline.loading import CHARTS, Look, loaded
from streamscope.gui.live.timeline.sheet import Sheet
from streamscope.gui.theme import colour, small_font, theme

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived
    from streamscope.engine.series import Measure
    from streamscope.gui.live.timeline.charts import CurvesPlot
    from streamscope.gui.live.timeline.figures import Curve

_EVERY = 250
"""Milliseconds between two looks while any of them goes on."""
_TITLE, _STRIP, _GAP = 18, 34, 6
_TINTS = ("accent", "code_word", "ok", "code_number", "error", "muted")


@dataclass(frozen=True, slots=True)
class Item:
    """One of the exchanges."""

    title: str
    feed: Feed
    course: Course

    def origin(self, *, first: bool) -> int:
        """The moment that stands at 0: its first token where that is asked for and there is one, else Send."""
        return max(0, self.course.rhythm.first) if first else 0


class StripsView(QWidget):
    """Bare strips under each other, with their titles, and one axis for all."""

    def __init__(self, items: Sequence[Item], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = items
        self.first = False
        self.setAccessibleName(self.tr("Strips of {count} exchanges").format(count=len(items)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(len(items) * (_TITLE + _STRIP + _GAP) + 24)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(480, self.height())

    def scale(self) -> Scale:
        """The time that all of them fit into, from what stands at 0."""
        ready = [item for item in self._items if item.course.ready]
        start = -max((item.origin(first=self.first) for item in ready), default=0)
        stop = max((item.course.now() - item.origin(first=self.first) for item in ready), default=1)
        room = max(1, (stop - start) // 200)
        return Scale(start - room, max(stop, start + 1) + room, float(max(1, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: only the strips that are to be seen."""
        painter = QPainter(self)
        self.paint(painter, QRectF(event.rect()))
        painter.end()

    def paint(self, painter: QPainter, seen: QRectF | None = None, *, vector: bool = False) -> None:
        """All of them, or those of a part."""
        scale, ratio = self.scale(), 1.0 if vector else self.devicePixelRatioF()
        painter.fillRect(QRectF(0, 0, scale.width, self.height()), colour("surface"))
        for number, item in enumerate(self._items):
            top = number * (_TITLE + _STRIP + _GAP)
            if seen is not None and not seen.intersects(QRectF(0, top, scale.width, _TITLE + _STRIP)):
                continue
            painter.setFont(small_font())
            painter.fillRect(QRectF(8, top + _TITLE / 2 - 3, 8, 8), colour(_TINTS[number % len(_TINTS)]))
            painter.setPen(colour("text"))
            title = QFontMetricsF(painter.font()).elidedText(
                " ".join(item.title.split()), Qt.TextElideMode.ElideRight, max(8.0, scale.width - 32)
            )
            painter.drawText(QPointF(22, top + _TITLE - 4), title)
            if not item.course.ready:
                continue
            origin = item.origin(first=self.first)
            moved = Scale(scale.start + origin, scale.stop + origin, scale.width)
            painter.save()
            painter.translate(0, top + _TITLE)
            Drawing(item.course, moved, _STRIP, ratio, compact=True, by_bytes=True, bare=True).paint(
                painter, vector=vector
            )
            painter.restore()
        self._axis(painter, scale)

    def _axis(self, painter: QPainter, scale: Scale) -> None:
        painter.setFont(figures_font())
        measure = QFontMetricsF(painter.font())
        top = self.height() - 22
        painter.fillRect(QRectF(0, top, scale.width, 1), colour("line"))
        for t, told in axis.marks(scale, measure.horizontalAdvance):
            wide = measure.horizontalAdvance(told)
            left = min(max(scale.x(t) - wide / 2, 4), scale.width - wide - 4)
            painter.setPen(colour("muted"))
            painter.drawText(QRectF(left, top + 3, wide + 1, 18), Qt.AlignmentFlag.AlignCenter, told)


class OverlayView(QWidget):
    """Exchanges on one clock. Their order is that of `items`; live ones are followed."""

    def __init__(self, items: "Sequence[tuple[str, Derived | Feed]]", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items = [self._item(title, of) for title, of in items]
        self.strips = StripsView(self.items)
        self.plot: CurvesPlot | None = None
        self._curves: list[Curve] = []
        self._looked: tuple[object, ...] = ()
        self._look: Look[list[Curve]] = Look(self._found, self)
        tr = self.tr
        self.strips_card = ChartView(
            tr("Streams"),
            (("send", tr("from Send")), ("first", tr("from the first token"))),
            self._sheet,
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.strips)
        self.strips_card.hold(area, lambda painter: self.strips.paint(painter, vector=True))
        self.strips_card.chosen.connect(self._align)
        self.curves_card = ChartView(
            tr("So far"),
            (("messages", tr("messages")), ("characters", tr("characters")), ("reads", tr("socket reads"))),
            self._sheet,
        )
        self.curves_card.chosen.connect(lambda _key: self.follow())
        self.curves_card.setMinimumHeight(200)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.strips_card, 1)
        column.addWidget(self.curves_card, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.follow)

    def follow(self) -> None:
        """Show what is new; by itself four times a second until all have ended and all was taken in."""
        more = any(item.course.follow() for item in self.items)  # one after the other: bounded work a turn
        self.strips.update()
        if loaded(CHARTS) and self.plot is None and self.isVisible():
            from streamscope.gui.live.timeline.charts import CurvesPlot

            self.plot = CurvesPlot(self.tr("What came by when, of each"))
            self.curves_card.hold(self.plot)
            self._show()
        wanted = (self.curves_card.key, *(item.feed.derived.position for item in self.items))
        if loaded("numpy") and wanted != self._looked and not self._look.busy:
            self._looked = wanted
            measure = cast("Measure", self.curves_card.key)
            self._look.start(partial(_curves, [item.feed.derived for item in self.items], measure))
        idle = not more and wanted == self._looked and not self._look.busy and self.plot is not None
        if idle and all(item.feed.done for item in self.items):
            self._timer.stop()
        elif self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self.follow()

    def _item(self, title: str, of: "Derived | Feed") -> Item:
        if not isinstance(of, Feed):
            of = Feed(of, parent=self)
            of.begin()
        return Item(title, of, course_of(of))

    def _align(self, key: str) -> None:
        self.strips.first = key == "first"
        self.strips.update()
        self._show()

    def _found(self, curves: "list[Curve]") -> None:
        self._curves = curves
        self._show()

    def _show(self) -> None:
        for card in (self.strips_card, self.curves_card):
            card.refresh()
        if self.plot is not None and self._curves and all(item.course.ready for item in self.items):
            first = self.strips.first
            self.plot.show_curves(self._curves, [item.origin(first=first) for item in self.items])
            scale = self.strips.scale()
            self.plot.show_time(scale.start, scale.stop)

    def _sheet(self) -> Sheet:
        tr = self.tr
        titles = (
            tr("exchange"),
            tr("messages"),
            tr("first token, ms"),
            tr("last token, ms"),
            tr("total, ms"),
            tr("stalls"),
            tr("bursts"),
        )
        rows = []
        for item in self.items:
            course = item.course
            if course.ready:
                counts = course.bins.columns(0, course.bins.last + 1, 1).counts[:, 0]
                moments = (course.rhythm.first, course.rhythm.last, course.now())
                first, last, total = (round(t / 1e6, 3) if t >= 0 else "" for t in moments)
                received = int(counts[list(RECEIVED)].sum())
                rows.append((item.title, received, first, last, total, len(course.stalls()), len(course.rhythm.bursts)))
        return Sheet(titles, rows)


def _curves(all_of: "Sequence[Derived]", measure: "Measure") -> "list[Curve]":
    from streamscope.gui.live.timeline.figures import curve_of

    return [curve_of(derived, measure) for derived in all_of]
