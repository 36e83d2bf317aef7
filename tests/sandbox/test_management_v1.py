"""Management of the old generation over real processes: every answer against the tables, states, refusals."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.sandbox import schema_v1 as schema
from tests.sandbox.conftest import Running, start, stop

HOURS = {"type": "stop", "time_unit": "HOURS", "duration": 2}


class Management:
    """The interface of one sandbox, each answer checked against a table."""

    def __init__(self, running: Running, token: str = "") -> None:
        self.running = running
        self.base = f"{running.facts['management']}/v1/{running.facts['project_id']}/"
        headers = {"X-Auth-Token": token or running.token()}
        self.client = httpx.Client(verify=running.context, trust_env=False, timeout=30, headers=headers)

    def ask(self, method: str, path: str, table: Any = None, expect: int = 200, **options: Any) -> Any:
        answer = self.client.request(method, self.base + path, **options)
        assert answer.status_code == expect, answer.text
        assert answer.headers["X-Request-Id"]
        if expect == 204:
            return None
        read = answer.json()
        assert schema.wrong(table if expect == 200 else schema.REFUSED, read) == []
        return read

    def refused(self, method: str, path: str, expect: int = 400, **options: Any) -> tuple[str, str]:
        told = self.ask(method, path, expect=expect, **options)
        return told["error_code"].removeprefix("ModelArts."), told["error_msg"]

    def model(self, name: str) -> str:
        found = self.ask("GET", "models", schema.MODELS, params={"model_name": name, "exact_match": "true"})
        return str(found["models"][0]["model_id"])

    def body(self, name: str, *models: str, **more: Any) -> dict[str, Any]:
        weight = 100 // len(models)
        config = [
            {"model_id": self.model(one), "weight": weight, "specification": "modelarts.vm.cpu.2u",
             "instance_count": 1, "envs": {"A": "b"}}
            for one in models
        ]  # fmt: skip
        return {"service_name": name, "infer_type": "real-time", "config": config, **more}

    def detail(self, number: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"services/{number}", schema.DETAIL))

    def until(self, number: str, *statuses: str) -> dict[str, Any]:
        end = time.monotonic() + 20
        while (found := self.detail(number))["status"] not in statuses:
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found

    def gone(self, number: str) -> None:
        end = time.monotonic() + 20
        while self.client.get(f"{self.base}services/{number}").status_code != 404:
            assert time.monotonic() < end
            time.sleep(0.05)

    def deployed(self, name: str, *models: str, **more: Any) -> str:
        made = self.ask("POST", "services", schema.CREATED, json=self.body(name, *models, **more))
        self.until(made["service_id"], "running")
        return str(made["service_id"])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = start(tmp_path_factory.mktemp("profile"), "--while-stdin")
    yield made
    assert stop(made) == 0


@pytest.fixture(scope="module")
def token(running: Running) -> str:
    return running.token()


@pytest.fixture(scope="module")
def service(running: Running, token: str) -> str:
    """A service of two models that runs."""
    api = Management(running, token)
    with api.client:
        return api.deployed("two-models", "classify", "ticks", description="Both", schedule=[HOURS])


@pytest.fixture
def api(running: Running, token: str) -> Iterator[Management]:
    made = Management(running, token)
    yield made
    made.client.close()


def test_it_is_deployed_with_progress_and_events(api: Management) -> None:
    body = api.body("服务-1", "ticks", additional_properties={"smn_notification": {"topic_urn": "u", "events": [1, 3]}})
    made = api.ask("POST", "services", schema.CREATED, json=body)
    number, seen = made["service_id"], []
    end = time.monotonic() + 20
    while (found := api.detail(number))["status"] != "running":
        seen.append((found["status"], found["progress"]))
        assert "access_address" not in found
        assert time.monotonic() < end
    assert {status for status, _ in seen} <= {"pending", "deploying"}
    assert [progress for _, progress in seen] == sorted(progress for _, progress in seen)
    assert found["access_address"].endswith(f"/v1/infers/{number}")
    assert found["additional_properties"]["smn_notification"]["events"] == [1, 3]
    told = api.ask("GET", f"services/{number}/events", schema.EVENT_LIST, params={"order": "asc"})["events"]
    assert told[0]["event_info"] == "start to deploy service"
    assert [row["occur_time"] for row in told] == sorted(row["occur_time"] for row in told)
    answer = api.client.post(found["access_address"] + "/", json={"count": 2, "interval": 0.01})
    assert answer.status_code == 200
    assert api.detail(number)["invocation_times"] == 1
    assert api.ask("DELETE", f"services/{number}", schema.NOTHING) == {}
    api.gone(number)


def test_every_field_of_every_answer(api: Management, service: str) -> None:
    detail = api.detail(service)
    assert [one["weight"] for one in detail["config"]] == [50, 50]
    assert {one["status"] for one in detail["config"]} == {"ready"}
    assert detail["due_time"] > detail["publish_at"]
    listed = api.ask("GET", "services", schema.LIST)
    assert {row["service_name"] for row in listed["services"]} >= {"chat", "two-models"}
    logs = api.ask("GET", f"services/{service}/logs", schema.LOGS)["logs"]
    assert [row["result"] for row in logs] == ["SUCCESS"]
    monitor = api.ask("GET", f"services/{service}/monitor", schema.MONITOR)
    assert (monitor["service_running_instance_count"], monitor["service_instance_count"]) == (2, 2)
    assert all(one["cpu_memory_usage"] > 5 and one["cpu_core_total"] == 2 for one in monitor["monitors"])
    calls = [api.client.post(f"{detail['access_address']}/", json={"count": 0}).status_code for _ in range(4)]
    assert calls == [200 if at % 2 else 400 for at in range(4)] or calls == [400 if at % 2 else 200 for at in range(4)]
    monitors = api.ask("GET", f"services/{service}/monitor", schema.MONITOR)["monitors"]
    assert [one["invocation_times"] for one in monitors] == [2, 2]
    hosts = api.ask("GET", f"services/{service}/predict/endpoints", dict, params={"type": "host_endpoints"})
    ports = [host["port"] for model in hosts["endpoints"] for host in model["host_endpoints"]]
    assert len(set(ports)) == 2
    assert all(httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == 200 for port in ports)
    api.ask("GET", "internal-channel-info", schema.CHANNEL)
    found = api.ask("GET", "services/specifications", schema.SPECIFICATIONS, params={"limit": "3"})
    assert (found["count"], found["total_count"]) == (3, 7)
    api.ask("GET", "models", schema.MODELS)
    model = api.ask("GET", f"models/{detail['config'][0]['model_id']}", schema.MODEL_DETAIL)
    assert model["apis"][0]["url"] == "/"
    assert api.ask("GET", f"services/{service}/api-auths", schema.AUTHORISED | {"app_auth_api": schema.Of(type(None))})


def test_the_list_is_filtered_sorted_and_paged(api: Management, service: str) -> None:
    def names(**query: Any) -> list[str]:
        rows = api.ask("GET", "services", schema.LIST, params=query)["services"]
        return [row["service_name"] for row in rows]

    assert names(service_name="WO-MOD") == names(service_id=service) == ["two-models"]
    assert names(status="failed") == ["vision"]
    assert names(workspace_id="1") == names(infer_type="batch") == []
    everything = names(sort_by="service_name", order="asc")
    assert everything == sorted(everything)
    pages = [name for at in range(0, 9, 3) for name in names(sort_by="service_name", order="asc", offset=at, limit=3)]
    assert pages == everything[:9]
    model = api.detail(service)["config"][1]["model_id"]
    assert set(names(model_id=model)) == {"ticks", "two-models"}
    for query in (
        {"limit": 0},
        {"limit": 1001},
        {"offset": "x"},
        {"sort_by": "owner"},
        {"order": "up"},
        {"status": "?"},
    ):
        assert api.refused("GET", "services", params=query)[0] == "0104"


def test_events_are_filtered(api: Management, service: str) -> None:
    def count(**query: Any) -> int:
        return int(api.ask("GET", f"services/{service}/events", schema.EVENT_LIST, params=query)["total_count"])

    everything = api.ask("GET", f"services/{service}/events", schema.EVENT_LIST)["events"]
    assert [row["occur_time"] for row in everything] == sorted((row["occur_time"] for row in everything), reverse=True)
    assert count(event_type="abnormal") == 0
    assert count(event_info="PULL") == 2
    middle = everything[1]["occur_time"]
    assert count(start_time=middle) + count(end_time=middle - 1) == len(everything)
    assert api.refused("GET", f"services/{service}/events", params={"event_type": "odd"})[0] == "0104"


def test_it_is_changed_without_a_gap_and_scaled(api: Management) -> None:
    number = api.deployed("changing", "classify", schedule=[HOURS])
    before = api.detail(number)
    config = [{**api.body("x", "classify")["config"][0], "instance_count": 2}]
    api.ask("PUT", f"services/{number}", schema.NOTHING, json={"config": config, "description": "More"})
    found = api.until(number, "running")
    assert (found["config"][0]["instance_count"], found["description"]) == (2, "More")
    assert found["access_address"] == before["access_address"]
    end = time.monotonic() + 20
    while api.ask("GET", f"services/{number}/monitor", schema.MONITOR)["service_running_instance_count"] < 2:
        assert time.monotonic() < end
    api.ask("PUT", f"services/{number}", schema.NOTHING, json={"config": config})  # the same again
    logs = api.ask("GET", f"services/{number}/logs", schema.LOGS)["logs"]
    assert [len(logs), logs[0]["result"]] == [2, "SUCCESS"]
    moment = logs[0]["update_time"]
    one = api.ask("GET", f"services/{number}/logs", schema.LOGS, params={"update_time": moment})["logs"]
    assert len(one) == 1
    api.ask("PUT", f"services/{number}", schema.NOTHING, json={"status": "stopped", "config": "not looked at"})
    stopped = api.until(number, "stopped")
    assert stopped["access_address"] == before["access_address"]
    assert {row["status"] for row in stopped["config"]} == {"notReady"}
    assert api.client.post(stopped["access_address"] + "/").json()["error_code"] == "ModelArts.4203"
    assert api.refused("PUT", f"services/{number}", json={"config": [{**config[0], "weight": "100",
                       "instance_count": 1}]})[0] == "3519"  # fmt: skip
    assert api.refused("PUT", f"services/{number}", json={"status": "stopped"})[0] == "3519"
    assert "due_time" not in stopped
    api.ask("PUT", f"services/{number}", schema.NOTHING, json={"status": "running"})
    assert api.until(number, "running")["due_time"] > stopped["transition_at"]
    assert api.refused("PUT", f"services/{number}", json={"status": "running"})[0] == "3519"
    other = api.deployed("other", "ticks")
    assert api.refused("DELETE", f"services/{number},unknown", 404)[0] == "3502"
    assert api.detail(number)["status"] == "running"
    api.ask("DELETE", f"services/{number},{other}", schema.NOTHING)
    api.gone(number)
    api.gone(other)


def test_websocket_is_upgraded_to_and_stays(api: Management) -> None:
    number = api.deployed("live", "chat-live")
    found = api.detail(number)
    assert found["additional_properties"] == {"websocket_upgrade": True}
    assert found["access_address"].startswith("wss://")
    code, text = api.refused("PUT", f"services/{number}", json={"additional_properties": {"websocket_upgrade": False}})
    assert (code, "websocket_upgrade" in text) == ("0104", True)
    api.ask("DELETE", f"services/{number}", schema.NOTHING)
    api.gone(number)


def test_tags_are_kept_and_filtered_by(api: Management, service: str) -> None:
    tags = {"tags": [{"key": "team", "value": "a"}, {"key": "x", "value": ""}]}
    api.ask("POST", f"services/{service}/tags/create", expect=204, json=tags)
    assert api.detail(service)["tags"] == tags["tags"]
    for query, count in (("team|a", 1), ("team|b", 0), ("x", 1), ("team|a,y", 0)):
        assert api.ask("GET", "services", schema.LIST, params={"tags": query})["total_count"] == count
    api.ask("DELETE", f"services/{service}/tags/delete", expect=204, json={"tags": [{"key": "team"}]})
    assert api.detail(service)["tags"] == [{"key": "x", "value": ""}]


def first(**change: Any) -> Any:
    """A change of the first model."""
    return lambda body: body["config"][0].update(change)


def service_of(**change: Any) -> Any:
    return lambda body: body.update(change)


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (service_of(service_name="a b"), "0104", "service_name"),
        (service_of(service_name="x" * 65), "0104", "service_name"),
        (service_of(service_name="chat"), "3503", "exists"),
        (service_of(service_name=None), "0104", "service_name"),
        (service_of(description="<b>"), "0104", "description"),
        (service_of(description="x" * 101), "0104", "description"),
        (service_of(infer_type="batch"), "0104", "infer_type"),
        (service_of(infer_type="other"), "0104", "infer_type"),
        (service_of(config=[]), "0104", "config"),
        (service_of(config="x"), "0104", "config"),
        (service_of(vpc_id="v"), "3610", "subnet_network_id"),
        (service_of(pool_name="other"), "3547", "other"),
        (service_of(schedule=[{"type": "stop", "time_unit": "WEEKS", "duration": 1}]), "0104", "time_unit"),
        (service_of(schedule=[{"type": "stop", "time_unit": "DAYS", "duration": 0}]), "0104", "duration"),
        (service_of(priority=4), "0104", "priority"),
        (service_of(load_balancer_policy="RANDOM"), "0104", "load_balancer_policy"),
        (service_of(additional_properties={"websocket_upgrade": "yes"}), "0104", "websocket_upgrade"),
        (first(model_id="unknown"), "3001", "unknown"),
        (first(specification="modelarts.vm.none"), "0104", "modelarts.vm.none"),
        (first(specification="modelarts.vm.gpu.p4u8"), "3522", "p4u8"),
        (first(specification="modelarts.vm.gpu.v100"), "3589", "v100"),
        (first(specification="custom"), "0104", "custom_spec"),
        (first(instance_count=0), "0104", "instance_count"),
        (first(instance_count=129), "0104", "instance_count"),
        (first(instance_count=128), "3522", "instances"),
        (first(weight=99), "0104", "weight"),
        (first(weight="many"), "0104", "weight"),
        (first(envs={"a": 1}), "0104", "envs"),
        (first(deploy_timeout_in_seconds=60), "0104", "deploy_timeout"),
        (lambda body: body["config"].extend([{**body["config"][0], "weight": 0}]), "3516", "more than once"),
    ],
)
def test_what_is_refused_on_creation(api: Management, change: Any, code: str, told: str) -> None:
    body = api.body("refused", "ticks")
    change(body)
    status = {"3503": 409, "3001": 404, "3547": 404}.get(code, 400)
    found, text = api.refused("POST", "services", status, json=body)
    assert found == code
    assert told in text
    assert api.ask("GET", "services", schema.LIST, params={"service_name": "refused"})["total_count"] == 0


def test_bodies_that_are_none(api: Management, service: str) -> None:
    assert api.refused("POST", "services", content=b"{")[0] == "0101"
    assert api.refused("POST", "services", content=b"[1]")[0] == "0104"
    assert api.refused("POST", "services", content=b"[" * 100_000)[0] == "0101"
    assert api.refused("PUT", f"services/{service}", json={})[0] == "3610"
    assert api.refused("PUT", f"services/{service}", json={"status": "paused"})[0] == "0104"
    told = api.ask("POST", "services", expect=413, content=b" " * (12 * 1024 * 1024 + 1))
    assert told["error_code"] == "APIGW.0201"
    assert api.ask("PATCH", "services", expect=404)["error_code"] == "APIGW.0101"


def test_models_come_from_the_window_or_the_command_line_only(api: Management) -> None:
    code, text = api.refused("POST", "models", json={"model_name": "x", "source_location": "/bin/sh"})
    assert (code, "streamscope models add" in text) == ("0104", True)
    assert api.refused("DELETE", f"models/{api.model('chat')}")[0] == "0104"
    assert api.refused("GET", "models/unknown", 404)[0] == "3001"
    found = api.ask("GET", "models", schema.MODELS, params={"model_name": "CHAT"})
    assert {row["model_name"] for row in found["models"]} == {"chat", "chat-live"}
    assert api.ask("GET", "models", schema.MODELS, params={"not_model_type": "Image"})["count"] == 0
    assert api.ask("GET", "models", schema.MODELS, params={"model_status": "failed"})["count"] == 0
