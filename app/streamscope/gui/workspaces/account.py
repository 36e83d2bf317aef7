"""Whoever signs in for a workspace: the token's life, signing in again, and the projects to choose from."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.composer.token import TokenView
from streamscope.gui.marks import dress
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Project, Workspace

if TYPE_CHECKING:
    from concurrent.futures import Future

    from streamscope.gui.desk import Desk

Start = Callable[[Coroutine[Any, Any, None], str], None]


class AccountView(QWidget):
    """The token of the workspace that `shown` gives, as it is edited; `projects_found` brings those to choose from."""

    projects_found = Signal(object)

    def __init__(self, desk: "Desk", shown: Callable[[], Workspace], start: Start) -> None:
        super().__init__()
        self._desk = desk
        self._shown = shown
        self._start = start
        self._future: Future[list[Project]] | None = None
        self.token = TokenView()
        self.token.renew_requested.connect(lambda: self._start(self._sign_in(), "sign in again"))
        self.token.forget_requested.connect(lambda: self._start(self._forget(), "forget a token"))
        self.token.looked.connect(self.look)
        self.projects = QPushButton(self.tr("Look up the projects"))
        self.projects.setAutoDefault(False)
        self.projects.clicked.connect(self._projects_clicked)
        dress(self.projects, "search")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.projects)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.token)

    def look(self) -> None:
        """Show what holds for the workspace now; nothing is fetched, no keyring is asked."""
        from streamscope.engine import accounts

        core, workspace = self._desk.runtime.core, self._shown()
        try:
            auth, found = accounts.signing_in(core, workspace), accounts.token(core, workspace)
        except StreamscopeError:
            auth, found = None, None
        self.token.setVisible(auth is not None and auth.leases)
        self.token.show_token(found.expires if found else None, found.fetched if found else 0.0)

    def stop(self) -> None:
        """Ask no more."""
        if self._future is not None:
            self._desk.runtime.cancel(self._future)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: watch the clock."""
        super().showEvent(event)
        self.look()
        self.token.set_watching(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self.token.set_watching(False)

    async def _sign_in(self) -> None:
        from streamscope.engine import accounts

        await self._with_token(accounts.renewed)

    async def _forget(self) -> None:
        from streamscope.engine import accounts

        await self._with_token(accounts.forgotten)

    async def _with_token(self, does: Callable[..., Coroutine[Any, Any, object]]) -> None:
        runtime = self._desk.runtime
        self.token.tell(None)
        self.token.set_busy(True)
        try:
            await asyncio.wrap_future(runtime.run(does(runtime.core, self._shown())))
        except StreamscopeError as error:
            self.token.tell(error)
        finally:
            self.token.set_busy(False)
        self.look()

    def _projects_clicked(self) -> None:
        if self._future is not None:
            self.stop()
        else:
            self._start(self._look_up(), "look up projects")

    async def _look_up(self) -> None:
        from streamscope.engine import accounts

        runtime = self._desk.runtime
        self.token.tell(None)
        self._future = future = runtime.run(accounts.projects(runtime.core, self._shown()))
        self._show_asking(asking=True)
        try:
            self.projects_found.emit(await asyncio.wrap_future(future))
        except asyncio.CancelledError:
            if not future.cancelled():
                raise
        finally:
            self._future = None
            self._show_asking(asking=False)
            self.look()

    def _show_asking(self, *, asking: bool) -> None:
        self.projects.setText(self.tr("Stop") if asking else self.tr("Look up the projects"))
        dress(self.projects, "stop" if asking else "search")
