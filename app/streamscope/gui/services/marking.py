"""What a person marks in the tree: favourites, what was called last, what is folded; kept in the profile."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from streamscope.gui.services.pane import ServicesPane
from streamscope.model.errors import StoreError

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Start
    from streamscope.store.services import KnownServices


class Marking(QObject):
    """Keeps marks one after the other, in the order in which they were made, and shows what holds."""

    def __init__(self, desk: "Desk", pane: ServicesPane, start: "Start", parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._pane = pane
        self._start = start
        self._keeping = asyncio.Lock()
        pane.starred.connect(self._star)
        pane.folded.connect(lambda section, folded: self.keep(partial(self._store.fold, section, folded=folded)))

    @property
    def _store(self) -> "KnownServices":
        return self._desk.bench.services

    def note_used(self, workspace: str, service: str) -> None:
        """A service was called: it is the first of the recent ones."""
        if workspace and service:
            self.keep(partial(self._store.note_used, workspace, service))

    def renamed(self, old: tuple[str, str], new: tuple[str, str]) -> None:
        """A service has another id: its marks go with it."""
        self.keep(partial(self._store.renamed, old, new))

    def show(self, *, folds: bool = False) -> None:
        """Show what is kept; what is folded only at the beginning, later the tree knows better."""
        store = self._store
        self._pane.set_marks(store.favourites(), store.recent(), store.collapsed() if folds else None)

    def keep(self, change: Callable[[], None]) -> None:
        """Keep a mark, then show it; where it cannot be written, it holds for this session and that is said."""

        async def keep() -> None:
            async with self._keeping:  # in the order in which they were made
                try:
                    await asyncio.to_thread(change)
                except StoreError as error:
                    self._pane.tell(error)
            self.show()

        self._start(keep(), "keep a mark of a service")

    def _star(self, workspace: str, service: str, on: bool) -> None:
        self.keep(partial(self._store.star, workspace, service, on=on))
