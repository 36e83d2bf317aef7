"""What a table of rows that can be switched off holds, and every step back."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from streamscope.gui.theme import colour

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

    def add(self, number: int, rows: Iterable[Row]) -> None:
        """Put rows in before a row."""
        self._change((*self._rows[:number], *rows, *self._rows[number:]))

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
