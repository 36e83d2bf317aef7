"""The new generation on the sandbox, from image to calls: what our connector asks for becomes true."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from tests import program
from tests.program import Sandbox

from streamscope.engine import deploying, discover
from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.new_services import NewServices
from streamscope.model.deployment import Action, Configuration, Page
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import NOTHING
from streamscope.model.service import Service
from streamscope.store.bench import open_bench

V2 = NewServices()
PATIENCE = 30.0
CHAT = '{"model": "chat", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 3}'
LOOSE: set[tuple[Action, str]] = {("delete", "DEPLOYING"), ("delete", "UPGRADING"), ("stop", "ERROR")}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of this module's own: what is deployed in it is nobody else's."""
    running = program.start_sandbox(tmp_path_factory.mktemp("profile"))
    yield running
    assert running.stop() == 0


@pytest_asyncio.fixture
async def core(own: Sandbox) -> AsyncIterator[Core]:
    """A core that finds it."""
    bench = open_bench(own.profile)
    made = Core(bench)
    yield made
    await made.aclose()
    bench.close()


async def configured(core: Core, name: str, **changes: str) -> Configuration:
    """What the forms say when only a name and an image are entered, and `changes`."""
    pages = await deploying.pages(core, "sandbox", "v2")
    once, each = (
        {f.key: f.default for page in pages if page.repeated is again for f in page.fields} for again in (False, True)
    )
    own_keys = set(once)
    values = {**once, "name": name, **{key: value for key, value in changes.items() if key in own_keys}}
    portion = {**each, "image": "chat:0.0.1", **{key: value for key, value in changes.items() if key not in own_keys}}
    made = Configuration(values, (portion,))
    assert V2.checked(pages, made) == {}
    return made


async def deployed(core: Core, name: str, **changes: str) -> Service:
    """A service that runs."""
    made = await deploying.deploy(core, "sandbox", "v2", await configured(core, name, **changes))
    return await settled(core, made, "running")


async def settled(core: Core, service: Service, *wanted: str) -> Service:
    """The service once it no longer changes, with its addresses."""
    found = await deploying.wait(core, core.bench.workspaces.get("sandbox"), service.id, wanted, PATIENCE)
    return await discover.complete(core, found)


async def site_of(core: Core) -> Site:
    return await deploying.place(core, "sandbox")


async def called(core: Core, service: Service, *, key: str = "", path: str = "/v1/chat/completions") -> int:
    """The status that a call is answered with."""
    draft = Draft(
        auth=Choice("api_key", {"api_key": key}) if key else Choice("token"),
        channel=Choice("public"),
        workspace="sandbox",
        service=service.id,
        path=path,
        method="POST",
        body=Body("json", CHAT),
    )
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        return (await send(exchange, core)).status or 0
    finally:
        exchange.close()


async def test_a_service_lives_from_its_image_to_its_end(core: Core) -> None:
    service = await deployed(core, "life", task_type="TEXT_GENERATION", tags="team: a")
    assert (service.auth, service.rate_limit, service.body_limit) == (("token",), "200 / second", 20 * 1024 * 1024)
    assert service.tags == ("team=a",)
    assert await called(core, service) == 200
    site = await site_of(core)
    assert [row.severity for row in await V2.happenings(site, service.id)] == ["info"] * 4
    now = await deploying.configuration(core, service)
    with pytest.raises(UsageError, match="Nothing is different"):
        await deploying.act(core, service, "update", configuration=now)
    other = Configuration({**now.values, "rate": "7", "description": "new"}, now.portions, now.origin)
    await deploying.act(core, service, "update", configuration=other)
    service = await settled(core, service, "running")
    assert (service.rate_limit, service.description) == ("7 / second", "new")
    await deploying.act(core, service, "stop")
    service = await settled(core, service, "stopped")
    await deploying.act(core, service, "start")
    service = await settled(core, service, "running")
    assert await called(core, service) == 200
    (outcome,) = await deploying.delete(core, [service])
    assert outcome.done
    with pytest.raises(PlatformRefusal) as gone:
        await until(lambda: V2.configuration(site, service.id), lambda _: False)
    assert gone.value.status == 404


async def test_the_paths_of_a_package_are_known(core: Core) -> None:
    service = await deployed(core, "described", image="classify:0.0.1")
    (api, *_) = service.apis
    assert await called(core, service, path=api.path) in (200, 400, 415), "a path that the model answers"
    assert service.samples


