"""Testing a workspace: the chain from a name to a list of services, and which link of it breaks."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from streamscope.engine import discover
from streamscope.engine.answers import coded, explain
from streamscope.engine.certificates import Certificate, read
from streamscope.engine.core import Core
from streamscope.engine.credentials import values
from streamscope.engine.links import Action, Broken, Chain, Link
from streamscope.kinds.auth.base import Auth
from streamscope.kinds.catalog import PLATFORMS, kind
from streamscope.kinds.channels.base import check_resolve
from streamscope.kinds.net import Reply
from streamscope.kinds.net.probe import Probe
from streamscope.kinds.platforms.base import Platform
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import ConnectError, CredentialError, StreamscopeError, UsageError
from streamscope.model.event import Head
from streamscope.model.field import missing
from streamscope.model.phrase import Phrase, listed, phrase
from streamscope.model.service import Workspace

SKEW = 900
"""Seconds that a signature's time may be off (API Gateway: X-Sdk-Date within 15 minutes)."""
_NOTICED = 60
_ENDS_SOON = 14
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 401, 403, 404


async def walk(core: Core, workspace: Workspace, on_link: Callable[[Link], None]) -> list[Link]:
    """Test a workspace, each change of a link told at once; the links at the end. Cancelling it stops it."""
    chain = Chain(on_link)
    probes: list[Probe] = []
    try:
        await _walk(core, workspace, chain, probes)
    except Broken:
        pass
    finally:
        for probe in probes:
            await probe.close()
        chain.finish()
    return list(chain.links.values())


async def _walk(core: Core, workspace: Workspace, chain: Chain, probes: list[Probe]) -> None:
    with chain.testing("name"):
        platform = kind("platform", PLATFORMS, workspace.platform)
        _check_fields(platform, workspace)
        workspace = await discover.ready(core, workspace)
        probes += [Probe(discover.road(workspace, url)) for url in platform.addresses(workspace)]
        chain.end("name", *[await _named(probe) for probe in probes])
    if not probes:
        for key in ("name", "route", "tls", "clock"):
            chain.skip(key, phrase("There is no address to test."))
    else:
        with chain.testing("route"):
            chain.end("route", *[await _connected(probe) for probe in probes])
        await _secure(chain, probes, workspace)
        await _compare_clocks(core, chain, probes, workspace, platform)
    if not platform.account(workspace).iam:
        for key in ("sign_in", "permission"):
            chain.skip(key, phrase("Nothing to sign in to: the services are listed by hand."))
        with chain.testing("list"):
            await _list(core, chain, platform, workspace)
        return
    await _sign_in(core, chain, workspace)


def _check_fields(platform: Platform, workspace: Workspace) -> None:
    check_resolve(workspace.resolve)
    if lacking := missing(platform.fields, workspace.values):
        raise UsageError(
            phrase("The workspace lacks: {fields}.", fields=listed(field.label for field in lacking)),
            phrase("Fill them in."),
        )


async def _named(probe: Probe) -> Phrase:
    found = ", ".join(await probe.name())
    host = probe.route.url.host
    if probe.proxy:
        return phrase(
            "{host} by the proxy {proxy}, which is {addresses}", host=host, proxy=probe.proxy, addresses=found
        )
    if found == host:
        return phrase("{host} is an address, not a name", host=host)
    if probe.route.connect:
        return phrase("{host} is {addresses}, as the workspace says", host=host, addresses=found)
    return phrase("{host} is {addresses}", host=host, addresses=found)


async def _connected(probe: Probe) -> Phrase:
    address = await probe.connect()
    if probe.proxy:
        return phrase("{host} through the proxy {proxy}", host=probe.route.url.authority, proxy=probe.proxy)
    return phrase("{host} at {address}", host=probe.route.url.authority, address=address)


