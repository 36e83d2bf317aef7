"""The states of a workspace's services, looked at again and again: soon while something changes, seldom otherwise."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streamscope.engine import discover, lifecycle
from streamscope.engine.core import Core
from streamscope.kinds.catalog import PLATFORMS, kind
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service, Workspace

SOON = 2.5
"""Seconds to the next look while a service is changing."""
SELDOM = 45.0
"""Seconds to the next look while none is."""
LONGEST = 300.0
"""Seconds that are never exceeded, however often the platform failed."""
_SHARE = 10.0
"""A look that took long is followed by a pause this many times as long, so that watching stays cheap for both sides."""
_JITTER = 0.2
_CHANGING_FOR = 20
"""Looks after which services that tell the same again and again are looked at ever less often: a deployment takes
minutes, something is stuck, or a platform's word is a new one."""
_SLOWER = 1.3


@dataclass(frozen=True, slots=True)
class Report:
    """What a look brought: all services, those that are new or other than before, those that are gone; or an error."""

    services: tuple[Service, ...] = ()
    changed: tuple[Service, ...] = ()
    gone: tuple[Service, ...] = ()
    error: StreamscopeError | None = None


@dataclass(slots=True)
class Pace:
    """How long to wait until the next look. Pure; `chance` gives a number in [0, 1)."""

    chance: Callable[[], float] = random.random
    failures: int = 0
    changing: int = 0
    """Looks at which the same services told the same of how they change."""
    _told: tuple[tuple[str, str, int | None], ...] = ()

    def after(self, services: Sequence[Service], took: float) -> float:
        """After a look that succeeded and took so many seconds."""
        self.failures = 0
        told = tuple((one.id, one.status, one.progress) for one in services if one.state == "changing")
        self.changing = 0 if not told else self.changing + 1 if told == self._told else 1
        self._told = told
        wanted = min(SOON * _SLOWER ** max(0, self.changing - _CHANGING_FOR), SELDOM) if told else SELDOM
        return self._spread(max(wanted, took * _SHARE))

    def after_failure(self, retry_after: float = 0.0) -> float:
        """After one that failed: twice as long each time, and never sooner than the platform asked for."""
        self.failures += 1
        wanted = min(SELDOM * 2 ** min(self.failures - 1, 10), LONGEST)
        return max(self._spread(wanted), min(retry_after, 3600.0))

    def _spread(self, seconds: float) -> float:
        """A little sooner or later, so that many windows do not ask all at once."""
        return min(seconds * (1 - _JITTER + 2 * _JITTER * self.chance()), LONGEST)


def watched(workspace: Workspace) -> bool:
    """Whether the states of a workspace's services change by themselves."""
    return kind("platform", PLATFORMS, workspace.platform).lives


def difference(before: Sequence[Service], after: Sequence[Service]) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """The services that are new or whose rows tell something else, and those that are gone."""
    known = {service.id: _row(service) for service in before}
    changed = tuple(service for service in after if known.get(service.id) != _row(service))
    left = {service.id for service in after}
    return changed, tuple(service for service in before if service.id not in left)


def _row(service: Service) -> tuple[object, ...]:
    """What a list tells: that details were read meanwhile is no news."""
    told = service.name, service.generation, service.status, service.state, service.tags, service.description
    return *told, service.version, service.changed


@dataclass
class Watch:
    """A workspace under watch, on the core's loop: `next` waits until it is time, looks, and tells."""

    core: Core
    workspace: Workspace
    pace: Pace = field(default_factory=Pace)
    _known: Sequence[Service] | None = None
    """As this watch saw them last: another one may have brought the core's own list up to date meanwhile."""
    _due: float = field(default_factory=lambda: time.monotonic() + SELDOM)
    _nudged: asyncio.Event = field(default_factory=asyncio.Event)
    _going: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._going.set()

    async def next(self) -> Report:
        """The next report. Cancelling it stops the watch; nothing runs between two calls."""
        await self._time()
        known = self._known
        before = list(self.core.services.get(self.workspace.name, {}).values()) if known is None else known
        began = time.monotonic()
        try:
            await lifecycle.still_there(self.core, self.workspace)
            after = await discover.again(self.core, self.workspace)
        except StreamscopeError as error:
            self._due = time.monotonic() + self.pace.after_failure(getattr(error, "retry_after", 0.0))
            return Report(tuple(before), error=error)
        self._known = after
        now = time.monotonic()
        self._due = now + self.pace.after(after, now - began)
        return Report(tuple(after), *difference(before, after))

    def learnt(self, services: Sequence[Service]) -> None:
        """Someone else has just read the list: the next look can wait for its time."""
        self._known = list(services)
        self._due = time.monotonic() + self.pace.after(services, 0.0)
        self._nudged.set()

    def soon(self) -> None:
        """Look as soon as possible."""
        self._due = time.monotonic()
        self._nudged.set()

    def pause(self) -> None:
        """Nobody looks: ask nothing."""
        self._going.clear()

    def resume(self) -> None:
        """Somebody looks again; what is overdue is asked for at once."""
        self._going.set()

    async def _time(self) -> None:
        """Wait until a look is due and wanted."""
        while True:
            await self._going.wait()
            left = self._due - time.monotonic()
            if left <= 0:
                return
            self._nudged.clear()
            try:
                async with asyncio.timeout(left):
                    await self._nudged.wait()
            except TimeoutError:
                continue
