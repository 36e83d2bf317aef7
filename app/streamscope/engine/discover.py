"""Services of a workspace: the platform's words translated into the kinds that answer to them."""

import asyncio
import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from streamscope.engine import lifecycle
from streamscope.engine.core import Core
from streamscope.engine.credentials import trust, values
from streamscope.engine.samples import described, samples
from streamscope.kinds.auth.base import Answer, Auth, Values
from streamscope.kinds.auth.cache import Token
from streamscope.kinds.catalog import AUTH, CHANNELS, PLATFORMS, PROTOCOLS, kind
from streamscope.kinds.channels.base import resolved
from streamscope.kinds.net import Reply
from streamscope.kinds.platforms.base import Listed, Platform, Site
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import PlatformRefusal, StreamscopeError, UsageError
from streamscope.model.event import Head
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.model.request import Request
from streamscope.model.service import Happening, Route, Service, Workspace
from streamscope.model.url import parse_url

_AT_ONCE = 8
_SLICE = 500
"""Rows that are translated at once."""
_GONE = 404
_UNAUTHORISED = 401
_FRESH = 60.0
"""Seconds since it was got for which a refused token is not worth getting anew."""


async def ready(core: Core, workspace: Workspace) -> Workspace:
    """The workspace as it can be used now: the sandbox is started and its addresses filled in."""
    if workspace.platform != "sandbox":
        return replace(workspace, ca=workspace.ca or core.bench.settings.get("ca"))
    return (await lifecycle.running(core)).workspace(workspace)


async def services(core: Core, workspace: Workspace) -> list[Service]:
    """The workspace's services as its platform's list tells them, an id once. Raises the tree of errors."""
    found = {row.id: row for row in await _rows(core, workspace)}
    core.services[workspace.name] = found
    return list(found.values())


async def again(core: Core, workspace: Workspace) -> list[Service]:
    """The same, where only states are asked for: what else is known of a service stays. Raises the tree of errors."""
    known = core.services.get(workspace.name, {})
    found = {row.id: updated(known.get(row.id), row) for row in await _rows(core, workspace)}
    core.services[workspace.name] = found
    return list(found.values())


def updated(known: Service | None, row: Service) -> Service:
    """What was known of a service with what its list row tells now.

    Addresses may be others once a state changed (a restarted service gets the new domain), also where only its time
    tells so, and limits once a version did: they stay, to be shown, but the service counts as incomplete, so that they
    are read again before they are used.
    """
    if known is None or row.complete:
        return row
    same = (known.status, known.state, known.generation) == (row.status, row.state, row.generation)
    same = same and known.version == row.version
    same = same and not 0 < known.changed < row.changed  # details may tell a later time than a list does
    news = bool(row.note) and row.note not in known.note
    if same and not news and (known.name, known.tags, known.description) == (row.name, row.tags, row.description):
        if (known.progress, known.changed) == (row.progress, max(row.changed, known.changed)):
            return known
        return replace(known, progress=row.progress, changed=max(row.changed, known.changed))
    return replace(
        known,
        name=row.name,
        generation=row.generation,
        status=row.status,
        state=row.state,
        auth=row.auth or known.auth,
        tags=row.tags,
        description=row.description,
        note=known.note if same and not news else row.note,
        complete=known.complete and same,
        progress=row.progress,
        version=row.version,
        changed=max(row.changed, known.changed),
    )


async def _rows(core: Core, workspace: Workspace) -> list[Service]:
    workspace = await ready(core, workspace)
    platform, site = site_of(core, workspace)
    told, found = await platform.services(site), list[Service]()
    for at in range(0, len(told), _SLICE):
        found += [_service(workspace.name, listed) for listed in told[at : at + _SLICE]]
        await asyncio.sleep(0)  # calls that run on this loop are not held up by a list of thousands
    return found


