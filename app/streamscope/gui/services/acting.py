"""Actions on services: asked about where something is lost, done in the core, seen in the tree at once."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from streamscope.gui.language import retold
from streamscope.gui.services.acting_words import DOING, LOSSES, LOSSES_OF_MANY, QUESTIONS, YES
from streamscope.gui.services.names import shown_name
from streamscope.gui.services.refreshing import Refreshing, Start
from streamscope.gui.texts import told
from streamscope.model.deployment import Action, Instance
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_STILL: frozenset[Action] = frozenset(("restart", "scale"))
"""Actions in which a service goes on running: its state does not change by them."""

Key = tuple[str, str]


class Acting(QObject):
    """Does things with the services of one window.

    `began` and `ended` carry the service and the action, `failed` the error too; `update_requested` wants the wizard.
    """

    began = Signal(object, str)
    ended = Signal(object, str)
    failed = Signal(object, str, object)
    update_requested = Signal(object)

    def __init__(
        self,
        desk: "Desk",
        refreshing: Refreshing,
        start: Start,
        streams: Callable[[Service], int],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._refreshing = refreshing
        self._start = start
        self._streams = streams
        self._window = window
        self.pending: dict[Key, Action] = {}
        """What was asked for and not answered yet."""
        self.last_error: StreamscopeError | None = None
        self._asking: dict[Key, Future[None]] = {}

    def manageable(self, service: Service) -> bool:
        """Whether a service's platform lets it be managed from here."""
        from streamscope.engine import deploying

        workspace = self._desk.bench.workspaces.find(service.workspace)
        return workspace is not None and service.generation in deploying.generations(workspace)

    def obstacle(self, service: Service, action: Action) -> Phrase:
        """Why an action makes no sense now; NOTHING where it does. Pure."""
        from streamscope.engine import deploying

        workspace = self._desk.bench.workspaces.find(service.workspace)
        if workspace is None:
            return phrase("Its workspace is not there any more.")
        if (asked := self.pending.get((service.workspace, service.id))) is not None:
            return phrase("It was just asked for something else: {doing}.", doing=DOING[asked])
        return deploying.obstacle(workspace, service, action)

    def ask(self, action: Action, service: Service, **more: Any) -> None:
        """Do an action: after a question where something is lost by it, after a form where more has to be known."""
        if str(why := self.obstacle(service, action)):
            self.failed.emit(service, action, UsageError(why))
        elif action == "update":
            self.update_requested.emit(service)
        elif action == "scale" and not more:
            self._start(self._ask_scale(service), "ask how many instances")
        elif action in QUESTIONS:
            self._confirm(action, [service], lambda: self.do(action, service, **more))
        else:
            self.do(action, service, **more)

    def ask_all(self, action: Action, services: Sequence[Service]) -> None:
        """Stop or delete several, after one question that names them; those that it makes no sense for are left out."""
        meant = [one for one in services if not str(self.obstacle(one, action))]
        if not meant:
            why = self.obstacle(services[0], action) if services else phrase("There is no service.")
            self.failed.emit(services[0] if services else Service("", ""), action, UsageError(why))
        elif len(meant) == 1:
            self.ask(action, meant[0])
        else:
            self._confirm(action, meant, lambda: self._do_all(action, meant))

    def do(self, action: Action, service: Service, **more: Any) -> None:
        """Do an action now, without a question; that is seen at once."""
        if self._begun(action, service):
            self._start(self._asked(action, service, more), f"{action} {service.name}")

    async def perform(self, action: Action, service: Service, **more: Any) -> bool:
        """Do an action now; whether the platform took it. Why not is `last_error`, and told by `failed`."""
        return self._begun(action, service) and await self._ask_platform(action, service, more)

    async def _asked(self, action: Action, service: Service, more: dict[str, Any]) -> None:
        await self._ask_platform(action, service, more)

    async def _ask_platform(self, action: Action, service: Service, more: dict[str, Any]) -> bool:
        from streamscope.engine import deploying

        key, runtime = (service.workspace, service.id), self._desk.runtime
        self.last_error = None
        self._asking[key] = future = runtime.run(deploying.act(runtime.core, service, action, **more))
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            self.pending.pop(key, None)
            self._refreshing.show(service)  # whether the platform has heard of it, the next look tells
            raise
        except StreamscopeError as error:
            self.pending.pop(key, None)
            self.last_error = error
            self._refreshing.show(service)
            self.failed.emit(service, action, error)
            return False
        finally:
            self.pending.pop(key, None)
            self._asking.pop(key, None)
            self._start(self._refreshing.look(service), f"look at {service.name}")
        self.ended.emit(service, action)
        return True

    def _do_all(self, action: Action, services: Sequence[Service]) -> None:
        if action == "delete":
            self._start(self._delete(services), "delete services")
        else:
            for service in services:
                self.do(action, service)

    def give_up(self, service: Service) -> None:
        """Wait no longer for the platform's answer to what was asked of a service."""
        if (future := self._asking.get((service.workspace, service.id))) is not None:
            future.cancel()

    def _confirm(self, action: Action, services: Sequence[Service], does: Callable[[], object]) -> None:
        from streamscope.gui.services.confirm import ConfirmDialog

        names = [shown_name(one) for one in services]
        if len(names) == 1:
            name = names[0] if len(names[0]) <= 80 else f"{names[0][:79]}…"
            question = told(Phrase(QUESTIONS[action].template, {"name": name}))
        elif action == "delete":
            question = self.tr("Delete {count} services?").format(count=len(names))
        else:
            question = self.tr("Stop {count} services?").format(count=len(names))
        losses = [told(LOSSES[action] if len(names) == 1 else LOSSES_OF_MANY[action])]
        running = sum(map(self._streams, services))
        if running == 1:
            losses.append(self.tr("1 call from this window is running and will be cut."))
        elif running:
            losses.append(self.tr("{count} calls from this window are running and will be cut.").format(count=running))
        dialog = ConfirmDialog(question, losses, told(YES[action]), self._window, names if len(names) > 1 else ())
        dialog.confirmed.connect(does)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _ask_scale(self, service: Service) -> None:
        from streamscope.engine import deploying
        from streamscope.gui.services.scaling import ScaleDialog

        runtime = self._desk.runtime

        async def read() -> list[Instance]:
            generation, site = await deploying.managed(runtime.core, service)
            return await generation.instances(site, service.id)

        try:
            instances = await asyncio.wrap_future(runtime.run(read()))
        except StreamscopeError as error:
            self.failed.emit(service, "scale", error)
            return
        portions: dict[str, int] = {}
        for instance in instances:
            portions[instance.portion] = portions.get(instance.portion, 0) + 1
        dialog = ScaleDialog(shown_name(service), portions, self._window)
        dialog.chosen.connect(lambda portion, count: self.do("scale", service, portion=portion, count=count))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _delete(self, services: Sequence[Service]) -> None:
        from streamscope.engine import deploying

        runtime = self._desk.runtime
        for service in services:
            self._begun("delete", service)
        refused: dict[str, str] = {}
        problem: StreamscopeError | None = None
        try:
            outcomes = await asyncio.wrap_future(runtime.run(deploying.delete(runtime.core, services)))
            refused = {one.id: one.note for one in outcomes if not one.done}
        except StreamscopeError as error:
            problem = error
        finally:
            for service in services:
                self.pending.pop((service.workspace, service.id), None)
        for service in services:
            if problem is not None or service.id in refused:
                self._refreshing.show(service)
            else:
                self.ended.emit(service, "delete")
        if problem is not None:
            self.failed.emit(services[0], "delete", problem)
        elif refused:
            self.failed.emit(*self._some_refused(services, refused))
        for workspace in {service.workspace for service in services}:
            self._refreshing.soon(workspace)

    def _some_refused(self, services: Sequence[Service], refused: dict[str, str]) -> tuple[Service, str, UsageError]:
        first = next(one for one in services if one.id in refused)
        said = phrase(
            "{count} of {all} services were not deleted: {name}", count=len(refused), all=len(services), name=first.name
        )
        note = retold(refused[first.id])
        return first, "delete", UsageError(said, phrase("The platform says: {note}", note=note) if note else NOTHING)

    def _begun(self, action: Action, service: Service) -> bool:
        """Show that it begins; False where something else is being asked of the service."""
        if (service.workspace, service.id) in self.pending:
            return False
        self.pending[service.workspace, service.id] = action
        shown = service if action in _STILL else replace(service, state="changing", status=told(DOING[action]))
        self._refreshing.show(shown)
        self.began.emit(shown, action)
        return True
