"""Texts for people are constant templates that Qt's translation tools find, in the core as in the window."""

import ast
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

APP = Path(__file__).parents[1] / "app" / "streamscope"
TOOL = Path(sys.executable).with_name("pyside6-lupdate")


@pytest.mark.window
def test_the_translation_tool_finds_texts_of_core_and_window(tmp_path: Path) -> None:
    """A text of an error, of a field and of the window are all in the file that a translator gets."""
    target = tmp_path / "streamscope.ts"
    sources = [str(path) for path in APP.rglob("*.py")]
    command = [str(TOOL), "-silent", "-tr-function-alias", "QT_TR_NOOP+=phrase", *sources, "-ts", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    found = {element.text for element in ElementTree.parse(target).iter("source")}
    assert "The name {host} does not resolve to an address." in found
    assert "AK/SK signature" in found
    assert "Services" in found


def test_every_phrase_is_a_literal() -> None:
    """A template that is put together at run time could not be translated."""
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
                first = node.args[0]
                assert isinstance(first, ast.Constant) and isinstance(first.value, str), f"{path}:{node.lineno}"
