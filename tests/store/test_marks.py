"""Marks of a recording: kept beside it, never at the cost of what was there."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.model.errors import StoreError
from streamscope.store import marks


@given(st.dictionaries(st.integers(0, 1 << 40), st.text(st.characters(codec=None), max_size=30), max_size=6))
def test_what_is_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, kept: dict[int, str]) -> None:
    folder = tmp_path_factory.mktemp("recording")
    marks.save(folder, kept)
    assert marks.load(folder) == kept
    assert [path.name for path in folder.iterdir()] == ([marks.NAME] if kept else [])


def test_none_leave_no_file(tmp_path: Path) -> None:
    assert marks.load(tmp_path / "nowhere") == {}
    marks.save(tmp_path, {3: "here"})
    marks.save(tmp_path, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"marks": [1]}', '{"version": 1, "marks": {"x": ""}}', "[" * 100_000]
)
def test_what_cannot_be_understood_is_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / marks.NAME).write_text(text)
    assert marks.load(tmp_path) == {}
    marks.save(tmp_path, {1: "new"})
    if text:
        assert (tmp_path / f"{marks.NAME}.unreadable-1").read_text() == text


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    text = json.dumps({"version": 2, "marks": {"1": {"words": "a", "colour": "red"}}})
    (tmp_path / marks.NAME).write_text(text)
    with pytest.raises(StoreError, match="newer"):
        marks.load(tmp_path)
    assert (tmp_path / marks.NAME).read_text() == text


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        marks.save(tmp_path / "file", {1: ""})
