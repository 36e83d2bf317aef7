"""Conversations that are lost: opened again where it is asked for, each gap told, and ended at once by Stop."""

import asyncio
import json
from collections.abc import Callable

from tests.conftest import Calling
from tests.program import Result
from tests.raw import Peer, Script, Served, close, frame, text

from streamscope.engine.core import Core
from streamscope.engine.send import send, transmit
from streamscope.kinds.protocols.base import AutoPong, Close, OutgoingQueue, Ping, Pong, Repeat, Rhythm
from streamscope.model.draft import Choice, Draft, Limits, Outgoing
from streamscope.model.event import Closed, Control, Event, Failed, Finding, Message, RequestSent
from streamscope.store.exchange import Exchange
from streamscope.tasks import end, spawn

Serve = Callable[..., Served]
AT_ONCE = Choice("websocket", {"reconnect": "fixed", "reconnect_after": "0.01", "reconnect_tries": "3"})


def draft(url: str, protocol: Choice = AT_ONCE, **fields: object) -> Draft:
    return Draft(channel=Choice("address", {"url": url}), protocol=protocol, **fields)  # type: ignore[arg-type]


def told(events: list[Event], name: str) -> list[Control]:
    return [event for event in events if isinstance(event, Control) and event.name == name]


def texts(events: list[Event], direction: str = "in") -> list[str | None]:
    return [event.text for event in events if isinstance(event, Message) and event.direction == direction]


def losing(*last: bytes, times: int = 1, status: str = "", hears: bool = False) -> Script:
    """A server whose first connections are lost after one message; then it says `last`, or `status` before it."""
    count = 0

    async def script(peer: Peer) -> None:
        nonlocal count
        count += 1
        if 1 < count <= times + 1 and status:
            await peer.request()
            await peer.answer(b"busy", status)
            return
        await peer.upgrade()
        if hears:
            await peer.frame()
        await peer.send(text(f"connection {count}"))
        if count > times + (1 if status else 0):
            await peer.send(*last)
            await peer.goodbye()

    return script


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - what is waited for is in the record, which has no event
            await asyncio.sleep(0.002)


async def test_a_lost_connection_is_opened_again(call: Calling, serve: Serve) -> None:
    server = serve(losing(close(), hears=True))
    events, outcome = await call(server.ws, AT_ONCE, messages=(Outgoing("hello"),))
    assert texts(events) == ["connection 1", "connection 2"]
    assert texts(events, "out") == ["hello", "hello"], "what is sent on connect is sent on each"
    assert [event.attempt for event in events if isinstance(event, RequestSent)] == [1, 2]
    (lost,), (again,) = told(events, "reconnect"), told(events, "reconnected")
    assert (lost.detail["code"], lost.detail["by"], lost.detail["try"]) == (1006, "network", 1)
    assert again.detail["connection"] == 2
    gap = again.detail["gap_ns"]
    assert isinstance(gap, int)
    assert 10_000_000 <= gap <= again.t
    assert outcome.outcome == "complete"
    assert outcome.messages_in == 2, "one conversation, whose figures go on"
    assert len({request.get("sec-websocket-key") for request in server.requests}) == 2
    assert isinstance(events[-1], Closed)


async def test_it_is_a_finding(core: Core, serve: Serve) -> None:
    from streamscope.engine.reading import Reading

    reading = Reading()
    found: list[Finding] = []
    exchange = core.bench.recordings.new(draft(serve(losing(close())).ws), keep=False)

    def listen(events: object) -> None:
        for event in events:  # type: ignore[attr-defined]
            reading.feed(event)
            found.extend(reading.findings)

    exchange.listeners.append(listen)
    await send(exchange, core, reading=reading)
    exchange.close()
    assert [one.rule for one in found if one.rule in ("reconnected", "retried")] == ["reconnected"]
    (gap,) = [one for one in found if one.rule == "reconnected"]
    assert [exchange.event(index).name for index in gap.events] == ["reconnect", "reconnected"]  # type: ignore[union-attr]


