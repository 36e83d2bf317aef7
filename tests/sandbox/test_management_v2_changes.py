"""Services of the new generation changed, and what they refuse: the rules that a body alone does not show."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.sandbox import requests_v2
from tests.sandbox.conftest import Running, start, stop
from tests.sandbox.management_v2 import Asked

from streamscope.sandbox.packages import Package, Packages

UNIT = "group_configs__0__unit_configs__0__"
SERVER = "import http.server, os; http.server.test(http.server.SimpleHTTPRequestHandler, port=int(os.environ['PORT']))"
BROKEN = "raise SystemExit('no weights')"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox with packages of its own: one that serves, and one that ends at once."""
    profile = tmp_path_factory.mktemp("profile")
    packages = Packages(profile / "sandbox")
    for name, program in (("files", SERVER), ("broken", BROKEN)):
        packages.add(Package(name=name, kind="command", command=[sys.executable, "-c", program], folder=str(profile)))
    running = start(profile, "--while-stdin")
    yield running
    assert stop(running) == 0


@pytest.fixture(scope="module")
def ask(sandbox: Running) -> Asked:
    return Asked(sandbox)


@pytest.fixture
def make(ask: Asked) -> Iterator[Callable[..., str]]:
    """Make a service; deleted after the test."""
    made: list[str] = []

    def service(name: str, **changes: Any) -> str:
        told = ask("POST", "services", requests_v2.service(name, **changes))
        made.append(told["id"])
        return made[-1]

    yield service
    ask("POST", "services/delete", {"service_ids": made})


def image(path: str) -> dict[str, str]:
    return {"source": "SWR", "swr_path": path}


@pytest.mark.parametrize(
    ("code", "part", "changes"),
    [
        ("ModelArts.8037", "RateLimit", {"runtime_config__service_limit__rate_limit": None}),
        ("ModelArts.0104", "protocol", {"type": "ASYNC_REAL_TIME", "runtime_config__service_invoke__protocol": "WSS"}),
        ("ModelArts.0104", "swr_path", {f"{UNIT}image": image("swr.example.com/group/nothing:1.0")}),
        ("ModelArts.0104", "swr_path", {f"{UNIT}image": image("chat:9.9.9")}),
        ("ModelArts.0104", "swr_path", {f"{UNIT}image": image("/bin/sh")}),
        ("ModelArts.0104", "swr_path", {f"{UNIT}image": image("..:0.0.1")}),
        ("ModelArts.0104", "LD_PRELOAD", {f"{UNIT}envs": {"LD_PRELOAD": "/tmp/x.so"}}),
        ("ModelArts.0104", "PYTHONPATH", {f"{UNIT}envs": {"PYTHONPATH": "/tmp"}}),
        ("ModelArts.0104", "unit_configs", {"group_configs__0__unit_configs": [requests_v2.UNIT] * 2}),
        ("ModelArts.0104", "flavor", {f"{UNIT}flavor": "modelarts.vm.cpu.3u"}),
        ("ModelArts.0104", "sold out", {f"{UNIT}flavor": "modelarts.vm.gpu.t4"}),
        ("ModelArts.0104", "schedule", {"schedule": [{"type": "STOP", "time_unit": "DAYS", "duration": 8}]}),
    ],
)
def test_what_cannot_be_made(ask: Asked, code: str, part: str, changes: dict[str, Any]) -> None:
    told = ask("POST", "services", requests_v2.service("refused", **changes), expect=400)
    assert told["error_code"] == code
    assert part in told["error_msg"]
    assert ask("GET", "services", name="refused")["total"] == 0


def test_no_json_is_refused(ask: Asked) -> None:
    with ask.connected() as more:
        answer = more("POST", "services", None)
    assert answer.json()["error_code"] == "ModelArts.0104"


def test_a_package_of_ones_own_runs(ask: Asked, make: Callable[..., str]) -> None:
    number = make("模型-服务", **{f"{UNIT}image": image("swr.sandbox-1.example.com/me/files:0.0.1")})
    running = ask.until(number, "RUNNING")
    assert running["name"] == "模型-服务"
    path = f"services/{number}/deployments/main/instances/all/pods"
    assert ask("GET", path)["data"][0]["status"] == "RUNNING"


