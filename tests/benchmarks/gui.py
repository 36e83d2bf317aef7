"""Benchmarks of the whole window: how soon it is there with much in the profile, how fluid, how quick a key is."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import gui_profile
from tests.benchmarks.counterpart import LONGEST, ROOT, Row, compared, https_server

ROUNDS = 5
MOST_READY = 1.5
STALL_MS, TAB_MS, PRESS_MS, IDLE_PERCENT, FRAME_MS = 50.0, 30.0, 3.0, 0.5, 33.0
GRID_ROWS = 500


def gui() -> list[Row]:
    """All of the window's rows."""
    return [*gui_ready(), *gui_send(), *gui_tabs(), *gui_idle(), *gui_matrix()]


def gui_ready() -> list[Row]:
    """Process start to services that are shown, profile full or empty; the longest stall of a start on a full one, and
    of its refreshes: medians over the starts, each of which has every stall that is the program's own (ms)."""
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder) / "full", Path(folder) / "empty"
        gui_profile.full(full)
        gui_profile.empty(empty)
        found: dict[str, list[dict[str, float]]] = {"full": [], "empty": []}
        for _ in range(ROUNDS):
            found["empty"].append(_job("ready", empty, time.perf_counter()))
            found["full"].append(_job("ready", full, time.perf_counter()))
    times = {kind: [one["ready"] for one in ones] for kind, ones in found.items()}
    stalls = {name: statistics.median(one[name] for one in found["full"]) for name in ("load_stall", "refresh_stall")}
    return [
        compared("gui_ready_ms", times["full"], times["empty"], MOST_READY),
        _most("gui_load_stall_ms", stalls["load_stall"], STALL_MS),
        _most("gui_refresh_stall_ms", stalls["refresh_stall"], STALL_MS),
    ]


def gui_send() -> list[Row]:
    """Ctrl+Return to the request on the wire, beside `send` of the same warm core (ms)."""
    with tempfile.TemporaryDirectory() as folder, https_server(Path(folder)) as (url, cert):
        profile = Path(folder) / "profile"
        gui_profile.empty(profile)
        window, core = _job("pressed", profile, url, cert)
    value, floor = sorted(window)[len(window) // 2], sorted(core)[len(core) // 2]
    return [Row("gui_send_ms", value, floor, value / floor, f"floor + {PRESS_MS:g}", value - floor <= PRESS_MS)]


def gui_tabs() -> list[Row]:
    """200 open requests: to switch to another until it is painted, the longest stall meanwhile (ms)."""
    with tempfile.TemporaryDirectory() as folder:
        gui_profile.empty(Path(folder))
        found = _job("tabs", folder)
    return [
        _most("gui_tab_ms", found["median"], TAB_MS),
        _most("gui_tab_p99_ms", found["p99"], TAB_MS),
        _most("gui_tab_stall_ms", found["stall"], STALL_MS),
    ]


def gui_idle() -> list[Row]:
    """Per cent of a core that an idle window takes."""
    with tempfile.TemporaryDirectory() as folder:
        gui_profile.empty(Path(folder))
        share = _job("idle", folder)
    return [_most("gui_idle_percent", share, IDLE_PERCENT)]


def gui_matrix() -> list[Row]:
    """The access matrix with 500 rows: the worst frame while it fills and while it scrolls (ms)."""
    with tempfile.TemporaryDirectory() as folder:
        found = _job("grid", GRID_ROWS, folder)
    return [
        _most("gui_matrix_open_ms", found["laid"], STALL_MS),
        _most("gui_matrix_fill_ms", found["filling"], FRAME_MS),
        _most("gui_matrix_scroll_ms", found["scrolling"], FRAME_MS),
    ]


def _most(name: str, value: float, most: float) -> Row:
    return Row(name, value, most, value / most, f"≤ {most:g}", value <= most)


def _job(name: str, *arguments: object) -> Any:
    command = [sys.executable, "-m", "tests.benchmarks.gui_jobs", name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=LONGEST, check=True)
    return json.loads(done.stdout.splitlines()[-1])