async def look(core: Core, service: Service) -> Service | None:
    """One service as it is now, also in the core's list; None where it is gone. Raises the tree of errors."""
    workspace = await ready(core, core.bench.workspaces.get(service.workspace))
    platform, site = site_of(core, workspace)
    known = core.services.setdefault(workspace.name, {})
    listed = Listed(service.id, service.name, service.generation, service.status, service.state)
    try:
        row = await platform.one(site, listed)
    except PlatformRefusal as error:
        if error.status != _GONE or error.code.startswith("APIG"):  # the gateway knows no such path: a wrong address
            raise
        row = None
    if row is None:
        known.pop(service.id, None)
        return None
    known[service.id] = updated(known.get(service.id), _service(workspace.name, row))
    return known[service.id]


async def happenings(core: Core, service: Service) -> list[Happening]:
    """What happened to a service, the newest first. Raises the tree of errors."""
    workspace = await ready(core, core.bench.workspaces.get(service.workspace))
    platform, site = site_of(core, workspace)
    listed = Listed(service.id, service.name, service.generation, service.status, service.state)
    return await platform.happenings(site, listed)


async def complete(core: Core, service: Service) -> Service:
    """The same service with addresses, accepted kinds and samples. Raises the tree of errors."""
    if service.complete:
        return service
    workspace = await ready(core, core.bench.workspaces.get(service.workspace))
    platform, site = site_of(core, workspace)
    listed = Listed(
        service.id,
        service.name,
        service.generation,
        service.status,
        service.state,
        complete=False,
        tags=service.tags,
        description=service.description,
        version=service.version,
        changed=service.changed,
    )
    found = _service(workspace.name, await platform.complete(site, listed))
    core.services.setdefault(workspace.name, {})[found.id] = found
    return found


async def everything(core: Core, workspace: Workspace) -> list[Service]:
    """All services of a workspace, complete, several at a time."""
    return await completed(core, await services(core, workspace))


async def completed(core: Core, rows: Sequence[Service]) -> list[Service]:
    """These services, complete, several at a time; one that is gone since it was listed is left out."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(service: Service) -> Service | None:
        async with gate:
            try:
                return await complete(core, service)
            except PlatformRefusal as error:
                if error.status != _GONE:
                    raise
        core.services.get(service.workspace, {}).pop(service.id, None)
        return None

    found = await asyncio.gather(*(one(row) for row in rows))
    return [service for service in found if service is not None]


async def find(core: Core, workspace: Workspace, name: str) -> Service:
    """The service of an id or a name, complete. Raises UsageError with the nearest name."""
    known = list(core.services.get(workspace.name, {}).values()) or await services(core, workspace)
    for service in known:
        if name in (service.id, service.name):
            return await complete(core, service)
    raise nothing_named(name, workspace.name, [service.name for service in known])


def nothing_named(name: str, workspace: str, known: list[str]) -> UsageError:
    """What is said where a workspace has no such service: the nearest of those that it has."""
    told = phrase("There is no service '{name}' in the workspace '{workspace}'.", name=name, workspace=workspace)
    return unknown(told, name, known)


def site_of(core: Core, workspace: Workspace) -> tuple[Platform, Site]:
    """A workspace's platform, and how it is asked: each call signs in as the workspace does."""
    platform = kind("platform", PLATFORMS, workspace.platform)

    async def call(method: str, url: str, body: bytes = b"") -> Reply:
        return await _asked(core, workspace, method, url, body)

    return platform, Site(workspace, call)


