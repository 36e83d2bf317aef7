"""What lets callers into one service, asked for at once; what may not be read says so in its place."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from streamscope.gui.language import retold
from streamscope.model.deployment import ApiKey, App, Connection, Outcome
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.kinds.platforms.base import Site
    from streamscope.kinds.platforms.generation import Generation

_T = TypeVar("_T")
_GLOBAL = "GLOBAL"


@dataclass(frozen=True, slots=True)
class Access:
    """Each part as it was found, or why it was not; None where the service's generation has no such thing.

    Of Apps and keys first those that are let in, then all that there are.
    """

    apps: tuple[list[App], list[App]] | StreamscopeError | None = None
    keys: tuple[list[ApiKey], list[ApiKey]] | StreamscopeError | None = None
    connections: list[Connection] | StreamscopeError | None = None


def insist(outcomes: Sequence[Outcome]) -> None:
    """Raises UsageError where something that was asked for was not done."""
    for outcome in outcomes:
        if not outcome.done:
            raise UsageError(phrase("The platform did not do it: {note}", note=retold(outcome.note) or "?"))


async def looked(generation: "Generation", site: "Site", service: Service) -> Access:
    """Ask for everything. Raises the tree of errors where nothing at all can be read."""
    apps, keys, connections = await asyncio.gather(
        _told(_apps(generation, site, service)),
        _told(_keys(generation, site, service)),
        _told(_connections(generation, site, service)),
    )
    parts = [part for part in (apps, keys, connections) if part is not None]
    if parts and all(isinstance(part, StreamscopeError) for part in parts):
        raise next(part for part in parts if isinstance(part, StreamscopeError))
    return Access(apps, keys, connections)


async def _apps(generation: "Generation", site: "Site", service: Service) -> tuple[list[App], list[App]] | None:
    part = generation.apps
    return None if part is None else await asyncio.gather(part.authorised(site, service.id), part.all(site))


async def _keys(generation: "Generation", site: "Site", service: Service) -> tuple[list[ApiKey], list[ApiKey]] | None:
    part = generation.keys
    return None if part is None else await asyncio.gather(part.all(site, service.id), part.all(site))


async def _connections(generation: "Generation", site: "Site", service: Service) -> list[Connection] | None:
    """Those that lead to this service, by its id or name, or to all services of its dispatcher."""
    if generation.connections is None:
        return None
    found = await generation.connections.asked(site)
    return [one for one in found if one.service in (service.id, service.name) or one.scope == _GLOBAL]


async def _told(part: Awaitable[_T]) -> _T | StreamscopeError:
    try:
        return await part
    except StreamscopeError as error:
        return error
