"""The settings as the window follows them: written off its thread, a file edited by hand noticed."""

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from streamscope.model.errors import StreamscopeError
from streamscope.store.settings import Settings
from streamscope.tasks import spawn

KEYS = "keys"


class SettingsModel(QObject):
    """What is set is written in a thread, one after the other; `changed` tells the key once it holds ("keys" for keys).

    `failed` carries what could not be written (a StreamscopeError), `noticed` a Phrase about the file. The file is
    looked at when the program comes to the front. Needs a running loop.
    """

    changed = Signal(str)
    failed = Signal(object)
    noticed = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._waiting: list[tuple[str, Callable[[], object]]] = []
        self._task: asyncio.Task[None] | None = None
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    def set(self, key: str, value: str) -> None:
        """Change a setting; the value was checked."""
        self._do(key, lambda: self.settings.set(key, value))

    def reset(self, key: str) -> None:
        """Put a setting back to its default."""
        self._do(key, lambda: self.settings.reset(key))

    def set_keys(self, name: str, keys: Sequence[str] | None) -> None:
        """Choose an action's keys; None for its own."""
        self._do(KEYS, lambda: self.settings.set_keys(name, keys))

    def reset_keys(self) -> None:
        """Every action gets its own keys again."""
        self._do(KEYS, self.settings.reset_keys)

    def look(self) -> None:
        """Look whether somebody else changed the file."""
        self._do("", self._reload)

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        return self._task is not None

    def _reload(self) -> tuple[list[str], list[object]]:
        changed, notices = self.settings.reload()
        return changed, list(notices)

    def _do(self, key: str, work: Callable[[], object]) -> None:
        self._waiting.append((key, work))
        if self._task is None:
            self._task = spawn(self._work(), name="settings")

    async def _work(self) -> None:
        try:
            while self._waiting:
                key, work = self._waiting.pop(0)
                try:
                    found = await asyncio.to_thread(work)
                except StreamscopeError as error:
                    self.failed.emit(error)
                    found = None
                if key:
                    self.changed.emit(key)
                elif isinstance(found, tuple):
                    for changed in found[0]:
                        self.changed.emit(changed)
                    for notice in found[1]:
                        self.noticed.emit(notice)
        finally:
            self._task = None

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.look()
