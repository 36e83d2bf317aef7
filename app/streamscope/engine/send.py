"""The main path: compose, route, authenticate, exchange. The only place where the three choices meet."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import msgspec

from streamscope.engine import discover
from streamscope.engine.attempts import Attempts, carried
from streamscope.engine.attempts import kept_as_typed as kept_as_typed
from streamscope.engine.chosen import Chosen
from streamscope.engine.compose import compose, placed
from streamscope.engine.core import Core
from streamscope.engine.credentials import trust, values
from streamscope.engine.filling import filled, masks
from streamscope.engine.loading import loaded, weighed
from streamscope.engine.offers import scheme
from streamscope.engine.reading import Reading
from streamscope.engine.variables import variables
from streamscope.kinds.auth.base import Values
from streamscope.kinds.auth.cache import TokenCache
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS, kind
from streamscope.kinds.channels.base import Way, check_resolve
from streamscope.kinds.net import Wire
from streamscope.kinds.protocols.base import OutgoingQueue
from streamscope.model.draft import Draft
from streamscope.model.environment import EVERYWHERE, Scope
from streamscope.model.errors import BodyTooLarge, PlainCredentials, StreamscopeError, TimedOut
from streamscope.model.event import Closed, Failed
from streamscope.model.exchange import Outcome
from streamscope.model.field import check
from streamscope.model.phrase import phrase
from streamscope.model.request import FileBody, Request
from streamscope.model.service import Route
from streamscope.store.exchange import FLUSH, Exchange
from streamscope.tasks import end as ended
from streamscope.tasks import spawn


async def send(
    exchange: Exchange,
    core: Core,
    outgoing: OutgoingQueue | None = None,
    reading: Reading | None = None,
    scope: Scope = EVERYWHERE,
) -> Outcome:
    """Transmit, and tell how it came out; a reading that is given is fed by whoever gives it."""
    if reading is None:
        reading = Reading(core.bench.dialects.all(), watched=False)
        exchange.listeners.append(reading.take)
    await transmit(exchange, core, outgoing, scope)
    return reading.outcome()


async def transmit(
    exchange: Exchange, core: Core, outgoing: OutgoingQueue | None = None, scope: Scope = EVERYWHERE
) -> None:
    """Send the exchange's draft and record all that comes of it; errors are its last event.

    `scope` says where the values of its {{variables}} come from.

    Cancelling stops it: the connection is closed in order, the end is recorded, the cancellation goes on.
    """
    wire = Wire(exchange.append, exchange.start, exchange.keep)
    wire.on_payload = exchange.on_body
    total = exchange.draft.limits.total
    outgoing = outgoing or OutgoingQueue()
    try:
        async with asyncio.timeout(total or None) as limit, flushed(exchange):
            await _sent(exchange, core, outgoing, wire, scope)
    except asyncio.CancelledError:
        if not exchange.ended:  # it may just have ended by itself
            exchange.append(Closed(wire.now(), "user", body=carried(wire)))
        raise
    except StreamscopeError as error:
        exchange.append(_failure(error, wire))
    except TimeoutError:
        if not limit.expired():
            raise
        if exchange.ended:
            return
        told = phrase("The call took longer than the {seconds} s that it was given.", seconds=f"{total:g}")
        exchange.append(_failure(TimedOut(told, phrase("Give it more time, or ask for less.")), wire))
    finally:
        await outgoing.end()


@asynccontextmanager
async def flushed(exchange: Exchange) -> AsyncGenerator[None, None]:
    """Hand what was recorded to the system in time, so that a killed process loses no more than the last second."""
    if exchange.path is None:
        yield
        return
    flushing = spawn(_flushing(exchange), name="flush the recording")
    try:
        yield
    finally:
        await ended(flushing)


async def _flushing(exchange: Exchange) -> None:
    while True:
        await asyncio.sleep(FLUSH)
        exchange.flush()


async def choose(core: Core, draft: Draft) -> Chosen:
    """The kinds and the service that a draft names. Raises UsageError and what listing services raises."""
    auth = kind("auth", AUTH, draft.auth.kind)
    channel = kind("channel", CHANNELS, draft.channel.kind)
    protocol = kind("protocol", PROTOCOLS, draft.protocol.kind)
    check(channel.fields, draft.channel.values, channel.key)
    check(protocol.fields, draft.protocol.values, protocol.key)
    check_resolve(draft.resolve)
    workspace = service = None
    if draft.workspace:
        workspace = await discover.ready(core, core.bench.workspaces.get(draft.workspace))
    elif not draft.ca:
        draft = msgspec.structs.replace(draft, ca=core.bench.settings.get("ca"))
    if draft.service and workspace is not None:
        service = await discover.find(core, workspace, draft.service)
    return Chosen(draft, auth, channel, protocol, workspace, service)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request on its route, before it is authenticated, and what that is done with."""

    chosen: Chosen
    before: Request
    found: Values
    resolve: tuple[str, ...]


