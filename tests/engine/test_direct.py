"""The direct channel, where nothing checks what is sent."""

from collections.abc import Callable

import pytest
from tests.raw import Peer, Served

from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import Event, Failed, Finding
from streamscope.model.service import Service, Workspace

Serve = Callable[..., Served]
READABLE = {
    "bearer": {"token": "s3cr3tvalue"},
    "api_key": {"api_key": "s3cr3tvalue"},
    "app_code": {"app_code": "s3cr3tvalue"},
    "basic": {"user": "u", "password": "s3cr3tvalue"},
}
SIGNING = {
    "aksk": {"access_key": "AK", "secret_key": "s3cr3tvalue"},
    "app_signature": {"app_key": "AK", "app_secret": "s3cr3tvalue"},
}


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine")


async def sent(core: Core, server: Served, auth: str, values: dict[str, str], **fields: bool) -> list[Event]:
    """Call a service of an own workspace on the direct channel."""
    core.bench.workspaces.save(Workspace("own", "address"))
    core.services["own"] = {"id": Service("id", "model", "own", addresses={"direct": server.http})}
    draft = Draft(Choice(auth, values), Choice("direct"), Choice("https"), workspace="own", service="model", **fields)
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        await send(exchange, core)
        return exchange.events(0, len(exchange))
    finally:
        exchange.close()


@pytest.mark.parametrize("auth", READABLE)
async def test_a_readable_credential_wants_a_yes(core: Core, serve: Serve, auth: str) -> None:
    server = serve(ok)
    (refused,) = await sent(core, server, auth, READABLE[auth])
    assert isinstance(refused, Failed)
    assert refused.error == "PlainCredentials"
    assert "all the same" in refused.hint
    assert server.peers == []
    allowed = await sent(core, server, auth, READABLE[auth], allow_plain_credentials=True)
    assert not isinstance(allowed[-1], Failed)
    assert {
        event.rule for event in allowed if isinstance(event, Finding)
    } == set()  # findings are derived, never stored
    assert len(server.requests) == 1


@pytest.mark.parametrize("auth", SIGNING)
async def test_a_signature_is_applied_all_the_same(core: Core, serve: Serve, auth: str) -> None:
    server = serve(ok)
    events = await sent(core, server, auth, SIGNING[auth])
    assert not isinstance(events[-1], Failed)
    assert (server.request.get("authorization") or "").startswith("SDK-HMAC-SHA256 Access=AK,")


async def test_no_authentication_needs_no_yes(core: Core, serve: Serve) -> None:
    server = serve(ok)
    await sent(core, server, "none", {})
    assert server.request.get("authorization") is None
