"""WebSocket servers that are unusual, careless or hostile."""

import asyncio
import random
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import Calling
from tests.program import Result
from tests.raw import Peer, Script, Served, close, frame, text
from tests.told import error, of

from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.kinds.protocols.base import OutgoingQueue, Ping
from streamscope.model.draft import Choice, Draft, Limits, Outgoing
from streamscope.model.event import LARGEST_PAYLOAD, Closed, Control, Event, Head, Message, Read
from streamscope.store.exchange import Exchange

Serve = Callable[..., Served]
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"


def saying(*chunks: bytes, extra: tuple[str, ...] = ()) -> Script:
    async def script(peer: Peer) -> None:
        await peer.upgrade(*extra)
        for chunk in chunks:
            peer.writer.write(chunk)
            await peer.writer.drain()
        await peer.goodbye()

    return script


def incoming(events: list[Event]) -> list[Message]:
    return [event for event in events if isinstance(event, Message) and event.direction == "in"]


async def sent(core: Core, url: str, outgoing: OutgoingQueue | None = None, **fields: Any) -> Exchange:
    """A call whose exchange is looked at."""
    settings = fields.pop("settings", {})
    draft = Draft(channel=Choice("address", {"url": url}), protocol=Choice("websocket", settings), **fields)
    exchange = core.bench.recordings.new(draft, keep=True)
    await send(exchange, core, outgoing)
    return exchange


def weight(exchange: Exchange) -> int:
    """Bytes of payload that one look at all events holds."""
    return sum(len(event.payload) for event in exchange.events(0, len(exchange)) if isinstance(event, Message))


SIZE = 200 << 20
BLOCK = random.Random(3).randbytes(1 << 20)


@pytest.mark.parametrize("fragments", [1, 200])
async def test_a_message_of_200_mb(core: Core, serve: Serve, fragments: int) -> None:
    """In one frame or in many: the beginning is held, the record has all of it."""

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        length = SIZE // fragments
        for number in range(fragments):
            first = (2 if number == 0 else 0) | (128 if number == fragments - 1 else 0)
            peer.writer.write(bytes((first, 127)) + length.to_bytes(8))
            for _ in range(length >> 20):
                peer.writer.write(BLOCK)
                await peer.writer.drain()
        await peer.send(text("end") + close())
        await peer.goodbye()

    exchange = await sent(core, serve(script).ws)
    try:
        rows = [index for index in range(len(exchange)) if isinstance(exchange.event(index), Message)]
        large = exchange.event(rows[0])
        assert isinstance(large, Message)
        assert (large.size, large.whole, len(large.payload)) == (SIZE, False, LARGEST_PAYLOAD)
        assert exchange.payload(rows[0], SIZE - 5, 100) == BLOCK[-5:]
        assert exchange.payload(rows[0], 123 << 20, 1 << 20) == BLOCK
        assert len(rows) == 2
        assert exchange.event(rows[1]).payload == b"end"  # type: ignore[union-attr]
        assert exchange.stream_size(1) == (0 if fragments == 1 else SIZE)
    finally:
        exchange.close()


async def test_100_000_fragments_are_one_message(call: Calling, serve: Serve) -> None:
    stream = text("a", fin=False) + frame(0, b"b", fin=False) * 99_998 + frame(0, b"c") + close()
    events, outcome = await call(serve(saying(stream)).ws, "websocket")
    (message,) = incoming(events)
    assert message.payload == b"a" + b"b" * 99_998 + b"c"
    assert outcome.outcome == "complete"


async def test_thousands_of_tiny_frames(call: Calling, serve: Serve) -> None:
    stream = b"".join(text(str(number)) for number in range(20_000)) + text("") * 5_000 + close()
    events, _ = await call(serve(saying(stream)).ws, "websocket")
    assert [message.text for message in incoming(events)] == [str(number) for number in range(20_000)] + [""] * 5_000


