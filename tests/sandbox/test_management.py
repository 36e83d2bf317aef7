"""Management, read side, of both generations."""

from typing import Any

import pytest
from tests.sandbox.conftest import Running


@pytest.fixture(scope="module")
def headers(sandbox: Running) -> dict[str, str]:
    return {"X-Auth-Token": sandbox.token()}


def get(sandbox: Running, headers: dict[str, str], path: str, expect: int = 200, **query: Any) -> Any:
    version, _, rest = path.partition("/")
    url = f"{sandbox.facts['management']}/{version}/{sandbox.facts['project_id']}/{rest}"
    answer = sandbox.send("GET", url, headers=headers, params=query)
    assert answer.status_code == expect, answer.text
    return answer.json()


def test_old_list_and_detail(sandbox: Running, headers: dict[str, str]) -> None:
    found = get(sandbox, headers, "v1/services")
    names = {row["service_name"]: row for row in found["services"]}
    assert found["total_count"] == found["count"] == 6
    assert {"chat", "chat-live", "classify", "ticks"} <= set(names)
    assert "access_address" not in names["chat"]
    detail = get(sandbox, headers, f"v1/services/{names['chat-live']['service_id']}")
    assert detail["access_address"] == sandbox.url("chat-live")
    assert detail["additional_properties"]["websocket_upgrade"] is True
    failed = get(sandbox, headers, f"v1/services/{names['vision']['service_id']}")
    assert failed["error_msg"]
    page = get(sandbox, headers, "v1/services", offset=4, limit=4, sort_by="service_name", order="asc")
    assert (page["total_count"], page["count"]) == (6, 2)
    assert get(sandbox, headers, "v1/services", status="stopped")["count"] == 1


def test_old_model_has_the_paths(sandbox: Running, headers: dict[str, str]) -> None:
    detail = get(sandbox, headers, f"v1/services/{sandbox.service('chat')['id']}")
    model = get(sandbox, headers, f"v1/models/{detail['config'][0]['model_id']}")
    apis = [(api["url"], api["method"]) for api in model["apis"]]
    others = [(path, "post") for path in ("/v1/completions", "/v1/responses", "/v1/messages", "/api/chat")]
    assert apis == [("/v1/chat/completions", "post"), ("/v1/models", "get"), *others]


def test_channels_and_apps(sandbox: Running, headers: dict[str, str]) -> None:
    number = sandbox.service("chat")["id"]
    channel = get(sandbox, headers, "v1/internal-channel-info")
    assert sandbox.url("chat", "vpc").startswith(
        f"https://{channel['dns_domain_name']}:{channel['vpcep_info'][0]['service_port']}/"
    )
    hosts = get(sandbox, headers, f"v1/services/{number}/predict/endpoints", type="host_endpoints")
    address = hosts["endpoints"][0]["host_endpoints"][0]["address"]
    assert f"http://{address}" == sandbox.url("chat", "direct")
    apps = get(sandbox, headers, f"v1/services/{number}/api-auths")
    assert apps["enable_app_auth"] is True
    assert apps["app_auth_api"]["predict_url"] == sandbox.url("chat", app=True)
    archive = sandbox.service("archive")["id"]
    assert get(sandbox, headers, f"v1/services/{archive}/api-auths")["enable_app_auth"] is False
    events = get(sandbox, headers, f"v1/services/{sandbox.service('vision')['id']}/events", event_type="abnormal")
    assert events["count"] == 1


def test_new_list_and_detail(sandbox: Running, headers: dict[str, str]) -> None:
    page = get(sandbox, headers, "v2/services", limit=4, offset=4)
    assert (page["current"], page["size"], page["pages"], page["total"], len(page["data"])) == (1, 4, 2, 6, 2)
    told = get(sandbox, headers, "v2/services", 400, limit=4, offset=3)
    assert told["error_code"].startswith("ModelArts.")
    number = sandbox.service("live-v2-key")["id"]
    detail = get(sandbox, headers, f"v2/services/{number}")
    runtime = detail["version"]["runtime_config"]
    assert (runtime["service_invoke"]["protocol"], runtime["service_invoke"]["auth_type"]) == ("WSS", "API_KEY")
    assert runtime["service_limit"]["request_timeout"] == 300
    urls = {entry["type"]: entry["urls"] for entry in detail["predict_url"]}
    assert urls == {"PUBLIC": [sandbox.url("live-v2-key")], "INTERNAL": [sandbox.url("live-v2-key", "vpc")]}
    assert get(sandbox, headers, f"v2/services/{number}/events")["total"] == 4


def test_refusals(sandbox: Running, headers: dict[str, str]) -> None:
    assert get(sandbox, {}, "v1/services", 401)["error_code"] == "APIGW.0301"
    domain = {"X-Auth-Token": sandbox.token(scope="domain")}
    assert get(sandbox, domain, "v1/services", 400)["error_code"] == "ModelArts.0204"
    assert get(sandbox, headers, "v1/services/unknown", 404)["error_code"] == "ModelArts.3502"
    assert get(sandbox, headers, "v1/nothing", 404)["error_code"] == "APIGW.0101"
    url = f"{sandbox.facts['management']}/v1/{'0' * 32}/services"
    assert sandbox.send("GET", url, headers=headers).json()["error_code"] == "ModelArts.0210"
    url = f"{sandbox.facts['management']}/v1/{sandbox.facts['project_id']}/services"
    assert sandbox.send("PATCH", url, headers=headers).status_code == 404
