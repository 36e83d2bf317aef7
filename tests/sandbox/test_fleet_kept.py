"""What the fleet keeps: a restarted sandbox goes on where the last one was, and a killed one leaves no process."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest
from tests.sandbox.conftest import Running, start, stop
from tests.sandbox.fleets import SERVER, fleet, portion, record, shelf, until
from tests.sandbox.test_life import wait_gone

from streamscope.sandbox.fleet import storage
from streamscope.sandbox.fleet.processes import Entry, Kept, Processes, created
from streamscope.sandbox.packages import Package, Packages
from streamscope.sandbox.records import Change, Record, State

# Two children, one in a session of its own, and nobody heeds SIGTERM.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)"
subprocess.Popen([sys.executable, "-I", "-S", "-c", sleep])
subprocess.Popen([sys.executable, "-I", "-S", "-c", sleep], start_new_session=True)
"""


def register(profile: Path, name: str, program: str) -> None:
    folder = profile / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    line = [sys.executable, "-I", "-S", "-c", program]
    Packages(folder).add(Package(name=name, kind="command", command=line, health="/"))


def keep(profile: Path, *records: Record) -> None:
    (profile / "sandbox" / "services.json").write_bytes(msgspec.json.encode(State(services=list(records))))


def kept(profile: Path) -> dict[str, Record]:
    return {one.name: one for one in read(profile / "sandbox" / "services.json")}


def read(path: Path) -> list[Record]:
    return msgspec.json.decode(path.read_bytes(), type=State).services


def family(sandbox: Running, fulfilled: Callable[[list[psutil.Process]], bool]) -> list[psutil.Process]:
    """The sandbox's descendants, once they are as wanted."""
    for _ in range(3000):
        found = psutil.Process(sandbox.process.pid).children(recursive=True)
        if fulfilled(found):
            return found
        with pytest.raises(psutil.TimeoutExpired):
            psutil.Process(sandbox.process.pid).wait(0.005)
    raise AssertionError(found)


def serves(profile: Path) -> bool:
    """Whether a command has said so."""
    return any("serving" in path.read_text() for path in profile.rglob("*.log"))


@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_sandbox_and_what_is_wanted_runs_again(tmp_path: Path, ended: signal.Signals) -> None:
    register(tmp_path, "stubborn", STUBBORN + SERVER)
    wanted = record(portion("stubborn"), name="wanted", status="running")
    stopped = record(portion("stubborn"), name="stopped", status="stopped", wanted="stopped")
    broken = record(portion("stubborn"), name="broken", status="upgrading", changes=[Change(id="1", at=1)])
    keep(tmp_path, wanted, stopped, broken)
    sandbox = start(tmp_path, "--while-stdin")
    # Of each of the two that are wanted: its keeper, the command, and two children, one of them orphaned later.
    processes = family(sandbox, lambda found: len(found) == 8)
    sandbox.process.send_signal(ended)
    sandbox.process.wait(10)
    wait_gone(processes)
    stop(sandbox)
    states = kept(tmp_path)
    assert {name: one.wanted for name, one in states.items()} == {
        "wanted": "running", "stopped": "stopped", "broken": "running",
    }  # fmt: skip
    assert states["broken"].changes[0].result == "FAIL"
    again = start(tmp_path, "--while-stdin")
    family(again, lambda found: len(found) == 8)
    stop(again)
    assert kept(tmp_path)["stopped"].status == "stopped"


async def test_built_in_services_are_what_was_made_of_them(tmp_path: Path) -> None:
    first = start(tmp_path, "--while-stdin")
    stop(first)
    states = kept(tmp_path)
    assert {one.status for one in states.values() if one.built_in} == {"running", "stopped", "failed"}
    keep(tmp_path, *[one for one in states.values() if one.name not in ("ticks", "vision")])
    states = kept(tmp_path)
    again = start(tmp_path, "--while-stdin")
    names = {row["name"]: row["id"] for row in again.facts["services"]}
    assert names == {name: one.id for name, one in states.items()}
    stop(again)


