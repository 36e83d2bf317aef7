"""The list of messages: moved by drag and keys, named in place."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from streamscope.gui.assets import pixmap
from streamscope.gui.composer.message_document import Item
from streamscope.gui.theme import colour, small_font, theme

_NUMBER = Qt.ItemDataRole.UserRole
_NAME = Qt.ItemDataRole.UserRole + 1
_PREVIEW = Qt.ItemDataRole.UserRole + 2
_BY_HAND = Qt.ItemDataRole.UserRole + 3


class MessageListView(QListWidget):
    """One row a message. Alt+Up and Alt+Down move, F2 names, Ctrl+D doubles, Delete takes away, Ctrl+Z undoes."""

    moved = Signal(list)
    named = Signal(int, str)
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Messages"))
        self.setItemDelegate(_MessageDelegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.EditKeyPressed | trigger.DoubleClicked)
        self.setUniformItemSizes(True)
        self.setTabKeyNavigation(False)
        self._filling = False
        self.model().rowsMoved.connect(self._dropped)
        self.itemChanged.connect(self._edited)

    def fill(self, items: tuple[Item, ...], current: int) -> None:
        """Show these messages."""
        self._filling = True
        self.blockSignals(True)
        while self.count() > len(items):
            self.takeItem(self.count() - 1)
        while self.count() < len(items):
            self.addItem(QListWidgetItem())
        for number, item in enumerate(items):
            self._dress(self.item(number), number, item)
        self.setCurrentRow(min(current, len(items) - 1))
        self.blockSignals(False)
        self._filling = False
        self.viewport().update()

    def refresh(self, number: int, item: Item) -> None:
        """Show a message as it is now."""
        self._filling = True
        self._dress(self.item(number), number, item)
        self._filling = False

    def _dress(self, row: QListWidgetItem, number: int, item: Item) -> None:
        preview = item.typed.preview()
        row.setFlags((row.flags() | Qt.ItemFlag.ItemIsEditable) & ~Qt.ItemFlag.ItemIsDropEnabled)
        row.setData(_NUMBER, number)
        row.setData(_NAME, item.name)
        row.setData(_PREVIEW, preview)
        row.setData(_BY_HAND, item.by_hand)
        row.setText(item.name)
        how = self.tr("sent by hand") if item.by_hand else self.tr("sent when connected")
        title = item.name or self.tr("Message {number}").format(number=number + 1)
        row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {how}: {preview[:100]}")
        row.setToolTip(f"{title[:300]} · {how}")

    def _dropped(self) -> None:
        if not self._filling:
            self.moved.emit([self.item(row).data(_NUMBER) for row in range(self.count())])

    def _edited(self, row: QListWidgetItem) -> None:
        if not self._filling and row.text() != row.data(_NAME):
            self.named.emit(row.data(_NUMBER), row.text())

    def event(self, event: QEvent) -> bool:
        """Qt's. The list's keys are its own while it has the focus."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and (Qt.Key(event.key()), event.modifiers()) in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        name = _KEYS.get((Qt.Key(event.key()), event.modifiers()), "")
        if name and self.state() != QAbstractItemView.State.EditingState:
            self.asked.emit(name)
        else:
            super().keyPressEvent(event)

    def title(self, row: int) -> str:
        """What a message is called: its name, else its number."""
        name = str(self.item(row).data(_NAME))
        return name or self.tr("Message {number}").format(number=row + 1)


_NO, _CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_ALT, _SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
_KEYS = {
    (Qt.Key.Key_Delete, _NO): "delete",
    (Qt.Key.Key_Up, _ALT): "up",
    (Qt.Key.Key_Down, _ALT): "down",
    (Qt.Key.Key_D, _CTRL): "duplicate",
    (Qt.Key.Key_Z, _CTRL): "undo",
    (Qt.Key.Key_Z, _CTRL | _SHIFT): "redo",
    (Qt.Key.Key_Y, _CTRL): "redo",
    (Qt.Key.Key_Insert, _NO): "add",
}
Index = QModelIndex | QPersistentModelIndex


class _MessageDelegate(QStyledItemDelegate):
    """A mark for when it is sent, its name, and beneath it how it begins."""

    def __init__(self, view: MessageListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        first, second = self._lines()
        return QSize(80, first + second + 7)

    def _lines(self) -> tuple[int, int]:
        """How high its two lines are."""
        return self._view.fontMetrics().height() + 6, QFontMetrics(small_font()).height() + 4

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(28, 2, -4, 0))
        editor.setFixedHeight(self._lines()[0] + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        by_hand = bool(index.data(_BY_HAND))
        drawn = pixmap("hand" if by_hand else "arrow-out", theme.tokens.muted, 14, self._view.devicePixelRatioF())
        painter.drawPixmap(rect.left() + 8, rect.top() + 7, drawn)
        left, width = rect.left() + 30, rect.width() - 38
        painter.setPen(colour("text"))
        painter.setFont(self._view.font())
        title = " ".join(self._view.title(index.row())[:300].split())
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, width)
        first, second = self._lines()
        painter.drawText(QRect(left, rect.top() + 4, width, first), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(colour("muted"))
        painter.setFont(small_font())
        shown = painter.fontMetrics().elidedText(str(index.data(_PREVIEW)), Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(left, rect.top() + 3 + first, width, second), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
