"""Dialects of the user's own: kept readable, never overwritten, named in notices where they cannot be read."""

from pathlib import Path

import pytest

from streamscope.model.delta import Paths
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase
from streamscope.store.dialects import SavedDialects

FULL = Paths("my-model", "$.output.text", "$.thought", "$.reason", "$.usage", "$.error", "[DONE]")


def opened(path: Path) -> tuple[SavedDialects, list[Phrase]]:
    notices: list[Phrase] = []
    return SavedDialects(path / "dialects.toml", notices), notices


def test_saved_ones_are_there_again(tmp_path: Path) -> None:
    saved, _ = opened(tmp_path)
    assert saved.all() == ()
    saved.save(FULL)
    saved.save(Paths("other", "$.x"))
    again, notices = opened(tmp_path)
    assert (again.all(), notices) == ((FULL, Paths("other", "$.x")), [])
    again.remove("other")
    again.remove("nothing")
    assert opened(tmp_path)[0].all() == again.all() == (FULL,)


def test_the_file_can_be_read_and_keeps_its_comments(tmp_path: Path) -> None:
    saved, _ = opened(tmp_path)
    saved.save(FULL)
    path = tmp_path / "dialects.toml"
    text = path.read_text()
    assert 'text = "$.output.text"' in text
    assert text.startswith("version = 1")
    path.write_text(text.replace("[dialects.my-model]", "# mine\n[dialects.my-model]"))
    again, _ = opened(tmp_path)
    again.save(Paths("my-model", "$.y"))
    text = path.read_text()
    assert "# mine" in text
    assert "reason" not in text
    assert opened(tmp_path)[0].all() == (Paths("my-model", "$.y"),)


def test_a_file_that_is_no_toml_is_set_aside_and_named(tmp_path: Path) -> None:
    (tmp_path / "dialects.toml").write_text("= broken")
    saved, notices = opened(tmp_path)
    assert saved.all() == ()
    assert "dialects.toml" in str(notices[0])
    assert (tmp_path / "dialects.toml.unreadable-1").read_text() == "= broken"
    saved.save(FULL)
    assert opened(tmp_path)[0].all() == (FULL,)


def test_a_newer_file_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "dialects.toml").write_text('version = 2\n[dialects.x]\ntext = "$.x"\n')
    saved, notices = opened(tmp_path)
    assert saved.all() == ()
    assert "newer version" in str(notices[0])
    with pytest.raises(StoreError):
        saved.save(FULL)
    assert "version = 2" in (tmp_path / "dialects.toml").read_text()


@pytest.mark.parametrize(
    "table", ["[dialects]\nx = 1", "[dialects.x]\nfinish = '$.y'", "[dialects.x]\ntext = 1", "dialects = 3"]
)
def test_an_entry_that_cannot_be_read_is_named_and_the_others_work(tmp_path: Path, table: str) -> None:
    good = "" if "dialects = 3" in table else "\n[dialects.good]\ntext = '$.x'\n"
    (tmp_path / "dialects.toml").write_text(f"version = 1\n{table}\n{good}")
    saved, notices = opened(tmp_path)
    assert [paths.name for paths in saved.all()] == (["good"] if good else [])
    assert len(notices) == 1


@pytest.mark.parametrize("name", ["", "A", "a b", "a.b", "é", "-a"])
def test_a_name_that_is_no_key_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        opened(tmp_path)[0].save(Paths(name, "$.x"))
