"""What the benchmarks of the window do in a process of its own: python -m tests.benchmarks.gui_jobs NAME ARGUMENT…"""

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.benchmarks import gui_profile

from streamscope.gui import loop
from streamscope.gui.app import application, living
from streamscope.gui.theme import theme
from streamscope.gui.window import Window
from streamscope.model.draft import Body, Choice, Draft, Limits
from streamscope.model.event import Trace
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

BEAT_MS = 10
LONGEST = 60.0
CALLS = 40
TABS = 200
ROUND = 400
"""Switches between tabs that are measured."""


class Clock:
    """Time of the calling thread (ms): it stands while the thread is ready to run and the machine's cores are given to
    others, so that a figure tells of the program and not of what else the machine does. Where the system does not say
    for how long that is, it is the time of the wall."""

    def __init__(self) -> None:
        self._tally: int | None = None
        with suppress(OSError, AttributeError):  # Linux says it
            self._tally = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)

    def now(self) -> float:
        """The time, from a beginning of its own."""
        passed_over = 0 if self._tally is None else int(os.pread(self._tally, 64, 0).split()[1])
        return (time.perf_counter_ns() - passed_over) / 1e6


class Heart(QObject):
    """A timer of the window's thread; the longest time between two beats, less one beat, is the longest stall (ms).

    By `Clock`: what the thread waits for itself (the disk, a lock, Python's own) is counted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = 0.0
        self._clock = Clock()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to listen."""
        self.gaps, self._last = [], self._clock.now()
        self._timer.start()

    def longest(self) -> float:
        """The longest stall since the start."""
        self._timer.stop()
        return max(self.gaps, default=0.0)

    def _beat(self) -> None:
        now = self._clock.now()
        self.gaps.append(now - self._last - BEAT_MS)
        self._last = now


class Painted(QObject):
    """When a widget was painted last."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.at = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.at = time.perf_counter()
        return False


def ready(profile: str, began: str) -> dict[str, float]:
    """A window on a profile: ms until its services were there, counted from `began` by the clock that all processes of
    the machine share; the longest stalls from the first paint on, and while the services are read again (ms)."""
    heart = Heart()
    found: dict[str, float] = {}

    async def script(window: Window) -> None:
        found["ready"] = (time.perf_counter() - float(began)) * 1e3
        await asyncio.sleep(3)  # what is read later still counts
        found["load_stall"] = heart.longest()
        heart.start()
        for _ in range(3):
            window.refresh()
            await asyncio.sleep(0.7)
        found["refresh_stall"] = heart.longest()

    _played(Path(profile), script, painted=heart.start)
    return found


def tabs(profile: str) -> dict[str, float]:
    """200 open requests: ms to switch to another until it is painted, median and worst; the longest stall (ms)."""
    found: dict[str, float] = {}

    async def script(window: Window) -> None:
        for number in range(TABS):
            window.drafts.open_draft(gui_profile.draft(number))
            if number % 20 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0.5)
        heart, painted, clock = Heart(), Painted(window.drafts.bar), Clock()
        heart.start()
        times = []
        requests = list(window.drafts.requests)
        for number in range(ROUND):
            request = requests[(number * 37) % len(requests)]
            began, before = clock.now(), time.perf_counter()
            window.drafts.show_request(request)
            QApplication.sendPostedEvents()  # lays out
            QApplication.sendPostedEvents()  # paints
            assert painted.at > before
            times.append(clock.now() - began)
            await asyncio.sleep(0.005)
        times.sort()
        found.update(median=times[len(times) // 2], p99=times[int(len(times) * 0.99)], worst=times[-1])
        found["stall"] = heart.longest()

    _played(Path(profile), script)
    return found


def idle(profile: str) -> float:
    """Per cent of a core that the window's process takes while nobody does anything."""
    share: list[float] = []

    async def script(_window: Window) -> None:
        await asyncio.sleep(4)
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.sleep(10)
        share.append((time.process_time() - cpu) / (time.perf_counter() - wall) * 100)

    _played(Path(profile), script)
    return share[0]


