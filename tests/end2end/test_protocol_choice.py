"""Protocol by scheme, by Accept and by what the answer is."""

from collections.abc import Callable

from tests.program import Result
from tests.raw import Peer, Served, close, text

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def stream(peer: Peer) -> None:
    await peer.request()
    await peer.stream(b"data: one\n\n", b"data: two\n\n")


async def conversation(peer: Peer) -> None:
    await peer.upgrade()
    await peer.send(text("hi") + close())
    await peer.goodbye()


def test_a_scheme_of_websocket_is_a_websocket(bare: Bare, serve: Serve) -> None:
    server = serve(conversation)
    result = bare("send", server.ws, "--output", "events")
    assert result.code == 0
    assert result.events[0]["protocol"] == "websocket"
    assert server.request.get("upgrade") == "websocket"
    assert server.request.get("sec-websocket-version") == "13"


def test_a_named_websocket_changes_the_scheme(bare: Bare, serve: Serve) -> None:
    server = serve(conversation)
    result = bare("send", server.http, "--protocol", "websocket", "--output", "events")
    assert result.code == 0
    assert result.events[0]["url"] == f"{server.ws}/"


def test_an_accept_header_asks_for_an_event_stream(bare: Bare, serve: Serve) -> None:
    server = serve(stream)
    result = bare("send", server.http, "-H", "Accept: text/event-stream", "--output", "events")
    assert result.code == 0
    assert result.events[0]["protocol"] == "sse"
    assert server.request.all("accept") == ["text/event-stream"]


def test_sse_asks_for_an_uncached_uncompressed_event_stream(bare: Bare, serve: Serve) -> None:
    server = serve(stream)
    assert bare("send", server.http, "--protocol", "sse").text == "one\ntwo"
    assert server.request.get("accept") == "text/event-stream"
    assert server.request.get("cache-control") == "no-store"
    assert server.request.all("accept-encoding") == []


def test_an_answer_that_is_an_event_stream_is_read_as_one(bare: Bare, serve: Serve) -> None:
    result = bare("send", serve(stream).http, "--output", "events")
    assert result.code == 0
    assert result.events[0]["protocol"] == "https"
    assert result.data == ["one", "two"]
    assert [event["event"] for event in result.of("message")] == ["message", "message"]


def test_an_answer_that_is_no_event_stream_is_one_message(bare: Bare, serve: Serve) -> None:
    async def whole(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b'{"object": "list"}', Content_Type="application/json")

    result = bare("send", serve(whole).http, "--protocol", "sse", "--output", "events")
    assert result.code == 0
    assert result.data == ['{"object": "list"}']
    (finding,) = result.of("finding")
    assert (finding["rule"], finding["severity"]) == ("content_type_mismatch", "warning")
    assert finding["remedy"]


def test_json_lines_are_messages(bare: Bare, serve: Serve) -> None:
    async def lines(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b'{"a":1}\r\n\n{"b":2}', Content_Type="application/x-ndjson; charset=utf-8")

    assert bare("send", serve(lines).http, "--output", "events").data == ['{"a":1}', '{"b":2}']
