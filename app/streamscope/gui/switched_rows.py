"""Rows of texts that can be switched off: a table edited in place, with one empty row more than is filled."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QFont, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from streamscope.gui.assets import pixmap
from streamscope.gui.theme import code_font, colour, theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QPersistentModelIndex()
LONGEST = 10_000
"""Characters of a cell that can be edited in place; longer ones are kept as they are."""
_SHOWN = 400
_EMPTIED = object()


class Row(NamedTuple):
    """A row: whether it counts, its texts, and what its owner holds with it (kept through edits, not looked at)."""

    on: bool
    cells: tuple[str, ...]
    held: object = None


class Past(NamedTuple):
    """What a table holds, and what it held before and after: kept with a draft, so that undo stays with it."""

    rows: tuple[Row, ...] = ()
    undone: tuple[tuple[Row, ...], ...] = ()
    done: tuple[tuple[Row, ...], ...] = ()

    def counted(self) -> tuple[Row, ...]:
        """The rows, without those that a person emptied."""
        return tuple(row for row in self.rows if row.held is not _EMPTIED)


class SwitchedRowsModel(QAbstractTableModel):
    """Column 0 is the switch, then the texts, then an empty column for taking the row away."""

    changed = Signal()

    def __init__(self, titles: Sequence[str], hints: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.titles, self.hints = tuple(titles), tuple(hints)
        self._rows: tuple[Row, ...] = ()
        self._done: list[tuple[Row, ...]] = []
        self._undone: list[tuple[Row, ...]] = []

    def rows(self) -> tuple[Row, ...]:
        """The rows, without those that a person emptied."""
        return Past(self._rows).counted()

    def row(self, number: int) -> Row | None:
        """A row as it stands in the table; None for the empty one below."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def past(self) -> Past:
        """All, with what can be undone."""
        return Past(self._rows, tuple(self._undone), tuple(self._done))

    def set_past(self, past: Past) -> None:
        """Show what `past()` gave; nothing is told."""
        self.beginResetModel()
        self._rows, self._undone, self._done = past.rows, list(past.undone), list(past.done)
        self.endResetModel()

    def replace(self, rows: Iterable[Row]) -> None:
        """Other rows, as one step that can be undone."""
        self._change(tuple(rows))

    def put(self, number: int, row: Row) -> None:
        """Write a row; the number behind the last adds one."""
        self._change((*self._rows[:number], row, *self._rows[number + 1 :]), only=number)

    def remove(self, numbers: Iterable[int]) -> None:
        """Take rows away."""
        gone = set(numbers)
        self._change(tuple(row for number, row in enumerate(self._rows) if number not in gone))

    def move(self, number: int, by: int) -> int:
        """Move a row up (-1) or down (1); its new number."""
        target = number + by
        if self.row(number) is None or self.row(target) is None:
            return number
        rows = list(self._rows)
        rows[number], rows[target] = rows[target], rows[number]
        self._change(tuple(rows))
        return target

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            self._undone.append(self._rows)
            self._show(self._done.pop())

    def redo(self) -> None:
        """Make the change again that was taken back."""
        if self._undone:
            self._done.append(self._rows)
            self._show(self._undone.pop())

    def _change(self, rows: tuple[Row, ...], only: int | None = None) -> None:
        if rows == self._rows:
            return
        self._done.append(self._rows)
        self._undone.clear()
        if only is not None and len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(only, 0), self.index(only, self.columnCount() - 1))
            self.changed.emit()
        elif only is not None:
            self.beginInsertRows(QModelIndex(), len(rows), len(rows))
            self._rows = rows
            self.endInsertRows()
            self.dataChanged.emit(self.index(only, 0), self.index(only, self.columnCount() - 1))
            self.changed.emit()
        else:
            self._show(rows)

    def _show(self, rows: tuple[Row, ...]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self.changed.emit()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Qt's."""
        return 0 if parent.isValid() else len(self._rows) + 1

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Qt's."""
        return 0 if parent.isValid() else len(self.titles) + 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section - 1] if 1 <= section <= len(self.titles) else ""
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        row, column = self.row(index.row()), index.column()
        if column == 0 and row is not None:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if 1 <= column <= len(self.titles) and self.editable(row, column - 1):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def editable(self, row: Row | None, cell: int) -> bool:
        """Whether a cell can be edited in place; owners of rows may say otherwise."""
        return row is None or len(row.cells[cell]) <= LONGEST

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        row, column = self.row(index.row()), index.column()
        text = column - 1 if 1 <= column <= len(self.titles) else None
        if role == Qt.ItemDataRole.CheckStateRole and column == 0 and row is not None:
            return Qt.CheckState.Checked if row.on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0 and row is not None:
            return self.tr("Sent") if row.on else self.tr("Not sent")
        if text is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(row, text)
        if role == Qt.ItemDataRole.EditRole:
            return row.cells[text] if row is not None else ""
        if role == Qt.ItemDataRole.ToolTipRole and row is not None:
            return self.tip(row, text)
        if role == Qt.ItemDataRole.ForegroundRole and (row is None or not row.on):
            return colour("muted")
        return None

    def tip(self, row: Row, cell: int) -> str:
        """What the pointer resting on a cell tells."""
        whole = row.cells[cell]
        if len(whole) > LONGEST:
            return self.tr("{count} characters: too long to be edited here.").format(count=f"{len(whole):,}")
        return whole if len(whole) > 40 else ""

    def _shown(self, row: Row | None, cell: int) -> str:
        if row is None:  # hints stand in the first cell always, in the others while the table is empty
            return self.hints[cell] if cell < len(self.hints) and (cell == 0 or not self._rows) else ""
        return row.cells[cell][:_SHOWN].replace("\r\n", "↵").replace("\n", "↵").replace("\t", "⇥")

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt's. A row that becomes empty does not count any more, but stays where it is."""
        number, column = index.row(), index.column()
        row = self.row(number)
        if role == Qt.ItemDataRole.CheckStateRole and column == 0 and row is not None:
            self.put(number, row._replace(on=Qt.CheckState(value) == Qt.CheckState.Checked))
            return True
        if role != Qt.ItemDataRole.EditRole or not 1 <= column <= len(self.titles):
            return False
        old = row or Row(True, ("",) * len(self.titles))
        if old.cells[column - 1] == value:
            return False
        self.put(number, self.edited(old, column - 1, str(value)))
        return True

    def edited(self, row: Row, cell: int, text: str) -> Row:
        """The row with another text in a cell."""
        cells = (*row.cells[:cell], text, *row.cells[cell + 1 :])
        held = None if row.held is _EMPTIED else row.held
        return Row(row.on, cells, _EMPTIED if held is None and not any(cells) else held)


