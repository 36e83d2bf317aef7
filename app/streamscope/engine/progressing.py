"""One service followed until it is steady: percent, events and trouble for a person, its state for a script."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from streamscope.engine import discover, lifecycle
from streamscope.engine.core import Core
from streamscope.engine.managed import managed
from streamscope.engine.troubles import Trouble, begins, chronological, current, trouble
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.model.errors import (
    ConnectError,
    ExchangeError,
    PlatformRefusal,
    StreamscopeError,
)
from streamscope.model.service import Happening, Service

_SOONEST = 0.25
"""The share of the usual pause after which the first looks come, and those after news."""
_SLOWER = 1.4
_SLOWEST = 8.0
"""How many usual pauses lie between two looks at the most, where nothing happens."""
_SHARE = 3.0
"""A look that took long is followed by a pause this many times as long."""
_PATIENCE = 6
"""Looks that may fail in a row: a lost packet is no end."""
_LONGEST = 60.0
_GRACE = 3
"""Looks at which a service may still be what it was: platforms take a moment to begin."""
_RECOVERING = 12
"""Looks in a row at which a service may be concerning before that is its end: an instance that is replaced comes
back, on platforms within half a minute."""
_UNDONE = re.compile(r"fail|unsuccess|roll\w*[ -]?back", re.IGNORECASE)
_REFUSED = (400, 401, 403)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a service is, and what is new since the last one."""

    service: Service
    """As it is now; where it is gone, as it was last."""
    percent: int | None = None
    happenings: tuple[Happening, ...] = ()
    """Those that were not told before, the oldest first."""
    trouble: Trouble | None = None
    """Why it is not well; where it is steady and running, why what was asked for last did not happen."""
    done: bool = False
    gone: bool = False
    problem: StreamscopeError | None = None
    """Why this look failed; the next one may succeed."""


@dataclass(slots=True)
class Tempo:
    """How long to wait until the next look, in seconds. Pure."""

    every: float
    failures: int = 0
    _quiet: int = 0

    def after(self, *, news: bool, took: float = 0.0) -> float:
        """After a look that succeeded: soon where there was news, later and later where there was none."""
        self.failures = 0
        self._quiet = 0 if news else self._quiet + 1
        wanted = min(self.every * _SOONEST * _SLOWER**self._quiet, self.every * _SLOWEST)
        return min(max(wanted, took * _SHARE), _LONGEST)

    def after_failure(self, error: StreamscopeError) -> float:
        """After one that failed: twice as long each time, and never sooner than the platform asked for."""
        self.failures += 1
        wanted = min(self.every * 2.0 ** (self.failures - 1), _LONGEST)
        return max(wanted, float(getattr(error, "retry_after", 0.0)))

    def hopeless(self, error: StreamscopeError) -> bool:
        """Whether there is no use in asking again; a throttle opens again however long it takes."""
        if isinstance(error, PlatformRefusal):
            return error.status in _REFUSED or (error.status != 429 and self.failures >= _PATIENCE)
        return not isinstance(error, ConnectError | ExchangeError) or self.failures >= _PATIENCE


@dataclass(slots=True)
class Steadiness:
    """Whether a service has become what it is going to be, from what its looks tell. Pure."""

    service: Service
    """As it was at the last look."""
    looks: int = 0
    moved: bool = False
    """Whether it was seen to change, so that a steady state is the end of that."""
    _concerning: int = 0

    def seen(self, now: Service) -> bool:
        """Whether it is steady, now that it is this."""
        self.looks += 1
        other = (now.status, now.state) != (self.service.status, self.service.state)
        self.moved |= other or now.state == "changing"
        self.service = now
        self._concerning = self._concerning + 1 if now.state == "concerning" else 0
        steady = now.state != "changing" and not 0 < self._concerning < _RECOVERING
        return steady and (self.moved or self.looks > _GRACE)


