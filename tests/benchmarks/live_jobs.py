"""What the benchmarks of the live pane do in a process of its own: python -m tests.benchmarks.live_jobs NAME ARGUMENT…

The real window stands open; where `DISPLAY` is set it is on that screen, else offscreen. Each prints one line of JSON.
"""

import asyncio
import gc
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

if os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")

from PySide6.QtWidgets import QWidget
from tests.benchmarks import gui_profile
from tests.benchmarks.counterpart import process_memory
from tests.benchmarks.gui_jobs import Painted, _played
from tests.benchmarks.live_measures import Pulse, View, checked, figures_of, spread, threads
from tests.benchmarks.recording import recorded

from streamscope.gui.window import Window
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import PAYLOAD, Closed, Event, Message
from streamscope.store.exchange import Exchange
from streamscope.store.recordings import opened

SHOWN = ("events", "timeline")
"""The views that are looked at while a stream comes; one that there is not is none."""
WARM = 5_000
FILTERS = {"text": "word7", "expression": 'kind:message dir:in size>100 data~"word[0-9]*77\\b"'}
"""What a recording of a million events is filtered by: one event in nine, and one in a hundred."""


def flood(authority: str, kind: str, seconds: str, rate: str, streams: str) -> dict[str, Any]:
    """Streams of numbered events, each in a tab: how late the heart beats, how far behind the view in front is, how
    late stamps are, whether all is there, what the window's thread takes of a core, and how the memory grows."""
    count = int(float(seconds) * int(rate))
    found: dict[str, Any] = {}

    async def script(window: Window) -> None:
        await _sent(window, authority, kind, WARM, int(rate))  # what the first exchange brings along is loaded now
        window.live.close_current()
        gc.collect()
        memory = process_memory()
        pulse = Pulse()
        views = [_send(window, authority, kind, count, int(rate)) for _ in range(int(streams))]
        for view in views:
            _show(view)
        await asyncio.sleep(0.5)  # tabs are made, which is not what is measured here
        pulse.start(window.live.current)
        busy, cpu, wall = threads(), time.process_time(), time.perf_counter()
        before = sum(len(view.exchange) for view in views)
        await _over(views, pulse)
        wall = time.perf_counter() - wall
        spent = {name: at - busy.get(name, 0.0) for name, at in threads().items()}
        found["gui_percent"] = spent["MainThread"] / wall * 100
        events = sum(len(view.exchange) for view in views) - before
        found["us_an_event"] = {name: round(at / events * 1e6, 2) for name, at in spent.items() if at}
        found["rate"] = events / wall
        found["all_percent"] = (time.process_time() - cpu) / wall * 100
        found.update(pulse.told())
        gc.collect()
        found["growth"] = (process_memory() - memory) / 1e6
        found["complete"] = all(checked(view, count) for view in views)
        found["stamps"] = spread([late for view in views for late in figures_of(view.exchange).late])

    _window(script)
    return found


def unwatched(authority: str, kind: str, seconds: str, rate: str, streams: str) -> dict[str, Any]:
    """How late the same streams' stamps are where nobody looks."""
    from streamscope.engine.core import Core
    from streamscope.engine.send import transmit
    from streamscope.store.bench import open_bench

    count = int(float(seconds) * int(rate))

    async def play(folder: str) -> list[float]:
        core = Core(open_bench(Path(folder)))
        exchanges = [core.bench.recordings.new(_draft(authority, kind, count, int(rate))) for _ in range(int(streams))]
        await asyncio.gather(*(transmit(exchange, core) for exchange in exchanges))
        await core.aclose()
        return [late for exchange in exchanges for late in figures_of(exchange).late]

    with tempfile.TemporaryDirectory() as folder:
        return {"stamps": spread(asyncio.run(play(folder)))}


