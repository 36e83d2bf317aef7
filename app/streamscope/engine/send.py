"""The main path: compose, route, authenticate, exchange. The only place where the three choices meet."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import msgspec
from msgspec import UNSET, UnsetType

from streamscope.engine import discover
from streamscope.engine.compose import check_headers, compose, placed
from streamscope.engine.core import Core
from streamscope.engine.credentials import trust, values
from streamscope.engine.filling import filled, masks
from streamscope.engine.offers import scheme
from streamscope.engine.reading import Reading
from streamscope.engine.timing import SWITCHED
from streamscope.engine.variables import variables
from streamscope.kinds.auth.base import Answer, Auth, Values
from streamscope.kinds.auth.cache import TokenCache
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS, kind
from streamscope.kinds.channels.base import Channel, Way, check_resolve
from streamscope.kinds.net import Wire
from streamscope.kinds.net.client import framed
from streamscope.kinds.protocols.base import Close, OutgoingQueue, Protocol
from streamscope.model.draft import Body, Draft, Part
from streamscope.model.environment import EVERYWHERE, Scope
from streamscope.model.errors import BodyTooLarge, PlainCredentials, StreamscopeError, TimedOut
from streamscope.model.event import Carried, Closed, Event, Failed, Head, Message, RequestSent, text_or_bytes
from streamscope.model.exchange import Outcome
from streamscope.model.field import check
from streamscope.model.phrase import phrase
from streamscope.model.redact import masked, masked_header
from streamscope.model.request import Note, Request
from streamscope.model.service import Route, Service, Workspace
from streamscope.store import files
from streamscope.store.exchange import FLUSH, Exchange
from streamscope.tasks import end as ended
from streamscope.tasks import spawn

_RENEWABLE = (401, 403)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The draft's choices as kinds, and what they are about."""

    draft: Draft
    auth: Auth
    channel: Channel
    protocol: Protocol
    workspace: Workspace | None
    service: Service | None


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
    try:
        async with asyncio.timeout(total or None) as limit, flushed(exchange):
            await _sent(exchange, core, outgoing or OutgoingQueue(), wire, scope)
    except asyncio.CancelledError:
        if not exchange.ended:  # it may just have ended by itself
            exchange.append(Closed(wire.now(), "user", body=_carried(wire)))
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
    if draft.service and workspace is not None:
        service = await discover.find(core, workspace, draft.service)
    return Chosen(draft, auth, channel, protocol, workspace, service)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request that is ready to leave, what it was before it was authenticated, and what that was done with."""

    chosen: Chosen
    before: Request
    request: Request
    found: Values


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
        request = kept_as_typed(await chosen.auth.apply(before, found), before)
        check_headers(request.headers)
        yield Leaving(chosen, before, request, found)


async def _sent(exchange: Exchange, core: Core, outgoing: OutgoingQueue, wire: Wire, scope: Scope) -> None:
    async with leaving(core, exchange.draft, scope=scope) as made:
        await _attempts(exchange, core, outgoing, wire, made.chosen, made.request, made.found)


def on_route(composed: Request, chosen: Chosen, route: Route) -> Request:
    """The request at its address, with the protocol's own headers, before it is authenticated."""
    at = placed(composed, route.url, chosen.draft.path, scheme(route.url, chosen.protocol.key))
    method = "GET" if chosen.protocol.duplex else at.method
    body = b"" if chosen.protocol.duplex else at.body
    return chosen.protocol.prepare(replace(at, method=method, body=body, route=replace(route, url=at.url)))


def kept_as_typed(applied: Request, composed: Request) -> Request:
    """The authenticated request, with every header that the user typed as it was typed."""
    for name in sorted(composed.typed):
        typed = [pair for pair in composed.headers if pair[0].lower() == name]
        if [pair for pair in applied.headers if pair[0].lower() == name] != typed:
            others = [pair for pair in applied.headers if pair[0].lower() != name]
            applied = replace(applied, headers=(*others, *typed))
            applied = applied.with_notes(Note(phrase("Kept as typed"), typed[0][0]))
    return applied


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


