"""The old generation's services, from the first page of a configuration to the deletion, against real processes."""

from pathlib import Path

import pytest
from tests.kinds.platforms.conftest import site_of, until
from tests.sandbox.conftest import Running, start, stop

from streamscope.kinds.platforms.base import Listed, Site
from streamscope.kinds.platforms.generation import fitted
from streamscope.kinds.platforms.modelarts import ModelArts
from streamscope.kinds.platforms.modelarts.old_services import OldServices
from streamscope.model.deployment import Configuration, Page
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import NOTHING

OLD = OldServices()
CPU = "modelarts.vm.cpu.2u"


def keys(pages: tuple[Page, ...]) -> dict[str, list[str]]:
    return {page.key: [field.key for field in page.fields] for page in pages}


async def model(site: Site, name: str) -> str:
    return next(one.id for one in await OLD.models(site) if one.name == name)


async def status(site: Site, service: str) -> str:
    detail = (await OLD.configuration(site, service)).origin
    return str(detail["status"])


async def deployed(site: Site, name: str, *models: str, **values: str) -> str:
    weights = [100] if len(models) == 1 else [70, 30]
    common = {"specification": CPU, "count": "1", "environment": "A: b\nC: d e"}
    ids = [await model(site, one) for one in models]
    portions = tuple({**common, "model": one, "weight": str(weight)} for one, weight in zip(ids, weights, strict=True))
    configuration = Configuration({"name": name, **values}, portions)
    assert OLD.checked(await OLD.pages(site), configuration) == {}
    service = await OLD.deploy(site, configuration)

    async def runs() -> bool:
        return await status(site, service) == "running"

    await until(runs)
    return service


async def test_pages_offer_what_there_is(site: Site) -> None:
    pages = await OLD.pages(site)
    assert keys(pages)["basics"] == [
        "name", "description", "websocket", "stop_after", "stop_unit", "app_auth", "apps",
    ]  # fmt: skip
    fields = {field.key: field for page in pages for field in page.fields}
    labels = [str(label) for _, label in fields["model"].choices]
    assert {"chat 0.0.1", "ticks 0.0.1"} <= set(labels)
    told = {key: str(label) for key, label in fields["specification"].choices}
    assert "(closed)" in told["modelarts.vm.gpu.v100"]
    assert "(over quota)" in told["modelarts.vm.gpu.p4u8"]
    assert list(told)[1] == CPU
    assert "app_sandbox" in [key for key, _ in fields["apps"].choices]
    assert (pages[1].repeated, pages[1].most) == (True, 5)
    update = keys(await OLD.pages(site, update=True))
    assert not {"name", "app_auth", "apps", "vpc", "pool"} & {key for page in update.values() for key in page}


