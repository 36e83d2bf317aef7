"""Hundreds of runs of one request: of each a small curve on one scale and its figures, what stands out marked."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.language import retold
from streamscope.gui.live.compare.runs_model import CURVE, OUTCOME, RUN, TITLE, Read, RunsModel
from streamscope.gui.live.summary.delegate import NumberDelegate
from streamscope.gui.live.summary.model import figure_font
from streamscope.gui.live.summary.work import Progress, Work
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.theme import colour, strong_font
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived
    from streamscope.engine.runs import Curve, Run
    from streamscope.model.delta import Paths

_MARK = 16
"""Pixels for the mark of an outlier, and of how it is sorted."""
_NARROW = 520
_CURVES = 60
"""So many are drawn over each other; more would say the same."""
_OFTEN = 250
"""Milliseconds between two looks at what was read."""


class RunsView(QWidget):
    """Runs by title and source: an exchange that is open, one that was read before, or the folder of a recording.

    They are read one after another, aside; kept are their figures and a curve of 64 points of each, nothing more.
    `open_requested` carries the source of a run, `compare_requested` the (title, source) of two.
    """

    open_requested = Signal(object)
    compare_requested = Signal(object, object)

    def __init__(
        self, runs: "Sequence[tuple[str, Derived | Run | Path]]", saved: "Iterable[Paths]" = (),
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._runs = list(runs)
        self._read: list[Read] = []
        self._taken = 0
        self.model = RunsModel(self)
        self.table = self._table()
        self._told = ElidedLabel("")
        self._told.setFont(strong_font())
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, max(1, len(self._runs)))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(self._stop)
        self.compare = QPushButton(self.tr("Compare two"))
        self.compare.setToolTip(self.tr("Choose two runs, then compare their texts, timing and figures."))
        self.compare.setEnabled(False)
        self.compare.clicked.connect(self._compare)
        copy = tool_button("copy", self.tr("Copy all as CSV"), self)
        copy.clicked.connect(self._copy)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(self._told, 1)
        for widget in (self.stop, self.compare, copy):
            bar.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._progress)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self._timer = QTimer(self)
        self._timer.setInterval(_OFTEN)
        self._timer.timeout.connect(self._take)
        self._timer.start()
        self._work = Work("streamscope runs", self)
        self._work.finished.connect(lambda _: self._over())
        self._work.failed.connect(lambda _: self._over())
        self._work.start(partial(_read_all, self._runs, tuple(saved), self._read))
        self._tell()

    @property
    def busy(self) -> bool:
        """Whether runs are still being read."""
        return self._work.busy

    def words(self) -> str:
        """What is told above."""
        return self._told.accessibleName()

    def chosen(self) -> list[Read]:
        """The runs that are selected, as they are sorted."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [run for run in map(self.model.at, rows) if run is not None]

    def _take(self) -> None:
        """Show what was read since."""
        stop = len(self._read)
        if stop > self._taken:
            empty = not self._taken
            self.model.add(self._read[self._taken : stop])
            self._taken = stop
            if empty:
                self._fit()
        self._progress.setValue(self._taken)
        self._tell()

    def _tell(self) -> None:
        done, all_ = self._taken, len(self._runs)
        if self.busy:
            self._told.set_text(self.tr("Read {count} of {all} runs").format(count=f"{done:,}", all=f"{all_:,}"))
            return
        outliers = self.model.outliers()
        text = self.tr("Runs: {count}").format(count=f"{done:,}")
        if done < all_:
            text = self.tr("{count} of {all} runs, stopped").format(count=f"{done:,}", all=f"{all_:,}")
        if outliers:
            text += " · " + self.tr("far from the others: {count}").format(count=outliers)
        self._told.set_text(text)

    def _over(self) -> None:
        self._timer.stop()
        self._progress.hide()
        self.stop.hide()
        self._take()
        self._fit()

    def _stop(self) -> None:
        self._work.stop()
        self._over()

    def _compare(self) -> None:
        first, second = (self._runs[run.number] for run in self.chosen()[:2])
        self.compare_requested.emit(first, second)

    def _open(self, index: QModelIndex) -> None:
        run = self.model.at(index.row()) if index.isValid() else None
        if run is not None:
            self.open_requested.emit(self._runs[run.number][1])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_csv())

    def _chosen_changed(self) -> None:
        self.compare.setEnabled(len(self.chosen()) == 2)

    def _table(self) -> QTableView:
        table = _RunsTable()
        table.setObjectName("cells")
        table.setAccessibleName(self.tr("Runs"))
        table.setModel(self.model)
        table.setItemDelegateForColumn(CURVE, CurveDelegate(table))
        numbers = NumberDelegate(table)
        for column in range(OUTCOME + 1, self.model.columnCount()):
            table.setItemDelegateForColumn(column, numbers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setProperty("plain", True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(figure_font()).height() + 11)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSortIndicatorClearable(False)
        table.horizontalHeader().setResizeContentsPrecision(0)  # the rows that are seen; hundreds would take a while
        table.sortByColumn(TITLE, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        table.activated.connect(self._open)
        table.opened.connect(self._open)
        table.selectionModel().selectionChanged.connect(lambda *_: self._chosen_changed())
        for text, act in (
            (self.tr("Open"), lambda: self._open(table.currentIndex())),
            (self.tr("Copy all as CSV"), self._copy),
        ):
            action = QAction(text, table)
            action.triggered.connect(act)
            table.addAction(action)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return table

    def _fit(self) -> None:
        header = self.table.horizontalHeader()
        for column in range(self.model.columnCount()):
            size = max(self.table.sizeHintForColumn(column), header.sectionSizeHint(column))
            header.resizeSection(column, min(size, 220) if column == TITLE else size + _MARK)
        header.resizeSection(CURVE, 150 if self.width() > _NARROW else 96)
        header.resizeSection(OUTCOME, min(header.sectionSize(OUTCOME), 160))


class _RunsTable(QTableView):
    """Enter opens, whatever the platform calls activation."""

    opened = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class CurveDelegate(QStyledItemDelegate):
    """A run's curve, all on the scale of the longest and the fullest."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._made: dict[int, QPolygonF] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(150, 20)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour("selected"))
        read, model = index.data(RUN), index.model()
        if isinstance(model, RunsModel):
            area = QRectF(option.rect).adjusted(8, 4, -8, -4)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            shown, tint = [read], colour("accent")
            if index.row() == 0:  # every curve at once, faint: how far they spread
                shown = model.runs[:: 1 + len(model.runs) // _CURVES]
                tint.setAlpha(max(16, 160 // (1 + len(model.runs) // 4)))
            elif isinstance(read, Read):
                painter.setPen(QPen(colour("line"), 1))
                painter.drawLine(area.bottomLeft(), area.bottomRight())
            pen = QPen(tint, 1.4 if index.row() else 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.translate(area.bottomLeft())
            painter.scale(area.width() / model.longest, -area.height() / model.most)
            for one in shown:
                if isinstance(one, Read) and one.run is not None:
                    painter.drawPolyline(self._polygon(one.number, one.run.curve))
        painter.restore()

    def _polygon(self, number: int, curve: "Curve") -> QPolygonF:
        """A curve in ms and messages; made once."""
        made = self._made.get(number)
        if made is None:
            from streamscope.engine.runs import counts_of

            points = [QPointF(t, count) for t, count in zip(curve.times, counts_of(curve), strict=True)]
            made = self._made[number] = QPolygonF([QPointF(points[0].x(), 0), *points] if points else [])
        return made


def _read_all(
    runs: "Sequence[tuple[str, Derived | Run | Path]]", saved: "tuple[Paths, ...]", made: list[Read], progress: Progress
) -> None:
    """Read each, in a thread; what was read is appended."""
    from streamscope.engine.compare import Stopped

    for number, (title, source) in enumerate(runs):
        if progress.stopped:
            return
        try:
            made.append(Read(number, title, _run(title, source, saved, progress)))
        except Stopped:
            return
        except StreamscopeError as error:
            made.append(Read(number, title, None, retold(str(error.message))))
        progress.tell(number + 1, len(runs))


def _run(title: str, source: "Derived | Run | Path", saved: "tuple[Paths, ...]", progress: Progress) -> "Run":
    from streamscope.engine.report import walk
    from streamscope.engine.runs import Run, run_of
    from streamscope.store.recordings import opened

    if isinstance(source, Run):
        return source
    if not isinstance(source, Path):
        return run_of(title, walk(source.exchange), saved=saved, stopped=progress.breathe)
    exchange = opened(source)
    try:
        return run_of(title, walk(exchange), saved=saved, stopped=progress.breathe)
    finally:
        exchange.close()
