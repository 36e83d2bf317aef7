"""Figures of both, side by side, with what differs and which is better; any table of texts that can be copied."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from streamscope.gui.live.summary.delegate import NumberDelegate
from streamscope.gui.live.summary.model import figure_font, mark_icon
from streamscope.gui.live.summary.rows import value_text
from streamscope.gui.texts import told
from streamscope.gui.theme import colour

if TYPE_CHECKING:
    from streamscope.engine.compare import Measure
    from streamscope.engine.figures import Value

Index = QModelIndex | QPersistentModelIndex
_LEAST, _MOST = 165, 280
"""Pixels that the first column is given before others go, and that it takes where there is room."""
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, the token of its colour ('' for the usual one), a state's mark before it, and the mark in words."""

    text: str
    tone: str = ""
    mark: str = ""
    said: str = ""


class CellsModel(QAbstractTableModel):
    """Rows of cells under titles; the first column is words, the others are numbers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.titles: tuple[str, ...] = ()
        self.rows: list[tuple[Cell, ...]] = []
        self.words: frozenset[int] = frozenset({0})
        """Columns that are read from the left."""

    def show_rows(self, titles: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> None:
        """Show these."""
        self.beginResetModel()
        self.titles, self.rows = tuple(titles), list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            return left if section in self.words else _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        cell = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole and cell.said:
            return f"{cell.text}, {cell.said}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.said or (cell.text if index.column() in self.words else None)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return None if index.column() in self.words else _RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return figure_font()
        if role == Qt.ItemDataRole.ForegroundRole and cell.tone:
            return colour(cell.tone)
        if role == Qt.ItemDataRole.DecorationRole and cell.mark:
            return mark_icon(cell.mark)
        return None

    def as_csv(self, rows: Sequence[int] | None = None) -> str:
        """Rows with their titles, as CSV."""
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(self.titles)
        lines.writerows(
            [cell.text for cell in self.rows[at]] for at in (range(len(self.rows)) if rows is None else rows)
        )
        return out.getvalue()


class CellsView(QTableView):
    """A quiet table: one column takes what room is left, those named in `spare` go where it is narrow."""

    def __init__(self, name: str, spare: Sequence[int] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = CellsModel(self)
        self._spare, self._stretched = spare, 0
        self._numbers = NumberDelegate(self)
        self.setObjectName("cells")
        self.setModel(self.cells)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("plain", True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(figure_font()).height() + 9)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        copy = QAction(self.tr("Copy"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        whole = QAction(self.tr("Copy all as CSV"), self)
        whole.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.cells.as_csv()))
        self.addActions([copy, whole])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_rows(
        self, titles: Sequence[str], rows: Sequence[tuple[Cell, ...]], words: Sequence[int] = (0,), stretched: int = 0
    ) -> None:
        """Show these; `words` are the columns that are no numbers, `stretched` takes what room is left."""
        self.cells.words, self._stretched = frozenset(words), stretched
        self.cells.show_rows(titles, rows)
        for column in set(range(len(titles))) - set(words):
            self.setItemDelegateForColumn(column, self._numbers)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        header, count = self.horizontalHeader(), self.cells.columnCount()
        sizes = [max(self.sizeHintForColumn(at), header.sectionSizeHint(at)) + 4 for at in range(count)]
        stretched, room = self._stretched, self.viewport().width()
        needed = sum(sizes) - sizes[stretched] + min(sizes[stretched], _LEAST) if sizes else 0
        for at in range(count):
            hidden = at in self._spare and needed > room
            header.setSectionHidden(at, hidden)
            if hidden:
                needed -= sizes[at]
                sizes[at] = 0
            elif at != stretched:
                header.resizeSection(at, sizes[at])
        if sizes:
            left = room - sum(sizes) + sizes[stretched]
            most = max(sizes[stretched], _MOST) if stretched == 0 else left
            header.resizeSection(stretched, max(90, min(left, most)))

    def _copy(self) -> None:
        rows = sorted({index.row() for index in self.selectedIndexes()})
        QGuiApplication.clipboard().setText(self.cells.as_csv(rows))


def measure_rows(measures: "Sequence[Measure]") -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Titles and rows of all figures; of details those that tell most: how gaps between messages are spread."""
    translate = QCoreApplication.translate
    titles = (
        translate("compare", "Figure"), "A", "B", "B − A", "B ÷ A", translate("compare", "Better"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for row in measures:
        if "." in row.key and (not row.key.startswith("itl.") or row.key == "itl.p50"):  # p50 is the figure itself
            continue
        better = row.better
        difference = "" if row.difference is None or isinstance(row.a, bool) else _signed(row.difference, row.unit)
        ratio = "" if row.ratio is None or isinstance(row.a, bool) else f"{row.ratio:.2f} ×"
        rows.append(
            (
                Cell(told(row.label)),
                _side(row.a, row.unit, better=better == "a"),
                _side(row.b, row.unit, better=better == "b"),
                Cell(difference, "muted"),
                Cell(ratio, "muted"),
                Cell(better.upper(), "ok"),
            )
        )
    return titles, rows


def _side(value: "Value | None", unit: str, *, better: bool) -> Cell:
    text = "–" if value is None else value_text(value, unit)
    return Cell(text, "ok", "complete", QCoreApplication.translate("compare", "better")) if better else Cell(text)


def _signed(value: float, unit: str) -> str:
    text = value_text(abs(value), unit)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text
