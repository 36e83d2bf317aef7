"""Benchmarks of the live pane: the real window under a flood, with a million events, and at rest.

The server runs in a process of its own. `LIVE_SECONDS` says how long floods last (10 s by default); `live_flood_60` is
the whole minute, with all of its memory. Where Xvfb is installed, `live_xvfb` shows the flood on a real screen, too.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.counterpart import ROOT, Row, stream_server

SECONDS = float(os.environ.get("LIVE_SECONDS", "10"))
RATE, TOKENS, EACH, TABS = 20_000, 50_000, 1_000, 10
EVENTS = 1_200_000
LATE_P99, LATE_WORST, BEHIND = 16.0, 80.0, 100.0
TEXT_P99, TEXT_WORST = 25.0, 120.0
GROWTH_MB, JUMP_MS, OPEN_MS, FIRST_MS, ALL_MS = 150.0, 50.0, 500.0, 100.0, 1500.0
IDLE_PERCENT, BUSY_PERCENT, STAMP_MS = 0.5, 25.0, 3.0
_LONGEST = 900.0


def live_flood() -> list[Row]:
    """20,000 SSE events a second, Events shown and following; stamps beside those of an unwatched run."""
    return _flood("flood", SECONDS)


def live_flood_60() -> list[Row]:
    """The same for a minute: 1.2 million events, and how much memory they take."""
    return _flood("flood_60", 60.0, growth=True)


def live_websocket() -> list[Row]:
    """20,000 WebSocket messages a second."""
    with stream_server() as server:
        return _watched("websocket", _job("flood", server, "paced_ws", SECONDS, RATE, 1))


def live_ten() -> list[Row]:
    """10 streams with 1,000 events a second, in 10 tabs."""
    with stream_server() as server:
        return _watched("ten", _job("flood", server, "paced", SECONDS, EACH, TABS))


def live_thousand() -> list[Row]:
    """Per cent of a core that the window's thread takes at 1,000 events a second."""
    with stream_server() as server:
        found = _job("flood", server, "paced", SECONDS, EACH, 1)
    return [_most("live_thousand_percent", found["gui_percent"], BUSY_PERCENT)]


def live_text() -> list[Row]:
    """50,000 tokens a second into Text; and a line of 5 MB without a break."""
    rows = []
    for name, found in (("text", _job("text", SECONDS / 2, TOKENS)), ("line", _job("line", 5))):
        rows += [
            _most(f"live_{name}_late_p99_ms", found["late"]["p99"], TEXT_P99),
            _most(f"live_{name}_late_worst_ms", found["late"]["worst"], TEXT_WORST),
            _all(f"live_{name}_complete", found["complete"]),
        ]
    return rows


def live_large() -> list[Row]:
    """A recording of 1.2 million events: opened, jumped in, filtered, all views shown; and a window at rest."""
    with tempfile.TemporaryDirectory() as folder:
        _job("prepared", folder, EVENTS)
        found = _job("large", folder, EVENTS)
        rest = _job("idle", folder)
    rows = [
        _most("live_open_ms", found["open"], OPEN_MS),
        _most("live_large_late_worst_ms", found["late"]["worst"], LATE_WORST),
        _most("live_growth_mb", found["growth"], GROWTH_MB),
        _most("live_jump_p99_ms", found["jumps"]["p99"], JUMP_MS),
    ]
    for name, took in found["filters"].items():
        rows.append(_most(f"live_filter_{name}_first_ms", took["first"], FIRST_MS))
        rows.append(_most(f"live_filter_{name}_ms", took["all"], ALL_MS))
    return [*rows, _most("live_idle_percent", rest["percent"], IDLE_PERCENT)]


def live_xvfb() -> list[Row]:
    """The flood on a real screen; nothing where there is none."""
    with _screen() as display, stream_server() as server:
        if not display:
            return []
        environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        return _watched("xvfb", _job("flood", server, "paced", SECONDS, RATE, 1, more=environment))


def _flood(name: str, seconds: float, *, growth: bool = False) -> list[Row]:
    with stream_server() as server:
        bare = _job("unwatched", server, "paced", min(seconds, SECONDS), RATE, 1)["stamps"]["p99"]
        found = _job("flood", server, "paced", seconds, RATE, 1)
    late = found["stamps"]["p99"]
    reach = f"floor + {STAMP_MS:g}"
    rows = [
        *_watched(name, found),
        Row(f"live_{name}_stamp_ms", late, bare, late / bare, reach, late - bare <= STAMP_MS),
    ]
    return [*rows, _most(f"live_{name}_growth_mb", found["growth"], GROWTH_MB)] if growth else rows


def _watched(name: str, found: dict[str, Any]) -> list[Row]:
    return [
        _most(f"live_{name}_late_p99_ms", found["late"]["p99"], LATE_P99),
        _most(f"live_{name}_late_worst_ms", found["late"]["worst"], LATE_WORST),
        _most(f"live_{name}_behind_ms", found["behind"]["worst"], BEHIND),
        _all(f"live_{name}_complete", found["complete"]),
    ]


def _most(name: str, value: float, most: float) -> Row:
    return Row(name, value, most, value / most, f"≤ {most:g}", value <= most)


def _all(name: str, complete: bool) -> Row:
    return Row(name, float(complete), 1.0, float(complete), "= 1", complete)


@contextmanager
def _screen() -> Iterator[str]:
    """A display that is nobody's: the one that is set, else an Xvfb's; '' where there is none."""
    program = shutil.which("Xvfb")
    if os.environ.get("DISPLAY") or program is None:
        yield os.environ.get("DISPLAY", "")
        return
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


def _job(name: str, *arguments: object, more: dict[str, str] | None = None) -> Any:
    command = [sys.executable, "-m", "tests.benchmarks.live_jobs", name, *map(str, arguments)]
    environment = {**os.environ, **(more or {})}
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=_LONGEST, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])