async def _secure(chain: Chain, probes: list[Probe], workspace: Workspace) -> None:
    secured = [probe for probe in probes if probe.route.url.secure]
    if not secured:
        chain.skip("tls", phrase("The address is plain HTTP: nothing is encrypted."))
        return
    certificates: list[Certificate] = []
    hosts: dict[tuple[str, str], list[str]] = {}
    seen: list[Phrase] = []
    soon: list[str] = []
    with chain.testing("tls"):
        for probe in secured:
            host = probe.route.url.authority
            shaken = await probe.secure()
            found = read(shaken.certificate)
            if found is not None:
                certificates.append(found)
                chain.note("tls", tuple(certificates))
                hosts.setdefault((shaken.version, found.fingerprint), []).append(host)
                known = {one.fingerprint: one for one in certificates}
                seen = [_shown(", ".join(names), key[0], known[key[1]]) for key, names in hosts.items()]
                if found.days_left() < _ENDS_SOON:
                    soon.append(f"{host}: {found.ends:%Y-%m-%d}")
            if shaken.doubt is not None:
                raise chain.fail("tls", shaken.doubt, "trust", *seen)
        if workspace.insecure:
            told = phrase("Certificates are not checked in this workspace: anybody on the way can read and change all.")
            remedy = phrase("Trust the certificate by its fingerprint instead.")
            chain.end("tls", *seen, state="warning", why=told, remedy=remedy)
        elif soon:
            told = phrase("A certificate ends soon ({ends}).", ends=", ".join(soon))
            chain.end("tls", *seen, state="warning", why=told)
        else:
            chain.end("tls", *seen)


def _shown(host: str, version: str, found: Certificate) -> Phrase:
    return phrase(
        "{host}: {version}, {subject}, issued by {issuer}, valid until {ends} ({days} days), SHA-256 {fingerprint}",
        host=host,
        version=version,
        subject=found.subject,
        issuer=found.issuer,
        ends=f"{found.ends:%Y-%m-%d}",
        days=found.days_left(),
        fingerprint=found.fingerprint,
    )


async def _compare_clocks(
    core: Core, chain: Chain, probes: list[Probe], workspace: Workspace, platform: Platform
) -> None:
    worst: tuple[float, Phrase] | None = None
    seen: list[Phrase] = []
    with chain.testing("clock"):
        for probe in probes:
            route = replace(probe.route, url=replace(probe.route.url, path="/", query=None))
            if route.url.scheme in ("ws", "wss"):
                route = replace(route, url=replace(route.url, scheme="https" if route.url.secure else "http"))
            before = time.time()
            reply = await core.net.call("HEAD", route, wait=10.0)
            off = _off(reply, (before + time.time()) / 2)
            if off is not None:
                seen.append(_offset(route.url.authority, off))
                if worst is None or abs(off) > abs(worst[0]):
                    worst = off, seen[-1]
        if worst is None:
            chain.skip("clock", phrase("The server does not tell its time."))
            return
        if abs(worst[0]) <= _NOTICED:
            chain.end("clock", *seen)
            return
        remedy = phrase("Set this machine's clock; the system can keep it right by itself (NTP).")
        if abs(worst[0]) <= SKEW:
            told = phrase("The clocks differ by more than a minute; signatures bear 15 minutes.")
            chain.end("clock", *seen, state="warning", why=told, remedy=remedy)
            return
        told = phrase("The clocks differ by more than 15 minutes: signatures (AK/SK, App) are refused.")
        if platform.account(workspace).iam and discover.sign_in(core, workspace).dated:
            raise chain.fail("clock", StreamscopeError(told, remedy), "", *seen)
        chain.end("clock", *seen, state="warning", why=told, remedy=remedy)


def _off(reply: Reply, here: float) -> float | None:
    """Seconds that this machine's clock is ahead of the server's, whose Date header counts whole ones."""
    try:
        there = parsedate_to_datetime(reply.header("Date"))
    except (ValueError, TypeError, IndexError):
        return None
    return here - there.timestamp() - 0.5


def _offset(host: str, off: float) -> Phrase:
    if abs(off) < 2:
        return phrase("{host}: the same time to the second", host=host)
    size = round(abs(off))
    span = f"{size // 60} min {size % 60} s" if size >= 60 else f"{size} s"
    if off > 0:
        return phrase("{host}: this machine is {span} ahead", host=host, span=span)
    return phrase("{host}: this machine is {span} behind", host=host, span=span)


