"""What fills the pane of services: the lists, their last-known state, details of the chosen one, states under watch."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from streamscope.gui import defaults
from streamscope.gui.services.adding import Adding
from streamscope.gui.services.marking import Marking
from streamscope.gui.services.pane import ServicesPane
from streamscope.model.errors import PlatformRefusal, StoreError, StreamscopeError
from streamscope.model.service import Service, Workspace

if TYPE_CHECKING:
    from streamscope.engine.watching import Watch
    from streamscope.gui.desk import Desk
    from streamscope.store.services import KnownServices

_T = TypeVar("_T")
Start = Callable[[Coroutine[Any, Any, None], str], object]
_GONE = 404
_PATIENCE = 3
"""Looks that may fail in a row before a workspace is told to be away: a lost packet is no news."""


class Refreshing(QObject):
    """Between the pane and the core. Coroutines run on the window's loop, started by `start(coroutine, name)`.

    `begun` tells once that the first workspace was read, or that it was tried.
    """

    begun = Signal()
    chosen = Signal(object)
    completed = Signal(object)
    refreshed = Signal(object, object)
    failed = Signal(object, object)
    gone = Signal(object)
    left = Signal(object)
    """A service that its platform does not know any more, chosen or not."""
    shown = Signal(object)
    """A service that is shown otherwise than its list had told."""

    def __init__(self, desk: "Desk", pane: ServicesPane, start: Start, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._pane = pane
        self._start = start
        self._running: dict[str, set[Future[Any]]] = {}
        self._watches: dict[str, Watch] = {}
        self._watching: dict[str, Future[Any]] = {}
        self._completing: set[tuple[str, str]] = set()
        self._looking, self._closed = True, False
        self._read_as: dict[str, Workspace] = {}
        self._edited: dict[str, Workspace] = {}
        self.marking = Marking(desk, pane, start, self)
        self.adding = Adding(desk, pane, self)
        pane.fill(desk.shelves)
        pane.chosen.connect(self._chosen)
        pane.refresh_requested.connect(self.refresh)
        pane.workspace_refresh_requested.connect(self.refresh_named)
        pane.stop_requested.connect(self.stop)
        pane.details_requested.connect(self._details)
        pane.sample_chosen.connect(lambda service, _: pane.choose(service.workspace, service.id))

    @property
    def _store(self) -> "KnownServices":
        return self._desk.bench.services

    def begin(self, first: str = "", service: str = defaults.SERVICE) -> None:
        """Show what was known last, then read every workspace. In workspace `first` a service is chosen when it is
        there: the one of that name, else the first, unless something was chosen meanwhile."""
        self._start(self._begin(first, service), "show the services")

    def refresh(self) -> None:
        """Read every workspace again."""
        for workspace in self._desk.bench.workspaces.all():
            self._start(self.read(workspace), f"read the services of {workspace.name}")

    def refresh_named(self, name: str) -> None:
        """Read one workspace again."""
        if (workspace := self._desk.bench.workspaces.find(name)) is not None:
            self._start(self.read(workspace), f"read the services of {name}")

    def stop(self) -> None:
        """Stop reading; what was known stays."""
        for futures in self._running.values():
            for future in futures:
                self._desk.runtime.cancel(future)

    def workspaces_changed(self) -> None:
        """Workspaces were added, edited or removed: show these, read those that are new, watch no others."""
        workspaces = self._desk.bench.workspaces.all()
        names = {workspace.name for workspace in workspaces}
        known = {branch.workspace.name for branch in self._pane.model.branches if branch.workspace is not None}
        for name in known - names:
            self._unwatch(name)
            self.marking.keep(partial(self._store.forget, name))
        self._pane.set_workspaces(workspaces)
        for workspace in workspaces:
            if workspace.name not in known or self._read_as.get(workspace.name) != workspace:
                self._unwatch(workspace.name)
                if futures := self._running.get(workspace.name):
                    self._edited[workspace.name] = workspace
                    for future in futures:
                        self._desk.runtime.cancel(future)
                else:
                    self._start(self.read(workspace), f"read the services of {workspace.name}")

    def workspace_renamed(self, old: str, new: str) -> None:
        """A workspace has another name: favourites and what was known go with it."""
        self.marking.keep(partial(self._store.workspace_renamed, old, new))
        self.workspaces_changed()

    def start_task(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        """Start a coroutine as the window starts its own."""
        self._start(coroutine, name)

    def set_looking(self, looking: bool) -> None:
        """Whether anybody sees the pane: while the window is hidden or minimised, no platform is asked."""
        if looking != self._looking:
            self._looking = looking
            for watch in self._watches.values():
                self._desk.runtime.call(watch.resume if looking else watch.pause)

    def close(self) -> None:
        """End reading and watching."""
        self._closed = True
        self.stop()
        for name in list(self._watches):
            self._unwatch(name)

    async def read(self, workspace: Workspace) -> None:
        """Read a workspace and show what comes, or why nothing does."""
        from streamscope.engine import discover

        if self._closed or self._running.get(workspace.name):
            return
        self._pane.begin(workspace.name)
        self._read_as[workspace.name] = workspace
        core = self._desk.runtime.core
        try:
            found = self._with_details(workspace, await self._run(workspace.name, discover.services(core, workspace)))
        except asyncio.CancelledError:
            self._pane.stopped(workspace.name)
            if (edited := self._edited.pop(workspace.name, None)) is not None:
                self._start(self.read(edited), f"read the services of {workspace.name}")
            return
        except StreamscopeError as error:
            self._pane.fail(workspace.name, error)
            self.failed.emit(workspace, error)
        else:
            self._take(workspace, found)
            self.refreshed.emit(workspace, found)
            await self._remember(workspace.name)
            self._start(self._complete_chosen(workspace), f"read the chosen service of {workspace.name}")
        self._watch(workspace)

    def show(self, service: Service) -> None:
        """Show a service as it will be in a moment: something was asked of it that the platform does not tell yet."""
        self._pane.update_service(service)
        self.shown.emit(service)

    def learnt(self, service: Service) -> None:
        """Somebody else has just asked for a service: this is how it is."""
        if service.id in self._left(service.workspace):
            self._pane.update_service(service)
            if (service.workspace, service.id) == self._pane.model.chosen and service.complete:
                self.completed.emit(service)

    def vanished(self, service: Service) -> None:
        """Somebody else has just heard that a service is no more."""
        if service.id in self._left(service.workspace):
            self._vanished(service)

    def soon(self, workspace: str) -> None:
        """Look at a workspace's list as soon as possible."""
        if (watch := self._watches.get(workspace)) is not None:
            self._desk.runtime.call(watch.soon)

    async def look(self, service: Service) -> None:
        """Look at one service, whatever is known of it: something was done with it."""
        from streamscope.engine import discover

        if self._closed:
            return
        with suppress(StreamscopeError):  # the watch will tell, or why it cannot
            found = await self._run("", discover.look(self._desk.runtime.core, service))
            self.show(found) if found is not None else self.vanished(service)
        self.soon(service.workspace)

    async def complete(self, service: Service) -> None:
        """Read what the list does not tell of a service."""
        from streamscope.engine import discover

        key = (service.workspace, service.id)
        if service.complete or key in self._completing or self._closed:
            return
        self._completing.add(key)
        try:
            found = await self._run("", discover.complete(self._desk.runtime.core, service))
        except PlatformRefusal as error:
            if error.status != _GONE:
                raise
            self._vanished(service)
            return
        finally:
            self._completing.discard(key)
        self._pane.update_service(found)
        self.completed.emit(found)
        await self._remember(service.workspace)

    async def _complete_chosen(self, workspace: Workspace) -> None:
        """The service that is in use may have other addresses since."""
        chosen = self._pane.model.chosen
        known = self._pane.model.known(*chosen) if chosen[0] == workspace.name else None
        if known is not None and known.id == chosen[1] and not self._pane.model.is_gone(known):
            await self.complete(known)

    async def _begin(self, first: str, service: str) -> None:
        bench = self._desk.bench
        workspaces = bench.workspaces.all()
        if first and all(workspace.name != first for workspace in workspaces):
            first = workspaces[0].name
        self._pane.set_workspaces(workspaces)

        def look() -> list[Any]:
            bench.services.favourites()
            return [bench.services.last_known(workspace.name) for workspace in workspaces]

        for workspace, known in zip(workspaces, await asyncio.to_thread(look), strict=True):
            if known is not None and known.services:
                self._pane.show_known(workspace.name, known.services, known.at)
        self.marking.show(folds=True)
        for workspace in workspaces:
            reading = self.read(workspace)
            whole = self._read_and_choose(reading, first, service) if workspace.name == first else reading
            self._start(whole, f"read the services of {workspace.name}")
        if not first:
            self.begun.emit()

    async def _read_and_choose(self, reading: Coroutine[Any, Any, None], workspace: str, service: str) -> None:
        try:
            await reading
            if not self._pane.model.chosen[0] and not self._pane.choose(workspace, service):
                branch = self._pane.model.branch(workspace)
                if branch is not None and branch.services:
                    self._pane.choose(workspace, branch.services[0].id)
        finally:
            self.begun.emit()

    async def _run(self, name: str, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """In the core, so that Stop reaches it."""
        future = self._desk.runtime.run(coroutine)
        self._running.setdefault(name, set()).add(future)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._running[name].discard(future)

    def _with_details(self, workspace: Workspace, rows: list[Service]) -> list[Service]:
        """Rows of a list with what was known of each before: badges stay. Such a service is still to be completed."""
        from streamscope.engine.discover import updated

        branch = self._pane.model.branch(workspace.name)
        known = {service.id: service for service in branch.services} if branch is not None else {}
        found = []
        for row in rows:
            old = known.get(row.id)
            plain = old is None or row.complete or not (old.complete or old.addresses)
            found.append(row if plain else replace(updated(old, row), complete=False))
        return found

    def _take(self, workspace: Workspace, found: list[Service]) -> None:
        """Show a fresh list; a chosen service that is not on it any more is told."""
        chosen = self._pane.model.chosen
        before = self._pane.model.known(*chosen) if chosen[0] == workspace.name else None
        lost = before is not None and all(one.id != before.id for one in found)
        if before is not None and lost:
            self._pane.model.mark_gone(workspace.name, [before])
        self._pane.finish(workspace.name, found)
        if before is not None and lost:
            self.gone.emit(before)

    def _vanished(self, service: Service) -> None:
        """The platform knows a service no more of which its list had told."""
        self._pane.model.mark_gone(service.workspace, [service])
        self.left.emit(service)
        if self._pane.model.chosen == (service.workspace, service.id):
            self.gone.emit(service)
        watch = self._watches.get(service.workspace)
        if watch is not None:
            self._desk.runtime.call(watch.soon)

    def _watch(self, workspace: Workspace) -> None:
        from streamscope.engine.watching import Watch, watched

        branch = self._pane.model.branch(workspace.name)
        if self._closed or branch is None or not watched(workspace):
            return
        known = list(branch.services)
        if workspace.name in self._watches:
            self._desk.runtime.call(self._watches[workspace.name].learnt, known)
            return
        watch = Watch(self._desk.runtime.core, workspace)
        self._watches[workspace.name] = watch
        if not self._looking:
            self._desk.runtime.call(watch.pause)
        self._desk.runtime.call(watch.learnt, known)
        self._start(self._follow(watch), f"watch the services of {workspace.name}")

    async def _follow(self, watch: "Watch") -> None:
        """Show what the watch tells until it is no longer wanted."""
        name = watch.workspace.name
        failures = 0
        while not self._closed and self._watches.get(name) is watch:
            self._watching[name] = future = self._desk.runtime.run(watch.next())
            try:
                report = await asyncio.wrap_future(future)
            except asyncio.CancelledError:
                return
            if self._running.get(name):
                continue  # a refresh is on its way: it knows better
            if report.error is not None:
                failures += 1
                branch = self._pane.model.branch(name)
                if failures >= _PATIENCE and branch is not None and branch.problem is None:
                    self._pane.fail(name, report.error)
                    self.failed.emit(watch.workspace, report.error)
                continue
            failures = 0
            await self._news(watch.workspace, list(report.services), list(report.changed), list(report.gone))

    async def _news(
        self, workspace: Workspace, services: list[Service], changed: list[Service], gone: list[Service]
    ) -> None:
        branch = self._pane.model.branch(workspace.name)
        if not (changed or gone or (branch is not None and branch.stale)):
            return
        services = self._with_details(workspace, services)
        self._pane.show_changes(workspace.name, services, changed, gone)
        self.refreshed.emit(workspace, services)
        chosen = self._pane.model.chosen
        for service in gone:
            if (workspace.name, service.id) == chosen:
                self.gone.emit(service)
        for service in changed:
            if (workspace.name, service.id) == chosen:
                if service.complete:
                    self.completed.emit(service)
                else:
                    self._start(self.complete(service), f"read {service.name}")
        await self._remember(workspace.name)

    async def _remember(self, name: str) -> None:
        """Keep what is known of a workspace, for the next start; what a person wrote by hand is kept elsewhere."""
        workspace, branch = self._desk.bench.workspaces.find(name), self._pane.model.branch(name)
        if workspace is None or branch is None or branch.stale or not self._desk.bench.writable:
            return
        if workspace.platform != defaults.BY_HAND:
            try:
                await asyncio.to_thread(self._store.keep, name, [*branch.services])
            except StoreError as error:
                self._pane.tell(error)

    def _unwatch(self, name: str) -> None:
        self._watches.pop(name, None)
        if (future := self._watching.pop(name, None)) is not None:
            self._desk.runtime.cancel(future)

    def _chosen(self, service: Service) -> None:
        self.chosen.emit(service)
        if not service.complete:
            self._start(self.complete(service), f"read {service.name}")

    def _details(self, service: Service) -> None:
        if not service.complete:
            self._start(self.complete(service), f"read {service.name}")
        if (service.workspace, service.id) not in self._pane.details.happenings:
            self._start(self._happenings(service), f"read what happened to {service.name}")

    async def _happenings(self, service: Service) -> None:
        from streamscope.engine import discover

        try:
            found = await self._run("", discover.happenings(self._desk.runtime.core, service))
        except StreamscopeError as error:
            self._pane.details.show_happenings(service, error)
        else:
            self._pane.details.show_happenings(service, found)

    def _left(self, workspace: str) -> set[str]:
        """The ids of the services that a workspace has, as far as it is known."""
        branch = self._pane.model.branch(workspace)
        return {one.id for one in branch.services} - branch.gone if branch is not None else set()
