"""The fleet: services are deployed, stopped, started and deleted, as real processes."""

import stat
from pathlib import Path

import httpx
import psutil
import pytest
from tests.sandbox.fleets import fleet, portion, record, until

from streamscope.sandbox.fleet import WrongStateError


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
