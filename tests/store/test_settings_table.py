"""Settings that describe themselves: defaults, checks, what a hand-edited file may hold, keys."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase
from streamscope.store.bench import open_bench
from streamscope.store.settings import Settings, limits, recordings_folder
from streamscope.store.settings_table import BY_KEY, SETTINGS


def opened(folder: Path) -> tuple[Settings, list[Phrase]]:
    notices: list[Phrase] = []
    return Settings(folder / "settings.toml", notices), notices


def test_every_default_is_good() -> None:
    assert len(BY_KEY) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.problem(setting.field.default) is None, setting.key
        assert str(setting.field.label)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
@given(text=some.text() | some.integers().map(str) | some.floats().map(str))
def test_any_value_is_good_or_refused_and_a_good_one_comes_back(setting: object, text: str) -> None:
    one = next(known for known in SETTINGS if known is setting)
    if one.problem(text) is not None or "\0" in text:
        return
    assert one.problem(one.read(one.written(text))) is None
    again = one.read(one.written(text))
    assert again == text or float(again) == float(text)


def test_a_change_edits_its_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        '# mine\ntext_size = 90  # small\nfuture = 1\n\n[keys] # fingers\nsend = ["F8"]\n\n[strange]\na = 1\n'
    )
    settings, notices = opened(tmp_path)
    assert notices == []
    settings.set("text_size", "120")
    settings.set("editor_wrap", "")
    settings.set("recordings_days", "0.5")
    settings.set_keys("stop", ["Ctrl+.", "Ctrl+,"])
    assert path.read_text() == (
        "# mine\ntext_size = 120  # small\nfuture = 1\nversion = 1\neditor_wrap = false\nrecordings_days = 0.5\n\n"
        '[keys] # fingers\nsend = ["F8"]\nstop = ["Ctrl+.", "Ctrl+,"]\n\n[strange]\na = 1\n'
    )
    again, _ = opened(tmp_path)
    assert (again.number("text_size"), again.on("editor_wrap"), again.get("recordings_days")) == (120, False, "0.5")
    assert again.keys() == {"send": ["F8"], "stop": ["Ctrl+.", "Ctrl+,"]}
    settings.reset("text_size")
    settings.set_keys("send", None)
    settings.reset("never set")
    assert "text_size" not in path.read_text()
    assert settings.get("text_size") == "100"
    settings.reset_keys()
    assert settings.keys() == {}
    assert "future = 1" in path.read_text()


def test_what_is_the_default_anyway_is_not_written(tmp_path: Path) -> None:
    settings, _ = opened(tmp_path)
    settings.set("appearance", "system")
    assert not settings.path.exists()
    assert not settings.changed("appearance")
    settings.set("appearance", "dark")
    assert settings.changed("appearance")


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("text_size = 5000", "text_size", "not between 70 and 200"),
        ("text_size = nan", "text_size", "not between"),
        ("text_size = 'large'", "text_size", "no number"),
        ("appearance = 'pink'", "appearance", "none of"),
        ("editor_wrap = 'perhaps'", "editor_wrap", "neither"),
        ("proxy = 'ftp://host'", "proxy", "scheme"),
        ("ca = '/no/such/file'", "ca", "no file"),
        ("recordings_folder = 'here'", "recordings_folder", "whole path"),
        ("live_tabs = [1]", "live_tabs", "no number"),
        ("keys = 5", "", "no list"),
        ("[keys]\nsend = 'F8'", "", "send"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_and_kept(tmp_path: Path, line: str, key: str, said: str) -> None:
    (tmp_path / "settings.toml").write_text(line + "\n")
    settings, (notice,) = opened(tmp_path)
    assert said in str(notice)
    assert "settings.toml" in str(notice)
    assert settings.keys() == {}
    if key:
        assert settings.get(key) == BY_KEY[key].field.default
        with pytest.raises(UsageError):
            settings.set(key, settings.path.read_text().partition("= ")[2].strip().strip("'[]") + "?://")
    assert (tmp_path / "settings.toml").read_text() == line + "\n"


def test_a_file_that_is_edited_by_hand_is_noticed(tmp_path: Path) -> None:
    settings, _ = opened(tmp_path)
    settings.set("appearance", "dark")
    assert settings.reload() == ([], []), "its own writing is no news"
    path = settings.path
    path.write_text('appearance = "dark"\ntext_size = 150\nlive_tabs = 0\n[keys]\nsend = ["F8"]\n')
    changed, (notice,) = settings.reload()
    assert changed == ["text_size", "keys"]
    assert "live_tabs" in str(notice)
    assert settings.get("text_size") == "150"
    path.write_text("appearance = 'li")
    assert next(str(one) for one in settings.reload()[1]).startswith("settings.toml is not TOML")
    assert settings.get("text_size") == "150", "what is half written changes nothing"
    with pytest.raises(StoreError):
        settings.set("text_size", "80")
    assert path.read_text() == "appearance = 'li"
    path.unlink()
    assert settings.reload()[0] == ["appearance", "text_size", "keys"]


def test_two_programs_do_not_undo_each_other(tmp_path: Path) -> None:
    first, _ = opened(tmp_path)
    second, _ = opened(tmp_path)
    first.set("text_size", "120")
    second.set("appearance", "dark")
    assert tomllib.loads(first.path.read_text()) == {"version": 1, "text_size": 120, "appearance": "dark"}
    assert second.reload()[0] == ["text_size"]


def test_what_settings_mean(tmp_path: Path) -> None:
    bench = open_bench(tmp_path)
    assert recordings_folder(bench.settings, tmp_path) == tmp_path / "recordings"
    bench.settings.set("timeout_wait", "7")
    bench.settings.set("recordings_folder", str(tmp_path / "elsewhere"))
    assert limits(bench.settings).wait == 7
    assert open_bench(tmp_path).recordings.folder == tmp_path / "elsewhere"
