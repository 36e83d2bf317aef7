"""The window: services, composer and live pane side by side; what is asked for in one is done here with the core."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget

from streamscope.gui import defaults
from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.live.pane import LivePane
from streamscope.gui.menus import build_menus
from streamscope.gui.messages import MessagesView
from streamscope.gui.services.pane import ServicesPane
from streamscope.gui.theme import theme
from streamscope.model.draft import Draft
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Service, Workspace
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.tab import ExchangeView
    from streamscope.kinds.protocols.base import OutgoingQueue, Send
    from streamscope.store.bench import Bench
    from streamscope.store.recordings import Exchange


@dataclass(frozen=True, slots=True)
class Sending:
    """What runs in the core for an exchange that is shown."""

    future: "Future[Any]"
    outgoing: "OutgoingQueue"


class Window(QMainWindow):
    """One window on a bench."""

    painted = Signal()
    closed = Signal()
    ready = Signal()

    def __init__(self, bench: "Bench") -> None:
        super().__init__()
        self.bench = bench
        self.desk: Desk | None = None
        self._painted = False
        self._closing = False
        self._sendings: dict[ExchangeView, Sending] = {}
        self._open: set[Exchange] = set()
        self._geometry = QSettings(str(bench.profile / "window.ini"), QSettings.Format.IniFormat)
        self.services = ServicesPane()
        self.composer = ComposerPane()
        self.live = LivePane()
        self.messages = MessagesView()
        self._lay_out()
        self.actions_by_name = build_menus(self)
        self._connect()
        self.setWindowTitle(self.tr("Streamscope"))
        self.composer.address.path.setFocus()
        for notice in bench.notices:
            self.messages.tell("warning", notice)

    def settle(self, desk: "Desk") -> None:
        """The core is there: fill the panes and read the services."""
        self.desk = desk
        workspaces = desk.bench.workspaces.all()
        self.services.set_workspaces(workspaces)
        self.composer.fill(desk.shelves)
        self._say_keyring()
        wanted = desk.bench.settings.get("workspace")
        first = next((workspace for workspace in workspaces if workspace.name == wanted), workspaces[0])
        for workspace in workspaces:
            self._start(self._refresh(workspace, choose=workspace is first), f"read the services of {workspace.name}")

    def refresh(self) -> None:
        """Read the services of every workspace again."""
        if self.desk is not None:
            for workspace in self.desk.bench.workspaces.all():
                self._start(self._refresh(workspace), f"read the services of {workspace.name}")

    def send(self, draft: Draft) -> None:
        """Send a draft and watch it in a tab of its own."""
        if self.desk is None or self._closing:
            return
        from streamscope.engine.send import transmit
        from streamscope.gui.live.tab import ExchangeView
        from streamscope.kinds.protocols.base import OutgoingQueue

        exchange = self.desk.bench.recordings.new(draft)
        self._open.add(exchange)
        outgoing = OutgoingQueue()
        duplex = self.desk.shelves.protocols[draft.protocol.kind].duplex
        view = ExchangeView(exchange, duplex=duplex, saved=self.desk.bench.dialects.all())
        view.outgoing_requested.connect(lambda item: self._send_more(view, item))
        view.resend_requested.connect(self.send)
        view.trust_requested.connect(lambda fingerprint: self._trust(view.exchange.draft, fingerprint))
        view.feed.finished.connect(lambda: self._finished(view))
        self._sendings[view] = Sending(
            self.desk.runtime.run(transmit(exchange, self.desk.runtime.core, outgoing)), outgoing
        )
        self._watch_for_bugs(self._sendings[view].future)
        self.live.add(view, self._title(draft))

    def stop(self) -> None:
        """Stop the exchange in front."""
        if (view := self.live.current()) is not None:
            self.stop_view(view)

    def stop_view(self, view: "ExchangeView") -> None:
        """Stop an exchange; what came stays."""
        sending = self._sendings.get(view)
        if sending is not None and self.desk is not None:
            self.desk.runtime.cancel(sending.future)

    def open_matrix(self) -> None:
        """Open the access matrix of the composer's workspace."""
        if self.desk is None:
            return
        from streamscope.gui.services.matrix import MatrixView

        name = self.composer.workspace or self.desk.bench.settings.get("workspace")
        workspaces = self.desk.bench.workspaces.all()
        workspace = next((known for known in workspaces if known.name == name), workspaces[0])
        view = MatrixView(self.desk, workspace)
        view.started.connect(lambda task: self._start(task, "run the matrix"))
        self.live.add_view(view, self.tr("Access matrix"))
        view.run_button.setFocus()

    def wear(self, appearance: str) -> None:
        """Change the look and keep the choice."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.wear(app, appearance)
        try:
            self.bench.settings.set("appearance", appearance)
        except StreamscopeError as error:
            self.messages.tell("warning", error.message, error.hint, cause=error.cause)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: remember the places of things, stop looking; whoever opened the window ends the rest."""
        self._geometry.setValue("window", self.saveGeometry())
        self._geometry.setValue("outer", self._outer.saveState())
        self._geometry.setValue("inner", self.composer.split.saveState())
        self._closing = True
        for view in self.live.views():
            view.feed.stop()
            self.stop_view(view)
        super().closeEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def _lay_out(self) -> None:
        self._outer = QSplitter(Qt.Orientation.Horizontal)
        self._outer.addWidget(self.services)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.composer, 1)
        self._outer.addWidget(right)
        self._outer.setStretchFactor(1, 1)
        self._outer.setSizes([236, 1044])
        self._outer.setCollapsible(1, False)
        self.composer.split.addWidget(self.live)
        self.composer.split.setStretchFactor(0, 2)
        self.composer.split.setStretchFactor(1, 3)
        self.composer.split.setSizes([420, 624])
        self.setCentralWidget(self._outer)
        self._sandbox = QLabel()
        self._keyring = QLabel()
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self._sandbox)
        self.statusBar().addPermanentWidget(self._keyring)
        self._sandbox.setText(self.tr("Starting…"))
        self.resize(1280, 800)
        if (kept := self._geometry.value("window")) is not None:
            self.restoreGeometry(kept)
            for splitter, name in ((self._outer, "outer"), (self.composer.split, "inner")):
                if (state := self._geometry.value(name)) is not None:
                    splitter.restoreState(state)

    def _connect(self) -> None:
        self.services.refresh_requested.connect(self.refresh)
        self.services.chosen.connect(self._chosen)
        self.composer.send_requested.connect(self.send)
        self.composer.stop_requested.connect(self.stop)
        self.composer.auth_shown.connect(self._auth_shown)
        self.composer.auth_form.keep_requested.connect(self._keep)
        self.live.state_changed.connect(self._show_running)
        self.live.closed.connect(self._tab_closed)

    def _chosen(self, service: Service) -> None:
        self._fill(service)
        if not service.complete:
            self._start(self._complete(service), f"read {service.name}")

    def _fill(self, service: Service) -> None:
        self.composer.set_service(
            service,
            defaults.protocol_for(service),
            auth=defaults.auth_for(service),
            channel=defaults.channel_for(service),
        )

    async def _complete(self, service: Service) -> None:
        from streamscope.engine import discover

        assert self.desk is not None  # noqa: S101 - services are chosen only when the core is there
        runtime = self.desk.runtime
        found = await asyncio.wrap_future(runtime.run(discover.complete(runtime.core, service)))
        self.services.update_service(found)
        if self.composer.service is None or self.composer.service.id != found.id:
            return
        if self.composer.touched:  # whoever was quicker than the platform keeps what was typed
            self.composer.update_service(found)
        else:
            self._fill(found)

    async def _refresh(self, workspace: Workspace, *, choose: bool = False) -> None:
        from streamscope.engine import discover

        assert self.desk is not None  # noqa: S101 - asked for only when the core is there
        runtime = self.desk.runtime
        self.services.begin(workspace.name)
        own = defaults.fills_secrets(workspace)
        if own:
            self._sandbox.setText(self.tr("Sandbox: starting…"))
        try:
            found = await asyncio.wrap_future(runtime.run(discover.services(runtime.core, workspace)))
        except StreamscopeError as error:
            self.services.fail(workspace.name, error)
            if own:
                self._sandbox.setText(self.tr("Sandbox: not running"))
            return
        self.services.finish(workspace.name, found)
        if own:
            self._sandbox.setText(self.tr("Sandbox: running, services: {count}").format(count=len(found)))
        if choose and self.composer.service is None:
            first = next((service for service in found if service.name == defaults.SERVICE), None)
            self.services.choose(workspace.name, first.id if first else found[0].id if found else "")
            self.ready.emit()

    def _auth_shown(self, workspace: str, auth: str) -> None:
        if self.desk is not None:
            self._start(self._explain_auth(workspace, auth), "look into the keyring")

    async def _explain_auth(self, workspace: str, auth: str) -> None:
        """Say in the empty fields where their values come from. A keyring may block: it is asked in a thread."""
        desk = self.desk
        if desk is None or not (fields := desk.shelves.auth[auth].fields):
            return
        known = next((found for found in desk.bench.workspaces.all() if found.name == workspace), None)
        if known is not None and defaults.fills_secrets(known):
            hints = {field.key: self.tr("filled in by the sandbox") for field in fields if field.required}
            note = self.tr("The sandbox knows its own secrets; what is typed here is sent instead.")
            self.composer.auth_form.explain(workspace, auth, hints, note, keepable=False)
            return

        def look() -> tuple[list[str], bool]:
            secret = [field.key for field in fields if field.kind == "secret"]
            kept = [key for key in secret if desk.bench.secrets.get(workspace, auth, key)]
            return kept, desk.bench.secrets.available

        kept, available = await asyncio.to_thread(look)
        note = "" if available else self.tr("There is no keyring here: secrets are kept in memory for this session.")
        self.composer.auth_form.explain(workspace, auth, dict.fromkeys(kept, self.tr("kept in the keyring")), note)

    def _keep(self, workspace: str, auth: str, secrets: dict[str, str]) -> None:
        async def keep() -> None:
            if self.desk is not None:
                for key, value in secrets.items():
                    await asyncio.to_thread(self.desk.bench.secrets.set, workspace, auth, key, value)
                await self._explain_auth(workspace, auth)

        self._start(keep(), "keep secrets")

    def _say_keyring(self) -> None:
        async def ask() -> None:
            if self.desk is not None:
                there = await asyncio.to_thread(lambda: self.bench.secrets.available)
                self._keyring.setText(
                    self.tr("Keyring: ready") if there else self.tr("No keyring: secrets in memory only")
                )

        self._start(ask(), "ask for the keyring")

    def _send_more(self, view: "ExchangeView", item: "Send") -> None:
        sending = self._sendings.get(view)
        if sending is not None and self.desk is not None:
            self.desk.runtime.call(sending.outgoing.put, item)

    def _trust(self, draft: Draft, fingerprint: str) -> None:
        if self.desk is None:
            return
        known = next((found for found in self.bench.workspaces.all() if found.name == draft.workspace), None)
        if known is None:
            return
        try:
            self.bench.workspaces.save(replace(known, trusted=(*known.trusted, fingerprint)))
        except StreamscopeError as error:
            self.messages.tell("error", error.message, error.hint, cause=error.cause)
            return
        self.send(draft)

    def release(self) -> None:
        """Close the recordings; nothing is written into them any more."""
        for exchange in self._open:
            exchange.close()
        self._open.clear()

    def _finished(self, view: "ExchangeView") -> None:
        self._sendings.pop(view, None)
        if view.exchange.path is not None:  # it is opened again for a row that is looked at
            self._close_recording(view.exchange)
        self._show_running()

    def _tab_closed(self, view: "ExchangeView") -> None:
        self.stop_view(view)
        self._sendings.pop(view, None)
        if view.exchange.ended:
            self._close_recording(view.exchange)

    def _close_recording(self, exchange: "Exchange") -> None:
        exchange.close()
        self._open.discard(exchange)

    def _show_running(self) -> None:
        view = self.live.current()
        self.composer.address.set_running(view is not None and view.live)

    def _title(self, draft: Draft) -> str:
        service = self.composer.service
        name = service.name if service is not None and service.id == draft.service else ""
        if not name:
            name = draft.channel.values.get("url", "").partition("://")[2].partition("/")[0] or self.tr("request")
        return name

    def _watch_for_bugs(self, future: "Future[Any]") -> None:
        """Send's own errors are events; anything else that ends it is a bug and belongs to the excepthook's row."""

        async def wait() -> None:
            await asyncio.wrap_future(future)

        self._start(wait(), "wait for an exchange")

    def _start(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        async def shown() -> None:
            try:
                await coroutine
            except asyncio.CancelledError:
                pass  # stopped: what there is to say, the exchange says itself
            except StreamscopeError as error:
                self.messages.tell("error", error.message, error.hint, cause=error.cause)
            except Exception as error:  # noqa: BLE001 - a bug is told in the window, the program goes on
                self.tell_bug(error)

        spawn(shown(), name=name)

    def tell_bug(self, error: BaseException) -> None:
        """Show what should never happen."""
        told = phrase("Something went wrong inside of Streamscope: {error}", error=f"{type(error).__name__}: {error}")
        self.messages.tell("error", told, UsageError(told).hint)
