"""The summary as a table: three columns, changed in place while an exchange goes on."""

from functools import lru_cache

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon
from PySide6.QtWidgets import QApplication

from streamscope.gui.live.pane import state_icon
from streamscope.gui.live.summary.rows import Row
from streamscope.gui.marks import STATES
from streamscope.gui.theme import colour, small_font, strong_font, theme

Index = QModelIndex | QPersistentModelIndex
LABEL, VALUE, MORE = range(3)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
MARKS = {"met": "complete", "close": "concerning", "missed": "error", "unknown": "unknown"}
"""Verdict -> mark (gui/marks.py): check, triangle, cross, dash."""
_LOW = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
ROW = int(Qt.ItemDataRole.UserRole)


def mark_icon(state: str) -> QIcon:
    """A state's mark as an icon, drawn once for each look."""
    return _drawn(state, theme.tokens.name)


@lru_cache(maxsize=64)
def _drawn(state: str, _look: str) -> QIcon:
    return state_icon(state)


def figure_font() -> QFont:
    """The desktop's font with figures of one width, so that numbers do not dance."""
    font = QApplication.font()
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class SummaryModel(QAbstractTableModel):
    """Rows of `rows.Row`; where the same rows come again only what differs is told."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.wide = True
        """Whether there is room for the third column; without it a verdict's word stands with its value."""
        self._titles = (self.tr("Figure"), self.tr("Value"), self.tr("More"))

    def widen(self, wide: bool) -> None:
        """There is room for the third column, or there is none."""
        if wide != self.wide:
            self.wide = wide
            if self.rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, MORE))

    def show_rows(self, rows: list[Row]) -> None:
        """Show these; rows in between come and go in place, so that nothing else moves."""
        for at, row in enumerate(rows):
            if at < len(self.rows) and self.rows[at].key == row.key:
                continue
            keys = {kept.key for kept in rows[at:]}
            while at < len(self.rows) and self.rows[at].key not in keys:
                self._remove(at)
            if at < len(self.rows) and self.rows[at].key == row.key:
                continue
            if (old := next((n for n in range(at, len(self.rows)) if self.rows[n].key == row.key), -1)) >= 0:
                self._remove(old)
            self.beginInsertRows(QModelIndex(), at, at)
            self.rows.insert(at, row)
            self.endInsertRows()
        while len(self.rows) > len(rows):
            self._remove(len(self.rows) - 1)
        changed = [at for at, row in enumerate(rows) if self.rows[at] != row]
        self.rows = list(rows)
        for at in changed:
            self.dataChanged.emit(self.index(at, 0), self.index(at, MORE))

    def _remove(self, at: int) -> None:
        self.beginRemoveRows(QModelIndex(), at, at)
        del self.rows[at]
        self.endRemoveRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's: headings are none to stand on."""
        if index.isValid() and self.rows[index.row()].kind == "group":
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == VALUE and row.kind == "verdict" and not self.wide:
                return f"{row.value} · {row.more}"
            return (row.label, row.value, row.more)[column]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            if row.kind == "group":
                return _LOW
            return _RIGHT if column == VALUE else None
        if role == Qt.ItemDataRole.SizeHintRole and row.kind == "group" and column == LABEL:
            return QSize(0, QFontMetrics(strong_font()).height() + (8 if index.row() == 0 else 18))
        if role == Qt.ItemDataRole.FontRole:
            return self._font(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column == LABEL and row.kind == "verdict":
            return mark_icon(MARKS[row.state])
        if role == Qt.ItemDataRole.DecorationRole and column == VALUE and row.kind == "figure" and row.warned:
            return mark_icon("concerning")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return "\n".join(row.about)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.label}, {row.value} {row.more}".rstrip() if column == LABEL else None
        return None

    def _font(self, row: Row, column: int) -> QFont | None:
        if row.kind == "group":
            return strong_font() if column == LABEL else small_font()
        return None if column == LABEL else figure_font()

    def _colour(self, row: Row, column: int) -> object:
        if row.kind == "group":
            return colour("muted") if column == MORE else colour("text")
        if row.kind == "verdict" and column != LABEL:
            return colour(STATES[MARKS[row.state]][0])
        if column == VALUE and row.warned:
            return colour("warn")
        return colour("muted") if column == MORE else None