def text(seconds: str, rate: str) -> dict[str, Any]:
    """Tokens into Text, fed by a thread as a replay feeds them: how late the heart beats."""

    def play(exchange: Exchange) -> None:
        begun, number = time.perf_counter(), 0
        while number < float(seconds) * int(rate):
            time.sleep(0.001)
            stop = max(number + 1, int((time.perf_counter() - begun) * int(rate)))
            exchange.extend(
                [_token(exchange, one, f" word{one}" + "\n" * (one % 50 == 0)) for one in range(number, stop)]
            )
            number = stop
        exchange.append(Closed(time.perf_counter_ns() - exchange.start, "server"))

    return _replayed(play, "text")


def line(megabytes: str) -> dict[str, Any]:
    """A line without a break into Text, in pieces of 50 KB and then at once: how late the heart beats."""

    def play(exchange: Exchange) -> None:
        size, piece = int(float(megabytes) * 1e6), 50_000
        for number in range(size // piece):
            exchange.append(_token(exchange, number, "word " * (piece // 5)))
            time.sleep(0.01)
        exchange.append(_token(exchange, 0, "x" * size))
        exchange.append(Closed(time.perf_counter_ns() - exchange.start, "server"))

    return _replayed(play, "text")


def _replayed(play: Callable[[Exchange], None], shown: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def script(window: Window) -> None:
        assert window.session is not None and window.desk is not None
        exchange = window.desk.bench.recordings.new(_draft("127.0.0.1:9", "paced", 1, 1))
        view = window.session.sendings.reopen(exchange, "replayed")
        view.show_view(shown)
        await asyncio.sleep(0.5)
        view.feed.derived.follow()
        pulse = Pulse()
        pulse.start(lambda: view)
        thread = threading.Thread(target=play, args=(exchange,))
        thread.start()
        await _over([view], pulse)
        found["complete"] = view.feed.read == len(exchange) and not thread.is_alive()
        thread.join()
        found.update(pulse.told())

    _window(script)
    return found


def _token(exchange: Exchange, number: int, said: str) -> Event:
    start = b'{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":'
    data = b"%b%b}}]}" % (start, json.dumps(said).encode())
    t, read = time.perf_counter_ns() - exchange.start, number + 1
    return Message(t, "in", (read, read), data, "event", "message", at=exchange.keep(data), stream=PAYLOAD)


def large(folder: str, count: str) -> dict[str, Any]:
    """A recording of so many events: ms from asking for it until its first view is painted, until all of it was read;
    growth of memory with every view looked at; ms of jumps to random events."""
    found: dict[str, Any] = {}

    async def script(window: Window) -> None:
        assert window.session is not None
        _, view = await _opened(window, Path(folder) / "warm")
        await _over([view], Pulse())
        await _all_shown(view)  # what the first of its kind brings along is loaded now
        window.live.close_current()
        gc.collect()
        memory, pulse = process_memory(), Pulse()
        pulse.start(window.live.current)
        found["open"], view = await _opened(window, Path(folder) / "record")
        began = time.perf_counter()
        await _over([view], pulse)
        found["read"] = time.perf_counter() - began
        found["count"] = len(view.exchange)
        await _all_shown(view)
        found.update(pulse.told())
        gc.collect()
        found["growth"] = (process_memory() - memory) / 1e6
        view.show_view("events")
        await asyncio.sleep(0.3)
        found["jumps"] = spread([await _jump(view, 2 * random.randrange(int(count) // 2) + 1) for _ in range(50)])
        found["filters"] = await _filtered(view)

    _window(script)
    return found


def idle(folder: str) -> dict[str, float]:
    """Per cent of a core that the window takes with five finished exchanges."""
    found: dict[str, float] = {}

    async def script(window: Window) -> None:
        for _ in range(5):
            _, view = await _opened(window, Path(folder) / "warm")
            view.show_view("events")
            await _over([view], Pulse())
        await asyncio.sleep(3)
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.sleep(8)
        found["percent"] = (time.process_time() - cpu) / (time.perf_counter() - wall) * 100

    _window(script)
    return found


def prepared(folder: str, count: str) -> None:
    """Recordings to be opened: `record` of so many events, and a small one to warm up with."""
    for name, size in (("warm", WARM), ("record", int(count))):
        recorded(Path(folder) / name, size)


async def _opened(window: Window, path: Path) -> tuple[float, View]:
    """Open a recording as a person does: ms until it is painted."""
    assert window.session is not None
    began = time.perf_counter()
    exchange = await asyncio.to_thread(opened, path)
    view = window.session.sendings.reopen(exchange, path.name)
    painted = Painted(view.view(view.kinds[view.tabs.currentIndex()].key))
    await _until(lambda: painted.at > 0)
    return (painted.at - began) * 1e3, view


async def _all_shown(view: View) -> None:
    for kind in view.kinds:
        view.show_view(kind.key)
        await asyncio.sleep(0.5)


async def _jump(view: View, event: int) -> float:
    """Look at an event: ms until the table is painted with it."""
    painted = Painted(_table(view))
    began = time.perf_counter()
    view.spotlight.look_at(event)
    _table(view).update()
    await _until(lambda: painted.at > 0)
    assert view.events.table.current_number() == event
    return (painted.at - began) * 1e3


def _table(view: View) -> QWidget:
    return view.events.table.viewport()


async def _filtered(view: View) -> dict[str, dict[str, float]]:
    """Filters over the whole: ms until the first hits are there, and until all are."""
    found: dict[str, dict[str, float]] = {}
    for name, expression in FILTERS.items():
        view.events.look_for("")
        await _until(lambda: view.events.model.rowCount() > WARM)
        await asyncio.sleep(0.3)
        began = time.perf_counter()
        view.events.look_for(expression)
        await _until(lambda: view.events.model.rowCount() > 0)
        first = time.perf_counter() - began
        await _until(lambda: view.events.model.order.seen >= view.feed.stop)
        found[name] = {"first": first * 1e3, "all": (time.perf_counter() - began) * 1e3}
        found[name]["hits"] = view.events.model.rowCount()
    return found


async def _until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110 - it comes between two turns of the loop, and tells nobody
        await asyncio.sleep(0.001)


def _draft(authority: str, kind: str, count: int, rate: int) -> Draft:
    duplex = kind.endswith("ws")
    url = f"{'ws' if duplex else 'http'}://{authority}/{kind}/{count}/{rate}"
    return Draft(channel=Choice("address", {"url": url}), protocol=Choice("websocket" if duplex else "sse"))


def _send(window: Window, authority: str, kind: str, count: int, rate: int) -> View:
    window.send(_draft(authority, kind, count, rate))
    view = window.live.current()
    assert view is not None
    return view


async def _sent(window: Window, authority: str, kind: str, count: int, rate: int) -> View:
    view = _send(window, authority, kind, count, rate)
    _show(view)
    await _over([view], Pulse())
    return view


def _show(view: View) -> None:
    for key in reversed(SHOWN):
        view.show_view(key)


async def _over(views: list[View], pulse: Pulse) -> None:
    """Wait until all was seen, then stop the pulse."""
    over = []
    for view in views:
        if view.live:
            done = asyncio.Event()
            view.feed.finished.connect(done.set)
            over.append(done.wait())
    await asyncio.gather(*over)
    pulse.stop()


def _window(script: Callable[[Window], Awaitable[None]]) -> None:
    """Play a script in a window that has done what it does at its start."""

    async def settled(window: Window) -> None:
        await asyncio.sleep(4)
        await script(window)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        gui_profile.empty(Path(folder))
        _played(Path(folder), settled, longest=600)


JOBS: dict[str, Callable[..., Any]] = {
    "flood": flood,
    "unwatched": unwatched,
    "text": text,
    "line": line,
    "large": large,
    "idle": idle,
    "prepared": prepared,
}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2:])))
