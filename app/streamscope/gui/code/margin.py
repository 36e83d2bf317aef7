"""The margin of an editor: numbers of lines, and arrows that fold."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTextBlock
from PySide6.QtWidgets import QWidget

from streamscope.gui.code.folding import foldable, folded
from streamscope.gui.theme import code_font, colour

if TYPE_CHECKING:
    from streamscope.gui.code.view import CodeView

_ARROW = 16


class MarginView(QWidget):
    """Beside the lines that are seen; a click on an arrow folds, one on a number puts the cursor there."""

    def __init__(self, edit: "CodeView") -> None:
        super().__init__(edit)
        self._edit = edit
        self.setFont(code_font())
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(self.tr("Line numbers"))
        self.setToolTip(
            self.tr(
                "An arrow folds (Ctrl+Shift+[ and ]).\nTab indents at the beginning of a line and selected lines; "
                "elsewhere, and after Esc, it moves on."
            )
        )

    def wanted(self) -> int:
        """Pixels for the largest number and an arrow."""
        digits = max(2, len(str(self._edit.blockCount())))
        return 10 + QFontMetrics(self.font()).horizontalAdvance("9") * digits + _ARROW

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self.wanted(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's. Only the lines in the rectangle are looked at closely."""
        painter = QPainter(self)
        edit, rect = self._edit, event.rect()
        painter.fillRect(rect, colour("surface"))
        muted, strong = colour("muted"), colour("text")
        current = edit.textCursor().blockNumber() if edit.hasFocus() else -1
        mistake = edit.mistake_block()
        block = edit.firstVisibleBlock()
        offset = edit.contentOffset()
        height, width = QFontMetrics(self.font()).height(), self.width() - _ARROW
        top = edit.blockBoundingGeometry(block).translated(offset).top()
        while block.isValid() and top <= rect.bottom():
            bottom = top + edit.blockBoundingRect(block).height()
            if block.isVisible() and bottom >= rect.top():
                number = block.blockNumber()
                if number == mistake:
                    below = 0 if block.next().isValid() else edit.document().documentMargin()
                    painter.fillRect(QRect(0, round(top), 3, round(bottom - top - below)), colour("error"))
                painter.setPen(strong if number == current else muted)
                painter.drawText(QRect(0, round(top), width, height), Qt.AlignmentFlag.AlignRight, str(number + 1))
                if foldable(block):
                    self._arrow(painter, QPoint(width + 8, round(top) + height // 2), folded(block))
            top, block = bottom, block.next()
        painter.end()

    def _arrow(self, painter: QPainter, centre: QPoint, closed: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("muted"), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y = centre.x(), centre.y() + 0.5
        points = [(-1.5, -3.5), (2, 0), (-1.5, 3.5)] if closed else [(-3.5, -1.5), (0, 2), (3.5, -1.5)]
        painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in points]))
        painter.restore()

    def _block_at(self, y: float) -> QTextBlock | None:
        edit = self._edit
        block = edit.firstVisibleBlock()
        top = edit.blockBoundingGeometry(block).translated(edit.contentOffset()).top()
        while block.isValid():
            top += edit.blockBoundingRect(block).height()
            if block.isVisible() and y < top:
                return block
            block = block.next()
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's. A hand where a click folds."""
        block = self._block_at(event.position().y())
        hand = event.position().x() >= self.width() - _ARROW and block is not None and foldable(block)
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        block = self._block_at(event.position().y())
        if block is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().x() >= self.width() - _ARROW and foldable(block):
            self._edit.toggle_fold(block)
            return
        cursor = self._edit.textCursor()
        cursor.setPosition(block.position())
        self._edit.setTextCursor(cursor)
        self._edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's. The text beneath is not meant."""
        event.accept()
