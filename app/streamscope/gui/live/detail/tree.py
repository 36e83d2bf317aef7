"""JSON as a tree: opened where it is looked at, its values and the ways to them to be copied, searched."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QMenu,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.code.document import Slices
from streamscope.gui.live.detail.bytes_copies import put
from streamscope.gui.live.detail.bytes_find import BytesFindView
from streamscope.gui.live.detail.json_spans import Structure, jq_path, json_path, structured
from streamscope.gui.live.detail.looked import Held, Looked
from streamscope.gui.live.detail.text_rows import Source
from streamscope.gui.live.detail.tree_model import JsonModel, Node
from streamscope.gui.theme import code_font, colour, theme

OPENED = 300
"""Rows that are opened by themselves."""
MOST_OPENED = 3_000
"""Rows that are opened at once when a person asks for all beneath one."""
_DEEP = 12
_TOKENS = {"string": "code_text", "number": "code_number", "word": "code_word", "odd": "error"}


class TreeDelegate(QStyledItemDelegate):
    """Paints a row: its name, its value in the colours of JSON, and how long it is."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        model = index.model()
        if not isinstance(model, JsonModel):
            return
        node = model.node(index)
        name, value, size = model.line(node)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour("selected"))
        painter.setFont(code_font())
        metrics = QFontMetrics(code_font())
        left = option.rect.adjusted(2, 0, -8, 0)
        if name:
            left = self._word(painter, left, f"{name}: ", "muted" if _place(node) else "code_key", metrics)
        right = metrics.horizontalAdvance(size) + 12 if size else 0
        kind = node.span.kind if node.span is not None else ""
        token = _TOKENS.get(kind, "muted" if kind else "accent")
        if node.span is not None and node.children and option.state & QStyle.StateFlag.State_Open:
            value = "{" if node.span.kind == "object" else "["  # what it holds is seen beneath
        self._word(painter, left.adjusted(0, 0, -right, 0), value, token, metrics)
        if size:
            shown = min(metrics.horizontalAdvance(value), left.width() - right)
            self._word(painter, left.adjusted(shown + 8, 0, 0, 0), size, "muted", metrics)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(120, QFontMetrics(code_font()).height() + 4)

    @staticmethod
    def _word(painter: QPainter, rect: QRect, text: str, token: str, metrics: QFontMetrics) -> QRect:
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, rect.width()))
        painter.setPen(colour(token))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        return rect.adjusted(metrics.horizontalAdvance(shown), 0, 0, 0)


def _place(node: Node) -> bool:
    return node.span is not None and isinstance(node.span.step, int)


