"""Crashes, updates, scaling and interruptions: what the service is told to be, and that calls go on."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import httpcore
import psutil
import pytest
from tests.sandbox.fleets import FAST, Shelf, fleet, portion, record, shelf, until

from streamscope.sandbox.fleet import Fleet, NoneReadyError
from streamscope.sandbox.fleet.states import WrongStateError
from streamscope.sandbox.records import Health, Record, now

FAILS = "import sys; print('no model here'); sys.exit(3)"
SILENT = "import time; time.sleep(60)"


async def running(one: Fleet, made: Record) -> None:
    one.deploy(made)
    await until(lambda: made.status == "running")


async def ask(one: Fleet, made: Record, path: str = "/") -> str:
    """One call as a gateway makes it: what the program said."""
    with one.calling(made.id) as passage:
        async with httpcore.AsyncConnectionPool() as pool:
            answer = await pool.request("GET", f"http://127.0.0.1:{passage.port}{path}")
            passage.answered(answer.status)
            return answer.content.decode()


async def test_a_program_that_ends_at_once_fails_the_deployment_with_its_words(tmp_path: Path) -> None:
    packages = shelf()
    packages.add("fails", FAILS)
    async with fleet(tmp_path, packages) as one:
        made = record(portion("fails"))
        one.deploy(made)
        await until(lambda: made.status == "failed")
        assert made.error == "Model start failed: the program ended with exit code 3" + "\nno model here" * 3
        [view] = one.instances(made.id)
        assert (view.state, view.pid, view.restarts) == ("failed", 0, 2)
        assert [event.level for event in made.events].count("abnormal") >= 1
        with pytest.raises(NoneReadyError), one.calling(made.id):
            pass
        packages.add("fails", SILENT)
        made.portions[0].health = Health(seconds=0.2)
        one.start(made.id)
        await until(lambda: made.status == "failed")
        assert "did not pass within 0.2 seconds" in made.error
        made.deploy_minutes, made.portions[0].health = 0.01, Health(seconds=60)
        one.start(made.id)
        await until(lambda: made.status == "failed")
        assert made.error == "Deployment failed: it took more than 0.01 minutes."
        assert not [
            child for child in psutil.Process().children() if any("keeper.py" in word for word in child.cmdline())
        ]


async def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    packages = Shelf()
    packages.add("nothing", "")
    packages.packages["nothing"].command = ["/no/such/program"]
    async with fleet(tmp_path, packages) as one:
        made = record(portion("nothing"))
        one.deploy(made)
        await until(lambda: made.status == "failed")
        assert "/no/such/program" in made.error
        gone = record(portion("gone"))
        one.deploy(gone)
        await until(lambda: gone.status == "failed")
        assert gone.error == "Model start failed: the package gone 0.0.1 does not exist"


async def test_after_a_crash_the_others_serve_until_it_is_back(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(portion("server", count=2))
        await running(one, made)
        first, second = one.instances(made.id)
        assert {await ask(one, made) for _ in range(4)} == {f"nobody {first.pid}", f"nobody {second.pid}"}
        os.kill(first.pid, signal.SIGKILL)
        await until(lambda: made.status == "concerning")
        assert {await ask(one, made) for _ in range(4)} == {f"nobody {second.pid}"}
        await until(lambda: made.status == "running")
        assert one.instances(made.id)[0].restarts == 1
        assert "was killed by signal 9" in made.events[-1].text
        assert one.kill(made.id, second.name)
        await until(lambda: made.status == "concerning")
        await until(lambda: made.status == "running")
        assert not one.kill(made.id, "nobody")
        assert (made.calls, made.failures, one.per_minute(made.id)) == (8, 0, 8)


async def test_a_program_that_crashes_again_and_again_fails_the_service(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(portion("server"))
        await running(one, made)
        while made.status != "failed":
            await until(lambda: made.status in ("running", "failed"))
            if made.status == "running":
                with pytest.raises(httpcore.RemoteProtocolError):
                    await ask(one, made, "/crash")
                await until(lambda: made.status != "running")
        assert made.error.startswith("The model does not stay running: the program ended with exit code 7\n")
        assert made.failures == 3


async def test_an_update_drops_no_call(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(portion("server", environment={"NAME": "old"}))
        await running(one, made)
        old = one.instances(made.id)[0].pid
        stream = asyncio.ensure_future(ask(one, made, "/slow"))
        heard: list[str] = []
        await until(lambda: one.instances(made.id)[0].state == "running" and made.calls == 1)
        change = one.update(made.id, [portion("server", environment={"NAME": "new"}, count=2)], "1.0.1")
        assert (made.status, change.result) == ("upgrading", "RUNNING")
        while len(set(heard)) < 3:
            heard.append(await ask(one, made))
        assert await stream == "".join(f"{number:02d}" for number in range(20))
        assert heard == sorted(heard, key=lambda text: text.startswith("new"))
        assert (made.status, change.result, made.failures) == ("running", "SUCCESS", 0)
        await until(lambda: [view.state for view in one.instances(made.id)] == ["running", "running"])
        assert not psutil.pid_exists(old)
        assert [made.changes[-1].portions[0].count, made.changes[-1].before[0].count] == [2, 1]


async def test_an_update_that_fails_leaves_the_service_as_it_was(tmp_path: Path) -> None:
    packages = shelf()
    packages.add("fails", FAILS)
    async with fleet(tmp_path, packages) as one:
        made = record(portion("server"))
        await running(one, made)
        before = one.instances(made.id)
        change = one.update(made.id, [portion("fails")])
        with pytest.raises(WrongStateError):
            one.update(made.id, [portion("server")])
        await until(lambda: change.result != "RUNNING")
        assert (change.result, made.status, made.portions[0].package) == ("FAIL", "running", "server")
        assert change.error.startswith("the program ended with exit code 3\nno model here")
        await until(lambda: len(one.instances(made.id)) == 1)
        assert one.instances(made.id)[0].pid == before[0].pid
        assert await ask(one, made)
        slow = one.update(made.id, [portion("server", name="two", health=Health(path="/never/200?", seconds=60))])
        one.interrupt(made.id)
        assert made.status == "interrupting"
        await until(lambda: made.status == "running")
        assert (slow.result, slow.error) == ("FAIL", "it was interrupted")


async def test_what_is_deleted_in_mid_update_is_told_so_to_its_end(tmp_path: Path) -> None:
    async with fleet(tmp_path, delays=replace(FAST, deleting=0.2)) as one:
        made = record(portion("server"))
        await running(one, made)
        slow = one.update(made.id, [portion("server", name="two", health=Health(path="/never/200?", seconds=60))])
        one.delete(made.id)
        await until(lambda: slow.result == "FAIL")
        assert made.status == "deleting"
        await until(lambda: one.get(made.id) is None)


async def test_a_portion_is_scaled(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(portion("server"))
        await running(one, made)
        one.scale(made.id, "one", 3)
        assert made.status == "upgrading"
        await until(lambda: made.status == "running")
        assert [view.state for view in one.instances(made.id)] == ["running"] * 3
        one.scale(made.id, "", 1)
        await until(lambda: made.status == "running" and len(one.instances(made.id)) == 1)
        with pytest.raises(KeyError):
            one.scale(made.id, "nothing", 1)


async def test_a_deployment_is_interrupted_and_a_service_stops_when_it_is_due(tmp_path: Path) -> None:
    packages = shelf()
    packages.add("silent", SILENT)
    async with fleet(tmp_path, packages) as one:
        made = record(portion("silent"))
        one.deploy(made)
        await until(lambda: made.progress == 90)
        one.interrupt(made.id)
        await until(lambda: made.status == "stopped")
        due = record(portion("server"), due=now() + 200)
        one.deploy(due)
        await until(lambda: due.status == "stopped")
        assert (due.wanted, due.due) == ("stopped", 0)


async def test_calls_are_spread_by_weight(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(
            portion("server", name="big", weight=75, environment={"NAME": "big"}),
            portion("server", name="small", weight=25, environment={"NAME": "small"}),
        )
        await running(one, made)
        heard = [(await ask(one, made)).split()[0] for _ in range(8)]
        assert sorted(heard) == ["big"] * 6 + ["small"] * 2
        assert heard[:4] == heard[4:]


async def test_stopping_gives_calls_their_grace_and_deleting_does_not(tmp_path: Path) -> None:
    async with fleet(tmp_path) as one:
        made = record(portion("server", grace=10.0))
        await running(one, made)
        stream = asyncio.ensure_future(ask(one, made, "/slow"))
        await until(lambda: made.calls == 1)
        one.stop(made.id)
        assert len(await stream) == 40
        await until(lambda: made.status == "stopped")
        one.start(made.id)
        await until(lambda: made.status == "running")
        stream = asyncio.ensure_future(ask(one, made, "/slow"))
        await until(lambda: made.calls == 2)
        one.delete(made.id)
        with pytest.raises(httpcore.RemoteProtocolError):
            await stream
        await until(lambda: one.get(made.id) is None)
