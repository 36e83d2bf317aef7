"""The tree of collections as a widget: which rows are open, which one is chosen, when what is shown is shown anew."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from streamscope.gui.library.delegate import CollectionDelegate
from streamscope.gui.library.tree import CollectionsModel


class CollectionsView(QTreeView):
    """Rows of one height, no lines, names typed with F2, files dragged."""

    def __init__(self, model: CollectionsModel) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("collections")
        self.setModel(model)
        self.setItemDelegate(CollectionDelegate(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAutoExpandDelay(600)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Collections and requests"))

    def opened(self) -> set[Path]:
        """The folders that are open."""
        found: set[Path] = set()
        waiting = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        while waiting:
            index = waiting.pop()
            node = self._model.node(index)
            if node is not None and self.isExpanded(index):
                found.add(node.path)
                waiting += [self._model.index_of(child) for child in node.shown if child.kind == "folder"]
        return found

    def open_rows(self, paths: set[Path]) -> None:
        """Open these folders, where they are shown."""
        waiting = list(self._model.roots)
        while waiting:
            node = waiting.pop()
            if node.path in paths and (index := self._model.index_of(node)).isValid():
                self.expand(index)
                waiting += [child for child in node.children if child.kind == "folder"]

    def open_some(self, most: int = 120) -> None:
        """Open folders from the top until so many rows are there: a screenful, however many a filter leaves."""
        waiting = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        rows = len(waiting)
        while waiting and rows < most:
            index = waiting.pop(0)
            node = self._model.node(index)
            if node is not None and node.kind != "request":
                self.expand(index)
                rows += len(node.shown)
                waiting += [self._model.index_of(child) for child in node.shown if child.kind == "folder"]

    def mark(self, path: Path | None) -> None:
        """Choose a row and bring it into sight, without opening it."""
        index = self._model.find(path) if path is not None else QModelIndex()
        if not index.isValid():
            return
        above = index.parent()
        while above.isValid():
            self.expand(above)
            above = above.parent()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)
