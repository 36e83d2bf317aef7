"""What every test stands on: nothing may be left behind; a sandbox, the program, and raw servers to call."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from hypothesis import settings
from tests import program
from tests.program import Live, Result, Sandbox
from tests.raw import RawServers, Script, Served

from streamscope import tasks
from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import Event
from streamscope.model.exchange import Outcome
from streamscope.store.bench import open_bench

settings.register_profile("brief", max_examples=12)
"""For a run that asks whether things work in another environment, not whether they are right."""
GRACE = 5.0
"""Seconds in which what is being closed may still be seen."""


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """A test that ran on a loop must have ended every task that it started."""
    result = yield
    left = [task for task in tasks._running if not task.done()]
    if left and pyfuncitem.get_closest_marker("asyncio") is not None:
        pytest.fail(f"tasks left behind: {left}")
    return result


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No thread, child process or socket of this process survives a test."""
    before = _belongings()
    yield
    deadline = time.monotonic() + GRACE
    while (left := _belongings() - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    if left:
        pytest.fail(f"left behind: {sorted(map(str, left))}")


def _belongings() -> set[Any]:
    own = psutil.Process()
    sockets = {("socket", row.laddr, row.raddr) for row in own.net_connections("inet") if row.status != "CLOSE_WAIT"}
    children = {("process", child.pid) for child in own.children() if child.status() != psutil.STATUS_ZOMBIE}
    return sockets | children | {("thread", thread.name, thread.ident) for thread in threading.enumerate()}


@pytest.fixture(autouse=True)
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, credential or keyring of the machine that runs the tests."""
    kept = program.environment()
    for name in set(program.os.environ) - set(kept):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", kept["PYTHON_KEYRING_BACKEND"])


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox that tests share; calls with its profile find it running."""
    running = program.start_sandbox(tmp_path_factory.mktemp("profile"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def hasty_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that gives a prediction two seconds."""
    running = program.start_sandbox(tmp_path_factory.mktemp("hasty"), "--time-limit", "2")
    yield running
    assert running.stop() == 0


@pytest.fixture
def cli(sandbox: Sandbox) -> Callable[..., Result]:
    """Run a command with the shared sandbox's profile."""

    def call(*arguments: str | bytes | Path, **options: Any) -> Result:
        return program.run("--profile", str(sandbox.profile), *arguments, **options)

    return call


@pytest.fixture
def bare(tmp_path: Path) -> Callable[..., Result]:
    """Run a command with a profile of its own, in which no sandbox runs."""

    def call(*arguments: str | bytes | Path, **options: Any) -> Result:
        return program.run("--profile", str(tmp_path / "bare"), *arguments, **options)

    return call


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Start a command that goes on."""
    started: list[Live] = []

    def start(*arguments: str | Path, profile: Path | None = None) -> Live:
        started.append(Live("--profile", str(profile or tmp_path / "bare"), *arguments))
        return started[-1]

    yield start
    for call in started:
        call.close()


@pytest.fixture(scope="session")
def raw_servers() -> Iterator[RawServers]:
    """The thread on which raw servers run."""
    servers = RawServers()
    yield servers
    servers.stop()


@pytest.fixture
def serve(raw_servers: RawServers) -> Iterator[Callable[..., Served]]:
    """Listen with a script, or with the bytes of an answer."""

    def start(script: Script | bytes, **options: Any) -> Served:
        return raw_servers.serve(script, **options)

    yield start
    raw_servers.close()


@pytest_asyncio.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    """A core with a profile of its own."""
    bench = open_bench(tmp_path / "profile")
    made = Core(bench)
    yield made
    await made.aclose()
    bench.close()


Calling = Callable[..., Awaitable[tuple[list[Event], Outcome]]]


@pytest.fixture
def call(core: Core) -> Calling:
    """Send to a URL through the main path; gives all events and the outcome."""

    async def sent(url: str, protocol: str | Choice = "https", **fields: Any) -> tuple[list[Event], Outcome]:
        fields.setdefault("auth", Choice("none"))
        chosen = protocol if isinstance(protocol, Choice) else Choice(protocol)
        draft = Draft(channel=Choice("address", {"url": url}), protocol=chosen, **fields)
        exchange = core.bench.recordings.new(draft, keep=False)
        try:
            outcome = await send(exchange, core)
            return exchange.events(0, len(exchange)), outcome
        finally:
            exchange.close()

    return sent


@pytest.fixture
def closed_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
