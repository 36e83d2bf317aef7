"""The old generation's connector and a platform that answers oddly: other paging, missing fields, halves."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kinds.platforms.canned import canned
from tests.raw import Served

from streamscope.engine.core import Core
from streamscope.kinds.platforms.modelarts import old_bodies, old_figures
from streamscope.kinds.platforms.modelarts.codes import meaning
from streamscope.kinds.platforms.modelarts.deeds import deed
from streamscope.kinds.platforms.modelarts.old_paging import PAGE
from streamscope.kinds.platforms.modelarts.old_services import OldServices
from streamscope.model.deployment import Configuration, Model
from streamscope.model.errors import HalfDone, NoAnswer, PlatformRefusal

Serve = Callable[..., Served]
OLD = OldServices()
WRONG_STATE = ("400 Bad Request", {"error_code": "ModelArts.3519", "error_msg": "wrong state"})
DENIED = ("403 Forbidden", {"error_code": "ModelArts.0112", "error_msg": "denied"})


def rows(query: dict[str, str], *, by_rows: bool, total: Any = None) -> dict[str, Any]:
    """A page of 1,234 models, whose offset counts rows or pages."""
    offset, limit = int(query["offset"]), int(query["limit"])
    start = offset if by_rows else offset * limit
    found = [{"model_id": f"m{at}", "model_name": f"n{at}", "create_at": str(at)} for at in range(1234)]
    page: dict[str, Any] = {"models": found[start : start + limit]}
    return page if total == "untold" else {**page, "total_count": total or 1234}


@pytest.mark.parametrize("by_rows", [True, False])
@pytest.mark.parametrize("total", [None, "1234", "untold"])
async def test_every_page_is_read_whatever_an_offset_counts(
    core: Core, serve: Serve, by_rows: bool, total: Any
) -> None:
    told, site = canned(serve, core, **{"GET models": lambda query: rows(query, by_rows=by_rows, total=total)})
    found = await OLD.models(site)
    assert len({one.id for one in found}) == len(found) == 1234
    assert (found[0].name, found[0].created) == ("n1233", 1.233)
    assert len(told.asked) <= 5
    assert PAGE == 500


async def test_a_list_that_never_ends_does(core: Core, serve: Serve) -> None:
    same = {"models": [{"model_id": "m", "model_status": "building"}, None, "odd"], "total_count": 10**9}
    told, site = canned(serve, core, **{"GET models": same})
    assert await OLD.models(site) == [Model("m", "", status="building", ready=False)]
    assert len(told.asked) == 2


async def test_fields_that_are_missing_or_of_another_kind(core: Core, serve: Serve) -> None:
    detail = {
        "service_name": None, "status": "running", "schedule": None,
        "config": [{"model_id": "m", "instance_count": "2", "weight": "100"}],
        "additional_properties": [],
    }  # fmt: skip
    monitor = {"monitors": [{"model_id": "m", "cpu_core_usage": "0.5", "npu_total": 8, "npu_usage": "3"}, 7]}
    told, site = canned(serve, core, **{
        "GET services/s": detail, "GET services/s/monitor": monitor, "GET services/s/logs": {"logs": None},
        "GET services/s/events": {"events": [{"event_info": 5, "occur_time": "1700000000000"}, {"occur_time": "?"}]},
    })  # fmt: skip
    figures = await OLD.figures(site, "s")
    assert figures is not None
    assert (figures.per_minute, figures.portions[0].cpu, figures.portions[0].accelerator) == (None, 0.5, 3.0)
    assert [(one.at, one.text) for one in await OLD.happenings(site, "s")] == [(1_700_000_000.0, "5"), (0.0, "")]
    assert await OLD.revisions(site, "s") == []
    assert [(one.name, one.state) for one in await OLD.instances(site, "s")] == [
        ("m #1", "unknown"),
        ("m #2", "unknown"),
    ]
    found = await OLD.configuration(site, "s")
    assert found.portions == ({"model": "m", "count": "2", "weight": "100"},)
    assert not [path for path, _, _ in told.asked if "endpoints" in path], "no pool, no addresses"


async def test_an_update_sends_only_what_is_other_and_keeps_what_no_field_knows(core: Core, serve: Serve) -> None:
    volume = {"persistent_volumes": [{"mount_path": "/data"}]}
    one = {
        "model_id": "m1", "model_name": "a", "model_version": "1", "status": "ready", "specification": "s",
        "instance_count": 1, "weight": "100", "envs": {"TEXT": "two\nlines"}, "scaling": False, "affinity": {"x": 1},
        "additional_properties": volume, "future": True,
    }  # fmt: skip
    detail = {"service_name": "n", "description": "d", "config": [one], "additional_properties": {"log": 1}}
    told, site = canned(serve, core, **{"GET services/s": detail, "PUT services/s": b""})
    found = await OLD.configuration(site, "s")
    await OLD.update(site, "s", Configuration({**found.values, "description": "e"}, found.portions, found.origin))
    more = {**found.portions[0], "model": "m2", "count": "3"}
    await OLD.update(site, "s", Configuration({**found.values, "max_surge": "2"}, (more,), found.origin))
    await OLD.update(site, "s", Configuration({**found.values, "websocket": "true"}, found.portions, found.origin))
    await OLD.scale(site, "s", "", 5)
    kept = {"specification": "s", "envs": {"TEXT": "two\nlines"}, "affinity": {"x": 1}, "future": True}
    assert told.sent("PUT services/s") == [
        {"description": "e"},
        {"config": [{**kept, "model_id": "m2", "instance_count": 3, "weight": 100,
                     "additional_properties": {**volume, "max_surge": 2}}]},
        {"additional_properties": {"log": 1, "websocket_upgrade": True}},
        {"config": [{**kept, "model_id": "m1", "instance_count": 5, "weight": "100", "additional_properties": volume}]},
    ]  # fmt: skip


async def test_what_became_of_each_that_was_to_be_deleted(core: Core, serve: Serve) -> None:
    gone = ("404 Not Found", {"error_code": "ModelArts.3502", "error_msg": "gone"})
    told, site = canned(serve, core, **{
        "DELETE services/a,b,c": WRONG_STATE, "DELETE services/a": {}, "DELETE services/b": gone,
        "DELETE services/c": WRONG_STATE,
    })  # fmt: skip
    outcomes = await OLD.delete(site, ["a", "b", "c"])
    assert [(one.id, one.done) for one in outcomes] == [("a", True), ("b", True), ("c", False)]
    assert "state does not allow" in outcomes[2].note
    many = [f"s{at}" for at in range(45)]
    batches = {f"DELETE services/{','.join(many[at : at + 20])}": {} for at in range(0, 45, 20)}
    told, site = canned(serve, core, **batches)
    assert all(one.done for one in await OLD.delete(site, many))
    assert len(told.asked) == 3
    first, second, _ = batches
    told, site = canned(serve, core, **{first: {}, second: None})
    outcomes = await OLD.delete(site, many)
    assert [one.done for one in outcomes] == [True] * 20 + [False] * 25
    told, site = canned(serve, core, **{first: None})
    with pytest.raises(NoAnswer):
        await OLD.delete(site, many)


async def test_a_missing_permission_is_told_by_its_action(core: Core, serve: Serve) -> None:
    told, site = canned(serve, core, **{
        "GET models": {"models": []}, "GET services/specifications": {}, "GET app-auth/apps": DENIED,
        "DELETE services/a,b": DENIED, "PUT services/a": DENIED, "GET services/a/monitor": DENIED,
        "GET services/a": {"status": "running", "config": [{"model_id": "m", "status": "ready", "instance_count": 1}]},
    })  # fmt: skip
    pages = await OLD.pages(site)
    apps = next(field for field in pages[0].fields if field.key == "apps")
    assert apps.choices == ()
    outcomes = await OLD.delete(site, ["a", "b"])
    assert [one.done for one in outcomes] == [False, False]
    assert len([path for path, _, _ in told.asked if path.startswith("DELETE")]) == 1
    with pytest.raises(PlatformRefusal) as refused:
        await OLD.stop(site, "a")
    assert "refused to stop the service (403): The user lacks a permission." in str(refused.value.message)
    assert str(refused.value.hint).endswith("The permission for it is modelarts:service:action.")
    with pytest.raises(PlatformRefusal) as refused:
        await OLD.figures(site, "a")
    assert "modelarts:service:getMonitor" in str(refused.value.hint)
    assert [one.state for one in await OLD.instances(site, "a")] == ["running"], "as far as details alone tell"


async def test_a_half_made_deployment_names_what_is_there(core: Core, serve: Serve) -> None:
    app = {"app_id": "i", "app_name": "mine"}
    answers = {
        "GET app-auth/apps": {"apps": [app], "total_count": 1}, "POST services": {"service_id": "new"},
        "GET services/new/api-auths": {"enable_app_auth": False, "app_auth_api": None},
        "POST services/new/app-auth-api": WRONG_STATE,
    }  # fmt: skip
    told, site = canned(serve, core, **answers)
    wanted = Configuration({"name": "n", "app_auth": "true", "apps": "mine"}, ({"model": "m", "specification": "s"},))
    with pytest.raises(HalfDone) as half:
        await OLD.deploy(site, wanted)
    assert half.value.id == "new"
    assert "no application may call it yet" in str(half.value.message)
    assert "ModelArts.3519" in str(half.value.message)
    result = {"app_id": "i", "success": False, "reason": "not the owner"}
    told.answers["POST services/new/app-auth-api"] = {"api": {}, "auth_result": [result]}
    with pytest.raises(HalfDone, match="not every application may call it: not the owner"):
        await OLD.deploy(site, wanted)
    told.answers["GET services/new/api-auths"] = {"app_auth_api": {"api_id": "x/y", "authed_apps": [app]}}
    told.answers["POST services/new/app-auth-apis/x%2Fy/app-auth-api"] = {}
    assert await OLD.deploy(site, wanted) == "new"
    told.answers["GET services/other/api-auths"] = {"enable_app_auth": False}
    assert [one.done for one in await OLD.apps.revoke(site, "other", ["i"])] == [True], "nobody may call it anyway"


async def test_applications_of_a_platform_that_describes_none_alone(core: Core, serve: Serve) -> None:
    app = {"app_id": "i", "app_name": "mine", "app_codes": ["c", None], "created_at": "1700000000000"}
    told, site = canned(serve, core, **{
        "GET app-auth/apps": {"total_count": 1, "odd": ["x"], "app_infos": [app]}, "POST app-auth/apps/i/app-code": {},
        "POST app-auth/apps": {"app_id": "new", "app_name": "made"},
    })  # fmt: skip
    found = await OLD.apps.add_code(site, "i")
    assert (found.name, found.codes, found.created) == ("mine", ("c",), 1_700_000_000.0)
    with pytest.raises(PlatformRefusal):
        await OLD.apps.add_code(site, "other")
    assert (await OLD.apps.create(site, "made")).id == "new"
    told.answers["POST services"] = {}
    with pytest.raises(HalfDone, match="did not say which"):
        await OLD.deploy(site, Configuration({"name": "n"}))


async def test_answers_that_are_no_json(core: Core, serve: Serve) -> None:
    page = ("502 Bad Gateway", b"<html>busy</html>")
    told, site = canned(serve, core, **{"GET services/a": page, "PUT services/a": ("500 Oops", b"out of order"),
                                        "POST services": b"[1]"})  # fmt: skip
    with pytest.raises(PlatformRefusal) as refused:
        await OLD.configuration(site, "a")
    assert "(502): The management interface cannot be reached by its gateway. (no JSON)" in str(refused.value.message)
    with pytest.raises(PlatformRefusal, match="out of order"):
        await OLD.start(site, "a")
    with pytest.raises(PlatformRefusal, match="no JSON"):
        await OLD.deploy(site, Configuration({"name": "n"}))
    assert told.sent("POST services")[0]["infer_type"] == "real-time"


def test_codes_mean_by_status_and_gateway_codes_by_any_prefix() -> None:
    def told(code: str, status: int) -> str:
        found = meaning(code, status)
        return str(found.meaning) if found else ""

    assert told("ModelArts.0204", 400) != told("ModelArts.0204", 401)
    assert told("APIG.0308", 429) == told("APIGW.0308", 429) == told("", 429)
    assert told("ModelArts.0308", 418) == told("APIG.9999", 418) == ""
    assert told("ModelArts.9999", 403) == "The user lacks a permission."
    assert told("", 200) == ""


def test_deeds_name_every_request_of_the_connector() -> None:
    assert deed("DELETE", "v1", "services/a,b")[1] == "modelarts:service:delete"
    assert deed("GET", "v1", "services?limit=1")[1] == "modelarts:service:list"
    assert str(deed("PUT", "v1", "app-auth/apps/i/app-secret")[0]) == "reset the App secret"
    assert str(deed("POST", "v1", "services/s/app-auth-apis/a/app-auth-api")[0]) == "authorise applications"
    assert str(deed("PUT", "v1", "services/s", {"status": "running"})[0]) == "start the service"
    assert str(deed("PUT", "v1", "services/s", {"config": []})[0]) == "change the service"
    assert str(deed("PATCH", "v1", "x")[0]) == "answer"


# --- pure: any JSON at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = tuple(
    """service_name description schedule config additional_properties priority status progress monitors logs
endpoints weight specification instance_count envs custom_spec model_id websocket_upgrade type time_unit duration
deploy_timeout_in_seconds max_surge update_time result host_endpoints ip port""".split()  # noqa: SIM905 - a table of words
)
ODD = st.dictionaries(
    st.sampled_from(KEYS),
    st.recursive(
        JSON,
        lambda inner: (
            st.lists(st.dictionaries(st.sampled_from(KEYS), inner, max_size=6), max_size=3)
            | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
        ),
        max_leaves=12,
    ),
    max_size=10,
)


@settings(max_examples=25)
@given(ODD)
def test_nothing_that_a_platform_tells_breaks_the_readers(told: dict[str, Any]) -> None:
    found = old_bodies.read(told)
    assert old_bodies.changed(found) == {}, "what was read is no change"
    old_bodies.created(found)
    assert all(isinstance(value, str) and value for value in found.values.values())
    OLD.checked((), found)
    old_figures.instances(told, told, told)
    old_figures.figures(told, 0.0)
    old_figures.revisions(told)
    old_figures.percent(told)
