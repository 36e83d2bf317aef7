"""WebSocket messages from the command line, read off a raw socket."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import Result
from tests.raw import Peer, Served, close, frame, text

Bare = Callable[..., Result]
Serve = Callable[..., Served]


def taking(count: int) -> Callable[[Peer], object]:
    """A server that takes so many messages, answers once at the end, and closes."""

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        for _ in range(count):
            await peer.frame()
        await peer.send(text("thanks"), close())
        await peer.goodbye()

    return script


@pytest.fixture
def frames(bare: Bare, serve: Serve) -> Callable[..., list[tuple[int, bytes]]]:
    """Send messages; gives the frames that arrived."""

    def call(count: int, *options: str | bytes, given: bytes = b"") -> list[tuple[int, bytes]]:
        server = serve(taking(count))
        result = bare("send", server.ws, *options, given=given)
        assert (result.code, result.text) == (0, "thanks"), result.err
        server.wait()
        assert server.peers[0].frames[count:] == [(8, b"\x03\xe8")]
        return server.peers[0].frames[:count]

    return call


def test_messages_go_out_in_order_without_waiting_for_answers(frames: Callable[..., object]) -> None:
    assert frames(3, "-m", "one", "-m", "zwei ä", "-m", "") == [(1, b"one"), (1, "zwei ä".encode()), (1, b"")]


def test_messages_come_from_files_and_lines_of_standard_input(frames: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(b"two\nlines\n")
    sent = frames(4, "-m", "first", "-m", f"@{tmp_path / 'message'}", "-m", "-", given=b'{"a":1}\nlast')
    assert sent == [(1, b"first"), (1, b"two\nlines\n"), (1, b'{"a":1}'), (1, b"last")]


def test_binary_messages_are_binary(frames: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(b"\xff\x00")
    assert frames(2, "--binary", "-m", "text", "-m", f"@{tmp_path / 'message'}") == [(2, b"text"), (2, b"\xff\x00")]


def test_a_text_message_must_be_text(bare: Bare, tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(b"\xff")
    for given in (f"@{tmp_path / 'message'}", b"\xff"):
        result = bare("send", "ws://127.0.0.1:1", "-m", given)
        assert result.code == 2
        assert "UTF-8" in result.err
        assert "--binary" in result.err


def test_events_tell_both_directions(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        _, first = await peer.frame()
        await peer.send(frame(2, b"\xff" + first), frame(9, b"are you there"))
        assert await peer.frame() == (10, b"are you there")
        await peer.send(close(1001, "bye"))
        assert await peer.frame() == (8, b"\x03\xe9bye")

    server = serve(script)
    result = bare("send", server.ws, "-m", "ping me", "--output", "events")
    server.wait()
    assert result.code == 0
    kinds = [event["kind"] for event in result.events]
    assert kinds[0] == "request"
    assert kinds[-1] == "closed"
    (out,) = result.of("message", direction="out")
    assert (out["data"], out["opcode"]) == ("ping me", "text")
    (came,) = result.of("message", direction="in")
    assert (came["data_base64"], came["opcode"]) == ("/3BpbmcgbWU=", "binary")
    assert "data" not in came
    assert came["reads"][0] <= came["reads"][1] <= len(result.of("read"))
    assert [(c["direction"], c["name"], c["data"]) for c in result.of("control")] == [
        ("in", "ping", "are you there"),
        ("out", "pong", "are you there"),
        ("in", "close", "1001 bye"),
        ("out", "close", "1001 bye"),
    ]
    end = result.end
    assert (end["by"], end["code"], end["reason"]) == ("server", 1001, "bye")
    (head,) = result.of("head")
    assert head["status"] == 101
    assert [name for name, _ in head["headers"]] == ["Upgrade", "Connection", "Sec-WebSocket-Accept"]


@pytest.mark.parametrize(
    ("frames_sent", "code", "exit_code", "outcome"),
    [
        (close(1000), 1000, 0, "complete"),
        (close(1001, "away"), 1001, 0, "complete"),
        (close(1008, "policy"), 1008, 1, "error"),
        (close(1011, "oh"), 1011, 1, "error"),
        (close(4001, "own"), 4001, 1, "error"),
        (close(None), 1005, 1, "error"),
        (b"", 1006, 1, "early"),
    ],
)
def test_the_close_code_decides_the_exit_code(
    bare: Bare, serve: Serve, frames_sent: bytes, code: int, exit_code: int, outcome: str
) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("hello") + frames_sent)
        if frames_sent:
            await peer.goodbye()

    result = bare("send", serve(script).ws, "--output", "summary")
    assert result.code == exit_code
    told = result.json
    assert told["outcome"] == outcome
    assert told["closed"]["code"] == code
    assert told["closed"]["by"] == ("server" if frames_sent else "network")
    assert told["text"] == "hello"


@pytest.mark.parametrize("option", [("--max-messages", "2"), ("--close-after", "0.2")])
def test_enough_closes_normally(bare: Bare, serve: Serve, option: tuple[str, str]) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("one"), text("two"))
        assert await peer.frame() == (8, b"\x03\xe8")
        await peer.send(close(1000))

    server = serve(script)
    result = bare("send", server.ws, *option, "--output", "events")
    server.wait()
    assert result.code == 0, result.err
    assert result.data == ["one", "two"]
    assert (result.end["by"], result.end["code"]) == ("client", 1000)


def test_a_close_that_is_answered_without_a_code_is_normal_all_the_same(bare: Bare, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("one"))
        await peer.frame()
        await peer.send(close(None))

    result = bare("send", serve(script).ws, "--max-messages", "1", "--output", "summary")
    assert (result.code, result.json["outcome"]) == (0, "complete")
    assert result.json["closed"]["by"] == "client"


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "401 Unauthorized", "503 Service Unavailable"])
def test_a_refused_handshake_is_an_error_with_its_body(bare: Bare, serve: Serve, status: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b'{"error_msg": "no"}', status, Content_Type="application/json", Location="/elsewhere")

    result = bare("send", serve(script).ws, "-m", "x", "--output", "events")
    assert result.code == 1
    assert [e["kind"] for e in result.events if e["kind"] in ("head", "message", "closed")] == [
        "head",
        "message",
        "closed",
    ]
    assert result.data == ['{"error_msg": "no"}']
    assert result.of("head")[0]["status"] == int(status[:3])
    (finding,) = result.of("finding")
    assert (finding["severity"], bool(finding["remedy"])) == ("error", True)


def test_an_agreed_subprotocol_is_fine_and_another_one_fails(bare: Bare, serve: Serve) -> None:
    def choosing(name: str) -> Served:
        async def script(peer: Peer) -> None:
            await peer.upgrade(f"Sec-WebSocket-Protocol: {name}")
            await peer.send(close())
            await peer.goodbye()

        return serve(script)

    server = choosing("b")
    good = bare("send", server.ws, "-H", "Sec-WebSocket-Protocol: a, b", "--output", "events")
    assert good.code == 0
    assert server.request.all("sec-websocket-protocol") == ["a, b"]
    bad = bare("send", choosing("c").ws, "-H", "Sec-WebSocket-Protocol: a, b", "--output", "events")
    assert bad.code == 1
    assert (bad.end["kind"], bad.end["error"]) == ("failed", "ProtocolViolation")
    assert "subprotocol" in bad.end["message"]
    assert bad.end["hint"]
