"""A command on the sandbox from its registration to its deletion, through management, gateway and direct channel."""

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from tests.sandbox.conftest import Running, start, stop
from tests.sandbox.fleets import SERVER
from tests.sandbox.test_fleet_kept import register
from tests.sandbox.test_life import wait_gone

from streamscope.sandbox.packages import Packages

PATIENCE = 3000


class Manager:
    """The old generation's management interface, as a person's program asks it."""

    def __init__(self, sandbox: Running) -> None:
        facts = sandbox.facts
        self.headers = {"X-Auth-Token": sandbox.token()}
        self.base = f"{facts['management']}/v1/{facts['project_id']}"
        self.client = httpx.Client(verify=sandbox.context, trust_env=False, timeout=30, headers=self.headers)

    def ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self.client.request(method, self.base + path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def deployed(self, package: str, **more: Any) -> str:
        rows = self.ask("GET", "/models")["models"]
        [model] = [row["model_id"] for row in rows if row["model_name"] == package]
        one = {"model_id": model, "weight": 100, "specification": "modelarts.vm.cpu.2u", "instance_count": 1, **more}
        body = {"service_name": f"my-{package}", "infer_type": "real-time", "config": [one]}
        number: str = self.ask("POST", "/services", json=body)["service_id"]
        return number

    def until(self, number: str, *statuses: str) -> dict[str, Any]:
        for _ in range(PATIENCE):
            found: dict[str, Any] = self.ask("GET", f"/services/{number}")
            if found["status"] in statuses:
                return found
            threading.Event().wait(0.005)
        raise AssertionError(found)


@pytest.fixture
def manager(tmp_path: Path) -> Any:
    register(tmp_path, "mine", SERVER)
    sandbox = start(tmp_path, "--while-stdin")
    made = Manager(sandbox)
    made.sandbox = sandbox  # type: ignore[attr-defined]
    yield made
    made.client.close()
    stop(sandbox)


def test_a_command_from_registration_to_deletion(manager: Any, tmp_path: Path) -> None:
    number = manager.deployed("mine", instance_count=2)
    found = manager.until(number, "running")
    url = found["access_address"]
    assert manager.client.get(url + "/any/path?x=1").text.startswith("nobody ")
    heard = {manager.client.get(url).text for _ in range(4)}
    assert len(heard) == 2
    endpoints = manager.ask("GET", f"/services/{number}/predict/endpoints?type=host_endpoints")["endpoints"]
    hosts = [host["address"] for row in endpoints for host in row["host_endpoints"]]
    assert {httpx.get(f"http://{host}/", trust_env=False).text for host in hosts} == heard
    processes = [psutil.Process(int(text.split()[1])) for text in heard]
    processes[0].kill()
    # Not a single call fails meanwhile: the other one takes them.
    assert {manager.client.get(url).status_code for _ in range(20)} == {200}
    manager.until(number, "running")
    with manager.client.stream("GET", url + "/slow") as answer:
        chunks = answer.iter_bytes()
        assert next(chunks)
        manager.ask("DELETE", f"/services/{number}")
        with pytest.raises(httpx.RemoteProtocolError):
            list(chunks)
    wait_gone(processes)
    assert manager.client.get(url).json()["error_code"] in ("APIG.0101", "ModelArts.4203")
    kept = json.loads((tmp_path / "sandbox" / "services.json").read_bytes())
    assert number not in [one["id"] for one in kept["services"] if one["status"] != "deleting"]


def test_no_call_fails_while_a_service_is_updated(manager: Any, tmp_path: Path) -> None:
    number = manager.deployed("mine")
    url = manager.until(number, "running")["access_address"]
    heard: list[tuple[int, str]] = []
    enough = threading.Event()

    def call() -> None:
        with httpx.Client(verify=manager.sandbox.context, trust_env=False, headers=manager.headers) as client:
            while not enough.is_set():
                answer = client.get(url)
                heard.append((answer.status_code, answer.text))

    caller = threading.Thread(target=call)
    caller.start()
    config = manager.ask("GET", f"/services/{number}")["config"]
    one = {key: config[0][key] for key in ("model_id", "weight", "specification", "instance_count")}
    with manager.client.stream("GET", url + "/slow") as answer:
        chunks = answer.iter_bytes()
        assert next(chunks)
        manager.ask("PUT", f"/services/{number}", json={"config": [{**one, "envs": {"NAME": "second"}}]})
        assert b"".join(chunks).endswith(b"19")
    while not heard or not heard[-1][1].startswith("second"):
        threading.Event().wait(0.005)
    enough.set()
    caller.join()
    assert {status for status, _ in heard} == {200}
    psutil.Process(int(heard[-1][1].split()[1])).kill()
    told = manager.client.get(url)
    while told.status_code == 200:
        told = manager.client.get(url)
    assert told.json()["error_code"] in ("ModelArts.4302", "ModelArts.4503")
    while told.status_code != 200:
        told = manager.client.get(url)
    for refused in ("LD_PRELOAD", "pythonpath"):
        body = {"config": [{**one, "envs": {refused: "/tmp/x"}}]}
        told = manager.client.put(f"{manager.base}/services/{number}", json=body)
        assert (told.status_code, refused in told.text) == (400, True)
    manager.ask("PUT", f"/services/{number}", json={"status": "stopped"})
    manager.until(number, "stopped")
    assert manager.client.get(url).json()["error_code"] == "ModelArts.4203"
    Packages(tmp_path / "sandbox").remove("mine")
    manager.ask("PUT", f"/services/{number}", json={"status": "running"})
    assert "does not exist" in manager.until(number, "failed")["error_msg"]
