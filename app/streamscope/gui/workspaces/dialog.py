"""The workspaces: add, edit, duplicate, remove, reorder, and test the way to one."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.marks import dress, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.gui.workspaces.account import AccountView
from streamscope.gui.workspaces.chain import ChainView
from streamscope.gui.workspaces.form import WorkspaceForm
from streamscope.gui.workspaces.handing import Handing
from streamscope.gui.workspaces.rows import Row, RowsDialog
from streamscope.model.errors import UsageError
from streamscope.model.service import Workspace
from streamscope.store.given_names import check_name, free_name
from streamscope.store.workspaces import SANDBOX
from streamscope.tasks import aside, spawn

if TYPE_CHECKING:
    from streamscope.engine.links import Link
    from streamscope.gui.desk import Desk

_FRAME = 33


class WorkspacesDialog(RowsDialog[Workspace]):
    """Not modal: `open()` it. `credentials_requested` names the credential to look at, '' for all of them."""

    credentials_requested = Signal(str)

    def __init__(self, desk: "Desk", parent: QWidget | None = None, *, workspace: str = "") -> None:
        from streamscope.kinds.catalog import PLATFORMS

        self._desk = desk
        self._platforms = PLATFORMS
        self._future: Future[Any] | None = None
        self._news: deque[Link] = deque()
        self._gone: list[str] = []
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Workspaces"))
        self.list.setAccessibleName(self.tr("Workspaces"))
        self.form = WorkspaceForm(PLATFORMS)
        self.form.changed.connect(self.note_edit)
        self.form.credentials_requested.connect(self.credentials_requested)
        self.account = AccountView(desk, self.form.workspace, self.start)
        self.account.projects_found.connect(self.form.offer_projects)
        self.form.changed.connect(self.account.look)
        self.form.show_account(self.account)
        self.handing = Handing(desk.bench, self, self._say_of_files, self._taken_in)
        self.test_button = QPushButton(self.tr("Test connection"))
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        self.state = QLabel()
        self.chain = ChainView()
        self.chain.action_requested.connect(self._mend)
        self.chain.hide()
        self._frame_timer = QTimer(self)
        self._frame_timer.setInterval(_FRAME)
        self._frame_timer.timeout.connect(self._take)
        self._lay_out()
        self.refresh(workspace)

    def refresh(self, chosen: str = "") -> None:
        """Workspaces or credentials may have changed elsewhere: show them as they are now; unsaved edits stay."""
        labels = {key: told(auth.label) for key, auth in self._desk.shelves.auth.items()}
        self.form.fill_credentials(self._desk.bench.credentials.all(), labels)
        now = self.row()
        self.fill(self._desk.bench.workspaces.all(), chosen or (self.texts(now.shown)[0] if now is not None else ""))

    def texts(self, value: Workspace) -> tuple[str, str]:
        """The name; the platform and where on it."""
        platform = self._platforms.get(value.platform)
        label = told(platform.label) if platform is not None else value.platform
        return value.name, " · ".join(part for part in (label, value.values.get("region", "")) if part)

    def fresh(self) -> Workspace:
        """A new one on the first platform that is not this machine."""
        key = next(key for key in self._platforms if key != SANDBOX.platform)
        name = free_name(self.tr("New workspace"), [self.texts(row.shown)[0] for row in self.rows])
        return Workspace(name, key)

    def add(self) -> None:
        """Add a new one, and let it be named."""
        super().add()
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.name.selectAll()

    def edited(self) -> Workspace:
        """What the form holds."""
        return self.form.workspace()

    def show_value(self, row: Row[Workspace] | None) -> None:
        """Fill the form."""
        self._stop()
        self.account.stop()
        fixed = False
        self.chain.hide()
        self.state.clear()
        self.form.setVisible(row is not None)
        if row is not None:
            fixed = row.saved is not None and row.saved.name == SANDBOX.name
            self.form.show_workspace(row.shown, fixed=fixed)
            self.account.projects.setVisible(not fixed)
            self.account.look()
        self.handing.show_name(row.saved.name if row is not None and row.saved is not None and not fixed else "")

    def complete(self) -> bool:
        """Whether the form can be saved: a name of its own, and all that the platform needs."""
        row, name = self.row(), self.form.workspace().name
        others = [one.saved.name for one in self.rows if one.saved is not None and one is not row]
        fits = self.form.complete()
        try:
            check_name(name, others)
        except UsageError as error:
            self.form.tell(told(error.message))
            return False
        return fits

    async def store(self, row: Row[Workspace]) -> Workspace:
        """Save it; with another name what was kept for it moves along."""
        from streamscope.engine.credentials import move_own
        from streamscope.kinds.channels.base import check_resolve

        made = row.shown
        check_resolve(made.resolve)
        workspaces = self._desk.bench.workspaces
        if row.saved is not None and row.saved.name != made.name:
            before = row.saved.name
            workspaces.rename(before, made.name)
            await self.waiting.asked(move_own, self._desk.bench.secrets, before, made.name)
        workspaces.save(made)
        return made

    async def copied(self, row: Row[Workspace]) -> Row[Workspace]:
        """A copy under a free name."""
        return Row(self._desk.bench.workspaces.duplicate(row.saved.name if row.saved is not None else ""))

    async def dropped(self, row: Row[Workspace]) -> Callable[[], Coroutine[Any, Any, None]]:
        """Remove it; what was kept for it alone leaves the keyring when the dialog is closed."""
        gone = row.saved
        assert gone is not None  # noqa: S101 - only saved ones are dropped
        order = self._desk.bench.workspaces.names()
        self._desk.bench.workspaces.remove(gone.name)
        self._gone.append(gone.name)

        async def back() -> None:
            self._desk.bench.workspaces.save(gone)
            self._desk.bench.workspaces.arrange(order)
            self._gone.remove(gone.name)

        return back

    def removable(self, row: Row[Workspace]) -> bool:
        """All but the sandbox's own."""
        return row.saved is None or row.saved.name != SANDBOX.name

    def arranged(self) -> None:
        """Keep the order."""

        async def keep() -> None:
            self._desk.bench.workspaces.arrange([row.saved.name for row in self.rows if row.saved is not None])
            self.changed.emit()

        self.start(keep(), "arrange the workspaces")

    def test(self) -> None:
        """Walk the chain with what the form holds, saved or not; or stop walking."""
        if self._future is not None:
            self._stop()
            return
        if self.row() is None:
            return
        from streamscope.engine import chain

        self.chain.clear()
        self.chain.show()
        self._news.clear()
        runtime = self._desk.runtime
        self._future = runtime.run(chain.walk(runtime.core, self.edited(), self._news.append))
        self._show_testing()
        spawn(self._watch(self._future), name="test a workspace")

    def done(self, result: int) -> None:
        """Qt's: stop testing, and forget what was kept for the workspaces that are gone."""
        self._stop()
        self.account.stop()
        if self._gone:
            from streamscope.engine.credentials import forget_own

            spawn(aside(forget_own, self._desk.bench.secrets, self._gone), name="forget the secrets of workspaces")
            self._gone = []
        super().done(result)

    def _lay_out(self) -> None:
        for name, text, step, key in (
            ("chevron-up", self.tr("Move up (Alt+Up)"), -1, "Alt+Up"),
            ("chevron-down", self.tr("Move down (Alt+Down)"), 1, "Alt+Down"),
        ):
            button = tool_button(name, text)
            button.setShortcut(key)
            button.clicked.connect(lambda _=False, way=step: self.shift(way))
            self.tools.addWidget(button)
        for tool in (self.handing.import_button, self.handing.export_button):
            self.tools.addWidget(tool)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addWidget(self.chain)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the focus, and is scrolled to
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        self.buttons.addWidget(self.state)
        self.buttons.addWidget(self.test_button)
        self.page.addLayout(self.messages)
        self.page.addWidget(self._area, 1)
        self.page.addWidget(self.waiting)
        self.page.addLayout(self.buttons)
        dress(self.test_button, "pulse")

    async def _watch(self, future: "Future[Any]") -> None:
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancelled():
                raise
        finally:
            if self._future is future:
                self._future = None
                self._take()
                self._show_testing()

    def _take(self) -> None:
        while self._news:
            self.chain.show_link(self._news.popleft())
        QTimer.singleShot(0, self, self._follow)  # once the rows have their new heights

    def _follow(self) -> None:
        """Keep the link in sight that is being tested or that broke; the end where the chain holds."""
        inside = self._area.widget()
        if inside is not None and self.chain.isVisible():
            links = self.chain.links
            key = next((key for key, link in links.items() if link.state in ("failed", "running")), list(links)[-1])
            row = self.chain.row(key)
            self._area.ensureVisible(0, row.mapTo(inside, row.rect().bottomLeft()).y(), 0, 16)

    def _show_testing(self) -> None:
        running = self._future is not None
        self.test_button.setText(self.tr("Stop") if running else self.tr("Test connection"))
        dress(self.test_button, "stop" if running else "pulse")
        links = self.chain.links.values()
        if running:
            self._frame_timer.start()
            self.state.setText(self.tr("Testing…"))
            return
        self._frame_timer.stop()
        if any(link.state == "failed" for link in links):
            self.state.setText(self.tr("The chain breaks."))
        elif any(link.state in ("waiting", "running") for link in links):
            self.state.setText(self.tr("Stopped."))
        else:
            self.state.setText(self.tr("The chain holds."))

    def _stop(self) -> None:
        future, self._future = self._future, None
        if future is not None:
            self._desk.runtime.cancel(future)
            self._take()
            self._show_testing()

    def _mend(self, link: "Link") -> None:
        if link.action == "trust":
            self.form.trust(link.fingerprint)
            self.start(self._save_and_test(), "trust a certificate")
        elif link.action == "sandbox":
            self.test()
        else:
            self.form.focus_on(link.action)
            if link.action == "credential" and (name := self.form.workspace().credential):
                self.credentials_requested.emit(name)

    def _say_of_files(self, severity: str, text: str, more: str) -> None:
        card = MessageView(severity, text, more, closable=True)
        card.dismissed.connect(card.deleteLater)
        self.messages.addWidget(card)

    def _taken_in(self, name: str) -> None:
        self.refresh(name)
        self.changed.emit()

    async def _save_and_test(self) -> None:
        if await self.save():
            self.test()
