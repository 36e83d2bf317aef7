"""The pane of history: every exchange by day; looked at again, composed again, sent again."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.library.empty import EmptyView
from streamscope.gui.library.keys import Keys
from streamscope.gui.library.past import ROW, PastModel, title
from streamscope.gui.library.past_delegate import PastDelegate
from streamscope.gui.library.undo import UndoView
from streamscope.gui.marks import dress, muted_label
from streamscope.gui.messages import MessageView
from streamscope.gui.theme import strong_font
from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.store.past import Past

if TYPE_CHECKING:
    from streamscope.store.history import History

PAGE = 100
_TYPING_MS = 120


class HistoryPane(QWidget):
    """The list of what was sent. It reads the store by itself; `started` carries a coroutine that the window runs.

    `open_requested` gives the path of a recording, `resend_requested` and `compose_requested` a Draft,
    `compare_requested` the titles and paths of several recordings.
    """

    open_requested = Signal(object)
    resend_requested = Signal(object)
    compose_requested = Signal(object)
    compare_requested = Signal(object)
    started = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._history: History | None = None
        self._find = ""
        self.model = PastModel(self)
        self.model.page_wanted.connect(self._page)
        self.undo = UndoView()
        self.undo.undone.connect(self._restore)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(8, 0, 8, 0)
        self._stack = QStackedWidget()
        self._empty = EmptyView(
            "clock",
            self.tr("Nothing was sent yet"),
            self.tr("Every exchange is recorded and listed here by day, to be looked at or sent again."),
        )
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._list())
        self._nothing = muted_label(self.tr("Nothing matches."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(8, 24, 8, 8)
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._cards)
        column.addWidget(self._stack, 1)
        column.addWidget(self.undo)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search)
        Keys(
            self.list,
            {
                "Return": self.open,
                "Enter": self.open,
                "Ctrl+Return": self.resend,
                "Ctrl+D": self.compose,
                "Ctrl+Shift+D": self.compare,
                "Del": self.delete,
                "Ctrl+Z": self.undo.undo,
                "Ctrl+F": self.filter.setFocus,
            },
        )

    def settle(self, history: "History") -> None:
        """The store is there: show the newest, then bring list and recordings together."""
        self._history = history
        self.model.clear()
        self.started.emit(self._reconcile(history))

    def refresh(self) -> None:
        """Read the list again."""
        if self._history is not None:
            self.model.clear()

    def add(self, row: Past | None) -> None:
        """An exchange has ended: what `History.add` gave."""
        if row is not None and all(word in row.words for word in self._find.casefold().split()):
            self.model.add(row)
            self.filter.show()
            self._stack.setCurrentWidget(self.list)

    def row(self) -> Past | None:
        """The chosen exchange."""
        row = self.list.currentIndex().data(ROW) if self.list.currentIndex().isValid() else None
        return row if isinstance(row, Past) else None

    def open(self) -> None:
        """Look at the chosen exchange again."""
        row = self.row()
        if row is not None and self._history is not None:
            self.open_requested.emit(self._history.path_of(row))

    def resend(self) -> None:
        """Send the chosen one again, as it was."""
        self._with_draft(self.resend_requested.emit)

    def compose(self) -> None:
        """Put the chosen one's draft into the composer."""
        self._with_draft(self.compose_requested.emit)

    def rows(self) -> list[Past]:
        """The chosen exchanges, the oldest first."""
        found = [index.data(ROW) for index in self.list.selectedIndexes()]
        return sorted((row for row in found if isinstance(row, Past)), key=lambda row: row.started)

    def compare(self) -> None:
        """Compare the chosen ones: two side by side, more of them as runs."""
        rows, history = self.rows(), self._history
        if len(rows) > 1 and history is not None:
            self.compare_requested.emit([(f"{title(row)} {row.when:%H:%M:%S}", history.path_of(row)) for row in rows])

    def delete(self) -> None:
        """Delete the chosen one with its recording; it can be undone."""
        row = self.row()
        if row is not None:
            self._do(lambda history: history.remove(row), lambda gone: self._deleted(row, gone))

    def fail(self, error: StoreError) -> None:
        """Show what went wrong."""
        card = MessageView("error", error.message, error.hint, cause=error.cause, closable=True)
        self._cards.setContentsMargins(8, 4, 8, 8)
        while (old := self._cards.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        self._cards.addWidget(card)

    def _with_draft(self, then: Callable[[Draft], None]) -> None:
        row = self.row()
        if row is not None:
            self._do(lambda history: history.draft_of(row), then)

    def _deleted(self, row: Past, gone: object) -> None:
        self.model.remove(row)
        self.undo.tell(title(row), gone)
        self._settle_stack()

    def _restore(self, gone: object) -> None:
        self._do(lambda history: history.restore(gone), self.add)  # type: ignore[arg-type]  # what was deleted is Trashed

    def _do(self, work: Callable[["History"], Any], then: Callable[[Any], None]) -> None:
        history = self._history
        if history is None:
            return

        async def done() -> None:
            try:
                result = await asyncio.to_thread(work, history)
            except StoreError as error:
                self.fail(error)
                self.refresh()
                return
            then(result)

        self.started.emit(done())

    def _page(self, before: Past | None) -> None:
        find = self._find

        def came(page: list[Past]) -> None:
            if find == self._find:  # else it answers what was typed before
                self.model.extend(page, more=len(page) == PAGE)
                self._settle_stack()

        self._do(lambda history: history.page(before, find=find, limit=PAGE), came)

    async def _reconcile(self, history: "History") -> None:
        try:
            added, gone = await asyncio.to_thread(history.reconcile)
        except StoreError as error:
            self.fail(error)
            return
        if added or gone:
            self.model.clear()

    def _settle_stack(self) -> None:
        self._stack.setCurrentWidget(
            self.list if self.model.rows else self._nothing if self._find.strip() else self._empty
        )
        self.filter.setVisible(bool(self.model.rows or self._find))

    def _typed(self, text: str) -> None:  # noqa: ARG002 - the signal's
        self._typing.start()

    def _search(self) -> None:
        if self._find != self.filter.text():
            self._find = self.filter.text()
            self.model.clear()

    def _menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if not isinstance(index.data(ROW), Past):
            return
        if not self.list.selectionModel().isSelected(index):
            self.list.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, keys, work in (
            (self.tr("Open"), "Return", self.open),
            (self.tr("Send again"), "Ctrl+Return", self.resend),
            (self.tr("Compose again"), "Ctrl+D", self.compose),
            (self.tr("Compare"), "Ctrl+Shift+D", self.compare),
            (self.tr("Delete"), "Del", self.delete),
        ):
            action = menu.addAction(f"{text}\t{keys}")
            action.triggered.connect(lambda _, work=work: work())
            action.setEnabled(work != self.compare or len(self.rows()) > 1)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _head(self) -> QVBoxLayout:
        name = QLabel(self.tr("History"))
        name.setFont(strong_font())
        name.setContentsMargins(4, 4, 0, 4)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter the history"))
        self.filter.setClearButtonEnabled(True)
        search = QAction(self)
        dress(search, "search")
        self.filter.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self.filter.textChanged.connect(self._typed)
        self.filter.returnPressed.connect(self._search)
        self.filter.hide()
        column = QVBoxLayout()
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(name)
        column.addWidget(self.filter)
        return column

    def _list(self) -> QListView:
        self.list = QListView()
        self.list.setObjectName("history")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setModel(self.model)
        self.list.setItemDelegate(PastDelegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setAccessibleName(self.tr("Past exchanges"))
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.doubleClicked.connect(self._opened)
        return self.list

    def _opened(self, index: QModelIndex) -> None:
        if isinstance(index.data(ROW), Past):
            self.open()
