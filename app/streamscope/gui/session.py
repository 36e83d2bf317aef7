"""A window at work with the core: what is asked for in one of its panes is done here and shown in another."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt

from streamscope.gui.afterwards import Afterwards
from streamscope.gui.answers import Answers
from streamscope.gui.choosing import Choosing
from streamscope.gui.composer.target import split
from streamscope.gui.dialogs import Dialogs
from streamscope.gui.drafts import OpenDraft, title_of
from streamscope.gui.keeping import Keeping
from streamscope.gui.library.saving import SaveDialog
from streamscope.gui.live import remedies
from streamscope.gui.questions import Questions
from streamscope.gui.sendings import Sendings
from streamscope.gui.services.managing import Managing
from streamscope.gui.services.refreshing import Refreshing
from streamscope.gui.services.rescuing import Rescuing
from streamscope.gui.workspaces.life import TokenLifeView
from streamscope.model.draft import Draft, Outgoing
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service
from streamscope.store.collections import Folder
from streamscope.store.past import read_draft
from streamscope.store.settings import limits
from streamscope.tasks import aside

if TYPE_CHECKING:
    from streamscope.engine.preview import Prepared
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.tab import ExchangeView
    from streamscope.gui.window import Window
    from streamscope.store.recordings import Exchange

_PATIENCE = 3.0
"""Seconds that the panes behind the services wait for these at most."""


class Session(QObject):
    """One window's use of a desk; `place` names the window among those whose requests are kept."""

    def __init__(self, window: "Window", desk: "Desk", place: str = "") -> None:
        super().__init__(window)
        self.window = window
        self.desk = desk
        self.sendings = Sendings(desk, window.live, window.start, self)
        _arrange_columns(window.columns())
        self.answers = Answers(desk, window.live, self.sendings, window.start, place, self)
        self.afterwards = Afterwards(desk, window.live, window.messages, self.sendings, window.start, window)
        self.refreshing = Refreshing(desk, window.services, window.start, self)
        self.keeping = Keeping(desk, window.drafts, window.messages, window.start, place, self)
        self.dialogs = Dialogs(desk, window, window.actions_by_name, self._titled)
        self.managing = Managing(window, desk, self.refreshing, self.dialogs)
        self.choosing = Choosing(window, self.refreshing, self)
        self.rescuing = Rescuing(desk, self.refreshing, self.managing.acting, window.start, self)
        self.questions = Questions(window)
        desk.runtime.core.ask = self.questions.ask
        self.life = TokenLifeView(desk, lambda: window.composer.workspace)
        self.life.clicked.connect(lambda: self.life.sign_in(window.start))
        self.life.failed.connect(window.tell_error)
        window.statusBar().addPermanentWidget(self.life)
        self._quiet = asyncio.Event()
        self._connect()

    def begin(self) -> None:
        """Fill the panes, open what was open before, read the services."""
        self.window.start(self._begin(), "fill the window")

    async def _begin(self) -> None:
        """A pane in each turn of the loop, so that the window answers in between; those behind the services follow when
        these are there, or one looks at them, so that nobody waits for what nobody sees."""
        window, desk = self.window, self.desk

        def compose() -> None:
            self._obey_settings()
            window.composer.fill(desk.shelves)
            if not (window.restores and self.keeping.restore(desk.kept)):
                window.new_draft()

        for part in (
            compose,
            lambda: self.refreshing.begin(desk.bench.settings.get("workspace")),
            lambda: window.composer.auth_form.settle(desk, window.composer.draft),
            lambda: window.preview.set_prepare(self.prepare),
            window.environments.refresh,
            self._say_keyring,
        ):
            if window.closing:
                return
            part()
            await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._quiet.wait()
        for part in (
            lambda: self.answers.restore() if window.restores else None,
            lambda: window.collections.settle(desk.bench.collections),
            lambda: window.history.settle(desk.bench.history),
        ):
            if window.closing:
                return
            part()
            await asyncio.sleep(0)

    def close(self) -> None:
        """Stop what runs, look no more; what was recorded is closed by `release`."""
        self._quiet.set()
        self.questions.close()
        self.answers.close()
        self.sendings.stop_all()
        self.managing.close()
        self.rescuing.close()
        self.refreshing.close()
        self.dialogs.close()

    async def prepare(self, fetch: bool) -> "Prepared":
        """What would leave if what is composed were sent now; `fetch`: a token may be fetched for it."""
        from streamscope.engine.preview import prepared

        runtime, draft = self.desk.runtime, self._ready_to_send(self.window.composer.draft())
        made = prepared(runtime.core, draft, fetch=fetch, scope=self.window.environments.scope())
        return await asyncio.wrap_future(runtime.run(made))

    def send(self, draft: Draft) -> None:
        """Send a draft and watch it in a tab of its own."""
        if not self.window.closing:
            front = self.window.drafts.current()
            known = self.service_of(draft)
            title = title_of(OpenDraft(draft, draft, service=known)) or self.tr("request")
            key = front.key if front is not None else ""
            self.sendings.send(self._ready_to_send(draft), title, key, known, self.window.environments.scope())
            if known is not None:
                self.refreshing.marking.note_used(known.workspace, known.id)

    def send_front(self, draft: Draft) -> None:
        """Send what is composed; what of the same request still runs is stopped: one key sends again."""
        front = self.window.drafts.current()
        if front is not None:
            front.sent = True
            for view in self.sendings.running(front.key):
                self.sendings.stop(view)
        self.send(draft)

    def service_of(self, draft: Draft) -> Service | None:
        """The service that a draft names, as far as it is known here."""
        chosen = self.window.composer.service
        if chosen is not None and (chosen.workspace, chosen.id) == (draft.workspace, draft.service):
            return chosen
        return self.window.services.model.known(draft.workspace, draft.service) if draft.service else None

    def open_matrix(self, service: Service | None = None) -> None:
        """Open the access matrix of a service, else of the composer's workspace."""
        from streamscope.gui.matrix.view import MatrixView

        name = (service or self.window.composer).workspace or self.desk.bench.settings.get("workspace")
        workspaces = self.desk.bench.workspaces.all()
        workspace = next((known for known in workspaces if known.name == name), workspaces[0])
        view = MatrixView(self.desk, workspace, service)
        view.started.connect(lambda task: self.window.start(task, "run the matrix"))
        view.exchange_requested.connect(self.reopen)
        view.compose_requested.connect(self.window.compose)
        self.window.live.add_view(view, self.tr("Access matrix"))
        view.run_button.setFocus()

    def reopen(self, exchange: "Exchange", title: str) -> None:
        """Show an exchange of before in a tab."""
        self.sendings.reopen(exchange, title)

    def _connect(self) -> None:
        window, sendings, keeping, dialogs = self.window, self.sendings, self.keeping, self.dialogs
        sendings.resend_requested.connect(self.send)
        self.afterwards.sent.connect(self.send)
        self.afterwards.composed.connect(window.compose)
        self.afterwards.comparing.opened.connect(
            lambda path: window.start(self._open_recording(path), "open a recording")
        )
        window.history.compare_requested.connect(self.afterwards.comparing.compare_recordings)
        sendings.trust_requested.connect(self._trust)
        sendings.action_requested.connect(self._remedy)
        sendings.ended.connect(self._ended)
        sendings.sent.connect(self.rescuing.sent)
        sendings.ended.connect(self.rescuing.ended)
        sendings.ended.connect(lambda *_: self.life.look())
        self.refreshing.refreshed.connect(lambda *_: self.life.look())
        self.refreshing.chosen.connect(lambda _: self.life.look())
        self.refreshing.begun.connect(self._quiet.set)
        window.sidebar.shown.connect(lambda _: self._quiet.set())
        window.services.workspace_requested.connect(dialogs.workspaces)
        window.services.matrix_requested.connect(self.open_matrix)
        self.managing.matrix_requested.connect(self.open_matrix)
        window.composer.send_requested.connect(self.send_front)
        window.composer.auth_shown.connect(self._auth_shown)
        window.composer.curl_pasted.connect(self.paste_curl)
        window.composer.messages.send_requested.connect(self._send_message)
        window.drafts.turned.connect(self._turned)
        window.drafts.changed.connect(lambda _: self._look_at_files())
        keeping.name_wanted.connect(self.ask_name)
        keeping.saved.connect(lambda request: window.collections.refresh(request.path))
        window.history.open_requested.connect(lambda path: window.start(self._open_recording(path), "open a recording"))
        window.history.resend_requested.connect(self.send)
        window.history.compose_requested.connect(window.compose)
        window.collections.open_requested.connect(keeping.open_file)
        window.collections.send_requested.connect(lambda path: window.start(self._send_file(path), "send a request"))
        window.collections.moved.connect(keeping.moved)
        window.collections.altered.connect(keeping.altered)
        dialogs.workspaces_changed.connect(self.refreshing.workspaces_changed)
        for signal in (dialogs.workspaces_changed, dialogs.credentials_changed):
            signal.connect(window.composer.auth_form.refresh)
        dialogs.credential_renamed.connect(self._credential_renamed)
        dialogs.setting_changed.connect(lambda _: self._obey_settings())
        dialogs.failed.connect(window.tell_error)
        dialogs.noticed.connect(lambda notice: window.messages.tell("warning", notice))
        window.composer.auth_form.credentials_requested.connect(dialogs.credentials)
        window.composer.auth_form.explain_requested.connect(lambda: dialogs.explanation(self.prepare))

    def _obey_settings(self) -> None:
        """What the settings say of panes: wrapping, limits of new requests, how many answers stay open."""
        window, settings = self.window, self.desk.bench.settings
        for editor in (window.composer.body.editor, window.composer.messages.editor):
            editor.set_wrapped(settings.on("editor_wrap"))
        window.composer.limits = limits(settings)
        window.live.most = max(1, int(settings.number("live_tabs")))

    def _turned(self, request: OpenDraft) -> None:
        """Another request is in front: so is its answer, its service, and its file's row."""
        self.window.live.show_owner(request.key)
        self.window.show_running()
        self.window.collections.set_current(request.path)
        self._look_at_files()
        if request.service is not None:
            self.window.services.mark(request.service.workspace, request.service.id)

    def _titled(self) -> list[tuple[str, Draft]]:
        """The open requests with their titles."""
        self.window.drafts.read()
        return [(request.title, request.draft) for request in self.window.drafts.requests]

    def _credential_renamed(self, old: str, new: str) -> None:
        """Open requests that name a credential go on naming it."""
        self.window.drafts.read()
        for request in self.window.drafts.requests:
            if request.draft.auth.credential == old:
                auth = replace(request.draft.auth, credential=new)
                self.window.drafts.change(request, replace(request.draft, auth=auth))

    def _ready_to_send(self, draft: Draft) -> Draft:
        """Files that a saved request names stand beside it."""
        from streamscope.store.library import located

        front = self.window.drafts.current()
        return draft if front is None or front.path is None else located(draft, front.path.parent)

    def _ended(self, view: "ExchangeView") -> None:
        self.window.show_running()
        self.window.start(self._remember(view), "note an exchange")

    async def _remember(self, view: "ExchangeView") -> None:
        """An exchange is over: it has its place in the history."""
        if view.exchange.path is None:
            return
        history, name = self.desk.bench.history, view.service.name if view.service is not None else ""
        outcome, secret = view.feed.outcome(), self.desk.secret_fields
        past = await asyncio.to_thread(history.add, view.exchange, outcome, service=name, secret=secret)
        if not self.window.closing:
            self.window.history.add(past)

    def _send_message(self, message: Outgoing) -> None:
        """A message of the request in front, sent by hand on its open connection."""
        front = self.window.drafts.current()
        talking = self.sendings.running(front.key) if front is not None else []
        try:
            if talking:
                talking[-1].outgoing_requested.emit(message.payload)
        except StreamscopeError as error:
            self.window.tell_error(error)

    async def _open_recording(self, path: Path) -> None:
        draft = await asyncio.to_thread(read_draft, path)
        await self.answers.open(path, title_of(OpenDraft(draft, Draft())))

    def _look_at_files(self) -> None:
        """The collections' tree marks what is unsaved, and looks closely at the files of open requests."""
        self.window.collections.set_watched([one.path for one in self.window.drafts.requests if one.path is not None])
        self.window.collections.set_unsaved([one.path for one in self.window.drafts.requests if one.path and one.dirty])
        front = self.window.drafts.current()
        path = front.path if front is not None else None
        self.window.environments.show_collection(self.desk.bench.collections.holding(path) if path else None)

    async def _send_file(self, path: Path) -> None:
        from streamscope.store import library

        self.send(await asyncio.to_thread(library.load, path))

    def ask_name(self, request: OpenDraft) -> None:
        """Ask where a request is to be saved."""
        self.window.start(self._ask_name(request), "ask for a name")

    async def _ask_name(self, request: OpenDraft) -> None:
        collections = self.desk.bench.collections

        def read() -> list[Folder]:
            return [collections.tree(folder) for folder in collections.all()]

        folder = request.path.parent if request.path is not None else self.window.collections.folder()
        dialog = SaveDialog(await asyncio.to_thread(read), request.title, folder, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        async def add(chosen: Path) -> None:
            opened = await asyncio.to_thread(collections.open, chosen)
            dialog.set_folders(await asyncio.to_thread(read), opened)
            self.window.collections.refresh(opened)

        def save(path: Path, name: str) -> None:
            if name != request.draft.name:
                self.window.drafts.change(request, replace(request.draft, name=name if name != path.stem else ""))
            self.keeping.save_to(request, path)

        dialog.chosen.connect(save)
        dialog.collection_chosen.connect(lambda chosen: self.window.start(add(chosen), "open a collection"))
        dialog.open()

    def paste_curl(self, text: str) -> None:
        """A cURL command was pasted: it becomes the request in front, or a new one where that holds something."""
        from streamscope.interop.curl.reading import read

        try:
            pasted = read(text)
        except StreamscopeError as error:
            self.window.tell_error(error)
            return
        self.window.drafts.read()
        front, draft = self.window.drafts.current(), split(pasted.draft)
        if front is not None and (front.untouched or front.draft == Draft()):
            self.window.drafts.change(front, draft)
        else:
            self.window.drafts.open_draft(draft, kept=Draft())
        for note in pasted.notes:
            self.window.messages.tell("info", note)

    def _auth_shown(self, workspace: str, auth: str) -> None:
        self.window.start(self._explain_auth(workspace, auth), "look into the keyring")

    async def _explain_auth(self, workspace: str, auth: str) -> None:
        """Say in the empty fields where their values come from."""
        from streamscope.gui.workspaces.hints import hints

        found = await hints(self.desk, workspace, auth)
        self.window.composer.auth_form.explain(workspace, auth, found.words, found.note, keepable=found.keepable)

    def _say_keyring(self) -> None:
        async def ask() -> None:
            there = await aside(lambda: self.desk.bench.secrets.available)
            self.window.show_keyring(
                self.tr("Keyring: ready") if there else self.tr("No keyring: secrets in memory only")
            )

        self.window.start(ask(), "ask for the keyring")

    def _trust(self, draft: Draft, fingerprint: str) -> None:
        from streamscope.gui.sendings import trusted

        try:
            if trusted(self.desk, draft, fingerprint):
                self.send(draft)
        except StreamscopeError as error:
            self.window.tell_error(error)

    def _remedy(self, action: str, view: "ExchangeView") -> None:
        """What a button of an error card asks for."""
        draft = view.exchange.draft
        if action == "sign_in":
            self.window.start(self._sign_in(draft), "sign in again")
        elif action == remedies.START.action:
            self.rescuing.start(view)
        elif action == "address":
            self.window.composer.focus_address()
        elif (found := self.window.actions_by_name.get(action)) is not None:
            found.trigger()

    async def _sign_in(self, draft: Draft) -> None:
        """Forget the tokens that are kept, so that the next sending fetches a fresh one."""
        from streamscope.engine import leases

        runtime, workspace = self.desk.runtime, self.desk.bench.workspaces.find(draft.workspace)
        await asyncio.wrap_future(runtime.run(leases.forgotten(runtime.core, draft, workspace)))
        self.send(draft)


def _arrange_columns(state: str) -> None:
    """The table of events looks as it did."""
    from streamscope.gui.live.events.columns import kept

    if state:
        kept.restore(state)
