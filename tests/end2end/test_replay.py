"""`replay`: a recording printed with its own timing, and served to any client; `compare`: two side by side."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.exchanges import MS, conversation, recorded, stream
from tests.interop import foreign
from tests.interop.test_lines import written
from tests.program import Live, Result

from streamscope.engine.report import walk
from streamscope.interop.har import har_of
from streamscope.model.event import Event, Message

Bare = Callable[..., Result]
Start = Callable[..., Live]


def save(path: Path, events: list[Event]) -> Path:
    path.write_bytes(written(events))
    return path


def test_it_prints_as_a_call_does(bare: Bare, tmp_path: Path) -> None:
    path = save(tmp_path / "file", stream(("Hello", " wörld"), gap=5 * MS))
    assert bare("replay", path).text == "Hello wörld"
    events = bare("replay", path, "--output", "events")
    assert events.out == bare("inspect", path, "--output", "events").out
    assert bare("replay", path, "--output", "summary").out == bare("inspect", path, "--output", "summary").out
    body = bare("replay", path, "--output", "body").out
    assert body.startswith(b": hi\ndata: {")
    assert body.endswith(b"data: [DONE]\n\n")


def test_it_takes_its_time_unless_told_otherwise(bare: Bare, tmp_path: Path) -> None:
    path = save(tmp_path / "file", stream(gap=400 * MS))
    lasted = []
    for speed in ("1", "0"):
        begun = time.monotonic()
        assert bare("replay", path, "--speed", speed).text == "Hello, wörld!"
        lasted.append(time.monotonic() - begun)
    assert lasted[0] - lasted[1] > 1.0
    for wrong in ("-1", "nan", "inf", "x"):
        assert bare("replay", path, "--speed", wrong).code == 2


@pytest.mark.parametrize("as_har", [False, True])
@pytest.mark.parametrize("duplex", [False, True])
def test_it_serves_any_client_until_it_is_stopped(
    bare: Bare, live: Start, tmp_path: Path, as_har: bool, duplex: bool
) -> None:
    events = conversation(gap=20 * MS) if duplex else stream(gap=20 * MS)
    path = save(tmp_path / "file", events)
    if as_har:
        path.write_bytes(har_of(events))
    server = live("replay", path, "--serve", "0")
    server.wait_for(lambda out: out.endswith(b"\n"))
    url = server.out.decode().strip()
    assert url.startswith("ws://127.0.0.1:" if duplex else "http://127.0.0.1:")
    for _ in range(2):
        sent = bare("send", url, "--output", "events")
        assert sent.code == 0, sent.err
        expected = [event.payload for event in events if isinstance(event, Message) and event.direction == "in"]
        assert [len(event.get("data", "")) for event in sent.of("message", direction="in")][:1] == [len(expected[0])]
        assert len(sent.of("message", direction="in")) == len(expected)
    server.process.send_signal(signal.SIGINT)
    ended = server.end()
    assert ended.code == 130
    assert ended.err.count("to the end") == 2


def test_what_cannot_be_played_is_told(bare: Bare, tmp_path: Path) -> None:
    assert bare("replay", tmp_path / "nothing").code == 2
    refused = tmp_path / "refused"
    refused.write_bytes(foreign.har(foreign.SPARSE[0]))
    save(refused, [stream()[0]])
    result = bare("replay", refused, "--serve", "0")
    assert result.code == 2
    assert "no answer" in result.err


def test_comparing_is_exit_0_whether_or_not_they_differ(bare: Bare, tmp_path: Path) -> None:
    a = save(tmp_path / "a", stream(("The", " quick", " fox")))
    changed = stream(("The", " slow", " fox"), gap=80 * MS)
    b = save(tmp_path / "b", [e for e in changed if not (isinstance(e, Message) and e.payload == b"[DONE]")])
    same = bare("compare", a, a)
    assert same.code == 0
    assert "the same" in same.text
    result = bare("compare", a, b)
    assert result.code == 0
    assert "The[- quick-]{+ slow+} fox" in result.text
    assert "only in B:" in result.text
    assert "end mark" in result.text
    assert max(map(len, result.text.splitlines())) <= 80
    told = bare("compare", a, b, "--output", "json").json
    assert told["same_text"] is False
    assert [row["change"] for row in told["text"]] == ["equal", "replace", "equal"]
    assert [row["rule"] for row in told["findings"]["only_b"]] == ["missing_end"]
    (total,) = [row for row in told["timing"] if row["key"] == "total_ms"]
    assert total["difference"] == pytest.approx(total["b"] - total["a"])
    assert bare("compare", a, tmp_path / "nothing").code == 2
    assert "whether or not" in bare("compare", "--help").text


def test_a_recording_can_be_compared_with_its_har(bare: Bare, tmp_path: Path) -> None:
    events = stream()
    a = save(tmp_path / "a", events)
    exchange = recorded(events)
    (tmp_path / "b").write_bytes(har_of(walk(exchange)))
    exchange.close()
    told = bare("compare", a, tmp_path / "b", "--output", "json").json
    assert told["same_text"] is True
    assert all(row["difference"] in (0, None) for row in told["timing"])
    assert (
        msgspec.json.encode(told["a"]["summary"])
        == json.dumps(told["b"]["summary"], separators=(",", ":"), ensure_ascii=False).encode()
    )
