"""All services of one sandbox: what the management interfaces ask for is made true here."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from streamscope.model.errors import SandboxError
from streamscope.sandbox.fleet import states
from streamscope.sandbox.fleet.delays import QUICK, Delays
from streamscope.sandbox.fleet.deployed import CHANGES_KEPT, Deployed, copies, nothing_else
from streamscope.sandbox.fleet.instance import Instance, InstanceView
from streamscope.sandbox.fleet.logs import Logs
from streamscope.sandbox.fleet.making import Ground
from streamscope.sandbox.fleet.processes import Processes
from streamscope.sandbox.fleet.routing import SERVER_ERROR, NoneReadyError, Passage
from streamscope.sandbox.fleet.source import Command, Source
from streamscope.sandbox.fleet.states import WrongStateError
from streamscope.sandbox.fleet.storage import Storage
from streamscope.sandbox.fleet.usage import Usage
from streamscope.sandbox.quirks import Quirks
from streamscope.sandbox.records import Change, Portion, Record, State, now
from streamscope.tasks import spawn

SAVE_SECONDS = 0.2
"""How long a change that nobody asked for may stay unkept: progress, events."""
SHARE = 20
"""How many times as long as keeping the state takes it is left alone at least: thousands of services take a while."""
RESUME_SECONDS = 20.0
"""How long a call waits for a service that is being started again."""
COUNT_SECONDS = 5.0
"""The same for counts."""

NO_QUIRKS = Quirks()


class Fleet:
    """All services of one sandbox. Changes are kept at once; they begin to happen, and are seen in the records.

    A change that a service's status does not allow raises `WrongStateError`; each generation has its own words for it.
    A service that does not exist raises KeyError. Everything is called on the loop that `begin` was called on.
    """

    state: State

    def __init__(
        self,
        folder: Path,
        packages: Source,
        command: Command,
        *,
        seeds: Callable[[], list[Record]] = list,
        delays: Delays = QUICK,
        fault: str = "",
        quirks: Quirks = NO_QUIRKS,
    ) -> None:
        self.delays = delays
        self._logs = Logs(folder / "logs")
        self._processes = Processes(folder)
        self._ground = Ground(
            packages, command, delays, self._logs, self._processes, fault, quirks, changed=self._changed
        )  # fmt: skip
        self._usage = Usage()
        self._saving: asyncio.TimerHandle | None = None
        self._took = 0.0
        self._keeping: asyncio.Task[None] | None = None
        self._due: asyncio.TimerHandle | None = None
        self._deployed: dict[str, Deployed] = {}
        self.direct_ports: dict[str, int] = {}
        """Where a service of the old generation can be reached directly: at its first instance."""
        self._storage = Storage(folder)
        found = self._storage.load()
        self.aside = self._storage.aside
        """Where the services were put that cannot be read; there are none then but the sandbox's own."""
        self.state = found or State(services=seeds())
        if found is None:
            self._storage.save(self.state)

    async def begin(self) -> None:
        """Sweep what an earlier sandbox left behind, and start what is wanted running."""
        self._processes.sweep()
        for record in list(self.state.services):
            self._restore(record)
        self.save()

    async def close(self) -> None:
        """End every process; what is wanted running will run again."""
        await asyncio.gather(*(one.close() for one in self._deployed.values()))
        for timer in (self._saving, self._due):
            if timer is not None:
                timer.cancel()
        if self._keeping is not None:
            await self._keeping
        self._storage.save(self.state)
        self._storage.close()

    @property
    def kept(self) -> bool:
        """Whether what happens is kept: another sandbox of the profile may do that already."""
        return self._storage.ours

    def get(self, service: str) -> Record | None:
        """A service by its id."""
        found = self._deployed.get(service)
        return found.record if found is not None else None

    def all(self, generation: str = "") -> list[Record]:
        """The services of a generation, or of both, the oldest first."""
        return [record for record in self.state.services if generation in ("", record.generation)]

    def save(self) -> None:
        """Keep the state now: after a change to a record, an app, a key or a connection that was made outside."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
        self._storage.save(self.state)
        self._watch_due()

    def deploy(self, record: Record) -> None:
        """Take a service in and begin to deploy it."""
        record.status, record.wanted, record.moved = "pending", "running", now()
        self.state.services.append(record)
        found = self._deployed[record.id] = Deployed(record, self._ground)
        if not record.portions:  # it waits for its first
            record.status = "running"
            self.save()
            return
        record.changes.append(_change(record, record.portions, result="SUCCESS"))
        found.begin(found.deploy, "deploy")
        self.save()

    def start(self, service: str) -> None:
        """Begin to start a stopped or failed service."""
        found = self._checked(service, "start")
        found.record.domain += "domain-switch" in self._ground.quirks
        found.record.wanted, found.record.error, found.record.progress = "running", "", 0
        found.move("pending")
        found.begin(found.deploy, "start")
        self.save()

    def stop(self, service: str) -> None:
        """Begin to stop a service: calls that run get their grace."""
        found = self._checked(service, "stop")
        found.record.wanted, found.record.due = "stopped", 0
        found.move("stopping")
        found.begin(found.stop, "stop")
        self.save()

    def delete(self, service: str) -> None:
        """Begin to delete a service; it is gone from the records when its processes are."""
        found = self._checked(service, "delete")
        found.record.wanted = "stopped"
        found.move("deleting")
        found.begin(lambda: self._delete(found), "delete")
        self.save()

    def update(
        self, service: str, portions: Sequence[Portion], revision: str = "", then: Callable[[], None] = nothing_else
    ) -> Change:
        """Replace a service's portions: new instances first, then calls go to them, then the old ones end.

        Where the new ones do not become ready the service stays what it was, and the change, which is returned, says
        why. A stopped service only takes them over; a failed one is deployed anew. `then` is called once it succeeded.
        """
        found = self._checked(service, "update")
        record = found.record
        change = _change(record, portions, revision=revision)
        record.changes = [*record.changes[1 - CHANGES_KEPT :], change]
        record.updated = now()
        if record.status == "stopped":
            record.portions, change.result = copies(change.portions), "SUCCESS"
            then()
        else:
            record.wanted, before = "running", record.status
            found.move("upgrading" if record.callable else "deploying")
            found.begin(lambda: found.update(change, before, then), "update")
        self.save()
        return change

    def scale(self, service: str, portion: str, count: int) -> None:
        """Let a portion have so many instances; it is named by its id or name, '' where there is but one."""
        found = self._checked(service, "scale")
        wanted = found.record.portion(portion)
        if wanted is None:
            raise KeyError(portion)
        before, wanted.count = wanted.count, count
        found.record.updated = now()
        found.move("upgrading")
        found.begin(lambda: found.scale(wanted, before), "scale")
        self.save()

    def interrupt(self, service: str) -> None:
        """Break off a deployment (it is stopped then) or an update (it stays what it was)."""
        found = self._checked(service, "interrupt")
        updating = found.record.status == "upgrading"
        found.move("interrupting")
        if updating:
            found.begin(found.interrupt_update, "interrupt")
        else:
            found.record.wanted = "stopped"
            found.begin(found.interrupt, "interrupt")
        self.save()

    def instances(self, service: str) -> list[InstanceView]:
        """The processes of a service, those that only finish what they began among them."""
        found = self._deployed.get(service)
        return [self._view(one) for one in [*found.instances, *found.leaving]] if found is not None else []

    def kill(self, service: str, instance: str) -> bool:
        """End one process at once, as if it crashed; another takes its place. False where there is none."""
        there = self._deployed[service].instances
        found = next((one for one in there if one.name == instance), None)
        return found is not None and self._usage.kill(found.program.pid)

    def log(self, service: str, instance: str = "", lines: int = 200) -> list[str]:
        """The last lines that a service's processes wrote to standard output and standard error."""
        return self._logs.lines(service, instance, lines)

    def per_minute(self, service: str) -> int:
        """Calls in the last minute."""
        return self._deployed[service].minute.count()

    @contextlib.contextmanager
    def calling(self, service: str) -> Iterator[Passage]:
        """The way of one call, counted from its beginning to its end. Raises NoneReadyError."""
        found = self._deployed[service]
        record = found.record
        record.calls += 1
        found.minute.add()
        try:
            passage = Passage(found.turns, lambda: found.instances)
        except NoneReadyError:
            record.failures += 1
            raise
        try:
            yield passage
        except Exception as error:
            passage.answered(getattr(error, "status", SERVER_ERROR))
            raise
        finally:
            passage.end()
            record.failures += passage.failed
            passage.portion.failures += passage.failed
            self._soon(COUNT_SECONDS)

    async def resumed(self, service: str) -> None:
        """Return once a service can be called that ran before the sandbox's restart; at once for any other."""
        found = self._deployed.get(service)
        if found is not None and found.resuming:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RESUME_SECONDS):
                    await found.until(found.served_again)

    def _checked(self, service: str, asked: str) -> Deployed:
        found = self._deployed[service]
        states.check(found.record, asked)
        return found

    def _restore(self, record: Record) -> None:
        """Go on with a service where an earlier sandbox was."""
        found = self._deployed[record.id] = Deployed(record, self._ground)
        for change in record.changes:
            if change.result == "RUNNING":
                change.result, change.error = "FAIL", "the platform was restarted"
        if not self.kept and not record.built_in:
            record.wanted = "stopped"  # here; the other sandbox has it
        if record.status == "deleting":
            found.begin(lambda: self._delete(found), "delete")
        elif record.wanted == "stopped":
            found.move("stopped")
        elif record.status == "failed":
            return
        elif record.built_in:
            record.status = "running"
            found.lazy()
        else:
            ran = found.resuming = record.callable
            found.move("running" if ran else "deploying")
            found.begin(found.resume if ran else lambda: found.deploy(stages=False), "restore")

    async def _delete(self, found: Deployed) -> None:
        await found.delete()
        self._deployed.pop(found.record.id, None)
        self.direct_ports.pop(found.record.id, None)
        self.state.services.remove(found.record)
        self.save()

    def _view(self, one: Instance) -> InstanceView:
        pid = one.program.pid
        return InstanceView(
            name=one.name,
            portion=one.portion.id,
            state=one.state,
            port=one.program.port,
            pid=pid,
            since=one.since,
            restarts=one.restarts,
            note=one.note,
            used=lambda: self._usage.of(pid),
        )

    def _soon(self, seconds: float = SAVE_SECONDS) -> None:
        """Something changed that nobody asked for: keep it soon, several changes at once."""
        loop = asyncio.get_running_loop()
        seconds = max(seconds, SHARE * self._took)
        if self._saving is not None and self._saving.when() > loop.time() + seconds:
            self._saving.cancel()
            self._saving = None
        if self._saving is None:
            self._saving = loop.call_later(seconds, self._save_now)

    def _save_now(self) -> None:
        self._saving = None
        self._keeping = spawn(self._keep(), name="keep the services")

    async def _keep(self) -> None:
        """Keep the state; where that is not possible now, the next change tries again."""
        begun = time.monotonic()
        with contextlib.suppress(OSError, SandboxError):
            await self._storage.save_aside(self.state)
        self._took = time.monotonic() - begun
        self._watch_due()

    def _changed(self, service: str) -> None:
        """Keep a service's change soon, and note where it can be reached directly."""
        found = self._deployed.get(service)
        if found is not None and found.record.generation == "v1":
            ports = [one.program.port for one in found.instances if one.state == "running"]
            if ports:
                self.direct_ports[service] = ports[0]
            else:
                self.direct_ports.pop(service, None)
        self._soon()

    def _watch_due(self) -> None:
        """Wake up when the next service is to stop by itself."""
        if self._due is not None:
            self._due.cancel()
        moments = [record.due for record in self.state.services if record.due]
        self._due = None
        if moments:
            seconds = max(0.2, (min(moments) - now()) / 1000)
            self._due = asyncio.get_running_loop().call_later(seconds, self._stop_due)

    def _stop_due(self) -> None:
        """Stop what is due; a service that cannot be stopped now is stopped as soon as it can."""
        for record in self.all():
            if record.due and record.due <= now():
                with contextlib.suppress(WrongStateError):
                    self.stop(record.id)
                if record.status in ("stopped", "failed", "deleting"):
                    record.due = 0
        self._watch_due()


def _change(record: Record, portions: Sequence[Portion], *, revision: str = "", result: str = "RUNNING") -> Change:
    change = Change(
        id=str(uuid.uuid4()), at=now(), revision=revision or (portions[0].revision if portions else ""),
        portions=copies(portions), before=copies(record.portions),
    )  # fmt: skip
    change.result = "SUCCESS" if result == "SUCCESS" else "RUNNING"
    return change
