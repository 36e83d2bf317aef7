"""Packages: what is taken in, what is refused with a word on what to do, and two processes that register at once."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import APP

from streamscope.model.errors import SandboxError, UsageError
from streamscope.sandbox.catalogue import APIS
from streamscope.sandbox.packages import Package, Packages, command
from streamscope.sandbox.records import Portion, Record, State

ADDING = """
import sys
from pathlib import Path
from streamscope.sandbox.packages import Package, Packages
packages = Packages(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(60):
    packages.add(Package(name="ours", kind="command", command=[sys.executable]))
"""


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    return Packages(tmp_path / "sandbox")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "predict.py"
    path.write_text("def predict(inputs):\n    return inputs\n")
    return path


def python(file: Path, name: str = "mine", **more: Any) -> Package:
    return Package(name=name, kind="python", file=str(file), **more)


def program(*words: str, name: str = "mine", **more: Any) -> Package:
    return Package(name=name, kind="command", command=list(words), **more)


def refused(packages: Packages, package: Package, *words: str, hint: bool = True, unkept: bool = False) -> None:
    """Refused as a slip of whoever registers it, or since nothing can be kept."""
    before = packages.all()
    with pytest.raises(SandboxError if unkept else UsageError) as caught:
        packages.add(package)
    assert all(word in str(caught.value.message) for word in words), caught.value
    assert bool(str(caught.value.hint)) is hint
    assert packages.all() == before


def test_the_built_in_ones_answer_what_the_catalogue_says(packages: Packages) -> None:
    built_in = packages.all()
    assert [one.key for one in built_in] == ["chat:0.0.1", "chat-live:0.0.1", "classify:0.0.1", "ticks:0.0.1"]
    assert {one.kind for one in built_in} == {"built-in"}
    assert [one.name for one in built_in if one.websocket] == ["chat-live"]
    for one in built_in:
        assert set(one.apis) == {f"{method} {api.path}" for api in APIS[one.name] for method in api.methods}


def test_versions_count_up_for_each_name_and_none_is_given_twice(packages: Packages, file: Path) -> None:
    assert [packages.add(python(file, name)).key for name in ("a", "b", "a", "模型")] == [
        "a:0.0.1", "b:0.0.1", "a:0.0.2", "模型:0.0.1",
    ]  # fmt: skip
    newest = packages.get("a")
    assert newest is not None
    assert newest.version == "0.0.2"
    packages.remove("a", "0.0.2")
    assert packages.add(python(file, "a")).version == "0.0.3"
    assert packages.get("a", "0.0.2") is None
    packages.remove("a")
    assert packages.get("a") is None
    assert [one.key for one in packages.all()[4:]] == ["b:0.0.1", "模型:0.0.1"]


def test_what_is_kept_is_its_owners_alone_and_the_same_for_who_reads_it(packages: Packages, file: Path) -> None:
    folder = file.parent / "sandbox"
    other = Packages(folder)
    assert other.get("mine") is None
    added = packages.add(python(file, environment={"A": "b"}, apis=["post  /v1/x"], websocket=True, seconds=3))
    assert other.get("mine") == added
    assert (added.file, added.folder, added.health) == (str(file), str(file.parent), "/health")
    assert added.apis == ["POST /v1/x"]
    kept = folder / "packages.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    packages.remove("mine")
    assert other.get("mine") is None
    assert sorted(path.name for path in folder.iterdir()) == ["packages.json", "packages.lock"]


def test_two_processes_that_register_at_once_lose_nothing(packages: Packages, tmp_path: Path) -> None:
    command_line = [sys.executable, "-c", ADDING, str(tmp_path / "sandbox")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = os.environ | {"PYTHONPATH": str(APP)}
    both = [subprocess.Popen(command_line, env=environment, **pipes) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=30)
        assert process.returncode == 0
    versions = [one.version for one in packages.all() if one.name == "ours"]
    assert versions == [f"0.0.{number}" for number in range(1, 121)]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"packages": [{"name": 3}]}', b"\xff", b'{"version": "x"}'])
def test_an_unreadable_file_is_set_aside_and_named(packages: Packages, file: Path, content: bytes) -> None:
    folder = file.parent / "sandbox"
    folder.mkdir()
    kept = folder / "packages.json"
    kept.write_bytes(content)
    assert len(packages.all()) == 4
    assert any("packages.json" in str(notice) for notice in packages.notices)
    assert kept.read_bytes() == content
    packages.add(python(file))
    assert (folder / "packages.json.unreadable-1").read_bytes() == content
    assert any("unreadable-1" in str(notice) for notice in packages.notices)
    assert packages.get("mine") is not None


def test_a_file_of_a_newer_version_is_never_written(packages: Packages, file: Path) -> None:
    packages.add(python(file))
    kept = file.parent / "sandbox" / "packages.json"
    told = json.loads(kept.read_text())
    newer = json.dumps({**told, "version": 2, "new": True})
    kept.write_text(newer)
    assert packages.get("mine") is not None
    refused(packages, python(file), "newer version", unkept=True)
    with pytest.raises(SandboxError):
        packages.remove("mine")
    assert kept.read_text() == newer


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a.b", "a:1", "ä", "x" * 65, "a\n", "../x", "chat"])
def test_names_that_no_service_may_have_are_refused(packages: Packages, file: Path, name: str) -> None:
    refused(packages, python(file, name), name)


@given(st.text("abzAZ09-_中模型", min_size=1, max_size=64))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_names_by_the_platforms_rule_are_taken(packages: Packages, file: Path, name: str) -> None:
    assert packages.add(python(file, name)).name == name


def test_a_program_that_is_not_there_or_not_executable_is_refused(packages: Packages, file: Path) -> None:
    refused(packages, program("no-such-program"), "no-such-program", "PATH")
    refused(packages, program("./nothing", folder=str(file.parent)), str(file.parent / "nothing"))
    refused(packages, program(str(file)), "not executable")
    refused(packages, program(str(file.parent)), str(file.parent))
    refused(packages, program(), "No program")
    refused(packages, program(sys.executable, folder=str(file)), str(file))
    refused(packages, program(sys.executable, "a\0b"), "NUL", hint=False)


def test_a_program_is_found_as_a_shell_finds_it_and_links_stay(packages: Packages, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    link = folder / "my-python"
    link.symlink_to(sys.executable)
    here = packages.add(program("./my-python", "-V", folder=str(folder)))
    assert here.command == [str(folder / "./my-python"), "-V"]
    assert packages.add(program("my-python", environment={"PATH": str(folder)})).command == [str(link)]
    assert here.folder == str(folder)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def predict(inputs)\n    pass", ("Line 1", "expected ':'")),
        ("x = 1", ("no function predict",)),
        ("class Model:\n    def predict(self, inputs): ...", ("no function predict",)),
        ("def predict(x): ...\ndef predict(y): ...", ("more than one predict", "1, 2")),
        ("x = '\0'", ("Line",)),
    ],
)
def test_a_file_without_one_predict_is_refused(packages: Packages, file: Path, source: str, words: tuple[str]) -> None:
    file.write_text(source)
    refused(packages, python(file), *words, hint="Line" not in words[0])


@pytest.mark.parametrize(
    "source",
    [
        "async def predict(inputs): ...",
        "predict = lambda inputs: inputs",
        "from model import predict",
        "from model import *",
        "from model import run as predict",
        "if True:\n    def predict(inputs): ...\nelse:\n    def predict(inputs): ...",
    ],
)
def test_a_file_that_gets_its_predict_in_any_way_is_taken(packages: Packages, file: Path, source: str) -> None:
    file.write_text(source)
    assert packages.add(python(file)).file == str(file)


def test_other_slips_of_the_pen_are_refused(packages: Packages, file: Path) -> None:
    refused(packages, python(file.parent / "none.py"), "none.py")
    refused(packages, python(file.parent), str(file.parent))
    refused(packages, python(file, health="health"), "health")
    refused(packages, python(file, environment={"1A": ""}), "1A")
    refused(packages, python(file, environment={"PORT": "80"}), "PORT")
    refused(packages, python(Path("a\0b")), "cannot be read")
    refused(packages, python(file, description="\udcff"), "not text")
    refused(packages, python(file, apis=["/x"]), "/x")
    refused(packages, python(file, apis=["POST x"]), "POST x")
    for seconds in (0, -1, 7201, float("nan")):
        refused(packages, python(file, seconds=seconds), "seconds", hint=False)


@pytest.mark.parametrize("name", ["packages.json", "packages.lock"])
def test_a_folder_that_cannot_be_written_is_told(packages: Packages, file: Path, name: str) -> None:
    (file.parent / "sandbox" / name).mkdir(parents=True)
    with pytest.raises(SandboxError, match="cannot write"):
        packages.add(python(file))


def test_what_is_not_there_cannot_be_removed(packages: Packages, file: Path) -> None:
    packages.add(python(file))
    for name, version, word in (("none", "", "none"), ("mine", "0.0.9", "mine:0.0.9"), ("chat", "", "built in")):
        with pytest.raises(UsageError, match=word):
            packages.remove(name, version)


def test_the_port_stands_in_arguments_and_environment(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMSCOPE_TOKEN", "secret")
    monkeypatch.setenv("OWN", "kept")
    words = [sys.executable, "--port=$PORT", "127.0.0.1:${PORT}", "$PORTS", "$PORT_", "$HOME"]
    package = packages.add(program(*words, environment={"ADDRESS": "http://127.0.0.1:$PORT/"}))
    arguments, environment, folder = command(package, 4321)
    assert arguments == [sys.executable, "--port=4321", "127.0.0.1:4321", "$PORTS", "$PORT_", "$HOME"]
    assert environment["PORT"] == "4321"
    assert environment["ADDRESS"] == "http://127.0.0.1:4321/"
    assert environment["OWN"] == "kept"
    assert "STREAMSCOPE_TOKEN" not in environment
    assert folder == str(Path.cwd())


def test_who_uses_a_package_is_read_from_what_the_sandbox_keeps(packages: Packages, file: Path) -> None:
    packages.add(python(file))
    assert packages.users("mine") == []
    portion = Portion(id="p", name="mine", package="mine", version="0.0.1")
    service = Record(id="s", name="served", generation="v1", portions=[portion], auth=["token"])
    (file.parent / "sandbox" / "services.json").write_bytes(msgspec.json.encode(State(services=[service])))
    assert packages.users("mine") == ["served"]
    assert packages.users("mine", "0.0.1") == ["served"]
    assert packages.users("mine", "0.0.2") == []
    (file.parent / "sandbox" / "services.json").write_bytes(b"?")
    assert packages.users("mine") == []