async def test_a_websocket_service_is_called_by_its_own_scheme(core: Core) -> None:
    service = await deployed(core, "live", image="chat-live:0.0.1", protocol="WSS", auth_type="NONE")
    assert (service.protocols, service.rate_limit) == (("websocket",), "")
    assert service.addresses["public"].startswith("wss://")
    sample = service.samples["websocket"]
    draft = Draft(
        protocol=Choice("websocket"),
        channel=Choice("public"),
        workspace="sandbox",
        service=service.id,
        path=sample.path,
        messages=tuple(Outgoing(text) for text in sample.messages),
        limits=Limits(messages=1),
    )
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        assert (await send(exchange, core)).status == 101
    finally:
        exchange.close()


async def test_instances_versions_and_their_switch(core: Core) -> None:
    service = await deployed(core, "scaled", count="2")
    site = await site_of(core)
    running = await V2.instances(site, service.id)
    assert [(one.portion, one.state, len(one.pods)) for one in running] == [("default", "running", 1)] * 2
    await deploying.act(core, service, "scale", count=1)
    await until(lambda: V2.instances(site, service.id), lambda found: len(found) == 1)
    (only,) = await V2.instances(site, service.id)
    await deploying.act(core, service, "restart", instance=only)
    await until(
        lambda: V2.instances(site, service.id),
        lambda found: [one.state for one in found] == ["running"] and found[0].since > only.since,
    )
    service = await settled(core, service, "running")
    now = await deploying.configuration(core, service)
    changed = ({**now.portions[0], "environment": "A: b\nC: d e"},)
    await deploying.act(core, service, "update", configuration=Configuration(now.values, changed, now.origin))
    service = await settled(core, service, "running")
    again = await deploying.configuration(core, service)
    assert again.portions[0]["environment"] == "A: b\nC: d e"
    newest, oldest = await V2.revisions(site, service.id)
    assert (newest.current, oldest.current, oldest.version) == (True, False, "1.0.0")
    await deploying.act(core, service, "switch", revision=oldest)
    service = await settled(core, service, "running")
    assert [one.version for one in await V2.revisions(site, service.id) if one.current] == ["1.0.0"]
    figures = await V2.figures(site, service.id)
    assert figures is not None
    assert (figures.running, figures.wanted) == (2, 2), "a version has its own number of instances"


