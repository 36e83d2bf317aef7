"""What came by when, of both on one scale; and the same as a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from streamscope.gui.live.compare.sides import NAMES, side_colour, side_pen
from streamscope.gui.live.summary.rows import value_text
from streamscope.gui.theme import colour, small_font, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from streamscope.engine.runs import Curve

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 28, 24
_STEPS = (1, 2, 5)
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Shares of each text whose times the table tells."""


class OverlayView(QWidget):
    """Messages with content against the time since Send; the pointer or the arrow keys read values off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: Sequence[Curve] = ()
        self._at: float | None = None
        """The time that is read off, in ms."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Messages with content against time, A and B"))
        theme.changed.connect(self.update)
        for text, act in (
            (self.tr("Copy picture"), lambda: QGuiApplication.clipboard().setPixmap(self.grab())),
            (self.tr("Copy as CSV"), lambda: QGuiApplication.clipboard().setText(self.as_csv())),
        ):
            action = QAction(text, self)
            action.triggered.connect(act)
            self.addAction(action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(480, 220)

    def show_curves(self, curves: "Sequence[Curve]") -> None:
        """Show these."""
        self._curves = curves
        self.update()

    def as_csv(self) -> str:
        """Every point of both curves: which side, ms since Send, messages with content until then."""
        from streamscope.engine.runs import counts_of

        lines = ["side,ms,messages"]
        for side, curve in enumerate(self._curves):
            points = zip(curve.times, counts_of(curve), strict=True)
            lines += [f"{NAMES[side]},{t:.4f},{count:.0f}" for t, count in points]
        return "\n".join(lines) + "\n"

    def read(self, at: float | None) -> str:
        """Read off what had come by then; the text that is told."""
        self._at = at
        self.update()
        if at is None:
            return ""
        counts = " · ".join(f"{NAMES[side]} {came(curve, at):,.0f}" for side, curve in enumerate(self._curves))
        told = f"{value_text(at, 'ms')} · {counts}"
        self.setAccessibleDescription(told)
        return told

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        area = self._area()
        share = (event.position().x() - area.left()) / max(1.0, area.width())
        self.read(share * self._longest() if 0 <= share <= 1 else None)

    def leaveEvent(self, event: "QEvent") -> None:
        """Qt's."""
        super().leaveEvent(event)
        self.read(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the arrow keys move what is read off by a hundredth."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._curves:
            step = self._longest() / 100 * (1 if key == Qt.Key.Key_Right else -1)
            self.read(min(max((self._at or 0.0) + step, 0.0), self._longest()))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        painter = QPainter(self)
        self.paint(painter)
        if self.hasFocus():
            painter.setPen(colour("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """The chart, on whatever the painter paints on."""
        painter.fillRect(self.rect(), colour("surface"))
        painter.setFont(small_font())
        if any(curve.total for curve in self._curves):
            self._paint_axes(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for side, curve in enumerate(self._curves):
                painter.setPen(side_pen(side))
                painter.drawPolyline(QPolygonF(list(self._points(curve))))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._paint_legend(painter)
        else:
            painter.setPen(colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No content came in either."))

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _longest(self) -> float:
        return max((curve.times[-1] for curve in self._curves if curve.times), default=0.0) or 1.0

    def _most(self) -> int:
        return max((curve.total for curve in self._curves), default=0) or 1

    def _points(self, curve: "Curve") -> "Sequence[QPointF]":
        from streamscope.engine.runs import counts_of

        area, longest, most = self._area(), self._longest(), self._most()
        made, before = [], 0.0
        for t, count in zip(curve.times, counts_of(curve), strict=True):
            x = area.left() + area.width() * t / longest
            made.append(QPointF(x, area.bottom() - area.height() * before / most))
            made.append(QPointF(x, area.bottom() - area.height() * count / most))
            before = count
        return made

    def _paint_axes(self, painter: QPainter) -> None:
        area, metrics = self._area(), QFontMetrics(painter.font())
        for value in ticks(self._longest(), max(2, int(area.width() // 90))):
            x = round(area.left() + area.width() * value / self._longest())
            painter.setPen(QPen(colour("line"), 1))
            painter.drawLine(x, int(area.top()), x, int(area.bottom()))
            painter.setPen(colour("muted"))
            told = value_text(value, "ms") if value else "0"
            place = QRectF(x - 45, area.bottom() + 4, 90, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, told)
        for count in ticks(float(self._most()), max(2, int(area.height() // 40))):
            y = round(area.bottom() - area.height() * count / self._most())
            painter.setPen(QPen(colour("line"), 1))
            painter.drawLine(int(area.left()), y, int(area.right()), y)
            painter.setPen(colour("muted"))
            place = QRectF(0, y - metrics.height() / 2, _LEFT - 6, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, f"{count:,.0f}")
        if self._at is not None:
            at = area.left() + area.width() * self._at / self._longest()
            painter.setPen(QPen(colour("line_strong"), 1))
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))

    def _paint_legend(self, painter: QPainter) -> None:
        metrics, x = QFontMetrics(painter.font()), float(_LEFT)
        middle = _TOP / 2
        for side in range(len(self._curves)):
            painter.setPen(side_pen(side))
            painter.drawLine(QPointF(x, middle), QPointF(x + 22, middle))
            painter.setPen(side_colour(side))
            painter.drawText(QPointF(x + 27, middle + metrics.ascent() / 2 - 1), NAMES[side])
            x += 50
        painter.setPen(colour("muted"))
        told = (
            self.accessibleDescription() if self._at is not None else self.tr("messages with content, time since Send")
        )
        room = max(0, int(self.width() - x - _RIGHT))
        shown = metrics.elidedText(told, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            QRectF(x, 0, room, _TOP), int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), shown
        )


def came(curve: "Curve", at: float) -> float:
    """How many messages had come by then."""
    from bisect import bisect_right

    from streamscope.engine.runs import counts_of

    place = bisect_right(curve.times, at)
    return counts_of(curve)[place - 1] if place else 0.0


def time_at(curve: "Curve", share: float) -> float | None:
    """When this share of the messages had come, in ms; None where none came."""
    if not curve.times:
        return None
    return curve.times[round(share * (len(curve.times) - 1))]


def ticks(most: float, count: int) -> list[float]:
    """Round values from 0 to the most, about so many apart."""
    step = 10.0**-3
    while True:
        for factor in _STEPS:
            if most / (step * factor) <= count:
                return [at * step * factor for at in range(int(most / (step * factor)) + 1)]
        step *= 10
