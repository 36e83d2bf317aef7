"""The list of variables that is offered while one is typed: names, and beside each its value or source, quietly."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from streamscope.gui.language import retold
from streamscope.gui.theme import code_font, colour, small_font
from streamscope.model.environment import Known, Variables
from streamscope.model.redact import MASK

Index = QModelIndex | QPersistentModelIndex
_BESIDE = Qt.ItemDataRole.UserRole + 1
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_WIDTH = 320


class NamesPopup(QCompleter):
    """Offers names that hold what was typed; Enter or Tab takes one, Escape closes."""

    chosen = Signal(str)

    def __init__(self, editor: QLineEdit | QPlainTextEdit) -> None:
        super().__init__(editor)
        self._items = QStandardItemModel(self)
        self._variables: Variables | None = None
        self._editor = editor
        self.setModel(self._items)
        self.setWidget(editor)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(8)
        self._view = view = QListView()
        self.setPopup(view)
        view.setItemDelegate(_NameDelegate(self))
        view.setAccessibleName(self.tr("Variables"))
        self.activated.connect(self.chosen)

    def offer(self, variables: Variables, begun: str) -> None:
        """Show the names that hold what was typed so far."""
        if variables is not self._variables:
            self._variables = variables
            self._items.clear()
            for name in sorted(variables.known, key=str.casefold):
                item = QStandardItem(name)
                item.setData(_beside(variables.known[name]), _BESIDE)
                self._items.appendRow(item)
        self.setCompletionPrefix(begun)
        if not self.completionCount() or (self.completionCount() == 1 and self.currentCompletion() == begun):
            self.left()
            return
        where: QRect = self._editor.cursorRect()  # type: ignore[no-any-return,unused-ignore]
        where.setWidth(_WIDTH)
        self.complete(where)
        self._view.setCurrentIndex(self.completionModel().index(0, 0))

    def left(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Close the list, unless the focus went to it."""
        if self._view.isVisible() and reason != Qt.FocusReason.PopupFocusReason:
            self._view.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that are for the list; all others go on to the editor, as Qt's completer sees to."""
        if watched is self._view and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _TAKES and self._view.currentIndex().isValid():
                name = str(self._view.currentIndex().data())
                self._view.hide()
                self.chosen.emit(name)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._view.hide()
                return True
        return super().eventFilter(watched, event)


class _NameDelegate(QStyledItemDelegate):
    """A name, and its value small and quiet at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        painter.save()
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
        inner = rect.adjusted(8, 0, -8, 0)
        painter.setFont(code_font())
        painter.setPen(colour("text"))
        name = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width() * 2 // 3)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name)
        left = inner.width() - painter.fontMetrics().horizontalAdvance(name) - 16
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        beside = painter.fontMetrics().elidedText(str(index.data(_BESIDE)), Qt.TextElideMode.ElideRight, left)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), beside)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        return QSize(super().sizeHint(option, index).width(), 26)


def _beside(known: Known) -> str:
    value = MASK if known.secret else " ".join((known.value or "").split())
    return value or retold(known.source)