async def test_a_whole_life(site: Site) -> None:
    service = await deployed(
        site, "life", "classify", "ticks", description="x", stop_after="3", load_balancing="SOURCE_IP"
    )
    found = await OLD.configuration(site, service)
    assert {key: found.values[key] for key in ("name", "description", "stop_after", "stop_unit")} == {
        "name": "life", "description": "x", "stop_after": "3", "stop_unit": "HOURS",
    }  # fmt: skip
    assert [one["weight"] for one in found.portions] == ["70", "30"]
    assert found.portions[0]["environment"] == "A: b\nC: d e"
    pages = fitted(await OLD.pages(site, update=True), found)
    assert OLD.checked(pages, found) == {}
    with pytest.raises(UsageError):
        await OLD.update(site, service, found)

    happened = await OLD.happenings(site, service)
    assert happened[-1].text == "start to deploy service"
    assert [one.at for one in happened] == sorted((one.at for one in happened), reverse=True)
    assert happened[0].at > 1_700_000_000
    instances = await OLD.instances(site, service)
    assert [(one.portion, one.state) for one in instances] == [
        ("classify 0.0.1", "running"), ("ticks 0.0.1", "running"),
    ]  # fmt: skip
    assert all(one.address.startswith("127.0.0.1:") for one in instances)
    whole = await ModelArts().complete(site, Listed(service, "life", "v1", "running"))
    assert [(api.method, api.path, api.answers) for api in whole.apis] == [
        ("POST", "/", "application/json"), ("POST", "/", "application/json"), ("GET", "/", "text/event-stream"),
        ("POST", "/", "text/event-stream"),
    ]  # fmt: skip
    assert whole.protocols == ("HTTP", "STREAM")
    figures = await OLD.figures(site, service)
    assert figures is not None
    assert (figures.running, figures.wanted) == (2, 2)
    assert all(one.memory and one.memory_total == 8192 for one in figures.portions)

    more = tuple({**one, "count": "2"} if at else one for at, one in enumerate(found.portions))
    await OLD.update(site, service, Configuration({**found.values, "description": ""}, more, found.origin))

    async def all_run() -> bool:
        now = await OLD.figures(site, service)
        return now is not None and (now.running, now.wanted) == (3, 3)

    await until(all_run)
    changed = await OLD.configuration(site, service)
    assert "description" not in changed.values
    await OLD.scale(site, service, "ticks", 1)

    async def two_run() -> bool:
        now = await OLD.figures(site, service)
        return now is not None and (now.running, now.wanted) == (2, 2) and await status(site, service) == "running"

    await until(two_run)
    revisions = await OLD.revisions(site, service)
    assert len(revisions) == 3
    assert [one.current for one in revisions] == [True, False, False]
    assert "classify 0.0.1" in revisions[0].version
    with pytest.raises(UsageError, match="no model 'chat'"):
        await OLD.scale(site, service, "chat", 2)
    with pytest.raises(UsageError, match="several"):
        await OLD.scale(site, service, "", 2)

    await OLD.stop(site, service)

    async def stopped() -> bool:
        return await status(site, service) == "stopped"

    await until(stopped)
    assert {one.state for one in await OLD.instances(site, service)} == {"stopped"}
    with pytest.raises(PlatformRefusal) as refused:
        await OLD.stop(site, service)
    assert refused.value.code == "ModelArts.3519"
    assert "refused to stop the service" in str(refused.value.message)
    assert "state" in str(refused.value.message)
    await OLD.start(site, service)

    async def runs() -> bool:
        return await status(site, service) == "running"

    await until(runs)
    outcomes = await OLD.delete(site, [service, "gone-already"])
    assert [one.done for one in outcomes] == [True, True]

    async def deleted() -> bool:
        return service not in [one.id for one in await ModelArts().services(site)]

    await until(deleted)


async def test_what_is_refused_is_told_with_its_meaning(site: Site) -> None:
    taken = Configuration({"name": "chat"}, ({"model": await model(site, "chat"), "specification": CPU},))
    with pytest.raises(PlatformRefusal) as refused:
        await OLD.deploy(site, taken)
    assert (refused.value.status, refused.value.code) == (409, "ModelArts.3503")
    assert "refused to deploy a service (409): The name is taken already." in str(refused.value.message)
    assert str(refused.value.hint) == "Choose another name."
    with pytest.raises(PlatformRefusal) as refused:
        await OLD.start(site, "unknown")
    assert "It is not there any more" in str(refused.value.message)


