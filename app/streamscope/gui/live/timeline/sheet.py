"""A chart's figures as a table, for who reads rather than looks; and what is copied and written of them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from streamscope.engine.bins import BYTES_IN, BYTES_OUT, READ, RECEIVED, SENT, Columns
from streamscope.gui.live.timeline.drawing import figures_font

if TYPE_CHECKING:
    from streamscope.engine.series import Histogram
    from streamscope.gui.live.timeline.figures import Curve

Value = float | int | str
_ROWS = 20
_EDGES = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Sheet:
    """Figures in rows under titles; times in ms."""

    titles: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]

    def csv(self) -> str:
        """As comma-separated values (RFC 4180), numbers in full."""
        return self._written(",")

    def tabbed(self) -> str:
        """As spreadsheets take it from the clipboard."""
        return self._written("\t")

    def _written(self, between: str) -> str:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=between, lineterminator="\r\n" if between == "," else "\n")
        writer.writerow(self.titles)
        writer.writerows(self.rows)
        return out.getvalue()


def of_columns(columns: Columns) -> Sheet:
    """What came in each column of a strip."""
    translate = QCoreApplication.translate
    titles = (
        translate("timeline", "from, ms"),
        translate("timeline", "to, ms"),
        translate("timeline", "received"),
        translate("timeline", "sent"),
        translate("timeline", "reads"),
        translate("timeline", "bytes received"),
        translate("timeline", "bytes sent"),
    )
    edges = (columns.edges / 1e6).tolist()
    received = columns.counts[list(RECEIVED)].sum(0).tolist()
    sent, reads = columns.counts[SENT].tolist(), columns.counts[READ].tolist()
    sizes = columns.sizes.astype("int64").tolist()
    return Sheet(
        titles,
        list(zip(edges, edges[1:], received, sent, reads, sizes[BYTES_IN], sizes[BYTES_OUT], strict=False)),
    )


def of_curve(curve: "Curve", rows: int = _ROWS) -> Sheet:
    """A cumulative curve at so many points, evenly apart in time."""
    import numpy as np

    translate = QCoreApplication.translate
    titles = (
        translate("timeline", "time, ms"),
        translate("timeline", "so far"),
        translate("timeline", "share, %"),
        translate("timeline", "straight line"),
    )
    times, counts = curve.times, curve.counts
    if not len(times):
        return Sheet(titles, [])
    if len(times) > rows:
        at = np.linspace(float(times[0]), float(times[-1]), rows)
        places = np.maximum(np.searchsorted(times, at, "right") - 1, 0)
        places[-1] = len(times) - 1
    else:
        at, places = times.astype(np.float64), np.arange(len(times))
    total, span = float(counts[-1]), max(1.0, float(times[-1] - times[0]))
    straight = counts[0] + (at - times[0]) / span * (total - counts[0])
    made = []
    for t, count, line in zip((at / 1e6).tolist(), counts[places].tolist(), straight.tolist(), strict=True):
        made.append((round(t, 6), round(count, 3), round(100 * count / total, 2) if total else 0.0, round(line, 3)))
    return Sheet(titles, made)


def of_gaps(found: "Histogram | None") -> Sheet:
    """A distribution: percentiles, gaps of no length, then every bin that has any."""
    translate = QCoreApplication.translate
    titles = (
        translate("timeline", "gaps"),
        translate("timeline", "from, ms"),
        translate("timeline", "to, ms"),
        translate("timeline", "count"),
    )
    if found is None:
        return Sheet(titles, [])
    single = [(f"p{percent}", value) for percent, value in found.quantiles]
    single += [(translate("timeline", "longest"), found.longest), (translate("timeline", "mean"), found.mean)]
    rows: list[tuple[Value, ...]] = [(name, round(value, 4), round(value, 4), "") for name, value in single]
    if found.zeros:
        rows.append((translate("timeline", "in one read"), 0.0, 0.0, found.zeros))
    for low, high, count in zip(found.edges.tolist(), found.edges.tolist()[1:], found.counts.tolist(), strict=False):
        if count:
            rows.append(("", float(f"{low:.4g}"), float(f"{high:.4g}"), count))
    return Sheet(titles, rows)


class SheetView(QTableWidget):
    """The table; what is selected of it, or all, can be copied."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet((), [])
        self.setAccessibleName(name)
        self.setFont(figures_font())
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.horizontalHeader().setDefaultAlignment(_EDGES)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 9)
        copy = QAction(self.tr("Copy"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show these figures."""
        if sheet == self.sheet:
            return
        self.sheet = sheet
        self.setColumnCount(len(sheet.titles))
        self.setHorizontalHeaderLabels(list(sheet.titles))
        self.setRowCount(len(sheet.rows))
        for row, values in enumerate(sheet.rows):
            for column, value in enumerate(values):
                item = QTableWidgetItem(_told(value))
                item.setTextAlignment(_EDGES)
                self.setItem(row, column, item)

    def copy(self) -> None:
        """Put the selected rows, or all, into the clipboard."""
        chosen = sorted({index.row() for index in self.selectedIndexes()})
        rows = [self.sheet.rows[row] for row in chosen] if chosen else self.sheet.rows
        QGuiApplication.clipboard().setText(Sheet(self.sheet.titles, rows).tabbed())


def _told(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