@asynccontextmanager
async def leaving(
    core: Core, draft: Draft, cache: TokenCache | None = None, scope: Scope = EVERYWHERE
) -> AsyncGenerator[Leaving, None]:
    """What a draft becomes, while the road to its service is there; `cache` gives the tokens in place of the core's.

    Raises UsageError, CredentialError, StoreError, and what listing services and fetching a token raise.
    """
    known = await variables(core, draft, scope)
    chosen = await choose(core, filled(draft, known))
    draft, workspace = chosen.draft, chosen.workspace
    body = await asyncio.to_thread(loaded, draft.body) if draft.body.kind in ("file", "multipart") else draft.body
    composed = compose(msgspec.structs.replace(draft, body=body)).with_secrets(*masks(known))
    if isinstance(composed.body, FileBody):
        composed = await asyncio.to_thread(weighed, composed)
    found = await values(core, chosen.auth, draft, workspace)
    found = found if cache is None else replace(found, cache=cache)
    way = Way(
        chosen.service,
        _channel_fields(chosen),
        chosen.auth.audience,
        trust(draft, workspace),
        draft.proxy or (workspace.proxy if workspace else ""),
        (*draft.resolve, *(workspace.resolve if workspace else ())),
    )
    async with chosen.channel.route(way) as route:
        before = on_route(composed, chosen, route)
        _check(before, chosen, route)
        yield Leaving(chosen, before, found, way.resolve)


async def _sent(exchange: Exchange, core: Core, outgoing: OutgoingQueue, wire: Wire, scope: Scope) -> None:
    async with leaving(core, exchange.draft, scope=scope) as made:
        outgoing.secrets |= made.before.secrets
        await Attempts(exchange, core, outgoing, wire, made.chosen, made.found, made.resolve).run(made.before)


def on_route(composed: Request, chosen: Chosen, route: Route) -> Request:
    """The request at its address, with the protocol's own headers, before it is authenticated."""
    at = placed(composed, route.url, chosen.draft.path, scheme(route.url, chosen.protocol.key))
    method = "GET" if chosen.protocol.duplex else at.method
    body = b"" if chosen.protocol.duplex else at.body
    return chosen.protocol.prepare(replace(at, method=method, body=body, route=replace(route, url=at.url)))


def _channel_fields(chosen: Chosen) -> dict[str, str]:
    """What the draft gives for its channel, else what the workspace says under the field's name."""
    given = {key: value for key, value in chosen.draft.channel.values.items() if value}
    known = chosen.workspace.values if chosen.workspace else {}
    return {field.key: known[field.key] for field in chosen.channel.fields if known.get(field.key)} | given


def _check(request: Request, chosen: Chosen, route: Route) -> None:
    """What is refused before sending, unless it is asked for. Raises BodyTooLarge, PlainCredentials."""
    limit = chosen.auth.body_limit
    if limit and len(request.body) > limit and not request.allow_large_body:
        raise BodyTooLarge(
            phrase(
                "The body has {size} bytes; with {auth} the platform takes {limit} at most.",
                size=f"{len(request.body):,}",
                auth=chosen.auth.label,
                limit=f"{limit:,}",
            ),
            phrase("Use the IAM token for large bodies, or send it all the same."),
        )
    in_sandbox = chosen.workspace is not None and chosen.workspace.platform == "sandbox"
    exposed = chosen.auth.readable and not route.checked and not request.url.secure
    if exposed and not in_sandbox and not chosen.draft.allow_plain_credentials:
        raise PlainCredentials(
            phrase(
                "{auth} would travel readable over plain HTTP to {place}, and nothing there is known to check it.",
                auth=chosen.auth.label,
                place=request.url.authority,
            ),
            phrase("Choose no authentication, or send it all the same."),
        )


def _failure(error: StreamscopeError, wire: Wire) -> Failed:
    return Failed(wire.now(), error.name, str(error.message), str(error.hint), carried(wire))