async def test_messages_come_while_the_client_sends(call: Calling, serve: Serve) -> None:
    """A server that takes nothing until all its own is taken: neither side waits for the other."""

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        for number in range(300):
            peer.writer.write(text(b"%d " % number + b"x" * 50_000))
            await peer.writer.drain()
        for _ in range(3):
            opcode, data = await peer.frame()
            assert (opcode, len(data)) == (1, 5 << 20)
        await peer.send(close())

    server = serve(script)
    messages = tuple(Outgoing(content=bytes(5 << 20)) for _ in range(3))
    events, _ = await asyncio.wait_for(call(server.ws, "websocket", messages=messages), 30)
    assert len(incoming(events)) == 300
    assert len([event for event in of(events, Message) if event.direction == "out"]) == 3
    await server.seen()


async def test_a_flood_of_pings_from_a_server_that_takes_no_pongs(call: Calling, serve: Serve) -> None:
    """What is not taken is not answered any more, and reading goes on."""

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        flood = frame(9, b"p" * 125) * 1000
        for _ in range(120):
            peer.writer.write(flood)
            await peer.writer.drain()
        await peer.send(text("still here"))
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]
        await peer.send(close())
        await peer.goodbye()

    events, _ = await asyncio.wait_for(call(serve(script).ws, "websocket"), 60)
    assert len([one for one in of(events, Control, "ping") if one.direction == "in"]) == 120_000
    assert [message.text for message in incoming(events)] == ["still here"]
    pongs = [one for one in of(events, Control, "pong") if one.direction == "out"]
    assert 0 < len(pongs) <= 120_000


async def test_pings_are_answered_unless_that_is_switched_off(call: Calling, serve: Serve) -> None:
    for pongs in ("on", "off"):
        server = serve(saying(frame(9, b"are you there"), text("x"), close()))
        events, _ = await call(server.ws, Choice("websocket", {"pongs": pongs}))
        await server.seen()
        told = [(one.direction, one.name) for one in of(events, Control)]
        assert (("out", "pong") in told) is (pongs == "on")
        assert ((10, b"are you there") in server.peers[0].frames) is (pongs == "on")


