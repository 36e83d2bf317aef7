"""The new generation's connector against answers of every kind: what it asks, sends, and makes of what it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.management import Answer, Asked, Management, Rule, management, paged, refused
from tests.raw import Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.platforms.base import Listed, Site
from streamscope.kinds.platforms.modelarts import new
from streamscope.kinds.platforms.modelarts.connections import NewConnections
from streamscope.kinds.platforms.modelarts.new_services import NewServices
from streamscope.model.deployment import Configuration, Instance, Outcome, Pod, Revision
from streamscope.model.errors import HalfDone, PlatformRefusal, UsageError

Serve = Callable[..., Served]
V2 = NewServices()
DEPLOYMENT = {"id": "s1", "name": "default", "infer_name": "d-1", "status": "RUNNING", "version": "1.0.1"}


def place(core: Core, told: Management) -> Site:
    return discover.site_of(core, told.workspace())[1]


async def test_deploying_sends_one_body_and_tells_the_id(core: Core, serve: Serve) -> None:
    told = management(serve, {"POST v2/services": {"id": "s1", "status": "DEPLOYING"}})
    site = place(core, told)
    made = Configuration({"name": "a", "auth_type": "API_KEY"}, ({"image": "chat:0.0.1", "flavor": "cpu.2u"},))
    assert await V2.deploy(site, made) == "s1"
    (sent,) = told.bodies("POST", "v2/services")
    assert sent["runtime_config"]["service_limit"]["rate_limit"] == {"num": 200, "unit": "SECONDS"}
    assert sent["runtime_config"]["service_invoke"]["auth_type"] == "API_KEY"
    assert sent["group_configs"][0]["unit_configs"][0]["image"]["swr_path"] == "chat:0.0.1"
    with pytest.raises(UsageError, match="Rate limit: It must be 1 to 10000"):
        await V2.deploy(site, Configuration({"name": "a", "rate": "0"}, ({"image": "x"},)))
    assert len(told.asked) == 1, "what breaks a rule is not sent"


async def test_a_service_whose_id_is_not_told_is_found_by_its_name(core: Core, serve: Serve) -> None:
    rows = [{"id": "s2", "name": "ab"}, {"id": "s1", "name": "a"}]
    told = management(serve, {"POST v2/services": b"", "GET v2/services": paged(rows)})
    assert await V2.deploy(place(core, told), Configuration({"name": "a"}, ({"image": "x"},))) == "s1"


def detail(version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    unit = {
        "image": {"source": "SWR", "swr_path": "x:1", "category": "CPU"},
        "flavor": "cpu.2u",
        "port": 8080,
        "count": 1,
    }
    group = {"id": "d-1", "name": "default", "count": 1, "running_count": 1, "weight": 100, "unit_configs": [unit]}
    limit = {"rate_limit": {"num": 5, "unit": "SECONDS"}, "request_size_limit": 20, "request_timeout": 180}
    runtime = {"service_invoke": {"port": 8080, "protocol": "HTTPS", "auth_type": "TOKEN"}, "service_limit": limit}
    told = {"version": version, "runtime_config": runtime, "instance_groups": [group]}
    return {"id": "s1", "name": "a", "status": "RUNNING", "version": told, **more}


async def test_an_update_takes_the_next_version_that_is_free(core: Core, serve: Serve) -> None:
    def put(asked: Asked) -> Rule:
        taken = asked.body.get("version") in ("1.0.1", "1.0.2")
        return refused("400 Bad Request", "ModelArts.8031", "the version exists") if taken else {}

    told = management(serve, {"GET v2/services/s1": detail(), "PUT v2/services/s1": put})
    site = place(core, told)
    now = await V2.configuration(site, "s1")
    await V2.update(site, "s1", Configuration({**now.values, "rate": "9"}, now.portions, now.origin))
    sent = told.bodies("PUT", "v2/services/s1")
    assert [body["version"] for body in sent] == ["1.0.1", "1.0.2", "1.0.3"]
    assert set(sent[0]) == {"version", "runtime_config"}, "the rest stays as it is"
    with pytest.raises(PlatformRefusal) as caught:
        await V2.update(site, "s1", Configuration({**now.values, "version": "1.0.1"}, now.portions, now.origin))
    assert caught.value.code == "ModelArts.8031"
    assert "version" in str(caught.value.hint)


async def test_a_description_needs_no_version_and_nothing_is_no_update(core: Core, serve: Serve) -> None:
    told = management(serve, {"GET v2/services/s1": detail(), "PUT v2/services/s1": {}})
    site = place(core, told)
    now = await V2.configuration(site, "s1")
    await V2.update(site, "s1", Configuration({**now.values, "description": "new"}, now.portions, now.origin))
    assert told.bodies("PUT", "v2/services/s1") == [{"description": "new"}]
    with pytest.raises(UsageError, match="Nothing is different"):
        await V2.update(site, "s1", now)
    await V2.update(site, "s1", Configuration({**now.values, "size": "9"}, now.portions))
    assert told.bodies("PUT", "v2/services/s1")[-1]["version"] == "1.0.1", "without an origin it is read first"


async def test_several_deployments_are_changed_one_by_one(core: Core, serve: Serve) -> None:
    both = detail()
    (first,) = both["version"]["instance_groups"]
    both["version"]["instance_groups"] = [first, {**first, "id": "d-2", "name": "other", "weight": 0}]
    base = "v2/services/s1/deployments"
    told = management(serve, {"GET v2/services/s1": both, "*": {}})
    site = place(core, told)
    now = await V2.configuration(site, "s1")
    changed = (now.portions[0], {**now.portions[1], "weight": "30"})
    await V2.update(site, "s1", Configuration(now.values, changed, now.origin))
    assert told.paths("PUT") == [f"{base}/d-2"], "what did not change is left alone"
    assert told.bodies("PUT", f"{base}/d-2")[0]["weight"] == 30
    third = {**now.portions[0], "deployment": "third"}
    await V2.update(site, "s1", Configuration({**now.values, "rate": "7"}, (*now.portions, third), now.origin))
    await V2.update(site, "s1", Configuration(now.values, now.portions[:1], now.origin))
    made = [(asked.method, asked.path) for asked in told.asked[2:] if asked.method != "GET"]
    assert made == [("PUT", "v2/services/s1"), ("POST", base), ("DELETE", f"{base}/d-2")]
    assert "group_configs" not in told.bodies("PUT", "v2/services/s1")[0]
    assert (told.bodies("POST", base)[0]["name"], told.bodies("POST", base)[0].get("id")) == ("third", None)
    told.rules[f"POST {base}"] = refused("409 Conflict", "ModelArts.3519", "is being upgraded")
    with pytest.raises(HalfDone, match="in part") as caught:
        await V2.update(site, "s1", Configuration({**now.values, "rate": "7"}, (*now.portions, third), now.origin))
    assert caught.value.id == "s1"
    with pytest.raises(PlatformRefusal):
        await V2.update(site, "s1", Configuration(now.values, (*now.portions, third), now.origin))


async def test_starting_stopping_scaling_and_replacing(core: Core, serve: Serve) -> None:
    listed = paged([DEPLOYMENT])
    told = management(serve, {"GET v2/services/s1/deployments": listed, "*": {}})
    site = place(core, told)
    await V2.start(site, "s1")
    await V2.stop(site, "s1")
    await V2.scale(site, "s1", "", 3)
    await V2.scale(site, "s1", "名", 4)
    await V2.switch(site, "s1", Revision("", "1.0.0", "default"))
    await V2.restart(site, "s1", Instance("i/1", "default", "RUNNING"))
    made = [(asked.method, asked.path, asked.body) for asked in told.asked if asked.method != "GET"]
    switched = {"service_id": "s1", "target_deployment_version": "1.0.0", "infer_name": "d-1"}
    assert made == [
        ("POST", "v2/services/s1/start", None),
        ("POST", "v2/services/s1/stop", None),
        ("PUT", "v2/services/s1/deployments/default/scale", {"count": 3}),
        ("PUT", "v2/services/s1/deployments/名/scale", {"count": 4}),
        ("POST", "v2/services/s1/deployments/d-1/versions/1.0.0/switch", switched),
        ("DELETE", "v2/services/s1/deployments/default/instances/i/1", None),
    ]
    assert told.asked[-1].query == {"force": "false", "operation": "RECREATE"}
    for count in (0, 129):
        with pytest.raises(UsageError):
            await V2.scale(site, "s1", "default", count)
    with pytest.raises(UsageError, match="no deployment 'x'"):
        await V2.switch(site, "s1", Revision("", "1.0.0", "x"))


async def test_only_what_is_being_deployed_is_interrupted(core: Core, serve: Serve) -> None:
    rows = [DEPLOYMENT, {**DEPLOYMENT, "name": "b", "infer_name": "d-2", "status": "DEPLOYING"},
            {"id": "d-3", "name": "c", "status": "UPGRADING"}]  # fmt: skip
    told = management(serve, {"GET v2/services/s1/deployments": paged(rows), "*": {}})
    site = place(core, told)
    await V2.interrupt(site, "s1")
    assert sorted(told.paths("POST")) == [f"v2/services/s1/deployments/{one}/interrupt" for one in ("d-2", "d-3")]
    told.rules["GET v2/services/s1/deployments"] = paged([DEPLOYMENT])
    with pytest.raises(UsageError, match="Nothing is being deployed"):
        await V2.interrupt(site, "s1")


async def test_each_of_many_deleted_services_has_its_outcome(core: Core, serve: Serve) -> None:
    def delete(asked: Asked) -> Rule:
        ids = asked.body["service_ids"]
        if "s70" in ids and len(ids) > 1:
            return refused("400 Bad Request", "ModelArts.3519", "wrong state")
        if ids == ["s70"]:
            return refused("409 Conflict", "ModelArts.3519", "wrong state")
        said = [{"id": one, "status": "DELETING", "failure_reason": "old"} for one in ids if one not in ("s3", "s4")]
        said += [{"id": one, "error_code": "ModelArts.3502", "error_msg": "gone"} for one in ids if one == "s4"]
        return {"service_responses": said}

    told = management(serve, {"POST v2/services/delete": delete})
    found = await V2.delete(place(core, told), [*(f"s{number}" for number in range(100)), "s5"])
    assert [outcome.id for outcome in found] == [f"s{number}" for number in range(100)]
    assert {outcome.id for outcome in found if not outcome.done} == {"s3", "s4", "s70"}
    assert found[4] == Outcome("s4", done=False, note="gone")
    assert "wrong state" in found[70].note
    assert len(told.asked) == 1 + 1 + 50
    assert told.most_at_once <= 4
    told.rules["POST v2/services/delete"] = refused("429 Too Many Requests", "APIGW.0308", Retry_After="3")
    assert [outcome.done for outcome in await V2.delete(place(core, told), ["s1", "s2"])] == [False, False]
    assert len(told.asked) == 53, "throttled: not asked again one by one"
    told.rules["POST v2/services/delete"] = b""
    assert await V2.delete(place(core, told), ["s1"]) == [Outcome("s1", done=True)]


async def test_instances_pods_and_what_is_said_of_those_that_are_not_well(core: Core, serve: Serve) -> None:
    base = "v2/services/s1/deployments"
    row = {
        "instance_name": "i-1",
        "status": "CONCERNING",
        "pod_count": 2,
        "running_pod_count": "1",
        "update_at": "1700000000000",
    }
    other = {"instance_name": "i-2", "status": None, "pod_count": 1, "running_pod_count": 0}
    pods = [
        {"pod_name": "p-1", "status": "RUNNING", "pod_node_ip": "10.0.0.1", "update_time": 1_700_000_001_000},
        {"pod_name": "p-2", "status": "FAILED", "pod_node_ip": None},
    ]
    events = [
        {"type": "Warning", "message": "Back-off restarting", "last_timestamp": "2026-11-25T01:00:00Z"},
        {"type": "Warning", "message": "older", "last_timestamp": "2026-11-25T00:00:00"},
        {"type": "Normal", "message": "Pulled", "last_timestamp": "2026-11-25T02:00:00Z"},
    ]
    told = management(serve, {
        f"GET {base}": paged([DEPLOYMENT, {"name": "gone"}]),
        f"GET {base}/default/instances": paged([row, other]),
        f"GET {base}/default/instances/i-1/pods": paged(pods),
        f"GET {base}/default/instances/i-1/pods/p-2/events": Answer(events),
        f"GET {base}/default/instances/i-2/pods": refused("404 Not Found", "ModelArts.0104"),
    })  # fmt: skip
    first, second = await V2.instances(place(core, told), "s1")
    assert (first.name, first.portion, first.state, first.since) == ("i-1", "default", "concerning", 1_700_000_000)
    assert first.note == "Back-off restarting"
    assert first.pods == (
        Pod("p-1", "RUNNING", "running", "10.0.0.1", 0, 1_700_000_001),
        Pod("p-2", "FAILED", "failed", "", 0, 0, "Back-off restarting"),
    )
    assert (second.name, second.state, second.pods, second.note) == ("i-2", "unknown", (), "0 / 1")
    assert told.most_at_once <= 4


async def test_many_instances_are_not_asked_for_their_pods_one_by_one(core: Core, serve: Serve) -> None:
    base = "v2/services/s1/deployments/default/instances"
    rows = [{"instance_name": f"i-{number}", "status": "RUNNING"} for number in range(128)]
    pods = [{"pod_name": f"i-{number}-{pod}", "status": "PENDING"} for number in range(128) for pod in range(2)]
    told = management(serve, {
        "GET v2/services/s1/deployments": paged([DEPLOYMENT]),
        f"GET {base}": paged(rows),
        f"GET {base}/all/pods": paged(pods),
    })  # fmt: skip
    site = place(core, told)
    found = await V2.instances(site, "s1")
    assert [[pod.name for pod in one.pods] for one in found[:12]] == [[f"i-{n}-0", f"i-{n}-1"] for n in range(12)]
    assert len(told.asked) == 3 + 20, "and only of some pods it is asked what is said of them"
    told.rules[f"GET {base}/all/pods"] = paged([{"pod_name": "another-way"}])
    told.rules["*"] = paged([{"pod_name": "p", "status": "RUNNING"}])
    assert all([pod.name for pod in one.pods] == ["p"] for one in await V2.instances(site, "s1"))
    assert told.most_at_once <= 4


async def test_versions_and_figures(core: Core, serve: Serve) -> None:
    versions = [
        {"version": "1.0.0", "create_at": "2026-11-24T00:00:00", "version_status": "STOPPED", "description": "first"},
        {"version": "1.0.1", "update_at": 1_800_000_000_000},
    ]
    told = management(serve, {
        "GET v2/services/s1/deployments": paged([DEPLOYMENT]),
        "GET v2/services/s1/deployments/d-1/versions": paged(versions),
        "GET v2/services/s1": detail(),
    })  # fmt: skip
    site = place(core, told)
    newest, oldest = await V2.revisions(site, "s1")
    assert (newest.version, newest.current, newest.at, newest.portion) == ("1.0.1", True, 1_800_000_000, "default")
    assert (oldest.version, oldest.current, oldest.status, oldest.note) == ("1.0.0", False, "STOPPED", "first")
    figures = await V2.figures(site, "s1")
    assert figures is not None
    assert (figures.running, figures.wanted, figures.per_minute) == (1, 1, None)
    assert [(usage.portion, usage.running, usage.wanted) for usage in figures.portions] == [("default", 1, 1)]


async def test_pages_without_any_list_still_let_a_service_be_deployed(core: Core, serve: Serve) -> None:
    told = management(serve, {"GET v2/services/flavors": paged([{"id": "gpu.1", "vcpus": 8, "memory": 64}])})
    site = place(core, told)
    fields = {field.key: field for page in await V2.pages(site) for field in page.fields}
    assert [key for key, _ in fields["flavor"].choices] == ["gpu.1", "custom"]
    assert fields["image"].choices == (), "the new generation lists no images"
    told.rules["GET v2/services/flavors"] = refused("403 Forbidden", "ModelArts.0108")
    fields = {field.key: field for page in await V2.pages(site) for field in page.fields}
    assert [key for key, _ in fields["flavor"].choices] == ["custom"]


async def test_events_are_told_as_they_are(core: Core, serve: Serve) -> None:
    rows = [
        {"event_type": "ABNORMAL", "event_info": "pulling failed", "create_at": "1700000000000"},
        {"event_type": "WARNING", "event_info": "slow"},
        {"event_type": None, "event_info": None, "create_at": None},
        None,
    ]
    told = management(serve, {"GET v2/services/s1/events": {"data": rows}})
    found = await V2.happenings(place(core, told), "s1")
    assert [(one.severity, one.text, one.at) for one in found] == [
        ("error", "pulling failed", 1_700_000_000),
        ("warning", "slow", 0),
        ("info", "", 0),
    ]


ROW = Listed("s1", "a", "v2", "RUNNING", "running", complete=False)


async def test_details_with_nulls_and_numbers_as_texts(core: Core, serve: Serve) -> None:
    odd: dict[str, Any] = detail(
        predict_url=[{"type": "PUBLIC", "urls": ["10.0.0.1", "10.0.0.2"]}, {"type": "CONSOLE", "urls": None}],
        frozen_infos=[{"scene": "ARREAR", "effect": 2}, None],
        failure_reason=None,
    )
    limit = odd["version"]["runtime_config"]["service_limit"]
    limit |= {"request_size_limit": "20", "request_timeout": "7.5", "rate_limit": {"num": "100", "unit": None}}
    told = management(serve, {"GET v2/services/s1": odd})
    site = place(core, told)
    found = await new.details(site, ROW)
    assert found.entries == {"PUBLIC": "https://10.0.0.1/v2/infer/s1"}
    assert (found.body_limit, found.time_limit, found.rate_limit) == (20 * 1024 * 1024, 7.5, "100 / second")
    assert found.note == (
        "Frozen, since bills are open: pay them. It cannot be deleted until then. "
        "The platform tells 10.0.0.1, 10.0.0.2: scheme and path were filled in. "
        "Further addresses: https://10.0.0.2/v2/infer/s1"
    )
    odd["version"]["runtime_config"]["service_invoke"]["protocol"] = "HTTP"
    assert (await new.details(site, ROW)).entries == {"PUBLIC": "http://10.0.0.1/v2/infer/s1"}
    for nothing in (
        {},
        {"version": None, "predict_url": None, "frozen_infos": None},
        {"version": {"runtime_config": []}},
    ):
        told.rules["GET v2/services/s1"] = nothing
        bare = await new.details(site, ROW)
        assert (bare.entries, bare.auth, bare.note, bare.complete) == ({}, ("TOKEN",), "", True)


async def test_one_service_is_asked_for_by_its_id(core: Core, serve: Serve) -> None:
    told = management(serve, {"GET v2/services/s1": detail(status="UPGRADING", frozen_infos=[{"scene": "POLICE"}])})
    platform, site = discover.site_of(core, told.workspace())
    row = await platform.one(site, ROW)
    assert row is not None
    assert (row.status, row.state, row.complete) == ("UPGRADING", "changing", False)
    assert "authorities" in row.note
    told.rules.clear()
    with pytest.raises(PlatformRefusal):
        await platform.one(site, ROW)


CONNECTION = {
    "id": "c1", "status": "APPROVING", "scene": "VPC", "vpc_id": "v", "subnet_id": "n", "type": "SERVICE",
    "service_name": "a", "url_list": None, "custom_url_list": ["https://own.example"], "create_at": "1700000000000",
}  # fmt: skip


async def test_connections_are_asked_for_answered_changed_and_deleted(core: Core, serve: Serve) -> None:
    base = "v2/intranet-connection"
    told = management(serve, {
        f"GET {base}/requests": paged([CONNECTION]),
        f"GET {base}/reviews": paged([{"id": "c2", "status": "NEW_WORD", "pool_id": "p"}]),
        f"POST {base}": {**CONNECTION, "status": "CONNECTED"},
        "*": b"",
    })  # fmt: skip
    site, ways = place(core, told), NewConnections()
    (mine,), (theirs,) = await ways.asked(site), await ways.reviews(site)
    assert (mine.network, mine.state, mine.custom_urls, mine.created) == (
        "v / n", "changing", ("https://own.example",), 1_700_000_000,
    )  # fmt: skip
    assert (theirs.network, theirs.state) == ("p", "unknown")
    made = await ways.create(site, "s1", {"vpc_id": "v", "subnet_id": "n", "custom_urls": "https://own.example/a\n"})
    assert made.state == "running"
    assert told.bodies("POST", base) == [
        {"scene": "VPC", "type": "SERVICE", "vpc_id": "v", "subnet_id": "n", "service_id": "s1",
         "custom_urls": ["https://own.example/a"]}
    ]  # fmt: skip
    for values in (
        {},
        {"vpc_id": "v"},
        {"vpc_id": "v", "subnet_id": "n", "pool_id": "p"},
        {"pool_id": "p", "custom_urls": "x"},
    ):
        with pytest.raises(UsageError):
            await ways.create(site, "s1", values)
    await ways.answer(site, "c1", "reject", "no")
    await ways.answer(site, "c1", "APPROVE", "no")
    with pytest.raises(UsageError):
        await ways.answer(site, "c1", "DELETE")
    assert told.bodies("PUT", f"{base}/c1") == [{"action": "REJECT", "reason": "no"}, {"action": "APPROVE"}]
    await ways.change(site, "c1", ["https://own.example", " "])
    assert told.bodies("POST", f"{base}/c1/modify") == [{"custom_urls": ["https://own.example"]}]
    assert await ways.delete(site, ["c1", "c1", "c2"]) == [Outcome("c1", done=True), Outcome("c2", done=True)]
    told.rules["*"] = refused("400 Bad Request", "ModelArts.0104", "no")
    assert [outcome.done for outcome in await ways.delete(site, ["c1"])] == [False]


@pytest.mark.parametrize(
    ("status", "answers"),
    [
        ("APPROVING", ("APPROVE", "REJECT")),
        ("CONNECTED", ("CANCEL",)),
        ("failed", ("RETRY",)),
        ("CONNECTING", ()),
        ("", ()),
    ],
)
def test_a_connections_state_says_how_it_can_be_answered(status: str, answers: tuple[str, ...]) -> None:
    assert NewConnections().answers(status) == answers
