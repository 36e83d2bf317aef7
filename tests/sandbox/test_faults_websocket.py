"""Faults over WebSocket, frame by frame."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable

import pytest
from tests.sandbox.conftest import Running
from tests.sandbox.wire import Frame, Socket

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
Open = Callable[..., Socket]


@pytest.fixture(params=[("live-v2-open", "public"), ("chat-live", "direct")])
def opened(request: pytest.FixtureRequest, sandbox: Running) -> Open:
    name, channel = request.param

    def make(fault: str | None = None, **headers: str) -> Socket:
        return Socket(sandbox, sandbox.url(name, channel) + "/v1/chat", fault, **headers)

    return make


def turn(link: Socket, **body: object) -> list[Frame]:
    with link:
        link.ask(**body)
        return link.turn()


def texts(frames: list[Frame]) -> str:
    values = [json.loads(frame.payload) for frame in frames if frame.opcode == 1]
    return "".join(value.get("delta", "") for value in values)


def test_closes(opened: Open) -> None:
    assert turn(opened("ws_close"))[-1].payload == b"\x03\xf3"
    assert turn(opened("ws_close:1006"))[-1].payload == b"\x03\xee"
    assert turn(opened("ws_close:0"))[-1].payload == b""
    lost = turn(opened("ws_lost"))
    assert [frame.opcode for frame in lost] == [1] * 5


def test_fragments_with_pings_between(opened: Open) -> None:
    clean = turn(opened())
    with opened("ws_fragments:3") as link:
        link.ask()
        frames = [frame for frame in (link.frame() for _ in range(5)) if frame]
    assert [(frame.opcode, frame.fin) for frame in frames] == [(1, False), (9, True), (0, False), (9, True), (0, True)]
    assert json.loads(b"".join(frame.payload for frame in frames if frame.opcode != 9))["type"] == "response.created"
    assert texts(clean)


def test_split_and_tiny(opened: Open) -> None:
    with opened("ws_split:40") as link:
        link.ask()
        first = link.frame()
        assert first is not None
        assert (len(first.payload), first.fin) == (40, False)
        assert link.message()
        assert json.loads(link.message())["type"] == "response.output_text.delta"
    with opened("ws_tiny") as link:
        link.ask()
        assert {len(frame.payload) for frame in (link.frame() for _ in range(1000)) if frame} == {1}


def test_deflate_is_negotiated_where_offered(opened: Open) -> None:
    with opened("ws_deflate", Sec_WebSocket_Extensions="permessage-deflate") as link:
        assert b"permessage-deflate" in link.head
        link.ask()
        frame = link.frame()
    assert frame is not None
    assert frame.reserved == 4
    inflated = zlib.decompressobj(wbits=-15).decompress(frame.payload + b"\0\0\xff\xff")
    assert json.loads(inflated)["type"] == "response.created"
    with opened("ws_deflate") as link:
        assert b"deflate" not in link.head
        link.ask()
        assert {frame.reserved for frame in link.turn()} == {0}


def test_oversize(opened: Open) -> None:
    with opened("ws_oversize:3") as link:
        link.ask()
        sizes = [len(link.message()) for _ in range(7)]
    assert sizes[5] == 3 * 1024 * 1024


def test_a_ping_without_pong_closes(opened: Open) -> None:
    frames = turn(opened("ws_ping:0.3"), tokens_per_second=5)
    assert 9 in {frame.opcode for frame in frames}
    assert frames[-1].opcode == 8
    assert frames[-1].payload.startswith(b"\x03\xf3")
    with opened("ws_ping:0.3") as link:
        link.ask(tokens_per_second=12)
        answered = []
        while not answered or b"response.done" not in answered[-1].payload:
            frame = link.frame()
            assert frame is not None
            answered.append(frame)
            if frame.opcode == 9:
                link.send(10, frame.payload)
    assert 8 not in {frame.opcode for frame in answered}


def test_pings_that_are_never_answered(opened: Open) -> None:
    for fault, expected in ((None, True), ("ws_no_pong", False)):
        with opened(fault) as link:
            link.send(9, b"hello")
            link.ask()
            assert (10 in {frame.opcode for frame in link.turn()}) is expected


def test_frames_that_break_the_protocol(opened: Open) -> None:
    assert [frame.masked for frame in turn(opened("ws_masked"))].count(True) == 1
    assert [frame.reserved for frame in turn(opened("ws_reserved"))][:6] == [0, 0, 0, 0, 2, 0]
    with pytest.raises(UnicodeDecodeError):
        turn(opened("ws_bad_utf8"))[5].payload.decode()


def test_handshakes(opened: Open) -> None:
    def accept(link: Socket) -> str:
        return link.head.decode().lower().split("sec-websocket-accept:")[1].split("\r\n")[0].strip()

    for fault, right in ((None, True), ("ws_bad_accept", False)):
        with opened(fault) as link:
            key = base64.b64encode(hashlib.sha1(link.key.encode() + GUID.encode()).digest()).decode()
            assert (accept(link) == key.lower()) is right
            assert link.head.lower().count(b"sec-websocket-accept") == 1
    with opened("ws_refused:503") as link:
        assert link.head.startswith(b"HTTP/1.1 503")
        assert "error_code" in json.loads(link.rest)


def test_content_and_time(opened: Open) -> None:
    clean = texts(turn(opened()))
    assert (
        texts(turn(opened("jitter:0.01"))) == texts(turn(opened("burst"))) == texts(turn(opened("keep_alive"))) == clean
    )
    assert [frame.opcode for frame in turn(opened("stall_alive:0.8"))][5:8] == [9, 9, 9]
    numbers = [json.loads(frame.payload)["sequence_number"] for frame in turn(opened("gap"))]
    assert numbers[:6] == [1, 2, 3, 4, 6, 7]
    with opened("error:No memory.") as link:
        link.ask()
        assert json.loads([link.message() for _ in range(6)][-1])["error"]["message"] == "No memory."
    frames = turn(opened("time_limit:0.3"))
    assert frames[-1].payload == b"\x03\xf3Backend timeout"
