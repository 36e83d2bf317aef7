"""Benchmarks of the window: how soon it is there, and how true its times are while it paints."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from httpx_sse import aconnect_sse
from tests.benchmarks.counterpart import Row, compared, https_server

STREAMS = 15
FRAME_MS = 33.0

# Both say so on standard output at their first paint, so that the parent's clock measures whole processes.
BARE = """
import PySide6.QtCore, qasync, os, sys
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        print("painted", flush=True); os._exit(0)
app = QApplication([]); window = Window(); window.resize(1280, 800); window.show()
loop = qasync.QEventLoop(app); loop.run_forever()
"""
OURS = """
import os, sys
from pathlib import Path
from streamscope.__main__ import main
from streamscope.gui.window import Window
painted = Window.paintEvent
def paint(self, event):
    painted(self, event); print("painted", flush=True); os._exit(0)
Window.paintEvent = paint
main(["--profile", sys.argv[1]])
"""


def window_ready() -> list[Row]:
    """Process start to first paint, offscreen, beside a bare window that also imports qasync (ms)."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(9):
            bare.append(_painted([sys.executable, "-c", BARE]))
            ours.append(_painted([sys.executable, "-c", OURS, folder]))
    return [compared("window_ready_ms", ours[1:], bare[1:], 2.5)]


def _painted(command: list[str]) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = (time.perf_counter() - began) * 1e3
    assert line == "painted\n", line
    return took


def first_token() -> list[Row]:
    """Delay from the server's write of the first token to its stamp and to its painting, beside bare httpx-sse (ms)."""
    with tempfile.TemporaryDirectory() as folder, https_server(Path(folder)) as (url, cert):
        bare = asyncio.run(_bare(url, str(cert)))
        stamped, painted = _through_the_window(Path(folder), url, str(cert))
    floor = sorted(bare)[len(bare) // 2]
    rows = []
    for name, values, more in (("ttft_stamp_ms", stamped, 5.0), ("ttft_painted_ms", painted, 5.0 + FRAME_MS)):
        value = sorted(values)[len(values) // 2]
        rows.append(Row(name, value, floor, value / floor, f"floor + {more:g}", value - floor <= more))
    return rows


async def _bare(url: str, cert: str) -> list[float]:
    delays = []
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=cert)) as client:
        for _ in range(STREAMS):
            async with aconnect_sse(client, "POST", f"{url}/stream", content=b"{}") as source:
                first = True
                async for event in source.aiter_sse():
                    if first:
                        delays.append((time.perf_counter_ns() - _written(event.data)) / 1e6)
                        first = False
    return delays


def _written(data: str) -> int:
    """When the server wrote a chunk, by the monotonic clock that the processes of a machine share (ns)."""
    return int(json.loads(data)["id"])


def _through_the_window(folder: Path, url: str, cert: str) -> tuple[list[float], list[float]]:
    from PySide6.QtCore import QEvent, QObject

    from streamscope.gui import loop
    from streamscope.gui.app import application
    from streamscope.gui.desk import opened
    from streamscope.gui.session import Session
    from streamscope.gui.window import Window
    from streamscope.model.draft import Body, Choice, Draft
    from streamscope.model.event import Message
    from streamscope.store.bench import open_bench

    class Eye(QObject):
        """Notes when the text was first painted with something in it."""

        def __init__(self, view: object) -> None:
            super().__init__()
            self.view, self.at = view, 0
            view.viewport().installEventFilter(self)  # type: ignore[attr-defined]

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if not self.at and event.type() == QEvent.Type.Paint and self.view.toPlainText():  # type: ignore[attr-defined]
                self.at = time.perf_counter_ns()
            return False

    app = application()
    bench = open_bench(folder / "profile")
    draft = Draft(
        channel=Choice("address", {"url": f"{url}/stream"}),
        protocol=Choice("sse"),
        body=Body("text", text="{}"),
        ca=cert,
    )
    stamped, painted = [], []

    async def play() -> None:
        window = Window(bench)
        window.resize(1280, 800)
        window.show()
        desk = await asyncio.to_thread(opened, bench)
        window.desk = desk
        window.session = Session(window, desk)  # the core, without reading any platform's services
        window.composer.fill(desk.shelves)
        window.new_draft()
        for _ in range(STREAMS):
            window.send(draft)
            view = window.live.current()
            eye = Eye(view.text.main)
            done = asyncio.Event()
            view.feed.finished.connect(done.set)
            await done.wait()
            first = next(event for event in view.exchange.events(0, 1000) if isinstance(event, Message))
            written = _written(first.payload.decode())
            stamped.append((view.exchange.start + first.t - written) / 1e6)
            painted.append((eye.at - written) / 1e6)
        await asyncio.to_thread(desk.close)
        window.close()

    loop.run(app, play())
    return stamped[2:], painted[2:]
