"""One service's instances, and the changes that it goes through one at a time."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import msgspec

from streamscope.sandbox.fleet.delays import STAGES
from streamscope.sandbox.fleet.inherited import Inherited
from streamscope.sandbox.fleet.instance import Instance
from streamscope.sandbox.fleet.making import DeployError, Ground, Maker
from streamscope.sandbox.fleet.routing import Minute, Turns
from streamscope.sandbox.records import Change, Event, Level, Portion, Record, Status, now
from streamscope.tasks import end, spawn

EVENTS_KEPT = 1000
CHANGES_KEPT = 200
INTERRUPTED = "it was interrupted"


class Deployed:
    """One service as it runs: its record says what is wanted and told, the instances are what there is."""

    def __init__(self, record: Record, ground: Ground) -> None:
        self.record = record
        self.instances: list[Instance] = []
        """Those that get calls, and those that were to."""
        self.leaving: list[Instance] = []
        """Those that only finish what they began."""
        self.turns = Turns()
        self.minute = Minute()
        self._ground = ground
        self._maker = Maker(record.id, ground, self._instance_changed)
        self._pulse = asyncio.Event()
        self.resuming = False
        """Whether it is being started again after the sandbox's own restart."""
        self._change: asyncio.Task[None] | None = None
        self._draining: set[asyncio.Task[None]] = set()

    # What happens to it, each from its beginning to its end.

    def begin(self, change: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Begin a change in place of the one that is under way."""
        self._change = spawn(self._instead(self._change, change), name=f"{name} {self.record.name}")

    async def _instead(
        self, before: asyncio.Task[None] | None, change: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        await end(before)
        try:
            await change()
        except Exception as error:  # noqa: BLE001 - nobody waits for it: the service says so
            await self._failed(f"{type(error).__name__}: {error}")
        finally:
            if self._change is asyncio.current_task():
                self._change = None
        self.settle()

    def lazy(self) -> None:
        """Let built-in models' processes come with their first connections: they are ready from now on."""
        try:
            self._add(self.record.portions, lazy=True)
        except DeployError as error:
            self.record.error = str(error)
            self.move("failed")
            return
        for one in self.instances:
            one.begin(at_once=isinstance(one.program, Inherited))

    async def deploy(self, *, stages: bool = True) -> None:
        """Start all instances; where one does not become ready the service failed, and nothing of it runs."""
        await self._clear(0)
        try:
            async with asyncio.timeout(self.record.deploy_minutes * 60):
                if stages:
                    await self._stages()
                else:
                    self.move("deploying")
                self._add(self.record.portions)
                await self._all_ready(self.instances)
        except TimeoutError:
            await self._failed(f"Deployment failed: it took more than {self.record.deploy_minutes:g} minutes.")
        except DeployError as error:
            await self._failed(f"Model start failed: {error}")
        else:
            if self.record.generation == "v2":
                self.tell("start instance success")
            self.move("running")

    async def resume(self) -> None:
        """Start again what ran before the sandbox's own restart: the service stays what it was, unless it fails."""
        try:
            self._add(self.record.portions)
            async with asyncio.timeout(self.record.deploy_minutes * 60):
                await self._all_ready(self.instances)
        except TimeoutError:
            await self._failed(f"Deployment failed: it took more than {self.record.deploy_minutes:g} minutes.")
        except DeployError as error:
            await self._failed(f"Model start failed: {error}")
        finally:
            self.resuming = False
            self._news()

    def served_again(self) -> bool:
        """Whether calls need not wait any longer: something runs, or nothing will."""
        return not self.resuming or any(one.state == "running" for one in self.instances)

    async def stop(self) -> None:
        """Let calls end, then the processes."""
        await asyncio.gather(self._clear(None), asyncio.sleep(self._ground.delays.stopping))
        self.tell("stop service success")
        self.move("stopped")

    async def delete(self) -> None:
        """End everything at once."""
        await asyncio.gather(self._clear(0), asyncio.sleep(self._ground.delays.deleting))
        self._ground.logs.drop(self.record.id)

    async def update(self, change: Change, before: Status, then: Callable[[], None]) -> None:
        """New instances first, then calls go to them, then the old ones end; or it stays what it was before."""
        record = self.record
        wanted = copies(change.portions)
        kept = [one for one in self.instances if _stays(one, wanted)]
        fresh: list[Instance] = []
        try:
            async with asyncio.timeout(record.deploy_minutes * 60):
                fresh = self._made(wanted, kept)
                await self._all_ready(fresh)
        except TimeoutError:
            self._not_updated(change, before, fresh, f"it took more than {record.deploy_minutes:g} minutes")
        except DeployError as error:
            self._not_updated(change, before, fresh, str(error))
        except asyncio.CancelledError:
            self._not_updated(change, before, fresh, INTERRUPTED)
            raise
        else:
            then()
            self._swap(change, wanted, kept, fresh)

    def _not_updated(self, change: Change, before: Status, fresh: list[Instance], why: str) -> None:
        change.result, change.error = "FAIL", why
        self._leave(fresh, 0)
        self.tell(f"update service failed: {why}", "abnormal")
        if self.record.status in ("upgrading", "deploying"):  # else what broke it off is under way
            self.move(before)

    def _swap(self, change: Change, wanted: list[Portion], kept: list[Instance], fresh: list[Instance]) -> None:
        """Let calls go to the new instances, from one moment to the next."""
        new = {portion.id: portion for portion in wanted}
        surplus = [one for one in self.instances if one not in kept]
        for one in kept:
            one.portion = new[one.portion.id]
        for portion in wanted:
            surplus += [one for one in kept if one.portion is portion][portion.count :]
        self.record.portions = wanted
        self.instances = [one for one in [*kept, *fresh] if one not in surplus]
        change.result = "SUCCESS"
        self.tell("update service success")
        self.record.error = ""
        self.move("running")
        self._leave(surplus, self.record.timeout)

    async def scale(self, portion: Portion, before: int) -> None:
        """Start what is missing of a portion, and let what is too much finish; broken off, it is what it was before."""
        there = [one for one in self.instances if one.portion.id == portion.id]
        surplus = there[portion.count :]
        self.instances = [one for one in self.instances if one not in surplus]
        self._leave(surplus, portion.grace)
        fresh: list[Instance] = []
        try:
            fresh = self._made([portion], there)
            self.instances += fresh
            await self.until(lambda: all(one.state in ("running", "failed") for one in fresh))
        except DeployError as error:
            portion.count = before
            self.tell(f"scale {portion.name} failed: {error}", "abnormal")
        except asyncio.CancelledError:
            portion.count = before
            self.instances = [one for one in self.instances if one not in fresh]
            self._leave(fresh, 0)
            raise
        else:
            self.tell(f"scale {portion.name} to {portion.count}")
        self.move("running")

    async def interrupt(self) -> None:
        """After a deployment was broken off: it is stopped then."""
        await self._clear(0)
        self.tell("deployment interrupted", "warning")
        self.move("stopped")

    async def interrupt_update(self) -> None:
        """After an update was broken off: the service is what it was."""
        for change in self.record.changes:
            if change.result == "RUNNING":
                change.result, change.error = "FAIL", INTERRUPTED
        self.move("running")

    async def close(self) -> None:
        """End every process because the sandbox ends; what is wanted stays wanted."""
        await end(self._change)
        await self._clear(0)

    # What it tells.

    def move(self, status: Status) -> None:
        """Go to another status."""
        if status != self.record.status:
            self.record.status, self.record.moved = status, now()
        if status in ("running", "stopped"):
            self.record.progress = 100 if status == "running" else 0
        self._news()

    def tell(self, text: str, level: Level = "normal", *, portion: str = "", instance: str = "") -> None:
        """Add an event."""
        event = Event(id=str(uuid.uuid4()), at=now(), level=level, text=text, portion=portion, instance=instance)
        self.record.events = [*self.record.events[1 - EVENTS_KEPT :], event]

    def settle(self) -> None:
        """Let the status follow from the instances, where no change is under way."""
        self._tell_crashes()
        if self._change is not None or not self.record.callable or not self.instances:
            return
        ready = sum(one.state == "running" for one in self.instances)
        if ready == len(self.instances):
            self.record.error = ""
            self.move("running")
        elif all(one.state == "failed" for one in self.instances):
            self.record.error = f"The model does not stay running: {self.instances[0].note}"
            self.tell(self.record.error, "abnormal")
            self.move("failed")
        else:
            self.move("concerning")

    async def until(self, fulfilled: Callable[[], bool]) -> None:
        """Wait for a condition that instances' states may fulfil."""
        while not fulfilled():
            await self._pulse.wait()

    def _tell_crashes(self) -> None:
        for one in self.instances:
            while one.crashes:
                why = one.crashes.pop(0).partition("\n")[0]
                self.tell(f"instance {one.name}: {why}", "abnormal", portion=one.portion.id, instance=one.name)

    def _instance_changed(self) -> None:
        self.settle()
        self._news()

    def _news(self) -> None:
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()
        self._ground.changed(self.record.id)

    async def _stages(self) -> None:
        """The platform's own steps before a model starts, with their events and progress."""
        delays = self._ground.delays
        await asyncio.sleep(delays.pending)
        self.move("deploying")
        for stage in STAGES:
            text = stage.new if self.record.generation == "v2" else stage.old
            if not text:
                continue
            await asyncio.sleep(delays.stage(stage))
            for portion in self.record.portions if stage.each else self.record.portions[:1]:
                self.tell(text.format(package=portion.package, version=portion.version), portion=portion.id)
            self.record.progress = stage.progress
            self._news()

    # Its instances.

    def _add(self, portions: Iterable[Portion], *, lazy: bool = False) -> None:
        self.instances += self._made(portions, self.instances, lazy=lazy)

    def _made(self, portions: Iterable[Portion], there: Sequence[Instance], *, lazy: bool = False) -> list[Instance]:
        """As many instances of each portion as are missing, begun unless they are lazy. Raises DeployError."""
        made: list[Instance] = []
        try:
            for portion in portions:
                missing = portion.count - sum(one.portion.id == portion.id for one in there)
                made.extend(self._maker.instance(portion, lazy=lazy) for _ in range(0 if portion.stopped else missing))
        except DeployError:
            for one in made:
                one.program.close()
            raise
        if not lazy:
            for one in made:
                one.begin()
        alive = {one.name for one in [*self.instances, *self.leaving, *made]}
        self._ground.logs.prune(self.record.id, alive)
        return made

    async def _all_ready(self, instances: Sequence[Instance]) -> None:
        """Wait until all are ready. Raises DeployError as soon as one failed."""
        await self.until(lambda: all(one.state == "running" for one in instances) or _failed(instances) is not None)
        failed = _failed(instances)
        if failed is not None:
            raise DeployError(failed.note)

    async def _failed(self, error: str) -> None:
        await asyncio.gather(*(one.close(0) for one in self.instances))
        self.record.error = error
        self.tell(error, "abnormal")
        self.move("failed")

    def _leave(self, instances: list[Instance], grace: float) -> None:
        """Let instances finish what they began within so many seconds, beside all else."""
        for one in instances:
            self.leaving.append(one)
            task = spawn(self._left(one, grace), name=f"drain {one.name}")
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)

    async def _left(self, instance: Instance, grace: float) -> None:
        try:
            await instance.close(grace)
        except asyncio.CancelledError:
            await instance.close(0)
            raise
        finally:
            self.leaving.remove(instance)
            self._news()

    async def _clear(self, grace: float | None) -> None:
        """End all instances; without a number each portion's grace counts."""
        closing, self.instances = self.instances, []
        self.leaving += closing
        try:
            await asyncio.gather(*(one.close(one.portion.grace if grace is None else grace) for one in closing))
        except asyncio.CancelledError:
            await asyncio.gather(*(one.close(0) for one in closing))
            raise
        finally:
            self.leaving = [one for one in self.leaving if one not in closing]
        await end(*self._draining)


def _failed(instances: Sequence[Instance]) -> Instance | None:
    return next((one for one in instances if one.state == "failed"), None)


def _stays(instance: Instance, portions: Sequence[Portion]) -> bool:
    """Whether an instance lives and is what one of the portions wants, too."""
    alive = instance.state in ("pending", "starting", "running")
    return alive and any(_same_program(instance.portion, one) for one in portions if not one.stopped)


def nothing_else() -> None:
    """What follows a change that nothing follows."""


def copies(portions: Iterable[Portion]) -> list[Portion]:
    """Portions that change on their own."""
    return [msgspec.structs.replace(one) for one in portions]


def _same_program(one: Portion, other: Portion) -> bool:
    """Whether two portions mean the same program: all but how often and how much it is called."""
    kept = ("id", "package", "version", "revision", "environment", "health", "grace")
    return all(getattr(one, name) == getattr(other, name) for name in kept)
