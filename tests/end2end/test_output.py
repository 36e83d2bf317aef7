"""What `send` prints: text, events, body, summary; and the same events in a file."""

import gzip
import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import COMMAND, Result, environment
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]
CHUNK = '{{"object":"chat.completion.chunk","choices":[{{"index":{},"delta":{}}}]}}'


def chunk(delta: str, choice: int = 0) -> bytes:
    return b"data: " + CHUNK.format(choice, delta).encode() + b"\n\n"


async def chat(peer: Peer) -> None:
    """A stream with everything that is no visible text, too."""
    await peer.request()
    await peer.stream(
        b": welcome\n\n",
        chunk('{"role":"assistant","content":""}'),
        chunk('{"reasoning_content":"hm"}'),
        chunk('{"content":"Hel"}'),
        chunk('{"content":"other"}', 1),
        chunk('{"content":"lo ä"}'),
        chunk('{"refusal":"never"}'),
        chunk('{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}'),
        b'data: {"choices":[],"usage":{"total_tokens":3}}\n\n',
        b"data: [DONE]\n\n",
    )


def test_text_is_the_visible_text_and_nothing_else(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(chat).http)
    assert (result.code, result.text, result.err) == (0, "Hello ä", "")


def test_text_of_an_unknown_format_is_the_payloads(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b'{"data": {"resp_data": [1]}}', Content_Type="application/json")

    assert bare("send", serve(script).http).text == '{"data": {"resp_data": [1]}}'


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error"])
@pytest.mark.parametrize(
    "body", [b'{"error": {"message": "no"}}', b"<html>no</html>", b"\x00\xff\xfe"], ids=["json", "html", "binary"]
)
@pytest.mark.parametrize("asked", ["https", "sse"])
def test_an_error_is_no_text_but_explained(bare: Bare, serve: Serve, status: str, body: bytes, asked: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(body, status)

    result = bare("send", serve(script).http, "--protocol", asked)
    assert (result.code, result.out) == (1, b"")
    assert status[:3] in result.err
    assert "hint:" in result.err


def test_body_is_the_bytes_after_decoding(bare: Bare, serve: Serve) -> None:
    content = bytes(range(256)) * 500

    async def script(peer: Peer) -> None:
        request = await peer.request()
        assert "gzip" in (request.get("accept-encoding") or "")
        packed = gzip.compress(content)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        middle = len(packed) // 2
        halves = (packed[:middle], packed[middle:])
        await peer.send(head, *(b"%x\r\n%s\r\n" % (len(half), half) for half in halves), b"0\r\n\r\n")

    assert bare("send", serve(script).http, "--output", "body").out == content


def test_body_of_an_error_is_its_body(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"nothing here", "401 Unauthorized")

    result = bare("send", serve(script).http, "--output", "body")
    assert (result.code, result.out) == (1, b"nothing here")


def test_body_of_a_stream_is_its_bytes(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b": c\r\n", b"data: x\n\nda", b"ta: y")

    assert bare("send", serve(script).http, "--output", "body").out == b": c\r\ndata: x\n\ndata: y"


def test_summary_is_one_object(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(chat).http, "-d", "{}", "--output", "summary")
    told = result.json
    counts = ["messages_in", "messages_out", "bytes_in", "bytes_out"]
    meanings = ["dialect", "choices", "usage", "errors", "end"]
    assert list(told) == ["outcome", "status", *counts, "text", "timing", "closed", "error", *meanings]
    assert (told["dialect"], told["errors"], told["end"]) == ("openai.chat", [], "seen")
    choice, other = told["choices"]
    assert other["text"] == "other"
    assert choice.keys() == {"text", "reasoning", "tool_calls", "refusal", "finish_reason"}
    assert choice["text"] == told["text"]
    assert (told["outcome"], told["status"], told["messages_in"]) == ("complete", 200, 9)
    assert told["text"] == "Hello ä"
    assert told["closed"] == {"by": "server", "code": None, "reason": ""}
    assert told["error"] is None
    times = told["timing"]
    assert list(times)[:3] == ["ttfb_ms", "ttft_ms", "total_ms"]
    assert times["ttft_ms"] <= times["e2e_ms"] <= times["total_ms"]
    assert 0 < times["ttfb_ms"] <= times["ttft_ms"] <= times["total_ms"]
    assert told["bytes_in"] > len("Hello ä")


def test_summary_of_no_connection(bare: Bare, closed_port: int) -> None:
    result = bare("send", f"http://127.0.0.1:{closed_port}", "--output", "summary")
    told = result.json
    assert result.code == 3
    assert (told["outcome"], told["status"], told["closed"]) == ("no connection", None, None)
    assert told["error"].keys() == {"error", "message", "hint"}
    assert told["timing"]["ttfb_ms"] is None


def test_events_field_by_field(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(
            b": hello\n",
            b"event: tick\nid: 7\nretry: 1500\ndata: one\ndata: two\n\n",
            b"data: bare\n\n",
            b"retry: 250\n\n",
            b"data: \xff\n\n",
            b"retry: soon\n\n",
            b"data: never finis",
        )

    result = bare("send", serve(script).http, "--output", "events", "-H", "Authorization: Bearer verysecret")
    events = result.events
    request = events[0]
    assert {"kind", "t", "version", "started", "method", "url", "headers", "auth", "channel", "protocol"} <= set(
        request
    )
    assert (request["kind"], request["t"], request["version"], request["method"]) == ("request", 0, 1, "GET")
    assert (request["auth"], request["channel"], request["protocol"]) == ("none", "address", "https")
    assert ["Authorization", "Bearer ••••••"] in request["headers"]
    assert "verysecret" not in result.text
    traces = [(event["name"], event["phase"]) for event in result.of("trace")]
    assert traces == [(name, phase) for name in ("dns", "connect", "send", "wait") for phase in ("begin", "end")]
    reads = result.of("read")
    assert [event["read"] for event in reads] == list(range(1, len(reads) + 1))
    assert all(event["bytes"] > 0 for event in reads)
    (head,) = result.of("head")
    assert (head["status"], head["http_version"]) == (200, "HTTP/1.1")
    assert head["headers"][0] == ["Content-Type", "text/event-stream"]
    first, second, third, last = result.of("message")
    assert (first["data"], first["event"], first["id"], first["retry"]) == ("one\ntwo", "tick", "7", 1500)
    assert (second["data"], second["event"], second["id"]) == ("bare", "message", "7")
    assert "retry" not in second
    assert third["data_base64"] == "/w=="
    assert (last["data"], last["unfinished"]) == ("never finis", True)
    assert all("unfinished" not in event for event in (first, second, third))
    assert [(c["name"], c["data"]) for c in result.of("control")] == [
        ("comment", "hello"), ("retry", 250), ("field", "retry: soon"),
    ]  # fmt: skip
    findings = {event["rule"]: event for event in result.of("finding")}
    assert findings.keys() == {"bad_retry", "invalid_utf8", "unfinished_event"}
    for finding in findings.values():
        assert finding["severity"] in ("info", "warning", "error")
        assert finding["text"]
        assert finding["remedy"]
    assert [event["t"] for event in events[1:-1] if event["kind"] in ("read", "message")] == sorted(
        event["t"] for event in events[1:-1] if event["kind"] in ("read", "message")
    )
    assert result.end["kind"] == "closed"
    assert (result.end["by"], result.end["code"], result.end["reason"]) == ("server", None, "")


def test_findings_point_at_lines_that_were_printed(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: a\n\n", b"strange line\n\n", b"data: b\n\n", b"odd\n\n")

    events = bare("send", serve(script).http, "--output", "events").events
    seen = [event for event in events if event["kind"] != "finding"]
    found = [event for event in events if event["kind"] == "finding"]
    first, counted = ([seen[index]["data"] for index in event["events"]] for event in found)
    assert (first, counted) == (["strange line"], ["strange line", "odd"])
    assert "2 times" in found[1]["text"]
    told = bare("send", serve(script).http).err
    assert told.count("ignored by the rules") == 1
    assert "2 times" in told


def test_save_writes_the_same_lines_for_the_owner_only(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "saved.jsonl"
    path.write_text("old")
    result = bare("send", serve(chat).http, "--output", "events", "--save", str(path))
    assert path.read_bytes() == result.out
    fresh = tmp_path / "fresh.jsonl"
    result = bare("send", serve(chat).http, "--save", str(fresh))
    assert result.text == "Hello ä"
    assert [json.loads(line)["kind"] for line in fresh.read_bytes().splitlines()][-1] == "closed"
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600


def test_output_whose_reader_went_away_ends_quietly(serve: Serve, tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: one\n\n", end=False)
        while True:
            await peer.send(b"9\r\ndata: x\n\n\r\n", b"9\r\ndata: y\n\n\r\n")

    command = [*COMMAND, "--profile", str(tmp_path), "send", serve(script).http, "--output", "events"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 1
        assert process.stderr.read() == b""
