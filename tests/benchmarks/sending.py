"""Benchmarks of the main path: what a call costs with everything recorded, beside the bare libraries throwing it away.

Rates are thousands of events or messages a second, a body's are MB a second. The server writes one event an HTTP chunk
and runs in a process of its own.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import websockets
from httpx_sse import aconnect_sse
from tests.benchmarks.counterpart import LONGEST, ROOT, Row, faster, job, stream_server, within

from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.model.draft import Choice, Draft
from streamscope.store.bench import open_bench

EVENTS = 100_000
SAVED = 400_000
"""Events of whole processes: the program's start takes 0.3 s, which must not count much."""
ROUNDS = 5
GIGABYTE = 1_000_000_000
GROWTH = 64.0
"""MB that the memory may grow by while a body of any size comes."""

BARE_SSE = """
import asyncio, sys, httpx
from httpx_sse import aconnect_sse
async def main():
    async with httpx.AsyncClient() as client, aconnect_sse(client, "GET", sys.argv[1]) as source:
        return sum([1 async for _ in source.aiter_sse()])
assert asyncio.run(main()) > 1
"""
BARE_WS = """
import asyncio, sys, websockets
async def main():
    count = 0
    async with websockets.connect(sys.argv[1], compression=None, max_size=None, ping_interval=None) as socket:
        async for _ in socket:
            count += 1
    return count
assert asyncio.run(main()) > 1
"""


def sse_send() -> list[Row]:
    """An event stream through `send`, beside bare httpx with httpx-sse."""
    with stream_server() as server:
        return [asyncio.run(_compared("sse_send_k/s", "sse", f"http://{server}/sse/{EVENTS}/1", _bare_sse, 1.0))]


def ws_send() -> list[Row]:
    """WebSocket messages through `send`, beside bare websockets."""
    with stream_server() as server:
        return [asyncio.run(_compared("ws_send_k/s", "websocket", f"ws://{server}/ws/{EVENTS}/1", _bare_ws, 0.6))]


async def _compared(name: str, protocol: str, url: str, bare: Callable[[str], Awaitable[int]], least: float) -> Row:
    draft = Draft(channel=Choice("address", {"url": url}), protocol=Choice(protocol))
    ours, floor = [], []
    with tempfile.TemporaryDirectory() as folder:
        core = Core(open_bench(Path(folder)))
        try:
            async with asyncio.timeout(LONGEST):
                for _ in range(ROUNDS):
                    began = time.perf_counter()
                    count = await bare(url)
                    floor.append(EVENTS / (time.perf_counter() - began) / 1000)
                    assert count in (EVENTS, EVENTS + 1), count
                    began = time.perf_counter()
                    exchange = core.bench.recordings.new(draft)
                    outcome = await send(exchange, core)
                    exchange.close()
                    ours.append(EVENTS / (time.perf_counter() - began) / 1000)
                    assert outcome.outcome == "complete" and outcome.messages_in in (EVENTS, EVENTS + 1), outcome
                    assert exchange.path is not None
                    shutil.rmtree(exchange.path)
        finally:
            await core.aclose()
    return faster(name, ours, floor, least)


async def _bare_sse(url: str) -> int:
    async with httpx.AsyncClient() as client, aconnect_sse(client, "GET", url) as source:
        return sum([1 async for _ in source.aiter_sse()])


async def _bare_ws(url: str) -> int:
    count = 0
    async with websockets.connect(url, compression=None, max_size=None, ping_interval=None) as socket:
        async for _ in socket:
            count += 1
    return count


def sse_save() -> list[Row]:
    """`streamscope send URL --save FILE` as a whole process, beside a script with httpx and httpx-sse."""
    with stream_server() as server:
        return [_processes("sse_save_k/s", f"http://{server}/sse/{SAVED}/1", BARE_SSE, 0.8)]


def ws_save() -> list[Row]:
    """`streamscope send URL --save FILE` as a whole process, beside a script with websockets."""
    with stream_server() as server:
        return [_processes("ws_save_k/s", f"ws://{server}/ws/{SAVED}/1", BARE_WS, 0.5)]


def _processes(name: str, url: str, script: str, least: float) -> Row:
    program = str(Path(sys.executable).with_name("streamscope"))
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(SAVED / _process([sys.executable, "-c", script, url]) / 1000)
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / "saved.jsonl"
            profile = str(Path(folder) / "profile")
            protocol = "websocket" if url.startswith("ws") else "sse"
            command = [program, "--profile", profile, "send", url, "--protocol", protocol, "--save", str(saved)]
            ours.append(SAVED / _process(command) / 1000)
            with saved.open("rb") as file:
                assert sum(1 for line in file if b'"kind":"message"' in line) >= SAVED
    return faster(name, ours, bare, least)


def _process(command: list[str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    began = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # the findings of a stream that has nothing but words
        timeout=LONGEST,
        cwd=ROOT,
        env=environment,
    )
    return time.perf_counter() - began


def body_1gb() -> list[Row]:
    """A body of 1 GB through `send`, beside httpx's `aiter_raw`: MB a second, and MB that the memory grew by."""
    ours, bare, growth, bare_growth = [], [], [], []
    with stream_server() as server:
        url = f"http://{server}/body/{GIGABYTE}"
        for _ in range(ROUNDS):
            rate, grown = job("body_bare", url, GIGABYTE)
            bare.append(rate)
            bare_growth.append(grown)
            with tempfile.TemporaryDirectory() as folder:
                rate, grown = job("body", url, GIGABYTE, folder)
            ours.append(rate)
            growth.append(grown)
    return [
        faster("body_1gb_mb/s", ours, bare, 0.7),
        within("body_1gb_growth_mb", growth, bare_growth, GROWTH, "MB"),
    ]
