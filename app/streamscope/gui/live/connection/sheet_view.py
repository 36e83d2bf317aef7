"""The list of names and values, and below it all of the row that is looked at."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.code import code_view
from streamscope.gui.live.connection.sheet import HINT, NAME, TITLE, VALUE, Row, SheetModel
from streamscope.gui.live.connection.visible import READ, line, lines
from streamscope.gui.texts import size_text
from streamscope.gui.theme import code_font, colour, strong_font, theme

Index = QModelIndex | QPersistentModelIndex
_LOOKED_AT = 300
"""Rows whose names are measured for the width of their column."""
_WIDE = 720
"""Pixels from which on there is room for what a row means."""
_LINES = 5
"""Lines of the reader below."""


class TitleDelegate(QStyledItemDelegate):
    """Draws a title in strong letters across the list, with what is beside it; every row in the same height."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(0, QFontMetrics(code_font()).height() + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        about = index.data(TITLE)
        if about is None:
            super().paint(painter, option, index)
            return
        view = option.widget
        if not isinstance(view, QTableView):
            return
        cell = QRect(option.rect)
        option.rect.setLeft(0)  # each cell shows its part of the whole line
        option.rect.setRight(view.viewport().width())
        painter.save()
        painter.setClipRect(cell)
        view.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, view)
        box: QRect = option.rect.adjusted(4, 0, -4, 0)
        first = index.sibling(index.row(), NAME)
        mark = first.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(mark, QIcon):
            mark.paint(painter, QRect(box.left(), box.center().y() - 7, 16, 16))
            box.adjust(22, 0, 0, 0)
        painter.setFont(strong_font())
        painter.setPen(colour("text"))
        title = str(first.data())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(box, flags, title)
        box.adjust(QFontMetrics(strong_font()).horizontalAdvance(title) + 12, 0, 0, 0)
        painter.setFont(code_font())
        painter.setPen(colour("muted"))
        shown = QFontMetrics(code_font()).elidedText(str(about), Qt.TextElideMode.ElideRight, max(0, box.width()))
        painter.drawText(box, flags, shown)
        painter.restore()


