"""Benchmarks of the core: one call against bare httpx, and one identity request for many calls."""

import asyncio
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from tests.benchmarks.counterpart import Row, compared, https_server

from streamscope.engine import discover, lifecycle
from streamscope.engine.core import Core
from streamscope.engine.matrix import Round
from streamscope.engine.send import send
from streamscope.model.draft import Body, Choice, Draft
from streamscope.store.bench import open_bench

CALLS = 300


def https_call() -> list[Row]:
    """One HTTPS call on a warm client through `send`, beside bare httpx on the same loop (ms)."""
    with tempfile.TemporaryDirectory() as folder, https_server(Path(folder)) as (url, cert):
        return asyncio.run(_calls(Path(folder), url, str(cert)))


async def _calls(folder: Path, url: str, cert: str) -> list[Row]:
    core = Core(open_bench(folder / "profile"))
    draft = Draft(channel=Choice("address", {"url": f"{url}/json"}), body=Body("text", text='{"a": 1}'), ca=cert)
    ours, bare = [], []
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=cert)) as client:
        for _ in range(CALLS):
            began = time.perf_counter()
            answer = await client.post(f"{url}/json", content=b'{"a": 1}', headers={"Content-Type": "application/json"})
            bare.append((time.perf_counter() - began) * 1e3)
            assert answer.status_code == 200
            began = time.perf_counter()
            exchange = core.bench.recordings.new(draft, keep=False)
            outcome = await send(exchange, core)
            exchange.close()
            ours.append((time.perf_counter() - began) * 1e3)
            assert outcome.outcome == "complete", outcome
    await core.aclose()
    return [compared("https_call_ms", ours[10:], bare[10:], 1.3)]


def token_requests() -> list[Row]:
    """200 sends with token authentication, 20 at once: how many identity requests they make."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_token_requests(Path(folder)))


async def _token_requests(folder: Path) -> list[Row]:
    core = Core(open_bench(folder))
    try:
        workspace = core.bench.workspaces.get("sandbox")
        process = await lifecycle.running(core)
        service = await discover.find(core, workspace, "chat")
        core.cache = type(core.cache)()  # listing the services fetched a token already
        info = process.info
        async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=info["ca_file"])) as client:
            before = (await client.get(f"{info['iam']}/sandbox/counts")).json()
            gate = asyncio.Semaphore(20)
            draft = Draft(
                auth=Choice("token"), channel=Choice("public"), workspace="sandbox", service=service.id,
                method="GET", path="/v1/models",
            )  # fmt: skip

            async def one() -> str:
                async with gate:
                    exchange = core.bench.recordings.new(draft, keep=False)
                    outcome = await send(exchange, core)
                    exchange.close()
                    return outcome.outcome

            results = await asyncio.gather(*(one() for _ in range(200)))
            after = (await client.get(f"{info['iam']}/sandbox/counts")).json()
        key = next(name for name in after if "token" in name)
        made = after[key] - before.get(key, 0)
        good = made == 1 and len(results) == 200
        return [Row("token_requests", made, 1, made, "= 1", good)]
    finally:
        await core.aclose()


def matrix() -> list[Row]:
    """The sandbox's whole matrix: seconds, and whether every cell is green."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_matrix(Path(folder)))


async def _matrix(folder: Path) -> list[Row]:
    core = Core(open_bench(folder))
    try:
        began = time.perf_counter()
        cells = await Round(core, core.bench.workspaces.get("sandbox"), lambda _: None).play()
        took = time.perf_counter() - began
    finally:
        await core.aclose()
    offered = [cell for cell in cells if cell.offered]
    green = all(cell.ok for cell in offered)
    return [Row("matrix_s", took, 10, took / 10, "all green, < 10 s", green and took < 10)]


def version() -> list[Row]:
    """`streamscope --version` beside a Python that does nothing (ms, whole processes)."""
    program = str(Path(sys.executable).with_name("streamscope"))
    ours, bare = [], []
    for _ in range(15):
        bare.append(_process([sys.executable, "-c", "pass"]))
        ours.append(_process([program, "--version"]))
    return [compared("version_ms", ours, bare, 4)]


def dev_run() -> list[Row]:
    """`./dev run --version` beside the program started directly (ms): what the door adds when nothing is missing."""
    program = str(Path(sys.executable).with_name("streamscope"))
    root = Path(__file__).parents[2]
    if not (root / ".venv" / ".stamp").exists():
        return []
    ours, bare = [], []
    for _ in range(7):
        bare.append(_process([program, "--version"]))
        ours.append(_process([str(root / "dev"), "run", "--version"]))
    row = compared("dev_run_ms", ours, bare, 1e9)
    return [Row(row.name, row.value, row.floor, row.ratio, "floor + 1000", row.value - row.floor <= 1000)]


def _process(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1e3
