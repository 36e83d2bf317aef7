"""Which environment is in force in a window, and what is known by it."""

import asyncio
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from streamscope.gui.library.environment_choice import EnvironmentChoice
from streamscope.gui.library.environments import EnvironmentsDialog
from streamscope.gui.variables import VariablesModel
from streamscope.model.environment import Scope, Variables
from streamscope.model.errors import StoreError, StreamscopeError, UsageError
from streamscope.store.bench import Bench

SETTING = "environment"
"""The setting that remembers what was chosen last."""


class EnvironmentModel(QObject):
    """One for each window: its `choice` goes into the window's corner, its `scope()` with everything that is sent.

    Reading is given as coroutines through `started`. Editors below the window find what is known by themselves.
    """

    started = Signal(object)
    changed = Signal()
    """Another environment is in force, or it holds something else."""

    def __init__(self, bench: Bench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._collection: Path | None = None
        self._name = bench.settings.get(SETTING)
        self._dialog: EnvironmentsDialog | None = None
        self.variables = VariablesModel(window)
        self.choice = EnvironmentChoice()
        self.choice.show_environments([], self._name)
        self.choice.chosen.connect(self.choose)
        self.choice.edit_requested.connect(self.edit)

    def scope(self) -> Scope:
        """Where the values of variables come from now."""
        return Scope(self._name, self._collection)

    def choose(self, name: str) -> None:
        """Put an environment in force, '' for none; it is remembered."""
        self._name = name
        self.started.emit(self._chosen(name))

    def show_collection(self, folder: Path | None) -> None:
        """The draft in view is of another collection: its variables count, too."""
        if folder != self._collection:
            self._collection = folder
            self.refresh()

    def refresh(self) -> None:
        """Read anew what can be chosen and what is known: at the start, and when files may have changed."""
        self.started.emit(self._read())

    def edit(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self._dialog is None:
            self._dialog = EnvironmentsDialog(self._bench.environments, self._collection, self._window)
            self._dialog.started.connect(self.started)
            self._dialog.environments_changed.connect(self.refresh)
            self._dialog.finished.connect(self._closed)
            self._dialog.open()
            self._dialog.load(self._name)
        self._dialog.raise_()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    async def _chosen(self, name: str) -> None:
        with suppress(StoreError):  # it holds for this window all the same
            await asyncio.to_thread(self._bench.settings.set, SETTING, name)
        await self._read()

    async def _read(self) -> None:
        scope = self.scope()
        names, known = await asyncio.to_thread(self._known, scope)
        if scope != self.scope():
            return  # another one was chosen meanwhile: that is read, too
        self.choice.show_environments(names, self._name)
        self.variables.know(known)
        self.changed.emit()

    def _known(self, scope: Scope) -> tuple[list[str], Variables]:
        store = self._bench.environments
        names = [one.name for one in store.all(scope.collection)]
        try:
            return names, store.variables(scope, set())
        except UsageError:  # the environment is gone: nothing that it held is known, and sending will say so
            return names, Variables(store.variables(Scope("", scope.collection), set()).known, chosen=True)
        except StreamscopeError:
            return names, Variables(chosen=bool(scope.environment))
