"""A service waited for until it has a status: for scripts, with an error where it will not have it."""

import asyncio
import time
from collections.abc import Collection, Sequence

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.progressing import Follower, Progress, Tempo, pause
from streamscope.model.errors import ServiceFailed, UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Service, Workspace

STATES = ("running", "changing", "concerning", "stopped", "failed", "unknown")
GONE = ("deleted", "gone")
WORDS = (
    *("init", "pending", "waiting", "deploying", "upgrading", "interrupting", "restarting"),
    *("stopping", "deleting", "finished", "error"),
)
"""What platforms call states besides the six of every service."""


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
                await asyncio.sleep(pause(follower.tempo, last, before, time.monotonic() - began))
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
