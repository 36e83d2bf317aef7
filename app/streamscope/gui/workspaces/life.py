"""The token's life in the status line: how long it is still good, and signing in again by one click."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from streamscope.gui.marks import dress
from streamscope.gui.theme import small_font
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_LOOK = 15_000
_HOUR, _MINUTE = 3600, 60
_SOON = 15 * _MINUTE


class TokenLifeView(QToolButton):
    """Hidden where there is no token; a look asks nobody and fetches nothing."""

    failed = Signal(object)

    def __init__(self, desk: "Desk", workspace: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._workspace = workspace
        self._busy = False
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setObjectName("quiet")
        self.setFont(small_font())
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        dress(self, "clock", "muted")
        self._tick = QTimer(self)
        self._tick.setInterval(_LOOK)
        self._tick.timeout.connect(self.look)
        self._tick.start()
        self.hide()

    def look(self) -> None:
        """Show the life of the token with which the workspace is listed."""
        from streamscope.engine import accounts

        workspace = self._desk.bench.workspaces.find(self._workspace())
        found = None
        if workspace is not None:
            try:
                found = accounts.token(self._desk.runtime.core, workspace)
            except StreamscopeError:
                found = None
        self.setVisible(found is not None)
        if found is None or workspace is None or self._busy:
            return
        left = max(0, int(found.expires - time.time()))
        self.setText(self._words(left))
        dress(self, "clock", "muted" if left > _SOON else "warn")
        tip = self.tr("The token of {workspace}; click to sign in again").format(workspace=workspace.name)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self.text()}. {tip}")

    def sign_in(self, start: Callable[[Coroutine[Any, Any, None], str], object]) -> None:
        """Get a new token."""
        if not self._busy:
            start(self._renewed(), "sign in again")

    async def _renewed(self) -> None:
        from streamscope.engine import accounts

        workspace = self._desk.bench.workspaces.find(self._workspace())
        if workspace is None:
            return
        runtime = self._desk.runtime
        self._busy = True
        self.setText(self.tr("Signing in…"))
        try:
            await asyncio.wrap_future(runtime.run(accounts.renewed(runtime.core, workspace)))
        except StreamscopeError as error:
            self.failed.emit(error)
        finally:
            self._busy = False
            self.look()

    def _words(self, left: int) -> str:
        if not left:
            return self.tr("Token: over")
        hours, minutes = left // _HOUR, left % _HOUR // _MINUTE
        if hours:
            return self.tr("Token: {hours} h {minutes} min").format(hours=hours, minutes=minutes)
        return self.tr("Token: {minutes} min").format(minutes=minutes)