def pressed(profile: str, url: str, cert: str) -> list[list[float]]:
    """ms from the key to the request on the wire, in the window; and from the call of `send`, in the core alone."""
    from streamscope.engine.send import send

    draft = Draft(
        channel=Choice("address", {"url": f"{url}/json"}), protocol=Choice("https"), method="POST",
        body=Body("json", text='{"a": 1}'), ca=cert, limits=Limits(),
    )  # fmt: skip
    window_times: list[float] = []
    core_times: list[float] = []

    async def script(window: Window) -> None:
        assert window.desk is not None
        runtime = window.desk.runtime
        window.drafts.open_draft(draft)
        await asyncio.sleep(0.3)
        for _ in range(CALLS):
            began = time.perf_counter_ns()
            QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            view = window.live.current()
            assert view is not None
            if view.live:
                over = asyncio.Event()
                view.feed.finished.connect(over.set)
                await over.wait()
            window_times.append(_on_wire(view.exchange, began))

            async def call() -> None:
                began = time.perf_counter_ns()
                exchange = runtime.core.bench.recordings.new(draft)
                await send(exchange, runtime.core)
                exchange.close()
                core_times.append(_on_wire(exchange, began))

            await asyncio.wrap_future(runtime.run(call()))

    _played(Path(profile), script)
    return [window_times[5:], core_times[5:]]


def _on_wire(exchange: Any, began: int) -> float:
    traces = [event for event in exchange.events(0, len(exchange)) if isinstance(event, Trace)]
    sent = next(trace for trace in reversed(traces) if (trace.name, trace.phase) == ("send", "end"))
    return (exchange.start + sent.t - began) / 1e6


def grid(count: str) -> dict[str, float]:
    """The access matrix with so many rows: ms to lay it out, the worst frames while it fills and while it scrolls."""
    from msgspec.structs import replace

    from streamscope.gui.desk import opened
    from streamscope.gui.matrix.grid import MatrixGridView
    from streamscope.gui.matrix.model import MatrixModel
    from streamscope.model.matrix import Cell

    app = application()
    theme.wear(app, "light")
    desk = opened(open_bench(Path(sys.argv[3])))
    model = MatrixModel(desk.shelves)
    view = MatrixGridView(model)
    view.resize(1000, 700)
    view.show()
    rows = [("token", "public"), ("token", "vpc"), ("aksk", "public"), ("aksk", "vpc")]
    cells = [
        Cell(f"s{number}", "v1", auth, channel, protocol, True, id=f"s{number}")
        for number in range(int(count) // len(rows))
        for auth, channel in rows
        for protocol in ("https", "sse", "websocket")
    ]

    clock = Clock()

    def frame(does: Callable[[], object]) -> float:
        began = clock.now()
        does()
        app.processEvents()  # lays out and paints
        return clock.now() - began

    laid = frame(lambda: model.lay_out(cells))
    model.begin(cell.key for cell in cells)
    filling = []
    for at in range(0, len(cells), 30):
        came = [replace(cell, ok=True, status=200, ttfb_ms=12.0) for cell in cells[at : at + 30]]
        running = [cell.key for cell in cells[at + 30 : at + 36]]
        filling.append(frame(lambda came=came, running=running: model.take(came, running)))
    bar = view.verticalScrollBar()
    scrolling = [frame(lambda at=at: bar.setValue(at)) for at in range(0, bar.maximum(), max(1, bar.maximum() // 200))]
    view.close()
    desk.close()
    return {"laid": laid, "filling": max(filling), "scrolling": max(scrolling)}


def _played(
    profile: Path,
    script: Callable[[Window], Awaitable[None]],
    painted: Callable[[], object] = lambda: None,
    longest: float = LONGEST,
) -> None:
    """Open the window on a profile, play a coroutine on it once its services are there, close it."""
    app = application()
    theme.wear(app, "light")
    bench = open_bench(profile)

    async def main() -> None:
        window = Window(bench)
        window.painted.connect(painted)
        window.resize(1280, 800)
        there = asyncio.Event()
        window.ready.connect(there.set)
        window.show()
        window.activateWindow()

        async def scene() -> None:
            async with asyncio.timeout(longest):
                await there.wait()
                await script(window)

        playing = spawn(scene(), name="play a benchmark")
        playing.add_done_callback(lambda _: window.close())
        await living(window, bench)
        await playing

    loop.run(app, main())


JOBS: dict[str, Callable[..., Any]] = {"ready": ready, "tabs": tabs, "idle": idle, "pressed": pressed, "grid": grid}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2 : 2 + JOBS[sys.argv[1]].__code__.co_argcount])))
