"""Open drafts survive: a restart, a crash in mid-write, broken files, a second program."""

import json
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from tests.store.drafts import drafts as any_drafts

from streamscope.model.draft import Body, Choice, Draft
from streamscope.model.phrase import Phrase
from streamscope.store.drafts import CLOSED, Drafts, Layout
from streamscope.store.secrecy import without_secrets


def store(folder: Path) -> Drafts:
    return Drafts(folder, [])


def test_open_ones_are_there_again_in_their_order(tmp_path: Path) -> None:
    first = store(tmp_path / "d")
    for key in ("a", "b", "c"):
        first.keep(key, Draft(path=f"/{key}"), path=f"/f/{key}.yaml", base="s", state=f"cursor {key}")
    first.arrange(["c", "a", "b"], "a")
    first.keep("w", Draft(path="/w"), window="2")
    first.arrange(["w"], "w", window="2")
    first.end()
    again = store(tmp_path / "d")
    found = again.load_all()
    assert [kept.key for kept in found] == ["c", "a", "b", "w"]
    assert (found[0].path, found[0].base, found[0].state) == ("/f/c.yaml", "s", "cursor c")
    assert again.layout() == Layout(("c", "a", "b"), "a")
    assert (again.windows(), found[3].window) == (["", "2"], "2")
    again.end()


def test_only_the_changed_file_is_written(tmp_path: Path) -> None:
    drafts = store(tmp_path / "d")
    for key in ("a", "b"):
        drafts.keep(key, Draft())
    drafts.arrange(["a", "b"], "a")
    drafts.flush()
    before = {path.name: path.stat().st_ino for path in (tmp_path / "d").iterdir()}
    drafts.keep("a", Draft(path="/1"))
    drafts.arrange(["a", "b"], "a")
    drafts.flush()
    after = {path.name: path.stat().st_ino for path in (tmp_path / "d").iterdir()}
    assert [name for name in after if after[name] != before[name]] == ["a.json"]
    drafts.end()


def test_it_is_written_without_being_asked(tmp_path: Path) -> None:
    drafts = store(tmp_path / "d")
    drafts.keep("a", Draft(path="/1"))
    deadline = time.monotonic() + 10
    while not (tmp_path / "d" / "a.json").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (tmp_path / "d" / "a.json").stat().st_mode & 0o077 == 0
    drafts.end()


def test_a_draft_that_the_list_does_not_know_is_shown_last(tmp_path: Path) -> None:
    drafts = store(tmp_path / "d")
    drafts.keep("a", Draft())
    drafts.arrange(["a", "vanished"], "vanished")
    drafts.keep("z", Draft())
    drafts.end()
    again = store(tmp_path / "d")
    assert [kept.key for kept in again.load_all()] == ["a", "z"]
    again.end()


def test_closed_ones_are_opened_again_the_last_first(tmp_path: Path) -> None:
    drafts = store(tmp_path / "d")
    for number in range(CLOSED + 5):
        drafts.keep(f"k{number}", Draft(path=f"/{number}"))
        drafts.close(f"k{number}")
    assert len(drafts.closed()) == CLOSED
    back = drafts.reopen()
    assert back is not None
    assert back.draft.path == f"/{CLOSED + 4}"
    assert [kept.key for kept in drafts.load_all()] == [back.key]
    assert len(drafts.closed()) == CLOSED - 1
    drafts.end()


def test_secrets_are_not_written(tmp_path: Path) -> None:
    drafts = store(tmp_path / "d")
    drafts.keep("a", Draft(Choice("basic", {"user": "me", "password": "hush"})), secret={("basic", "password")})
    drafts.end()
    assert "hush" not in (tmp_path / "d" / "a.json").read_text()
    assert store(tmp_path / "d").load_all()[0].draft.auth.values == {"user": "me"}


def test_broken_files_are_set_aside(tmp_path: Path) -> None:
    place = tmp_path / "d"
    place.mkdir()
    (place / "bad.json").write_text("{broken")
    (place / "odd.json").write_text('{"key": 1}')
    (place / "open.json").write_text("[")
    drafts = store(place)
    assert drafts.load_all() == []
    assert (place / "bad.json.unreadable-1").read_text() == "{broken"
    assert (place / "odd.json.unreadable-1").exists()
    drafts.end()


def test_a_second_program_keeps_its_own_and_leaves_them_behind(tmp_path: Path) -> None:
    first, second = store(tmp_path / "d"), store(tmp_path / "d")
    first.keep("a", Draft(path="/first"))
    first.flush()
    second.keep("b", Draft(path="/second"))
    assert second.load_all() == []
    second.flush()
    assert [kept.key for kept in first.load_all()] == ["a"]
    first.end()
    second.end()
    third = store(tmp_path / "d")
    assert sorted(kept.key for kept in third.load_all()) == ["a", "b"]
    third.end()


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    notices: list[Phrase] = []
    drafts = Drafts(tmp_path / "file" / "d", notices)
    drafts.keep("a", Draft())
    drafts.flush()
    assert "cannot be kept" in str(notices[0])
    nowhere = Drafts(None, [])
    nowhere.keep("a", Draft())
    nowhere.close("a")
    assert (nowhere.load_all(), nowhere.reopen()) == ([], None)
    nowhere.end()
    drafts.end()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_drafts)
def test_any_draft_comes_back(tmp_path_factory: pytest.TempPathFactory, draft: Draft) -> None:
    place = tmp_path_factory.mktemp("d")
    drafts = store(place)
    drafts.keep("a", draft)
    drafts.end()
    again = store(place)
    (kept,) = again.load_all()
    again.end()
    expected, _ = without_secrets(draft, ())
    assert as_json(kept.draft) == as_json(expected)


def as_json(draft: Draft) -> str:
    """All of a draft; two lone surrogates side by side are the character that they mean."""
    return json.dumps(msgspec.to_builtins(draft))


def test_a_large_body_and_lone_surrogates_come_back(tmp_path: Path) -> None:
    drafts = store(tmp_path / "d")
    odd = Draft(body=Body("text", text="x\ud800\0" + "y" * 1_000_000), name="\udfff")
    drafts.keep("a", odd)
    drafts.end()
    assert store(tmp_path / "d").load_all()[0].draft == odd
