"""The tree of a JSON text for Qt: nodes are made when their parent is opened, so many at a time."""

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.live.detail.json_spans import Span, Step, Structure, children, root, text_of
from streamscope.gui.texts import size_text

Index = QModelIndex | QPersistentModelIndex
PAGE = 500
"""Children that are made at once."""
LONGEST = 400
"""Characters of a value that are shown in its line."""


class Node:
    """A value in the tree; `span` is None for the line that makes more of its siblings."""

    __slots__ = ("children", "left", "parent", "place", "span")

    def __init__(self, span: Span | None, parent: "Node | None", place: int) -> None:
        self.span, self.parent, self.place = span, parent, place
        self.children: list[Node] | None = None
        self.left: Iterator[Span] | None = None
        """Children that are not made yet."""


class JsonModel(QAbstractItemModel):
    """The values of one JSON text; the text itself is the root and no row."""

    def __init__(self, data: bytes, structure: Structure, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.json = data
        self.structure = structure
        self.top = Node(root(data, structure), None, 0)
        self._fill(self.top, PAGE)

    def node(self, index: Index) -> Node:
        """The node of an index."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, Node) else self.top

    def index_of(self, node: Node) -> QModelIndex:
        """The index of a node."""
        return QModelIndex() if node is self.top else self.createIndex(node.place, 0, node)

    def steps(self, node: Node) -> list[Step]:
        """The way to a node from the root."""
        found: list[Step] = []
        at: Node | None = node
        while at is not None and at is not self.top:
            if at.span is not None:
                found.append(at.span.step)
            at = at.parent
        return found[::-1]

    def written(self, node: Node) -> bytes:
        """A value as it is written."""
        span = node.span
        return self.json[span.start : span.end] if span is not None else b""

    def value(self, node: Node) -> str:
        """A value to be copied: a string as it is meant, anything else as it is written."""
        span = node.span
        if span is None:
            return ""
        return text_of(self.written(node)) if span.kind == "string" else self.written(node).decode(errors="replace")

    def line(self, node: Node) -> tuple[str, str, str]:
        """What a row says: its name, its value in one line, and how long the value is where not all of it is shown."""
        span = node.span
        if span is None:
            return "", QCoreApplication.translate("detail", "Show more…"), ""
        name = str(span.step) if isinstance(span.step, int) else one_line(span.step, 120)
        token = self.json[span.start : min(span.end, span.start + 4 * LONGEST)]
        cut = span.end - span.start > len(token)
        if span.kind == "string":
            text = text_of(token)
            shown = f'"{one_line(text, LONGEST)}' + ('"' if not cut and len(text) <= LONGEST else "")
            cut = cut or len(text) > LONGEST
        else:
            shown = one_line(" ".join(token.decode(errors="replace").split()), 120 if span.holds else LONGEST)
        return name, shown, size_text(span.end - span.start) if cut else ""

    def more(self, node: Node, count: int = 10 * PAGE) -> None:
        """Make more of the children that a node has."""
        made = node.children or []
        if node.left is None or not made or made[-1].span is not None:
            return
        parent, last = self.index_of(node), len(made) - 1
        self.beginRemoveRows(parent, last, last)
        made.pop()
        self.endRemoveRows()
        spans = list(islice(node.left, count))
        rows = [Node(span, node, last + place) for place, span in enumerate(spans)]
        if len(spans) == count:
            rows.append(Node(None, node, last + count))
        else:
            node.left = None
        if rows:
            self.beginInsertRows(parent, last, last + len(rows) - 1)
            made.extend(rows)
            self.endInsertRows()

    def open(self, node: Node) -> list[Node]:
        """The children of a node, made now where they are not there yet."""
        if node.children is None:
            index = self.index_of(node)
            first = self._made(node, PAGE)
            if first:
                self.beginInsertRows(index, 0, len(first) - 1)
                node.children = first
                self.endInsertRows()
            else:
                node.children = first
        return node.children

    def at(self, byte: int, most: int = 40 * PAGE) -> Node:
        """The innermost value that holds a byte, or its name; as far as its siblings may be made."""
        node = self.top
        while node.span is not None and node.span.holds:
            rows = self.open(node)
            while rows and rows[-1].span is None and len(rows) < most and self._behind(rows, byte):
                self.more(node)
            inside = next((row for row in self._from(rows, byte) if row.span is not None and byte < row.span.end), None)
            if inside is None or inside.span is None:
                break
            node = inside
            if byte < inside.span.start:
                break
        return node

    @staticmethod
    def _behind(rows: list[Node], byte: int) -> bool:
        last = rows[-2].span if len(rows) > 1 else None
        return last is None or last.end <= byte

    @staticmethod
    def _from(rows: list[Node], byte: int) -> list[Node]:
        """The rows from the one on that may hold a byte."""
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            span = rows[middle].span
            if span is not None and span.end <= byte:
                low = middle + 1
            else:
                high = middle
        return rows[low : low + 1]

    def _fill(self, node: Node, count: int) -> None:
        node.children = self._made(node, count)

    def _made(self, node: Node, count: int) -> list[Node]:
        span = node.span
        if span is None or not span.holds:
            return []
        node.left = children(self.json, self.structure, span)
        spans = list(islice(node.left, count))
        rows = [Node(found, node, place) for place, found in enumerate(spans)]
        if len(spans) == count:
            rows.append(Node(None, node, count))
        else:
            node.left = None
        return rows

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        """Qt's."""
        rows = self.node(parent).children or []
        if column or not 0 <= row < len(rows):
            return QModelIndex()
        return self.createIndex(row, 0, rows[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt's two
        """Qt's."""
        node = self.node(index)
        return QModelIndex() if node.parent is None else self.index_of(node.parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return len(self.node(parent).children or ())

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        """Qt's."""
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008 - Qt's signature
        """Qt's: whether it can be opened; nothing is made for it."""
        node = self.node(parent)
        if node.children is not None:
            return bool(node.children)
        span = node.span
        return span is not None and span.holds and bool(self.json[span.start + 1 : span.end - 1].strip())

    def canFetchMore(self, parent: Index) -> bool:
        """Qt's: asked when a row is opened."""
        return self.node(parent).children is None

    def fetchMore(self, parent: Index) -> None:
        """Qt's."""
        self.open(self.node(parent))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        name, value, size = self.line(self.node(index))
        said = f"{name}: {value}" if name else value
        return f"{said} ({size})" if size else said