@dataclass
class Follower:
    """One service under somebody's eyes: `look` asks once, `tempo` says when to ask again."""

    core: Core
    service: Service
    tempo: Tempo
    told: list[Happening] = field(default_factory=list)
    _begun: bool = False
    _before: int = 0
    """Events that were there at the first look."""
    _failure: Happening | None = None
    """The newest event, where it came under these eyes and tells that a change failed."""
    _steadiness: Steadiness = field(init=False)

    def __post_init__(self) -> None:
        self._steadiness = Steadiness(self.service)

    async def look(self) -> Progress:
        """How it is now. A look that failed is a Progress with a problem. Raises what will not get better."""
        try:
            return await self._look()
        except StreamscopeError as error:
            if self.tempo.hopeless(error):
                raise
            return Progress(self.service, problem=error)

    async def _look(self) -> Progress:
        await lifecycle.still_there(self.core, self.core.bench.workspaces.get(self.service.workspace))
        generation, site = await managed(self.core, self.service)
        now, happenings = await asyncio.gather(
            discover.look(self.core, self.service), _happenings(generation, site, self.service.id)
        )
        if now is None:
            return Progress(self.service, done=True, gone=True)
        first, fresh = self._steadiness.looks == 0, self._fresh(happenings)
        if first:
            self._before = len(self.told)
        elif fresh:
            undone = fresh[-1].severity == "error" and _UNDONE.search(fresh[-1].text.partition("\n")[0])
            self._failure = fresh[-1] if undone else None
        self.service = now
        done = self._steadiness.seen(now)
        percent = now.progress if now.state == "changing" else None
        told = self.told if now.state != "changing" or begins(self.told) else self.told[self._before :]
        found = trouble(now, list(reversed(told)))
        if done and found is None and self._failure is not None:  # it is what it was before, since a change failed
            found = trouble(replace(now, state="failed", note=""), [self._failure])
        return Progress(now, percent, fresh, found, done=done)

    def _fresh(self, happenings: list[Happening]) -> tuple[Happening, ...]:
        """What was not told yet, the oldest first; of what was before, only what belongs to the last beginning."""
        ordered = current(happenings) if not self._begun else chronological(happenings)
        self._begun = self._begun or bool(happenings)
        known = {(one.at, one.text) for one in self.told}
        fresh = tuple(one for one in ordered if (one.at, one.text) not in known)
        self.told += fresh
        return fresh


async def progress(core: Core, service: Service, every: float = 1.0) -> AsyncGenerator[Progress, None]:
    """A service as it changes, until it is steady or gone; closing the generator stops it. `every`: seconds between two
    looks, sooner after news, later where nothing happens or the platform asks for it. Raises the tree of errors."""
    follower = Follower(core, service, Tempo(every))
    while True:
        began = time.monotonic()
        before = follower.service
        seen = await follower.look()
        yield seen
        if seen.done:
            return
        await asyncio.sleep(pause(follower.tempo, seen, before, time.monotonic() - began))


async def settling(core: Core, services: Sequence[Service], every: float = 1.0) -> AsyncGenerator[Progress]:
    """Many services of one workspace: each once it is steady or gone, by one list call a look. Raises the tree of
    errors; closing the generator stops it."""
    workspace = core.bench.workspaces.get(services[0].workspace)
    left = {service.id: Steadiness(service) for service in services}
    tempo = Tempo(every)
    while left:
        began, before = time.monotonic(), {number: one.service for number, one in left.items()}
        try:
            await lifecycle.still_there(core, workspace)
            rows = {row.id: row for row in await discover.again(core, workspace)}
        except StreamscopeError as error:
            if tempo.hopeless(error):
                raise
            await asyncio.sleep(tempo.after_failure(error))
            continue
        for number, one in list(left.items()):
            now = rows.get(number)
            if now is None or one.seen(now):
                del left[number]
                yield await _end_of(core, one.service, gone=now is None)
        news = any(before[number].status != one.service.status for number, one in left.items())
        if left:
            await asyncio.sleep(tempo.after(news=news, took=time.monotonic() - began))


async def _end_of(core: Core, service: Service, *, gone: bool) -> Progress:
    """A service at its end; one that is not well with why."""
    if gone or service.state not in ("failed", "concerning"):
        return Progress(service, done=True, gone=gone)
    generation, site = await managed(core, service)
    told = await _happenings(generation, site, service.id)
    return Progress(service, happenings=tuple(current(told)), trouble=trouble(service, told), done=True)


def pause(tempo: Tempo, seen: Progress, before: Service, took: float) -> float:
    """How long to wait after a look, and what was known before it."""
    if seen.problem is not None:
        return tempo.after_failure(seen.problem)
    other = (before.status, before.progress) != (seen.service.status, seen.service.progress)
    return tempo.after(news=other or bool(seen.happenings), took=took)


async def _happenings(generation: Generation, site: Site, service: str) -> list[Happening]:
    """What happened, the newest first; a permission may be missing for it, and it is not worth an end."""
    try:
        return await generation.happenings(site, service)
    except (PlatformRefusal, ConnectError, ExchangeError):
        return []
