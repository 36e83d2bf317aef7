"""Applications of the old generation: every answer against the tables, who is let in, and what outlives a restart."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.sandbox import schema_v1 as schema
from tests.sandbox.conftest import Running, start, stop
from tests.sandbox.signing import signed
from tests.sandbox.test_management_v1 import Management

BODY = b'{"data": {"req_data": [{"text": "calm"}]}}'
AUTHS = {"enable_app_auth": schema.Of(bool), "app_auth_api": schema.Of(type(None))}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = start(tmp_path_factory.mktemp("profile"), "--while-stdin")
    yield made
    assert stop(made) == 0


@pytest.fixture
def api(running: Running) -> Iterator[Management]:
    made = Management(running)
    yield made
    made.client.close()


def created(api: Management, name: str) -> dict[str, Any]:
    return dict(api.ask("POST", "app-auth/apps", schema.APP, json={"app_name": name, "app_remark": "r"}))


def called(running: Running, url: str, **headers: str) -> tuple[int, str]:
    answer = running.send("POST", url, content=BODY, headers={"Content-Type": "application/json", **headers})
    return answer.status_code, answer.json().get("error_code", "")


def test_every_field_and_every_row_of_the_gateway(api: Management) -> None:
    running = api.running
    chat, archive = running.service("chat")["id"], running.service("archive")["id"]
    found = api.ask("GET", f"services/{chat}/api-auths", schema.AUTHORISED)
    assert [app["app_name"] for app in found["app_auth_api"]["authed_apps"]] == ["app_sandbox"]
    assert found["app_auth_api"]["authed_apps"][0]["app_codes"] == [running.facts["app_code"]]
    api.ask("GET", f"services/{archive}/api-auths", AUTHS)

    app = created(api, "app_one")
    assert api.ask("GET", "app-auth/apps/app_one/exists", {"exist": schema.Of(bool)}) == {"exist": True}
    listed = api.ask("GET", "app-auth/apps", schema.APPS, params={"app_name": "ONE"})
    assert (listed["total_count"], listed["apps"]) == (1, [app])
    own = "C0" * 32
    told = api.ask("POST", f"app-auth/apps/{app['app_id']}/app-code", dict, json={"app_code": own})
    assert told["app_code"] == own
    url = running.service("classify")["app_addresses"]
    assert called(running, url["public"] + "/", **{"X-Apig-AppCode": own}) == (403, "APIG.0304")

    classify = running.service("classify")["id"]
    number = api.ask("GET", f"services/{classify}/api-auths", schema.AUTHORISED)["app_auth_api"]["api_id"]
    path = f"services/{classify}/app-auth-apis/{number}/app-auth-api"
    more = api.ask("POST", path, schema.REGISTERED, json={"apps": [{"app_id": app["app_id"]}]})
    assert [one["success"] for one in more["auth_result"]] == [True]
    assert api.ask("GET", f"app-auth/apps/{app['app_id']}", schema.APP)["bounded_api_count"] == 1
    for address in url["public"], url["vpc"]:
        assert called(running, address + "/", **{"X-Apig-AppCode": own}) == (200, "")
        assert called(running, address + "/", apikey=app["app_key"]) == (200, "")
        headers = signed(app["app_key"], app["app_secret"], "POST", address + "/", BODY)
        assert called(running, address + "/", **headers) == (200, "")
        headers = signed(app["app_key"], "wrong", "POST", address + "/", BODY)
        assert called(running, address + "/", **headers) == (401, "APIG.0303")
    api.ask("DELETE", path, schema.REGISTERED, json={"apps": [{"app_id": app["app_id"]}]})
    assert called(running, url["public"] + "/", apikey=app["app_key"]) == (403, "APIG.0304")


def test_what_is_refused(api: Management) -> None:
    app = created(api, "app_two")
    one = f"app-auth/apps/{app['app_id']}"
    assert api.refused("POST", "app-auth/apps", 409, json={"app_name": "app_two"})[0] == "3929"
    assert api.refused("POST", "app-auth/apps", json={"app_name": "1x"})[0] == "0104"
    assert api.refused("POST", "app-auth/apps", json={"app_name": "good", "app_remark": "x" * 201})[0] == "0104"
    assert api.refused("GET", "app-auth/apps/unknown", 404)[0] == "3923"
    assert api.refused("PUT", f"{one}/app-code/none", json={})[0] == "0104"
    assert api.refused("POST", f"{one}/app-code", json={"app_code": "short"})[0] == "0104"
    assert api.refused("POST", f"{one}/app-code", json={"app_code": api.running.facts["app_code"]})[0] == "0104"
    for _ in range(5):
        api.ask("POST", f"{one}/app-code", dict, json={})
    assert "5" in api.refused("POST", f"{one}/app-code", json={})[1]
    chat, archive = api.running.service("chat")["id"], api.running.service("archive")["id"]
    named = {"apps": [{"app_id": app["app_id"]}]}
    assert api.refused("POST", f"services/{chat}/app-auth-apis/other/app-auth-api", 404, json=named)[0] == "3935"
    assert api.refused("DELETE", f"services/{archive}/app-auth-apis/x/app-auth-api", 404, json=named)[0] == "3935"
    assert api.refused("POST", f"services/{chat}/app-auth-api", 404, json={"apps": [{"app_id": "x"}]})[0] == "3923"
    assert api.refused("POST", f"services/{chat}/app-auth-api", json={})[0] == "0104"
    vision = api.running.service("vision")["id"]
    assert api.refused("POST", f"services/{vision}/app-auth-api", json=named)[0] == "3519"
    mine = next(row for row in api.ask("GET", "app-auth/apps", schema.APPS)["apps"] if row["app_name"] == "app_sandbox")
    assert "belongs to the sandbox" in api.refused("DELETE", f"app-auth/apps/{mine['app_id']}")[1]
    assert api.refused("PUT", f"app-auth/apps/{mine['app_id']}/app-secret", json={})[0] == "0104"
    assert api.refused("DELETE", f"app-auth/apps/{mine['app_id']}/app-code/{mine['app_codes'][0]}")[0] == "0104"


def test_they_outlive_the_sandbox(fresh: Callable[..., Running]) -> None:
    api = Management(fresh())
    app = created(api, "app_three")
    code = api.ask("POST", f"app-auth/apps/{app['app_id']}/app-code", dict, json={})["app_code"]
    archive = api.running.service("archive")["id"]
    made = api.ask("POST", f"services/{archive}/app-auth-api", schema.REGISTERED,
                   json={"apps": [{"app_id": app["app_id"]}], "workspace_id": "0"})  # fmt: skip
    assert made["api"]["predict_url"].endswith(archive)
    api.client.close()
    assert stop(api.running) == 0
    again = Management(start(api.running.profile, "--while-stdin"))
    try:
        found = again.ask("GET", f"app-auth/apps/{app['app_id']}", schema.APP)
        assert (found["app_codes"], found["app_key"], found["bounded_api_count"]) == ([code], app["app_key"], 1)
        told = again.ask("GET", f"services/{archive}/api-auths", schema.AUTHORISED)["app_auth_api"]
        assert [one["app_name"] for one in told["authed_apps"]] == ["app_three"]
        assert called(again.running, told["predict_url"] + "/v1/chat/completions", apikey=app["app_key"])[1] == (
            "ModelArts.4203"
        )
    finally:
        again.client.close()
        stop(again.running)
