"""The window: sidebar, open requests, composer and live pane; what is asked for in one is done here with the core."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget

from streamscope.gui import defaults
from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.preview import PreviewView
from streamscope.gui.drafts import DraftTabs, OpenDraft, title_of, with_sample
from streamscope.gui.library.collections import CollectionsPane
from streamscope.gui.library.environment_model import EnvironmentModel
from streamscope.gui.live.pane import LivePane
from streamscope.gui.menus import build_menus
from streamscope.gui.messages import MessagesView
from streamscope.gui.services.pane import ServicesPane
from streamscope.gui.sidebar import SidebarPane
from streamscope.gui.theme import theme
from streamscope.gui.variables import VariableMarks
from streamscope.model.draft import Draft
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Sample, Service, Workspace
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.engine.preview import Prepared
    from streamscope.gui.desk import Desk
    from streamscope.gui.dialogs import Dialogs
    from streamscope.gui.keeping import Keeping
    from streamscope.gui.live.tab import ExchangeView
    from streamscope.gui.sendings import Sendings
    from streamscope.gui.services.refreshing import Refreshing
    from streamscope.store.bench import Bench
    from streamscope.store.recordings import Exchange


class Window(QMainWindow):
    """One window on a bench."""

    painted = Signal()
    closed = Signal()
    ready = Signal()
    another_requested = Signal()
    quit_requested = Signal()

    def __init__(self, bench: "Bench") -> None:
        super().__init__()
        self.bench = bench
        self.desk: Desk | None = None
        self.sendings: Sendings | None = None
        self.refreshing: Refreshing | None = None
        self.keeping: Keeping | None = None
        self.dialogs: Dialogs | None = None
        self._painted = self._ready = False
        self.closing = False
        self._geometry = QSettings(str(bench.profile / "window.ini"), QSettings.Format.IniFormat)
        self.sidebar = SidebarPane()
        self.services = ServicesPane()
        self.composer = ComposerPane()
        self.drafts = DraftTabs(self.composer)
        self.preview = PreviewView()
        self.collections = CollectionsPane()
        self.environments = EnvironmentModel(bench, self)
        self.live = LivePane()
        self.messages = MessagesView()
        self._lay_out()
        self.actions_by_name: dict[str, QAction] = build_menus(self)
        self._connect()
        self.setWindowTitle(self.tr("Streamscope"))
        self.composer.address.path.setFocus()
        for notice in bench.notices:
            self.messages.tell("warning", notice)

    def settle(self, desk: "Desk", place: str = "") -> None:
        """The core is there: fill the panes, open what was open before, read the services. `place` names this window
        among those whose requests are kept."""
        from streamscope.gui.dialogs import Dialogs
        from streamscope.gui.keeping import Keeping
        from streamscope.gui.sendings import Sendings
        from streamscope.gui.services.refreshing import Refreshing

        self.desk = desk
        self.sendings = Sendings(desk, self.live, self.start, self)
        self.refreshing = Refreshing(desk, self.services, self.start, self)
        self.keeping = Keeping(desk, self.drafts, self.messages, self.start, place, self)
        self.dialogs = Dialogs(desk, self, self.actions_by_name, self._titled)
        self._connect_core(self.sendings, self.refreshing, self.keeping, self.dialogs)
        self.composer.fill(desk.shelves)
        self.composer.auth_form.settle(desk, self.composer.draft)
        self.preview.set_prepare(self.prepare)
        self.collections.settle(desk.bench.collections)
        self.environments.refresh()
        if not self.keeping.restore(desk.kept):
            self.drafts.open_draft(Draft())
        self._say_keyring()
        self.refreshing.begin(desk.bench.settings.get("workspace"))

    async def prepare(self, fetch: bool) -> "Prepared":
        """What would leave if what is composed were sent now; `fetch`: a token may be fetched for it."""
        from streamscope.engine.preview import prepared

        assert self.desk is not None  # noqa: S101 - asked for only when the core is there
        runtime, draft = self.desk.runtime, self._ready_to_send(self.composer.draft())
        made = prepared(runtime.core, draft, fetch=fetch, scope=self.environments.scope())
        return await asyncio.wrap_future(runtime.run(made))

    def new_request(self) -> None:
        """Open an empty request and go to its address."""
        self.drafts.open_draft(Draft())
        self.composer.focus_address()

    def open_collection(self) -> None:
        """Show the collections and ask for a folder."""
        self.sidebar.show_pane("collections")
        self.collections.choose_folder()

    def save(self) -> None:
        """Write the request in front into its file, or ask for one."""
        front = self.drafts.current()
        if self.keeping is not None and front is not None:
            self.keeping.save(front)

    def save_as(self) -> None:
        """Write the request in front into another file."""
        self.drafts.read()
        if (front := self.drafts.current()) is not None:
            self.ask_name(front)

    def find_anything(self, *, requests: bool = False) -> None:
        """Open the palette: of everything, or of requests only."""
        from streamscope.gui.palette import open_palette

        open_palette(self, requests=requests)

    def refresh(self) -> None:
        """Read the services of every workspace again."""
        if self.refreshing is not None:
            self.refreshing.refresh()

    def send(self, draft: Draft) -> None:
        """Send a draft and watch it in a tab of its own."""
        if self.sendings is not None and not self.closing:
            front = self.drafts.current()
            known = self.service_of(draft)
            title = title_of(OpenDraft(draft, draft, service=known)) or self.tr("request")
            key = front.key if front is not None else ""
            self.sendings.send(self._ready_to_send(draft), title, key, known, self.environments.scope())
            if self.refreshing is not None:
                self.refreshing.note_used(draft.workspace, draft.service)

    def send_front(self, draft: Draft) -> None:
        """Send what is composed; what of the same request still runs is stopped: one key sends again."""
        front = self.drafts.current()
        if self.sendings is not None and front is not None:
            front.sent = True
            for view in self.sendings.running(front.key):
                self.sendings.stop(view)
        self.send(draft)

    def service_of(self, draft: Draft) -> Service | None:
        """The service that a draft names, as far as it is known here."""
        chosen = self.composer.service
        if chosen is not None and (chosen.workspace, chosen.id) == (draft.workspace, draft.service):
            return chosen
        return self.services.model.known(draft.workspace, draft.service) if draft.service else None

    def stop(self) -> None:
        """Stop the exchange in front."""
        if (view := self.live.current()) is not None:
            self.stop_view(view)

    def stop_view(self, view: "ExchangeView") -> None:
        """Stop an exchange; what came stays."""
        if self.sendings is not None:
            self.sendings.stop(view)

    def open_matrix(self, service: Service | None = None) -> None:
        """Open the access matrix of a service, else of the composer's workspace."""
        if self.desk is None:
            return
        from streamscope.gui.matrix.view import MatrixView

        name = service.workspace if service is not None else self.composer.workspace
        name = name or self.desk.bench.settings.get("workspace")
        workspaces = self.desk.bench.workspaces.all()
        workspace = next((known for known in workspaces if known.name == name), workspaces[0])
        view = MatrixView(self.desk, workspace, service)
        view.started.connect(lambda task: self.start(task, "run the matrix"))
        view.exchange_requested.connect(self.reopen)
        view.compose_requested.connect(self.compose)
        self.live.add_view(view, self.tr("Access matrix"))
        view.run_button.setFocus()

    def reopen(self, exchange: "Exchange", title: str) -> None:
        """Show an exchange of before in a tab."""
        if self.sendings is not None:
            self.sendings.reopen(exchange, title)

    def compose(self, draft: Draft) -> None:
        """Open a request for a draft that came from elsewhere."""
        self.drafts.open_draft(draft, service=self.service_of(draft), kept=Draft())

    def close_front(self) -> None:
        """Close the answer where the focus is in one, else the request in front."""
        focus = QApplication.focusWidget()
        if focus is not None and self.live.isAncestorOf(focus) and self.live.tabs.count():
            self.live.close_current()
        else:
            self.drafts.close_current()

    def walk(self, by: int) -> None:
        """Put the focus into the next pane, or the one before: sidebar, address, sheets, answer."""
        stops: list[tuple[QWidget, QWidget]] = [
            (self.sidebar, self.sidebar.front),
            (self.composer.head, self.composer.address.path),
            (self.composer.sheets, self.composer.sheets.currentWidget() or self.composer.sheets),
            (self.live, self.live.tabs if self.live.tabs.count() else self.live),
        ]
        stops = [stop for stop in stops if stop[0].isVisible()]
        focus = QApplication.focusWidget()
        here = next((at for at, (pane, _) in enumerate(stops) if focus is not None and _inside(pane, focus)), -1)
        _enter(stops[(here + by) % len(stops)][1])

    def change_side(self) -> None:
        """Put the sidebar on the other side of the window."""
        sizes = self._outer.sizes()
        self._outer.insertWidget(1 - self._outer.indexOf(self.sidebar), self.sidebar)
        self._outer.setSizes(sizes[::-1])
        self._outer.setStretchFactor(self._outer.indexOf(self.sidebar), 0)
        self._outer.setStretchFactor(1 - self._outer.indexOf(self.sidebar), 1)

    def swap(self) -> None:
        """Show the answer below the request instead of beside it, or the other way round."""
        split = self.composer.split
        beside = split.orientation() == Qt.Orientation.Horizontal
        split.setOrientation(Qt.Orientation.Vertical if beside else Qt.Orientation.Horizontal)

    def find_here(self) -> None:
        """Find in the pane that has the focus: its own search, else the filter of the sidebar."""
        focus = QApplication.focusWidget()
        while focus is not None and focus is not self:
            if callable(find := getattr(focus, "open_find", None)):
                find()
                return
            focus = focus.parentWidget()
        self.sidebar.show()
        pane = self.sidebar.front
        getattr(pane, "filter", pane).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def wear(self, appearance: str) -> None:
        """Change the look and keep the choice."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.wear(app, appearance)
        try:
            self.bench.settings.set("appearance", appearance)
        except StreamscopeError as error:
            self.tell_error(error)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: remember the places of things, stop looking; whoever opened the window ends the rest."""
        self._geometry.setValue("window", self.saveGeometry())
        self._geometry.setValue("outer", self._outer.saveState())
        self._geometry.setValue("right", self._outer.indexOf(self.sidebar) == 1)
        self._geometry.setValue("inner", self.composer.split.saveState())
        self.closing = True
        self.drafts.read()
        if self.sendings is not None:
            self.sendings.stop_all()
        if self.refreshing is not None:
            self.refreshing.close()
        if self.dialogs is not None:
            self.dialogs.close()
        self.preview.stop()
        super().closeEvent(event)
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: nobody sees a minimised window, so no platform is asked for it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.refreshing is not None:
            self.refreshing.set_looking(not self.isMinimized())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def release(self) -> None:
        """Close the recordings; nothing is written into them any more."""
        if self.sendings is not None:
            self.sendings.release()

    def start(self, coroutine: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Run a coroutine of the window; what goes wrong in it is a message in its place, a bug too."""

        async def shown() -> None:
            try:
                await coroutine
            except asyncio.CancelledError:
                pass  # stopped: what there is to say, the exchange says itself
            except StreamscopeError as error:
                self.tell_error(error)
            except Exception as error:  # noqa: BLE001 - a bug is told in the window, the program goes on
                self.tell_bug(error)

        return spawn(shown(), name=name)

    def tell_error(self, error: StreamscopeError) -> None:
        """Show what went wrong: what, why, what to try."""
        self.messages.tell("error", error.message, error.hint, cause=error.cause)

    def tell_bug(self, error: BaseException) -> None:
        """Show what should never happen."""
        told = phrase("Something went wrong inside of Streamscope: {error}", error=f"{type(error).__name__}: {error}")
        self.messages.tell("error", told, UsageError(told).hint)

    def _lay_out(self) -> None:
        self.sidebar.add("services", self.tr("Services"), "server", self.services)
        self.sidebar.add("collections", self.tr("Collections"), "folder", self.collections)
        self.composer.add_sheet(self.preview, self.tr("Preview"))
        self.drafts.add_corner(self.environments.choice)
        for editor in (self.composer.address.path, self.composer.body.editor, self.composer.messages.editor):
            VariableMarks(editor)
        self._outer = QSplitter(Qt.Orientation.Horizontal)
        self._outer.addWidget(self.sidebar)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.drafts)
        column.addWidget(self.composer, 1)
        self._outer.addWidget(right)
        self._outer.setStretchFactor(1, 1)
        self._outer.setSizes([248, 1032])
        self._outer.setCollapsible(1, False)
        self.composer.split.addWidget(self.live)
        self.composer.split.setStretchFactor(0, 2)
        self.composer.split.setStretchFactor(1, 3)
        self.composer.split.setSizes([420, 612])
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
            if self._geometry.value("right", False, type=bool):
                self.change_side()
            for splitter, name in ((self._outer, "outer"), (self.composer.split, "inner")):
                if (state := self._geometry.value(name)) is not None:
                    splitter.restoreState(state)

    def _connect(self) -> None:
        self.services.matrix_requested.connect(self.open_matrix)
        self.composer.send_requested.connect(self.send_front)
        self.composer.stop_requested.connect(self.stop)
        self.composer.auth_shown.connect(self._auth_shown)
        self.live.state_changed.connect(self._show_running)
        self.drafts.turned.connect(self._turned)
        self.drafts.changed.connect(lambda _: self._look_at_files())
        self.composer.edited.connect(self.preview.touch)
        self.composer.curl_pasted.connect(self.paste_curl)
        self.preview.copied.connect(lambda text: self.statusBar().showMessage(text, 6000))
        self.collections.started.connect(lambda task: self.start(task, "read the collections"))
        self.environments.started.connect(lambda task: self.start(task, "read the environments"))
        self.environments.changed.connect(self.preview.touch)

    def _connect_core(
        self, sendings: "Sendings", refreshing: "Refreshing", keeping: "Keeping", dialogs: "Dialogs"
    ) -> None:
        sendings.resend_requested.connect(self.send)
        sendings.trust_requested.connect(self._trust)
        sendings.action_requested.connect(self._remedy)
        sendings.ended.connect(self._ended)
        refreshing.chosen.connect(self._chosen)
        refreshing.completed.connect(self._completed)
        refreshing.refreshed.connect(self._refreshed)
        refreshing.failed.connect(self._failed)
        refreshing.gone.connect(lambda service: self.composer.service_gone(service.workspace, service.id))
        self.services.sample_chosen.connect(self._sample_chosen)
        self.services.workspace_requested.connect(dialogs.workspaces)
        keeping.name_wanted.connect(self.ask_name)
        keeping.saved.connect(lambda request: self.collections.refresh(request.path))
        self.collections.open_requested.connect(keeping.open_file)
        self.collections.send_requested.connect(lambda path: self.start(self._send_file(path), "send a saved request"))
        self.collections.moved.connect(keeping.moved)
        self.collections.altered.connect(keeping.altered)
        dialogs.workspaces_changed.connect(refreshing.workspaces_changed)
        dialogs.workspaces_changed.connect(self.composer.auth_form.refresh)
        dialogs.credentials_changed.connect(self.composer.auth_form.refresh)
        dialogs.failed.connect(self.tell_error)
        dialogs.noticed.connect(lambda notice: self.messages.tell("warning", notice))
        self.composer.auth_form.credentials_requested.connect(dialogs.credentials)
        self.composer.auth_form.explain_requested.connect(lambda: dialogs.explanation(self.prepare))

    def _titled(self) -> list[tuple[str, Draft]]:
        """The open requests with their titles."""
        self.drafts.read()
        return [(request.title, request.draft) for request in self.drafts.requests]

    def _ready_to_send(self, draft: Draft) -> Draft:
        """Files that a saved request names stand beside it."""
        from streamscope.store.library import located

        front = self.drafts.current()
        return draft if front is None or front.path is None else located(draft, front.path.parent)

    def _ended(self, view: "ExchangeView") -> None:
        self._show_running()
        self.start(self._remember(view), "note an exchange")

    async def _remember(self, view: "ExchangeView") -> None:
        """An exchange is over: it has its place in the history."""
        if self.desk is None or view.exchange.path is None:
            return
        history, name = self.desk.bench.history, view.service.name if view.service is not None else ""
        outcome, secret = view.feed.outcome(), self.desk.secret_fields
        await asyncio.to_thread(history.add, view.exchange, outcome, service=name, secret=secret)

    def _look_at_files(self) -> None:
        """The collections' tree marks what is unsaved, and looks closely at the files of open requests."""
        paths = [request.path for request in self.drafts.requests if request.path is not None]
        self.collections.set_watched(paths)
        self.collections.set_unsaved([one.path for one in self.drafts.requests if one.path and one.dirty])
        front = self.drafts.current()
        path = front.path if front is not None else None
        self.environments.show_collection(self.desk.bench.collections.holding(path) if path and self.desk else None)

    async def _send_file(self, path: Path) -> None:
        from streamscope.store import library

        self.send(await asyncio.to_thread(library.load, path))

    def ask_name(self, request: OpenDraft) -> None:
        """Ask where a request is to be saved."""

    def paste_curl(self, text: str) -> None:
        """A cURL command was pasted: it becomes the request in front, or a new one where that holds something."""
        from streamscope.interop.curl.reading import read

        try:
            pasted = read(text)
        except StreamscopeError as error:
            self.tell_error(error)
            return
        self.drafts.read()
        front = self.drafts.current()
        if front is not None and (front.untouched or front.draft == Draft()):
            self.drafts.change(front, pasted.draft)
        else:
            self.drafts.open_draft(pasted.draft, kept=Draft())
        for note in pasted.notes:
            self.messages.tell("info", note)

    def _turned(self, request: OpenDraft) -> None:
        """Another request is in front: so is its answer, and its service."""
        self.live.show_owner(request.key)
        self.collections.set_current(request.path)
        self._look_at_files()
        if request.service is not None:
            self.services.mark(request.service.workspace, request.service.id)

    def _chosen(self, service: Service) -> None:
        """A service was chosen: its open request comes to the front, else a new one that it understands."""
        self.drafts.read()
        if (known := self.drafts.of_service(service)) is not None:
            self.drafts.show_request(known)
        else:
            front = self.drafts.current()
            if front is None or not front.untouched:
                self.drafts.open_draft(Draft())
            self._fill(service)
        if not self._ready:
            self._ready = True
            self.ready.emit()

    def _fill(self, service: Service) -> None:
        def filling() -> None:
            self.composer.set_service(
                service,
                defaults.protocol_for(service),
                auth=defaults.auth_for(service),
                channel=defaults.channel_for(service),
            )

        self.drafts.fill(filling)

    def _completed(self, service: Service) -> None:
        """More is known of a service: what is composed for it stays, an untouched request is filled again."""
        self.drafts.know([service])
        front = self.drafts.current()
        if front is None or (front.draft.workspace, front.draft.service) != (service.workspace, service.id):
            return
        self.drafts.read()
        if front.untouched:
            self._fill(service)
        else:  # whoever was quicker than the platform keeps what was typed
            self.composer.update_service(service)

    def _refreshed(self, workspace: Workspace, services: list[Service]) -> None:
        self.drafts.know(services)
        if workspace.platform == defaults.OWN_PLATFORM:
            self._sandbox.setText(self.tr("Sandbox: running, services: {count}").format(count=len(services)))

    def _failed(self, workspace: Workspace, _error: StreamscopeError) -> None:
        if workspace.platform == defaults.OWN_PLATFORM:
            self._sandbox.setText(self.tr("Sandbox: not running"))

    def _sample_chosen(self, _service: Service, sample: Sample) -> None:
        """A sample of the service's description was chosen: path, method and what is sent become its."""
        self.drafts.read()
        front = self.drafts.current()
        if front is not None:
            self.drafts.change(front, with_sample(front.draft, sample))

    def _auth_shown(self, workspace: str, auth: str) -> None:
        if self.desk is not None:
            self.start(self._explain_auth(workspace, auth), "look into the keyring")

    async def _explain_auth(self, workspace: str, auth: str) -> None:
        """Say in the empty fields where their values come from."""
        from streamscope.gui.workspaces.hints import hints

        assert self.desk is not None  # noqa: S101 - asked for only when the core is there
        found = await hints(self.desk, workspace, auth)
        self.composer.auth_form.explain(workspace, auth, found.words, found.note, keepable=found.keepable)

    def _say_keyring(self) -> None:
        async def ask() -> None:
            there = await asyncio.to_thread(lambda: self.bench.secrets.available)
            self._keyring.setText(self.tr("Keyring: ready") if there else self.tr("No keyring: secrets in memory only"))

        self.start(ask(), "ask for the keyring")

    def _trust(self, draft: Draft, fingerprint: str) -> None:
        from streamscope.gui.sendings import trusted

        if self.desk is None:
            return
        try:
            if trusted(self.desk, draft, fingerprint):
                self.send(draft)
        except StreamscopeError as error:
            self.tell_error(error)

    def _remedy(self, action: str, view: "ExchangeView") -> None:
        """What a button of an error card asks for."""
        draft = view.exchange.draft
        if action == "sign_in":
            self.start(self._sign_in(draft), "sign in again")
        elif action == "address":
            self.composer.focus_address()
        elif (found := self.actions_by_name.get(action)) is not None:
            found.trigger()

    async def _sign_in(self, draft: Draft) -> None:
        """Forget the tokens that are kept, so that the next sending fetches a fresh one."""
        assert self.desk is not None  # noqa: S101 - a card is there only when the core is
        from streamscope.engine import leases

        runtime, workspace = self.desk.runtime, self.desk.bench.workspaces.find(draft.workspace)
        await asyncio.wrap_future(runtime.run(leases.forgotten(runtime.core, draft, workspace)))
        self.send(draft)

    def _show_running(self) -> None:
        view = self.live.current()
        self.composer.address.set_running(view is not None and view.live)


def _inside(pane: QWidget, widget: QWidget) -> bool:
    return pane is widget or pane.isAncestorOf(widget)


def _enter(widget: QWidget) -> None:
    """Give a widget the focus, or the first one inside of it that takes it."""
    target = widget.focusProxy() or widget
    if not _takes_focus(target):
        target = next((one for one in widget.findChildren(QWidget) if _takes_focus(one) and one.isVisible()), widget)
    target.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
