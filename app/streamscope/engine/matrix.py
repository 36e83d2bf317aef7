"""Every combination of authentication, channel and protocol that a workspace offers, called once."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from streamscope.engine import discover
from streamscope.engine.answers import coded
from streamscope.engine.core import Core
from streamscope.engine.offers import reason
from streamscope.engine.send import send
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.model.event import Message
from streamscope.model.service import Sample, Service, Workspace

_AT_ONCE = 6
_PATIENCE = 30.0
_SMALL = {"max_tokens": 8, "tokens_per_second": 200, "first_token_delay": 0, "count": 3, "interval": 0.01}
"""What keeps a sample's answer short, where its API has such a field."""


class Cell(msgspec.Struct, frozen=True):
    """One combination: whether it is offered, and how its call came out."""

    service: str
    generation: str
    auth: str
    channel: str
    protocol: str
    offered: bool
    ok: bool | None = None
    status: int | None = None
    ttfb_ms: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    service: Service
    auth: str
    channel: str
    protocol: str


async def run(core: Core, workspace: Workspace, on_cell: Callable[[Cell], None]) -> list[Cell]:
    """Call every offered combination, several at a time; `on_cell` is told each as it is known, in any order."""
    places = plan(await discover.everything(core, workspace))
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(place: _Place) -> Cell:
        why = reason(place.service, place.auth, place.channel, place.protocol)
        if why is not None:
            cell = _cell(place, offered=False, reason=str(why))
        else:
            async with gate:
                cell = await _called(core, workspace, place)
        on_cell(cell)
        return cell

    return list(await asyncio.gather(*(one(place) for place in places)))


def plan(services: list[Service]) -> list[_Place]:
    """The grid: for each service every kind that some platform asks for."""
    kinds = [auth.key for auth in AUTH.values() if auth.accepted_as]
    channels = [channel.key for channel in CHANNELS.values() if channel.entry]
    return [
        _Place(service, auth, channel, protocol)
        for service in services
        for auth in kinds
        for channel in channels
        for protocol in PROTOCOLS
    ]


async def _called(core: Core, workspace: Workspace, place: _Place) -> Cell:
    draft = small(place.service, place.auth, place.channel, place.protocol, workspace.name)
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        outcome = await send(exchange, core)
        bodies = [event for event in exchange.events(0, len(exchange)) if isinstance(event, Message)]
    finally:
        exchange.close()
    ok = outcome.outcome == "complete" and outcome.messages_in > 0
    why = None
    if outcome.error is not None:
        why = outcome.error["message"]
    elif not ok:
        why = coded(bodies[-1].payload)[1] if bodies else outcome.outcome
    return _cell(place, offered=True, ok=ok, status=outcome.status, ttfb_ms=outcome.timing.ttfb_ms, reason=why)


def small(service: Service, auth: str, channel: str, protocol: str, workspace: str) -> Draft:
    """A draft of the service's sample that asks for a short answer."""
    sample = service.samples.get(protocol, Sample())
    duplex = PROTOCOLS[protocol].duplex
    body = _shortened(sample.body)
    return Draft(
        auth=Choice(auth),
        channel=Choice(channel),
        protocol=Choice(protocol),
        workspace=workspace,
        service=service.id,
        method=sample.method,
        path=sample.path,
        body=Body("text", text=body) if body and not duplex else Body(),
        messages=tuple(Outgoing(text=_shortened(message)) for message in sample.messages),
        limits=Limits(total=_PATIENCE, messages=1 if duplex else 0),
    )


def _shortened(text: str) -> str:
    try:
        read = json.loads(text)
    except ValueError:
        return text
    if not isinstance(read, dict) or "data" in read:
        return text
    return json.dumps(read | _SMALL)


def _cell(place: _Place, **known: object) -> Cell:
    service = place.service
    return Cell(service.name, service.generation, place.auth, place.channel, place.protocol, **known)  # type: ignore[arg-type]
