"""Servers that report errors under status 200, close kept connections, hold bodies back; and secrets in odd places."""

import gzip
from collections.abc import Callable

import pytest
from tests.program import Result
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]
ERRORS = (
    b'data: {"error":{"message":"boo"}}\n\ndata: [DONE]\n\n',
    b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"boo"}}\n\n',
    b'data: {"object":"error","message":"boo"}\n\n',
)


@pytest.mark.parametrize("body", ERRORS)
def test_an_error_under_status_200_is_an_error_and_no_text(bare: Bare, serve: Serve, body: bytes) -> None:
    """It needs no dialect to be recognised."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(body)

    result = bare("send", serve(script).http)
    assert (result.code, result.text) == (1, "")
    assert "boo" in result.err


def test_what_came_before_the_time_was_over_is_kept(bare: Bare, serve: Serve) -> None:
    """An unfinished event is shown as such when the call's own time ends it."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: a\n\ndata: b", end=False)
        await peer.rest()

    result = bare("send", serve(script).http, "--timeout", "1", "--output", "events")
    messages = [event for event in result.events if event["kind"] == "message"]
    assert [(event["data"], event.get("unfinished", False)) for event in messages] == [("a", False), ("b", True)]
    assert result.code == 1


def test_a_typed_secret_is_masked_in_what_a_signature_shows(bare: Bare, serve: Serve) -> None:
    """The canonical request holds the signed headers; a cookie among them stays hidden."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"fine")

    keys = ("--auth", "aksk", "--set", "access_key=A", "--set", "secret_key=B1234")
    result = bare("send", serve(script).http, *keys, "-H", "Cookie: a=sEcReT", "--output", "events", "--explain")
    assert "canonical" in result.text.lower()
    assert "sEcReT" not in result.text + result.err


def test_a_secret_with_a_line_break_is_refused_without_telling_it(bare: Bare, serve: Serve) -> None:
    """What HTTP cannot carry is named by its header, not by its value."""
    server = serve(b"")
    result = bare(
        "send", server.http, "--auth", "bearer", "--set", "token=@-", "--output", "events", given=b"sEcReT\nx"
    )
    assert result.code == 2
    assert "Authorization" in result.text
    assert "sEcReT" not in result.text + result.err


def test_a_user_in_a_url_is_refused_without_telling_the_password(bare: Bare) -> None:
    """Credentials in a URL would be shown and kept."""
    result = bare("send", "http://user:sEcReT@127.0.0.1:1/")
    assert result.code == 2
    assert "sEcReT" not in result.err


@pytest.mark.parametrize(("missing", "code"), [(0, 0), (12, 1)])
def test_a_gzip_body_that_was_cut_off_is_no_whole_one(bare: Bare, serve: Serve, missing: int, code: int) -> None:
    """Two members are one body; without its last bytes it ended early, and what came is shown."""
    packed = gzip.compress(b"hello ") + gzip.compress(b"world")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: x-gzip\r\nConnection: close\r\n\r\n"
    result = bare("send", serve(head + packed[: len(packed) - missing]).http, "--output", "body")
    assert result.code == code
    assert result.text.startswith("hello ")