class SheetTableView(QTableView):
    """The list itself; what is selected is copied as a whole."""

    copy_requested = Signal()
    empty = ""
    """What is said where there is nothing."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        super().paintEvent(event)
        if self.model().rowCount() == 0 and self.empty:
            painter = QPainter(self.viewport())
            painter.setPen(colour("muted"))
            painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), self.empty)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: it would copy the text of one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        else:
            super().keyPressEvent(event)


class SheetView(QWidget):
    """Sections of names and values; `row_chosen` tells the row that is looked at, None for a title or nothing.

    `explained`: where there is room, what a row means stands beside it.
    """

    row_chosen = Signal(object)
    copied = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None, *, explained: bool = False) -> None:
        super().__init__(parent)
        self._explained = explained
        self.model = SheetModel(self)
        self.tree = tree = SheetTableView()
        tree.setModel(self.model)
        tree.setAccessibleName(name)
        tree.setItemDelegate(TitleDelegate(tree))
        tree.horizontalHeader().hide()
        tree.verticalHeader().hide()
        tree.verticalHeader().setDefaultSectionSize(QFontMetrics(code_font()).height() + 8)
        tree.verticalHeader().setMinimumSectionSize(10)
        tree.setShowGrid(False)
        tree.setWordWrap(False)
        tree.setTabKeyNavigation(False)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setObjectName("sheet")
        tree.setProperty("plain", True)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        tree.horizontalHeader().setMinimumSectionSize(40)
        tree.horizontalHeader().setStretchLastSection(True)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._ask)
        self.more: list[tuple[str, Callable[[list[Row]], str]]] = []
        """Further ways to copy: what the menu says, and the text of rows."""
        tree.copy_requested.connect(lambda: self.put(pairs(self.chosen())))
        self.reader = code_view(self.tr("The chosen row"))
        self.reader.setObjectName("reader")
        self.reader.setLineWrapMode(self.reader.LineWrapMode.WidgetWidth)
        self.reader.document().setDocumentMargin(6)
        self.reader.setFixedHeight(QFontMetrics(code_font()).lineSpacing() * _LINES + 16)
        self.reader.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tree, 1)
        column.addWidget(self.reader)
        tree.selectionModel().currentChanged.connect(self._looked_at)
        self.model.modelReset.connect(self._fit)
        self.model.rowsInserted.connect(self._grown)
        self.model.modelReset.connect(lambda: self._looked_at(QModelIndex()))
        theme.changed.connect(self._redress)

    def _redress(self) -> None:
        self.tree.viewport().update()

    def chosen(self) -> list[Row]:
        """The rows that are selected; a title stands for all of its own."""
        found: list[Row] = []
        for index in self.tree.selectionModel().selectedRows(NAME):
            row = self.model.row(index.row())
            found += [row] if row is not None else self.model.section(index.row()).rows
        return list(dict.fromkeys(found)) if len(found) < 1000 else found

    def look_at(self, key: object) -> None:
        """Select the row with a key, where it is shown."""
        at = self.model.place(key)
        if at >= 0:
            index = self.model.index(at, NAME)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.tree.selectionModel().setCurrentIndex(index, flags)
            self.tree.scrollTo(index)

    def show_section(self, section: int) -> None:
        """Bring a section's title to the top."""
        at = self.model.title(section)
        if at >= 0:
            self.tree.scrollTo(self.model.index(at, NAME), QAbstractItemView.ScrollHint.PositionAtTop)

    def put(self, text: str) -> None:
        """Copy a text, and tell."""
        if text:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Names are given what they need, as far as there is room."""
        measure, widest = QFontMetrics(self.font()), 0
        for at in range(min(self.model.rowCount(), _LOOKED_AT)):
            row = self.model.row(at)
            if row is not None:
                widest = max(widest, measure.horizontalAdvance(line(row.name[:80])))
        room = self.tree.viewport().width()
        name = max(60, min(widest + 24, room * 2 // 5))
        self.tree.horizontalHeader().resizeSection(NAME, name)
        beside = self._explained and room >= _WIDE
        self.tree.setColumnHidden(HINT, not beside)
        if beside:
            self.tree.horizontalHeader().resizeSection(VALUE, (room - name) * 11 // 20)

    def _grown(self, _parent: QModelIndex, first: int, _last: int) -> None:
        if first < _LOOKED_AT:
            self._fit()

    def _looked_at(self, index: Index, _before: Index = QModelIndex()) -> None:  # noqa: B008 - Qt's signature
        row = self.model.row(index.row()) if index.isValid() and index.row() < self.model.rowCount() else None
        text = "" if row is None else _read(row)
        self.reader.setVisible(bool(text))
        self.reader.setPlainText(text)
        if text and (room := self.layout()) is not None:
            room.activate()
            self.tree.scrollTo(self.tree.currentIndex())
        self.row_chosen.emit(row)

    def _ask(self, at: QPoint) -> None:
        self.menu().popup(self.tree.viewport().mapToGlobal(at))

    def menu(self) -> QMenu:
        """What can be copied of the selected rows, and of all."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self.chosen()
        for words, made in (
            (self.tr("Copy"), pairs),
            (self.tr("Copy name"), lambda rows: "\n".join(row.name for row in rows)),
            (self.tr("Copy value"), lambda rows: "\n".join(row.value for row in rows)),
            *self.more,
        ):
            action = menu.addAction(words)
            action.setEnabled(bool(chosen))
            action.triggered.connect(lambda _=False, made=made: self.put(made(chosen)))
        menu.addSeparator()
        menu.addAction(self.tr("Copy all")).triggered.connect(lambda: self.put(self.text()))
        return menu

    def text(self) -> str:
        """All that is shown, as text."""
        parts: list[str] = []
        for at in range(self.model.rowCount()):
            row = self.model.row(at)
            if row is None:
                section = self.model.section(at)
                parts.append(("\n" if at else "") + f"{section.title} {section.about}".strip())
            else:
                parts.append(pairs([row]))
        return "\n".join(parts)


def _read(row: Row) -> str:
    value = lines(row.value)
    named = bool(row.name) and not row.value.startswith(f"{row.name}:")
    size = f" ({size_text(len(row.value))})" if len(row.value) >= READ else ""
    text = f"{lines(row.name)}{size}: {value}" if named else value
    return f"{row.hint}\n{text}" if row.hint else text


def pairs(rows: list[Row]) -> str:
    """Rows as `name: value` lines."""
    return "\n".join(f"{row.name}: {row.value}" if row.name else row.value for row in rows)
