"""The promise: a person puts a model of their own on the sandbox in a minute, and calls it as it will be called."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import program
from tests.program import Result, Sandbox

Cli = Callable[..., Result]

PREDICT = """
async def predict(inputs):
    for word in inputs["text"].split():
        yield word.upper() + " "
"""
TEXT = '{"text": "to be or not to be"}'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox of the test's own."""
    running = program.start_sandbox(tmp_path / "profile")
    yield running
    assert running.stop() == 0


@pytest.fixture
def cli(own: Sandbox) -> Cli:
    """Run a command with that sandbox's profile; it has to succeed."""

    def call(*arguments: str | Path) -> Result:
        result = program.run("--profile", str(own.profile), *arguments)
        assert result.code == 0, result.err
        return result

    return call


def test_a_model_of_ones_own_in_a_minute(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "predict.py"
    file.write_text(PREDICT)
    assert cli("models", "add", "mine", file).text == "mine:0.0.1\n"
    deploy = ("--model", "mine", "--generation", "v1", "--output", "json")
    assert cli("services", "deploy", "hello", *deploy).json["status"] == "running"
    assert cli("send", "--service", "hello", "-d", TEXT, "--protocol", "https").text == "TO BE OR NOT TO BE "
    said = cli("send", "--service", "hello", "-d", TEXT, "--protocol", "sse", "--output", "events").data
    assert said == ["TO ", "BE ", "OR ", "NOT ", "TO ", "BE "]
    cli("services", "deploy", "live", "--websocket", *deploy)
    assert cli("send", "--service", "live", "-m", TEXT, "--max-messages", "6", "--output", "events").data == said