def test_a_ping_by_hand_shows_its_round_trip(bare: Callable[..., Result], serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        assert await peer.frame() == (9, b"hello")
        await asyncio.sleep(0.05)
        await peer.send(frame(10, b"hello"), close())
        await peer.goodbye()

    result = bare("send", serve(script).ws, "--ping", "hello", "--output", "events")
    (pong,) = result.of("control", name="pong", direction="in")
    assert pong["detail"]["rtt_ns"] >= 50_000_000
    (ping,) = result.of("control", name="ping")
    assert (ping["direction"], ping["data"]) == ("out", "hello")
    assert result.code == 0


def test_a_ping_that_is_too_long_is_told(bare: Callable[..., Result], serve: Serve) -> None:
    result = bare("send", serve(saying(text("x"))).ws, "--ping", "p" * 126, "--close-after", "1")
    assert result.code == 1
    assert "125" in result.err


async def test_an_unanswered_ping_has_no_round_trip(core: Core, serve: Serve) -> None:
    """A later pong answers the pings before it, too; one that nobody asked for has no time."""

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        for _ in range(3):
            await peer.frame()
        await peer.send(frame(10, b"unasked"), frame(10, b"b"), frame(10, b"a"), close())
        await peer.goodbye()

    outgoing = OutgoingQueue()
    for payload in (b"a", b"b", b"c"):
        outgoing.put(Ping(payload))
    exchange = await sent(core, serve(script).ws, outgoing)
    try:
        pongs = of(exchange.events(0, len(exchange)), Control, "pong")
        assert [(one.data, "rtt_ns" in one.detail) for one in pongs] == [("unasked", False), ("b", True), ("a", False)]
    finally:
        exchange.close()


async def test_compression_is_offered_unless_that_is_switched_off(call: Calling, serve: Serve) -> None:
    for compression in ("on", "off"):
        server = serve(saying(text("x"), close()))
        await call(server.ws, Choice("websocket", {"compression": compression}))
        offered = server.request.get("sec-websocket-extensions") or ""
        assert ("permessage-deflate" in offered) is (compression == "on")


async def test_an_extension_that_was_not_offered_is_refused(call: Calling, serve: Serve) -> None:
    server = serve(saying(close(), extra=(DEFLATE,)))
    events, _ = await call(server.ws, Choice("websocket", {"compression": "off"}))
    assert error(events) == "ProtocolViolation"


async def test_subprotocols_are_asked_for_and_shown(call: Calling, serve: Serve) -> None:
    server = serve(saying(close(), extra=("Sec-WebSocket-Protocol: b",)))
    events, outcome = await call(server.ws, Choice("websocket", {"subprotocols": "a, b"}))
    assert server.request.get("sec-websocket-protocol") == "a, b"
    assert of(events, Head)[0].header("Sec-WebSocket-Protocol") == "b"
    assert outcome.outcome == "complete"
    events, _ = await call(serve(saying(close(), extra=("Sec-WebSocket-Protocol: c",))).ws,
                           Choice("websocket", {"subprotocols": "a, b"}))  # fmt: skip
    assert error(events) == "ProtocolViolation"


async def test_what_follows_the_close_frame_is_no_message(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("one") + close(1001, "bye") + text("late"))
        while True:
            await peer.send(text("forever") * 1000)

    events, outcome = await asyncio.wait_for(call(serve(script).ws, "websocket"), 20)
    assert [message.text for message in incoming(events)] == ["one"]
    end = events[-1]
    assert isinstance(end, Closed)
    assert (end.code, end.reason) == (1001, "bye")
    assert outcome.outcome == "complete"


async def test_masked_frames_of_a_server_break_the_protocol(call: Calling, serve: Serve) -> None:
    events, _ = await call(serve(saying(text("one"), text("two", mask=True))).ws, "websocket")
    assert [message.text for message in incoming(events)] == ["one"]
    assert error(events) == "ProtocolViolation"


async def test_a_refused_handshake_shows_its_body(call: Calling, serve: Serve) -> None:
    body = b'{"error":"' + b"x" * (1 << 20) + b'"}'

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(body, status="403 Forbidden", Content_Type="application/json")

    events, outcome = await call(serve(script).ws, "websocket")
    (message,) = of(events, Message)
    assert message.payload == body
    assert (outcome.status, outcome.outcome) == (403, "error")


async def test_a_refused_handshake_without_end_is_stopped(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 500 Oh\r\n\r\n")
        while True:
            await peer.send(b"x" * 10_000)

    events, _ = await asyncio.wait_for(call(serve(script).ws, "websocket", limits=Limits(close_after=0.3)), 20)
    assert isinstance(events[-1], Closed)


async def test_a_silent_websocket_stays_open(call: Calling, serve: Serve) -> None:
    """The wait for an answer is that of the handshake; what comes later may take its time."""

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await asyncio.sleep(0.8)
        await peer.send(text("late") + close())
        await peer.goodbye()

    events, outcome = await call(serve(script).ws, "websocket", limits=Limits(wait=0.3))
    assert [message.text for message in incoming(events)] == ["late"]
    assert outcome.outcome == "complete"


async def test_a_compressed_bomb_is_read_in_bounded_memory(core: Core, serve: Serve) -> None:
    """300 MB of zeros in 300 KB, in two messages: the beginnings are held, the record has all."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(bytes(150 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    again = packer.compress(bytes(150 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    stream = b"".join(frame(2, one[:-4], rsv1=True) for one in (packed, again)) + close()
    exchange = await sent(core, serve(saying(stream, extra=(DEFLATE,))).ws)
    try:
        messages = of(exchange.events(0, len(exchange)), Message)
        assert [message.size for message in messages] == [150 << 20] * 2
        assert weight(exchange) == 2 * LARGEST_PAYLOAD
        assert exchange.stream_size(1) == 300 << 20
    finally:
        exchange.close()


async def test_a_drip_of_single_bytes(call: Calling, serve: Serve) -> None:
    stream = text("Hel", fin=False) + frame(9, b"!") + frame(0, b"lo") + frame(2, b"x" * 200) + close(1000, "done")

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        for at in range(len(stream)):
            peer.writer.write(stream[at : at + 1])
            await asyncio.sleep(0.001)
        await peer.goodbye()

    events, outcome = await call(serve(script).ws, "websocket")
    assert [message.payload for message in incoming(events)] == [b"Hello", b"x" * 200]
    assert outcome.outcome == "complete"
    assert len(of(events, Read)) > 10
