"""What is written wrongly on the command line: exit 2, a sentence, and the word that was meant."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import program
from tests.program import COMMAND, Result, Sandbox, environment

Cli = Callable[..., Result]
OPTIONS = [
    "--workspace", "--service", "--channel", "--auth", "--protocol", "--path", "-X", "-H", "-d", "-F", "-m", "--binary",
    "--set", "--output", "--timeout", "--max-messages", "--close-after", "--insecure", "--ca", "--resolve", "--proxy",
    "--save", "--draft", "--profile",
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "wrong", "meant"),
    [
        (["sned", "http://h"], "sned", "send"),
        (["send", "http://h", "--auth", "tokn"], "tokn", "token"),
        (["send", "http://h", "--channel", "publik"], "publik", "public"),
        (["send", "http://h", "--protocol", "websoket"], "websoket", "websocket"),
        (["send", "http://h", "--auth", "aksk", "--set", "acess_key=x"], "acess_key", "access_key"),
        (["send", "http://h", "--set", "ulr=x"], "ulr", "url"),
        (["send", "http://h", "--workspace", "sandbx"], "sandbx", "sandbox"),
        (["send", "--service", "chatt"], "chatt", "chat"),
        (["services", "--workspace", "sanbox"], "sanbox", "sandbox"),
        (["matrix", "--workspace", "sanbox"], "sanbox", "sandbox"),
        (["send", "http://h", "--ouput", "text"], "--ouput", "--output"),
        (["send", "http://h", "--output", "evnts"], "evnts", "events"),
    ],
)
def test_did_you_mean(cli: Cli, arguments: list[str], wrong: str, meant: str) -> None:
    result = cli(*arguments)
    assert result.code == 2
    assert wrong in result.err
    assert meant in result.err
    assert result.out == b""


@pytest.mark.parametrize(
    ("arguments", "told", "hint"),
    [
        (["send"], "What is to be called", "--service"),
        (["send", "ftp://h/x"], "ftp", "http://"),
        (["send", "http://"], "http://", "https://host"),
        (["send", "http://h:99999"], "h:99999", "https://host"),
        (["send", "http://h", "--service", "chat"], "both", "--path"),
        (["send", "http://h", "-d", "x", "-F", "a=b"], "both", "-d or -F"),
        (["send", "http://h", "-F", "a"], "'a'", "name=value"),
        (["send", "http://h", "-H", "no colon"], "no colon", "Name: value"),
        (["send", "http://h", "-H", ": x"], ": x", "Name: value"),
        (["send", "http://h", "-H", "a b: x"], "a b", "Name: value"),
        (["send", "http://h", "-H", "X: a\nb"], "line break", "one line"),
        (["send", "http://h", "-X", "GE T"], "GE T", "method"),
        (["send", "http://h", "--set", "url"], "url", "FIELD=VALUE"),
        (["send", "http://h", "-m", "x"], "websocket", "-d"),
        (["send", "ws://h", "-d", "x"], "handshake", "-m"),
        (["send", "http://h", "-d", "@/no/such/file"], "/no/such/file", "No such file"),
        (["send", "http://h", "--draft", "/no/such/draft"], "/no/such/draft", "no file"),
        (["send", "http://h", "--channel", "public"], "needs a service", "Choose a service"),
        (["send", "http://h", "--max-messages", "0"], "--max-messages", "0"),
        (["send", "http://h", "-d", "-", "-F", "x=y"], "both", "-d or -F"),
        (["send", "ws://h", "-m", "-", "--set", "url=@-"], "twice", "file"),
        (["send", "http://h", "--auth", "bearer", "-d", "-", "--set", "token=@-"], "twice", "file"),
        (["send", "ws://h", "-m", "-", "-m", "-"], "twice", "file"),
    ],
)
def test_calls_that_make_no_sense(cli: Cli, arguments: list[str], told: str, hint: str) -> None:
    result = cli(*arguments, given=b"x")
    assert result.code == 2, result
    assert told in result.err
    assert hint in result.err
    assert result.out == b""


def test_standard_input_is_left_alone_unless_it_is_asked_for(cli: Cli, closed_port: int) -> None:
    read, write = os.pipe()  # nothing is ever written: a call that read would hang
    try:
        done = subprocess.run(
            [*COMMAND, "send", f"http://127.0.0.1:{closed_port}"], stdin=read, capture_output=True, env=environment(),
            timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 3
    finally:
        os.close(read)
        os.close(write)


def test_a_saved_draft_that_is_none_is_named(cli: Cli, tmp_path: Path) -> None:
    for number, text in enumerate(["[1, 2]", "auth: [1]", "a: [", "nonsense: x: y"]):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text)
        result = cli("send", "--draft", str(path))
        assert result.code == 2
        assert str(path) in result.err
        assert "YAML" in result.err


def test_a_service_that_does_not_have_the_channel(cli: Cli, sandbox: Sandbox) -> None:
    result = cli("send", "--service", "chat-v2-open", "--channel", "direct")
    assert result.code == 2
    assert "chat-v2-open" in result.err
    assert "public" in result.err


def test_help_lists_every_command_and_option(cli: Cli) -> None:
    told = cli("--help")
    assert told.code == 0
    for name in ("send", "services", "kinds", "matrix", "sandbox", "demo"):
        assert f"  {name} " in told.text
        assert cli(name, "--help").code == 0
    options = cli("send", "--help").text
    for option in OPTIONS:
        assert f"{option} " in options or f"{option}," in options, option


def test_profile_goes_before_and_behind_a_command(cli: Cli, sandbox: Sandbox) -> None:
    before = program.run("--profile", str(sandbox.profile), "services", "--output", "json")
    equals = program.run(f"--profile={sandbox.profile}", "services", "--output", "json")
    behind = program.run("services", "--output", "json", "--profile", str(sandbox.profile))
    rows = [json.loads(result.out) for result in (before, equals, behind)]
    assert rows[0] == rows[1] == rows[2]
    assert [row["id"] for row in rows[0]] == [row["id"] for row in sandbox.facts["services"]]
