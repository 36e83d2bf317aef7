"""Services deployed, changed and watched until they are what was asked for: what both faces call."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.managed import ACTIONS, generation_of, generations, managed, obstacle, place
from streamscope.engine.progressing import Progress, progress
from streamscope.engine.troubles import Trouble, trouble
from streamscope.engine.waiting import wait
from streamscope.kinds.platforms.base import Site
from streamscope.model.deployment import (
    Action,
    Configuration,
    Figures,
    Instance,
    Outcome,
    Page,
    Revision,
)
from streamscope.model.errors import HalfDone, PlatformRefusal, StreamscopeError, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Happening, Service

__all__ = [
    "ACTIONS",
    "Details",
    "Progress",
    "Trouble",
    "act",
    "configuration",
    "delete",
    "deploy",
    "details",
    "generation_of",
    "generations",
    "managed",
    "obstacle",
    "pages",
    "place",
    "progress",
    "trouble",
    "wait",
]
_T = TypeVar("_T")
_INSIDE = 500
"""Statuses from here on leave open what was done."""
_ONE_BY_ONE = 8
"""Services up to which each is looked at by itself after an action; for more the list is read."""


@dataclass(frozen=True, slots=True)
class Details:
    """What the platform tells of one service besides its row: each a value, or why there is none."""

    instances: list[Instance] | StreamscopeError
    revisions: list[Revision] | StreamscopeError
    figures: Figures | StreamscopeError | None
    """None where the platform has no monitor."""
    happenings: list[Happening] | StreamscopeError
    """The newest first."""


async def pages(core: Core, name: str, generation: str, *, update: bool = False) -> tuple[Page, ...]:
    """What a configuration in a workspace is made of, with the platform's own choices. Raises the tree of errors."""
    site = await place(core, name)
    return await generation_of(site.workspace, generation).pages(site, update=update)


async def configuration(core: Core, service: Service) -> Configuration:
    """What a service is now, to be changed and sent back. Raises the tree of errors."""
    generation, site = await managed(core, service)
    return await generation.configuration(site, service.id)


async def deploy(core: Core, name: str, generation: str, configuration: Configuration) -> Service:
    """Make a service in a workspace; its list row right after. Raises the tree of errors, UsageError for what the
    platform's rules do not allow; where the service was made before something failed, the error says so."""
    site = await place(core, name)
    maker = generation_of(site.workspace, generation)
    known = set(core.services.get(name, {}))
    wanted = configuration.values.get("name", "")
    try:
        made = await maker.deploy(site, configuration)
    except UsageError:
        raise
    except StreamscopeError as error:
        await _half(core, site, wanted, known, error)
        raise
    service = Service(made, wanted, name, generation, state="changing", complete=False)
    with suppress(StreamscopeError):  # it is there: that it cannot be looked at yet is no failure
        service = await discover.look(core, service) or service
    core.services.setdefault(name, {})[made] = service
    return service


async def act(
    core: Core,
    service: Service,
    action: Action,
    *,
    configuration: Configuration | None = None,
    portion: str = "",
    count: int = 0,
    revision: Revision | None = None,
    instance: Instance | None = None,
) -> None:
    """Ask for an action; it begins to happen. Raises the tree of errors: UsageError with the reason, before anything is
    asked for, where the service's state does not allow it. The core's own row of the service is brought up to date."""
    generation, site = await managed(core, service)
    await _allowed(core, site, service, action)
    try:
        match action:
            case "update":
                await generation.update(site, service.id, _given(configuration))
            case "start":
                await generation.start(site, service.id)
            case "stop":
                await generation.stop(site, service.id)
            case "scale":
                await generation.scale(site, service.id, portion, count)
            case "interrupt":
                await generation.interrupt(site, service.id)
            case "switch":
                await generation.switch(site, service.id, _given(revision))
            case "restart":
                await generation.restart(site, service.id, _given(instance))
            case "delete":
                _one(await generation.delete(site, [service.id]), service)
            case _:
                raise UsageError(phrase("A service that is there cannot be deployed: update it."))
    finally:
        with suppress(StreamscopeError):  # what was asked for is done or refused: the next look will see it
            await discover.look(core, service)


