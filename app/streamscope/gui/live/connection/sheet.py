"""Names and values under titles, in one list that also ten thousand of them do not slow down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics

from streamscope.gui.assets import icon
from streamscope.gui.live.connection.visible import line, tip
from streamscope.gui.theme import code_font, colour, strong_font, theme

Index = QModelIndex | QPersistentModelIndex
NAME, VALUE, HINT = range(3)
TITLE = Qt.ItemDataRole.UserRole
"""What stands beside a title; None for a row that is no title."""
ROW = int(Qt.ItemDataRole.UserRole) + 1
_ICONS = {"error": ("error", "error"), "warning": ("warning", "warn")}


@dataclass(frozen=True, slots=True)
class Row:
    """A name and a value as they are; `hint` tells what it means, `masked` that a secret in it is not shown.

    `key` is whatever the view that made it knows it by.
    """

    name: str
    value: str
    tone: str = ""
    hint: str = ""
    masked: bool = False
    key: object = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title; `about` is beside it."""

    title: str
    about: str
    rows: tuple[Row, ...]
    tone: str = ""


class SheetModel(QAbstractTableModel):
    """Sections one below the other: a row for each title, then their rows, filtered and sorted as asked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sections: list[Section] = []
        self._flat: list[tuple[int, int]] = []
        self._wanted = ""
        self._by_name = False

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show these instead of what is shown; nothing happens where they are the same."""
        if list(sections) == self.sections:
            return
        self.beginResetModel()
        self.sections = list(sections)
        self._flat = [place for at in range(len(self.sections)) for place in self._places(at)]
        self.endResetModel()

    def add_sections(self, sections: Sequence[Section]) -> None:
        """Show these below what is shown."""
        first = len(self.sections)
        self.sections += sections
        new = [place for at in range(first, len(self.sections)) for place in self._places(at)]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._flat), len(self._flat) + len(new) - 1)
            self._flat += new
            self.endInsertRows()

    def filter(self, wanted: str, *, by_name: bool) -> None:
        """Show only rows in whose name or value this is found, whatever the letters' case; by name or as they came."""
        self.beginResetModel()
        self._wanted, self._by_name = wanted.lower(), by_name
        self._flat = [place for at in range(len(self.sections)) for place in self._places(at)]
        self.endResetModel()

    def row(self, at: int) -> Row | None:
        """What a row shows; None for a title."""
        section, row = self._flat[at]
        return self.sections[section].rows[row] if row >= 0 else None

    def section(self, at: int) -> Section:
        """The section that a row belongs to."""
        return self.sections[self._flat[at][0]]

    def rows(self) -> list[Row]:
        """All rows that are shown, without titles."""
        return [found for at in range(len(self._flat)) if (found := self.row(at)) is not None]

    def place(self, key: object) -> int:
        """The row with a key, -1 where none is shown."""
        found = (at for at in range(len(self._flat)) if (row := self.row(at)) is not None and row.key == key)
        return next(found, -1)

    def title(self, section: int) -> int:
        """The row of a section's title, -1 where it is not shown."""
        return self._flat.index((section, -1)) if (section, -1) in self._flat else -1

    def hits(self) -> int:
        """How many rows are shown, titles not counted."""
        return sum(row >= 0 for _, row in self._flat)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._flat)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if not index.isValid():
            return None
        found = self.row(index.row())
        if found is None:
            return self._title(self.section(index.row()), index.column(), role)
        if index.column() == HINT:
            return _hint(found, role)
        value = index.column() == VALUE
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line(found.value if value else found.name)
            case Qt.ItemDataRole.FontRole:
                return code_font() if value else None
            case Qt.ItemDataRole.ForegroundRole:
                tones = {"error": "error", "warning": "warn", "muted": "muted"}
                return colour(tones.get(found.tone, "text") if value else "muted")
            case Qt.ItemDataRole.ToolTipRole:
                return tip(found.hint) or None
            case Qt.ItemDataRole.DecorationRole if value:
                return _mark(found)
            case Qt.ItemDataRole.AccessibleTextRole:
                return line(found.value if value else found.name)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return found.hint or None
            case _ if role == ROW:
                return found
        return None

    def _title(self, section: Section, column: int, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return section.title if column == NAME else ""
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{section.title} {line(section.about)}" if column == NAME else ""
            case Qt.ItemDataRole.FontRole:
                return strong_font()
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, QFontMetrics(code_font()).height() + 8)
            case Qt.ItemDataRole.DecorationRole if column == NAME and section.tone in _ICONS:
                return _worn(section.tone)
            case _ if role == TITLE:
                return line(section.about)
        return None

    def _places(self, at: int) -> list[tuple[int, int]]:
        section, wanted = self.sections[at], self._wanted
        order = list(range(len(section.rows)))
        if wanted:
            order = [
                row
                for row in order
                if wanted in section.rows[row].name.lower() or wanted in section.rows[row].value.lower()
            ]
            if not order:
                return []
        if self._by_name:
            order = sorted(order, key=lambda row: section.rows[row].name.lower())
        return [(at, -1), *((at, row) for row in order)]


def _hint(row: Row, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
            return row.hint
        case Qt.ItemDataRole.ToolTipRole:
            return tip(row.hint) or None
        case Qt.ItemDataRole.ForegroundRole:
            return colour("muted")
    return None


def _mark(row: Row) -> Any:
    if row.masked:
        return icon("lock", theme.tokens.muted)
    return _worn(row.tone) if row.tone in _ICONS else None


def _worn(tone: str) -> Any:
    name, tint = _ICONS[tone]
    return icon(name, getattr(theme.tokens, tint))
