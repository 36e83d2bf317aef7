"""A dialog of named things: a list, a form beside it, edits that stay until they are saved or discarded."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.workspaces.delegate import EDITED, SECOND, RowDelegate
from streamscope.gui.workspaces.keyring import KeyringView
from streamscope.gui.workspaces.unsaved import UnsavedView
from streamscope.model.errors import StreamscopeError
from streamscope.tasks import spawn

_T = TypeVar("_T")
_ROW = Qt.ItemDataRole.UserRole + 2


@dataclass(eq=False)
class Row(Generic[_T]):
    """A thing as it is kept (None for a new one) and as it is edited (None where nothing was changed)."""

    saved: _T | None = None
    edited: _T | None = None

    @property
    def shown(self) -> _T:
        """What a person sees of it."""
        shown = self.edited if self.edited is not None else self.saved
        assert shown is not None  # noqa: S101 - a row has at least one of them
        return shown


class RowsDialog(QDialog, Generic[_T]):
    """The frame: subclasses say what a row is, how it is saved, removed and brought back.

    `changed` tells that something was written. Closing with unsaved edits asks in a line at the bottom.
    """

    changed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.rows: list[Row[_T]] = []
        self._filling = False
        self._busy = False
        self._message: MessageView | None = None
        self._undo: MessageView | None = None
        self.list = QListWidget()
        self.waiting = KeyringView()
        self.save_button = QPushButton(self.tr("Save"))
        self.revert_button = QPushButton(self.tr("Revert"))
        self._frame(title)

    # What subclasses say

    def texts(self, value: _T) -> tuple[str, str]:
        """A row's name and its second line."""
        raise NotImplementedError

    def fresh(self) -> _T:
        """A new one."""
        raise NotImplementedError

    def edited(self) -> _T:
        """What the form holds."""
        raise NotImplementedError

    def show_value(self, row: Row[_T] | None) -> None:
        """Fill the form; None where the list is empty."""
        raise NotImplementedError

    def complete(self) -> bool:
        """Whether the form can be saved; what is wrong is marked."""
        raise NotImplementedError

    async def store(self, row: Row[_T]) -> _T:
        """Save a row; gives what is kept now. Raises the tree of errors."""
        raise NotImplementedError

    async def copied(self, row: Row[_T]) -> Row[_T]:
        """A copy of a row."""
        raise NotImplementedError

    async def dropped(self, row: Row[_T]) -> Callable[[], Coroutine[Any, Any, None]]:
        """Remove a saved row; gives what brings it back. Raises the tree of errors."""
        raise NotImplementedError

    def removable(self, row: Row[_T]) -> bool:  # noqa: ARG002 - the outline
        """Whether it may be removed."""
        return True

    def arranged(self) -> None:
        """The rows were brought into another order."""

    # The frame

    def _frame(self, title: str) -> None:
        self.list.setAccessibleName(title)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.setObjectName("rows")
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._moved)
        self.add_button = tool_button("plus", self.tr("Add (Ctrl+N)"))
        self.add_button.setShortcut("Ctrl+N")
        self.add_button.clicked.connect(self.add)
        self.copy_button = tool_button("copy", self.tr("Duplicate (Ctrl+D)"))
        self.copy_button.setShortcut("Ctrl+D")
        self.copy_button.clicked.connect(lambda: self.start(self._copy(), "duplicate"))
        self.remove_button = tool_button("minus", self.tr("Remove (Ctrl+Delete)"))
        self.remove_button.setShortcut("Ctrl+Del")
        self.remove_button.clicked.connect(lambda: self.start(self._remove(), "remove"))
        self.tools = QHBoxLayout()
        self.tools.setContentsMargins(8, 4, 8, 4)
        self.tools.setSpacing(4)
        for button in (self.add_button, self.copy_button, self.remove_button):
            self.tools.addWidget(button)
        self.tools.addStretch(1)
        side = QWidget()
        side.setObjectName("sidebar")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(240)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.list, 1)
        left.addLayout(self.tools)
        self.page = QVBoxLayout()
        self.page.setContentsMargins(20, 16, 20, 12)
        self.page.setSpacing(8)
        self.messages = QVBoxLayout()
        self.messages.setSpacing(8)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addWidget(self.save_button)
        self.buttons.addWidget(self.revert_button)
        self.buttons.addStretch(1)
        self.save_button.setShortcut("Ctrl+S")
        self.save_button.setProperty("role", "primary")
        self.save_button.clicked.connect(lambda: self.start(self.save(), "save"))
        self.revert_button.clicked.connect(self._revert)
        self.save_button.setAutoDefault(False)
        self.revert_button.setAutoDefault(False)
        self.unsaved = UnsavedView()
        self.unsaved.save.clicked.connect(lambda: self.start(self._save_all(), "save all"))
        self.unsaved.discard.clicked.connect(self._discard)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(self.page, 1)
        right.addWidget(self.unsaved)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(side)
        whole.addLayout(right, 1)
        self.resize(920, 680)

    def row(self) -> Row[_T] | None:
        """The chosen row."""
        item = self.list.currentItem()
        found: Row[_T] | None = item.data(_ROW) if item is not None else None
        return found

    def fill(self, values: list[_T], chosen: str = "") -> None:
        """Show these; edits of those that stay are kept."""
        kept = {self.texts(row.saved)[0]: row.edited for row in self.rows if row.saved is not None}
        new = [row for row in self.rows if row.saved is None]
        self.rows = [Row(value, kept.get(self.texts(value)[0])) for value in values] + new
        self._show_rows(chosen)

    def _show_rows(self, chosen: str | Row[_T] | None = None) -> None:
        self._filling = True
        self.list.clear()
        wanted = 0
        for number, row in enumerate(self.rows):
            item = QListWidgetItem()
            item.setData(_ROW, row)
            self.list.addItem(item)
            self._say(item)
            if row is chosen or (chosen and self.texts(row.shown)[0] == chosen):
                wanted = number
        self._filling = False
        if self.rows:
            self.list.setCurrentRow(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._moved()

    def _say(self, item: QListWidgetItem) -> None:
        row: Row[_T] = item.data(_ROW)
        name, second = self.texts(row.shown)
        item.setText(name or self.tr("(no name)"))
        item.setData(SECOND, second)
        item.setData(EDITED, row.edited is not None)
        edited = self.tr("{name}, unsaved").format(name=name) if row.edited is not None else name
        item.setData(Qt.ItemDataRole.AccessibleTextRole, edited)
        item.setToolTip(name)

    def _moved(self) -> None:
        if self._filling:
            return
        self._filling = True
        self.show_value(self.row())
        self._filling = False
        self._show_buttons()

    def note_edit(self) -> None:
        """The form was changed by a person."""
        item, row = self.list.currentItem(), self.row()
        if self._filling or row is None or item is None:
            return
        now = self.edited()
        row.edited = None if now == row.saved else now
        self._say(item)
        self._show_buttons()

    def _show_buttons(self) -> None:
        row = self.row()
        edited = row is not None and row.edited is not None
        self.save_button.setEnabled(edited and not self._busy)
        self.revert_button.setEnabled(edited and not self._busy)
        self.copy_button.setEnabled(row is not None and row.saved is not None and not self._busy)
        self.remove_button.setEnabled(row is not None and self.removable(row) and not self._busy)
        self.add_button.setEnabled(not self._busy)

    def add(self) -> None:
        """Add a new one, at the end."""
        row = Row[_T](None, self.fresh())
        self.rows.append(row)
        self._show_rows(row)

    def shift(self, step: int) -> None:
        """Move the chosen row up or down."""
        row = self.row()
        if row is None:
            return
        at = self.rows.index(row)
        to = at + step
        if 0 <= to < len(self.rows):
            self.rows.insert(to, self.rows.pop(at))
            self._show_rows(row)
            self.arranged()

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str) -> None:
        """Do something that may wait; what goes wrong is told in its place."""

        async def shown() -> None:
            self._busy = True
            self._show_buttons()
            try:
                await coroutine
            except StreamscopeError as error:
                self.tell(error)
            finally:
                self._busy = False
                self._show_buttons()

        if self._busy:
            coroutine.close()
        else:
            spawn(shown(), name=name)

    def tell(self, error: StreamscopeError | None) -> None:
        """Say what went wrong, or take that back."""
        if self._message is not None:
            self.messages.removeWidget(self._message)
            self._message.hide()
            self._message.deleteLater()
            self._message = None
        if error is not None:
            self._message = MessageView("error", error.message, error.hint, cause=error.cause)
            self.messages.addWidget(self._message)

    async def save(self) -> bool:
        """Save the chosen row; False where it cannot be."""
        row = self.row()
        if row is None or row.edited is None:
            return True
        if not self.complete():
            return False
        self.tell(None)
        row.saved = await self.store(row)
        row.edited = None
        if row in self.rows:
            self._show_rows(self.row())
        self.changed.emit()
        return True

    async def _save_all(self) -> None:
        for row in [row for row in self.rows if row.edited is not None]:
            self._show_rows(row)
            if not await self.save():
                self.unsaved.hide()
                return
        self.unsaved.hide()
        self.done(QDialog.DialogCode.Accepted)

    def _discard(self) -> None:
        self.rows = [row for row in self.rows if row.saved is not None]
        for row in self.rows:
            row.edited = None
        self.unsaved.hide()
        self._show_rows(self.row())
        self.done(QDialog.DialogCode.Rejected)

    def _revert(self) -> None:
        row = self.row()
        if row is None:
            return
        self.tell(None)
        row.edited = None
        if row.saved is None:
            self.rows.remove(row)
        self._show_rows(row)

    async def _copy(self) -> None:
        row = self.row()
        if row is not None and row.saved is not None:
            made = await self.copied(row)
            self.rows.insert(self.rows.index(row) + 1, made)
            self._show_rows(made)
            self.changed.emit()

    async def _remove(self) -> None:
        row = self.row()
        if row is None or not self.removable(row):
            return
        self.tell(None)
        back = await self.dropped(row) if row.saved is not None else None
        at = self.rows.index(row)
        self.rows.remove(row)
        self._show_rows(self.rows[min(at, len(self.rows) - 1)] if self.rows else None)
        self.changed.emit()
        self._offer_undo(row, at, back)

    def _offer_undo(self, row: Row[_T], at: int, back: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
        if self._undo is not None:
            self._undo.deleteLater()
        words = self.tr("{name} was removed.").format(name=self.texts(row.shown)[0])
        undo = self._undo = MessageView("info", words, closable=True)
        button = undo.offer(self.tr("Undo"))
        undo.dismissed.connect(lambda: setattr(self, "_undo", None))

        async def restored() -> None:
            if back is not None:
                await back()
            self.rows.insert(min(at, len(self.rows)), row)
            self._show_rows(row)
            self.changed.emit()
            undo.dismissed.emit()
            undo.deleteLater()

        button.clicked.connect(lambda: self.start(restored(), "undo"))
        self.messages.addWidget(undo)
        button.setFocus(Qt.FocusReason.OtherFocusReason)

    def open(self) -> None:
        """Qt's would block the window below: this one lies beside it."""
        self.show()
        self.activateWindow()

    def done(self, result: int) -> None:
        """Qt's: what was removed can be brought back only while the dialog is open."""
        if self._undo is not None:
            self._undo.hide()
            self._undo.deleteLater()
            self._undo = None
        super().done(result)

    def reject(self) -> None:
        """Qt's, for Escape: nothing that was typed is lost by it."""
        count = sum(row.edited is not None for row in self.rows)
        if not count:
            super().reject()
            return
        self.unsaved.ask(count)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's."""
        if any(row.edited is not None for row in self.rows):
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)
