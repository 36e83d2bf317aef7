"""Waiting for the keyring without the window waiting: a quiet line with Stop."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from streamscope.gui.marks import IconView, muted_label
from streamscope.model.errors import KeyringError
from streamscope.model.phrase import phrase
from streamscope.store import secrets
from streamscope.tasks import aside, spawn

if TYPE_CHECKING:
    from asyncio import Task

_T = TypeVar("_T")
_SOON = 250
"""Milliseconds after which waiting is worth a word."""


class KeyringView(QWidget):
    """Hidden until a call waits for the keyring; `busy` tells when one begins and ends."""

    busy = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: Task[Any] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self.show)
        words = muted_label(self.tr("Waiting for the keyring… It may ask you to unlock it in a window of its own."))
        words.setWordWrap(True)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setAccessibleName(self.tr("Stop waiting for the keyring"))
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconView("key", "muted", 14))
        row.addWidget(words, 1)
        row.addWidget(self.stop)
        self.hide()

    async def asked(self, call: Callable[..., _T], *arguments: object) -> _T:
        """The answer of a call that may block on the keyring. Raises what it raises, and KeyringError where it is not
        answered in time or nobody waits any more; the call itself may still be answered later."""
        task = spawn(aside(call, *arguments, limit=secrets.PATIENCE), name="wait for the keyring")
        self._task = task
        self._soon.start()
        self.busy.emit(True)
        try:
            await asyncio.wait([task])
            if task.cancelled():
                raise KeyringError(
                    phrase("Nobody waits for the keyring any more."),
                    phrase("Try again once it is unlocked, or type the secret for this time."),
                )
            return task.result()
        except TimeoutError as error:
            raise secrets.silent(secrets.PATIENCE) from error
        finally:
            task.cancel()
            self._task = None
            self._soon.stop()
            self.hide()
            self.busy.emit(False)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
