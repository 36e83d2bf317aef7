"""The attempts of one exchange: the call, once more where a credential can be renewed, and where redirects lead."""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import UNSET, UnsetType
from msgspec.structs import replace as changed

from streamscope.engine import redirects
from streamscope.engine.chosen import Chosen
from streamscope.engine.compose import check_headers
from streamscope.engine.core import Core
from streamscope.engine.offers import scheme
from streamscope.engine.reconnecting import Lost, Reconnecting
from streamscope.engine.timing import SWITCHED
from streamscope.kinds.auth.base import Answer, Auth, Values
from streamscope.kinds.channels.base import resolved
from streamscope.kinds.net import Wire
from streamscope.kinds.net.client import framed
from streamscope.kinds.protocols.base import Close, OutgoingQueue
from streamscope.model.draft import Draft
from streamscope.model.errors import StreamscopeError
from streamscope.model.event import Carried, Closed, Event, Head, Message, RequestSent, text_or_bytes
from streamscope.model.phrase import phrase
from streamscope.model.redact import masked, masked_header
from streamscope.model.request import FileBody, Note, Request
from streamscope.store.exchange import Exchange

_RENEWABLE = (401, 403)


@dataclass(frozen=True, slots=True)
class Answered:
    """How one attempt came out: its end, which is held back, its head, and what a refusal said."""

    end: Event
    head: Head | None
    refusal: bytes
    whole: bool


@dataclass
class Attempts:
    """Sends a request, and those that follow from its answers, into one exchange; the end of the last one ends it.

    A credential is renewed once at most for a connection, and a lost conversation is opened again, where the draft
    wants it. Redirects are followed where the draft wants it; once one has left the origin
    nothing that proves who asks is sent any more.
    """

    exchange: Exchange
    core: Core
    outgoing: OutgoingQueue
    wire: Wire
    chosen: Chosen
    found: Values
    resolve: tuple[str, ...] = ()
    _number: int = 0
    _hops: int = 0
    _renewed: bool = False
    _known: bool = True
    """Whether this is still the origin that was meant."""
    _seen: set[tuple[str, str, str]] = field(default_factory=set)
    _count: int = 0
    """Messages that came, on all connections; what a refusal or a redirect said is none of them."""
    _ending: bool = False
    """Whether the limits of the draft will end it."""
    _lost: Reconnecting = field(init=False)

    def __post_init__(self) -> None:
        policy = self.chosen.protocol.reconnection(self.chosen.draft.protocol.values)
        self._lost = Reconnecting(policy, self.wire, self.outgoing)

    async def run(self, base: Request) -> None:
        """Send `base`, a request on its route that is not authenticated yet. Raises the tree of errors."""
        request = await self._ready(base)
        self._no_circle(request)
        while True:
            ended: Lost
            status = 0
            try:
                self._number += 1
                self.exchange.append(self._told(request))
                answered = await self._exchanged(request)
                ended, status = answered.end, answered.head.status if answered.head is not None else 0
                self._keep_cookies(request, answered.head)
                renewed = await self._renewal(request, answered)
                if renewed is not None:
                    self._count, request = 0, renewed
                    continue
                following = self._following(base, request, answered)
                if following is not None:
                    self._count, base = 0, following
                    request = await self._ready(base)
                    self._no_circle(request)
                    continue
            except StreamscopeError as error:
                ended = error
            again = await self._again(base, ended, status)
            if again is None:
                return
            base, request = again

    async def _again(self, base: Request, ended: Lost, status: int) -> tuple[Request, Request] | None:
        """The request for another connection, bare and as it leaves, once its time has come; None after the end.

        Raises the error that is the end.
        """
        since = len(self.exchange)
        while await self._lost.waited(ended, status):
            self._renewed = False
            base = self.chosen.protocol.again(base)
            try:
                return base, await self._ready(base)
            except StreamscopeError as error:
                ended = error
        if isinstance(ended, StreamscopeError):
            raise ended
        if isinstance(ended, Closed) and len(self.exchange) > since:
            ended = changed(ended, t=self.wire.now())
        self.exchange.append(ended)
        return None

    async def _ready(self, base: Request) -> Request:
        """The request as it leaves: authenticated where it is meant for this origin, and with its cookies."""
        if not self._known:
            check_headers(base.headers)
            return self._with_cookies(base)
        return self._with_cookies(await authenticated(base, self.chosen.auth, self.found))

    async def _renewal(self, request: Request, answered: Answered) -> Request | None:
        head = answered.head
        if head is None or head.status not in _RENEWABLE or self._renewed or not self._known:
            return None
        renewed = await self.chosen.auth.renew(request, Answer(head, answered.refusal), self.found)
        if renewed is None:
            return None
        self._renewed = True
        check_headers(renewed.headers)
        return self._with_cookies(renewed)

    def _following(self, base: Request, request: Request, answered: Answered) -> Request | None:
        """The request that a redirect asks for, if it is one and may be followed. Raises Misdirected."""
        most = self.chosen.draft.redirects
        if not most or answered.head is None or not answered.whole:
            return None
        url = redirects.target(request, answered.head)
        if url is None:
            return None
        if self._hops == most:
            raise redirects.too_many(most)
        self._hops += 1
        url = replace(url, scheme=scheme(url, self.chosen.protocol.key))
        hop = redirects.followed(base, answered.head, url, base.secrets | request.secrets)
        route = hop.request.route
        if hop.same or route is None:
            return hop.request
        if self._known and self.chosen.auth.fields:
            left = Note(phrase("Not authenticated, since it is another origin"), str(self.chosen.auth.label))
            hop = replace(hop, request=hop.request.with_notes(left))
        self._known = False
        connect = resolved(self.resolve, url.host, url.actual_port)
        return replace(hop.request, route=replace(route, connect=connect))

    def _no_circle(self, request: Request) -> None:
        if _same(request) in self._seen:
            raise redirects.circle(request)
        self._seen.add(_same(request))

    def _with_cookies(self, request: Request) -> Request:
        return with_cookies(request, self.chosen.draft, self.core)

    def _keep_cookies(self, request: Request, head: Head | None) -> None:
        lines = [value for name, value in head.headers if name.lower() == "set-cookie"] if head is not None else []
        if lines:
            self.core.jar(self.chosen.draft.workspace).take(request.url, lines)

    async def _exchanged(self, request: Request) -> Answered:
        """One attempt: all of its events but the end."""
        head: Head | None = None
        limits, refusal = request.limits, b""
        end: Event | None = None
        talks = False
        protocol, outgoing = self.chosen.protocol, self.outgoing
        outgoing.secrets |= request.secrets
        loop = asyncio.get_running_loop()
        try:
            async with (
                asyncio.timeout(None) as enough,
                aclosing(protocol.open(request, outgoing, self.wire, self.core.net)) as events,
            ):
                async for batch in events:
                    if isinstance(batch[-1], Closed):
                        *batch, end = batch
                    if limits.messages:
                        batch, self._count = _wanted(batch, self._count, limits.messages)
                    if not batch:
                        continue
                    self.exchange.extend(batch)
                    first = batch[0]
                    if isinstance(first, Head):
                        head = first
                        talks = protocol.duplex and first.status == SWITCHED
                        if talks and (again := self._lost.opened(first.t)) is not None:
                            self.exchange.append(again)
                        if limits.close_after and talks:
                            if not self._ending:
                                self._ending = True
                                loop.call_later(limits.close_after, outgoing.put, Close())
                        elif limits.close_after:
                            enough.reschedule(loop.time() + limits.close_after)
                    elif head is not None and head.status in _RENEWABLE and not refusal:
                        refusal = next((event.payload[:4096] for event in batch if isinstance(event, Message)), b"")
                    if limits.messages and self._count == limits.messages:
                        if not talks:
                            break
                        if not outgoing.closing.is_set():
                            outgoing.put(Close())
        except TimeoutError:
            if not enough.expired():
                raise
        ended = end or Closed(self.wire.now(), "client", body=carried(self.wire))
        return Answered(ended, head, refusal, whole=not enough.expired())

    def _told(self, request: Request) -> RequestSent:
        chosen, body = self.chosen, request.body
        headers = framed(request.headers, request.url, request.method, body, request.without)
        text, raw = text_or_bytes(body) if isinstance(body, bytes) and body else (UNSET, UNSET)
        if isinstance(text, str):
            text = masked(text, request.secrets)
        return RequestSent(
            0 if self._number == 1 else self.wire.now(),
            self.exchange.started.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            request.method,
            masked(str(request.url), request.secrets),
            [(name, masked_header(name, value, request.secrets)) for name, value in headers],
            chosen.auth.key,
            chosen.channel.key,
            chosen.protocol.key,
            attempt=self._number,
            body=text if isinstance(text, str) else UNSET,
            body_base64=raw,
            secrets=[f"{chosen.auth.key}.{field.key}" for field in chosen.auth.fields if field.kind == "secret"],
            dialect=chosen.draft.dialect,
            notes=[
                (str(note.label), masked(note.text, request.secrets)) for note in (*request.notes, *_from_disk(body))
            ],
        )


