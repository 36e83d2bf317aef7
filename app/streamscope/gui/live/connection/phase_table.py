"""The waterfall as a table: attempt, phase, begin, end, duration, share, and what it came to."""

import csv
import io
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.gui.live.connection.lines import GAP, Line, word
from streamscope.gui.live.connection.visible import tip
from streamscope.gui.theme import colour

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class PhaseTableModel(QAbstractTableModel):
    """A row for each phase, and for each pause before one; times in ms since Send."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._whole = 1
        self._titles = (
            self.tr("Attempt"),
            self.tr("Phase"),
            self.tr("Begin, ms"),
            self.tr("End, ms"),
            self.tr("Took, ms"),
            self.tr("Share, %"),
            self.tr("What"),
        )

    def show_lines(self, lines: list[Line], whole: int) -> None:
        """Show these; a table that did not grow keeps its selection."""
        rows = [row for one in lines if one.bar >= 0 for row in _with_pause(one)]
        self._whole = max(1, whole)
        if len(rows) == len(self.lines):
            self.lines = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._titles) - 1))
            return
        self.beginResetModel()
        self.lines = rows
        self.endResetModel()

    def cells(self, at: int) -> tuple[str, ...]:
        """A row's texts."""
        one = self.lines[at]
        lasted = one.end - one.begin
        name = word(one.name) if one.name else self.tr("(pause)")
        end = self.tr("goes on") if one.open else f"{one.end / 1e6:.3f}"
        share = f"{100 * lasted / self._whole:.1f}"
        return str(one.attempt + 1), name, f"{one.begin / 1e6:.3f}", end, f"{lasted / 1e6:.3f}", share, one.text

    def text(self, separator: str = ",") -> str:
        """All of it as separated values."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        writer.writerow(self._titles)
        writer.writerows(self.cells(at) for at in range(len(self.lines)))
        return out.getvalue()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if 2 <= section <= 5 else int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cells(index.row())[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 6:
            return tip(self.lines[index.row()].text)
        if role == Qt.ItemDataRole.TextAlignmentRole and 2 <= index.column() <= 5:
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            one = self.lines[index.row()]
            return colour("error" if one.failed else "text" if one.name else "muted")
        return None


def _with_pause(one: Line) -> list[Line]:
    if one.gap < GAP:
        return [one]
    return [Line(one.attempt, one.bar, "", one.begin - one.gap, one.begin), one]
