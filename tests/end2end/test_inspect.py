"""`inspect`: recordings, HAR files and captured bodies, each way of printing, every unreadable file."""

import json
import os
import pty
import subprocess
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.end2end.test_output import chat
from tests.exchanges import ALL, conversation, stream
from tests.interop import foreign
from tests.interop.har_schema import complaints
from tests.interop.test_lines import written
from tests.program import COMMAND, Result, environment
from tests.raw import Served

from streamscope.cli.inspect import _events_of
from streamscope.cli.main import run
from streamscope.model.draft import Draft
from streamscope.model.event import Message
from streamscope.store.exchange import Exchange

Bare = Callable[..., Result]


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Write a file whose name tells nothing."""

    def save(data: bytes, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


def test_a_saved_call_comes_out_as_it_was_sent(bare: Bare, serve: Callable[..., Served], tmp_path: Path) -> None:
    path = tmp_path / "saved"
    sent = bare("send", serve(chat).http, "--output", "summary", "--save", path)
    assert bare("inspect", path, "--output", "summary").out == sent.out
    assert bare("inspect", path, "--output", "text").text == sent.json["text"]
    assert bare("inspect", path, "--output", "events").out == path.read_bytes()


def test_the_page_is_for_a_person(bare: Bare, saved: Callable[..., Path]) -> None:
    result = bare("inspect", saved(written(stream(("Hello", " wörld\x1b[31m")))))
    assert result.code == 0
    assert result.err == ""
    wanted = (
        "POST http://127.0.0.1:8000/v1/chat/completions", "complete, closed by server", "200 OK", "OpenAI chat",
        "2026-11-24 08:30:00 UTC", "First token", "Hello wörld␛[31m", "JSON lines",
    )  # fmt: skip
    for told in wanted:
        assert told in result.text, told
    assert "\x1b" not in result.text
    assert max(map(len, result.text.splitlines())) <= 80
    long = bare("inspect", saved(written(stream(("word " * 500 + "x" * 300,)))))
    assert max(map(len, long.text.splitlines())) <= 80
    assert "more characters" in long.text


def test_colours_are_for_terminals(saved: Callable[..., Path]) -> None:
    path = saved(written(stream()))
    parent, child = pty.openpty()
    subprocess.run([*COMMAND, "inspect", path], stdout=child, check=True, env=environment({"COLUMNS": "80"}))
    os.close(child)
    assert b"\x1b[" in os.read(parent, 1 << 16)
    os.close(parent)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("output", ["summary", "timing", "findings", "text", "events", "har", ""])
def test_every_exchange_prints_every_way(
    saved: Callable[..., Path], capfdbinary: pytest.CaptureFixture[bytes], name: str, output: str
) -> None:
    path = saved(written(ALL[name]))
    assert run(["inspect", str(path), *(["--output", output] if output else [])], None) == 0
    out, err = capfdbinary.readouterr()
    assert err == b""
    if output == "har":
        assert complaints(json.loads(out)) == []
    if output == "summary":
        assert json.loads(out)["outcome"] in ("complete", "early", "no connection")
    assert out or output == "text"


def test_timing_and_findings_are_tables(bare: Bare, saved: Callable[..., Path]) -> None:
    events = [*stream()[:-3], *stream()[-2:]]
    path = saved(written(events))
    timing = bare("inspect", path, "--output", "timing").text.splitlines()
    (total,) = [at for at, line in enumerate(timing) if line.strip().startswith("Total")]
    assert " ms" in timing[total]
    assert "t0" in "".join(timing[total : total + 2])
    assert any("p99" in line for line in timing)
    found = bare("inspect", path, "--output", "findings").text
    assert "warning" in found
    assert "end mark" in found
    assert "#" in found
    assert "closed by server" in found


def test_a_har_file_has_numbered_entries(bare: Bare, saved: Callable[..., Path]) -> None:
    path = saved(foreign.har(*foreign.ALL.values()))
    first = bare("inspect", path)
    assert "1  200  POST   https://api.example.com" in first.text
    assert "2  101  GET    wss://example.com/live  (3 messages)" in first.text
    assert "hunter2" not in first.text
    assert "this is the first" in first.err
    second = bare("inspect", path, "--entry", "2", "--output", "text")
    assert second.err == ""
    assert '{"ok":true}' in second.text
    beyond = bare("inspect", path, "--entry", "99")
    assert beyond.code == 2
    assert "no entry 99" in beyond.err


def test_har_of_har_is_the_same(bare: Bare, saved: Callable[..., Path]) -> None:
    once = bare("inspect", saved(written(conversation())), "--output", "har").out
    again = bare("inspect", saved(once, "again"), "--output", "har").out
    assert once == again
    assert len(json.loads(once)["log"]["entries"][0]["_webSocketMessages"]) == 3


def test_a_captured_body_is_read_with_raw(bare: Bare, saved: Callable[..., Path]) -> None:
    path = saved(b'data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n')
    result = bare("inspect", path, "--raw", "--output", "text")
    assert result.text == "Hi"
    assert "timing is unknown" in result.err
    summary = bare("inspect", path, "--raw", "--output", "summary").json
    assert summary["timing"]["total_ms"] is None
    assert "unknown" in bare("inspect", path, "--raw").text
    pinned = bare("inspect", path, "--raw", "--dialect", "openai.chat", "--output", "text")
    assert pinned.text == "Hi"
    wrong = bare("inspect", path, "--raw", "--dialect", "openai.cat")
    assert wrong.code == 2
    assert "openai.chat" in wrong.err


def test_lines_that_are_no_events_are_counted(bare: Bare, saved: Callable[..., Path]) -> None:
    data = written(stream())
    result = bare(
        "inspect", saved(data[: len(data) // 2] + b"\n" + data[len(data) // 2 :] + b"?\n"), "--output", "text"
    )
    assert result.code == 0
    assert "3 problems" in result.err
    assert "line " in result.err


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"hello", b"{", b'{"log":{}}', b'{"log":{"entries":[]}}', b'{"kind":"request"', b"\x1f\x8bnope",
        b'{"kind":"request","version":99,"t":0}', b"\xff\xfe\0", b"[" * 100_000, b'{"log":{"entries":[5]}}',
    ],
)  # fmt: skip
def test_an_unreadable_file_is_told_and_is_exit_2(bare: Bare, saved: Callable[..., Path], data: bytes) -> None:
    for output in ("text", "har"):
        result = bare("inspect", saved(data), "--output", output)
        assert result.code == 2
        assert result.out == b""
        assert "error:" in result.err
        assert "hint:" in result.err or "empty" in result.err or "no entries" in result.err, result.err


def test_a_file_that_is_not_there_or_not_a_file(bare: Bare, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        result = bare("inspect", path)
        assert result.code == 2
        assert "cannot be read" in result.err


def test_a_filter_chooses_events(bare: Bare, saved: Callable[..., Path]) -> None:
    path = saved(written(stream(("Hello", " wörld", "!"))))
    whole = [json.loads(line) for line in bare("inspect", path, "--output", "events").out.splitlines()]
    result = bare("inspect", path, "--filter", "kind:message wörld or kind:head")
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["kind"] for line in lines] == ["head", "message"]
    assert "w\\u00f6rld" in lines[1]["data"], "found as JSON wrote it"
    assert f"2 of {sum(line['kind'] != 'finding' for line in whole)} events" in result.err
    said = bare("inspect", path, "--filter", "-Hello tone:text", "--output", "text")
    assert said.text.rstrip("\n") == " wörld!"
    assert bare("inspect", path, "--filter", "kind:message", "--find", "Hello").out.count(b"\n") == 1
    assert bare("inspect", path, "--filter", "kind:message", "--output", "har").code == 2


def test_a_wrong_filter_is_told_with_its_place(bare: Bare, saved: Callable[..., Path]) -> None:
    result = bare("inspect", saved(written(stream())), "--filter", "knd:message")
    assert result.code == 2
    assert 'error: "knd" is no field (at character 1)' in result.err
    assert "kind" in result.err


def test_trouble_is_told_as_a_scenario(bare: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "refused.jsonl"
    lines = [
        (
            '{"kind":"request","t":0,"started":"2026-01-01T00:00:00Z","method":"POST","url":"http://h.example/v1","headers":[],'
            '"auth":"none","channel":"address","protocol":"sse"}'
        ),
        '{"kind":"head","t":5,"status":503,"http_version":"HTTP/1.1","headers":[]}',
        '{"kind":"closed","t":9,"by":"server"}',
    ]
    file.write_text("\n".join(lines))
    assert bare("inspect", file, "--output", "scenario").out.strip() == b"status:503"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 300])
def test_events_of_numbers_are_read_together(step: int) -> None:
    exchange = Exchange(Draft())
    exchange.extend([Message(number, "in", (1, 1), b"x" * (number % 900), "line") for number in range(2000)])
    numbers = array("L", range(7, 2000, step))
    found = [event for events in _events_of(exchange, numbers) for event in events]
    assert found == [exchange.event(number) for number in numbers]
