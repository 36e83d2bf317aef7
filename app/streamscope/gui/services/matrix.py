"""The access matrix: every combination of authentication, channel and protocol of a workspace, called once."""

import asyncio
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import dress, muted_label, retone
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import time_text, told
from streamscope.gui.theme import code_font, colour, small_font, strong_font
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Workspace

if TYPE_CHECKING:
    from concurrent.futures import Future

    from streamscope.engine.matrix import Cell
    from streamscope.gui.desk import Desk

Index = QModelIndex | QPersistentModelIndex
_LEADING = 2  # columns before the protocols: authentication, channel
Band = tuple[str, str, str, str]


class MatrixModel(QAbstractTableModel):
    """A band for each service, below it a row for an authentication and a channel; one column a protocol."""

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelves = desk.shelves
        self._protocols = list(desk.shelves.protocols)
        self._rows: list[Band] = []
        self._cells: dict[tuple[str, str, str, str, str], Cell] = {}

    def show_cells(self, cells: "list[Cell]") -> None:
        """Take up cells; rows in which nothing is offered are left out, their services keep one line."""
        for cell in cells:
            self._cells[cell.service, cell.generation, cell.auth, cell.channel, cell.protocol] = cell
        auths, channels = list(self._shelves.auth), list(self._shelves.channels)
        offered = {key[:4] for key, cell in self._cells.items() if cell.offered}
        bands = {(*key[:2], "", "") for key in self._cells}

        def place(row: Band) -> tuple[str, str, int, int]:
            auth = auths.index(row[2]) if row[2] else -1
            channel = channels.index(row[3]) if row[3] else -1
            return row[1], row[0], auth, channel

        self.beginResetModel()
        self._rows = sorted(offered | bands, key=place)
        self.endResetModel()

    def counts(self) -> tuple[int, int, int]:
        """Green, failed, not offered."""
        cells = self._cells.values()
        offered = [cell for cell in cells if cell.offered]
        green = sum(1 for cell in offered if cell.ok)
        return green, len(offered) - green, len(self._cells) - len(offered)

    def clear(self) -> None:
        """Start over."""
        self.beginResetModel()
        self._rows, self._cells = [], {}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else _LEADING + len(self._protocols)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            if section < _LEADING:
                return (self.tr("Authentication"), self.tr("Channel"))[section]
            return told(self._shelves.protocols[self._protocols[section - _LEADING]].label)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        row, column = self._rows[index.row()], index.column()
        if column < _LEADING:
            return self._leading(row, column, role)
        cell = self._cells.get((*row, self._protocols[column - _LEADING]))
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(cell)
        if role == Qt.ItemDataRole.ForegroundRole:
            return colour("muted" if cell is None or not cell.offered else "ok" if cell.ok else "error")
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.reason if cell is not None else None
        return None

    def bands(self) -> list[int]:
        """The rows that are a service's band."""
        return [number for number, row in enumerate(self._rows) if not row[2]]

    def _leading(self, row: Band, column: int, role: int) -> object:
        band = not row[2]
        if role == Qt.ItemDataRole.DisplayRole:
            if band:
                return self._band(row) if column == 0 else ""
            shelf = (self._shelves.auth, self._shelves.channels)[column]
            return told(shelf[row[column + 2]].label)
        if role == Qt.ItemDataRole.FontRole and band:
            return strong_font()
        if role == Qt.ItemDataRole.BackgroundRole and band:
            return colour("window")
        return None

    def _band(self, row: Band) -> str:
        cells = [cell for key, cell in self._cells.items() if key[:2] == row[:2]]
        offered = [cell for cell in cells if cell.offered]
        name = f"{row[0]} · {row[1]}"
        if not offered:
            why = next((cell.reason for cell in cells if cell.reason), "")
            return f"{name}   {why}"
        return self.tr("{name}   {green} of {all} green").format(
            name=name, green=sum(1 for cell in offered if cell.ok), all=len(offered)
        )

    def _text(self, cell: "Cell | None") -> str:
        if cell is None:
            return ""
        if not cell.offered:
            return "–"
        if cell.ok:
            return f"✓ {cell.status}   {time_text(cell.ttfb_ms)}"
        status = self.tr("no answer") if cell.status is None else str(cell.status)
        return f"✗ {status}   {cell.reason or ''}"