async def _attempts(
    exchange: Exchange,
    core: Core,
    outgoing: OutgoingQueue,
    wire: Wire,
    chosen: Chosen,
    request: Request,
    found: Values,
) -> None:
    """Exchange, and once more where the authentication can renew what was refused."""
    exchange.append(_told(request, chosen, exchange, wire, 1))
    end, answer = await _exchanged(exchange, core, outgoing, wire, chosen.protocol, request)
    if answer is not None:
        renewed = await chosen.auth.renew(request, answer, found)
        if renewed is not None:
            check_headers(renewed.headers)
            exchange.append(_told(renewed, chosen, exchange, wire, 2))
            end, _ = await _exchanged(exchange, core, outgoing, wire, chosen.protocol, renewed)
    exchange.append(end)


async def _exchanged(
    exchange: Exchange, core: Core, outgoing: OutgoingQueue, wire: Wire, protocol: Protocol, request: Request
) -> tuple[Event, Answer | None]:
    """One attempt: all events but its end, which is returned, with the answer where it may ask for a renewal."""
    head: Head | None = None
    limits, count, refusal = request.limits, 0, b""
    end: Event | None = None
    talks = told = False
    loop = asyncio.get_running_loop()
    try:
        async with (
            asyncio.timeout(None) as enough,
            aclosing(protocol.open(request, outgoing, wire, core.net)) as events,
        ):
            async for batch in events:
                if isinstance(batch[-1], Closed):
                    *batch, end = batch
                if limits.messages:
                    batch, count = _wanted(batch, count, limits.messages)
                if not batch:
                    continue
                exchange.extend(batch)
                first = batch[0]
                if isinstance(first, Head):
                    head = first
                    talks = protocol.duplex and first.status == SWITCHED
                    if limits.close_after and talks:
                        loop.call_later(limits.close_after, outgoing.put, Close())
                    elif limits.close_after:
                        enough.reschedule(loop.time() + limits.close_after)
                elif head is not None and head.status in _RENEWABLE and not refusal:
                    refusal = next((event.payload[:4096] for event in batch if isinstance(event, Message)), b"")
                if limits.messages and count == limits.messages and not told:
                    told = True
                    if not talks:
                        break
                    outgoing.put(Close())
    except TimeoutError:
        if not enough.expired():
            raise
    answer = Answer(head, refusal) if head is not None and head.status in _RENEWABLE else None
    return end or Closed(wire.now(), "client", body=_carried(wire)), answer


def _wanted(batch: list[Event], count: int, most: int) -> tuple[list[Event], int]:
    """The events up to so many incoming messages: what comes before the goodbye's answer is left."""
    kept: list[Event] = []
    for event in batch:
        if isinstance(event, Message) and event.direction == "in":
            if count == most:
                continue
            count += 1
        kept.append(event)
    return kept, count


def _told(request: Request, chosen: Chosen, exchange: Exchange, wire: Wire, attempt: int) -> RequestSent:
    headers = framed(request.headers, request.url, request.method, request.body, request.without)
    text, raw = text_or_bytes(request.body) if request.body else (UNSET, UNSET)
    if isinstance(text, str):
        text = masked(text, request.secrets)
    return RequestSent(
        0 if attempt == 1 else wire.now(),
        exchange.started.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        request.method,
        masked(str(request.url), request.secrets),
        [(name, masked_header(name, value, request.secrets)) for name, value in headers],
        chosen.auth.key,
        chosen.channel.key,
        chosen.protocol.key,
        attempt=attempt,
        body=text if isinstance(text, str) else UNSET,
        body_base64=raw,
        secrets=[f"{chosen.auth.key}.{field.key}" for field in chosen.auth.fields if field.kind == "secret"],
        dialect=chosen.draft.dialect,
        notes=[(str(note.label), masked(note.text, request.secrets)) for note in request.notes],
    )


def _failure(error: StreamscopeError, wire: Wire) -> Failed:
    return Failed(wire.now(), error.name, str(error.message), str(error.hint), _carried(wire))


def _carried(wire: Wire) -> Carried | UnsetType:
    """How the body was carried until then, where there was one."""
    return wire.carried() if wire.carried is not None else UNSET


def loaded(body: Body) -> Body:
    """The body with the files that it names read. Raises StoreError."""
    if body.kind == "file":
        return Body("bytes", content=files.content(body.file))
    if body.kind == "multipart" and any(part.on and part.file and part.content is None for part in body.parts):
        parts = tuple(
            Part(part.name, part.value, part.file, files.content(part.file), part.content_type)
            if part.on and part.file and part.content is None
            else part
            for part in body.parts
        )
        return Body("multipart", parts=parts)
    return body
