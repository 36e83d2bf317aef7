"""Combinations of authentication, channel and protocol that a workspace offers, each called once."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from streamscope.engine import discover
from streamscope.engine.answers import coded
from streamscope.engine.core import Core
from streamscope.engine.offers import reason
from streamscope.engine.send import send
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.model.event import Message
from streamscope.model.exchange import Outcome
from streamscope.model.matrix import Cell, Key
from streamscope.model.phrase import Phrase
from streamscope.model.service import Sample, Service, Workspace
from streamscope.store.exchange import Exchange
from streamscope.store.recordings import Recordings
from streamscope.tasks import end, spawn

__all__ = ["Cell", "Key", "Place", "Round", "composed", "plan", "small"]

_AT_ONCE = 6
_PATIENCE = 30.0
_KEPT = 1000
"""Exchanges that a run keeps: one for each cell that a person may want to open, but not without end."""
_SMALL = {"max_tokens": 8, "tokens_per_second": 200, "first_token_delay": 0, "count": 3, "interval": 0.01}
"""What keeps a sample's answer short, where its API has such a field."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the grid; `why` tells why the service does not offer this combination."""

    service: Service
    auth: str
    channel: str
    protocol: str
    why: Phrase | None = None

    @property
    def key(self) -> Key:
        """What names it."""
        return (self.service.id, self.auth, self.channel, self.protocol)


class Round:
    """One run over a workspace, a service of it, or the places that are `wanted`; all of it lives on the core's loop.

    `on_cell` is told each called cell as it is known, in any order, also those that were stopped. Other threads may
    read `places` (the whole grid, once the services are known), `running` (what is being called now) and `held`
    (exchanges to be kept for which there is no folder).
    """

    def __init__(
        self,
        core: Core,
        workspace: Workspace,
        on_cell: Callable[[Cell], None],
        *,
        service: str = "",
        wanted: frozenset[Key] | None = None,
        recordings: Recordings | None = None,
    ) -> None:
        self.places: list[Place] = []
        self.running: dict[Key, Exchange] = {}
        self.held: dict[Key, Exchange] = {}
        self.stopped = False
        self._core = core
        self._workspace = workspace
        self._on_cell = on_cell
        self._service = service
        self._wanted = wanted
        self._recordings = recordings
        self._kept = 0
        self._cells: dict[Key, Cell] = {}
        self._tasks: list[asyncio.Task[object]] = []

    async def play(self) -> list[Cell]:
        """Run to the end, or until `stop`; gives the cells in the grid's order. Raises the tree of errors."""
        if self.stopped or not await self._look():
            return []
        waiting = iter([place for place in self.places if place.why is None and self._wants(place)])

        async def work() -> None:
            for place in waiting:
                self._tell(await self._called(place))
                if self.stopped:
                    return

        if not self.stopped:
            self._tasks = [spawn(work(), name="matrix") for _ in range(_AT_ONCE)]
            try:
                ends = await asyncio.gather(*self._tasks, return_exceptions=True)
            finally:
                await end(*self._tasks)
            for error in ends:
                if isinstance(error, Exception):
                    raise error
        for place in waiting:
            self._tell(_cell(place, stopped=True))
        return [self._cells.get(place.key) or _cell(place) for place in self.places if self._wants(place)]

    def stop(self) -> None:
        """End it soon: what came stays, what runs or waits is told as stopped. To be called on the core's loop."""
        if self.stopped:
            return  # a second cancellation would cut short the closing of connections
        self.stopped = True
        for task in self._tasks:
            task.cancel()

    async def _look(self) -> bool:
        """Find the services and lay out the grid; False where it was stopped before."""
        finding = spawn(self._services(), name="services of the matrix")
        self._tasks = [finding]
        try:
            self.places = plan(await finding)
        except asyncio.CancelledError:
            if not self.stopped:
                raise
            return False
        finally:
            await end(finding)
        return True

    async def _services(self) -> list[Service]:
        core, workspace = self._core, self._workspace
        if self._service:
            found = await discover.find(core, workspace, self._service)
            return [await _afresh(core, workspace, found)]
        if self._wanted is not None:
            ids = dict.fromkeys(key[0] for key in self._wanted)
            return [await discover.find(core, workspace, name) for name in ids]
        return await discover.everything(core, workspace)

    def _wants(self, place: Place) -> bool:
        return self._wanted is None or place.key in self._wanted

    def _tell(self, cell: Cell) -> None:
        self._cells[cell.key] = cell
        self._on_cell(cell)

    def _exchange(self, place: Place) -> Exchange:
        draft = small(place.service, place.auth, place.channel, place.protocol, self._workspace.name)
        self._kept += 1
        if self._recordings is None or self._kept > _KEPT:
            return self._core.bench.recordings.new(draft, keep=False)
        exchange = self._recordings.new(draft)
        if exchange.path is None:
            self.held[place.key] = exchange
        return exchange

    async def _called(self, place: Place) -> Cell:
        exchange = self._exchange(place)
        recording = str(exchange.path or "")
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self.running[place.key] = exchange
        try:
            outcome = await send(exchange, self._core)
            bodies = [event for event in exchange.events(0, len(exchange)) if isinstance(event, Message)]
        except asyncio.CancelledError:
            if not self.stopped:
                raise
            return _cell(place, stopped=True, at=at, recording=recording)
        finally:
            exchange.close()
            self.running.pop(place.key, None)
        ok = outcome.outcome == "complete" and outcome.messages_in > 0
        why = None if ok else _why(outcome, bodies)
        return _cell(
            place, ok=ok, status=outcome.status, ttfb_ms=outcome.timing.ttfb_ms, reason=why, at=at, recording=recording
        )


