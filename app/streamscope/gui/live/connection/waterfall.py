"""Painting the waterfall: an axis, and bars in time, their names at the left and their spans at the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from streamscope.gui.live.connection.lines import COLOURS, GAP, Line, took, word
from streamscope.gui.theme import colour, small_font, strong_font

AXIS = 22
"""Height of the axis, and of a line, in pixels."""
LINE = 22
_BAR = 10
_THIN = 3.0
"""Pixels of the shortest bar: it must be seen."""
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where times lie: between `left` and `right`, from 0 to `whole` ns; what is behind is cut off at the right."""

    left: float
    right: float
    whole: int

    def x(self, t: int) -> float:
        """The place of a time."""
        return self.left + (self.right - self.left) * min(1.0, max(0, t) / max(1, self.whole))

    def marks(self) -> list[int]:
        """Times for the axis, at least 64 pixels apart."""
        room = max(1, int((self.right - self.left) / 64))
        rough = max(1, self.whole) / room
        power = 10 ** (len(str(int(rough))) - 1)
        step = next((power * one for one in (*_STEPS, 10) if power * one >= rough), power * 10)
        return list(range(0, self.whole + 1, max(1, step)))


def scale(width: float, whole: int) -> Scale:
    """The scale for a width in pixels."""
    measure = QFontMetricsF(small_font())
    names = max(measure.horizontalAdvance(word(name)) for name in COLOURS)
    return Scale(min(names + 24, width / 3), width - measure.horizontalAdvance("99.99 min") - 16, whole)


def paint_axis(painter: QPainter, width: float, height: float, placed: Scale) -> None:
    """Times along the top, with quiet lines down through all of it."""
    painter.setFont(small_font())
    measure = QFontMetricsF(small_font())
    for t in placed.marks():
        x = round(placed.x(t)) + 0.5
        painter.setPen(QPen(colour("line"), 1))
        painter.drawLine(QPointF(x, AXIS - 4), QPointF(x, height))
        text = took(t) if t else "0"
        if x + measure.horizontalAdvance(text) < width:
            painter.setPen(colour("muted"))
            painter.drawText(QPointF(x + 3, AXIS - 7), text)


def paint_lines(painter: QPainter, top: float, width: float, lines: Sequence[Line], placed: Scale) -> None:
    """Lines one below the other."""
    for one in lines:
        if one.bar < 0:
            _title(painter, top, width, one)
        else:
            _phase(painter, top, width, one, placed)
        top += LINE


def _title(painter: QPainter, top: float, width: float, one: Line) -> None:
    painter.setFont(strong_font())
    painter.setPen(colour("error" if one.failed else "text"))
    box = QRectF(10, top, width - 20, LINE)
    text = QFontMetricsF(strong_font()).elidedText(one.name, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)


def _phase(painter: QPainter, top: float, width: float, one: Line, placed: Scale) -> None:
    middle = top + LINE / 2
    painter.setFont(small_font())
    measure = QFontMetricsF(small_font())
    painter.setPen(colour("error" if one.failed else "muted"))
    name = measure.elidedText(word(one.name), Qt.TextElideMode.ElideRight, placed.left - 22)
    painter.drawText(QRectF(14, top, placed.left - 18, LINE), int(Qt.AlignmentFlag.AlignVCenter), name)
    begin, end = placed.x(one.begin), placed.x(one.end)
    if one.gap >= GAP:
        pen = QPen(colour("line_strong"), 1, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(placed.x(one.begin - one.gap), middle), QPointF(begin, middle))
    wide = max(_THIN, end - begin)
    begin = min(begin, placed.right - wide)
    bar = QRectF(begin, middle - _BAR / 2, wide, _BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("error" if one.failed else COLOURS.get(one.name, "muted")))
    if wide > _BAR / 2:
        painter.drawRoundedRect(bar, 2, 2)
    else:
        painter.drawRect(bar)
    if one.failed:
        painter.setPen(QPen(colour("error"), 1.6))
        at = QPointF(bar.right() + 6, middle)
        painter.drawLine(at + QPointF(-3, -3), at + QPointF(3, 3))
        painter.drawLine(at + QPointF(-3, 3), at + QPointF(3, -3))
    painter.setPen(colour("text"))
    text = took(one.end - one.begin) + ("…" if one.open else "")
    box = QRectF(placed.right + 6, top, width - placed.right - 14, LINE)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
