"""Recordings leave by age and by size, the oldest first, and never while they are open."""

import os
import subprocess
import sys
import time
from pathlib import Path

from streamscope.model.draft import Draft
from streamscope.model.event import Read
from streamscope.store.pruning import Quota, prune, quota
from streamscope.store.recordings import Exchange, Recordings, opened
from streamscope.store.settings import Settings

DAY = 86_400


def recorded(folder: Path, days: float, size: int = 100_000, name: str = "") -> Path:
    """A closed recording of an age and about a size."""
    path = folder / (name or f"{days}-days")
    exchange = Exchange(Draft(), path)
    exchange.append(Read(1, 1, size, b"x" * size))
    exchange.close()
    del exchange
    then = time.time() - days * DAY
    for file in path.iterdir():
        os.utime(file, (then, then))
    return path


def test_the_old_ones_leave(tmp_path: Path) -> None:
    old, young = recorded(tmp_path, 31), recorded(tmp_path, 29)
    assert prune(tmp_path, Quota(30, 0)) == [old]
    assert [path.name for path in tmp_path.iterdir()] == [young.name]
    assert prune(tmp_path, Quota(0, 0)) == []


def test_too_much_leaves_oldest_first(tmp_path: Path) -> None:
    paths = [recorded(tmp_path, days) for days in (1, 4, 3, 2)]
    assert prune(tmp_path, Quota(0, 0.25)) == [paths[1], paths[2]]
    assert sorted(tmp_path.iterdir()) == sorted([paths[0], paths[3]])


def test_one_that_is_open_stays(tmp_path: Path) -> None:
    live = Exchange(Draft(), tmp_path / "live")
    closed = recorded(tmp_path, 40)
    looked_at = opened(recorded(tmp_path, 50))
    then = time.time() - 90 * DAY
    for file in (tmp_path / "live").iterdir():
        os.utime(file, (then, then))
    assert prune(tmp_path, Quota(30, 0)) == [closed]
    assert len(looked_at) == 1
    del looked_at, live
    assert len(prune(tmp_path, Quota(30, 0))) == 2


def test_one_that_another_process_has_open_stays_until_that_is_killed(tmp_path: Path) -> None:
    path = recorded(tmp_path, 40)
    code = f"""
import sys
from pathlib import Path
from streamscope.store.recordings import opened
exchange = opened(Path({str(path)!r}))
print("open", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        assert prune(tmp_path, Quota(30, 0)) == []
        process.kill()
        process.wait(10)
    assert prune(tmp_path, Quota(30, 0)) == [path]


def test_what_is_no_recording_stays(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    assert prune(tmp_path, Quota(0.000001, 0.000001)) == []
    assert prune(tmp_path / "missing", Quota(1, 1)) == []


def test_the_settings_say_how_much(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.toml", [])
    assert quota(settings) == Quota(30, 4000)
    settings.set("recordings_days", "0.5")
    settings.set("recordings_megabytes", "0")
    assert quota(settings) == Quota(0.5, 0)
    assert Recordings(None).prune(Quota(1, 1)) == []
