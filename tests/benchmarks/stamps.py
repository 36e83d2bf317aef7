"""Benchmarks of the clock: how late a stamp is after the server's write, idle and beside a window that paints.

The floor is a bare asyncio protocol in a process of its own that reads as many streams from the same server: in turn
with ours where one stream is read; at the same time where many are, since what other processes take of the machine
reaches a tail of milliseconds, and should reach both. Only the steady part counts: the first second goes to
connections and tabs.
"""

import asyncio
import math
import statistics
import tempfile
from itertools import chain
from pathlib import Path

from tests.benchmarks.counterpart import LONGEST, Row, job, stream_server
from tests.benchmarks.stamped import delays, draft

ROUNDS = 5
MORE = {50: 0.3, 99: 3.0}
"""Milliseconds that a percentile may be over that of the floor."""


def stamp_idle() -> list[Row]:
    """One stream, an event each 5 ms: delay of the stamps (ms)."""
    with stream_server() as server:
        url = f"http://{server}/stamped/600/5"
        ours, bare = [], []
        for _ in range(ROUNDS):
            bare.append(_steady(job("stamped_bare", url, 1), 200))
            ours.append(_steady(job("stamped", url, 1), 200))
    return _rows("stamp_idle", ours, bare)


def stamp_busy() -> list[Row]:
    """20 streams with 50 events a second each in a window that paints: delay of the stamps (ms)."""
    with stream_server() as server, tempfile.TemporaryDirectory() as folder:
        return _rows("stamp_busy", *_through_the_window(Path(folder), f"http://{server}/stamped/200/20", 20))


def _through_the_window(folder: Path, url: str, streams: int) -> tuple[list[list[float]], list[list[float]]]:
    from streamscope.gui import loop
    from streamscope.gui.app import application
    from streamscope.gui.desk import opened
    from streamscope.gui.window import Window
    from streamscope.store.bench import open_bench

    app = application()
    bench = open_bench(folder / "profile")
    ours: list[list[float]] = []
    bare: list[list[float]] = []

    async def play() -> None:
        window = Window(bench)
        window.resize(1280, 800)
        window.show()
        desk = await asyncio.to_thread(opened, bench)
        window.settle(desk)
        try:
            for _ in range(ROUNDS):
                beside = asyncio.get_running_loop().run_in_executor(None, job, "stamped_bare", url, streams)
                over = []
                views = []
                for _ in range(streams):
                    window.send(draft(url))
                    view = window.live.current()
                    done = asyncio.Event()
                    view.feed.finished.connect(done.set)
                    over.append(done.wait())
                    views.append(view)
                async with asyncio.timeout(LONGEST):
                    await asyncio.gather(*over)
                bare.append(_steady(await beside, 50))
                ours.append(_steady([delays(view.exchange) for view in views], 50))
        finally:
            await asyncio.to_thread(desk.close)
            window.close()

    loop.run(app, play())
    return ours, bare


def _steady(streams: list[list[float]], skipped: int) -> list[float]:
    assert all(len(stream) > skipped for stream in streams), [len(stream) for stream in streams]
    return list(chain.from_iterable(stream[skipped:] for stream in streams))


def _rows(name: str, ours: list[list[float]], bare: list[list[float]]) -> list[Row]:
    rows = []
    for percent, more in MORE.items():
        value = statistics.median(_percentile(delays, percent) for delays in ours)
        floor = statistics.median(_percentile(delays, percent) for delays in bare)
        ok = value - floor <= more
        rows.append(Row(f"{name}_p{percent}_ms", value, floor, value / floor, f"floor + {more:g}", ok))
    return rows


def _percentile(values: list[float], percent: int) -> float:
    """Nearest rank."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]
