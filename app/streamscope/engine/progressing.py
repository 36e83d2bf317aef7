"""One service followed until it is steady: percent, events and trouble for a person, its state for a script."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, field

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.managed import managed
from streamscope.engine.troubles import Trouble, chronological, current, trouble
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Generation
from streamscope.model.errors import (
    ConnectError,
    ExchangeError,
    PlatformRefusal,
    ServiceFailed,
    StreamscopeError,
    UsageError,
)
from streamscope.model.field import unknown
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Happening, Service, Workspace

STATES = ("running", "changing", "concerning", "stopped", "failed", "unknown")
GONE = ("deleted", "gone")
WORDS = (
    *("init", "pending", "waiting", "deploying", "upgrading", "interrupting", "restarting"),
    *("stopping", "deleting", "finished", "error"),
)
"""What platforms call states besides the six of every service."""
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


@dataclass
class Follower:
    """One service under somebody's eyes: `look` asks once, `tempo` says when to ask again."""

    core: Core
    service: Service
    tempo: Tempo
    told: list[Happening] = field(default_factory=list)
    looks: int = 0
    moved: bool = False
    """Whether it was seen to change, so that a steady state is the end of that."""
    _begun: bool = False
    _concerning: int = 0

    async def look(self) -> Progress:
        """How it is now. A look that failed is a Progress with a problem. Raises what will not get better."""
        try:
            return await self._look()
        except StreamscopeError as error:
            if self.tempo.hopeless(error):
                raise
            return Progress(self.service, problem=error)

    async def _look(self) -> Progress:
        generation, site = await managed(self.core, self.service)
        now, happenings = await asyncio.gather(
            discover.look(self.core, self.service), _happenings(generation, site, self.service.id)
        )
        self.looks += 1
        if now is None:
            return Progress(self.service, done=True, gone=True)
        fresh = self._fresh(happenings)
        other = (now.status, now.state) != (self.service.status, self.service.state)
        self.moved |= other or now.state == "changing"
        self.service = now
        self._concerning = self._concerning + 1 if now.state == "concerning" else 0
        steady = now.state != "changing" and not 0 < self._concerning < _RECOVERING
        done = steady and (self.moved or self.looks > _GRACE)
        percent = now.progress if now.state == "changing" else None
        found = trouble(now, list(reversed(self.told)))
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
        await asyncio.sleep(_pause(follower.tempo, seen, before, time.monotonic() - began))


async def wait(core: Core, workspace: Workspace, name: str, statuses: Collection[str], timeout: float) -> Service:
    """The service of a name or id once it has one of these statuses: the states of every service, or platform's words,
    in any case; 'deleted': once it is gone. Raises ServiceFailed when the time is over, when it failed or is gone while
    something else was waited for, and the tree of errors."""
    wanted = wished(statuses)
    gone = bool(wanted & set(GONE))
    try:
        service = await found(core, workspace, name)
    except UsageError:
        if gone:
            return Service("", name, workspace.name, status="deleted", state="stopped")
        raise
    if {service.state, service.status.casefold()} & wanted:
        return service
    follower = Follower(core, service, Tempo(1.0))
    last = Progress(service)
    try:
        async with asyncio.timeout(timeout):
            while True:
                began, before = time.monotonic(), follower.service
                last = await follower.look()
                if last.problem is None and _ended(last, wanted):
                    return last.service
                await asyncio.sleep(_pause(follower.tempo, last, before, time.monotonic() - began))
    except TimeoutError:
        raise _late(last, timeout) from None


async def found(core: Core, workspace: Workspace, name: str) -> Service:
    """The service of an id or a name as the platform lists it now. Raises UsageError: none, or several of that name."""
    return named(await discover.again(core, workspace), workspace.name, name)


def named(rows: Sequence[Service], workspace: str, name: str) -> Service:
    """The service of an id or a name in a list. Raises UsageError: none, or several of that name."""
    for row in rows:
        if row.id == name:
            return row
    fitting = [row for row in rows if row.name == name]
    if len(fitting) > 1:
        raise UsageError(
            phrase("There are {count} services named '{name}'.", count=len(fitting), name=name),
            phrase("Name one by its id: {ids}.", ids=", ".join(row.id for row in fitting)),
        )
    if not fitting:
        raise discover.nothing_named(name, workspace, [row.name for row in rows])
    return fitting[0]


def wished(statuses: Collection[str]) -> set[str]:
    """Statuses as they are compared. Raises UsageError for a word that no platform has, with the nearest."""
    known = (*STATES, *GONE, *WORDS)
    wanted = {status.strip().casefold() for status in statuses}
    for word in wanted:
        if word not in known:
            raise unknown(phrase("There is no status '{word}'.", word=word), word, known)
    if not wanted:
        raise UsageError(phrase("Which status is to be waited for?"))
    return wanted


def _pause(tempo: Tempo, seen: Progress, before: Service, took: float) -> float:
    if seen.problem is not None:
        return tempo.after_failure(seen.problem)
    other = (before.status, before.progress) != (seen.service.status, seen.service.progress)
    return tempo.after(news=other or bool(seen.happenings), took=took)


def _ended(seen: Progress, wanted: set[str]) -> bool:
    """Whether a service is what was waited for. Raises ServiceFailed where it will not be."""
    if seen.gone:
        if wanted & set(GONE):
            return True
        raise ServiceFailed(
            phrase("'{name}' is gone: it was deleted.", name=seen.service.name),
            phrase("List the services again."),
        )
    if {seen.service.state, seen.service.status.casefold()} & wanted:
        return True
    if seen.done and seen.service.state == "failed":
        raise failed(seen)
    return False


def failed(seen: Progress) -> ServiceFailed:
    """What is said of a service that failed: cause and remedy, and the platform's own words."""
    service, why = seen.service, seen.trouble
    told = phrase("'{name}' failed: {cause}", name=service.name, cause=why.cause if why else _reason(service))
    return ServiceFailed(told, why.remedy if why else NOTHING, cause=service.note)


def _reason(service: Service) -> Phrase:
    return phrase("the platform says no more than {status}", status=service.status or "-")


def _late(last: Progress, timeout: float) -> ServiceFailed:
    told = phrase(
        "'{name}' is still {status} after {seconds} s.",
        name=last.service.name,
        status=last.service.status or "-",
        seconds=f"{timeout:g}",
    )
    if last.problem is not None:
        return ServiceFailed(told, last.problem.hint, cause=str(last.problem.message))
    if last.trouble is not None:
        return ServiceFailed(told, last.trouble.remedy, cause=str(last.trouble.cause))
    return ServiceFailed(told, phrase("Wait longer with --timeout, or look at its events."))


async def _happenings(generation: Generation, site: Site, service: str) -> list[Happening]:
    """What happened, the newest first; a permission may be missing for it, and it is not worth an end."""
    try:
        return await generation.happenings(site, service)
    except (PlatformRefusal, ConnectError, ExchangeError):
        return []
