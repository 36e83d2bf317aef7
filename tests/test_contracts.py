"""The plan of the house, proved: floors, bans, and what starting up may load."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.program import COMMAND, environment

ROOT = Path(__file__).parents[1]
APP = ROOT / "app" / "streamscope"
SOURCES = sorted(APP.rglob("*.py"))
BANNED_STEMS = {"util", "utils", "helper", "helpers", "manager", "controller", "handler", "handlers", "misc", "common"}
# What is banned, and the one place where it belongs.
BANS = {
    "create_task": "tasks.py",
    "ensure_future": "tasks.py",
    "qasync": "gui/loop.py",
    "keyring": "store/secrets.py",
    "AsyncClient": "kinds/net/client.py",
}


def test_imports_keep_to_the_floors(tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    if not tool.exists():
        pytest.skip("import-linter is not installed here")
    done = subprocess.run(
        [tool, "--cache-dir", tmp_path],
        cwd=ROOT,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": "app"},
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()


def test_every_module_is_a_noun_and_every_package_says_what_it_is() -> None:
    for path in SOURCES:
        assert path.stem not in BANNED_STEMS, path
        assert not path.stem.endswith(("_utils", "_helpers", "_manager", "_handler")), path
        tree = ast.parse(path.read_text())
        if tree.body:
            assert ast.get_docstring(tree), path
    assert not (ROOT / "app" / "__init__.py").exists()


def test_banned_names_are_only_where_they_belong() -> None:
    for path in SOURCES:
        place = path.relative_to(APP).as_posix()
        for name in names(ast.parse(path.read_text())):
            assert BANS.get(name, place) == place, f"{place} uses {name}"


def names(tree: ast.AST) -> set[str]:
    """Attributes that are read and modules that are imported."""
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and called(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {(node.module or "").partition(".")[0], *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
    return found


def called(node: ast.Attribute) -> bool:
    """Whether it is the library's own name, not an attribute of ours that happens to be called so."""
    return isinstance(node.value, ast.Name | ast.Call) and not (
        isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--profile", "x", "--version"]])
def test_telling_the_version_loads_next_to_nothing(arguments: list[str]) -> None:
    loaded = modules(*arguments)
    for heavy in ("PySide6", "shiboken6", "qasync", "httpx", "httpcore", "websockets", "keyring"):
        assert heavy not in loaded
    if arguments == ["--version"]:
        assert "click" not in loaded
        assert "asyncio" not in loaded


@pytest.mark.parametrize("arguments", [["kinds"], ["send", "--help"], ["--help"]])
def test_the_command_line_never_loads_qt(arguments: list[str]) -> None:
    loaded = modules(*arguments)
    assert not {"PySide6", "shiboken6", "qasync", "streamscope.gui"} & loaded


def modules(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", COMMAND[-1], *arguments]
    done = subprocess.run(command, capture_output=True, env=environment(), check=True)
    assert done.stdout
    return {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}


def test_version_is_one_line() -> None:
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, env=environment(), check=True)
    word, number = done.stdout.decode().split()
    assert word == "streamscope"
    assert number.count(".") == 2
    assert done.stderr == b""
