"""Services by hand from the pane: added, edited, duplicated, removed, and each of it undone."""

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from streamscope.gui.services.byhand import AddressDialog
from streamscope.gui.services.names import shown_name
from streamscope.gui.services.pane import ServicesPane
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Refreshing


class Adding(QObject):
    """Does what the pane asks for with services by hand."""

    def __init__(self, desk: "Desk", pane: ServicesPane, refreshing: "Refreshing") -> None:
        super().__init__(refreshing)
        self._desk = desk
        self._pane = pane
        self._refreshing = refreshing
        pane.add_requested.connect(self.add)
        pane.edit_requested.connect(self.edit)
        pane.duplicate_requested.connect(self.duplicate)
        pane.remove_requested.connect(self.remove)

    def add(self, url: str) -> None:
        """Add a URL; without one, ask for it."""
        if url:
            self._added(url, "")
            return
        dialog = AddressDialog(self._pane)
        dialog.accepted_entry.connect(self._added)
        _open(dialog)

    def edit(self, service: Service) -> None:
        """Ask for another URL or name of a service by hand; others cannot be edited here."""
        from streamscope.engine import byhand

        home = self._home(service)
        place = byhand.place_of(home, service.id) if home is not None else None
        if home is None or place is None:
            return
        entry = byhand.entries(home)[place]
        dialog = AddressDialog(self._pane, entry.url, entry.name, edits=True)

        def take(url: str, name: str) -> None:
            try:
                new = byhand.entry(url, name)
            except StreamscopeError as error:
                self._pane.tell(error)
                return
            self._save(byhand.changed(home, place, new), new.url)
            self._refreshing.marking.renamed((home.name, service.id), (home.name, new.url))

        dialog.accepted_entry.connect(take)
        _open(dialog)

    def duplicate(self, service: Service) -> None:
        """Put a copy beside a service by hand."""
        from streamscope.engine import byhand

        home = self._home(service)
        place = byhand.place_of(home, service.id) if home is not None else None
        if home is not None and place is not None:
            self._save(byhand.duplicated(home, place), "")

    def remove(self, service: Service) -> None:
        """Take a service by hand away, and offer it back."""
        from streamscope.engine import byhand

        home = self._home(service)
        place = byhand.place_of(home, service.id) if home is not None else None
        if home is None or place is None:
            return
        self._save(byhand.removed(home, place), "")
        text = QCoreApplication.translate("services", "{name} was removed.").format(name=shown_name(service))
        self._pane.offer_undo(text, lambda: self._save(home, ""))

    def _added(self, url: str, name: str) -> None:
        from streamscope.engine import byhand

        try:
            entry = byhand.entry(url, name)
            self._save(byhand.added(byhand.home(self._desk.bench.workspaces), entry), entry.url)
        except StreamscopeError as error:
            self._pane.tell(error)

    def _save(self, workspace: Workspace, choose: str) -> None:
        self._refreshing.start_task(self._saved(workspace, choose), "keep a service by hand")

    async def _saved(self, workspace: Workspace, choose: str) -> None:
        try:
            await asyncio.to_thread(self._desk.bench.workspaces.save, workspace)
        except StreamscopeError as error:
            self._pane.tell(error)  # it holds for this session all the same
        if self._pane.model.branch(workspace.name) is None:
            self._pane.set_workspaces(self._desk.bench.workspaces.all())
        await self._refreshing.read(workspace)
        if choose:
            self._pane.choose(workspace.name, choose)

    def _home(self, service: Service) -> Workspace | None:
        from streamscope.engine import byhand

        known = {one.name: one for one in self._desk.bench.workspaces.all()}
        found = known.get(service.workspace)
        return found if found is not None and found.platform == byhand.PLATFORM else None


def _open(dialog: AddressDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