async def test_nothing_is_opened_again_unasked(call: Calling, serve: Serve) -> None:
    server = serve(losing(close()))
    _, outcome = await call(server.ws, "websocket")
    assert outcome.closed == {"by": "network", "code": 1006, "reason": ""}
    assert len(server.requests) == 1


async def test_a_normal_close_is_an_end_unless_it_is_asked_for(call: Calling, serve: Serve) -> None:
    count = 0

    async def script(peer: Peer) -> None:
        nonlocal count
        count += 1
        await peer.upgrade()
        await peer.send(close(1000, "bye"))
        await peer.goodbye()

    server = serve(script)
    _, outcome = await call(server.ws, AT_ONCE)
    assert (len(server.requests), outcome.closed and outcome.closed["reason"]) == (1, "bye")
    always = Choice("websocket", {**AT_ONCE.values, "reconnect_always": "on", "reconnect_tries": "2"})
    _, outcome = await call(server.ws, always)
    assert len(server.requests) == 1 + 3
    assert outcome.outcome == "complete"


async def test_tries_have_an_end_and_the_last_loss_is_it(call: Calling, serve: Serve) -> None:
    server = serve(losing(times=100))
    events, outcome = await call(server.ws, AT_ONCE)
    assert len(server.requests) == 4
    assert [lost.detail["try"] for lost in told(events, "reconnect")] == [1, 2, 3]
    assert outcome.closed == {"by": "network", "code": 1006, "reason": ""}


async def test_a_server_that_is_busy_is_tried_again(call: Calling, serve: Serve) -> None:
    events, outcome = await call(serve(losing(close(), times=2, status="503 Service Unavailable")).ws, AT_ONCE)
    assert [lost.detail.get("code", lost.detail.get("status")) for lost in told(events, "reconnect")] == [
        1006,
        503,
        503,
    ]
    assert texts(events)[-1] == "connection 4"
    assert outcome.outcome == "complete"


async def test_a_refusal_is_an_end(call: Calling, serve: Serve) -> None:
    server = serve(losing(close(), times=1, status="403 Forbidden"))
    events, outcome = await call(server.ws, AT_ONCE)
    assert len(server.requests) == 2
    assert (outcome.status, outcome.outcome) == (403, "error")
    assert isinstance(events[-1], Closed)


async def test_a_first_attempt_that_fails_is_the_answer(call: Calling, closed_port: int) -> None:
    events, _ = await call(f"ws://127.0.0.1:{closed_port}", AT_ONCE)
    assert isinstance(events[-1], Failed)
    assert not told(events, "reconnect")


async def test_stop_and_close_end_the_waiting_at_once(core: Core, serve: Serve) -> None:
    slow = Choice("websocket", {"reconnect": "fixed", "reconnect_after": "600"})
    for closing in (True, False):
        exchange = core.bench.recordings.new(draft(serve(losing()).ws, slow), keep=False)
        outgoing = OutgoingQueue()
        sending = spawn(transmit(exchange, core, outgoing), name="transmit")
        await until(lambda exchange=exchange: told(exchange.events(0, len(exchange)), "reconnect"))
        if closing:
            outgoing.put(Close())
            await asyncio.wait_for(sending, 20)
        else:
            await end(sending)
        last = exchange.event(len(exchange) - 1)
        assert isinstance(last, Closed)
        assert last.by == ("network" if closing else "user")
        assert last.t >= exchange.event(len(exchange) - 2).t
        exchange.close()


async def test_what_is_sent_in_a_gap_waits_for_the_next_connection(core: Core, serve: Serve) -> None:
    count = 0

    async def script(peer: Peer) -> None:
        nonlocal count
        count += 1
        await peer.upgrade()
        if count == 2:
            assert (await peer.frame())[1] == b"first"
            assert (await peer.frame())[1] == b"second"
            await peer.send(close())
            await peer.goodbye()

    wait = Choice("websocket", {"reconnect": "fixed", "reconnect_after": "0.2"})
    server = serve(script)
    exchange = core.bench.recordings.new(draft(server.ws, wait), keep=False)
    outgoing = OutgoingQueue()
    sending = spawn(transmit(exchange, core, outgoing), name="transmit")
    await until(lambda: told(exchange.events(0, len(exchange)), "reconnect"))
    assert not outgoing.open
    outgoing.put("first")
    outgoing.put("second")
    await asyncio.wait_for(sending, 20)
    await server.seen(2)
    exchange.close()


