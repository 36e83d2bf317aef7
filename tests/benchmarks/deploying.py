"""Benchmarks of the sandbox's deployments: until a built-in model runs, and what its gateway costs a first token."""

import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
from tests.benchmarks.counterpart import Row
from tests.sandbox.conftest import Running, start, stop

RUNNING_MS = 3000.0
GATEWAY_RATIO, GATEWAY_MS = 1.3, 2.0
DEPLOYMENTS = 5
CALLS = 41


def deploying() -> list[Row]:
    """Milliseconds from the request to Running; the first token by way of the gateway against the direct channel."""
    with tempfile.TemporaryDirectory() as folder:
        running = start(Path(folder), "--while-stdin")
        try:
            return [_deployed(running), *_first_tokens(running)]
        finally:
            stop(running)


def _deployed(running: Running) -> Row:
    """The floor is one look at the service: the time that a poll takes."""
    headers, base = _account(running)
    with httpx.Client(verify=running.context, trust_env=False, headers=headers, base_url=base) as client:
        models = client.get("models").json()["models"]
        model = next(one for one in models if one["model_name"] == "ticks")
        looks, times = [], []
        for _ in range(DEPLOYMENTS):
            config = {
                "model_id": model["model_id"], "weight": "100", "instance_count": 1,
                "specification": "modelarts.vm.cpu.2u",
            }  # fmt: skip
            name = f"bench-{uuid.uuid4().hex[:8]}"
            body = {"service_name": name, "infer_type": "real-time", "config": [config]}
            began = time.perf_counter()
            number = client.post("services", json=body).raise_for_status().json()["service_id"]
            status = ""
            while status != "running":
                looked = time.perf_counter()
                status = client.get(f"services/{number}").json()["status"]
                looks.append(time.perf_counter() - looked)
                assert status != "failed"
                time.sleep(0.01)
            times.append(time.perf_counter() - began)
            client.delete(f"services/{number}")
    value, floor = statistics.median(times) * 1e3, statistics.median(looks) * 1e3
    return Row("deploy_running_ms", value, floor, value / floor, f"<= {RUNNING_MS:g}", value <= RUNNING_MS)


def _first_tokens(running: Running) -> list[Row]:
    """Turn about on warm connections, so that the machine's moods meet both."""
    token = {"X-Auth-Token": running.token()}
    service = running.service("ticks")["addresses"]
    with (
        httpx.Client(verify=running.context, trust_env=False) as near,
        httpx.Client(trust_env=False) as direct,
    ):
        ways: dict[str, Callable[[], float]] = {
            "gateway": lambda: _first(near, service["public"] + "/", token),
            "direct": lambda: _first(direct, service["direct"] + "/", {}),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(CALLS):
            for name, call in ways.items():
                times[name].append(call())
    value, floor = (statistics.median(times[name][5:]) * 1e3 for name in ways)
    most = floor * GATEWAY_RATIO + GATEWAY_MS
    return [
        Row(
            "gateway_first_token_ms",
            value,
            floor,
            value / floor,
            f"<= {GATEWAY_RATIO} x + {GATEWAY_MS:g} ms",
            value <= most,
        )
    ]


def _first(client: httpx.Client, url: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    with client.stream("POST", url, headers=headers, content=json.dumps({"count": 2, "interval": 0})) as response:
        took = 0.0
        for piece in response.iter_raw():
            if not took and b"data:" in piece:
                took = time.perf_counter() - began
    assert took, response.status_code
    return took


def _account(running: Running) -> tuple[dict[str, str], str]:
    facts = running.facts
    return {"X-Auth-Token": running.token()}, f"{facts['management']}/v1/{facts['project_id']}/"
