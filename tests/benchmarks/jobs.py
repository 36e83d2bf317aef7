"""What benchmarks do in a process of its own: python -m tests.benchmarks.jobs NAME ARGUMENT… prints JSON."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from tests.benchmarks.counterpart import LONGEST, process_memory
from tests.benchmarks.stamped import bare_delays, sent_delays

from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.model.draft import Choice, Draft
from streamscope.store.bench import open_bench


def body(url: str, size: str, folder: str) -> list[float]:
    """MB a second of a body that is recorded, and MB that the memory grew by."""

    async def play() -> list[float]:
        core = Core(open_bench(Path(folder)))
        exchange = core.bench.recordings.new(Draft(channel=Choice("address", {"url": url}), protocol=Choice("https")))
        memory, began = process_memory(), time.perf_counter()
        async with asyncio.timeout(LONGEST):
            outcome = await send(exchange, core)
        exchange.close()
        took = time.perf_counter() - began
        assert outcome.outcome == "complete" and outcome.bytes_in >= int(size), outcome
        await core.aclose()
        return [int(size) / took / 1e6, (process_memory("VmHWM") - memory) / 1e6]

    return asyncio.run(play())


def body_bare(url: str, size: str) -> list[float]:
    """The same of httpx, which throws the bytes away."""

    async def play() -> list[float]:
        async with httpx.AsyncClient(timeout=30) as client:
            memory, began, count = process_memory(), time.perf_counter(), 0
            async with asyncio.timeout(LONGEST), client.stream("GET", url) as response:
                async for piece in response.aiter_raw():
                    count += len(piece)
            took = time.perf_counter() - began
        assert count == int(size)
        return [count / took / 1e6, (process_memory("VmHWM") - memory) / 1e6]

    return asyncio.run(play())


def memory(folder: str, count: str) -> float:
    """Bytes of resident memory an event, when so many have been recorded, beyond a program with an empty record."""
    from tests.benchmarks.recording import recorded

    recorded(Path(folder) / "warm", 10_000)
    before = process_memory()
    exchange = recorded(Path(folder) / "record", int(count))
    return (process_memory() - before) / len(exchange)


def stamped(url: str, streams: str) -> list[list[float]]:
    """Delays of the stamps of `send`, ms; a list for each stream."""
    return asyncio.run(sent_delays(url, int(streams)))


def stamped_bare(url: str, streams: str) -> list[list[float]]:
    """Delays of the stamps of a bare asyncio protocol, ms; a list for each stream."""
    return asyncio.run(bare_delays(url, int(streams)))


JOBS: dict[str, Callable[..., Any]] = {
    "body": body,
    "body_bare": body_bare,
    "memory": memory,
    "stamped": stamped,
    "stamped_bare": stamped_bare,
}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2:])))
