"""Services are deployed, changed, deleted and followed: what is refused, lost or half done is told."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest
from tests.deployable import Deployable, deployable, no, ok
from tests.raw import Served

from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.engine.deploying import Progress, act, delete, deploy, details, obstacle, pages, progress, wait
from streamscope.model.deployment import Configuration
from streamscope.model.errors import PlatformRefusal, SandboxError, ServiceFailed, StreamscopeError, UsageError
from streamscope.model.phrase import NOTHING
from streamscope.model.service import Service, Workspace

Serve = Callable[..., Served]
PORTION = {"model": "m-1", "specification": "modelarts.vm.cpu.2u", "count": "1", "weight": "100"}
QUICK = 0.01


async def followed(core: Core, service: Service) -> list[Progress]:
    return [seen async for seen in progress(core, service, QUICK)]


async def test_what_a_state_does_not_allow_is_refused_before_anything_is_asked(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    assert obstacle(told.workspace(), one, "stop") is NOTHING
    assert str(obstacle(told.workspace(), one, "start"))
    assert "no such action" in str(obstacle(told.workspace(), one, "switch"))
    assert "cannot be managed" in str(obstacle(Workspace("by hand", "address"), one, "stop"))
    with pytest.raises(UsageError):
        await act(core, one, "start")
    assert told.calls == []


async def test_what_another_window_did_meanwhile_counts(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.rows["one"]["status"] = "stopped"
    await act(core, one, "start")
    assert told.calls == [("PUT", "services/one", {"status": "running"})]
    assert core.services["work"]["one"].status == "stopped", "as the platform tells it after the action"


async def test_the_platforms_own_refusal_is_told_and_the_row_is_right_afterwards(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.refuse["PUT", "services/one"] = [no("400 Bad Request", "ModelArts.3519", "wrong state")]
    told.turns["one"] = [{"status": "stopping"}]
    with pytest.raises(PlatformRefusal) as refused:
        await act(core, one, "stop")
    assert "ModelArts.3519" in str(refused.value.message) and str(refused.value.hint)
    assert core.services["work"]["one"].status == "stopping"


async def test_one_that_is_gone_between_list_and_call_is_told(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.rows.clear()
    with pytest.raises(PlatformRefusal) as refused:
        await act(core, one, "stop")
    assert refused.value.status == 404
    assert "one" not in core.services["work"]
    with pytest.raises(UsageError):
        await act(core, one, "start")


async def test_a_service_is_deployed_and_followed_until_it_runs(core: Core, serve: Serve) -> None:
    told, _ = await deployable(serve, core)
    keys = {field.key for page in await pages(core, "work", "v1") for field in page.fields}
    assert {"name", "model", "weight"} <= keys
    service = await deploy(core, "work", "v1", Configuration({"name": "mine"}, (PORTION,)))
    assert (service.id, service.name, service.state) == ("new", "mine", "changing")
    told.events = [(1000, "normal", "start to deploy service")]
    told.turns["new"] = [{"status": "deploying", "progress": 40}, {"status": "deploying", "progress": 90}]
    told.turns["new"].append({"status": "running"})
    seen = await followed(core, service)
    assert [one.percent for one in seen] == [40, 90, None]
    assert [len(one.happenings) for one in seen] == [1, 0, 0]
    assert [one.done for one in seen] == [False, False, True]
    assert seen[-1].service is core.services["work"]["new"]


async def test_a_deployment_whose_answer_is_lost_is_there_all_the_same(core: Core, serve: Serve) -> None:
    told, _ = await deployable(serve, core, other="running")
    told.cut_off = True
    with pytest.raises(StreamscopeError) as lost:
        await deploy(core, "work", "v1", Configuration({"name": "mine"}, (PORTION,)))
    assert "'mine' is there now" in str(lost.value.message)
    assert "new" in core.services["work"]


async def test_lost_packets_and_a_throttle_are_no_end(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="deploying")
    told.lost = 3
    told.refuse["GET", "services/one"] = [no("429 Too Many Requests", "APIGW.0308", Retry_After="0.01")] * 2
    told.turns["one"] = [{"status": "running"}]
    seen = await followed(core, one)
    problems = [one.problem for one in seen if one.problem is not None]
    assert len(problems) >= 2, "connections that were closed are opened again at once"
    assert seen[-1].done and seen[-1].service.state == "running"


async def test_a_refusal_that_lasts_is_an_end(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="deploying")
    told.refuse["GET", "services/one"] = [no("403 Forbidden", "ModelArts.0108")]
    with pytest.raises(PlatformRefusal):
        await followed(core, one)


async def test_events_that_may_not_be_read_are_missed_and_nothing_else(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="deploying")
    told.refuse["GET", "events"] = [no("403 Forbidden", "ModelArts.0108")] * 9
    told.turns["one"] = [{"status": "running"}]
    assert (await followed(core, one))[-1].done


async def test_a_service_that_did_not_begin_yet_is_not_taken_for_done(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="stopped")
    told.turns["one"] = [{"status": "stopped"}, {"status": "deploying"}, {"status": "running"}]
    assert [seen.service.status for seen in await followed(core, one)] == ["stopped", "deploying", "running"]
    told.turns["one"] = []
    assert (await followed(core, core.services["work"]["one"]))[-1].done, "where nothing ever begins that is an end"


async def test_one_that_recovers_is_waited_for_and_one_that_does_not_is_told(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.turns["one"] = [{"status": "concerning"}, {"status": "concerning"}, {"status": "running"}]
    assert [seen.service.status for seen in await followed(core, one)] == ["concerning", "concerning", "running"]
    told.rows["one"]["status"] = "concerning"
    told.events = [(1, "abnormal", "CrashLoopBackOff")]
    seen = await followed(core, core.services["work"]["one"])
    assert seen[-1].done and seen[-1].trouble is not None and 6 < len(seen) < 20


async def test_a_change_that_failed_is_told_though_the_service_runs(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.events = [(1, "abnormal", "an old crash")]
    told.turns["one"] = [{"status": "deploying"}, {"status": "running"}]
    seen = progress(core, one, QUICK)
    assert (await anext(seen)).trouble is None
    told.events.append((2, "abnormal", "update service failed: the program ended with exit code 3"))
    last = [after async for after in seen][-1]
    assert last.done and last.service.state == "running"
    assert last.trouble is not None and "ended" in str(last.trouble.cause)
    told.turns["one"] = [{"status": "deploying"}, {"status": "running"}]
    told.events.append((3, "normal", "update service success"))
    assert (await followed(core, one))[-1].trouble is None


async def test_one_that_goes_is_gone(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.turns["one"] = [{"status": "deleting"}, {"status": ""}]
    seen = await followed(core, one)
    assert (seen[-1].done, seen[-1].gone) == (True, True)
    assert core.services["work"] == {}


async def test_following_ends_when_nobody_looks(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="deploying")
    async with aclosing(progress(core, one, QUICK)) as seen:
        async for _ in seen:
            break
    asked = len(told.served.requests)
    await asyncio.sleep(0)
    assert len(told.served.requests) == asked


async def test_following_never_starts_a_sandbox(core: Core) -> None:
    with pytest.raises(SandboxError):
        await followed(core, Service("1", "one", "sandbox", "v2"))
    assert core.sandbox is None


async def test_why_it_failed_is_told_while_it_is_waited_for(core: Core, serve: Serve) -> None:
    told, _ = await deployable(serve, core, one="deploying")
    told.events = [(1, "normal", "start to deploy service"), (2, "abnormal", "pull image failed: manifest not found")]
    told.turns["one"] = [{"status": "failed", "error_msg": "no image"}]
    with pytest.raises(ServiceFailed) as failed:
        await wait(core, told.workspace(), "one", ["running"], 30)
    assert "image" in str(failed.value.message) and "version" in str(failed.value.hint)
    assert failed.value.exit_code == 1


async def test_waiting_knows_both_kinds_of_words_and_its_time(core: Core, serve: Serve) -> None:
    told, _ = await deployable(serve, core, one="pending", two="running")
    assert (await wait(core, told.workspace(), "two", ["RUNNING"], 1)).id == "two"
    assert (await wait(core, told.workspace(), "one", ["Pending"], 1)).id == "one"
    assert (await wait(core, told.workspace(), "one", ["changing", "failed"], 1)).id == "one"
    assert (await wait(core, told.workspace(), "none", ["deleted"], 1)).status == "deleted"
    with pytest.raises(ServiceFailed) as late:
        await wait(core, told.workspace(), "one", ["running"], 0.05)
    assert "pending" in str(late.value.message)
    with pytest.raises(UsageError) as unknown:
        await wait(core, told.workspace(), "one", ["runing"], 1)
    assert "running" in str(unknown.value.hint)
    told.rows["one"]["status"] = "deploying"
    told.turns["one"] = [{"status": ""}]
    with pytest.raises(ServiceFailed) as gone:
        await wait(core, told.workspace(), "one", ["running"], 30)
    assert "gone" in str(gone.value.message)


async def test_two_of_one_name_are_told_apart_by_their_ids(core: Core, serve: Serve) -> None:
    told, _ = await deployable(serve, core, one="running", two="running")
    told.rows["two"]["service_name"] = "one"
    with pytest.raises(UsageError) as both:
        await wait(core, told.workspace(), "one!", ["running"], 1)
    assert "one" in str(both.value.hint)
    told.rows["one"]["service_id"] = "three"
    with pytest.raises(UsageError) as both:
        await wait(core, told.workspace(), "one", ["running"], 1)
    assert "three, two" in str(both.value.hint)


async def test_each_of_many_has_its_outcome(core: Core, serve: Serve) -> None:
    _, found = await deployable(serve, core, one="running", two="deleting", three="stopped")
    outcomes = await delete(core, found)
    assert {one.id: one.done for one in outcomes} == {"one": True, "two": False, "three": True}
    assert outcomes[1].note
    assert set(core.services["work"]) == {"two"}
    with pytest.raises(UsageError):
        await delete(core, [core.services["work"]["two"]])


async def test_details_come_together_and_each_may_fail_alone(core: Core, serve: Serve) -> None:
    told, (one,) = await deployable(serve, core, one="running")
    told.refuse["GET", "monitor"] = [no("403 Forbidden", "ModelArts.0108")] * 2
    told.refuse["GET", "logs"] = [ok(logs=[{"update_time": 1000, "result": "SUCCESS", "config": []}])]
    found = await details(core, one)
    assert isinstance(found.figures, PlatformRefusal)
    assert isinstance(found.revisions, list) and found.revisions[0].status == "SUCCESS"
    assert found.happenings == []


async def test_a_worn_token_is_renewed_in_mid_polling(
    core: Core, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    async def identity(peer: "object") -> None:
        request = await peer.request()  # type: ignore[attr-defined]
        given.append(request.target)
        body = b'{"token": {"expires_at": "2999-01-01T00:00:00.000000Z"}}'
        await peer.answer(body, "201 Created", X_Subject_Token=f"token-{len(given)}")  # type: ignore[attr-defined]

    for key in ("DOMAIN", "USER", "PASSWORD"):
        monkeypatch.setenv(f"STREAMSCOPE_TOKEN_{key}", "x")
    told = Deployable({"one": {"service_id": "one", "service_name": "one", "status": "deploying"}})
    told.served = serve(told.script)
    core.bench.workspaces.save(told.workspace(sign_in="token", iam=serve(identity).http))
    (one,) = await deploying.discover.services(core, core.bench.workspaces.get("work"))
    told.refuse["GET", "services/one"] = [no("401 Unauthorized", "APIGW.0307", "The token must be updated.")]
    told.turns["one"] = [{"status": "running"}]
    seen = await followed(core, one)
    assert seen[-1].done and len(given) == 2
    assert all(request.problem is None for request in seen)
