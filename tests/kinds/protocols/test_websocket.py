"""WebSocket against servers made by hand: frames as they should be and as they should not."""

import zlib
from collections.abc import Callable

import pytest
from tests.conftest import Calling
from tests.raw import Peer, Script, Served, close, frame, text

from streamscope.model.draft import Limits, Outgoing
from streamscope.model.event import Closed, Control, Event, Failed, Head, Message, Read
from streamscope.model.exchange import Outcome

Serve = Callable[..., Served]
Sent = Callable[..., object]


def saying(*chunks: bytes, extra: tuple[str, ...] = (), accept: str | None = None) -> Script:
    """A server that opens, sends chunks, and waits for the client's goodbye."""

    async def script(peer: Peer) -> None:
        await peer.upgrade(*extra, accept=accept)
        await peer.send(*chunks)
        await peer.goodbye()

    return script


def incoming(events: list[Event]) -> list[Message]:
    return [event for event in events if isinstance(event, Message) and event.direction == "in"]


def failure(events: list[Event], outcome: Outcome) -> Failed:
    """The failure that ended it; everything about it must be told."""
    end = events[-1]
    assert isinstance(end, Failed)
    assert end.error == "ProtocolViolation"
    assert end.message
    assert end.hint
    assert outcome.outcome in ("early", "error")
    return end


async def test_fragments_are_one_message_with_all_its_reads(call: Calling, serve: Serve) -> None:
    chunks = (text("Hel", fin=False), frame(9, b"!"), frame(0, b"", fin=False), frame(0, "lö".encode()), close())
    events, _ = await call(serve(saying(*chunks)).ws, "websocket")
    (message,) = incoming(events)
    assert (message.text, message.opcode) == ("Hellö", "text")
    assert message.reads[0] < message.reads[1]
    controls = [(event.direction, event.name) for event in events if isinstance(event, Control)]
    assert controls == [("in", "ping"), ("out", "pong"), ("in", "close"), ("out", "close")]


async def test_a_character_may_be_cut_by_fragments(call: Calling, serve: Serve) -> None:
    snow = "☃".encode()
    script = saying(text(snow[:1], fin=False), frame(0, snow[1:]), close())
    events, _ = await call(serve(script).ws, "websocket")
    assert [message.text for message in incoming(events)] == ["☃"]


async def test_many_messages_in_one_read_keep_their_order(call: Calling, serve: Serve) -> None:
    messages = [str(number) for number in range(500)]
    script = saying(b"".join(map(text, messages)) + close())
    events, outcome = await call(serve(script).ws, "websocket")
    assert [message.text for message in incoming(events)] == messages
    assert outcome.messages_in == 500


