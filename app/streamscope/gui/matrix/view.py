"""The access matrix of a service or a workspace: every combination of the three choices, called once."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from streamscope.engine.matrix import composed, plan
from streamscope.engine.matrix_changes import merged
from streamscope.engine.matrix_changes import told as told_changes
from streamscope.engine.matrix_tables import FORMATS
from streamscope.gui.matrix import exports
from streamscope.gui.matrix.empty import EmptyMatrixView
from streamscope.gui.matrix.grid import MatrixGridView
from streamscope.gui.matrix.head import MatrixHeadView
from streamscope.gui.matrix.menu import cell_menu, column_menu
from streamscope.gui.matrix.model import LEADING, LOOK, Look, MatrixModel
from streamscope.gui.matrix.runs import MatrixRun
from streamscope.gui.matrix.words import cell_said, moment
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import StoreError, StreamscopeError
from streamscope.model.matrix import Cell, Key
from streamscope.model.service import Service, Workspace
from streamscope.store import files
from streamscope.store.matrix import results
from streamscope.store.recordings import opened

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MatrixView(QWidget):
    """The grid of a workspace, or of one service of it; runs it, stops it, compares it with the time before.

    `started` carries a coroutine to be run on the window's loop. `exchange_requested` carries an `Exchange` (live or
    reopened, its `draft` set) and a title; `compose_requested` a draft with a cell's three choices.
    """

    started = Signal(object)
    finished = Signal()
    exchange_requested = Signal(object, str)
    compose_requested = Signal(object)

    def __init__(
        self, desk: "Desk", workspace: Workspace, service: Service | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._workspace = workspace
        self._service = service
        self._results = results(desk.bench.profile, writable=desk.bench.writable)
        self._known: list[Cell] = []
        self._services: dict[str, Service] = {service.id: service} if service is not None else {}
        self._wanted: frozenset[Key] | None = None
        self._laid_out = False
        self._shown_before = False
        self._gone = False
        self._begun = 0.0
        self.model = MatrixModel(desk.shelves, self)
        self.runs = MatrixRun(desk, workspace, self._results, self)
        self.head = MatrixHeadView(workspace.name, service.name if service is not None else "", self)
        self.run_button = self.head.run_button
        self.grid = MatrixGridView(self.model)
        self._cards = QVBoxLayout()
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyMatrixView())
        self._stack.addWidget(self.grid)
        self._lay_out()
        self._connect()

    @property
    def going(self) -> bool:
        """Whether a run is under way."""
        return self.runs.going

    def run(self, wanted: Iterable[Key] | None = None) -> None:
        """Call everything, or only these cells; nothing where a run is under way."""
        if self.runs.going:
            return
        self._wanted = frozenset(wanted) if wanted is not None else None
        if self._wanted is not None and not self._wanted:
            return
        self._clear_cards()
        self._laid_out = self._wanted is not None
        self._begun = time.monotonic()
        self.model.compare_with(self._known)
        if self._wanted is not None:
            self.model.begin(self._wanted)
        service = self._service.id if self._service is not None and self._wanted is None else ""
        waiting = self.runs.begin(service, self._wanted)
        self.head.show_running(running=True)
        self._tell()
        self.started.emit(self._follow(waiting))

    def run_failed(self) -> None:
        """Call again what failed, or was stopped."""
        self.run(cell.key for cell in self.model.cells() if cell.state in ("failed", "stopped"))

    def stop(self) -> None:
        """Stop the run; what came stays."""
        self.runs.stop()

    def text(self, form: str) -> str:
        """The grid as "markdown", "csv" or "json"."""
        return FORMATS[form](self.model.cells(), self.model.found)

    def save_to(self, path: Path, form: str) -> None:
        """Write the grid into a file; what goes wrong is a card."""
        text = self.text(form)

        async def write() -> None:
            try:
                await asyncio.to_thread(files.write, path, text)
            except StoreError as error:
                self._complain(error)

        self.started.emit(write())

    def open_cell(self, cell: Cell) -> None:
        """Ask for the exchange of a cell to be shown: the live one while it runs, else its recording."""
        title = self.model.title_of(cell)
        exchange = self.runs.exchange(cell.key)
        if exchange is not None:
            self.exchange_requested.emit(exchange, title)
        elif cell.recording:
            self.started.emit(self._reopen(cell, title))
        elif cell.ok is not None:
            self._offer_to_call(cell)

    def compose(self, cell: Cell) -> None:
        """Ask for a draft with a cell's three choices and the service's sample."""

        async def ask() -> None:
            self.compose_requested.emit(await self._draft(cell))

        self.started.emit(ask())

    def event(self, event: QEvent) -> bool:
        """Qt's: this view's own keys go before the window's; a view that goes stops its run."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._own_key(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.DeferredDelete:
            self._gone = True
            self.runs.stop()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if not self._own_key(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.stop()
        elif event.key() == Qt.Key.Key_C:
            self._copy_cell(self.grid.currentIndex())
        else:
            self.run()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: at first the last results are looked up."""
        super().showEvent(event)
        if not self._shown_before:
            self._shown_before = True
            self.started.emit(self._recall())

    def _own_key(self, event: QKeyEvent) -> bool:
        key, control = event.key(), event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Escape:
            return self.runs.going
        if key == Qt.Key.Key_C:
            return control and self.grid.hasFocus()
        return key == Qt.Key.Key_F9 or (control and key in _ENTER)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        self._cards.setContentsMargins(12, 2, 12, 8)
        self._cards.setSpacing(6)
        column.addLayout(self._cards)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.head.run_requested.connect(lambda: self.stop() if self.runs.going else self.run())
        self.head.failed_requested.connect(self.run_failed)
        self.head.copy_requested.connect(lambda form: exports.copy(self.text(form)))
        self.head.save_requested.connect(self._ask_where)
        self.head.rows_chosen.connect(self._show_rows)
        self.runs.advanced.connect(self._advance)
        self.grid.cell_activated.connect(self.open_cell)
        self.grid.customContextMenuRequested.connect(
            lambda at: cell_menu(self, self.grid.indexAt(at)).popup(self.grid.viewport().mapToGlobal(at))
        )
        header = self.grid.header()
        header.customContextMenuRequested.connect(
            lambda at: column_menu(self, header.logicalIndexAt(at)).popup(header.mapToGlobal(at))
        )

    async def _recall(self) -> None:
        """The last results, for comparing and for looking at; of one service the grid as it is planned."""
        try:
            kept = await asyncio.to_thread(self._results.load, self._workspace.name)
        except StoreError as error:
            self._complain(error)
            kept = []
        if self._gone or self.runs.going or self.model.cells():
            return
        only = self._service.id if self._service is not None else ""
        self._known = kept
        mine = [cell for cell in kept if not only or cell.id == only]
        if self._service is not None and self._service.complete:
            newest = {cell.key: cell for cell in mine}
            mine = [
                newest.get(cell.key, cell) if cell.offered else cell for cell in self._planned(plan([self._service]))
            ]
        if mine:
            self._show(mine)
            works, failed, _ = self.model.counts()
            self.head.show_last(moment(max(cell.at for cell in mine)), works, failed)

    def _planned(self, places: Iterable[Any]) -> list[Cell]:
        return [
            Cell(
                place.service.name,
                place.service.generation,
                place.auth,
                place.channel,
                place.protocol,
                place.why is None,
                reason=told(place.why) if place.why is not None else None,
                id=place.service.id,
            )
            for place in places
        ]

    def _show(self, cells: list[Cell]) -> None:
        self.model.lay_out(cells)
        self._stack.setCurrentWidget(self.grid)
        self.grid.choose_first()
        self.head.show_cells(there=bool(cells))

    def _advance(self) -> None:
        """Once a frame: the plan, once it is known, and what came."""
        if self._gone:
            return
        if not self._laid_out:
            places, services = self.runs.plan()
            if not places:
                return
            self._services |= services
            self._show(self._planned(places))
            self.model.begin(place.key for place in places if place.why is None)
            self._laid_out = True
        self.model.take(self.runs.fresh(), self.runs.running())
        self._tell()

    async def _follow(self, waiting: "Callable[[], Coroutine[Any, Any, list[Cell] | None]]") -> None:
        cells: list[Cell] | None = None
        try:
            cells = await waiting()
        except StreamscopeError as error:
            self._complain(error)
        if self._gone:
            return
        self._advance()
        if cells and self._wanted is not None:
            self.model.take([cell for cell in cells if not cell.offered], ())
        self.model.end()
        self.head.show_running(running=False)
        self._tell(over=cells is not None)
        self.finished.emit()
        if cells:
            await self._keep(cells)

    async def _keep(self, cells: list[Cell]) -> None:
        """Remember the results; those of a service that is gone only go with a whole run."""
        whole = self._service is None and self._wanted is None and not self.runs.stopped
        kept = [cell for cell in (cells if whole else merged(self._known, cells)) if cell.offered]
        self._known = kept
        try:
            await asyncio.to_thread(self._results.save, self._workspace.name, kept)
        except StoreError as error:
            self._complain(error)

    async def _reopen(self, cell: Cell, title: str) -> None:
        try:
            exchange = await asyncio.to_thread(opened, Path(cell.recording))
        except StreamscopeError:
            self._offer_to_call(cell)
            return
        exchange.draft = await self._draft(cell)
        self.exchange_requested.emit(exchange, title)

    async def _draft(self, cell: Cell) -> Draft:
        """The draft of a cell: the service's sample where the service can be found, the three choices otherwise."""
        from streamscope.engine import discover

        service = self._services.get(cell.id)
        if service is None:
            runtime = self._desk.runtime
            try:
                service = await asyncio.wrap_future(runtime.run(discover.find(runtime.core, self._workspace, cell.id)))
            except StreamscopeError:
                choices = Choice(cell.auth), Choice(cell.channel), Choice(cell.protocol)
                return Draft(*choices, workspace=self._workspace.name, service=cell.id)
            self._services[cell.id] = service
        return composed(service, cell.auth, cell.channel, cell.protocol, self._workspace.name)

    def _offer_to_call(self, cell: Cell) -> None:
        self._clear_cards()
        card = MessageView(
            "info",
            self.tr("The exchange of this cell was not kept."),
            self.tr("Recordings are kept for some days only, and none of calls from the command line."),
            closable=True,
        )
        card.offer(self.tr("Call it again")).clicked.connect(lambda: self.run([cell.key]))
        self._cards.addWidget(card)

    def _complain(self, error: StreamscopeError) -> None:
        if not self._gone:
            self._cards.addWidget(MessageView("error", error.message, error.hint, cause=error.cause, closable=True))

    def _clear_cards(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if (card := item.widget()) is not None:
                card.hide()
                card.deleteLater()

    def _show_rows(self, shown: Any) -> None:
        self.model.show_rows(shown)
        self.grid.choose_first()

    def _copy_cell(self, index: QModelIndex) -> None:
        look, cell = index.data(LOOK), self.model.cell_at(index)
        if isinstance(look, Look) and cell is not None:
            exports.copy(f"{self.model.title_of(cell)}: {cell_said(look)}")
        elif index.column() < LEADING and index.isValid():
            exports.copy(str(index.data() or ""))

    def _ask_where(self, form: str) -> None:
        name = f"matrix {self._workspace.name} {self._service.name if self._service is not None else ''}"
        safe = "-".join("".join(sign if sign.isalnum() else " " for sign in name).split())[:80]
        exports.ask_for_file(self, safe, form, lambda path: self.save_to(path, form))

    def _tell(self, *, over: bool | None = None) -> None:
        works, failed, missing = self.model.counts()
        offered = self.model.offered() if self._laid_out else 0
        done = len(self._wanted) if self._wanted is not None else offered
        self.head.show_counts(
            works=works,
            failed=failed,
            missing=missing,
            seconds=time.monotonic() - self._begun,
            left=self.model.waiting(),
            of=done,
            over=over,
            stopped=self.runs.stopped,
            changed=told_changes(self.model.found)
            if over and any(cell.ok is not None for cell in self._known)
            else None,
        )
