"""Services of a workspace: the platform's words translated into the kinds that answer to them."""

import asyncio
from dataclasses import replace

from streamscope.engine import lifecycle
from streamscope.engine.core import Core
from streamscope.engine.credentials import trust, values
from streamscope.engine.samples import samples
from streamscope.kinds.auth.base import Auth
from streamscope.kinds.catalog import AUTH, CHANNELS, PLATFORMS, PROTOCOLS, kind
from streamscope.kinds.channels.base import resolved
from streamscope.kinds.net import Reply
from streamscope.kinds.platforms.base import Listed, Platform, Site
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import StreamscopeError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.model.request import Request
from streamscope.model.service import Route, Service, Workspace
from streamscope.model.url import parse_url

_AT_ONCE = 8


async def ready(core: Core, workspace: Workspace) -> Workspace:
    """The workspace as it can be used now: the sandbox is started and its addresses filled in."""
    if workspace.platform != "sandbox":
        return workspace
    return (await lifecycle.running(core)).workspace(workspace)


async def services(core: Core, workspace: Workspace) -> list[Service]:
    """The workspace's services as its platform's list tells them. Raises the tree of errors."""
    workspace = await ready(core, workspace)
    platform, site = site_of(core, workspace)
    found = [_service(workspace.name, listed) for listed in await platform.services(site)]
    core.services[workspace.name] = {service.id: service for service in found}
    return found


async def complete(core: Core, service: Service) -> Service:
    """The same service with addresses, accepted kinds and samples. Raises the tree of errors."""
    if service.complete:
        return service
    workspace = await ready(core, core.bench.workspaces.get(service.workspace))
    platform, site = site_of(core, workspace)
    listed = Listed(service.id, service.name, service.generation, service.status, service.state, complete=False)
    found = _service(workspace.name, await platform.complete(site, listed))
    core.services.setdefault(workspace.name, {})[found.id] = found
    return found


async def everything(core: Core, workspace: Workspace) -> list[Service]:
    """All services of a workspace, complete, several at a time."""
    rows = await services(core, workspace)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(service: Service) -> Service:
        async with gate:
            return await complete(core, service)

    return list(await asyncio.gather(*(one(row) for row in rows)))


async def find(core: Core, workspace: Workspace, name: str) -> Service:
    """The service of an id or a name, complete. Raises UsageError with the nearest name."""
    known = list(core.services.get(workspace.name, {}).values()) or await services(core, workspace)
    for service in known:
        if name in (service.id, service.name):
            return await complete(core, service)
    told = phrase("There is no service '{name}' in the workspace '{workspace}'.", name=name, workspace=workspace.name)
    raise unknown(told, name, [service.name for service in known])


def site_of(core: Core, workspace: Workspace) -> tuple[Platform, Site]:
    """A workspace's platform, and how it is asked: each call signs in as the workspace does."""
    platform = kind("platform", PLATFORMS, workspace.platform)

    async def call(method: str, url: str) -> Reply:
        return await _asked(core, workspace, method, url)

    return platform, Site(workspace, call)


async def _asked(core: Core, workspace: Workspace, method: str, url: str) -> Reply:
    """One call of a platform's own interface, authenticated as the workspace signs in."""
    auth = sign_in(core, workspace)
    route = road(workspace, url)
    draft = Draft(auth=Choice(auth.key, credential=workspace.credential), workspace=workspace.name)
    found = await values(core, auth, draft, workspace)
    project = workspace.values.get("project", "")
    headers = (("Content-Type", "application/json"), *((("X-Project-Id", project),) if project else ()))
    request = await auth.apply(Request(method, route.url, headers, route=route), found)
    try:
        return await core.net.call(method, route, request.headers)
    except StreamscopeError as error:
        error.message = phrase("{workspace}: {message}", workspace=workspace.name, message=error.message)
        raise


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
    any_auth, entries = "ANY" in listed.auth, listed.entries
    words, protocols = set(listed.auth), set(listed.protocols)
    keys = tuple(protocol.key for protocol in PROTOCOLS.values() if protocol.accepted_as & protocols)
    bare = Service(
        listed.id,
        listed.name,
        workspace,
        listed.generation,
        listed.status,
        listed.state,
        tuple(auth.key for auth in AUTH.values() if any_auth or auth.accepted_as & words),
        keys,
        {channel.key: entries[channel.entry] for channel in CHANNELS.values() if channel.entry in entries},
        {
            channel.key: listed.app_entries[channel.entry]
            for channel in CHANNELS.values()
            if channel.entry in listed.app_entries
        },
        body_limit=listed.body_limit,
        note=listed.note,
        complete=listed.complete,
    )
    return replace(bare, samples=samples(listed.apis, keys))
