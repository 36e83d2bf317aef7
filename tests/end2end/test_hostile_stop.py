"""Stopping at any moment, servers without an end, disks without room."""

import asyncio
import gzip
import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Calling
from tests.program import COMMAND, environment
from tests.raw import Peer, Script, Served, text
from tests.told import carried, error, of

from streamscope import tasks
from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.model.event import End, Event, Finding, Message
from streamscope.store import exchange as exchanges
from streamscope.store import tapes
from streamscope.store.exchange import Exchange
from streamscope.tasks import spawn

Serve = Callable[..., Served]
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n"


def repeated(head: bytes, piece: bytes) -> Script:
    """A server that sends the same forever."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(head)
        while True:
            peer.writer.write(piece)
            await peer.writer.drain()

    return script


async def socket(peer: Peer) -> None:
    await peer.upgrade()
    piece = text("forever " * 12) * 50
    while True:
        peer.writer.write(piece)
        await peer.writer.drain()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


BOMB = gzip.compress(bytes(100 << 20), mtime=0)
ENDLESS: dict[str, Script] = {
    "sse": repeated(CHUNKED % b"text/event-stream", chunk(b"data: forever\n\n" * 200)),
    "one line": repeated(CHUNKED % b"text/event-stream", chunk(b"data: forever ") + chunk(b"x" * 10_000)),
    "lines": repeated(CHUNKED % b"application/x-ndjson", chunk(b'{"a":"forever"}\n' * 200)),
    "array": repeated(CHUNKED % b"application/json" + chunk(b"[0"), chunk(b',"forever"' * 500)),
    "text": repeated(CHUNKED % b"text/plain", chunk(b"forever " * 1000)),
    "bytes": repeated(b"HTTP/1.1 200 OK\r\n\r\n", b"\0" * 10_000),
    "bombs": repeated(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", BOMB),
    "interim": repeated(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100),
    "trailers": repeated(CHUNKED % b"text/plain" + b"0\r\n", b"A: b\r\n"),
    "websocket": socket,
}


def protocol(name: str) -> str:
    return "websocket" if name == "websocket" else "https"


def address(server: Served, name: str) -> str:
    return server.ws if name == "websocket" else server.http


@pytest.mark.parametrize("name", ["sse", "lines", "array", "text", "websocket"])
async def test_a_server_without_end_is_stopped_by_the_number_of_messages(
    call: Calling, serve: Serve, name: str
) -> None:
    made = call(address(serve(ENDLESS[name]), name), protocol(name), limits=Limits(messages=700))
    events, outcome = await asyncio.wait_for(made, 20)
    assert len(of(events, Message)) == 700
    assert name == "websocket" or carried(events).whole is False
    assert (outcome.outcome, events[-1].by) == ("complete", "client")  # type: ignore[union-attr]


@pytest.mark.parametrize("name", [name for name in ENDLESS if name not in ("interim", "trailers")])
async def test_a_server_without_end_is_stopped_after_a_while(call: Calling, serve: Serve, name: str) -> None:
    made = call(address(serve(ENDLESS[name]), name), protocol(name), limits=Limits(close_after=0.3))
    events, outcome = await asyncio.wait_for(made, 20)
    assert (outcome.outcome, events[-1].by) == ("complete", "client")  # type: ignore[union-attr]


@pytest.mark.parametrize("name", [name for name in ENDLESS if name != "trailers"])
async def test_a_server_without_end_is_stopped_when_the_time_is_over(call: Calling, serve: Serve, name: str) -> None:
    made = call(address(serve(ENDLESS[name]), name), protocol(name), limits=Limits(total=0.3))
    events, _ = await asyncio.wait_for(made, 20)
    assert error(events) == "TimedOut"


async def test_endless_trailers_break_the_protocol(call: Calling, serve: Serve) -> None:
    events, _ = await call(serve(ENDLESS["trailers"]).http)
    assert error(events) == "ProtocolViolation"


def draft(url: str, kind: str, **fields: Any) -> Draft:
    return Draft(channel=Choice("address", {"url": url}), protocol=Choice(kind), **fields)


async def stopped(core: Core, made: Draft, after: float) -> Exchange:
    """A call that is cancelled after so many seconds."""
    exchange = core.bench.recordings.new(made, keep=True)
    running = spawn(send(exchange, core), name="a call")
    await asyncio.sleep(after)
    await asyncio.wait_for(tasks.end(running), 10)
    exchange.close()
    return exchange


def whole(exchange: Exchange) -> list[Event]:
    """The events of a recording that is opened again: they are those that were seen, with one end."""
    assert exchange.path is not None
    again = Exchange.opened(exchange.path)
    events = again.events(0, len(again))
    assert events == exchange.events(0, len(exchange))
    assert [isinstance(event, End) for event in events].count(True) == 1
    assert isinstance(events[-1], End)
    return events


@pytest.mark.parametrize("name", [name for name in ENDLESS if name != "trailers"])
async def test_a_server_without_end_is_stopped_by_the_user(core: Core, serve: Serve, name: str) -> None:
    exchange = await stopped(core, draft(address(serve(ENDLESS[name]), name), protocol(name)), 0.15)
    assert whole(exchange)[-1].by == "user"  # type: ignore[union-attr]


async def slow(peer: Peer) -> None:
    """Every phase takes a moment, so that a random one is met."""
    await asyncio.sleep(0.002)
    await peer.request()
    await asyncio.sleep(0.002)
    await peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n", CHUNKED % b"text/event-stream")
    for number in range(40):
        await peer.send(chunk(b"data: %d\n" % number), chunk(b"\n"))
    await peer.send(b"0\r\nA: b\r\n\r\n")


async def slow_socket(peer: Peer) -> None:
    await asyncio.sleep(0.002)
    await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate")
    for number in range(40):
        await peer.send(text(f"{number} ", fin=False), text("x")[:0] + b"\x80\x01y")
    await peer.goodbye()
    await peer.send(b"\x88\x02\x03\xe8")


@pytest.mark.parametrize(("script", "kind", "times"), [(slow, "https", 140), (slow_socket, "websocket", 60)])
async def test_stop_at_any_moment(core: Core, serve: Serve, script: Script, kind: str, times: int) -> None:
    """Two hundred calls, each cancelled at a random moment: one end, the last event; nothing stays open."""
    server, chance = serve(script), random.Random(5)
    made = draft(server.ws if kind == "websocket" else server.http, kind)
    before = set(tasks._running)
    ends = set()

    async def one(after: float) -> None:
        end = whole(await stopped(core, made, after))[-1]
        ends.add(getattr(end, "by", "failed"))

    for _ in range(times // 20):
        await asyncio.gather(*(one(chance.uniform(0, 0.5) ** 2) for _ in range(20)))
    assert "user" in ends
    assert ends <= {"user", "server"}
    assert set(tasks._running) == before


async def test_stop_in_mid_upload_leaves_no_socket(core: Core, serve: Serve) -> None:
    """The server takes nothing: what waits to be sent is not waited for."""
    over = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await over.wait()

    made = draft(serve(script).http, "https", method="POST", body=Body("bytes", content=bytes(30 << 20)))
    events = whole(await stopped(core, made, 0.2))
    assert events[-1].by == "user"  # type: ignore[union-attr]


async def test_a_websocket_whose_peer_takes_nothing_is_closed(call: Calling, serve: Serve) -> None:
    """The close frame waits behind 30 MB that nobody takes."""
    over = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await over.wait()

    made = call(serve(script).ws, "websocket", messages=(Outgoing("x" * (30 << 20)),), limits=Limits(close_after=0.2))
    events, _ = await asyncio.wait_for(made, 20)
    assert isinstance(events[-1], End)


def program(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, "--profile", str(folder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )


@pytest.mark.parametrize("name", ["sse", "websocket"])
def test_ctrl_c_stops_a_server_without_end(serve: Serve, tmp_path: Path, name: str) -> None:
    process = program(tmp_path / "p", "send", address(serve(ENDLESS[name]), name), "--output", "events")
    assert process.stdout is not None
    assert process.stderr is not None
    head = process.stdout.read(100_000)
    process.send_signal(signal.SIGINT)
    tail = head + process.stdout.read()
    assert process.wait(20) == 130
    assert b'"by":"user"' in tail.splitlines()[-1]
    assert b"Traceback" not in process.stderr.read()
    process.stdout.close()
    process.stderr.close()


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """A disk that takes only so many bytes more: writes are cut short, then refused, as a real one does."""
    left = [1 << 62]

    def limited(descriptor: int, data: Any) -> int:
        data = memoryview(data)[: left[0]]
        if not data:
            raise OSError(28, os.strerror(28))
        left[0] -= len(data)
        return real(descriptor, data)

    real = os.write
    for module in (exchanges, tapes):
        monkeypatch.setattr(module.os, "write", limited)

    def size(room: int) -> None:
        left[0] = room

    yield size
    left[0] = 1 << 62


@pytest.mark.parametrize("room", [0, 1, 300, 5_000, 400_000, 1_000_000])
@pytest.mark.parametrize(("coding", "keep"), [("", True), ("gzip", True), ("gzip", False)])
async def test_a_full_disk_stops_the_recording_and_not_the_call(
    core: Core, serve: Serve, small_disk: Callable[[int], None], room: int, coding: str, keep: bool
) -> None:
    events = b"".join(
        b"event: e%d\nid: %d\ndata: %s\n\n" % (n % 50, n, random.Random(n).randbytes(300).hex().encode())
        for n in range(3000)
    )
    body = gzip.compress(events, 1) if coding else events
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
    answer = answer % (coding.encode() or b"identity", len(body)) + body

    async def script(peer: Peer) -> None:
        await peer.request()
        for at in range(0, len(answer), 50_000):
            await peer.send(answer[at : at + 50_000])

    exchange = core.bench.recordings.new(draft(serve(script).http, "https"), keep=keep)
    small_disk(room)
    await send(exchange, core)
    seen = exchange.events(0, len(exchange))
    small_disk(1 << 62)  # room again: what was cut in between must not be written on
    exchange.flush()
    exchange.close()
    messages = of(seen, Message)
    assert [message.id for message in messages] == [str(number) for number in range(3000)]
    assert all(len(message.payload) == 600 for message in messages)
    (finding,) = of(seen, Finding)
    assert finding.rule == "recording_stopped"
    if exchange.path is None:
        return
    again = Exchange.opened(exchange.path)
    assert again.events(0, len(again)) == seen[: len(again)]


async def test_a_drip_under_a_total_time(call: Calling, serve: Serve) -> None:
    """A byte now and then, for as long as the call may take: all that came is there."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for byte in CHUNKED % b"text/event-stream" + chunk(b"data: one\n\n") + b"7fffffff\r\ndata: two" + b"." * 10_000:
            peer.writer.write(bytes((byte,)))
            await asyncio.sleep(0.001)

    events, outcome = await call(serve(script).http, limits=Limits(total=1.0, wait=0.5))
    assert error(events) == "TimedOut"
    first, second = of(events, Message)
    assert (first.text, second.text.startswith("tw"), second.unfinished) == ("one", True, True)
    assert carried(events).whole is False
    assert outcome.outcome == "early"