class MatrixView(QWidget):
    """The grid, a button that runs and stops it, and how it came out."""

    started = Signal(object)
    finished = Signal()

    def __init__(self, desk: "Desk", workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._workspace = workspace
        self._future: Future[Any] | None = None
        self._fresh: list[Cell] = []
        self._begun = 0.0
        self.model = MatrixModel(desk, self)
        self._state = QLabel(self.tr("Access matrix of {workspace}").format(workspace=workspace.name))
        self._state.setFont(strong_font(1.0))
        self._more = muted_label(self.tr("Calls every combination that the services offer, once, with a short answer."))
        self.run_button = QPushButton(self.tr("Run"))
        self.run_button.setAccessibleName(self.tr("Run the access matrix"))
        self.run_button.setProperty("role", "primary")
        dress(self.run_button, "send", "on_accent")
        self.run_button.clicked.connect(self._toggle)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._lay_out()
        self._frame = QTimer(self)  # cells come from the core's thread; the screen takes them up now and then
        self._frame.setInterval(100)
        self._frame.timeout.connect(self._take)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._state)
        words.addWidget(self._more)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self.run_button)
        self.table = QTableView()
        self.table.setAccessibleName(self.tr("Access matrix"))
        self.table.setModel(self.model)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(QFontMetrics(code_font()).height() + 8)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for section in range(self.model.columnCount()):
            stretch = section >= _LEADING
            header.setSectionResizeMode(
                section, QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Interactive
            )
        for section, width in enumerate((118, 108)):
            header.resizeSection(section, width)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 8)
        top.setSpacing(8)
        top.addLayout(row)
        top.addLayout(self._cards)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._progress)
        inset = QHBoxLayout()
        inset.setContentsMargins(8, 0, 0, 0)
        inset.addWidget(self.table)
        column.addLayout(inset, 1)

    def _toggle(self) -> None:
        if self._future is not None:
            self._desk.runtime.cancel(self._future)
        else:
            self.started.emit(self._run())

    def _run(self) -> Coroutine[Any, Any, None]:
        from streamscope.engine import matrix

        self.model.clear()
        self._begun = time.monotonic()
        self._running(True)
        self._future = self._desk.runtime.run(matrix.run(self._desk.runtime.core, self._workspace, self._fresh.append))
        return self._wait(self._future)

    async def _wait(self, future: "Future[Any]") -> None:
        stopped = False
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            stopped = True
        except StreamscopeError as error:
            self._cards.addWidget(MessageView("error", error.message, error.hint, cause=error.cause))
        finally:
            self._future = None
            self._running(False)
            self._take()
            self._tell(over=True, stopped=stopped)
            self.finished.emit()

    def _running(self, running: bool) -> None:
        self._progress.setVisible(running)
        self.run_button.setText(self.tr("Stop") if running else self.tr("Run again"))
        dress(self.run_button, "stop" if running else "send", "on_accent")
        if running:
            self._frame.start()
        else:
            self._frame.stop()

    def _take(self) -> None:
        fresh, self._fresh[:] = self._fresh[:], []
        if fresh:
            self.model.show_cells(fresh)
            self.table.clearSpans()
            for number in self.model.bands():
                self.table.setSpan(number, 0, 1, self.model.columnCount())
        if self._future is not None:
            self._tell(over=False)

    def _tell(self, *, over: bool, stopped: bool = False) -> None:
        green, red, missing = self.model.counts()
        seconds = f"{time.monotonic() - self._begun:.1f}"
        if not over:
            self._state.setText(self.tr("{count} called").format(count=green + red))
        elif stopped:
            self._state.setText(self.tr("Stopped after {count}").format(count=green + red))
        elif red:
            self._state.setText(self.tr("{green} green, {red} failed").format(green=green, red=red))
        else:
            self._state.setText(self.tr("All green: {green}").format(green=green))
        retone(self._state, "error" if red else "ok" if over and green and not stopped else "")
        more = self.tr("{seconds} s · combinations not offered: {missing}")
        self._more.setText(more.format(seconds=seconds, missing=missing))
        self._more.setFont(small_font())