async def delete(core: Core, services: Sequence[Service]) -> list[Outcome]:
    """Delete services, of any workspaces; what became of each, in their order. Raises the tree of errors where nothing
    could be asked for."""
    groups: dict[tuple[str, str], list[Service]] = {}
    for service in services:
        groups.setdefault((service.workspace, service.generation), []).append(service)
    outcomes: dict[tuple[str, str], Outcome] = {}
    for (name, _), group in groups.items():
        try:
            found = await _delete(core, group)
        except StreamscopeError as error:
            if len(groups) == 1:
                raise
            found = [Outcome(one.id, done=False, note=str(error.message)) for one in group]
        outcomes |= {(name, one.id): one for one in found}
    lost = phrase("The platform did not say what became of it.")
    return [outcomes.get((one.workspace, one.id)) or Outcome(one.id, done=False, note=str(lost)) for one in services]


async def details(core: Core, service: Service) -> Details:
    """Instances, revisions, figures and happenings, asked for at once. Raises the tree of errors where none can be."""
    generation, site = await managed(core, service)
    return Details(
        *await asyncio.gather(
            _answered(generation.instances(site, service.id)),
            _answered(generation.revisions(site, service.id)),
            _answered(generation.figures(site, service.id)),
            _answered(generation.happenings(site, service.id)),
        )
    )


async def _answered(asked: Awaitable[_T]) -> _T | StreamscopeError:
    try:
        return await asked
    except StreamscopeError as error:
        return error


async def _allowed(core: Core, site: Site, service: Service, action: Action) -> None:
    """Refuse what the state does not allow; another window may have changed it, so it is looked at before."""
    known = core.services.get(service.workspace, {}).get(service.id, service)
    reason = obstacle(site.workspace, known, action)
    if str(reason):
        now = await discover.look(core, service)
        if now is None:
            raise discover.nothing_named(service.name, service.workspace, [])
        reason = obstacle(site.workspace, now, action)
    if str(reason):
        raise UsageError(reason)


async def _delete(core: Core, group: list[Service]) -> list[Outcome]:
    """Services of one generation and workspace."""
    generation, site = await managed(core, group[0])
    outcomes, wanted = [], []
    for service in group:
        known = core.services.get(service.workspace, {}).get(service.id, service)
        reason = obstacle(site.workspace, known, "delete")
        if str(reason):
            outcomes.append(Outcome(service.id, done=False, note=str(reason)))
        else:
            wanted.append(service)
    if not wanted and len(group) == 1:
        await _allowed(core, site, group[0], "delete")
        outcomes, wanted = [], group
    if wanted:
        outcomes += await generation.delete(site, [one.id for one in wanted])
        with suppress(StreamscopeError):
            if len(wanted) <= _ONE_BY_ONE:
                await asyncio.gather(*(discover.look(core, one) for one in wanted))
            else:
                await discover.again(core, core.bench.workspaces.get(group[0].workspace))
    return outcomes


async def _half(core: Core, site: Site, wanted: str, known: set[str], error: StreamscopeError) -> None:
    """Say so where a deployment whose end is not known has left a service behind, and have it in the core's list."""
    if isinstance(error, PlatformRefusal) and error.status < _INSIDE:
        return
    try:
        rows = await discover.again(core, site.workspace)
    except StreamscopeError:
        return
    if not isinstance(error, HalfDone) and any(row.name == wanted and row.id not in known for row in rows):
        error.message = phrase("{message} But the service '{name}' is there now.", message=error.message, name=wanted)
        error.hint = phrase("Look at it: it may be what was asked for. Else delete it and deploy again.")


def _one(outcomes: Sequence[Outcome], service: Service) -> None:
    for outcome in outcomes:
        if outcome.id == service.id and not outcome.done:
            raise PlatformRefusal(
                phrase("'{name}' was not deleted: {reason}", name=service.name, reason=outcome.note or "-")
            )


def _given(value: _T | None) -> _T:
    if value is None:
        raise UsageError(phrase("Something is missing that this action needs."))
    return value