def test_a_package_that_ends_fails_with_its_own_words(ask: Asked, make: Callable[..., str]) -> None:
    number = make("broken", **{f"{UNIT}image": image("broken")})
    failed = ask.until(number, "FAILED")
    assert "no weights" in failed["failure_reason"]
    told = ask("GET", f"services/{number}/events", event_type="ABNORMAL")["data"]
    assert any("no weights" in event["event_info"] for event in told)


def test_an_update_that_fails_changes_nothing(ask: Asked, make: Callable[..., str]) -> None:
    number = make("steady")
    before = ask.until(number, "RUNNING")
    group = requests_v2.changed(requests_v2.GROUP, unit_configs__0__image=image("broken"))
    runtime = requests_v2.changed(requests_v2.SERVICE["runtime_config"], service_limit__request_timeout=9)
    body = {"version": "1.0.1", "group_configs": [group], "runtime_config": runtime}
    assert ask("PUT", f"services/{number}", body)["status"] == "UPGRADING"
    after = ask.until(number, "RUNNING")
    assert {**after, "update_at": ""} == {**before, "update_at": ""}
    told = ask("GET", f"services/{number}/events", event_type="ABNORMAL")["data"]
    assert any("no weights" in event["event_info"] for event in told)
    good = {**body, "group_configs": [requests_v2.changed(requests_v2.GROUP, unit_configs__0__envs={"A": "b"})]}
    ask("PUT", f"services/{number}", good)
    now = ask.until(number, "RUNNING")["version"]
    assert (now["version"], now["runtime_config"]["service_limit"]["request_timeout"]) == ("1.0.1", 9)
    assert now["instance_groups"][0]["unit_configs"][0]["envs"] == {"A": "b"}
    assert ask("PUT", f"services/{number}", good, expect=400)["error_code"] == "ModelArts.8031"


def test_what_has_no_versions_is_changed_in_place(ask: Asked, make: Callable[..., str]) -> None:
    number, other = make("placed", group_configs=[]), make("other", group_configs=[])
    schedule = [{"type": "STOP", "time_unit": "HOURS", "duration": 2}]
    told = ask("PUT", f"services/{number}", {"name": "replaced", "schedule": schedule, "task_type": "RERANK"})
    assert (told["name"], told["version"]["version"], told["task_type"]) == ("replaced", "1.0.0", "RERANK")
    assert told["schedule"][0]["due_time"] - int(told["update_at"]) == pytest.approx(7_200_000, abs=1000)
    due = told["schedule"][0]["due_time"]
    assert ask("PUT", f"services/{number}", {"description": "x"})["schedule"][0]["due_time"] == due
    assert ask("PUT", f"services/{other}", {"name": "replaced"}, expect=409)["error_code"] == "ModelArts.3503"
    assert ask("PUT", f"services/{number}", {"description": "<"}, expect=400)["error_code"] == "ModelArts.0104"


def test_a_first_deployment_brings_a_service_to_life(sandbox: Running, ask: Asked, make: Callable[..., str]) -> None:
    number = make("empty", group_configs=[])
    assert ask("GET", f"services/{number}")["status"] == "INIT"
    told = sandbox.send(
        "GET", f"{sandbox.facts['gateway']}/v2/infer/{number}", headers={"X-Auth-Token": sandbox.token()}
    )
    assert told.json()["error_code"] == "ModelArts.4203"
    made = ask("POST", f"services/{number}/deployments", requests_v2.GROUP)
    assert ask("GET", f"services/{number}")["status"] in ("DEPLOYING", "RUNNING")
    assert ask.until(number, "RUNNING")["version"]["instance_groups"][0]["id"] == made["id"]
    told = ask("POST", f"services/{number}/deployments", requests_v2.GROUP, expect=409)
    assert told["error_code"] == "ModelArts.3503"
    for count in (0, 129, "2", None):
        ask("PUT", f"services/{number}/deployments/main/scale", {"count": count}, expect=400)