async def test_a_state_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "services.json"
    for number, content in enumerate(["{half", '{"version": 99}'], 1):
        path.write_text(content)
        async with fleet(
            tmp_path, seeds=lambda: [record(portion("server"), status="stopped", wanted="stopped")]
        ) as one:
            assert len(one.all()) == 1
            assert one.aside is not None and one.aside.read_text() == content
        assert (tmp_path / f"services.unreadable-{number}").read_text() == content
    assert json.loads(path.read_text())["version"] == 1


async def test_what_was_under_way_is_finished(tmp_path: Path) -> None:
    def half_done() -> list[Record]:
        states = [("deleting", "stopped"), ("stopping", "stopped"), ("pending", "running"), ("failed", "running")]
        return [record(portion("server"), status=status, wanted=wanted) for status, wanted in states]

    async with fleet(tmp_path, seeds=half_done) as one:
        await until(lambda: [made.status for made in one.all()] == ["stopped", "running", "failed"])


async def test_two_sandboxes_of_a_profile_do_not_meddle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "ENDING_SECONDS", 0.1)
    async with fleet(tmp_path) as one:
        made = record(portion("server"))
        one.deploy(made)
        await until(lambda: made.status == "running")
        async with fleet(tmp_path) as other:
            assert (one.kept, other.kept) == (True, False)
            assert [here.status for here in other.all()] == ["stopped"]
            other.delete(made.id)
            await until(lambda: other.all() == [])
        assert made.status == "running"
        assert psutil.pid_exists(one.instances(made.id)[0].pid)
    assert [one.name for one in read(tmp_path / "services.json")] == [made.name]


def test_only_the_very_process_is_swept(tmp_path: Path) -> None:
    own = psutil.Process().pid
    others = [Entry(own, created(own) - 5, own, created(own) + 5), Entry(1 << 22, 1, 1 << 22, 1)]
    path = tmp_path / "processes-1.json"
    path.write_bytes(msgspec.json.encode(Kept(1 << 22, 1, others)))
    (tmp_path / "processes-2.json").write_text("{half")
    assert Processes(tmp_path).sweep() == 0
    assert list(tmp_path.iterdir()) == []
    parent = psutil.Process().ppid()
    path.write_bytes(msgspec.json.encode(Kept(parent, created(parent), [Entry(own, created(own), own, created(own))])))
    assert Processes(tmp_path).sweep() == 0
    assert path.exists()


def test_a_command_whose_keeper_was_killed_too_is_swept_at_the_next_start(tmp_path: Path) -> None:
    register(tmp_path, "stubborn", STUBBORN + SERVER)
    keep(tmp_path, record(portion("stubborn"), status="running"))
    sandbox = start(tmp_path, "--while-stdin")
    processes = family(sandbox, lambda found: len(found) == 4 and serves(tmp_path))
    commands = [one for one in processes if "keeper.py" not in " ".join(one.cmdline())]
    sandbox.process.send_signal(signal.SIGSTOP)
    for one in processes:
        if one not in commands:
            one.kill()
    sandbox.process.kill()
    sandbox.process.wait(10)
    again = start(tmp_path, "--while-stdin")
    in_group = [one for one in commands if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert len(in_group) <= 1  # which left the command's session
    for one in in_group:
        one.kill()
    stop(sandbox)
    stop(again)


async def test_to_a_caller_the_platform_was_never_away(tmp_path: Path) -> None:
    ran = [record(portion("server"), status=status, name=status) for status in ("running", "concerning", "upgrading")]
    async with fleet(tmp_path, seeds=lambda: ran) as one:
        assert [made.status for made in one.all()] == ["running"] * 3
        for made in one.all():
            await one.resumed(made.id)
            with one.calling(made.id) as passage:
                assert passage.port
        await until(lambda: {made.status for made in one.all()} == {"running"})
        await one.resumed("of nobody")


async def test_what_does_not_run_again_failed(tmp_path: Path) -> None:
    packages = shelf()
    packages.add("broken", "raise SystemExit(3)")
    async with fleet(tmp_path, packages, seeds=lambda: [record(portion("broken"), status="running")]) as one:
        (made,) = one.all()
        await one.resumed(made.id)
        await until(lambda: made.status == "failed")
        assert "3" in made.error
