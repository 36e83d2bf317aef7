"""Recordings of a profile from the command line: listed, looked at, pruned."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.program import Result
from tests.store.events import REQUEST

from streamscope.model.draft import Draft
from streamscope.store.recordings import Recordings

Bare = Callable[..., Result]


def recorded(profile: Path, days: float) -> Path:
    exchange = Recordings(profile / "recordings").new(Draft())
    exchange.append(REQUEST)
    exchange.close()
    path = exchange.path
    assert path is not None
    del exchange
    then = time.time() - days * 86_400
    for file in path.iterdir():
        os.utime(file, (then, then))
    return path


def test_recordings_are_listed_and_pruned(bare: Bare, tmp_path: Path) -> None:
    assert bare("recordings", "--profile", tmp_path).err == "There are no recordings yet.\n"
    old, young = recorded(tmp_path, 31), recorded(tmp_path, 1)
    rows = bare("recordings", "--profile", tmp_path, "--output", "json").json
    assert {row["path"] for row in rows} == {str(old), str(young)}
    assert {row["request"] for row in rows} == {"POST http://127.0.0.1/x"}
    told = bare("recordings", "--profile", tmp_path, "--prune")
    assert told.err == "1 recordings removed\n"
    assert str(young) in told.text
    assert not old.exists()


def test_a_listed_one_is_looked_at(bare: Bare, tmp_path: Path) -> None:
    path = recorded(tmp_path, 0)
    result = bare("inspect", path, "--output", "events")
    assert result.events[0]["url"] == "http://127.0.0.1/x"
    found = bare("inspect", path, "--find", "sse", "--kind", "request")
    assert (len(found.events), found.err) == (1, "1 of 1 events\n")
    assert bare("inspect", path, "--find", "(").code == 2