async def authenticated(base: Request, auth: Auth, found: Values) -> Request:
    """A request on its route, authenticated. Raises UsageError for a header that HTTP cannot carry."""
    made = kept_as_typed(await auth.apply(base, found), base)
    check_headers(made.headers)
    return made


def kept_as_typed(applied: Request, composed: Request) -> Request:
    """The authenticated request, with every header that the user typed as it was typed."""
    for name in sorted(composed.typed):
        typed = [pair for pair in composed.headers if pair[0].lower() == name]
        if [pair for pair in applied.headers if pair[0].lower() == name] != typed:
            others = [pair for pair in applied.headers if pair[0].lower() != name]
            applied = replace(applied, headers=(*others, *typed))
            applied = applied.with_notes(Note(phrase("Kept as typed"), typed[0][0]))
    return applied


def with_cookies(request: Request, draft: Draft, core: Core) -> Request:
    """The request with what its host set, where the draft wants it; a Cookie header that was typed stays alone."""
    if not draft.cookies or "cookie" in request.typed:
        return request
    jar = core.jar(draft.workspace)
    kept = replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() != "cookie"))
    header = jar.header(request.url)
    if not header or "cookie" in request.without:
        return kept
    return kept.with_header("Cookie", header).with_secrets(*jar.values(request.url))


def carried(wire: Wire) -> Carried | UnsetType:
    """How the body was carried until then, where there was one."""
    return wire.carried() if wire.carried is not None else UNSET


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


def _from_disk(body: bytes | FileBody) -> Iterable[Note]:
    """What is told of files whose bytes are not recorded."""
    if isinstance(body, FileBody):
        for run in body.files:
            yield Note(phrase("Sent from disk"), f"{Path(run.path).name} ({run.size:,} bytes)")


def _same(request: Request) -> tuple[str, str, str]:
    """What makes two requests of a chain of redirects the same: a cookie may be what makes the difference."""
    return request.method, str(request.url), request.header("Cookie") or ""