async def test_what_is_sent_too_late_for_a_connection_leaves_on_the_next(core: Core, serve: Serve) -> None:
    put = asyncio.Event()
    loop = asyncio.get_running_loop()
    count = 0

    async def script(peer: Peer) -> None:
        nonlocal count
        count += 1
        await peer.upgrade()
        if count == 1:
            await peer.send(close(1001))
            await peer.goodbye()
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(put.wait(), loop))
        else:
            assert (await peer.frame())[1] == b"late"
            await peer.send(close())
            await peer.goodbye()

    server = serve(script)
    exchange = core.bench.recordings.new(draft(server.ws), keep=False)
    outgoing = OutgoingQueue()
    sending = spawn(transmit(exchange, core, outgoing), name="transmit")
    await until(lambda: len(told(exchange.events(0, len(exchange)), "close")) == 2)
    outgoing.put("late")
    await until(outgoing._items.empty)
    put.set()
    await asyncio.wait_for(sending, 20)
    await server.seen(2)
    exchange.close()


async def repeated(
    core: Core, server: Served, repeat: Repeat, protocol: Choice = AT_ONCE, **fields: object
) -> Exchange:
    exchange = core.bench.recordings.new(draft(server.ws, protocol, **fields), keep=False)
    outgoing = OutgoingQueue()
    outgoing.open = False
    sending = spawn(transmit(exchange, core, outgoing), name="transmit")
    await until(lambda: outgoing.open)
    outgoing.put(repeat)
    await until(lambda: repeat.rhythm.done or sending.done())
    if not sending.done():
        outgoing.put(Close())
    await asyncio.wait_for(sending, 20)
    return exchange


async def echo(peer: Peer) -> None:
    await peer.upgrade()
    while (received := await peer.frame())[0] != 8:
        if received[0] == 1:
            await peer.send(text(received[1]))
    await peer.send(close())


async def test_a_message_on_a_timer(core: Core, serve: Serve) -> None:
    repeat = Repeat("tick", 0.01, 20)
    exchange = await repeated(core, serve(echo), repeat)
    events = exchange.events(0, len(exchange))
    sent = [event.t for event in events if isinstance(event, Message) and event.direction == "out"]
    assert texts(events, "out") == ["tick"] * 20 == texts(events)
    assert repeat.rhythm.sent == 20
    assert repeat.rhythm.interval is not None
    assert abs(repeat.rhythm.interval - (sent[-1] - sent[0]) / 19e9) < 0.005, "what is told is what the record says"
    assert sent[-1] - sent[0] >= 0.15e9
    exchange.close()


async def test_a_timer_is_stopped_and_ends_with_its_exchange(core: Core, serve: Serve) -> None:
    rhythm = Rhythm()

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        for _ in range(3):
            await peer.frame()
        rhythm.stopped = True
        await peer.goodbye()
        await peer.send(close())

    exchange = await repeated(core, serve(script), Repeat("tick", 0.005, rhythm=rhythm))
    assert 3 <= rhythm.sent <= 5
    exchange.close()

    async def leaving(peer: Peer) -> None:
        await peer.upgrade()
        await peer.frame()
        await peer.send(close(1001))

    endless = Repeat("tick", 0.005)
    exchange = await repeated(core, serve(leaving), endless, Choice("websocket"))
    await until(lambda: endless.rhythm.done)
    exchange.close()


async def test_times_without_a_connection_are_left_out(core: Core, serve: Serve) -> None:
    count = 0

    async def script(peer: Peer) -> None:
        nonlocal count
        count += 1
        await peer.upgrade()
        await peer.frame()
        if count == 2:
            await peer.goodbye()
            await peer.send(close())

    repeat = Repeat(Ping(b"beat"), 0.01, 6)
    wait = Choice("websocket", {"reconnect": "fixed", "reconnect_after": "0.1"})
    exchange = await repeated(core, serve(script), repeat, wait)
    assert repeat.rhythm.sent == 6
    assert repeat.rhythm.missed > 3
    exchange.close()


