"""Benchmarks of asking a platform for services: 50 that change under watch (% of a core), lists of thousands (s)."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.counterpart import Row, compared
from tests.benchmarks.management_server import row

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.engine.watching import SOON, Watch
from streamscope.model.service import Workspace
from streamscope.store.bench import open_bench

WATCHED = 50
LOOKS = 40
CORE_PERCENT = 3.0
LISTED = {1_000: (0.3, 12.0), 10_000: (2.0, 14.0)}
"""Services; the seconds in which they should be read, and how many times the CPU of reading their JSON alone."""
PAGE = 500


def watching() -> list[Row]:
    """What a look at 50 changing services costs, as a share of the time to the next one; and reading many."""
    rows = [asyncio.run(_watched())]
    for count, (seconds, most) in LISTED.items():
        rows += asyncio.run(_listed(count, seconds, most))
    return rows


@contextmanager
def server(count: int) -> Iterator[Workspace]:
    """A platform of so many services, in a process of its own; the workspace on it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.management_server", str(count)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None and process.stdin is not None
    try:
        address = process.stdout.readline().decode().strip()
        values = {"management": address, "project": "p", "region": "r", "sign_in": "none"}
        yield Workspace("work", "modelarts", values, proxy="none")
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


async def _watched() -> Row:
    """CPU of this whole process; the platform is in another."""
    with server(WATCHED) as workspace, tempfile.TemporaryDirectory() as folder:
        core = Core(open_bench(Path(folder)))
        watch = Watch(core, workspace)
        watch.soon()
        await watch.next()
        changed, began = 0, time.process_time()
        for _ in range(LOOKS):
            watch.soon()
            report = await watch.next()
            assert report.error is None, report.error
            changed += len(report.changed)
        took = time.process_time() - began
        await core.aclose()
    assert changed == LOOKS * WATCHED, changed
    percent = took / LOOKS / SOON * 100
    return Row("watch_50_core_percent", percent, CORE_PERCENT, percent / CORE_PERCENT, "≤ 3 %", percent <= CORE_PERCENT)


async def _listed(count: int, reach: float, most: float) -> list[Row]:
    pages = [
        json.dumps({"total_count": count, "services": [row(one) for one in range(at, min(at + PAGE, count))]})
        for at in range(0, count, PAGE)
    ]
    with server(count) as workspace, tempfile.TemporaryDirectory() as folder:
        core = Core(open_bench(Path(folder)))
        await discover.services(core, workspace)
        whole, ours, again, floors = [], [], [], []
        for _ in range(5):
            began, cpu = time.perf_counter(), time.process_time()
            found = await discover.services(core, workspace)
            whole.append(time.perf_counter() - began)
            ours.append(time.process_time() - cpu)
            cpu = time.process_time()
            await discover.again(core, workspace)
            again.append(time.process_time() - cpu)
            cpu = time.process_time()
            for page in pages:
                json.loads(page)
            floors.append(time.process_time() - cpu)
            assert len(found) == count
        await core.aclose()
    fastest = min(whole)
    return [
        Row(f"list_{count}_s", fastest, reach, fastest / reach, f"≤ {reach:g} s", fastest <= reach),
        compared(f"list_{count}_cpu_to_json", ours, floors, most),
        compared(f"refresh_{count}_cpu_to_json", again, floors, most),
    ]
