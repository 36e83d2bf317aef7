"""Asking the core what would be sent, one question at a time: a newer one takes the place of an older."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.model.errors import StreamscopeError
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.engine.preview import Prepared

Prepare = Callable[[bool], "Awaitable[Prepared]"]
"""Prepares what is composed now; True: a token may be fetched for it. Raises the tree of errors."""


class Preparing(QObject):
    """Tells what the last question came to: `done` with a Prepared, or `failed` with an error."""

    begun = Signal()
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prepare: Prepare | None = None
        self._task: asyncio.Task[None] | None = None

    def set_prepare(self, prepare: Prepare | None) -> None:
        """Ask this from now on."""
        self._prepare = prepare

    @property
    def ready(self) -> bool:
        """Whether there is anyone to ask."""
        return self._prepare is not None

    def ask(self, *, fetch: bool = False) -> None:
        """Ask; an answer that is still on its way is no longer waited for."""
        if self._prepare is None:
            return
        self.stop()
        self.begun.emit()
        self._task = spawn(self._asked(self._prepare, fetch), name="prepare a preview")

    def stop(self) -> None:
        """Wait for nothing any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _asked(self, prepare: Prepare, fetch: bool) -> None:
        try:
            made = await prepare(fetch)
        except StreamscopeError as error:
            self.failed.emit(error)
        else:
            self.done.emit(made)
