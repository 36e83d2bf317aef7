"""How a row of a dialog's list is painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from streamscope.gui.theme import colour, small_font, strong_font

SECOND = Qt.ItemDataRole.UserRole
EDITED = Qt.ItemDataRole.UserRole + 1


class RowDelegate(QStyledItemDelegate):
    """Two lines: the name, with a dot where it is unsaved, and what more there is to say."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(160, QFontMetrics(strong_font()).height() + QFontMetrics(small_font()).height() + 16)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        rect, state = option.rect, option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        inner = rect.adjusted(12, 7, -12, -7)
        if index.data(EDITED):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawEllipse(inner.right() - 7, inner.top() + 5, 7, 7)
        for font, tone, text, edge in (
            (strong_font(), "text", index.data(), Qt.AlignmentFlag.AlignTop),
            (small_font(), "muted", index.data(SECOND), Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(font)
            painter.setPen(colour(tone))
            room = inner.width() - 16
            flat = " ".join(str(text or "").split())
            shown = QFontMetrics(font).elidedText(flat, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | edge), shown)
        painter.restore()
