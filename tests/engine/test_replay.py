"""Recordings played back: with their own gaps, byte for byte, cut and closed as they were, to any client."""

import asyncio
import base64
import hashlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from tests.conftest import Calling
from tests.exchanges import ALL, MS, answer, conversation, delta, recorded, request, stream
from tests.raw import GUID

from streamscope.engine.replay import play
from streamscope.engine.replay_server import Call, Served, serving
from streamscope.engine.replay_steps import script
from streamscope.kinds.protocols.written import frame
from streamscope.model.errors import ConnectError, StoreError
from streamscope.model.event import Closed, Control, Event, Failed, Head, Message, Read, RequestSent, Trace
from streamscope.tasks import end, spawn

ASK = b"GET /any HTTP/1.1\r\nHost: x\r\n\r\n"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = f"GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()


@asynccontextmanager
async def replayed(events: list[Event], **options: Any) -> AsyncIterator[Served]:
    """A server that plays these events."""
    exchange = recorded(events)
    try:
        async with serving(script(exchange), **options) as served:
            yield served
    finally:
        exchange.close()


async def fetched(served: Served, ask: bytes = ASK) -> bytes:
    """All bytes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        writer.write(ask)
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def bytes_until(served: Served, size: int, ask: bytes = ASK) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        writer.write(ask)
        return await asyncio.wait_for(reader.readexactly(size), 10)
    finally:
        writer.close()


def received(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Read))


def payloads(events: list[Event]) -> list[bytes]:
    return [event.payload for event in events if isinstance(event, Message) and event.direction == "in"]


def gaps(events: list[Event]) -> list[int]:
    times = [event.t for event in events if isinstance(event, Message) and event.direction == "in"]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


async def test_an_exchange_plays_with_its_own_times() -> None:
    events = stream(gap=50 * MS)
    source = recorded(events)
    loop = asyncio.get_running_loop()
    seen: list[tuple[float, Event]] = []
    for speed in (1.0, 0.0):
        into = recorded([])
        seen.clear()
        into.listeners.append(lambda batch: seen.extend((loop.time(), event) for event in batch))
        begun = loop.time()
        await play(source, into, speed)
        lasted = loop.time() - begun
        assert into.events(0, 100) == events
        into.close()
        whole = events[-1].t / 1e9
        assert lasted >= whole * 0.99 if speed else lasted < whole * 0.5
        if speed:  # no event comes before its time: delays do not shorten what follows
            assert all(at - begun >= event.t / 1e9 - 0.002 for at, event in seen)
    source.close()


async def test_stopping_a_replay_is_the_users_end() -> None:
    source, into = recorded(stream(gap=1000 * MS)), recorded([])
    begun = asyncio.Event()
    into.listeners.append(lambda batch: begun.set() if any(isinstance(one, Head) for one in batch) else None)
    task = spawn(play(source, into), name="play")
    await asyncio.wait_for(begun.wait(), 10)
    await end(task)
    last = into.event(len(into) - 1)
    assert isinstance(last, Closed)
    assert last.by == "user"
    source.close()
    into.close()


async def test_a_client_gets_the_very_bytes() -> None:
    events = stream(gap=20 * MS)
    async with replayed(events) as served:
        expected = received(events)
        assert await bytes_until(served, len(expected)) == expected
        assert served.url(script_of(events)).startswith("http://127.0.0.1:")


def script_of(events: list[Event]) -> Any:
    exchange = recorded(events)
    try:
        return script(exchange)
    finally:
        exchange.close()


async def test_a_stream_of_ours_is_recorded_the_same_again(call: Calling) -> None:
    events = stream(("a", "b", "c", "d"), gap=60 * MS)
    async with replayed(events) as served:
        again, outcome = await call(f"http://127.0.0.1:{served.port}/v1/chat/completions", "sse")
    assert payloads(again) == payloads(events)
    assert outcome.text == "abcd"
    assert outcome.outcome == "complete"
    controls = [event.data for event in again if isinstance(event, Control)]
    assert controls == ["hi"]
    for ours, theirs in zip(gaps(again), gaps(events), strict=True):
        assert 0.4 < ours / theirs < 2.5
    assert 0.8 < sum(gaps(again)) / sum(gaps(events)) < 1.6


async def test_faster_is_faster_and_nought_waits_for_nothing() -> None:
    events = stream(gap=100 * MS)
    size = len(received(events))
    loop = asyncio.get_running_loop()
    lasted: dict[float, float] = {}
    for speed in (1.0, 4.0, 0.0):
        async with replayed(events, speed=speed) as served:
            begun = loop.time()
            await bytes_until(served, size)
            lasted[speed] = loop.time() - begun
    assert lasted[0.0] < lasted[4.0] < lasted[1.0]
    assert lasted[1.0] > 2 * lasted[4.0]


async def test_several_clients_each_get_it_from_the_beginning() -> None:
    events = stream(gap=30 * MS)
    size = len(received(events))
    async with replayed(events) as served:

        async def late(number: int) -> bytes:
            await asyncio.sleep(0.02 * number)
            return await bytes_until(served, size)

        assert set(await asyncio.gather(*map(late, range(5)))) == {received(events)}
        assert [call.number for call in served.calls] == [1, 2, 3, 4, 5]


async def test_a_connection_is_kept_where_the_answer_has_an_end() -> None:
    events = stream(gap=MS)
    size = len(received(events))
    async with replayed(events, speed=0) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        for ask in (ASK, b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
                    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"):  # fmt: skip
            writer.write(ask)
            assert await reader.readexactly(size) == received(events)
        writer.close()
        assert len(served.calls) == 3


@pytest.mark.parametrize("by_reset", [False, True])
async def test_what_was_cut_is_cut_in_the_same_way(by_reset: bool, call: Calling) -> None:
    word = "was reset" if by_reset else "was closed"
    events = stream(gap=10 * MS, end=Failed(400 * MS, "Cut", f"The connection {word} in the middle.", ""))
    async with replayed(events, speed=2) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(ASK)
        expected = received(events)
        assert await reader.readexactly(len(expected)) == expected
        if by_reset:
            with pytest.raises(ConnectionResetError):
                await reader.read()
        else:
            assert await reader.read() == b""
        writer.close()
        again, outcome = await call(f"http://127.0.0.1:{served.port}/", "sse")
    assert payloads(again) == payloads(events)
    assert outcome.outcome == "early"


async def test_a_silent_server_is_silent_again() -> None:
    events = stream(gap=MS, end=Failed(50 * MS, "Silent", "Silent for too long.", ""))
    async with replayed(events, speed=0) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(ASK)
        await reader.readexactly(len(received(events)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.2)
        writer.close()


async def test_no_answer_is_no_answer() -> None:
    events = [request(), Failed(5 * MS, "NoAnswer", "Closed the connection without an answer.", "")]
    async with replayed(events) as served:
        assert await fetched(served) == b""


def test_what_never_had_a_connection_cannot_be_served() -> None:
    with pytest.raises(StoreError, match="no answer"):
        script_of(ALL["refused"])


async def test_the_proxys_part_and_the_refused_attempt_are_not_played() -> None:
    sent, *rest = stream(gap=MS)
    tunnel = b"HTTP/1.1 200 Connection established\r\n\r\n"
    proxied = [
        sent, Trace(1, "proxy", "begin"), Read(2, 1, len(tunnel), tunnel), Trace(3, "proxy", "end"), *rest,
    ]  # fmt: skip
    for events in (proxied, ALL["retried"]):
        async with replayed(list(events), speed=0) as served:
            expected = received(stream(gap=MS) if events is proxied else stream())
            assert await bytes_until(served, len(expected)) == expected


@pytest.mark.parametrize("split", [1, 7, 40, 97, 1000])
async def test_a_web_socket_answers_this_clients_key(split: int) -> None:
    """However the recorded head was cut."""
    events: list[Event] = []
    for event in conversation(gap=5 * MS):
        if isinstance(event, Read) and event.read == 1:
            pieces = [event.data[at : at + split] for at in range(0, len(event.data), split)]
            events += [Read(event.t, 1, len(piece), piece) for piece in pieces]
        else:
            events.append(event)
    async with replayed(events) as served:
        data = await fetched(served, UPGRADE)
    made = base64.b64encode(hashlib.sha1(KEY.encode() + GUID).digest())
    expected = received(events).replace(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", made)
    assert data == expected


async def test_an_answer_of_another_length_is_replaced_too() -> None:
    events = [
        msgspec.structs.replace(event, data=event.data.replace(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", b"wrong"))
        if isinstance(event, Read)
        else event
        for event in conversation(gap=MS)
    ]
    async with replayed(events) as served:
        data = await fetched(served, UPGRADE)
    assert data.endswith(received(events)[-30:])
    assert data.count(b"\r\n\r\n") == 1
    assert b"wrong" not in data


async def test_our_client_records_the_same_conversation_again(call: Calling) -> None:
    calls: list[Call] = []
    events = conversation(gap=40 * MS)
    async with replayed(events, on_call=calls.append) as served:
        again, outcome = await call(f"ws://127.0.0.1:{served.port}/live", "websocket")
    assert payloads(again) == payloads(events)
    assert outcome.outcome == "complete"
    assert (outcome.closed or {})["code"] == 1000
    for ours, theirs in zip(gaps(again), gaps(events), strict=True):
        assert 0.5 < ours / theirs < 2.0
    assert calls[0].frames >= 2  # the pong and the close
    assert calls[0].whole


async def test_a_plain_client_is_told_that_it_is_a_web_socket() -> None:
    async with replayed(conversation()) as served:
        data = await fetched(served)
    assert data.startswith(b"HTTP/1.1 426 ")
    head, _, body = data.partition(b"\r\n\r\n")
    assert re.search(rb"Content-Length: (\d+)", head)[1] == b"%d" % len(body)  # type: ignore[index]


def without_bytes(events: list[Event], version: str = "HTTP/1.1") -> list[Event]:
    made: list[Event] = []
    for event in events:
        if isinstance(event, Read):
            event = msgspec.structs.replace(event, data=b"")
        elif isinstance(event, Head):
            event = msgspec.structs.replace(event, http_version=version)
        made.append(event)
    return made


@pytest.mark.parametrize("made", [lambda: stream(gap=30 * MS), conversation])
async def test_without_bytes_it_is_made_again_of_messages(made: Callable[[], list[Event]], call: Calling) -> None:
    events = without_bytes(made())
    duplex = any(isinstance(event, Head) and event.status == 101 for event in events)
    async with replayed(events) as served:
        scheme, protocol = ("ws", "websocket") if duplex else ("http", "sse")
        again, outcome = await call(f"{scheme}://127.0.0.1:{served.port}/", protocol)
    assert payloads(again) == payloads(events)
    assert outcome.outcome == "complete"
    named = [(e.name, e.data) for e in again if isinstance(e, Control) and e.direction == "in" and e.name != "close"]
    assert named == [
        (e.name, e.data) for e in events if isinstance(e, Control) and e.direction == "in" and e.name != "close"
    ]
    for ours, theirs in zip(gaps(again), gaps(events), strict=True):
        assert 0.4 < ours / theirs < 2.5


@pytest.mark.parametrize("name", ["json", "lines", "elements", "bytes", "cut"])
async def test_bodies_made_again_are_the_same_messages(name: str, call: Calling) -> None:
    events = without_bytes(ALL[name])
    async with replayed(events, speed=0) as served:
        again, outcome = await call(f"http://127.0.0.1:{served.port}/")
    if name == "elements":
        (body,) = payloads(again) if len(payloads(again)) == 1 else [b"[" + b",".join(payloads(again)) + b"]"]
        assert json.loads(body) == [{"n": 1}, [2], "x"]
    else:
        assert payloads(again) == payloads(events)
    assert outcome.outcome == ("early" if name == "cut" else "complete")


async def test_http_2_is_served_as_http_1(call: Calling) -> None:
    events = [
        msgspec.structs.replace(event, http_version="HTTP/2") if isinstance(event, Head) else event
        for event in stream(gap=MS)
    ]
    async with replayed(events, speed=0) as served:
        again, _ = await call(f"http://127.0.0.1:{served.port}/", "sse")
    assert payloads(again) == payloads(events)


async def test_headers_that_would_break_an_answer_do_not() -> None:
    head = [
        ("X\r\nEvil", "1"), ("X-Two", "a\r\nSet-Cookie: b"), ("Content-Length", "7"), ("Content-Encoding", "gzip"),
        ("X-Mask", "••"),
    ]  # fmt: skip
    events: list[Event] = [request(), Head(1, 204, "HTTP/1.1", head), Closed(2, "server")]
    async with replayed(events) as served:
        data = await bytes_until(served, 60)
        expected = "HTTP/1.1 204 No Content\r\nX-Two: a Set-Cookie: b\r\nX-Mask: ••\r\n\r\n".encode()
        assert expected.startswith(data)


async def test_a_port_that_is_taken_is_told() -> None:
    async with replayed(stream()) as served:
        with pytest.raises(ConnectError, match=str(served.port)):
            async with replayed(stream(), port=served.port):
                pass


async def test_clients_that_leave_or_write_nonsense_disturb_nobody() -> None:
    events = stream(gap=20 * MS)
    async with replayed(events) as served:
        for ask in (b"", b"\0\0\0\0\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"A" * (3 << 20),
                    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ASK[:10], ASK):  # fmt: skip
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(ask)
            if ask and ask[:1] != b"A":
                await writer.drain()
            writer.close()
            del reader
        assert await bytes_until(served, len(received(events))) == received(events)


def test_frames_have_the_shortest_length() -> None:
    from websockets.frames import Frame, Opcode

    for size in (0, 125, 126, 65_535, 65_536):
        assert frame(2, b"x" * size) == Frame(Opcode.BINARY, b"x" * size).serialize(mask=False)


def test_close_codes_come_from_the_end_where_no_frame_told_them() -> None:
    events = [event for event in without_bytes(conversation()) if not isinstance(event, Control)]
    exchange = recorded(events)
    *_, (_, last) = script(exchange).steps("key")
    exchange.close()
    assert last == frame(8, (1000).to_bytes(2))


def test_a_large_event_stream_is_written_and_cut_the_same() -> None:
    events = answer(b"\n".join(delta(str(number)) for number in range(2000)), "line", "application/x-ndjson")
    exchange = recorded(without_bytes(events))
    written = b"".join(data for _, data in script(exchange).steps())
    exchange.close()
    assert written.endswith(b"0\r\n\r\n")
    assert isinstance(events[0], RequestSent)
