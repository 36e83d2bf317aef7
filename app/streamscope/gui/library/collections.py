"""The pane of collections: folders of saved requests, and all that can be done with them."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.library.empty import EmptyView
from streamscope.gui.library.keys import Keys
from streamscope.gui.library.menus import add_menu, ask_folder, fresh, row_menu
from streamscope.gui.library.tree import CollectionsModel, Node, nodes_of
from streamscope.gui.library.undo import UndoView
from streamscope.gui.library.view import CollectionsView
from streamscope.gui.marks import dress, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.theme import strong_font
from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase

if TYPE_CHECKING:
    from streamscope.store.collections import Collections, Folder
    from streamscope.store.trash import Trashed

LOOK_MS = 2000
_THOROUGH = 15
"""Every so many looks all files are looked at, not only folders and open requests."""


class CollectionsPane(QWidget):
    """The tree of collections. It reads and changes folders by itself; what a window must know or do is a signal.

    `started` carries a coroutine that the window runs. Paths are `pathlib.Path`.
    """

    open_requested = Signal(object)
    send_requested = Signal(object)
    curl_requested = Signal(object)
    moved = Signal(object, object)
    removed = Signal(object)
    altered = Signal(object)
    started = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._collections: Collections | None = None
        self._folders: list[Folder] = []
        self._watched: frozenset[Path] = frozenset()
        self._looks = 0
        self._looking = False
        self._wanted: Path | None = None
        self._edit_next = False
        self._current: Path | None = None
        self._before_filter: set[Path] = set()
        self.model = CollectionsModel(self)
        self.model.rename_requested.connect(self.rename)
        self.model.move_requested.connect(self.move_to)
        self.undo = UndoView()
        self.undo.undone.connect(self._undo)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(8, 0, 8, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty_view())
        self.tree = CollectionsView(self.model)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.clicked.connect(self._clicked)
        self._stack.addWidget(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._cards)
        column.addWidget(self._stack, 1)
        column.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._shortcuts()

    def settle(self, collections: "Collections") -> None:
        """The store is there: show what is open, and look after it from now on."""
        self._collections = collections
        self.refresh()

    def refresh(self, show: Path | None = None, *, edit: bool = False) -> None:
        """Read the folders again; then choose a row, and let its name be typed."""
        if self._collections is not None:
            self._wanted, self._edit_next = show or self._wanted, edit or self._edit_next
            self.started.emit(self._read())

    def set_unsaved(self, paths: Iterable[Path]) -> None:
        """Mark the requests that are changed and not saved."""
        self.model.set_unsaved(frozenset(paths))

    def set_watched(self, paths: Iterable[Path]) -> None:
        """Look after these files closely: those of open drafts. `altered` tells which of them changed outside."""
        self._watched = frozenset(paths)

    def set_current(self, path: Path | None) -> None:
        """Mark the request that is in front, without opening anything."""
        self._current = path
        self.tree.mark(path)

    def mark_broken(self, path: Path, trouble: Phrase) -> None:
        """Opening a file failed: its row says so until the file changes."""
        if self._collections is not None:
            self._collections.mark(path, trouble)
            self.refresh()

    def fail(self, error: StoreError) -> None:
        """Show what went wrong."""
        card = MessageView("error", error.message, error.hint, cause=error.cause, closable=True)
        self._cards.setContentsMargins(8, 4, 8, 8)
        while self._cards.count() > 1 and (old := self._cards.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        self._cards.addWidget(card)

    def node(self) -> Node | None:
        """The chosen row."""
        return self.model.node(self.tree.currentIndex())

    def folder(self) -> Path | None:
        """The folder of the chosen row; the first collection where none is chosen."""
        node = self.node()
        if node is None:
            return self._folders[0].path if self._folders else None
        return node.path.parent if node.kind == "request" else node.path

    def new_request(self) -> None:
        """Make an empty request in the chosen folder, open it, and let its name be typed."""
        if (folder := self.folder()) is not None:
            self._change(lambda _: fresh(folder, self.tr("New request")), self._made)

    def new_folder(self) -> None:
        """Make a folder in the chosen one, and let its name be typed."""
        if (folder := self.folder()) is not None:
            self._change(lambda store: store.new_folder(folder, self.tr("New folder")), self._named)

    def rename(self, path: Path, name: str) -> None:
        """Give a request or folder another name."""
        self._change(lambda store: store.rename(path, name), lambda new: self._went(path, new))

    def duplicate(self) -> None:
        """Make a copy of the chosen request beside it."""
        node = self.node()
        if node is not None and node.kind == "request":
            self._change(lambda store: store.duplicate(node.path), self._named)

    def move_to(self, paths: list[Path], folder: Path) -> None:
        """Put requests or folders into another folder."""
        for path in paths:
            self._move(path, folder)

    def _move(self, path: Path, folder: Path) -> None:
        self._change(lambda store: store.move(path, folder), lambda new: self._went(path, new))

    def delete(self) -> None:
        """Delete the chosen request or folder, which can be undone; a collection is closed, its folder stays."""
        node = self.node()
        if node is None:
            return
        if node.kind == "collection":
            self._change(lambda store: store.close(node.path), lambda _: self.refresh())
            return
        self._change(lambda store: store.delete(node.path), lambda gone: self._deleted(node, gone))

    def choose_folder(self) -> None:
        """Ask for a folder to open as a collection."""
        self.dialog = ask_folder(self, self.tr("Open a folder as a collection"), self.open_folder)

    def choose_place(self) -> None:
        """Ask for the place and name of a new collection."""
        self.dialog = ask_folder(self, self.tr("New collection"), self.create_collection, new=True)

    def open_folder(self, folder: Path) -> None:
        """Open a folder as a collection."""
        self._change(lambda store: store.open(folder), self._opened)

    def create_collection(self, folder: Path) -> None:
        """Make a folder and open it as a collection."""
        self._change(lambda store: store.create(folder.parent, folder.name), self._opened)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's: open drafts are looked after all the same, by `look_now`."""
        super().hideEvent(event)
        self._timer.stop()

    def look_now(self) -> None:
        """Look for changes from outside at once: when the window comes to the front, say."""
        self._look()

    def _change(self, work: Callable[["Collections"], Any], then: Callable[[Any], None]) -> None:
        """Do something with the folders off this thread, then go on; what goes wrong is a card."""
        store = self._collections
        if store is None:
            return

        async def done() -> None:
            try:
                result = await asyncio.to_thread(work, store)
            except StoreError as error:
                self.fail(error)
                self.refresh()
                return
            then(result)

        self.started.emit(done())

    def _made(self, path: Path) -> None:
        self.open_requested.emit(path)
        self.refresh(path, edit=True)

    def _named(self, path: Path) -> None:
        self.refresh(path, edit=True)

    def _opened(self, path: Path) -> None:
        self.refresh(path)
        self.tree.setFocus()

    def _went(self, old: Path, new: Path) -> None:
        if old != new:
            self.moved.emit(old, new)
        self.refresh(new)

    def _deleted(self, node: Node, gone: "Trashed") -> None:
        self.removed.emit(node.path)
        self.undo.tell(node.name, gone)
        self.refresh()

    def _undo(self, gone: object) -> None:
        self._change(lambda store: store.restore(gone), self.refresh)  # type: ignore[arg-type]  # what was deleted is Trashed

    async def _read(self) -> None:
        store = self._collections
        if store is None:
            return

        def read() -> tuple[list["Folder"], list[Node]]:
            folders = [store.tree(folder) for folder in store.all()]
            return folders, nodes_of(folders) if folders != self._folders else []

        folders, nodes = await asyncio.to_thread(read)
        if folders != self._folders:
            self._folders = folders
            self._show(nodes)
        self._stack.setCurrentIndex(1 if folders else 0)
        self.filter.setVisible(bool(folders))
        wanted, self._wanted = self._wanted, None
        edit, self._edit_next = self._edit_next, False
        if wanted is not None:
            self.tree.mark(wanted)
            if edit and (index := self.model.find(wanted)).isValid():
                self.tree.setFocus()
                self.tree.edit(index)

    def _show(self, nodes: list[Node]) -> None:
        """Another tree; what was open stays open, what was chosen stays chosen."""
        first = not self.model.roots
        known = {root.path for root in self.model.roots}
        opened = self.tree.opened()
        node = self.node()
        self.model.set_nodes(nodes)
        opened.update(root.path for root in (nodes[:1] if first else nodes) if root.path not in known)
        self.tree.open_rows(opened)
        self.tree.mark(node.path if node is not None else self._current)

    def _look(self) -> None:
        if self._collections is not None and not self._looking and (self._folders or self._watched):
            self._looking = True
            self.started.emit(self._looked(self._collections))

    async def _looked(self, store: "Collections") -> None:
        self._looks += 1
        thorough = self._looks % _THOROUGH == 1
        try:
            changed, altered = await asyncio.to_thread(lambda: store.look(self._watched, thorough=thorough))
        finally:
            self._looking = False
        if altered:
            self.altered.emit(altered)
        if changed or altered:
            await self._read()

    def _filtered(self, text: str) -> None:
        opened = self.tree.opened() if not self.model.filtered else set()
        if opened:
            self._before_filter = opened
        self.model.set_filter(text)
        if text.strip():
            self.tree.open_some()
        else:
            self.tree.open_rows(self._before_filter)
        self.tree.mark(self._current)

    def _to_tree(self) -> None:
        self.tree.setFocus()

    def _activate(self) -> None:
        if self.tree.currentIndex().isValid():
            self._clicked(self.tree.currentIndex())

    def _send(self) -> None:
        node = self.node()
        if node is not None and node.kind == "request":
            self.send_requested.emit(node.path)

    def _clicked(self, index: QModelIndex) -> None:
        node = self.model.node(index)
        if node is not None and node.kind == "request":
            self.open_requested.emit(node.path)
        elif node is not None:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _menu(self, place: QPoint) -> None:
        index = self.tree.indexAt(place)
        if index.isValid():
            self.tree.setCurrentIndex(index)
        row_menu(self, self.model.node(index)).popup(self.tree.viewport().mapToGlobal(place))

    def _head(self) -> QVBoxLayout:
        title = QLabel(self.tr("Collections"))
        title.setFont(strong_font())
        self.add_button = tool_button("plus", self.tr("New request, folder or collection"), self)
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setMenu(add_menu(self, self.add_button))
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.addWidget(title, 1)
        row.addWidget(self.add_button)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter the requests"))
        self.filter.setClearButtonEnabled(True)
        search = QAction(self)
        dress(search, "search")
        self.filter.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self.filter.textChanged.connect(self._filtered)
        self.filter.returnPressed.connect(self._to_tree)
        self.filter.hide()
        column = QVBoxLayout()
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.filter)
        return column

    def _empty_view(self) -> EmptyView:
        view = EmptyView(
            "folder",
            self.tr("No collection is open"),
            self.tr("A collection is a folder: each request you save is one readable file in it, good to keep in git."),
        )
        view.offer(self.tr("New collection…")).clicked.connect(self.choose_place)
        view.offer(self.tr("Open a folder…")).clicked.connect(self.choose_folder)
        return view

    def _shortcuts(self) -> None:
        Keys(
            self.tree,
            {
                "Ctrl+D": self.duplicate,
                "Del": self.delete,
                "Ctrl+Z": self.undo.undo,
                "Return": self._activate,
                "Enter": self._activate,
                "Ctrl+Return": self._send,
                "Ctrl+F": self.filter.setFocus,
            },
        )