async def test_frames_that_come_with_the_handshakes_answer_are_kept(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade(then=text("early") + close())
        await peer.goodbye()

    events, _ = await call(serve(script).ws, "websocket")
    (message,) = incoming(events)
    assert (message.text, message.reads) == ("early", (1, 1))
    assert [event.read for event in events if isinstance(event, Read)] == [1]


async def test_a_byte_at_a_time(call: Calling, serve: Serve) -> None:
    stream = text("slow") + close(1000, "done")
    events, outcome = await call(serve(saying(*(stream[at : at + 1] for at in range(len(stream))))).ws, "websocket")
    assert [message.text for message in incoming(events)] == ["slow"]
    assert outcome.closed == {"by": "server", "code": 1000, "reason": "done"}


async def test_a_ping_is_answered_with_its_payload(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        for payload in (b"", b"x" * 125, b"\xff\x00"):
            await peer.send(frame(9, payload))
            assert await peer.frame() == (10, payload)
        await peer.send(frame(10, b"unasked"), close())
        await peer.goodbye()

    server = serve(script)
    events, outcome = await call(server.ws, "websocket")
    await server.seen()
    assert outcome.outcome == "complete"
    assert Control in map(type, events)
    assert [event.data for event in events if isinstance(event, Control) and event.name == "pong"][-1] == "unasked"


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 3000, 4001, 4999])
async def test_close_codes_and_reasons(call: Calling, serve: Serve, code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(close(code, "because é"))
        assert await peer.frame() == (8, code.to_bytes(2) + "because é".encode())

    server = serve(script)
    events, outcome = await call(server.ws, "websocket")
    await server.seen()
    assert isinstance(events[-1], Closed)
    assert outcome.closed == {"by": "server", "code": code, "reason": "because é"}
    assert outcome.outcome == ("complete" if code in (1000, 1001) else "error")


async def test_a_close_without_a_code_is_1005(call: Calling, serve: Serve) -> None:
    _, outcome = await call(serve(saying(close(None))).ws, "websocket")
    assert outcome.closed == {"by": "server", "code": 1005, "reason": ""}
    assert outcome.outcome == "error"


@pytest.mark.parametrize("chunks", [(b"",), (text("x"),), (text("half", fin=False),), (text("cut")[:-1],), (b"\x81",)])
async def test_an_end_without_a_close_frame_is_1006(call: Calling, serve: Serve, chunks: tuple[bytes, ...]) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(*chunks)

    _, outcome = await call(serve(script).ws, "websocket")
    assert outcome.closed == {"by": "network", "code": 1006, "reason": ""}
    assert outcome.outcome == "early"


async def test_a_reset_is_1006(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("x"))
        peer.writer.transport.abort()

    _, outcome = await call(serve(script).ws, "websocket")
    assert outcome.closed is not None
    assert outcome.closed["code"] == 1006


async def test_messages_after_the_close_frame_are_not_messages(call: Calling, serve: Serve) -> None:
    events, outcome = await call(serve(saying(close() + text("late"))).ws, "websocket")
    assert incoming(events) == []
    assert outcome.closed == {"by": "server", "code": 1000, "reason": ""}


WRONG = {
    "masked": frame(1, b"masked", mask=True),
    "reserved opcode": b"\x83\x00",
    "reserved control opcode": b"\x8b\x00",
    "reserved bit without an extension": b"\xc1\x01x",
    "continuation of nothing": frame(0, b"x"),
    "message inside a message": text("begun", fin=False) + text("begun again"),
    "ping in fragments": b"\x09\x00",
    "ping that is too long": b"\x89\x7e\x00\x7e" + b"x" * 126,
    "half a close code": b"\x88\x01\x03",
    "close code that is never sent": b"\x88\x02\x03\xed",
    "close code below 1000": close(999),
    "close reason that is no UTF-8": b"\x88\x03\x03\xe8\xff",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_wrong_frames_are_a_violation(call: Calling, serve: Serve, wrong: bytes) -> None:
    events, outcome = await call(serve(saying(text("good") + wrong)).ws, "websocket")
    assert [message.text for message in incoming(events)] == ["good"]
    failure(events, outcome)


@pytest.mark.parametrize(
    ("extra", "accept"),
    [
        ((), "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ((), ""),
        (("Sec-WebSocket-Protocol: unasked",), None),
        (("Sec-WebSocket-Extensions: x-unknown",), None),
        (("Sec-WebSocket-Extensions: permessage-deflate; bogus=1",), None),
    ],
)
async def test_a_handshake_that_breaks_the_rules_fails(
    call: Calling, serve: Serve, extra: tuple[str, ...], accept: str | None
) -> None:
    events, outcome = await call(serve(saying(text("x"), extra=extra, accept=accept)).ws, "websocket")
    assert incoming(events) == []
    assert [event.status for event in events if isinstance(event, Head)] == [101]
    failure(events, outcome)


async def test_an_upgrade_to_something_else_fails(call: Calling, serve: Serve) -> None:
    server = serve(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tea\r\nConnection: Upgrade\r\n\r\n")
    events, outcome = await call(server.ws, "websocket")
    failure(events, outcome)


@pytest.mark.parametrize("chosen", ["a", "b"])
async def test_a_subprotocol_of_the_offer_is_taken(call: Calling, serve: Serve, chosen: str) -> None:
    server = serve(saying(text("x"), close(), extra=(f"Sec-WebSocket-Protocol: {chosen}",)))
    _, outcome = await call(server.ws, "websocket", headers=(("Sec-WebSocket-Protocol", "a, b"),))
    assert outcome.outcome == "complete"
    assert server.request.all("sec-websocket-protocol") == ["a, b"]


@pytest.mark.parametrize("chosen", ["c", "a, b", "A"])
async def test_a_subprotocol_outside_the_offer_fails(call: Calling, serve: Serve, chosen: str) -> None:
    server = serve(saying(text("x"), extra=(f"Sec-WebSocket-Protocol: {chosen}",)))
    events, outcome = await call(server.ws, "websocket", headers=(("Sec-WebSocket-Protocol", "a, b"),))
    failure(events, outcome)


async def test_a_refused_handshake_is_shown_with_its_body(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b'{"error_code":"APIG.0301"}', "401 Unauthorized", Content_Type="application/json")

    events, outcome = await call(serve(script).ws, "websocket", messages=(Outgoing(text="never sent"),))
    (message,) = [event for event in events if isinstance(event, Message)]
    assert (message.text, message.direction) == ('{"error_code":"APIG.0301"}', "in")
    assert (outcome.outcome, outcome.status, outcome.messages_out) == ("error", 401, 0)


async def test_text_that_is_no_utf8_is_never_repaired(call: Calling, serve: Serve) -> None:
    events, outcome = await call(serve(saying(text(b"\xff!"), text("fine"), close())).ws, "websocket")
    first, second = incoming(events)
    assert (first.text, first.opcode, first.payload) == (None, "text", b"\xff!")
    assert second.text == "fine"
    assert outcome.outcome == "complete"


async def test_large_messages_go_both_ways(call: Calling, serve: Serve) -> None:
    size = 5_000_000

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        _, data = await peer.frame()
        assert len(data) == size
        await peer.send(frame(2, bytes(size)) + close())
        await peer.goodbye()

    server = serve(script)
    events, _ = await call(server.ws, "websocket", messages=(Outgoing(content=bytes(size), binary=True),))
    await server.seen()
    assert [(event.direction, event.size) for event in events if isinstance(event, Message)] == [
        ("out", size),
        ("in", size),
    ]


async def test_a_message_of_many_fragments(call: Calling, serve: Serve) -> None:
    pieces = text("x", fin=False) + frame(0, b"x", fin=False) * 5000 + frame(0, b"x")
    events, _ = await call(serve(saying(pieces, close())).ws, "websocket")
    assert [message.size for message in incoming(events)] == [5002]


async def test_compressed_messages_are_read(call: Calling, serve: Serve) -> None:
    packer = zlib.compressobj(wbits=-15)

    def packed(data: bytes) -> bytes:
        return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")

    first = packed(b"hello " * 1000)
    chunks = (frame(1, first[:5], fin=False, rsv1=True), frame(0, first[5:]), text(packed(b"again"), rsv1=True))
    server = serve(saying(*chunks, close(), extra=("Sec-WebSocket-Extensions: permessage-deflate",)))
    events, outcome = await call(server.ws, "websocket")
    assert [message.text for message in incoming(events)] == ["hello " * 1000, "again"]
    assert outcome.outcome == "complete"
    assert "permessage-deflate" in (server.request.get("sec-websocket-extensions") or "")


async def test_a_compressed_message_that_cannot_be_inflated_is_a_violation(call: Calling, serve: Serve) -> None:
    script = saying(text(b"\xff\xff\xff", rsv1=True), extra=("Sec-WebSocket-Extensions: permessage-deflate",))
    failure(*await call(serve(script).ws, "websocket"))


async def test_a_peer_that_never_answers_the_close_frame_is_left(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("one"))
        await peer.rest()

    _, outcome = await call(serve(script).ws, "websocket", limits=Limits(messages=1))
    assert outcome.outcome == "complete"
    assert outcome.closed == {"by": "client", "code": 1000, "reason": ""}


async def test_max_messages_are_counted_exactly_in_a_flood(call: Calling, serve: Serve) -> None:
    server = serve(saying(b"".join(text(str(number)) for number in range(100))))
    events, outcome = await call(server.ws, "websocket", limits=Limits(messages=3))
    assert [message.text for message in incoming(events)] == ["0", "1", "2"]
    assert (outcome.messages_in, outcome.outcome) == (3, "complete")


async def test_a_handshake_has_its_own_key_each_time(call: Calling, serve: Serve) -> None:
    server = serve(saying(close()))
    await call(server.ws, "websocket")
    await call(server.ws, "websocket")
    first, second = (request.get("sec-websocket-key") for request in server.requests)
    assert first
    assert first != second
