"""A Python file as a process, started as its package says: how it begins, what it prints, how it ends."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tests import program
from tests.sandbox.conftest import APP

from streamscope.sandbox.listeners import bind
from streamscope.sandbox.packages import Package as Model
from streamscope.sandbox.packages import Packages, command

SIBLING = """
import os, words
print("loaded")
def predict(inputs):
    print("asked")
    return words.WORD + os.getcwd()
"""
WAITING = """
import os, time
def predict(inputs):
    yield "a"
    while not os.path.exists("go"):
        time.sleep(0.01)
    yield "b"
"""
Process = subprocess.Popen[bytes]
Started = tuple[Process, str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Start a file's source as the sandbox does; the process and its address."""
    begun: list[Process] = []

    def started(source: str) -> Started:
        file = tmp_path / "predict.py"
        file.write_text("def predict(inputs): ...")
        package = Packages(tmp_path / "sandbox").add(Model(name="mine", kind="python", file=str(file)))
        file.write_text(source)  # changed since, as a file may be
        with bind() as free:
            port = free.getsockname()[1]
        words, environment, folder = command(package, port)
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        begun.append(subprocess.Popen(words, env=environment, cwd=folder, **pipes))
        return begun[-1], f"http://127.0.0.1:{port}"

    yield started
    for process in begun:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def ready(url: str, process: Process) -> None:
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    pytest.fail(f"it is not ready: {process.poll()}")


def test_it_serves_on_this_machine_alone_beside_its_own_modules(start: Callable[..., Started], tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text("WORD = 'harbour'")
    process, url = start(SIBLING)
    ready(url, process)
    assert httpx.post(url, json={}).text == f"harbour{tmp_path}"
    assert not (tmp_path / "__pycache__").exists()
    listening = [row.laddr for row in psutil.Process(process.pid).net_connections() if row.status == "LISTEN"]
    assert [f"http://{address.ip}:{address.port}" for address in listening] == [url]
    assert process.stdout is not None
    assert [process.stdout.readline(), process.stdout.readline()] == [b"loaded\n", b"asked\n"]


def test_asked_to_end_it_lets_its_calls_come_to_their_end(start: Callable[..., Started], tmp_path: Path) -> None:
    process, url = start(WAITING)
    ready(url, process)
    got: list[str] = []
    first = threading.Event()

    def call() -> None:
        with httpx.stream("POST", url, json={"stream": True}, timeout=20) as answer:
            for line in answer.iter_lines():
                got.append(line)
                first.set()

    calling = threading.Thread(target=call)
    calling.start()
    assert first.wait(20)
    process.send_signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    calling.join()
    assert [line for line in got if line] == ["data: a", "data: b"]
    assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "import no_such_module\ndef predict(x): ...",
            "line 1: ModuleNotFoundError: No module named 'no_such_module' (it runs with",
        ),
        ("\ndef predict(x): ...\nraise ValueError('a\\nb')", "line 3: ValueError: a b"),
        ("raise SystemExit(0)\ndef predict(x): ...", "line 1: SystemExit: 0"),
        ("def predict(x) ...", "Line 1 of"),
        ("x = 1", "There is no function predict in"),
        ("predict = 3", "is no function but 3"),
        ("class predict: ...", "is no function but <class"),
        ("def predict(): ...", "has to take one argument, the inputs"),
        ("def predict(a, b): ...", "has to take one argument, the inputs"),
        ("def predict(a): ...\ndef predict(b): ...", "more than one predict"),
    ],
)
def test_what_cannot_be_a_model_ends_with_one_line(start: Callable[..., Started], source: str, said: str) -> None:
    process, _ = start(source)
    assert process.wait(20) == 1
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read() == b""
    lines = process.stderr.read().decode().splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert "predict.py" in lines[0]


def test_a_port_that_is_taken_is_told_in_one_line(start: Callable[..., Started]) -> None:
    first, url = start(WAITING)
    ready(url, first)
    words = [*map(str, first.args)]  # type: ignore[arg-type]
    second = subprocess.run(words, capture_output=True, timeout=20, env=program.environment({"PYTHONPATH": str(APP)}))
    assert second.returncode == 1
    (line,) = second.stderr.decode().splitlines()
    assert url.rpartition(":")[2] in line
