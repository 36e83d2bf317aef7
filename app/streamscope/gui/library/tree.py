"""Collections, folders and requests as Qt's tree sees them, filtered by what is typed."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from streamscope.gui.texts import told
from streamscope.model.phrase import Phrase
from streamscope.store.collections import Folder

Index = QModelIndex | QPersistentModelIndex
NODE = Qt.ItemDataRole.UserRole


@dataclass(slots=True, eq=False)
class Node:
    """A row: a collection, a folder in one, or a request; `shown` are the children that the filter leaves."""

    kind: Literal["collection", "folder", "request"]
    path: Path
    name: str
    method: str = ""
    trouble: Phrase | None = None
    depth: int = 0
    parent: "Node | None" = None
    row: int = 0
    number: int = 0
    children: list["Node"] = field(default_factory=list)
    shown: list["Node"] = field(default_factory=list)
    count: int = 0


def nodes_of(folders: Iterable[Folder]) -> list[Node]:
    """Rows for what was read of the collections. Touches nothing of Qt: it may run on any thread."""
    return [_node(folder, None, 0) for folder in folders]


def _node(folder: Folder, parent: Node | None, depth: int) -> Node:
    kind: Literal["collection", "folder"] = "folder" if depth else "collection"
    node = Node(kind, folder.path, folder.name, trouble=folder.trouble, depth=depth, parent=parent)
    node.children = [_node(inner, node, depth + 1) for inner in folder.folders]
    node.children += [
        Node("request", item.path, item.name, item.method, item.trouble, depth + 1, node) for item in folder.items
    ]
    node.count = len(folder.items) + sum(inner.count for inner in node.children)
    return node


class CollectionsModel(QAbstractItemModel):
    """The tree. It changes nothing itself: what is typed or dropped is asked for by signals."""

    rename_requested = Signal(object, str)
    move_requested = Signal(list, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.roots: list[Node] = []
        self._shown: list[Node] = []
        self._nodes: dict[int, Node] = {}
        self._next = 0
        self._places: dict[str, Node] = {}
        self._filter = ""
        self.unsaved: frozenset[Path] = frozenset()

    def set_nodes(self, roots: list[Node]) -> None:
        """Show these instead; rows that stay are not touched, so that thousands of open ones cost nothing."""
        if self.roots and not self.filtered:
            self._merge(None, QModelIndex(), self.roots, roots)
            return
        self.beginResetModel()
        self.roots = roots
        self._nodes.clear()
        self._places.clear()
        self._enter(roots)
        self._refill()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Leave only requests in whose name, method or folder every typed word is found."""
        self.beginResetModel()
        self._filter = text.casefold()
        self._refill()
        self.endResetModel()

    def requests(self) -> list[Node]:
        """Every request, whatever the filter leaves."""
        return [node for node in _walk(self.roots) if node.kind == "request"]

    @property
    def filtered(self) -> bool:
        """Whether a filter leaves something out."""
        return bool(self._filter.strip())

    def set_unsaved(self, paths: frozenset[Path]) -> None:
        """Mark these requests as changed and not saved."""
        touched, self.unsaved = self.unsaved ^ paths, paths
        for path in touched:
            index = self.find(path)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def find(self, path: Path | None) -> QModelIndex:
        """The index of a path, if it is shown."""
        node = self._places.get(str(path))
        return self.index_of(node) if node is not None else QModelIndex()

    def index_of(self, node: Node) -> QModelIndex:
        """The index of a row, if it is shown."""
        siblings = node.parent.shown if node.parent is not None else self._shown
        shown = node.row < len(siblings) and siblings[node.row] is node
        return self.createIndex(node.row, 0, node.number) if shown else QModelIndex()

    def node(self, index: Index) -> Node | None:
        """The row of an index."""
        return self._nodes.get(int(index.internalId())) if index.isValid() else None

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        """Qt's."""
        siblings = self._siblings(parent)
        if column != 0 or not 0 <= row < len(siblings):
            return QModelIndex()
        return self.createIndex(row, 0, siblings[row].number)

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt's signature
        """Qt's."""
        node = self.node(child)
        if node is None or node.parent is None:
            return QModelIndex()
        return self.createIndex(node.parent.row, 0, node.parent.number)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return len(self._siblings(parent))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        """Qt's."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the name, what a screen reader says, what is wrong, and the row itself."""
        node = self.node(index)
        if node is None:
            return None
        if role == NODE:
            return node
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return node.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = [node.method, node.name, told(node.trouble) if node.trouble else ""]
            parts.append(self.tr("not saved") if node.path in self.unsaved else "")
            return ", ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(
                part for part in (node.name, str(node.path), told(node.trouble) if node.trouble else "") if part
            )
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt's: a name was typed."""
        node = self.node(index)
        if node is None or role != Qt.ItemDataRole.EditRole or not str(value).strip() or value == node.name:
            return False
        self.rename_requested.emit(node.path, str(value).strip())
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's."""
        node = self.node(index)
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if node is None:
            return Qt.ItemFlag.NoItemFlags
        if node.kind == "collection":
            return plain | Qt.ItemFlag.ItemIsDropEnabled
        kind = Qt.ItemFlag.ItemIsDropEnabled if node.kind == "folder" else Qt.ItemFlag.ItemNeverHasChildren
        return plain | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled | kind

    def supportedDropActions(self) -> Qt.DropAction:
        """Qt's."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Qt's."""
        return ["text/uri-list"]

    def mimeData(self, indexes: object) -> QMimeData:
        """Qt's: the files themselves, so that they can be dropped elsewhere, too."""
        data = QMimeData()
        nodes = [self.node(index) for index in indexes]  # type: ignore[attr-defined]
        data.setUrls([QUrl.fromLocalFile(str(node.path)) for node in nodes if node is not None])
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:  # noqa: ARG002 - Qt's signature
        """Qt's: something was dropped on a folder, or between its rows."""
        node = self.node(parent)
        if node is None or node.kind == "request":
            return False
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        paths = [path for path in paths if str(path) in self._places and path.parent != node.path]
        if paths:
            self.move_requested.emit(paths, node.path)
        return False  # the view must not take rows away: the next look at the disk does

    def _siblings(self, parent: Index) -> list[Node]:
        node = self.node(parent)
        return node.shown if node is not None else self._shown

    def _enter(self, nodes: Iterable[Node]) -> None:
        """Make rows known, with all that is below them."""
        for node in _walk(nodes):
            self._next += 1
            node.number = self._next
            node.shown = node.children
            self._nodes[node.number] = node
            self._places[str(node.path)] = node
            for row, child in enumerate(node.children):
                child.row = row

    def _leave(self, nodes: Iterable[Node]) -> None:
        for node in _walk(nodes):
            self._nodes.pop(node.number, None)
            if self._places.get(str(node.path)) is node:
                del self._places[str(node.path)]

    def _merge(self, parent: Node | None, index: QModelIndex, old: list[Node], new: list[Node]) -> None:
        """Turn the rows of one folder into others, step by step."""
        keys = [(node.kind, node.path) for node in old], [(node.kind, node.path) for node in new]
        steps = difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes() if keys[0] != keys[1] else []
        for tag, low, high, start, stop in reversed(steps):
            if tag in ("delete", "replace"):
                self.beginRemoveRows(index, low, high - 1)
                gone = old[low:high]
                del old[low:high]
                self._leave(gone)
                _count_rows(old)
                self.endRemoveRows()
            if tag in ("insert", "replace"):
                self.beginInsertRows(index, low, low + stop - start - 1)
                fresh = new[start:stop]
                for node in fresh:
                    node.parent = parent
                old[low:low] = fresh
                self._enter(fresh)
                _count_rows(old)
                self.endInsertRows()
        for kept, node in zip(old, new, strict=True):
            if kept is node:
                continue
            place = self.createIndex(kept.row, 0, kept.number)
            said = (node.name, node.method, node.trouble, node.count)
            if (kept.name, kept.method, kept.trouble, kept.count) != said:
                kept.name, kept.method, kept.trouble, kept.count = said
                self.dataChanged.emit(place, place)
            if kept.kind != "request":
                self._merge(kept, place, kept.children, node.children)

    def _refill(self) -> None:
        words = self._filter.split()
        self._shown = self.roots if not words else [root for root in self.roots if _left(root, words, "")]
        if not words:
            for node in self._nodes.values():
                node.shown = node.children
        for row, root in enumerate(self._shown):
            root.row = row
        for node in self._nodes.values():
            for row, child in enumerate(node.shown):
                child.row = row


def _count_rows(nodes: list[Node]) -> None:
    for row, node in enumerate(nodes):
        node.row = row


def _walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _left(node: Node, words: list[str], above: str) -> bool:
    """Whether the filter leaves a row; its `shown` are set on the way."""
    text = f"{above} {node.name} {node.method}".casefold()
    if node.kind == "request":
        return all(word in text for word in words)
    node.shown = [child for child in node.children if _left(child, words, text)]
    return bool(node.shown) or all(word in text for word in words)