async def test_applications_let_callers_in(site: Site, running: Running) -> None:
    apps = OLD.apps
    mine = await apps.create(site, "app_mine", "For a test")
    assert mine.key and mine.secret and not mine.codes
    assert await apps.exists(site, "app_mine")
    assert not await apps.exists(site, "app_other")
    mine = await apps.add_code(site, mine.id)
    service = await deployed(site, "with-apps", "classify", app_auth="true", apps="app_mine")
    assert [one.name for one in await apps.authorised(site, service)] == ["app_mine"]
    listed = await ModelArts().complete(site, Listed(service, "with-apps", "v1", "running"))
    url = listed.app_entries["PUBLIC"] + "/"

    def call(**headers: str) -> tuple[int, str]:
        body = b'{"data": {"req_data": [{"text": "calm"}]}}'
        answer = running.send("POST", url, content=body, headers={**headers, "Content-Type": "application/json"})
        return answer.status_code, answer.json().get("error_code", "")

    code = {"X-Apig-AppCode": mine.codes[0]}
    assert call(**code) == (200, "")
    assert call(apikey=mine.key) == (200, "")
    assert call(**{"X-Apig-AppCode": running.facts["app_code"]}) == (403, "APIG.0304")
    other = await apps.reset_code(site, mine.id, mine.codes[0])
    assert call(**code) == (401, "APIG.0303")
    assert call(**{"X-Apig-AppCode": other.codes[0]}) == (200, "")
    secret = mine.secret
    assert (await apps.reset_secret(site, mine.id)).secret != secret
    sandboxes = next(one for one in await apps.all(site) if one.name == "app_sandbox")
    assert sandboxes.services == 4
    outcomes = await apps.authorise(site, service, [sandboxes.id])
    assert [one.done for one in outcomes] == [True]
    assert call(**{"X-Apig-AppCode": running.facts["app_code"]}) == (200, "")
    assert [one.done for one in await apps.revoke(site, service, [sandboxes.id, mine.id])] == [True, True]
    assert call(apikey=mine.key) == (403, "APIG.0304")
    await apps.delete_code(site, mine.id, other.codes[0])
    assert (await apps.one(site, mine.id)).codes == ()
    with pytest.raises(PlatformRefusal, match="belongs to the sandbox itself"):
        await apps.delete(site, sandboxes.id)
    await apps.delete(site, mine.id)
    assert "app_mine" not in [one.name for one in await apps.all(site)]
    assert call(apikey=mine.key) == (401, "APIG.0303")
    with pytest.raises(UsageError, match="no application 'nobody'"):
        await OLD.deploy(site, Configuration({"name": "x", "app_auth": "true", "apps": "nobody"}))
    assert [one.done for one in await OLD.delete(site, [service])] == [True]


async def test_permissions_that_are_partly_missing(tmp_path: Path) -> None:
    running = start(
        tmp_path, "--while-stdin", "--quirk", "deny:delete", "--quirk", "deny:action", "--quirk", "deny:get"
    )
    try:
        async with site_of(running) as site:
            listed = [one for one in await ModelArts().services(site) if one.generation == "v1"]
            assert len(listed) == 6
            chat = next(one.id for one in listed if one.name == "chat")
            outcomes = await OLD.delete(site, [one.id for one in listed])
            assert not any(one.done for one in outcomes)
            assert "refused to delete services (403): The user lacks a permission." in outcomes[0].note
            with pytest.raises(PlatformRefusal) as refused:
                await OLD.stop(site, chat)
            assert str(refused.value.hint).endswith("The permission for it is modelarts:service:action.")
            with pytest.raises(PlatformRefusal, match="refused to describe the service"):
                await OLD.configuration(site, chat)
            assert [one.text for one in await OLD.happenings(site, chat)][-1] == "start to deploy service"
            assert await OLD.figures(site, chat) is not None
    finally:
        stop(running)


def test_only_what_a_state_allows() -> None:
    told = {
        one: {
            action for action in ("start", "stop", "update", "scale", "delete") if OLD.obstacle(action, one) == NOTHING
        }
        for one in ("deploying", "running", "concerning", "failed", "stopped", "stopping", "deleting", "a new word")
    }
    assert told == {
        "deploying": {"delete"},
        "running": {"stop", "update", "scale", "delete"},
        "concerning": {"stop", "update", "scale", "delete"},
        "failed": {"start", "update", "delete"},
        "stopped": {"start", "delete"},
        "stopping": set(),
        "deleting": set(),
        "a new word": {"start", "stop", "update", "scale", "delete"},
    }
    assert str(OLD.obstacle("switch", "running"))