async def _afresh(core: Core, workspace: Workspace, service: Service) -> Service:
    """The service as the platform tells of it now: it may have been stopped since it was listed."""
    listed = next((found for found in await discover.services(core, workspace) if found.id == service.id), service)
    return await discover.complete(core, listed)


def plan(services: list[Service]) -> list[Place]:
    """The grid: for each service every kind that some platform asks for."""
    kinds = [auth.key for auth in AUTH.values() if auth.accepted_as]
    channels = [channel.key for channel in CHANNELS.values() if channel.entry]
    return [
        Place(service, auth, channel, protocol, reason(service, auth, channel, protocol))
        for service in services
        for auth in kinds
        for channel in channels
        for protocol in PROTOCOLS
    ]


def composed(service: Service, auth: str, channel: str, protocol: str, workspace: str) -> Draft:
    """A draft of the service's sample with this combination."""
    sample = service.samples.get(protocol, Sample())
    duplex = PROTOCOLS[protocol].duplex
    return Draft(
        auth=Choice(auth),
        channel=Choice(channel),
        protocol=Choice(protocol),
        workspace=workspace,
        service=service.id,
        method=sample.method,
        path=sample.path,
        body=Body("text", text=sample.body) if sample.body and not duplex else Body(),
        messages=tuple(Outgoing(text=message) for message in sample.messages),
    )


def small(service: Service, auth: str, channel: str, protocol: str, workspace: str) -> Draft:
    """The same, asking for a short answer and giving up in time."""
    draft = composed(service, auth, channel, protocol, workspace)
    body = replace(draft.body, text=_shortened(draft.body.text)) if draft.body.text else draft.body
    messages = tuple(Outgoing(text=_shortened(message.text)) for message in draft.messages)
    limits = Limits(total=_PATIENCE, messages=1 if PROTOCOLS[protocol].duplex else 0)
    return replace(draft, body=body, messages=messages, limits=limits)


def _shortened(text: str) -> str:
    read: object = None
    with suppress(ValueError):
        read = json.loads(text)
    if not isinstance(read, dict) or "data" in read:
        return text
    return json.dumps(read | _SMALL)


def _why(outcome: Outcome, bodies: list[Message]) -> str:
    """What a person should know of a call that did not work."""
    if outcome.error is not None:
        return str(outcome.error["message"])
    return (coded(bodies[-1].payload)[1] if bodies else "") or outcome.outcome


def _cell(place: Place, **known: object) -> Cell:
    service, why = place.service, place.why
    told = {"reason": str(why)} if why is not None else {}
    return Cell(
        service.name,
        service.generation,
        place.auth,
        place.channel,
        place.protocol,
        why is None,
        id=service.id,
        **(told | known),  # type: ignore[arg-type]  # each is the field of its name
    )
