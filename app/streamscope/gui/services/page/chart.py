"""A small chart of a figure over time: the line, what it may be at most, and the value under the pointer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from streamscope.gui.theme import colour, small_font, strong_font

Points = Sequence[tuple[float, float]]
_PAD = 12
_GAP = 3.5
"""A pause this many times as long as usual is a gap: nobody looked, so nothing is known."""
_SHORTEST = 60.0
"""Seconds that a chart shows at least."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: `most` is what it may reach, None where that is not known."""

    name: str
    points: Points
    tint: str = "accent"
    most: float | None = None


class ChartView(QWidget):
    """Its text says the same as its picture."""

    def __init__(self, title: str, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.unit = unit
        self.lines: tuple[Line, ...] = ()
        self._pointer: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(title)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the first one's last value stands at the top."""
        self.lines = tuple(line for line in lines if line.points)
        self.setAccessibleDescription(self.said())
        self.update()

    def said(self) -> str:
        """The newest value of each line, as text."""
        parts = []
        for line in self.lines:
            most = f" / {number(line.most)}" if line.most is not None else ""
            named = f"{line.name} " if len(self.lines) > 1 else ""
            parts.append(f"{named}{number(line.points[-1][1])}{most}{f' {self.unit}' if self.unit else ''}")
        return "  ·  ".join(parts)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(240, 132)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(160, 132)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._pointer = event.position().x()
        self.update()

    def leaveEvent(self, event: object) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("line"), 1))
        painter.setBrush(colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        small, strong = small_font(), strong_font()
        high = QFontMetrics(strong).height()
        top = QRectF(_PAD, 8, self.width() - 2 * _PAD, high)
        painter.setFont(strong)
        painter.setPen(colour("text"))
        said = self._pointed() or self.said()
        room = QFontMetrics(strong).horizontalAdvance(said)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), said)
        painter.setFont(small)
        painter.setPen(colour("muted"))
        title = QFontMetrics(small).elidedText(self.title, Qt.TextElideMode.ElideRight, int(top.width()) - room - 8)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), title)
        if self.lines:
            self._paint_plot(painter, self._plot())
        painter.end()

    def _plot(self) -> QRectF:
        low = QFontMetrics(small_font()).height()
        top = 8 + QFontMetrics(strong_font()).height() + 8
        return QRectF(_PAD, top, self.width() - 2 * _PAD, self.height() - top - low - 8)

    def _span(self) -> tuple[float, float]:
        first = min(line.points[0][0] for line in self.lines)
        last = max(line.points[-1][0] for line in self.lines)
        return min(first, last - _SHORTEST), last

    def _top(self) -> float:
        """The highest value that is shown, a round one; a limit is shown where the line comes near it."""
        most = max(value for line in self.lines for _, value in line.points)
        for line in self.lines:
            if line.most is not None and line.most <= most * 4:
                most = max(most, line.most)
        return round_up(most)

    def _paint_plot(self, painter: QPainter, plot: QRectF) -> None:
        begin, end = self._span()
        top = self._top()
        painter.setPen(QPen(colour("line"), 1))
        for share in (0.0, 0.5, 1.0):
            y = round(plot.bottom() - share * plot.height()) + 0.5
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

        def place(point: tuple[float, float]) -> QPointF:
            x = plot.left() + (point[0] - begin) / max(end - begin, 1e-9) * plot.width()
            return QPointF(x, plot.bottom() - min(point[1] / top, 1.0) * plot.height())

        for line in reversed(self.lines):
            tint = colour(line.tint)
            if line.most is not None and line.most <= top:
                painter.setPen(QPen(colour("muted"), 1, Qt.PenStyle.DashLine))
                y = plot.bottom() - line.most / top * plot.height()
                painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            for run in runs(line.points):
                _paint_run(painter, [place(point) for point in run], plot.bottom(), tint, filled=line is self.lines[0])
        self._paint_marks(painter, plot, end - begin, top)
        if (found := self._under()) is not None:
            x = place((found, 0.0)).x()
            painter.setPen(QPen(colour("line_strong"), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_marks(self, painter: QPainter, plot: QRectF, span: float, top: float) -> None:
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        low = QRectF(plot.left(), plot.bottom() + 2, plot.width(), QFontMetrics(small_font()).height())
        painter.drawText(low, int(Qt.AlignmentFlag.AlignLeft), f"−{back(span)}")
        painter.drawText(low, int(Qt.AlignmentFlag.AlignRight), self.tr("now"))
        painter.drawText(low, int(Qt.AlignmentFlag.AlignHCenter), self.tr("0 to {most}").format(most=number(top)))

    def _under(self) -> float | None:
        """The time of the sample nearest to the pointer."""
        if self._pointer is None or not self.lines:
            return None
        plot, (begin, end) = self._plot(), self._span()
        at = begin + (self._pointer - plot.left()) / max(plot.width(), 1.0) * (end - begin)
        return min((point[0] for point in self.lines[0].points), key=lambda t: abs(t - at))

    def _pointed(self) -> str:
        at = self._under()
        if at is None:
            return ""
        values = [dict(line.points).get(at) for line in self.lines]
        said = "  ·  ".join(number(value) for value in values if value is not None)
        return f"{time.strftime('%H:%M:%S', time.localtime(at))}   {said}"


def runs(points: Points) -> list[list[tuple[float, float]]]:
    """Samples that belong together: a line is broken where nobody looked for long."""
    if len(points) < 3:
        return [list(points)]
    steps = sorted(after[0] - before[0] for before, after in pairwise(points))
    usual = max(steps[len(steps) // 2], 0.5)
    found = [[points[0]]]
    for before, after in pairwise(points):
        if after[0] - before[0] > usual * _GAP:
            found.append([])
        found[-1].append(after)
    return found


def round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten; 1 where nothing is."""
    if value <= 0:
        return 1.0
    step = 10.0 ** (len(f"{int(value)}") - 1) if value >= 1 else 0.1
    while value / step < 1:
        step /= 10
    return next(step * factor for factor in (1, 2, 5, 10) if value <= step * factor * 1.0001)


def number(value: float | None) -> str:
    """A figure in few signs."""
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def back(seconds: float) -> str:
    """A span of time in its largest unit."""
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
    )


def _paint_run(painter: QPainter, places: list[QPointF], floor: float, tint: QColor, *, filled: bool) -> None:
    if len(places) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawEllipse(places[0], 2.0, 2.0)
        return
    path = QPainterPath(places[0])
    for place in places[1:]:
        path.lineTo(place)
    if filled:
        area = QPainterPath(path)
        area.lineTo(places[-1].x(), floor)
        area.lineTo(places[0].x(), floor)
        area.closeSubpath()
        soft = QColor(tint)
        soft.setAlphaF(0.12)
        painter.fillPath(area, soft)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tint, 1.5))
    painter.drawPath(path)
