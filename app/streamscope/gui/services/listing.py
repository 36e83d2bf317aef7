"""The frame of dialogs about things that a platform has: a list at the side, what is chosen beside it."""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QFontMetrics, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.services.asking import AskingView
from streamscope.gui.workspaces.delegate import SECOND, RowDelegate

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_T = TypeVar("_T")
_VALUE = Qt.ItemDataRole.UserRole + 2
_LINE = 20
"""The height of a line of text that dialogs are drawn for."""
_MANY = 12
"""Rows from which a line to find one is worth its place."""


def fit(dialog: QDialog, width: int, height: int) -> None:
    """Give a dialog its size: larger where texts are, never larger than the screen."""
    scale = max(1.0, QFontMetrics(dialog.font()).height() / _LINE)
    room = dialog.screen().availableSize()
    dialog.resize(min(round(width * scale), room.width() - 32), min(round(height * scale), room.height() - 64))


def in_order(stops: Sequence[QWidget]) -> None:
    """The focus goes through these one after the other."""
    for before, after in itertools.pairwise(stops):
        QWidget.setTabOrder(before, after)


def step(dialog: QDialog, stops: Sequence[QWidget], *, forward: bool) -> bool:
    """Move the focus to the next of these that is seen, or the one before; False where it is at none of them."""
    here = dialog.focusWidget()
    at = next((number for number, stop in enumerate(stops) if here is not None and _within(here, stop)), -1)
    if at < 0:
        return False
    others = [*stops[at + 1 :], *stops[:at]] if forward else [*stops[:at][::-1], *stops[at + 1 :][::-1]]
    for stop in others:
        if stop.isVisibleTo(dialog) and stop.isEnabled() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
            return True
    return False


def _within(here: QWidget, stop: QWidget) -> bool:
    return here is stop or stop.isAncestorOf(here)


class RowsView(QListWidget):
    """Rows of which none may be chosen: entering the list alone chooses nothing."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's, which would choose the first row, and with it put away what is being typed for a new one."""
        if self.currentRow() < 0:
            QWidget.focusInEvent(self, event)
            self.viewport().update()
        else:
            super().focusInEvent(event)


