"""`streamscope matrix`: formats, one service, what failed again, compared with the time before."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from tests import program
from tests.program import Result, Sandbox

Cli = Callable[..., Result]


def test_formats_of_one_service(cli: Cli) -> None:
    markdown = cli("matrix", "--service", "chat", "--output", "markdown")
    assert markdown.code == 0, markdown.err
    assert markdown.text.startswith("### chat (v1)\n\n| auth | channel | https | sse | websocket |\n")
    assert markdown.text.count("✓ 200") == 24
    rows = list(csv.DictReader(io.StringIO(cli("matrix", "--service", "chat", "--output", "csv").text)))
    assert {row["service"] for row in rows} == {"chat"}
    assert sum(row["state"] == "works" for row in rows) == 24
    wrong = cli("matrix", "--service", "chatt")
    assert wrong.code == 2
    assert "chat" in wrong.err


def test_what_failed_is_compared_and_run_again(sandbox: Sandbox) -> None:
    wrong: dict[str, str] = {}

    def call(*arguments: str) -> Result:
        return program.run("--profile", str(sandbox.profile), "matrix", "--service", "classify", *arguments, env=wrong)

    assert call().code == 0
    wrong["STREAMSCOPE_AKSK_ACCESS_KEY"] = "wrong"
    failing = call("--compare", "--output", "json")
    assert failing.code == 1
    changed = [cell for cell in failing.json["cells"] if cell.get("change") == "newly failing"]
    assert {(cell["auth"], cell["before"]["ok"]) for cell in changed} == {("aksk", True)}
    assert f"{len(changed)} newly failing" in failing.err
    told = call("--compare")
    assert told.code == 1
    assert "classify, aksk × public × https: " in told.text
    again = call("--only", "failed", "--output", "json")
    assert again.code == 1
    assert len(again.json["cells"]) == len(changed)
    wrong.clear()
    mended = call("--only", "failed", "--compare")
    assert mended.code == 0
    assert f"since the last run: {len(changed)} newly working" in mended.text
    nothing = call("--only", "failed")
    assert (nothing.code, nothing.text) == (0, "nothing failed when it was called last\n")


def test_a_first_run_has_nothing_to_compare_with(sandbox: Sandbox, tmp_path: Path) -> None:
    for kept in (sandbox.profile / "matrix").glob("*.json"):
        kept.unlink()
    result = program.run("--profile", str(sandbox.profile), "matrix", "--service", "ticks", "--compare")
    assert result.code == 0
    assert "first run" in result.text