class JsonTreeView(QTreeView):
    """The tree itself; `whole_requested` asks to see all of a value, `inner_requested` the JSON that is in a text.

    Both tell where it is (JSONPath), and its bytes.
    """

    whole_requested = Signal(str, bytes)
    inner_requested = Signal(str, bytes)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The chosen event as a tree"))
        self.setObjectName("json")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setProperty("plain", True)
        self.setIndentation(14)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(TreeDelegate(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.activated.connect(self._activated)
        self.clicked.connect(self._clicked)
        self.hits: Sequence[tuple[int, int]] = ()
        self._chosen = (0, 0)
        self._model: JsonModel | None = None
        theme.changed.connect(self.viewport().update)

    @property
    def source(self) -> Source:
        """The text, to be searched."""
        return Held(self._model.json if self._model is not None else b"")

    def selection(self) -> tuple[int, int]:
        """The hit that was gone to."""
        return self._chosen

    def go_to(self, start: int, end: int) -> None:
        """Open the tree down to the value or the name that these bytes are of."""
        model = self._model
        if model is None:
            return
        self._chosen = (start, end)
        node = model.at(start)
        above, way = node.parent, []
        while above is not None and above is not model.top:
            way.append(above)
            above = above.parent
        for one in reversed(way):
            self.expand(model.index_of(one))
        index = model.index_of(node)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def show_json(self, data: bytes, structure: Structure) -> None:
        """Show another text, opened as far as a person takes in."""
        old = self._model
        self._model = model = JsonModel(data, structure, self)
        self._chosen = (0, 0)
        self.setModel(model)
        if old is not None:
            old.deleteLater()
        self.open_below(model.top, OPENED)
        if model.rowCount():
            self.setCurrentIndex(model.index(0, 0))

    def open_below(self, top: Node, most: int = MOST_OPENED) -> int:
        """Open what is beneath a row, level by level, until so many rows are opened; gives how many are."""
        model = self._model
        if model is None:
            return 0
        self.setUpdatesEnabled(False)
        level, count = [top], 0
        for _ in range(_DEEP if most < MOST_OPENED else most):
            below: list[Node] = []
            for node in level:
                if node.span is None or not node.span.holds or count >= most:
                    continue
                rows = model.open(node)
                if count + len(rows) > most and count:
                    continue
                if node is not model.top:
                    self.expand(model.index_of(node))
                count += len(rows)
                below += rows
            level = below
            if not level or count >= most:
                break
        self.setUpdatesEnabled(True)
        return count

    def close_below(self, top: Node) -> None:
        """Close a row and what is opened beneath it."""
        model = self._model
        if model is None:
            return
        self.setUpdatesEnabled(False)
        level = [top]
        while level:
            node = level.pop()
            if node.children and node.span is not None and (node is model.top or self.isExpanded(model.index_of(node))):
                level += node.children
                self.collapse(model.index_of(node))
        self.setUpdatesEnabled(True)

    def lines(self, most: int = 2_000) -> list[str]:
        """The rows that are open, as text."""
        model = self._model
        found: list[str] = []
        index = model.index(0, 0) if model is not None else QModelIndex()
        while index.isValid() and model is not None and len(found) < most:
            found.append("  " * min(40, len(model.steps(model.node(index))) - 1) + str(index.data()))
            index = self.indexBelow(index)
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: copying a value; * and / open and close all beneath a row."""
        node = self._node(self.currentIndex())
        if event.matches(QKeySequence.StandardKey.Copy) and node is not None and self._model is not None:
            put(self._model.value(node))
        elif event.key() == Qt.Key.Key_Asterisk and node is not None:
            self.open_below(node)
        elif event.key() == Qt.Key.Key_Slash and node is not None:
            self.close_below(node)
        else:
            super().keyPressEvent(event)

    def _node(self, index: QModelIndex) -> Node | None:
        return self._model.node(index) if self._model is not None and index.isValid() else None

    def _clicked(self, index: QModelIndex) -> None:
        node = self._node(index)
        if node is not None and node.span is None:
            self._activated(index)

    def _activated(self, index: QModelIndex) -> None:
        """Make more rows, or show all of a value that is shortened."""
        node, model = self._node(index), self._model
        if node is None or model is None:
            return
        if node.span is None and node.parent is not None:
            place, parent = node.place, node.parent
            model.more(parent)
            self.setCurrentIndex(model.index(place, 0, model.index_of(parent)))
        elif node.span is not None and not node.span.holds and model.line(node)[2]:
            self.whole_requested.emit(json_path(model.steps(node)), model.value(node).encode(errors="surrogatepass"))

    def _menu(self, place: QPoint) -> None:
        menu = self.menu_of(self.indexAt(place))
        if menu is not None:
            menu.popup(self.viewport().mapToGlobal(place))

    def menu_of(self, index: QModelIndex) -> QMenu | None:
        """What can be done with a row."""
        node, model = self._node(index), self._model
        if node is None or model is None or node.span is None:
            return None
        steps = model.steps(node)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy value"), lambda: put(model.value(node)))
        menu.addAction(self.tr("Copy as JSON"), lambda: put(model.written(node).decode(errors="replace")))
        menu.addAction(self.tr("Copy name"), lambda: put(str(steps[-1])))
        menu.addAction(self.tr("Copy path (JSONPath)"), lambda: put(json_path(steps)))
        menu.addAction(self.tr("Copy path (jq)"), lambda: put(jq_path(steps)))
        menu.addSeparator()
        if node.span.holds:
            menu.addAction(self.tr("Open all beneath (*)"), lambda: self.open_below(node))
            menu.addAction(self.tr("Close all beneath (/)"), lambda: self.close_below(node))
        else:
            whole = model.value(node).encode(errors="surrogatepass")
            menu.addAction(self.tr("Show all of it"), lambda: self.whole_requested.emit(json_path(steps), whole))
            if node.span.kind == "string" and whole.lstrip()[:1] in (b"{", b"["):
                menu.addAction(
                    self.tr("Show the JSON in it"), lambda: self.inner_requested.emit(json_path(steps), whole)
                )
        return menu


class TreeView(QWidget):
    """The JSON of an event as a tree, with a bar that finds in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = JsonTreeView()
        self.bar = BytesFindView(self.tree)
        self.bar.hex.hide()
        self._wait = QLabel()
        self._wait.setProperty("tone", "muted")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._slices = Slices(self)
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._wait)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._place, 1)
        self.setFocusProxy(self.tree)
        self.tree.whole_requested.connect(lambda path, data: self._show_whole(path, data, tree=False))
        self.tree.inner_requested.connect(lambda path, data: self._show_whole(path, data, tree=True))

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self.bar.close_bar(focus=False)
        self._slices.stop()
        data = looked.data
        self._wait.setText(self.tr("Reading how it is built…"))
        self._stack.setCurrentWidget(self._wait)
        self._slices.start(structured(data), lambda structure: self._built(data, structure))

    def seen(self) -> str:
        """What is shown."""
        self._slices.finish()
        return "\n".join(self.tree.lines())

    def search(self) -> None:
        """Open the bar that finds."""
        self.bar.open()

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def _built(self, data: bytes, structure: object) -> None:
        if isinstance(structure, Structure):
            self.tree.show_json(data, structure)
            self._stack.setCurrentWidget(self.tree)

    def _show_whole(self, path: str, data: bytes, *, tree: bool) -> None:
        from streamscope.gui.live.detail.value_dialog import ValueDialog

        ValueDialog(path, data, self, tree=tree).open()
