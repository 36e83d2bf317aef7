"""A Python file deployed: what it prints and what breaks in it is told in its service's log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from tests.sandbox.fleets import FAST, portion, record, until

from streamscope.sandbox.fleet import Fleet
from streamscope.sandbox.packages import Package, Packages, command
from streamscope.sandbox.records import Record


@asynccontextmanager
async def deployed(folder: Path, source: str) -> AsyncIterator[tuple[Fleet, Record]]:
    """A fleet with a file that was registered, has changed since, and is being deployed."""
    file = folder / "predict.py"
    file.write_text("def predict(inputs): ...")
    packages = Packages(folder)
    packages.add(Package(name="mine", kind="python", file=str(file), seconds=20))
    file.write_text(source)
    fleet = Fleet(folder, packages, command, delays=FAST)
    await fleet.begin()
    made = record(portion("mine"))
    fleet.deploy(made)
    try:
        yield fleet, made
    finally:
        await fleet.close()


async def test_what_breaks_in_a_call_is_in_the_log(tmp_path: Path) -> None:
    source = "print('ready to go')\ndef predict(inputs):\n    return inputs['no such word']\n"
    async with deployed(tmp_path, source) as (fleet, made):
        await until(lambda: made.status == "running")
        (instance,) = fleet.instances(made.id)
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"http://127.0.0.1:{instance.port}/", json={})
        assert answer.status_code == 500
        assert answer.json()["error"] == {"type": "KeyError", "message": "'no such word'"}
        await until(lambda: fleet.log(made.id)[-1:] == ["KeyError: 'no such word'"])
        log = fleet.log(made.id)
        assert log[0] == "ready to go"
        assert any("predict.py" in line and "line 3" in line for line in log)


async def test_what_cannot_be_loaded_fails_with_its_own_line(tmp_path: Path) -> None:
    async with deployed(tmp_path, "import no_such_module\ndef predict(inputs): ...\n") as (fleet, made):
        await until(lambda: made.status == "failed")
        assert "line 1: ModuleNotFoundError: No module named 'no_such_module'" in made.error
        assert all("no_such_module" in line for line in fleet.log(made.id))