async def _asked(core: Core, workspace: Workspace, method: str, url: str, body: bytes) -> Reply:
    """One call of a platform's own interface, authenticated as the workspace signs in."""
    auth = sign_in(core, workspace)
    route = road(workspace, url)
    draft = Draft(auth=Choice(auth.key, credential=workspace.credential), workspace=workspace.name)
    found = await values(core, auth, draft, workspace)
    project = workspace.values.get("project", "")
    headers = (("Content-Type", "application/json"), *((("X-Project-Id", project),) if project else ()))
    plain = Request(method, route.url, headers, body, route=route)
    request = await auth.apply(plain, found)
    try:
        borne = _token(core, auth, found)
        reply = await core.net.call(method, route, request.headers, body)
        if reply.status != _UNAUTHORISED:
            return reply
        renewed = await auth.renew(request, Answer(Head(0, reply.status, "", [*reply.headers]), reply.body), found)
        renewed = renewed or await _anew(auth, plain, found, borne)
        return reply if renewed is None else await core.net.call(method, route, renewed.headers, body)
    except StreamscopeError as error:
        error.message = phrase("{workspace}: {message}", workspace=workspace.name, message=error.message)
        raise


def _token(core: Core, auth: Auth, found: Values) -> Token | None:
    """The token that a request was just authenticated with."""
    lease = auth.lease(found)
    return core.cache.known(lease.name) if lease is not None else None


async def _anew(auth: Auth, plain: Request, found: Values, borne: Token | None) -> Request | None:
    """The request with a new token; None where the refused one was got just now: the next would be refused, too.

    Management interfaces refuse an old token in more words than an authentication knows: as damaged, or as one that is
    not theirs where they were set up anew.
    """
    lease = auth.lease(found)
    if lease is None or borne is None or time.time() - borne.fetched < _FRESH:
        return None
    await found.cache.get(lease.name, lease.fetch, proof=lease.proof, worn=borne.value)
    return await auth.apply(plain, found)


def sign_in(core: Core, workspace: Workspace) -> Auth:
    """The authentication that a workspace signs in with: its credential's, the one that it names, else the first for an
    account. Raises UsageError for an unknown credential or kind."""
    if workspace.credential:
        return kind("auth", AUTH, core.bench.credentials.get(workspace.credential).auth)
    first = next(auth.key for auth in AUTH.values() if "IAM" in auth.accepted_as)
    return kind("auth", AUTH, workspace.values.get("sign_in") or first)


def road(workspace: Workspace, url: str) -> Route:
    """The way to one of the platform's own addresses. Raises UsageError for a URL that is none."""
    read = parse_url(url)
    connect = resolved(workspace.resolve, read.host, read.actual_port)
    return Route(read, connect, trust(Draft(), workspace), workspace.proxy)


def _service(workspace: str, listed: Listed) -> Service:
    keys = _protocols(listed.protocols)
    base = _path(next(iter(listed.entries.values()), ""))
    return Service(
        listed.id,
        _sound(listed.name),
        workspace,
        listed.generation,
        _sound(listed.status),
        listed.state,
        _auth(listed.auth),
        keys,
        _channels(listed.entries),
        _channels(listed.app_entries),
        samples(listed.apis, keys, base),
        listed.body_limit,
        _sound(listed.note),
        listed.complete,
        tuple(_sound(tag) for tag in listed.tags),
        described(listed.apis, keys, base),
        listed.time_limit,
        listed.rate_limit,
        _sound(listed.description),
        listed.progress,
        listed.version,
        listed.changed,
    )


@functools.cache
def _auth(words: tuple[str, ...]) -> tuple[str, ...]:
    """The authentications that answer to a platform's words, which are few: a list has thousands of rows."""
    found = set(words)
    return tuple(auth.key for auth in AUTH.values() if "ANY" in found or auth.accepted_as & found)


@functools.cache
def _protocols(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same of protocols."""
    return tuple(protocol.key for protocol in PROTOCOLS.values() if protocol.accepted_as & set(words))


def _channels(entries: Mapping[str, str]) -> dict[str, str]:
    if not entries:
        return {}
    return {channel.key: entries[channel.entry] for channel in CHANNELS.values() if channel.entry in entries}


def _path(address: str) -> str:
    return "/" + address.partition("://")[2].partition("?")[0].partition("/")[2] if address else ""


def _sound(text: str) -> str:
    """A text that can be encoded: JSON lets half of a character through (RFC 8259, section 8.2)."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