class SwitchedRowsView(QTableView):
    """The table. Space switches, Delete takes away, Alt+Up and Alt+Down move, Ctrl+Z undoes."""

    changed = Signal()

    def __init__(self, name: str, model: SwitchedRowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_model = model
        model.setParent(self)
        self.setObjectName("pairs")
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setFont(code_font())
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.EditKeyPressed | trigger.DoubleClicked)
        self._lay_out()
        model.changed.connect(self.changed)
        self.clicked.connect(self._clicked)
        self._add_actions()

    def set_widths(self, shares: Sequence[int]) -> None:
        """How the texts share the width; the first share goes with the first text."""
        self._shares = tuple(shares)
        self._share()

    def _lay_out(self) -> None:
        self._shares = (2, *[3] * (len(self.rows_model.titles) - 1))
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setSectionsClickable(False)
        last = self.rows_model.columnCount() - 1
        for column in range(last + 1):
            fixed = column in (0, last)
            mode = QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            if fixed:
                header.resizeSection(column, 30 if column == 0 else 28)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        room = self.viewport().width() - 58
        for number, share in enumerate(self._shares):
            self.setColumnWidth(number + 1, max(60, room * share // sum(self._shares)))

    def remove_selected(self) -> None:
        """Take the chosen rows away."""
        current = self.currentIndex()
        self.rows_model.remove({index.row() for index in self.selectedIndexes()} or {current.row()})
        self._go(min(current.row(), self.rows_model.rowCount() - 1), current.column())

    def move_selected(self, by: int) -> None:
        """Move the current row up or down."""
        current = self.currentIndex()
        self._go(self.rows_model.move(current.row(), by), current.column())

    def _go(self, row: int, column: int) -> None:
        self.setCurrentIndex(self.rows_model.index(max(0, row), max(0, column)))

    def _undo(self) -> None:
        current = self.currentIndex()
        self.rows_model.undo()
        self._go(min(current.row(), self.rows_model.rowCount() - 1), current.column())

    def _redo(self) -> None:
        current = self.currentIndex()
        self.rows_model.redo()
        self._go(min(current.row(), self.rows_model.rowCount() - 1), current.column())

    def _add_actions(self) -> None:
        for text, keys, does in (
            (self.tr("Delete the row"), ["Del"], self.remove_selected),
            (self.tr("Move the row up"), ["Alt+Up"], lambda: self.move_selected(-1)),
            (self.tr("Move the row down"), ["Alt+Down"], lambda: self.move_selected(1)),
            (self.tr("Undo"), ["Ctrl+Z"], self._undo),
            (self.tr("Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], self._redo),
        ):
            action = QAction(text, self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(does)
            self.addAction(action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's. Return edits, on every platform."""
        index = self.currentIndex()
        editing = self.state() == QAbstractItemView.State.EditingState
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers()
            and index.isValid()
            and not editing
        ):
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
            return
        super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == self.rows_model.columnCount() - 1:
            if self.rows_model.row(index.row()) is not None:
                self.rows_model.remove([index.row()])
        elif index.flags() & Qt.ItemFlag.ItemIsEditable and not QApplication.keyboardModifiers():
            self.edit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's. The mark for taking a row away follows the pointer."""
        super().mouseMoveEvent(event)
        self.viewport().update()


class _RowDelegate(QStyledItemDelegate):
    """Paints the switch in the middle of its column, and edits texts as lines."""

    def __init__(self, view: SwitchedRowsView) -> None:
        super().__init__(view)
        self._view = view

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """Qt's."""
        editor = QLineEdit(parent)
        editor.setFont(code_font())
        editor.setMaxLength(2**31 - 1)
        editor.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or ""))
        return editor

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        model = self._view.rows_model
        if index.column() == 0 and model.row(index.row()) is not None:
            self._paint_switch(painter, option, index)
        elif index.column() == model.columnCount() - 1:
            self._paint_remove(painter, option, index)
        else:
            super().paint(painter, option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's. Rows that do not count are struck through, not only paler."""
        super().initStyleOption(option, index)
        row = self._view.rows_model.row(index.row())
        font = QFont(option.font)
        font.setStrikeOut(row is not None and not row.on)
        option.font = font

    def _paint_switch(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        if index == self._view.currentIndex() and self._view.hasFocus():
            painter.fillRect(rect, colour("selected"))
        box = QRect(0, 0, 14, 14)
        box.moveCenter(rect.center())
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colour("accent" if on else "muted"))
        painter.setBrush(colour("accent" if on else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if on:
            drawn = pixmap("tick", theme.tokens.on_accent, 12, self._view.devicePixelRatioF())
            painter.drawPixmap(box.left() + 1, box.top() + 1, drawn)
        painter.restore()

    def _paint_remove(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        pointer = self._view.viewport().mapFromGlobal(self._view.cursor().pos())
        hovered = self._view.underMouse() and self._view.rowAt(pointer.y()) == index.row()
        current = self._view.currentIndex().row() == index.row() and self._view.hasFocus()
        if self._view.rows_model.row(index.row()) is None or not (hovered or current):
            return
        rect: QRect = option.rect
        drawn = pixmap("close", theme.tokens.muted, 12, self._view.devicePixelRatioF())
        painter.drawPixmap(rect.center().x() - 5, rect.center().y() - 5, drawn)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt's. The whole cell of the switch takes the click, Space does the same."""
        if index.column() == 0 and self._view.rows_model.row(index.row()) is not None:
            pressed = event.type() == QEvent.Type.MouseButtonRelease
            spaced = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
            if pressed or (spaced and event.type() == QEvent.Type.KeyPress):
                on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
                state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
                return model.setData(index, state.value, Qt.ItemDataRole.CheckStateRole)
            return False
        return super().editorEvent(event, model, option, index)