async def until(ask: Callable[[], Any], seen: Callable[[Any], bool]) -> None:
    """Ask until it is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while not seen(await ask()):
            pass


async def test_a_service_has_several_deployments(core: Core) -> None:
    service = await deployed(core, "several", weight="60")
    now = await deploying.configuration(core, service)
    second = {**now.portions[0], "deployment": "second", "weight": "40", "environment": "A: b"}
    both = Configuration(now.values, (*now.portions, second), now.origin)
    await deploying.act(core, service, "update", configuration=both)
    service = await settled(core, service, "running")
    site = await site_of(core)
    await until(lambda: V2.instances(site, service.id), lambda found: {one.state for one in found} == {"running"})
    assert {one.portion for one in await V2.instances(site, service.id)} == {"default", "second"}
    read = await deploying.configuration(core, service)
    assert [portion["weight"] for portion in read.portions] == ["60", "40"]
    with pytest.raises(UsageError, match="several deployments"):
        await deploying.act(core, service, "scale", count=2)
    await deploying.act(core, service, "scale", portion="second", count=2)
    service = await settled(core, service, "running")
    read = await deploying.configuration(core, service)
    last = Configuration(read.values, read.portions[1:], read.origin)
    await deploying.act(core, service, "update", configuration=last)
    await until(lambda: V2.instances(site, service.id), lambda found: {one.portion for one in found} == {"second"})
    assert await called(core, await settled(core, service, "running")) == 200


async def test_what_is_read_and_deployed_again_is_the_same(core: Core) -> None:
    first = await deployed(
        core, "one", protocol="HTTP", auth_type="NONE", size="3", timeout="77", surge="50", command="", weight="40",
        flavor="custom", cpu="0.5", memory="512", environment="A: b", readiness="true", readiness_target="/health",
        startup="true", startup_target="/health", startup_period="1", stop_after="2", stop_unit="DAYS",
        allowed="127.0.0.1\n10.0.0.0/8", custom_urls="http://own.example/a",
    )  # fmt: skip
    assert first.addresses["public"].startswith("http://"), "the other scheme is refused (ModelArts.8910)"
    read = await deploying.configuration(core, first)
    made = await deploying.deploy(core, "sandbox", "v2", Configuration({**read.values, "name": "two"}, read.portions))
    second = await deploying.configuration(core, await settled(core, made, "running"))
    assert {**second.values, "name": "one"} == read.values
    assert second.portions == read.portions


async def test_a_key_must_be_bound_and_is_told_once(core: Core) -> None:
    service = await deployed(core, "keyed", auth_type="API_KEY")
    site = await site_of(core)
    key = await V2.keys.create(site, "for-keyed", "SERVICE")
    assert key.id
    assert key.value
    assert await called(core, service, key=key.value) in (401, 403)
    assert [outcome.done for outcome in await V2.keys.bind(site, service.id, [key.id, "0" * 32])] == [True, False]
    assert await called(core, service, key=key.value) == 200
    known = {one.id: one for one in await V2.keys.all(site, service.id)}
    assert (known[key.id].services, known[key.id].value) == (((service.id, "keyed"),), "")
    assert [outcome.done for outcome in await V2.keys.unbind(site, service.id, [key.id])] == [True]
    assert await called(core, service, key=key.value) in (401, 403)
    with pytest.raises(PlatformRefusal):
        await V2.keys.create(site, "for-keyed", "USER")
    await V2.keys.delete(site, key.id)
    assert key.id not in {one.id for one in await V2.keys.all(site)}
    temporary = await V2.keys.temporary(site, 1)
    assert 3500 < temporary.expires - temporary.created < 3700


async def test_a_connection_waits_for_its_approval(core: Core) -> None:
    service = await deployed(core, "approved", approval="true")
    site, ways = await site_of(core), V2.connections
    asked = await ways.create(site, service.id, {"pool_id": "pool-1", "custom_urls": "https://own.example/chat"})
    assert (asked.status, asked.network, asked.scene) == ("APPROVING", "pool-1", "POOL")
    assert ways.answers(asked.status) == ("APPROVE", "REJECT")
    with pytest.raises(PlatformRefusal):
        await ways.answer(site, asked.id, "CANCEL")
    await ways.answer(site, asked.id, "APPROVE")
    await until(
        lambda: ways.reviews(site), lambda found: [one.status for one in found if one.id == asked.id] == ["CONNECTED"]
    )
    (now,) = (one for one in await ways.asked(site) if one.id == asked.id)
    assert now.urls
    await ways.change(site, asked.id, ["https://own.example/other"])
    await ways.answer(site, asked.id, "CANCEL")
    assert [outcome.done for outcome in await ways.delete(site, [asked.id])] == [True]


@pytest.mark.parametrize(
    ("keys", "refusal"),
    [
        ({"image": "no-such:1"}, "no model package"),
        ({"command": "sh"}, "takes no command"),
    ],
)
async def test_what_the_sandbox_does_not_allow_is_told(core: Core, keys: dict[str, str], refusal: str) -> None:
    with pytest.raises(PlatformRefusal, match=refusal):
        await deploying.deploy(core, "sandbox", "v2", await configured(core, "refused", **keys))


async def test_the_platform_refuses_what_our_table_says_it_would(core: Core) -> None:
    """At each status that lasts: an action that is not offered is one that is refused."""
    service = await deployed(core, "stated")
    site = await site_of(core)
    assert V2.obstacle("start", "RUNNING") != NOTHING
    with pytest.raises(PlatformRefusal):
        await V2.start(site, service.id)
    with pytest.raises(UsageError):
        await V2.interrupt(site, service.id)
    await V2.stop(site, service.id)
    await settled(core, service, "stopped")
    for action, ask in (
        ("stop", lambda: V2.stop(site, service.id)),
        ("scale", lambda: V2.scale(site, service.id, "default", 2)),
    ):
        assert V2.obstacle(action, "STOPPED") != NOTHING  # type: ignore[arg-type]
        with pytest.raises(PlatformRefusal):
            await ask()
    names = [page for page in await V2.pages(site, update=True) if isinstance(page, Page)]
    assert [page.key for page in names] == ["basics", "runs", "access", "limits", "upgrade"]
