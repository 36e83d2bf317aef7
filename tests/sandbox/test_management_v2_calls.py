"""What was deployed is what calls meet: authentication, keys, protocol, limits, networks."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.sandbox import requests_v2
from tests.sandbox.conftest import Running
from tests.sandbox.management_v2 import Asked
from tests.sandbox.test_old_refusals import refusal
from websockets.exceptions import InvalidStatus

CHAT = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2, "first_token_delay": 0}
PATH = "/v1/chat/completions"
Deploy = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def ask(sandbox: Running) -> Asked:
    return Asked(sandbox)


@pytest.fixture(scope="module")
def deploy(ask: Asked) -> Iterator[Deploy]:
    """Deploy a service and wait until it runs; deleted at the end."""
    made: list[str] = []

    def deployed(name: str, **changes: Any) -> dict[str, Any]:
        made.append(ask("POST", "services", requests_v2.service(name, **changes))["id"])
        return ask.until(made[-1], "RUNNING")

    yield deployed
    ask("POST", "services/delete", {"service_ids": made})


def url(service: dict[str, Any]) -> str:
    address: str = service["predict_url"][0]["urls"][0]
    return address


def status(sandbox: Running, service: dict[str, Any], **headers: str) -> Any:
    answer = sandbox.send("POST", url(service) + PATH, json=CHAT, headers=headers)
    return answer.status_code if answer.status_code == 200 else answer.json()["error_code"]


@pytest.fixture(scope="module")
def keyed(deploy: Deploy) -> dict[str, Any]:
    return deploy("keyed", runtime_config__service_invoke__auth_type="API_KEY")


def made_key(ask: Asked, name: str, scope: str) -> dict[str, str]:
    answer = ask.answer("POST", "services/api-keys", {"name": name, "scope": scope})
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('.csv"')
    return next(csv.DictReader(io.StringIO(answer.text)))


def bearer(key: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {key['api_key']}"}


def test_a_key_opens_what_it_is_bound_to(sandbox: Running, ask: Asked, keyed: dict[str, Any]) -> None:
    bound, of_user = made_key(ask, "bound", "SERVICE"), made_key(ask, "of-user", "USER")
    assert status(sandbox, keyed, **bearer(of_user)) == 200
    ask("POST", f"services/{sandbox.service('chat-v2-key')['id']}/api-keys/{bound['key_id']}/bind")
    assert status(sandbox, keyed, **bearer(bound)) == "ModelArts.8902"
    ask("POST", f"services/{keyed['id']}/api-keys/{bound['key_id']}/bind")
    assert status(sandbox, keyed, **bearer(bound)) == 200
    ask("POST", f"services/{keyed['id']}/api-keys/{bound['key_id']}/unbind")
    assert status(sandbox, keyed, **bearer(bound)) == "ModelArts.8902"
    ask("DELETE", f"services/api-keys/{of_user['key_id']}")
    assert status(sandbox, keyed, **bearer(of_user)) == "ModelArts.0208"
    ask("DELETE", f"services/api-keys/{bound['key_id']}")


def test_a_temporary_key_is_announced_and_bare(sandbox: Running, ask: Asked, keyed: dict[str, Any]) -> None:
    key = ask("POST", "services/api-keys/temp", {"expire_time": 1})["api_key"]
    assert status(sandbox, keyed, **{"X-Api-Key-Type": "temp", "Authorization": key}) == 200
    assert status(sandbox, keyed, Authorization=f"Bearer {key}") == "ModelArts.0208"
    told = {"X-Api-Key-Type": "temp", "Authorization": sandbox.facts["api_key"]}
    assert status(sandbox, keyed, **told) == "ModelArts.0208"


def test_the_values_of_keys_are_nowhere(sandbox: Running, ask: Asked) -> None:
    key = made_key(ask, "secret", "USER")
    kept = (sandbox.profile / "sandbox" / "services.json").read_text()
    assert key["key_id"] in kept
    assert key["api_key"] not in kept
    assert key["api_key"] not in json.dumps(ask("GET", "services/api-keys", limit=500))
    ask("DELETE", f"services/api-keys/{key['key_id']}")


def test_a_hundred_keys_and_no_more(sandbox: Running, ask: Asked) -> None:
    with ask.connected() as more:
        answers = [more("POST", "services/api-keys", {"name": f"k{n}", "scope": "USER"}) for n in range(101)]
        assert answers[-1].json()["error_code"] == "ModelArts.3520"
        listed = more("GET", "services/api-keys?limit=500").json()
        assert listed["total"] == 100
        for key in listed["data"]:
            if not key["name"].startswith("sandbox"):
                more("DELETE", f"services/api-keys/{key['key_id']}")


def test_limits_are_the_services_own(sandbox: Running, deploy: Deploy) -> None:
    limit = {"rate_limit": {"num": 2, "unit": "MINUTES"}, "request_size_limit": 1, "request_timeout": 1}
    changes = {"runtime_config__service_limit": limit, "runtime_config__service_invoke__auth_type": "NONE"}
    limited = deploy("limited", **changes)
    body = b" " * (1024 * 1024 + 1)
    assert refusal(sandbox, url(limited) + PATH, content=body)[:2] == (413, "ModelArts.4104")
    late = {**CHAT, "first_token_delay": 60}
    assert refusal(sandbox, url(limited) + PATH, json=late)[:2] == (504, "CF2.E00003")
    assert status(sandbox, limited) == 200
    assert status(sandbox, limited) == "ModelArts.4206"


def test_networks_and_addresses(sandbox: Running, ask: Asked, deploy: Deploy) -> None:
    invoke = {**requests_v2.INVOKE, "auth_type": "NONE", "internet_access_enable": False}
    inside = deploy("inside", runtime_config__service_invoke=invoke)
    assert [entry["type"] for entry in inside["predict_url"]] == ["INTERNAL"]
    assert status(sandbox, inside) == 200
    public = f"{sandbox.facts['gateway']}/v2/infer/{inside['id']}"
    assert refusal(sandbox, public + PATH)[:2] == (404, "ModelArts.4204")

    def addresses(version: str, **lists: list[str]) -> None:
        runtime = {
            "service_invoke": {**invoke, "internet_access_enable": True},
            "service_limit": {**requests_v2.LIMIT, **lists},
        }
        ask("PUT", f"services/{inside['id']}", {"version": version, "runtime_config": runtime})

    addresses("1.0.1", ip_black_list=["127.0.0.0/8"])
    assert refusal(sandbox, public + PATH)[:2] == (401, "ModelArts.4203")
    addresses("1.0.2", ip_white_list=["10.0.0.0/8"])
    assert refusal(sandbox, public + PATH)[:2] == (401, "ModelArts.4203")
    addresses("1.0.3", ip_white_list=["10.0.0.0/8", "127.0.0.1"])
    assert sandbox.send("POST", public + PATH, json=CHAT).status_code == 200


async def test_a_websocket_service(sandbox: Running, ask: Asked, deploy: Deploy) -> None:
    unit = {**requests_v2.UNIT, "image": {"source": "SWR", "swr_path": "chat-live:0.0.1"}}
    invoke = {**requests_v2.INVOKE, "protocol": "WSS", "auth_type": "NONE"}
    limit = {key: value for key, value in requests_v2.LIMIT.items() if key != "rate_limit"}
    live = deploy(
        "live",
        group_configs__0__unit_configs__0=unit,
        runtime_config={"service_invoke": invoke, "service_limit": limit},
    )
    assert url(live).startswith("wss://")
    async with sandbox.socket(url(live) + "/echo") as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    as_http = url(live).replace("wss", "https") + PATH
    assert refusal(sandbox, as_http)[:2] == (400, "ModelArts.8910")
    runtime = {"service_invoke": {**invoke, "protocol": "WS"}, "service_limit": limit}
    ask("PUT", f"services/{live['id']}", {"version": "1.0.1", "runtime_config": runtime})
    without_tls = url(ask("GET", f"services/{live['id']}"))
    assert without_tls.startswith("ws://")
    async with sandbox.socket(without_tls + "/echo") as socket:
        await socket.send("again")
        assert await socket.recv() == "again"
    with pytest.raises(InvalidStatus) as refused:
        await sandbox.socket(sandbox.url("chat-v2-open").replace("https", "wss"))
    assert json.loads(refused.value.response.body or b"")["error_code"] == "ModelArts.8910"


def test_a_service_without_tls(sandbox: Running, deploy: Deploy) -> None:
    invoke = {**requests_v2.INVOKE, "protocol": "HTTP", "auth_type": "NONE"}
    plain = deploy("plain", runtime_config__service_invoke=invoke)
    assert [entry["urls"][0].split(":")[0] for entry in plain["predict_url"]] == ["http", "http"]
    assert status(sandbox, plain) == 200
    secure = f"{sandbox.facts['gateway']}/v2/infer/{plain['id']}"
    assert refusal(sandbox, secure + PATH)[:2] == (400, "ModelArts.8910")
    as_plain = url(plain).rsplit("/", 1)[0] + "/" + sandbox.service("chat-v2-open")["id"]
    assert refusal(sandbox, as_plain + PATH)[:2] == (400, "ModelArts.8910")
