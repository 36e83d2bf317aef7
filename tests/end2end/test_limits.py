"""When a call has had enough: total time, messages, seconds; and answers that end early."""

import asyncio
from collections.abc import Callable

import pytest
from tests.program import Result
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def silent(peer: Peer) -> None:
    await peer.request()
    await peer.rest()


async def endless(peer: Peer) -> None:
    await peer.request()
    await peer.stream(b"data: one\n\ndata: two\n\ndata: three\n\n", end=False)
    await peer.rest()


def test_timeout_is_total_before_an_answer(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(silent).http, "--timeout", "0.3", "--output", "events")
    assert result.code == 1
    assert (result.end["kind"], result.end["error"]) == ("failed", "TimedOut")
    assert "0.3 s" in result.end["message"]
    assert result.end["hint"]


def test_timeout_is_total_in_mid_stream(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(endless).http, "--timeout", "0.5", "--output", "summary")
    told = result.json
    assert result.code == 1
    assert (told["outcome"], told["status"], told["messages_in"]) == ("early", 200, 3)
    assert told["error"]["error"] == "TimedOut"
    assert told["text"] == "one\ntwo\nthree"


def test_max_messages_are_counted_exactly(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(endless).http, "--max-messages", "2", "--output", "events")
    assert result.code == 0
    assert result.data == ["one", "two"]
    assert (result.end["kind"], result.end["by"]) == ("closed", "client")


def test_close_after_counts_from_the_head(bare: Bare, serve: Serve) -> None:
    async def late(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(0.5)  # longer than the limit, which has not begun yet
        await peer.stream(b"data: one\n\n", end=False)
        await peer.rest()

    result = bare("send", serve(late).http, "--close-after", "0.3", "--output", "summary")
    assert (result.code, result.json["outcome"], result.json["messages_in"]) == (0, "complete", 1)
    assert result.json["closed"]["by"] == "client"


@pytest.mark.parametrize("option", ["--timeout", "--close-after"])
@pytest.mark.parametrize("value", ["-1", "nan", "soon"])
def test_limits_that_make_no_sense_are_refused(bare: Bare, option: str, value: str) -> None:
    result = bare("send", "http://127.0.0.1:1", option, value)
    assert result.code == 2
    assert option in result.err


def chunked(*chunks: bytes, end: bool) -> Callable[[Peer], object]:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(*chunks, end=end)

    return script


TOKEN = b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"half"}}]}\n\n'


def test_a_stream_that_is_cut_fails(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(chunked(TOKEN, b"data: {", end=False)).http, "--output", "events")
    assert result.code == 1
    assert (result.end["kind"], result.end["error"]) == ("failed", "Cut")
    assert result.end["hint"]
    assert [event.get("unfinished") for event in result.of("message")] == [None, True]


def test_a_body_that_is_shorter_than_it_said_fails(bare: Bare, serve: Serve) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    result = bare("send", server.http, "--output", "summary")
    assert (result.code, result.json["outcome"]) == (1, "early")
    assert result.json["error"]["error"] == "Cut"


def test_a_stream_without_its_end_mark_ended_early(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(chunked(TOKEN, end=True)).http, "--output", "events")
    assert result.code == 1
    assert result.end["kind"] == "closed"
    (finding,) = result.of("finding")
    assert (finding["rule"], finding["severity"]) == ("missing_end", "warning")
    assert finding["remedy"]
    whole = bare("send", serve(chunked(TOKEN, b"data: [DONE]\n\n", end=True)).http)
    assert (whole.code, whole.text, whole.err) == (0, "half", "")


def test_an_error_inside_a_stream_is_an_error(bare: Bare, serve: Serve) -> None:
    mid = b'data: {"error":{"message":"out of memory"}}\n\n'
    result = bare("send", serve(chunked(TOKEN, mid, b"data: [DONE]\n\n", end=True)).http)
    assert (result.code, result.text) == (1, "half")
    assert "out of memory" in result.err


def test_an_empty_event_stream_is_complete(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(chunked(end=True)).http, "--protocol", "sse", "--output", "summary")
    assert (result.code, result.json["outcome"], result.json["messages_in"]) == (0, "complete", 0)