async def test_pongs_by_hand_and_pings_that_are_not_answered(core: Core, serve: Serve) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def script(peer: Peer) -> None:
        await peer.upgrade()
        assert await peer.frame() == (10, b"unasked")
        await peer.send(frame(9, b"one"))
        loop.call_soon_threadsafe(asked.set)
        assert await peer.frame() == (10, b"two"), "the pong for the second ping comes, none for the first"
        assert (await peer.frame())[0] == 8
        await peer.send(close())

    server = serve(script)
    exchange = core.bench.recordings.new(draft(server.ws), keep=False)
    outgoing = OutgoingQueue()
    outgoing.put(AutoPong(on=False))
    outgoing.put(Pong(b"unasked"))
    sending = spawn(transmit(exchange, core, outgoing), name="transmit")
    await asked.wait()
    await until(lambda: told(exchange.events(0, len(exchange)), "ping"))
    outgoing.put(Pong(b"two"))
    outgoing.put(Close(4999, "enough"))
    await asyncio.wait_for(sending, 20)
    await server.seen()
    pongs = told(exchange.events(0, len(exchange)), "pong")
    assert [(pong.direction, pong.data, pong.detail["automatic"]) for pong in pongs] == [
        ("out", "unasked", False),
        ("out", "two", False),
    ]
    exchange.close()


async def test_an_empty_close_frame(core: Core, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        assert await peer.frame() == (8, b"")
        await peer.send(close(None))

    server = serve(script)
    exchange = core.bench.recordings.new(draft(server.ws), keep=False)
    outgoing = OutgoingQueue()
    outgoing.put(Close(None))
    outcome = await send(exchange, core, outgoing)
    await server.seen()
    assert outcome.closed == {"by": "client", "code": 1005, "reason": ""}
    exchange.close()


async def test_limits_count_all_connections(call: Calling, serve: Serve) -> None:
    events, outcome = await call(serve(losing(times=1)).ws, AT_ONCE, limits=Limits(messages=2))
    assert texts(events) == ["connection 1", "connection 2"]
    assert outcome.outcome == "complete"


async def test_it_is_sent_while_the_server_floods(core: Core, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        flooding = asyncio.ensure_future(flood(peer))
        ticks = 0
        while ticks < 30:
            opcode, data = await peer.frame()
            assert (opcode, data) in ((1, b"tick"), (10, b"and pings"))
            ticks += opcode == 1
        flooding.cancel()
        await peer.send(close())
        await peer.goodbye()

    async def flood(peer: Peer) -> None:
        while True:
            peer.writer.write(text("x" * 200) * 50 + frame(9, b"and pings"))
            await peer.writer.drain()
            await asyncio.sleep(0.001)

    server = serve(script)
    repeat = Repeat("tick", 0.005, 30)
    exchange = await repeated(core, server, repeat)
    await server.seen()
    events = exchange.events(0, len(exchange))
    assert texts(events, "out") == ["tick"] * 30
    assert len(told(events, "ping")) > 5
    exchange.close()


def test_the_command_line_has_options_for_it(bare: Callable[..., Result], serve: Serve) -> None:
    server = serve(losing(close(), hears=True))
    told = bare("send", server.ws, "-m", "hi", "--reconnect", "fixed", "--set", "reconnect_after=0.01")
    assert told.code == 0
    assert "open again after" in told.err
    assert len(server.requests) == 2
    http = bare("send", server.http, "--reconnect", "fixed")
    assert http.code == 2
    assert "websocket" in http.err


def test_the_command_line_sends_on_a_timer_and_leaves_pings_alone(bare: Callable[..., Result], serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade(then=frame(9, b"are you there"))
        for number in range(3):
            assert await peer.frame() == (1, b"tick"), f"no pong before message {number}"
        await peer.send(close())
        await peer.goodbye()

    server = serve(script)
    told = bare(
        "send", server.ws, "-m", "tick", "--every", "0.01", "--times", "3", "--auto-pong", "off", "--output", "summary"
    )
    server.wait()
    assert (told.code, json.loads(told.out)["messages_out"]) == (0, 3)
