"""Benchmarks of the window with a platform of many services: shown, filtered, refreshed, one of them managed (ms)."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.counterpart import Row
from tests.benchmarks.watching import server

COUNT, REFRESHED = 10_000, 1_000
SHOWN_MS, KEY_MS, STALL_MS = 2000.0, 16.0, 50.0
ROUNDS = 5


def managing() -> list[Row]:
    """Until 10,000 services are shown, the slowest key in their filter; what a refresh of 1,000 adds to the longest
    stall of a window that does nothing; the same while one of them has its page open."""
    shown, key = _played(COUNT, _listed)
    floor, stall, paged = _played(REFRESHED, _refreshed)
    return [
        Row("managing_10000_shown_ms", shown, SHOWN_MS, shown / SHOWN_MS, f"≤ {SHOWN_MS:g} ms", shown <= SHOWN_MS),
        Row("managing_10000_key_ms", key, KEY_MS, key / KEY_MS, f"≤ {KEY_MS:g} ms", key <= KEY_MS),
        _stall("managing_1000_refresh_stall_ms", stall, floor),
        _stall("managing_1000_page_stall_ms", paged, floor),
    ]


def _stall(name: str, value: float, floor: float) -> Row:
    return Row(name, value, floor, value / max(floor, 0.1), f"≤ floor + {STALL_MS:g}", value - floor <= STALL_MS)


def _played(count: int, script: object) -> list[float]:
    from tests.gui.managed import Room

    from streamscope.gui import loop
    from streamscope.gui.app import application
    from streamscope.gui.desk import opened
    from streamscope.gui.theme import theme
    from streamscope.store.bench import open_bench

    app = application()
    theme.wear(app, "light")
    found: list[float] = []

    async def main(folder: Path) -> None:
        desk = await asyncio.to_thread(opened, open_bench(folder))
        room = Room(desk)
        room.show()
        room.services.set_workspaces([desk.bench.workspaces.get("work")])
        try:
            found.extend(await script(room))  # type: ignore[operator]
        finally:
            room.managing.close()
            room.refreshing.close()
            await asyncio.gather(*room.tasks, return_exceptions=True)
            await asyncio.to_thread(desk.close)
            room.close()

    with server(count) as workspace, tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        open_bench(folder).workspaces.save(workspace)
        loop.run(app, main(folder))
    return found


async def _listed(room: object) -> list[float]:
    """From asking for the list until it is painted; the slowest of some keys."""
    from tests.gui.managed import Room

    assert isinstance(room, Room)
    workspace = room.desk.bench.workspaces.get("work")
    began = time.perf_counter()
    await room.refreshing.read(workspace)
    room.services.tree.viewport().repaint()
    shown = (time.perf_counter() - began) * 1e3
    assert len(room.services.model.branches[0].services) == COUNT
    await asyncio.sleep(1.5)  # the list is being kept in the profile meanwhile
    keys = []
    for text in ("9", "99", "999", "running", "zzz", ""):
        times = []
        for _ in range(3):
            room.services.filter.setText("")
            began = time.perf_counter()
            room.services.filter.setText(text)
            room.services.tree.viewport().repaint()
            times.append((time.perf_counter() - began) * 1e3)
        keys.append(min(times))
    return [shown, max(keys)]


async def _refreshed(room: object) -> list[float]:
    """The longest stall of a window that rests, that reads 1,000 services again, and that shows a page meanwhile."""
    from tests.benchmarks.gui_jobs import Heart
    from tests.gui.managed import Room

    assert isinstance(room, Room)
    workspace = room.desk.bench.workspaces.get("work")
    await room.refreshing.read(workspace)
    await asyncio.sleep(1.0)
    heart = Heart()

    async def resting() -> None:
        await asyncio.sleep(0.5)

    async def reading() -> None:
        await room.refreshing.read(workspace)
        await asyncio.sleep(0.3)

    async def longest(does: object) -> float:
        stalls = []
        for _ in range(ROUNDS):
            heart.start()
            await does()  # type: ignore[operator]
            stalls.append(heart.longest())
        return sorted(stalls)[ROUNDS // 2]

    rests, reads = await longest(resting), await longest(reading)
    page = room.managing.open(room.services.model.branches[0].services[0])
    page.show_section("instances")
    await asyncio.sleep(0.5)
    return [rests, reads, await longest(reading)]


if __name__ == "__main__":
    for row in managing():
        sys.stdout.write(f"{row.name} {row.value:.1f} floor {row.floor:.1f} {'ok' if row.ok else 'TOO MUCH'}\n")