async def _sign_in(core: Core, chain: Chain, workspace: Workspace) -> None:
    with chain.testing("sign_in"):
        auth = discover.sign_in(core, workspace)
        draft = Draft(auth=Choice(auth.key, credential=workspace.credential), workspace=workspace.name)
        found = await values(core, auth, draft, workspace)
        lease = auth.lease(found)
        if lease is not None:
            token = await core.cache.renew(lease.name, lease.fetch, proof=lease.proof)
            until = datetime.fromtimestamp(min(token.expires, 253_402_300_799.0)).astimezone()
            told = phrase("{auth}: a new one, until {until}", auth=auth.label, until=f"{until:%Y-%m-%d %H:%M}")
            chain.end("sign_in", told)
    await _permission_and_list(core, chain, workspace, auth)


async def _permission_and_list(core: Core, chain: Chain, workspace: Workspace, auth: Auth) -> None:
    """The first answers of the platform prove the sign-in, where it is proved by each call, and the permission."""
    proved = chain.links["sign_in"].state == "ok"
    if proved:
        chain.begin("permission")
    replies: list[Reply] = []
    try:
        count = await _count(core, workspace, replies)
    except StreamscopeError as error:
        statuses = [reply.status for reply in replies]
        refused = next((reply for reply in replies if reply.status == _UNAUTHORIZED), None)
        forbidden = next((reply for reply in replies if reply.status == _FORBIDDEN), None)
        if refused is not None and _OK not in statuses:
            raise chain.fail("sign_in", _explained(refused, error), "credential") from error
        if forbidden is not None and _OK not in statuses:
            if not proved:
                chain.end("sign_in", phrase("{auth}: accepted", auth=auth.label))
                chain.begin("permission")
            raise chain.fail("permission", _explained(forbidden, error), "") from error
        if not proved and _OK in statuses:
            chain.end("sign_in", phrase("{auth}: accepted", auth=auth.label))
        elif not proved:
            chain.skip("sign_in", phrase("Not known: no answer told."))
        chain.skip("permission", phrase("Not known: no answer told."))
        action: Action = "address" if _NOT_FOUND in statuses or isinstance(error, ConnectError) else ""
        raise chain.fail("list", error, action) from error
    if not proved:
        chain.end("sign_in", phrase("{auth}: accepted", auth=auth.label))
        chain.begin("permission")
    chain.end("permission", phrase("Services may be listed"))
    chain.begin("list")
    chain.end("list", phrase("Services: {count}", count=count))


async def _count(core: Core, workspace: Workspace, replies: list[Reply]) -> int:
    platform, site = discover.site_of(core, workspace)

    async def call(method: str, url: str, body: bytes = b"") -> Reply:
        reply = await site.call(method, url, body)
        replies.append(reply)
        return reply

    return len(await platform.services(replace(site, call=call)))


async def _list(core: Core, chain: Chain, platform: Platform, workspace: Workspace) -> None:
    _, site = discover.site_of(core, workspace)
    found = await platform.services(site)
    if found:
        chain.end("list", phrase("Services: {count}", count=len(found)))
    else:
        told = phrase("No service is listed yet.")
        chain.end("list", state="warning", why=told, remedy=phrase("Write one URL a line into the workspace."))


def _explained(reply: Reply, error: StreamscopeError) -> StreamscopeError:
    """The refusal in the words of the platform's error tables."""
    known = explain(Head(0, reply.status, "", list(reply.headers)), reply.body)
    if known is None:
        return error
    code, message = coded(reply.body)
    said = ": ".join(part for part in (code, message) if part)
    said = f"{reply.status} {said}".strip()
    told = phrase("{meaning} ({said})", meaning=known.meaning, said=said)
    hint = known.remedy
    if reply.status == _FORBIDDEN:
        hint = phrase("{remedy} Listing needs the permission modelarts:service:list.", remedy=known.remedy)
    return CredentialError(told, hint, cause=error.cause)