def test_approval(ask: Asked, make: Callable[..., str]) -> None:
    number = make("approving", group_configs=[], runtime_config__service_invoke__intranet_approval_enable=True)
    body = {"service_id": number, "scene": "VPC", "vpc_id": "vpc-1", "subnet_id": "subnet-1"}

    def connection(**changes: Any) -> dict[str, Any]:
        told: dict[str, Any] = ask("POST", "intranet-connection", {**body, **changes})
        return told

    def act(one: dict[str, Any], action: str, expect: int = 200, **more: str) -> Any:
        return ask("PUT", f"intranet-connection/{one['id']}", {"action": action, **more}, expect=expect)

    def status(one: dict[str, Any]) -> Any:
        return ask("GET", "intranet-connection/reviews", id=one["id"])["data"][0]["status"]

    refused = connection()
    assert refused["status"] == "APPROVING"
    assert act(refused, "CANCEL", expect=400)["error_code"] == "ModelArts.3519"
    act(refused, "REJECT", reason="not ours")
    told = ask("GET", "intranet-connection/requests", id=refused["id"])["data"][0]
    assert (told["status"], told["message"], told["url_list"]) == ("REJECTED", "not ours", [])
    approved = connection()
    act(approved, "APPROVE")
    while status(approved) == "CONNECTING":
        pass
    assert status(approved) == "CONNECTED"
    act(approved, "CANCEL")
    assert status(approved) == "CANCELED"
    lost = connection(vpc_id="vpc-unreachable")
    act(lost, "APPROVE")
    while status(lost) == "CONNECTING":
        pass
    assert status(lost) == "FAILED"
    act(lost, "RETRY")
    assert status(lost) in ("CONNECTING", "FAILED")
    everywhere = {"scene": "POOL", "pool_id": "pool-sandbox", "type": "GLOBAL"}
    assert ask("POST", "intranet-connection", everywhere)["status"] == "CONNECTING"
    ids = [one["id"] for one in ask("GET", "intranet-connection/requests", limit=500)["data"]]
    assert ask("POST", "intranet-connection/delete", {"intranet_connection_ids": ids}) == {}
    assert act(lost, "RETRY", expect=404)["error_code"] == "ModelArts.3502"


def test_what_is_made_survives_a_restart(fresh: Callable[..., Running]) -> None:
    """Without a deployment: that processes come again is the fleet's own matter."""
    first = fresh()
    ask = Asked(first)
    number = ask("POST", "services", requests_v2.service("kept", group_configs=[]))["id"]
    before = ask("GET", f"services/{number}")
    key = ask.answer("POST", "services/api-keys", {"name": "kept", "scope": "SERVICE"}).text.splitlines()[1].split(",")
    ask("POST", f"services/{number}/api-keys/{key[0]}/bind")
    stop(first)
    again = start(first.profile, "--while-stdin")
    try:
        ask = Asked(again)
        assert json.dumps(ask.until(number, "INIT")) == json.dumps(before)
        bound = ask("GET", "services/api-keys", service_id=number)["data"]
        assert [one["name"] for one in bound] == ["kept"]
    finally:
        stop(again)


def test_a_built_in_service_is_changed_like_any_other(ask: Asked, sandbox: Running) -> None:
    number = sandbox.service("chat-v2-open")["id"]
    before = ask("GET", f"services/{number}")["version"]
    group = {key: before["instance_groups"][0][key] for key in ("name", "weight", "unit_configs", "count")}
    group["unit_configs"] = requests_v2.changed(group["unit_configs"], **{"0__envs": {"A": "b"}})
    runtime = requests_v2.changed(before["runtime_config"], service_limit__request_size_limit=3)
    ask("PUT", f"services/{number}", {"version": "1.0.1", "runtime_config": runtime, "group_configs": [group]})
    after = ask.until(number, "RUNNING")["version"]
    assert (after["version"], after["runtime_config"]["service_limit"]["request_size_limit"]) == ("1.0.1", 3)
    row = ask("GET", "services", id=number)["data"][0]
    assert (row["version_count"], row["task_type"]) == (2, "TEXT_GENERATION")
    told = ask("GET", f"services/{number}/deployments/{group['name']}/versions")["data"]
    assert [one["version"] for one in told] == ["1.0.1", "1.0.0"]


def test_what_was_not_said_is_not_told(ask: Asked, make: Callable[..., str]) -> None:
    number = make("terse", group_configs=[], task_type=None, upgrade_config=None, tags=None)
    told = ask("GET", f"services/{number}")
    assert "task_type" not in told
    assert "upgrade_config" not in told["version"]
    assert told["tags"] == []
    assert "task_type" not in ask("GET", "services", id=number)["data"][0]
