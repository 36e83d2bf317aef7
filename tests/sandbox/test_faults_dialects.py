"""Faults in the words of each interface."""

import json
from typing import Any

import pytest
from tests.sandbox.conftest import Running
from tests.sandbox.wire import SAID, Answer, Socket, exchange


def ask(sandbox: Running, path: str, fault: str, **body: Any) -> Answer:
    return exchange(sandbox, sandbox.url("chat-v2-open") + path, fault, prompt="the sea", input="the sea", **body)


def test_responses(sandbox: Running) -> None:
    def numbers(fault: str) -> list[int]:
        return [value["sequence_number"] for value in ask(sandbox, "/v1/responses", fault).values]

    clean = numbers("none")
    twice, less = numbers("duplicate"), numbers("gap")
    assert len(set(clean)) == len(clean) == len(set(twice)) == len(twice) - 1 == len(less) + 1
    assert b"\nid:" not in ask(sandbox, "/v1/responses", "duplicate").body
    assert ask(sandbox, "/v1/responses", "error:Gone.").values[-1]["message"] == "Gone."
    kinds = [value["type"] for value in ask(sandbox, "/v1/responses", "no_end,no_usage").values]
    assert kinds[-1] == "response.output_item.done"
    renamed = ask(sandbox, "/v1/responses", "model:other").values
    assert renamed[0]["response"]["model"] == "streamscope-ngram"
    assert renamed[-1]["response"]["model"] == "other"


def test_messages(sandbox: Running) -> None:
    failed = ask(sandbox, "/v1/messages", "error:Gone.")
    assert failed.chunks[-1].startswith(b"event: error\n")
    assert failed.values[-1]["error"] == {"type": "api_error", "message": "Gone."}
    assert b"message_stop" not in ask(sandbox, "/v1/messages", "no_end").body
    unended = ask(sandbox, "/v1/messages", "no_finish").values
    assert not any(value.get("delta", {}).get("stop_reason") for value in unended)
    assert not any("usage" in value for value in ask(sandbox, "/v1/messages", "no_usage").values)


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("error:Gone.", lambda lines: json.loads(lines[-1]) == {"error": "Gone."}),
        ("no_end", lambda lines: b'"done": true' not in b"".join(lines)),
        ("no_finish", lambda lines: b"done_reason" not in lines[-1] and b'"done": true' in lines[-1]),
        ("no_usage", lambda lines: b"eval_count" not in lines[-1]),
        ("bad_json", lambda lines: lines[3].endswith(b"fals")),
        ("unfinished", lambda lines: not lines[-1].endswith(b"}")),
    ],
)
def test_lines_of_json(sandbox: Running, fault: str, check: Any) -> None:
    assert check(ask(sandbox, "/api/chat", fault).body.splitlines())
    clean = ask(sandbox, "/api/chat", "none").body.splitlines()
    with pytest.raises(AssertionError):
        assert check(clean)


def test_ticks(sandbox: Running) -> None:
    url = sandbox.url("ticks", "direct") + "/?count=8&interval=0.01"
    body = exchange(sandbox, url, "duplicate").body
    assert [line for line in body.split(b"\n") if line.startswith(b"id: ")].count(b"id: 4") == 2
    assert b'"tick": 4,' not in exchange(sandbox, url, "gap").body


def test_long_messages_are_split_at_64_kb(sandbox: Running) -> None:
    with Socket(sandbox, sandbox.url("chat-live", "direct") + "/echo", "ws_split") as link:
        assert link.head.startswith(b"HTTP/1.1 101")
        link.send(1, b"x" * 60_000)
        frame = link.frame()
        assert frame is not None
        assert (len(frame.payload), frame.fin) == (60_000, True)
    with Socket(sandbox, sandbox.url("chat-live", "direct") + "/echo", "ws_split:65536,ws_oversize:1") as link:
        for _ in range(4):
            link.send(1, b"x")
        frames = [link.frame() for _ in range(4 + 16)]
    assert [len(frame.payload) for frame in frames if frame][4:] == [65_536] * 16


def test_the_whole_answer_has_faults_too(sandbox: Running) -> None:
    url = sandbox.url("chat-v2-open") + "/v1/chat/completions"
    whole = exchange(sandbox, url, "gzip", stream=False)
    assert (whole.end, whole.headers["content-encoding"]) == ("whole", "gzip")
    cut = exchange(sandbox, url, "cut:100", stream=False, messages=SAID)
    assert (cut.end, len(cut.body)) == ("cut", 100)
