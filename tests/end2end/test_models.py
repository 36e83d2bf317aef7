"""Models and packages from the command line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.program import Result, Sandbox

from streamscope.cli.main import run
from streamscope.sandbox.records import Portion, Record, State

Cli = Callable[..., Result]


@pytest.fixture
def bare(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process, with a profile in which no sandbox runs."""

    def call(*words: str) -> Result:
        code = run(list(words), tmp_path / "bare")
        said = capfd.readouterr()
        return Result(code, said.out.encode(), said.err)

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "predict.py"
    path.write_text("def predict(inputs):\n    return inputs\n")
    return path


def test_what_is_there_at_once(bare: Cli) -> None:
    for words in (("models",), ("models", "list")):
        told = bare(*words)
        assert told.code == 0, told.err
        assert [line.split()[0] for line in told.text.splitlines()] == [
            "chat:0.0.1", "chat-live:0.0.1", "classify:0.0.1", "ticks:0.0.1",
        ]  # fmt: skip
    assert bare("models", "--output", "json").json == bare("models", "list", "--output", "json").json


def test_a_package_from_its_registration_to_its_end(bare: Cli, file: Path) -> None:
    options = (
        "--env",
        "A=b=c",
        "--api",
        "post /v1/x",
        "--api",
        "GET /",
        "--ready-within",
        "5",
        "--description",
        "Mine",
    )
    assert bare("models", "add", "我的", str(file), *options).text == "我的:0.0.1\n"
    added = bare("models", "add", "我的", "--websocket", "--folder", str(file.parent), "--output", "json", "--health",
                 "/ok", "--", sys.executable, "-m", "server", "--port", "$PORT")  # fmt: skip
    assert added.err == ""
    assert added.json["version"] == "0.0.2"
    assert added.json["command"] == [sys.executable, "-m", "server", "--port", "$PORT"]
    rows = {row["version"]: row for row in bare("models", "--output", "json").json if row["name"] == "我的"}
    assert rows["0.0.2"] == added.json
    first = rows["0.0.1"]
    assert first["kind"] == "python"
    assert first["file"] == str(file)
    assert first["environment"] == {"A": "b=c"}
    assert first["apis"] == ["POST /v1/x", "GET /"]
    assert (first["seconds"], first["description"], first["health"]) == (5, "Mine", "/health")
    assert bare("models", "show", "我的", "--output", "json").json == added.json
    assert bare("models", "show", "我的:0.0.1", "--output", "json").json == first
    shown = bare("models", "show", "我的:0.0.1").text
    assert "A=b=c" in shown
    assert "POST /v1/x GET /" in shown
    assert bare("models", "remove", "我的:0.0.2").code == 0
    assert bare("models", "show", "我的", "--output", "json").json == first
    assert bare("models", "remove", "我的").code == 0
    gone = bare("models", "show", "我的")
    assert (gone.code, "hint:" in gone.err) == (2, True)


def test_a_command_that_names_no_port_is_told_so(bare: Cli) -> None:
    told = bare("models", "add", "x", "--", sys.executable, "-m", "http.server")
    assert told.code == 0
    assert "$PORT" in told.err


def test_what_cannot_be_a_package_is_refused_with_a_hint(bare: Cli, file: Path) -> None:
    for words in (
        ("x", str(file.parent / "no.py")),
        ("x", "--", "no-such-program"),
        ("a b", str(file)),
        ("chat", str(file)),
        ("x", str(file), "--health", "ok"),
        ("x", str(file), "--env", "A"),
        ("x",),
    ):
        refused = bare("models", "add", *words)
        assert refused.code == 2, (words, refused.err)
        assert refused.out == b""
        assert "hint:" in refused.err or "Missing argument" in refused.err
    assert bare("models", "remove", "x").code == 2
    assert "built in" in bare("models", "remove", "chat").err


def test_what_services_run_is_removed_by_force_only(bare: Cli, file: Path, tmp_path: Path) -> None:
    bare("models", "add", "mine", str(file))
    portions = [Portion(id=name, name=name, package=name) for name in ("mine", "chat")]
    service = Record(id="s", name="served", generation="v2", portions=portions, auth=["token"])
    (tmp_path / "bare" / "sandbox" / "services.json").write_bytes(msgspec.json.encode(State(services=[service])))
    assert bare("models", "show", "mine", "--output", "json").json["services"] == ["served"]
    assert "built in" in bare("models", "remove", "chat").err, "no force would help"
    refused = bare("models", "remove", "mine")
    assert refused.code == 2
    assert "served" in refused.err
    assert "--force" in refused.err
    assert bare("models", "remove", "mine", "--force").code == 0


def test_a_list_by_hand_deploys_nothing(bare: Cli) -> None:
    bare("workspaces", "add", "by-hand", "--platform", "address")
    refused = bare("models", "--workspace", "by-hand")
    assert refused.code == 2
    assert "by-hand" in refused.err
    unknown = bare("models", "--workspace", "nowhere")
    assert unknown.code == 2


def test_the_file_is_told_where_it_cannot_be_read(bare: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "bare" / "sandbox"
    folder.mkdir(parents=True)
    (folder / "packages.json").write_text("{")
    told = bare("models", "--output", "json")
    assert len(told.json) == 4
    assert "packages.json" in told.err
    assert json.loads(told.out)
    added = bare("models", "add", "x", "--", sys.executable, "an argument", "$PORT")
    assert "packages.json.unreadable-1" in added.err
    assert f"{sys.executable} 'an argument' '$PORT'" in bare("models").text


def test_models_of_a_platform_are_asked_for(bare: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox as any platform would be: by its addresses, with a credential."""
    facts = sandbox.facts
    values = {
        "region": facts["region"], "project": facts["project_id"], "sign_in": "aksk",
        "management": facts["management"], "iam": facts["iam"],
    }  # fmt: skip
    sets = [word for key, value in values.items() for word in ("--set", f"{key}={value}")]
    added = bare("workspaces", "add", "far", "--platform", "modelarts", "--ca", facts["ca_file"], *sets)
    assert added.code == 0, added.err
    monkeypatch.setenv("STREAMSCOPE_AKSK_ACCESS_KEY", facts["ak"])
    monkeypatch.setenv("STREAMSCOPE_AKSK_SECRET_KEY", facts["sk"])
    told = bare("models", "--workspace", "far", "--output", "json")
    assert told.code == 0, told.err
    assert {(row["name"], row["generation"]) for row in told.json} == {
        (name, "v1") for name in ("chat", "chat-live", "classify", "ticks")
    }
    assert bare("models", "show", told.json[0]["id"], "--workspace", "far", "--output", "json").json == told.json[0]
    assert "published" in bare("models", "--workspace", "far").text
    monkeypatch.setenv("STREAMSCOPE_AKSK_SECRET_KEY", "wrong")
    refused = bare("models", "--workspace", "far")
    assert refused.code != 0
    assert refused.out == b""