class ListDialog(QDialog, Generic[_T]):
    """Not modal: `open()` it. Subclasses say what a row is, what is shown of it, how one is made and removed.

    `changed` tells the workspace in which something is other than before.
    """

    changed = Signal(str)
    credentials_changed = Signal()

    def __init__(self, desk: "Desk", title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setWindowTitle(title)
        self.asking = AskingView(desk)
        self.asking.busy.connect(self._busy)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find"))
        self.search.setAccessibleName(self.tr("Find in the list"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._sift())
        self._searching = QWidget()
        self._searching.hide()
        self.list = RowsView()
        self.list.setAccessibleName(title)
        self.list.setObjectName("rows")
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._moved())
        self.add_button = tool_button("plus", self.tr("New (Ctrl+N)"))
        self.remove_button = tool_button("minus", self.tr("Remove (Ctrl+Delete)"))
        self.refresh_button = tool_button("refresh", self.tr("Read again (F5)"))
        self._filling = False
        self._first = True
        self._focus: QWidget | None = None
        self._question: MessageView | None = None
        self.acting = False
        """Whether something is being done, not only read: nothing else begins meanwhile."""
        self._frame()

    # What subclasses say

    def read(self) -> None:
        """Ask for the rows again."""
        raise NotImplementedError

    def texts(self, value: _T) -> tuple[str, str]:
        """A row's name and its second line."""
        raise NotImplementedError

    def key(self, value: _T) -> str:
        """What tells rows apart."""
        raise NotImplementedError

    def show_value(self, value: _T | None) -> None:
        """Show what is chosen; None for a new one."""
        raise NotImplementedError

    def focus_new(self) -> None:
        """Put the focus to where a new one begins."""
        raise NotImplementedError

    def remove(self) -> None:
        """Remove what is chosen, once that was confirmed."""
        raise NotImplementedError

    def removable(self, value: _T) -> bool:  # noqa: ARG002 - the outline
        """Whether it can be removed."""
        return True

    # The frame

    def value(self) -> _T | None:
        """What is chosen; None where a new one is being made."""
        item = self.list.currentItem()
        found: _T | None = item.data(_VALUE) if item is not None else None
        return found

    def show_rows(self, values: Sequence[_T], chosen: str | None = None) -> None:
        """Show these; what was chosen stays so, or `chosen` is; None and nothing chosen: a new one."""
        now = self.value()
        wanted = chosen if chosen is not None else (self.key(now) if now is not None else "")
        self._filling = True
        self.list.clear()
        at: QListWidgetItem | None = None
        for value in values:
            name, second = self.texts(value)
            item = QListWidgetItem(name)
            item.setData(_VALUE, value)
            item.setData(SECOND, second)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {second}")
            item.setToolTip(name)
            self.list.addItem(item)
            if wanted and self.key(value) == wanted:
                at = item
        self._searching.setVisible(len(values) >= _MANY)
        self._sift()
        self.list.setCurrentRow(self.list.row(at) if at is not None else -1)
        self._filling = False
        self._moved()
        if self._first and at is None:
            self.focus_new()
        self._first = False

    def new(self) -> None:
        """Nothing is chosen: a new one is being made."""
        self.list.setCurrentRow(-1)
        self.list.clearSelection()
        self._moved()
        self.focus_new()

    def confirm(self, words: str, hint: str, yes: str, do: Callable[[], object]) -> None:
        """Ask in a card whether something is really wanted; the button that does it is no default."""
        self._question = card = self.asking.say("warning", words, hint)
        button = card.offer(yes)
        button.setProperty("role", "danger")
        button.style().polish(button)

        def confirmed() -> None:
            self.asking.clear()
            do()

        button.clicked.connect(confirmed)
        keep = card.offer(self.tr("Keep it"))
        keep.clicked.connect(self.asking.clear)
        for one in (button, keep):
            one.setAutoDefault(False)
        keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def not_asked_any_more(self) -> bool:
        """Take a question back where one is open; False where none was."""
        question, self._question = self._question, None
        if question is None or self.asking.card is not question:
            return False
        self.asking.clear()
        return True

    def reject(self) -> None:
        """Qt's, for Escape: a question first."""
        if not self.not_asked_any_more():
            super().reject()

    def note(self, words: str, hint: str = "") -> MessageView:
        """Say in a card what was done."""
        return self.asking.say("info", words, hint)

    def open(self) -> None:
        """Qt's would block the window below: this one lies beside it."""
        self.show()
        self.activateWindow()

    def done(self, result: int) -> None:
        """Qt's: nothing is waited for any more."""
        self.asking.stop()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: with the window's own button a question is answered by no."""
        self._question = None
        super().closeEvent(event)

    def _moved(self) -> None:
        if self._filling:
            return
        value = self.value()
        self.remove_button.setEnabled(value is not None and self.removable(value) and not self.acting)
        self.show_value(value)

    def _busy(self, busy: bool) -> None:
        """While something is done its form rests; while the list is only read, one can go on typing."""
        if busy and self.acting:
            focus = self.focusWidget()
            self._focus = focus if focus is not None and self.body.isAncestorOf(focus) else None
        self.body.setEnabled(not (busy and self.acting))
        if not busy:
            self.acting = False
            if self._focus is not None:
                self._focus.setFocus()
            self._focus = None
        for button in (self.add_button, self.refresh_button):
            button.setEnabled(not busy)
        value = self.value()
        self.remove_button.setEnabled(value is not None and self.removable(value) and not busy)

    def _sift(self) -> None:
        words = self.search.text().casefold().split() if not self._searching.isHidden() else []
        for row in range(self.list.count()):
            item = self.list.item(row)
            whole = f"{item.text()} {item.data(SECOND)}".casefold()
            item.setHidden(not all(word in whole for word in words))

    def _read(self) -> None:
        if not self.acting:
            self.read()

    def _remove(self) -> None:
        value = self.value()
        if value is not None and self.removable(value) and not self.acting:
            self.remove()

    def _frame(self) -> None:
        self.add_button.clicked.connect(self.new)
        self.remove_button.clicked.connect(self._remove)
        self.refresh_button.clicked.connect(self._read)
        for keys, slot in (("Ctrl+N", self.new), ("Ctrl+Del", self._remove), ("F5", self._read)):
            QShortcut(keys, self, slot)
        tools = QHBoxLayout()
        tools.setContentsMargins(8, 4, 8, 4)
        tools.setSpacing(4)
        for button in (self.add_button, self.remove_button):
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self.refresh_button)
        side = QWidget()
        side.setObjectName("sidebar")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(248)
        self.side = QVBoxLayout(side)
        self.side.setContentsMargins(0, 0, 0, 0)
        self.side.setSpacing(0)
        finding = QHBoxLayout(self._searching)
        finding.setContentsMargins(8, 8, 8, 4)
        finding.addWidget(self.search)
        self.side.addWidget(self._searching)
        self.side.addWidget(self.list, 1)
        self.side.addLayout(tools)
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 0, 8, 0)
        self.column.setSpacing(12)
        self.area = QScrollArea()
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the focus, and is scrolled to
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.body)
        self.page = QVBoxLayout()
        self.page.setContentsMargins(20, 16, 20, 12)
        self.page.setSpacing(12)
        self.page.addWidget(self.asking)
        self.page.addWidget(self.area, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(side)
        whole.addLayout(self.page, 1)
        fit(self, 860, 600)
