"""The sandbox's own life: readiness, what it keeps, and that nothing is left behind."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from tests.sandbox.conftest import APP, Running, start, stop

from streamscope.model.errors import SandboxError
from streamscope.sandbox import platform
from streamscope.sandbox.fleet import storage
from streamscope.sandbox.limits import Limits
from streamscope.sandbox.platform import run
from streamscope.tasks import end, spawn

MODELS = ["chat", "chat-live", "classify", "ticks"]


def use_all_models(sandbox: Running) -> list[psutil.Process]:
    urls = [sandbox.url(name, "direct").replace("ws", "http") for name in MODELS]
    with ThreadPoolExecutor() as pool:
        list(pool.map(httpx.get, [f"{url}/health" for url in urls]))
    children = psutil.Process(sandbox.process.pid).children(recursive=True)
    assert len(children) == len(MODELS)
    return children


def wait_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []


def test_listeners_are_bound_when_it_says_so(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    addresses = [sandbox.facts[name] for name in ("iam", "management", "gateway")]
    addresses += [sandbox.url(name, "direct") for name in MODELS]
    for address in addresses:
        parts = urlsplit(address)
        assert parts.hostname == "127.0.0.1"
        socket.create_connection((parts.hostname, parts.port or 0)).close()
    own = psutil.Process(sandbox.process.pid)
    assert {row.laddr.ip for row in own.net_connections() if row.status == "LISTEN"} == {"127.0.0.1"}


def test_secrets_and_ids_stay_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    first = start(tmp_path, "--while-stdin")
    folder = tmp_path / "sandbox"
    state = json.loads((folder / "state.json").read_text())
    assert state == {**first.facts, "pid": first.process.pid}
    files = list(folder.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stop(first) == 0
    assert not (folder / "state.json").exists()
    second = start(tmp_path, "--while-stdin")
    kept = ("password", "ak", "sk", "app_key", "app_secret", "app_code", "api_key", "project_id", "ca_file")
    assert {name: first.facts[name] for name in kept} == {name: second.facts[name] for name in kept}
    assert [row["id"] for row in first.facts["services"]] == [row["id"] for row in second.facts["services"]]
    assert stop(second) == 0


def test_the_gateway_has_the_port_that_was_asked_for(fresh: Callable[..., Running]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert fresh("--port", str(port)).facts["gateway"].endswith(f":{port}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(tmp_path: Path, number: int) -> None:
    sandbox = start(tmp_path)
    children = use_all_models(sandbox)
    sandbox.process.send_signal(number)
    assert sandbox.process.wait(10) == 0
    wait_gone(children)
    stop(sandbox)


def test_the_end_of_standard_input_ends_it(tmp_path: Path) -> None:
    sandbox = start(tmp_path, "--while-stdin")
    children = use_all_models(sandbox)
    assert sandbox.process.stdin is not None
    sandbox.process.stdin.close()
    assert sandbox.process.wait(10) == 0
    wait_gone(children)
    stop(sandbox)


def test_a_killed_sandbox_leaves_no_process(tmp_path: Path) -> None:
    sandbox = start(tmp_path)
    children = use_all_models(sandbox)
    sandbox.process.kill()
    sandbox.process.wait(10)
    wait_gone(children)
    stop(sandbox)


def test_it_ends_while_streams_run(tmp_path: Path) -> None:
    sandbox = start(tmp_path)
    url = sandbox.url("ticks") + "?count=1000&interval=0.01"
    headers = {"X-Auth-Token": sandbox.token()}
    with httpx.Client(verify=sandbox.context) as client, client.stream("GET", url, headers=headers) as answer:
        assert next(answer.iter_raw())
        sandbox.process.terminate()
        assert sandbox.process.wait(10) == 0
    stop(sandbox)


def test_a_crashed_model_is_started_again(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    url = sandbox.url("ticks", "direct")
    assert httpx.get(url, params={"count": 0}).status_code == 200
    for child in psutil.Process(sandbox.process.pid).children():
        child.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            assert httpx.get(url, params={"count": 0}).status_code == 200
            return
        except httpx.TransportError:
            continue
    pytest.fail("the model did not come back")


def test_a_profile_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "sandbox").write_text("a file where the folder should be")
    with pytest.raises(SandboxError, match="cannot write"):
        run(tmp_path)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "streamscope.sandbox", "--profile", str(tmp_path)]
        port = str(taken.getsockname()[1])
        environment = os.environ | {"PYTHONPATH": str(APP)}
        ended = subprocess.run([*command, "--port", port], capture_output=True, env=environment, timeout=20)
    assert ended.returncode != 0
    assert f"cannot listen on port {port}" in ended.stderr.decode()


def test_secrets_that_cannot_be_read_are_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    (folder / "secrets.json").write_text("{half")
    sandbox = start(tmp_path)
    assert sandbox.token()
    assert (folder / "secrets.unreadable").read_text() == "{half"
    assert stop(sandbox) == 0


def test_people_get_friendly_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streamscope.sandbox", "--profile", str(tmp_path), "--while-stdin"]
    environment = os.environ | {"PYTHONPATH": str(APP)}
    ended = subprocess.run(command, input=b"", capture_output=True, env=environment, timeout=20)
    assert ended.returncode == 0
    text = ended.stdout.decode()
    assert "chat-live" in text
    assert str(tmp_path / "sandbox" / "secrets.json") in text


async def test_a_second_sandbox_of_a_profile_takes_no_client_from_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It keeps nothing, so what a client made there would be lost: it says so, and is not the one that is found."""
    monkeypatch.setattr(storage, "ENDING_SECONDS", 0.0)
    first = start(tmp_path, "--while-stdin")
    state = tmp_path / "sandbox" / "state.json"
    told = state.read_bytes()
    second = spawn(
        platform._run(state.parent, 0, Limits(), platform.Manner(), as_json=True, while_stdin=False), name="second"
    )
    said = err = ""
    async with asyncio.timeout(20):
        while "gateway" not in said:
            await asyncio.sleep(0.01)
            out = capsys.readouterr()
            said, err = said + out.out, err + out.err
    assert state.read_bytes() == told
    assert "is not kept" in err
    await end(second)
    assert state.read_bytes() == told
    assert stop(first) == 0
    assert not state.exists()
