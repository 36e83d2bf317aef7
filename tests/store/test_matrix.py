"""The last results of the matrix in a profile."""

import os
import stat
from pathlib import Path

from streamscope.model.draft import Draft
from streamscope.model.matrix import Cell
from streamscope.store.matrix import MatrixResults, results


def cell(recording: str = "") -> Cell:
    return Cell("chat", "v1", "token", "public", "https", True, True, 200, 1.5, id="1", recording=recording)


def test_results_come_back_for_their_own_workspace(tmp_path: Path) -> None:
    kept = results(tmp_path, writable=True)
    assert kept.load("a/b") == []
    kept.save("a/b", [cell()])
    kept.save("a b", [])
    assert results(tmp_path, writable=True).load("a/b") == [cell()]
    assert kept.load("a b") == []
    for name in ("文" * 300, "..", "CON"):
        kept.save(name, [cell()])
        assert kept.load(name) == [cell()]
    files = list((tmp_path / "matrix").glob("*.json"))
    assert len(files) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_what_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    kept = MatrixResults(tmp_path)
    kept.save("own", [cell()])
    (file,) = tmp_path.glob("*.json")
    file.write_text('{"version": 1, "cells": 5}')
    assert kept.load("own") == []
    assert [path.name for path in tmp_path.iterdir()] == [f"{file.name}.unreadable-1"]


def test_a_profile_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    kept = results(tmp_path, writable=False)
    kept.save("own", [cell()])
    assert kept.load("own") == []
    assert kept.recordings.new(Draft()).path is None
    assert not list(tmp_path.iterdir())


def test_recordings_that_no_result_names_go_in_time(tmp_path: Path) -> None:
    kept = MatrixResults(tmp_path)
    made = [kept.recordings.new(Draft()) for _ in range(4)]
    old, named, fresh, held = (exchange.path for exchange in made)
    for exchange in made[:3]:
        exchange.close()
    made = [made[3]]  # the last one is still open
    for path in (old, named, held):
        os.utime(path, (1, 1))
    kept.save("other", [cell(str(named))])
    assert {path for path in (old, named, fresh, held) if path.exists()} == {named, fresh, held}
    made[0].close()
