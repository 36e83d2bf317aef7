"""`streamscope settings`: list, get, set, reset."""

from collections.abc import Callable

import pytest
from tests.program import Result

Cli = Callable[..., Result]


def test_settings_are_read_and_changed(bare: Cli) -> None:
    assert bare("settings", "get", "text_size").text == "100\n"
    assert bare("settings", "set", "text_size", "120").code == 0
    assert bare("settings", "set", "editor_wrap", "no").code == 0
    assert bare("settings", "get", "editor_wrap").text == "false\n"
    rows = {row["key"]: row for row in bare("settings", "list", "--output", "json").json["settings"]}
    assert (rows["text_size"]["value"], rows["text_size"]["changed"]) == ("120", True)
    assert "* text_size" in bare("settings").text
    assert bare("settings", "reset", "text_size").code == 0
    assert "  text_size" in bare("settings").text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["get", "text-size"], "text_size"),
        (["set", "text_size", "9"], "between 70 and 200"),
        (["set", "appearance", "pink"], "system, light, dark"),
        (["reset", "nothing"], "no setting"),
    ],
)
def test_what_is_wrong_is_told(bare: Cli, arguments: list[str], said: str) -> None:
    result = bare("settings", *arguments)
    assert result.code == 2
    assert said in result.err
