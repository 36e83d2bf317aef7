"""The waterfall as a widget: hovered, walked with the keys, scrolled; only lines that are seen are painted."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from streamscope.gui.live.connection.lines import Line, summary
from streamscope.gui.live.connection.visible import tip
from streamscope.gui.live.connection.waterfall import AXIS, LINE, paint_axis, paint_lines, scale
from streamscope.gui.theme import colour, theme


class WaterfallView(QAbstractScrollArea):
    """Lines in time. `chosen` tells the line that is looked at."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.opening_only = False
        self._current: tuple[int, int] = (0, -1)
        self._hovered = -1
        self._scrolled = False
        """Whether a person scrolled: then nothing else does."""
        self.verticalScrollBar().actionTriggered.connect(self._touch)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Phases of the connection in time"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(LINE)
        theme.changed.connect(self._redress)

    def show_lines(self, lines: list[Line]) -> None:
        """Show these; what is looked at stays so."""
        grown = len(lines) != len(self.lines)
        self.lines = lines
        if grown:
            self._measure()
            self.updateGeometry()
        self.viewport().update()

    def _redress(self) -> None:
        self.viewport().update()

    def current(self) -> Line | None:
        """The line that is looked at."""
        at = self._at()
        return self.lines[at] if at >= 0 else None

    def look_at(self, key: tuple[int, int], *, following: bool = False) -> None:
        """Look at a line, by attempt and bar; `following`: not by hand, so where a person scrolled to stays."""
        changed = key != self._current
        self._current = key
        if not following:
            if changed:
                self._show()
        elif not self._scrolled and (at := self._at()) >= 0:
            self.verticalScrollBar().setValue(at * LINE)

    @property
    def whole(self) -> int:
        """The time that the width stands for, ns."""
        shown = [one.end for one in self.lines if one.bar >= 0 and one.name != "receive"] if self.opening_only else []
        return max(shown) if shown else self.total

    @property
    def total(self) -> int:
        """The time that all of it took, ns."""
        return max([1, *(one.end for one in self.lines)])

    def picture(self, painter: QPainter, width: int) -> None:
        """All of it, drawn with another painter."""
        placed = scale(width, self.whole)
        painter.fillRect(QRectF(0, 0, width, self.height_of_all()), colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_axis(painter, width, self.height_of_all(), placed)
        paint_lines(painter, AXIS, width, self.lines, placed)

    def height_of_all(self) -> int:
        """Pixels that all lines take."""
        return AXIS + LINE * len(self.lines) + 8

    def image(self, width: int) -> QImage:
        """All of it as an image."""
        made = QImage(QSize(width, min(self.height_of_all(), 16_000)), QImage.Format.Format_RGB32)
        painter = QPainter(made)
        self.picture(painter, width)
        painter.end()
        return made

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(380, min(self.height_of_all(), 320))

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(200, AXIS + 3 * LINE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self.viewport())
        box = self.viewport().rect()
        painter.fillRect(box, colour("window"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset = self.verticalScrollBar().value()
        first = offset // LINE
        seen = self.lines[first : first + box.height() // LINE + 2]
        top = AXIS + first * LINE - offset
        placed = scale(box.width(), self.whole)
        if self.lines:
            paint_axis(painter, box.width(), min(box.height(), self.height_of_all() - offset), placed)
        painter.setClipRect(QRect(0, AXIS, box.width(), box.height()))
        for at, token in ((self._hovered, "hover"), (self._at(), "selected")):
            if first <= at < first + len(seen):
                row = QRectF(4, AXIS + at * LINE - offset, box.width() - 8, LINE)
                painter.setPen(Qt.PenStyle.NoPen)
                if token == "selected" and self.hasFocus():  # noqa: S105 - a colour
                    painter.setPen(QPen(colour("accent"), 1))
                painter.setBrush(colour(token))
                painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        paint_lines(painter, top, box.width(), seen, placed)
        if not self.lines:
            painter.setPen(colour("muted"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.tr("Nothing was sent so far."))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: lines are walked up and down."""
        page = max(1, self.viewport().height() // LINE - 2)
        at, last = self._at(), len(self.lines) - 1
        steps = {
            Qt.Key.Key_Up: at - 1,
            Qt.Key.Key_Down: at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_PageUp: at - page,
            Qt.Key.Key_PageDown: at + page,
        }
        wanted = steps.get(Qt.Key(event.key()))
        if wanted is None or not self.lines:
            super().keyPressEvent(event)
            return
        self._go(max(0, min(last, wanted)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        at = self._line_at(event.position().toPoint())
        if at >= 0:
            self._go(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._hover(self._line_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        super().leaveEvent(event)
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt's: what a line is, is told where the mouse rests."""
        if isinstance(event, QHelpEvent):
            at = self._line_at(event.pos())
            text = tip(summary(self.lines[at], self.total)) if at >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's."""
        self._touch()
        super().wheelEvent(event)

    def _touch(self) -> None:
        self._scrolled = True

    def _go(self, at: int) -> None:
        self._current = self.lines[at].key
        self._show()
        self.chosen.emit(self.lines[at])

    def _show(self) -> None:
        at, bar = self._at(), self.verticalScrollBar()
        if at >= 0:
            room = self.viewport().height() - AXIS
            if at * LINE < bar.value():
                bar.setValue(at * LINE)
            elif (at + 1) * LINE > bar.value() + room:
                bar.setValue((at + 1) * LINE - room)
            self.setAccessibleDescription(summary(self.lines[at], self.total))
        self.viewport().update()

    def _at(self) -> int:
        return next((at for at, one in enumerate(self.lines) if one.key == self._current), -1)

    def _line_at(self, place: QPoint | QPointF) -> int:
        if place.y() < AXIS:
            return -1
        at = int((place.y() - AXIS + self.verticalScrollBar().value()) // LINE)
        return at if 0 <= at < len(self.lines) else -1

    def _hover(self, at: int) -> None:
        if at != self._hovered:
            self._hovered = at
            self.viewport().update()

    def _measure(self) -> None:
        room = self.viewport().height()
        self.verticalScrollBar().setPageStep(room)
        self.verticalScrollBar().setRange(0, max(0, self.height_of_all() - room))
