"""The fleet: services are deployed, stopped, started and deleted, as real processes."""

import os
import stat
from pathlib import Path

import httpx
import psutil
import pytest
from tests.sandbox.fleets import SERVER, fleet, portion, record, shelf, until

from streamscope.sandbox.fleet import WrongStateError
from streamscope.sandbox.fleet.delays import QUICK, REALISTIC, STAGES
from streamscope.sandbox.fleet.logs import KEPT, Logs


@pytest.mark.parametrize("package", ["server", "classify"])
async def test_a_service_is_deployed_stopped_started_and_deleted(tmp_path: Path, package: str) -> None:
    async with fleet(tmp_path) as one, httpx.AsyncClient() as client:
        made = record(portion(package))
        one.deploy(made)
        assert (made.status, one.get(made.id)) == ("pending", made)
        await until(lambda: made.status == "running")
        assert made.progress == 100
        texts = [event.text for event in made.events]
        assert texts[1] == f"building image for model [{package} 0.0.1]"
        assert texts[-1] == "starting model"
        [view] = one.instances(made.id)
        assert (view.state, view.restarts, view.portion) == ("running", 0, "one")
        assert view.memory > 1_000_000
        assert one.direct_ports[made.id] == view.port
        assert (await client.get(f"http://127.0.0.1:{view.port}/health")).status_code == 200
        with pytest.raises(WrongStateError):
            one.start(made.id)
        one.stop(made.id)
        assert made.status == "stopping"
        await until(lambda: made.status == "stopped")
        assert not psutil.pid_exists(view.pid)
        assert (one.instances(made.id), one.direct_ports) == ([], {})
        one.start(made.id)
        await until(lambda: made.status == "running")
        [again] = one.instances(made.id)
        assert again.pid != view.pid
        one.delete(made.id)
        await until(lambda: one.get(made.id) is None)
        assert one.all() == []
        assert not psutil.pid_exists(again.pid)
        assert not (tmp_path / "logs" / made.id).exists()


def modes(folder: Path) -> set[int]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name.rpartition(".")[2] for path in files} == {"json", "lock", "log"}
    return {stat.S_IMODE(path.stat().st_mode) for path in files}


async def test_the_state_and_the_logs_are_their_owners_alone(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(portion("server", environment={"NAME": "somebody"}))
        one.deploy(made)
        await until(lambda: made.status == "running")
        assert one.log(made.id) == ["serving as somebody"]
        assert modes(tmp_path) == {0o600}


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.log*"))


async def test_a_log_is_bounded_and_its_end_is_told(tmp_path: Path) -> None:
    noisy = "for number in range(60_000): print('line', number, 'x' * 40, flush=number > 59_990)\n"
    packages = shelf()
    packages.add("noisy", noisy + SERVER)
    async with fleet(tmp_path, packages) as one:
        made = record(portion("noisy", environment={"NAME": "me"}))
        one.deploy(made)
        await until(lambda: one.log(made.id)[-1:] == ["serving as me"])
        [view] = one.instances(made.id)
        lines = one.log(made.id, view.name, 3)
        assert [line.split()[:2] for line in lines] == [["line", "59998"], ["line", "59999"], ["serving", "as"]]
        assert size(tmp_path) <= 1_000_000
        assert len(one.log(made.id, lines=5000)) == 5000
        assert one.log(made.id, "nobody") == one.log("nothing") == []


def test_the_oldest_logs_go_but_none_of_the_living(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    for number in range(KEPT + 3):
        path = logs.path("one", f"name-{number}")
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{number}\n")
        os.utime(path, (number, number))
    logs.prune("one", {"name-1"})
    assert logs.lines("one", "", 100) == ["1", *(str(number) for number in range(3, KEPT + 3))]


def test_realistic_delays_are_as_long_as_the_platforms() -> None:
    total = REALISTIC.pending + sum(REALISTIC.stage(stage) for stage in STAGES)
    assert 60 <= total <= 180
    assert QUICK.pending + sum(QUICK.stage(stage) for stage in STAGES) < 1
