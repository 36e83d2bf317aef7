"""Numbers at the right with their mark beside them: Qt would put it at the far side of the cell."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

Index = QModelIndex | QPersistentModelIndex
_SIDE, _GAP = 14, 6


class NumberDelegate(QStyledItemDelegate):
    """Paints a cell's decoration left of its right-aligned text; `pad` is what stands right of the text."""

    pad = 11

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's: without the decoration."""
        super().initStyleOption(option, index)
        option.icon = QIcon()
        option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDecoration

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        super().paint(painter, option, index)
        mark = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(mark, QIcon):
            font = index.data(Qt.ItemDataRole.FontRole) or option.font
            width = QFontMetrics(font).horizontalAdvance(str(index.data()))
            right = option.rect.right() - self.pad - width - _GAP
            place = QRect(right - _SIDE, option.rect.center().y() - _SIDE // 2, _SIDE, _SIDE)
            if place.left() > option.rect.left():
                mark.paint(painter, place)
