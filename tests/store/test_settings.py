"""Settings and workspaces: readable files, comments kept, a broken one set aside."""

from pathlib import Path

import pytest
from tests import program

from streamscope.model.errors import StoreError, UsageError
from streamscope.model.service import Workspace
from streamscope.store import files
from streamscope.store.bench import open_bench


def test_a_fresh_profile_has_the_sandbox(tmp_path: Path) -> None:
    bench = open_bench(tmp_path / "new")
    assert bench.settings.get("workspace") == "sandbox"
    assert [workspace.name for workspace in bench.workspaces.all()] == ["sandbox"]
    assert (bench.writable, bench.notices) == (True, [])


def test_a_workspace_is_kept_with_all_it_has(tmp_path: Path) -> None:
    own = Workspace(
        "my own", "modelarts", {"region": "r", "project": "p"}, "ca.pem", True, "http://p:1", ("a:1:b",), ("AA:BB",)
    )
    open_bench(tmp_path).workspaces.save(own)
    assert open_bench(tmp_path).workspaces.get("my own") == own
    with pytest.raises(UsageError) as caught:
        open_bench(tmp_path).workspaces.get("myown")
    assert "my own" in str(caught.value.hint)


def test_comments_and_strangers_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("# mine\nworkspace = 'own'  # why\nfuture = 1\n")
    bench = open_bench(tmp_path)
    assert bench.settings.get("workspace") == "own"
    bench.settings.set("appearance", "dark")
    text = path.read_text()
    assert "# mine" in text
    assert "# why" in text
    assert "future = 1" in text
    assert open_bench(tmp_path).settings.get("appearance") == "dark"


def test_a_broken_file_is_set_aside_and_never_overwritten(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "settings.toml").write_text(f"broken [ {number}")
        bench = open_bench(tmp_path)
        (notice,) = bench.notices
        assert f"settings.toml.unreadable-{number}" in str(notice)
        bench.settings.set("appearance", "dark")
    assert (tmp_path / "settings.toml.unreadable-1").read_text() == "broken [ 1"


def test_a_write_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        files.write(path, "new \ud800")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(StoreError):
        files.read(tmp_path / "binary")


def test_the_settings_default_workspace_counts(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("workspace = 'own'")
    (tmp_path / "workspaces.toml").write_text(
        "[workspaces.own]\nplatform = 'address'\n[workspaces.own.values]\n"
        "urls = '''\nmodel http://127.0.0.1:1/v1\nws://127.0.0.1:2/live\n'''\n"
    )
    result = program.run("services", "--output", "json", "--profile", str(tmp_path))
    assert result.code == 0, result.err
    assert [(row["name"], row["protocols"]) for row in result.json] == [
        ("model", ["https", "sse"]),
        ("127.0.0.1:2", ["websocket"]),
    ]
    assert result.json[0]["addresses"] == {"address": "http://127.0.0.1:1/v1"}
    called = program.run("send", "--service", "model", "--profile", str(tmp_path), "--output", "events")
    assert (called.code, called.events[0]["url"]) == (3, "http://127.0.0.1:1/v1")
