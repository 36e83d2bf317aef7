"""The list below the filter that says what can be typed next."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from streamscope.engine.filter_completion import Offers, offers, taken
from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font, colour, small_font

Index = QModelIndex | QPersistentModelIndex
_BESIDE = Qt.ItemDataRole.UserRole + 1
_WIDTH = 420


class OffersView(QCompleter):
    """Offers what can follow; Tab takes the first or the chosen one, Enter the chosen one, Escape closes."""

    def __init__(self, edit: QLineEdit, names: Callable[[], Iterable[str]]) -> None:
        super().__init__(edit)
        self._edit, self._names = edit, names
        self._found = Offers(0, 0)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setWidget(edit)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setMaxVisibleItems(10)
        self._view = view = QListView()
        self.setPopup(view)
        view.setItemDelegate(_OfferDelegate(self))
        view.setAccessibleName(self.tr("What can follow"))
        view.clicked.connect(lambda index: self._take(index.row()))

    @property
    def shown(self) -> bool:
        """Whether the list is open."""
        return self._view.isVisible()

    def offer(self, *, asked: bool = False) -> None:
        """Show what can follow at the cursor; where nothing was typed, only if it was `asked` for."""
        text, cursor = self._edit.text(), self._edit.cursorPosition()
        found = offers(text, cursor, self._names())
        begun = found.stop > found.start or text[:cursor][-1:] in (":", "=", ",")
        if not found.offers or not (asked or begun):
            self.close()
            return
        self._found = found
        self._items.clear()
        for one in found.offers:
            item = QStandardItem(one_line(one.text.strip(), 200))
            item.setData(told(one.means), _BESIDE)
            self._items.appendRow(item)
        where: QRect = self._edit.rect()
        left = self._edit.cursorRect().left()
        self.complete(QRect(min(left, max(0, where.width() - _WIDTH)), where.top(), _WIDTH, where.height()))
        self._view.setCurrentIndex(QModelIndex())

    def close(self) -> None:
        """Close the list."""
        self._view.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that are for the list; all others go on to the filter, as Qt's completer sees to."""
        if watched is self._view and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key, current = event.key(), self._view.currentIndex()
            if key == Qt.Key.Key_Tab or (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid()):
                self.close()
                self._take(max(0, current.row()))
                return True
            if key == Qt.Key.Key_Escape:
                self.close()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.close()
                self._edit.returnPressed.emit()
                return True
        return super().eventFilter(watched, event)

    def _take(self, row: int) -> None:
        if 0 <= row < len(self._found.offers):
            text, cursor = taken(self._edit.text(), self._found, self._found.offers[row])
            self._edit.setText(text)
            self._edit.setCursorPosition(cursor)
            if text[:cursor][-1:] in (":", "="):
                self.offer()


class _OfferDelegate(QStyledItemDelegate):
    """What can be typed, and beside it small and quiet what it means."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour("selected"))
        inner = option.rect.adjusted(8, 0, -8, 0)
        painter.setFont(code_font())
        painter.setPen(colour("text"))
        beside = str(index.data(_BESIDE) or "")
        most = inner.width() if not beside else inner.width() // 3
        word = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, most)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), word)
        left = max(88, painter.fontMetrics().horizontalAdvance(word) + 16)
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        beside = painter.fontMetrics().elidedText(beside, Qt.TextElideMode.ElideRight, inner.width() - left)
        place = inner.adjusted(left, 0, 0, 0)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), beside)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        return QSize(super().sizeHint(option, index).width(), 26)
