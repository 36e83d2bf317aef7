"""Whatever is asked for in whatever order: in the end a service is what was wanted last, and nothing else runs."""

import asyncio
import random
from pathlib import Path

import psutil
import pytest
from tests.sandbox.fleets import fleet, portion, record, shelf, until

from streamscope.sandbox.fleet import Fleet, WrongStateError
from streamscope.sandbox.fleet.states import CHANGING
from streamscope.sandbox.records import Record

STEPS = 14


def keepers() -> set[int]:
    """Those of this process."""
    found = set()
    for child in psutil.Process().children():
        try:
            if any("keeper.py" in word for word in child.cmdline()):
                found.add(child.pid)
        except psutil.Error:
            continue
    return found


def ask(one: Fleet, made: Record, luck: random.Random) -> None:
    what = luck.choice(["start", "stop", "update", "update", "fail", "scale", "scale", "interrupt", "kill", "call"])
    number = made.id
    if what == "update":
        name = luck.choice(["one", "two"])
        one.update(number, [portion("server", name=name, count=luck.randint(1, 2), environment={"NAME": name})])
    elif what == "fail":
        one.update(number, [portion("fails")])
    elif what == "scale":
        one.scale(number, made.portions[0].id, luck.randint(1, 3))
    elif what == "kill":
        for view in one.instances(number)[:1]:
            one.kill(number, view.name)
    elif what != "call":
        getattr(one, what)(number)


@pytest.mark.parametrize("seed", range(2))
async def test_it_comes_to_rest(tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    packages = shelf()
    packages.add("fails", "raise SystemExit(1)")
    before = keepers()
    async with fleet(tmp_path, packages) as one:
        made = record(portion("server"))
        one.deploy(made)
        for _ in range(STEPS):
            try:
                ask(one, made, luck)
            except WrongStateError:
                await asyncio.sleep(luck.random() / 5)
            await asyncio.sleep(luck.random() / 20)
        await until(lambda: made.status not in CHANGING and made.status != "concerning", 30)
        await until(lambda: all(view.state in ("running", "failed", "ended") for view in one.instances(made.id)))
        alive = [view for view in one.instances(made.id) if view.state == "running"]
        wanted = sum(part.count for part in made.portions) if made.status == "running" else 0
        assert (len(alive), made.wanted) == (wanted, "stopped" if made.status == "stopped" else "running")
        await until(lambda: len(keepers() - before) == wanted)
        assert not any(change.result == "RUNNING" for change in made.changes)
        one.delete(made.id)
        await until(lambda: one.get(made.id) is None)
        assert keepers() == before
