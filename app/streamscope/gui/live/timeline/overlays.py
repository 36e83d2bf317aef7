"""What lies over a strip and changes by itself: the span, the chosen event, evidence, marks, the pointer's moment."""

from array import array
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from streamscope.engine.bins import READ, SENT
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Span, Spotlight
from streamscope.gui.live.timeline import axis
from streamscope.gui.live.timeline.course import one, times_of
from streamscope.gui.live.timeline.drawing import Drawing
from streamscope.gui.live.timeline.ticks import OUT, READS
from streamscope.gui.live.timeline.words import MESSAGES
from streamscope.gui.theme import colour

_DIM = 170
"""How much of what is outside the span the ground covers, of 255."""
_SIDE = 4.0


def empty(painter: QPainter, rect: QRect, feed: Feed) -> None:
    """Nothing is there, or not yet."""
    painter.fillRect(rect, colour("surface"))
    if feed.stop:
        return  # a moment later all of it is drawn
    translate = QCoreApplication.translate
    told = translate("timeline", "Waiting for the first event…") if feed.live else translate("timeline", "No events")
    painter.setPen(colour("muted"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, told)


def focus(painter: QPainter, rect: QRect) -> None:
    """It has the keyboard."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour("accent"), 1))
    painter.drawRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5))


def marks(painter: QPainter, drawing: Drawing, spotlight: Spotlight) -> None:
    """Evidence as triangles that point down, a person's marks as squares on their edge; one a pixel at most."""
    top = drawing.layout.body[0]
    for events, token, pointed in (
        (spotlight.evidence, "warn", True),
        (array("I", list(spotlight.marks)[:4096]), "code_word", False),
    ):
        if not len(events):
            continue
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(token))
        for x in sorted({round(drawing.scale.x(t)) for t in times_of(drawing.course, events)}):
            if 0 <= x <= drawing.scale.width:
                painter.drawPolygon(_triangle(x, top) if pointed else _diamond(x, top + _SIDE))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def span(painter: QPainter, drawing: Drawing, shown: Span | None, counted: Callable[[int, int], str]) -> None:
    """The time to which views are narrowed: all else dimmed, its figures in the middle."""
    if shown is None:
        return
    start, stop = min(shown), max(shown)
    scale, (top, bottom) = drawing.scale, drawing.layout.body
    low, high = drawing.snapped(scale.x(start)), drawing.snapped(scale.x(stop))
    ground = QColor(colour("window"))
    ground.setAlpha(_DIM)
    for begin, end in ((0.0, min(low, scale.width)), (max(high, 0.0), scale.width)):
        if end > begin:
            painter.fillRect(QRectF(begin, top, end - begin, bottom - top), ground)
    for x in (low, high):
        drawing.line(painter, x, top, bottom, "accent")
        if 0 <= x <= scale.width:
            grip = QRectF(x - 1, (top + bottom) / 2 - 7, 3, 14)
            painter.fillRect(grip, colour("accent"))
    told = counted(start, stop)
    middle = (max(low, 0) + min(high, scale.width)) / 2
    if drawing.compact:
        begin, end = drawing.layout.axis
        _label(painter, told, middle, begin, scale.width, height=end - begin)
    else:
        _label(painter, told, middle, top + 3, scale.width, inside=high - low)


def chosen(painter: QPainter, drawing: Drawing, event: int) -> None:
    """The event that is looked at."""
    bins = drawing.course.bins
    if not 0 <= event < bins.size:
        return
    x = drawing.snapped(drawing.scale.x(float(bins.times(one(event))[0])))
    if not 0 <= x <= drawing.scale.width:
        return
    top, bottom = drawing.layout.body
    painter.fillRect(QRectF(x, top, max(drawing.column, 1.0), bottom - top), colour("text"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("text"))
    painter.drawPolygon(_triangle(x + drawing.column / 2, top, 1.25))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def hover(painter: QPainter, drawing: Drawing, x: float) -> None:
    """The pointer's moment."""
    top, bottom = drawing.layout.body
    drawing.line(painter, x, top, bottom, "muted")
    if not drawing.compact:
        low, high = drawing.layout.axis
        told = axis.moment(drawing.scale.t(x))
        _label(painter, told, x, low + 1, drawing.scale.width, height=high - low - 2)


def lanes_at(drawing: Drawing | None, y: float) -> tuple[int, ...]:
    """The classes of events that are drawn at a height: reads, what was sent, else messages."""
    if drawing is None:
        return MESSAGES
    for row in drawing.layout.rows:
        top = row.base - row.height if row.upward else row.base
        if top <= y <= top + row.height and row.lane in (READS, OUT):
            return (READ,) if row.lane is READS else (SENT,)
    return MESSAGES


def _label(
    painter: QPainter, told: str, x: float, top: float, width: float, *, inside: float = 1e9, height: float = 0
) -> None:
    """A text on a ground of its own, around a place, within the strip; nothing where it is wider than `inside`."""
    measure = QFontMetricsF(painter.font())
    wide, high = measure.horizontalAdvance(told) + 10, height or measure.height() + 2
    if wide > min(inside, width):
        return
    rect = QRectF(min(max(x - wide / 2, 1), width - wide - 1), top, wide, high)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour("line"), 1))
    painter.setBrush(colour("raised"))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(colour("text"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, told)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _triangle(x: float, top: float, larger: float = 1.0) -> QPolygonF:
    side = _SIDE * larger
    return QPolygonF([QPointF(x - side, top), QPointF(x + side, top), QPointF(x, top + 1.4 * side)])


def _diamond(x: float, y: float) -> QPolygonF:
    return QPolygonF([QPointF(x, y - _SIDE), QPointF(x + _SIDE, y), QPointF(x, y + _SIDE), QPointF(x - _SIDE, y)])
