"""Many runs as a table: what the middle of all is, then each, sorted as a person likes, outliers marked."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.gui.live.header import RESULTS
from streamscope.gui.live.summary.model import figure_font, mark_icon
from streamscope.gui.live.summary.rows import value_text
from streamscope.gui.texts import told
from streamscope.gui.theme import colour, strong_font

if TYPE_CHECKING:
    from streamscope.engine.runs import Run, Spread

Index = QModelIndex | QPersistentModelIndex
TITLE, CURVE, OUTCOME = range(3)
FIGURES = (
    ("ttft", "ms"), ("tpot", "ms"), ("itl.p99", "ms"), ("e2e", "ms"), ("total", "ms"), ("tokens_per_s", ""),
    ("tokens", ""), ("stalls", ""),
)  # fmt: skip
"""Columns behind the outcome: the figure and its unit."""
HEAD = 2
"""Rows at the top that are no runs: the median, and from where to where most are."""
RUN = int(Qt.ItemDataRole.UserRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Read:
    """A run that was read, or why it could not be."""

    number: int
    title: str
    run: "Run | None"
    problem: str = ""

    def figure(self, key: str) -> float | None:
        """A figure's value, where it has one."""
        return self.run.figures.get(key) if self.run is not None else None


class RunsModel(QAbstractTableModel):
    """Row 0 is the median, row 1 the spread; they stay at the top however the others are sorted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: list[Read] = []
        self.longest, self.most = 1.0, 1
        """The one scale of all curves: ms, messages."""
        self._order: list[int] = []
        self._spreads: list[Spread | None] = [None] * len(FIGURES)
        self._sorted = (TITLE, Qt.SortOrder.AscendingOrder)
        translate = QCoreApplication.translate
        self.titles = (
            translate("runs", "Run"), translate("runs", "Came over time"), translate("runs", "Outcome"),
            translate("runs", "First token"), translate("runs", "One token"), translate("runs", "Gap p99"),
            translate("runs", "Last token"), translate("runs", "Total"), translate("runs", "Tokens/s"),
            translate("runs", "Tokens"), translate("runs", "Stalls"),
        )  # fmt: skip

    def add(self, runs: "Sequence[Read]") -> None:
        """More of them."""
        if not runs:
            return
        first = HEAD + len(self.runs) if self.runs else 0
        self.beginInsertRows(QModelIndex(), first, HEAD + len(self.runs) + len(runs) - 1)
        self._order += range(len(self.runs), len(self.runs) + len(runs))
        self.runs += runs
        self.endInsertRows()
        from streamscope.engine.runs import spread

        self._spreads = [spread([run.figure(key) for run in self.runs]) for key, _ in FIGURES]
        curves = [run.run.curve for run in self.runs if run.run is not None and run.run.curve.times]
        self.longest = max((curve.times[-1] for curve in curves), default=1.0) or 1.0
        self.most = max((curve.total for curve in curves), default=1)
        self.sort(*self._sorted)
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.titles) - 1))

    def at(self, row: int) -> Read | None:
        """The run in a row; None for the two at the top."""
        return self.runs[self._order[row - HEAD]] if row >= HEAD else None

    def outliers(self) -> int:
        """How many runs have a figure that is far from the middle."""
        return len({at for spread in self._spreads if spread is not None for at in spread.outliers})

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Qt's. What is not known comes last, whichever way."""
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        held = [(self.at(index.row()), index) for index in old]
        down = order == Qt.SortOrder.DescendingOrder
        known = [at for at in range(len(self.runs)) if self._key(at, column) is not None]
        known.sort(key=lambda at: self._key(at, column), reverse=down)  # type: ignore[arg-type, return-value]  # those without one are left out above
        self._order = known + [at for at in range(len(self.runs)) if self._key(at, column) is None]
        rows = {at: HEAD + row for row, at in enumerate(self._order)}
        places = {id(self.runs[at]): row for at, row in rows.items()}
        new = [self.index(index.row() if run is None else places[id(run)], index.column()) for run, index in held]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _key(self, at: int, column: int) -> float | str | None:
        run = self.runs[at]
        if column == TITLE:
            return float(run.number)
        if column == CURVE:
            return run.run.curve.total if run.run is not None else None
        if column == OUTCOME:
            return self._outcome(run)
        return run.figure(FIGURES[column - 3][0])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() or not self.runs else HEAD + len(self.runs)

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
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) if section <= OUTCOME else _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        run, column = self.at(index.row()), index.column()
        if role == RUN:
            return run
        if role == Qt.ItemDataRole.DisplayRole:
            return self._middle(index.row(), column) if run is None else self._text(run, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column > OUTCOME else None
        if role == Qt.ItemDataRole.FontRole:
            return strong_font() if run is None and column == TITLE else figure_font()
        if run is None:
            return colour("muted") if role == Qt.ItemDataRole.ForegroundRole and column > TITLE else None
        outlying = column > OUTCOME and self._outlying(run, column)
        if role == Qt.ItemDataRole.DecorationRole:
            if column == OUTCOME:
                return mark_icon(RESULTS[run.run.outcome][0] if run.run is not None else "failed")
            return mark_icon("concerning") if outlying else None
        if role == Qt.ItemDataRole.ForegroundRole and outlying:
            return colour("warn")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._about(run, column, outlying=outlying)
        return None

    def _outlying(self, run: Read, column: int) -> bool:
        spread = self._spreads[column - 3]
        return spread is not None and run.number in spread.outliers

    def _text(self, run: Read, column: int) -> str:
        if column == TITLE:
            return run.title
        if column == OUTCOME:
            return self._outcome(run)
        if column == CURVE:
            return ""
        key, unit = FIGURES[column - 3]
        value = run.figure(key)
        return "–" if value is None else value_text(value, unit)

    def _outcome(self, run: Read) -> str:
        return told(RESULTS[run.run.outcome][2]) if run.run is not None else run.problem

    def _middle(self, row: int, column: int) -> str:
        translate = QCoreApplication.translate
        if column == TITLE:
            return translate("runs", "Median") if row == 0 else translate("runs", "p10 – p90")
        spread = self._spreads[column - 3] if column > OUTCOME else None
        if spread is None:
            return ""
        unit = FIGURES[column - 3][1]
        if row == 0:
            return value_text(spread.median, unit)
        low, high = value_text(spread.p10, unit), value_text(spread.p90, unit)
        return f"{low.removesuffix(' ms') if high.endswith(' ms') else low} – {high}"

    def _about(self, run: Read, column: int, *, outlying: bool) -> str | None:
        if column in (TITLE, OUTCOME):
            return run.title if column == TITLE else self._outcome(run)
        if outlying and (spread := self._spreads[column - 3]) is not None:
            middle = value_text(spread.median, FIGURES[column - 3][1])
            return QCoreApplication.translate("runs", "Far from the median of {median}").format(median=middle)
        return None

    def as_csv(self) -> str:
        """All runs as they are sorted, numbers as they are, times in ms."""
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(("run", "started", "outcome", "status", *(key for key, _ in FIGURES)))
        for at in self._order:
            read = self.runs[at]
            known = read.run
            outcome = (known.started, known.outcome, known.status) if known is not None else ("", read.problem, "")
            values = (read.figure(key) for key, _ in FIGURES)
            lines.writerow((read.title, *outcome, *("" if value is None else value for value in values)))
        return out.getvalue()
