"""The dialog that keeps environments."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.library.environment_form import EnvironmentForm
from streamscope.gui.marks import tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.variables import VariablesModel
from streamscope.model.environment import Environment, Scope, Variable, merged
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.store.environments import GLOBALS, Environments

_PLACE = Qt.ItemDataRole.UserRole + 1
_CALM = 300
"""Milliseconds without a change after which what was edited is saved."""
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Which environment: of the profile or of a collection's folder; `shared` is the one that all its drafts have."""

    name: str
    collection: Path | None = None
    shared: bool = False

    @property
    def fixed(self) -> bool:
        """Whether it is always there: without a name to change, never deleted."""
        return self.shared or self.name == GLOBALS


class EnvironmentsDialog(QDialog):
    """Environments at the left, the variables of one at the right. What is changed is saved by itself.

    Reading and writing is given as coroutines through `started`; `environments_changed` follows each change, so that
    the window asks anew what is known.
    """

    started = Signal(object)
    environments_changed = Signal()

    def __init__(self, store: Environments, collection: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._collection = collection
        self._place: Place | None = None
        self._undone: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._before: tuple[Variable, ...] = ()
        self._orderly = asyncio.Lock()
        self.known = VariablesModel(self)
        self.setWindowTitle(self.tr("Environments"))
        self.resize(860, 540)
        self.form = EnvironmentForm(self.known, self)
        self.form.renamed.connect(self._renamed)
        self.form.closed.connect(self.accept)
        self._build()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._save)
        self.form.table.edited.connect(self._edited)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.undo)

    def load(self, name: str = "") -> None:
        """Read everything, and show the environment of a name, else the first."""
        self.started.emit(self._loaded(Place(name) if name else self._place))

    def undo(self) -> None:
        """Take the last change back."""
        self._flush()
        if self._undone:
            self.started.emit(self._undone.pop()())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's. Nothing that was typed is lost."""
        self._flush()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Qt's."""
        self._flush()
        super().done(result)

    def _build(self) -> None:
        self.items = QStandardItemModel(self)
        self.list = QListView()
        self.list.setObjectName("environments")
        self.list.setAccessibleName(self.tr("Environments"))
        self.list.setModel(self.items)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self.add = tool_button("plus", self.tr("New environment"))
        self.copy = tool_button("copy", self.tr("Duplicate"))
        self.delete = tool_button("trash", self.tr("Delete"))
        self.add.clicked.connect(self._add)
        self.copy.clicked.connect(self._duplicate)
        self.delete.clicked.connect(self._delete)
        tools = QHBoxLayout()
        tools.setContentsMargins(8, 4, 8, 8)
        tools.setSpacing(4)
        for button in (self.add, self.copy, self.delete):
            tools.addWidget(button)
        tools.addStretch(1)
        left = QWidget()
        left.setObjectName("sidebar")
        left.setFixedWidth(232)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addLayout(tools)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(self.form, 1)

    def _fill(self, places: list[tuple[Place, str]], chosen: Place | None) -> Place:
        """Show the list, and one of it as chosen, which is given."""
        self.list.selectionModel().blockSignals(True)
        self.items.clear()
        for place, label in places:
            item = QStandardItem(" ".join(label.split()))
            item.setData(place, _PLACE)
            item.setToolTip(label)
            item.setSizeHint(QSize(0, 28))
            self.items.appendRow(item)
        known = [place for place, _ in places]
        at = known.index(chosen) if chosen in known else 1 if len(known) > 1 else 0
        self.list.setCurrentIndex(self.items.index(at, 0))
        self.list.selectionModel().blockSignals(False)
        self.list.viewport().update()
        return known[at]

    async def _loaded(self, chosen: Place | None) -> None:
        """Read the environments and show them."""
        own = await asyncio.to_thread(self._store.own)
        places = [(Place(GLOBALS), self.tr("Globals")), *((Place(one.name), one.name) for one in own)]
        folder = self._collection
        if folder is not None:
            places.append(
                (Place(folder.name, folder, shared=True), self.tr("{folder} (shared)").format(folder=folder.name))
            )
            for one in await asyncio.to_thread(self._store.own, folder):
                label = self.tr("{name} ({folder})").format(name=one.name, folder=folder.name)
                places.append((Place(one.name, folder), label))
        self._flush()
        self._place = self._fill(places, chosen)
        await self._opened(self._place)
        for notice in self._store.notices.values():
            self._tell("warning", notice)

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        place = index.data(_PLACE)
        if isinstance(place, Place) and place != self._place:
            self._flush()
            self._place = place
            self.started.emit(self._opened(place))

    async def _opened(self, place: Place) -> None:
        """Show one environment's variables, and what is known where it is chosen."""
        try:
            found = await asyncio.to_thread(self._found, place)
            await self._know(place)
        except StreamscopeError as error:
            self._failed(error)
            return
        if place != self._place:
            return  # another one was chosen meanwhile
        self._before = found.variables
        self.form.show_environment(found.variables, *self._titles(place), fixed=place.fixed)
        self.copy.setEnabled(not place.fixed)
        self.delete.setEnabled(not place.fixed)

    async def _know(self, place: Place) -> None:
        """Take up what is known where this environment is chosen: the values' own variables are shown by it."""
        scope = Scope("" if place.fixed else place.name, place.collection)
        self.known.know(await asyncio.to_thread(self._store.variables, scope, set()))

    def _titles(self, place: Place) -> tuple[str, str]:
        """An environment's name, and what it is for where that is not plain."""
        if place.shared:
            return place.name, self.tr("In force for all drafts of this collection, kept in its folder.")
        if place.name == GLOBALS:
            return self.tr("Globals"), self.tr("Always in force, where nothing nearer gives a value.")
        return place.name, ""

    def _found(self, place: Place) -> Environment:
        if place.shared and place.collection is not None:
            return self._store.shared(place.collection)
        own = {one.name: one for one in self._store.own(place.collection)}
        return own.get(place.name) or self._store.get(place.name)

    def _edited(self) -> None:
        if self._place is not None:
            self._calm.start()

    def _flush(self) -> None:
        self.form.view.commit()
        if self._calm.isActive():
            self._calm.stop()
            self._save()

    def _save(self) -> None:
        place, before = self._place, self._before
        wrong = [found for row in range(self.form.table.rowCount()) if (found := self.form.table.wrong(row))[0]]
        if wrong:
            self.form.quiet()
            self.form.tell(MessageView("warning", *wrong[0]))
        if place is None or wrong:
            return
        self._before = after = self.form.table.variables()
        if before != after:
            self._undoable(lambda: self._reverted(place, before, after))
            self.started.emit(self._saved(place, before, after))

    async def _saved(self, place: Place, before: tuple[Variable, ...], after: tuple[Variable, ...]) -> None:
        """Write what was changed; what another window or program changed meanwhile stays, and is shown."""
        async with self._orderly:
            try:
                kept, variables = await asyncio.to_thread(self._written, place, before, after)
                await self._know(place)
            except StreamscopeError as error:
                self._failed(error)
                return
        self.form.quiet()
        if not kept:
            self._tell(
                "warning",
                self.tr("There is no keyring here: the values of secrets are kept in memory until the program ends."),
            )
        if variables != after and place == self._place and self.form.table.variables() == after:
            self._before = variables
            self.form.table.show_variables(variables)
        self.environments_changed.emit()

    def _written(
        self, place: Place, before: tuple[Variable, ...], after: tuple[Variable, ...]
    ) -> tuple[bool, tuple[Variable, ...]]:
        try:
            now = _plain(self._found(place).variables)
        except UsageError:  # it is new, or was taken away
            now = _plain(before)
        variables = merged(_plain(before), after, now)
        if place.shared and place.collection is not None:
            return self._store.save_shared(place.collection, Environment(place.name, variables)), variables
        return self._store.save(Environment(place.name, variables), place.collection), variables

    async def _reverted(self, place: Place, before: tuple[Variable, ...], after: tuple[Variable, ...]) -> None:
        await self._saved(place, after, before)
        await self._loaded(place)

    def _undoable(self, undo: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._undone.append(undo)
        del self._undone[:-_KEPT]

    def _names(self, collection: Path | None) -> set[str]:
        places = [self.items.item(row).data(_PLACE) for row in range(self.items.rowCount())]
        return {place.name for place in places if place.collection == collection}

    def _free(self, wanted: str, collection: Path | None) -> str:
        """A name that no other has."""
        names, name, number = self._names(collection), wanted, 1
        while name in names:
            number += 1
            name = f"{wanted} {number}"
        return name

    def _add(self) -> None:
        collection = self._place.collection if self._place is not None else None
        name = self._free(self.tr("New environment"), collection)
        self.started.emit(self._made(Environment(name), Place(name, collection)))

    async def _made(self, environment: Environment, place: Place) -> None:
        await self._saved(place, (), environment.variables)
        await self._loaded(place)
        self._undoable(lambda: self._unmade(place))
        self.form.name.setFocus()
        self.form.name.selectAll()

    async def _unmade(self, place: Place) -> None:
        await self._attempt(self._store.remove, place.name, place.collection)
        await self._loaded(None)

    def _duplicate(self) -> None:
        self._flush()
        if self._place is not None and not self._place.fixed:
            self.started.emit(self._duplicated(self._place))

    async def _duplicated(self, place: Place) -> None:
        name = self._free(self.tr("{name} copy").format(name=place.name), place.collection)
        found = await self._attempt(lambda: self._store.with_secrets(self._found(place), place.collection))
        if isinstance(found, Environment):
            await self._made(Environment(name, found.variables), Place(name, place.collection))

    def _delete(self) -> None:
        self._flush()
        if self._place is not None and not self._place.fixed:
            self.started.emit(self._deleted(self._place))

    async def _deleted(self, place: Place) -> None:
        removed = await self._attempt(self._store.remove, place.name, place.collection)
        if removed is None:
            return

        async def restored() -> None:
            await self._attempt(self._store.restore, removed)
            await self._loaded(place)

        self._undoable(restored)
        await self._loaded(None)
        card = self._tell("info", self.tr("'{name}' was deleted.").format(name=place.name))
        if card is not None:
            card.offer(self.tr("Undo")).clicked.connect(self.undo)

    def _renamed(self, name: str) -> None:
        place = self._place
        if place is None or place.fixed or not name or name == place.name:
            return
        self._flush()
        self.started.emit(self._given(place, name))

    async def _given(self, place: Place, name: str) -> None:
        """Give it another name, and remember how to take that back."""
        renamed = Place(name, place.collection)
        async with self._orderly:
            try:
                await asyncio.to_thread(self._store.rename, place.name, name, place.collection)
            except StreamscopeError as error:
                self._failed(error)
                self.form.name.setText(place.name)
                return
        self.form.quiet()

        async def back() -> None:
            await self._attempt(self._store.rename, name, place.name, place.collection)
            await self._loaded(place)

        self._undoable(back)
        await self._loaded(renamed)
        self.environments_changed.emit()

    async def _attempt(self, call: Callable[..., Any], *arguments: object) -> Any:
        """Call the store off this thread; what goes wrong is shown, and None given."""
        async with self._orderly:
            try:
                result = await asyncio.to_thread(call, *arguments)
            except StreamscopeError as error:
                self._failed(error)
                return None
        self.form.quiet()
        self.environments_changed.emit()
        return True if result is None else result

    def _failed(self, error: StreamscopeError) -> None:
        self.form.quiet()
        self.form.tell(MessageView("error", error.message, error.hint, cause=error.cause, closable=True))

    def _tell(self, severity: str, text: Any) -> MessageView | None:
        self.form.quiet()
        return self.form.tell(MessageView(severity, text, closable=True)) if text else None


def _plain(variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """Variables as a file has them: no secret's value."""
    return tuple(replace(one, value="") if one.secret else one for one in variables)
