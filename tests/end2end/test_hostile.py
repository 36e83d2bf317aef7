"""HTTP servers that are unusual, careless or hostile: codings, framings, heads, kept connections."""

import asyncio
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard
from tests.conftest import Calling
from tests.raw import Peer, Script, Served
from tests.told import carried, error, of, texts, warm

from streamscope.model.draft import Body, Limits
from streamscope.model.event import Closed, Control, Head, Message, Trace

Serve = Callable[..., Served]
EVENTS = [b"data: %d\n\n" % number for number in range(5)]
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> list[bytes]:
    return [*(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks if chunk), end]


def sending(*chunks: bytes) -> Script:
    """A server that answers with these writes and closes."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(*chunks)

    return script


class Packer:
    """Flushes each event through a coding."""

    def __init__(self, coding: str) -> None:
        made: Any = {
            "gzip": lambda: zlib.compressobj(wbits=31),
            "deflate": lambda: zlib.compressobj(wbits=15),
            "bare": lambda: zlib.compressobj(wbits=-15),
            "br": brotli.Compressor,
            "zstd": lambda: zstandard.ZstdCompressor().compressobj(),
        }[coding]()
        self.name = "deflate" if coding == "bare" else coding
        self._made = made
        if coding == "br":
            self.event = lambda data: made.process(data) + made.flush()
            self.end = made.finish
        elif coding == "zstd":
            self.event = lambda data: made.compress(data) + made.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
            self.end = made.flush
        else:
            self.event = lambda data: made.compress(data) + made.flush(zlib.Z_SYNC_FLUSH)
            self.end = made.flush


CODINGS = ["gzip", "deflate", "bare", "br", "zstd"]


@pytest.mark.parametrize("coding", CODINGS)
async def test_compressed_events_come_one_by_one(call: Calling, serve: Serve, coding: str) -> None:
    """A coding that is flushed for each event holds none of them back: the server waits for each to be seen."""
    packer, seen = Packer(coding), asyncio.Event()
    sizes = []

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(STREAM + b"Content-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % packer.name.encode())
        for event in EVENTS:
            sizes.append(packed := packer.event(event))
            await peer.send(*chunked(packed, end=b""))
            await asyncio.sleep(0.02)
        sizes.append(last := packer.end())
        await peer.send(*chunked(last))

    events, outcome = await call(serve(script).http, "sse")
    seen.set()
    messages = of(events, Message)
    assert [message.text for message in messages] == list("01234")
    assert len({message.reads for message in messages}) == 5
    assert outcome.outcome == "complete"
    body = carried(events)
    assert (body.framing, body.coding, body.whole) == ("chunked", packer.name, True)
    assert (body.wire, body.decoded) == (sum(map(len, sizes)), sum(map(len, EVENTS)))
    assert body.chunks == sum(1 for size in sizes if size)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
async def test_a_coded_body_that_was_cut_is_cut(call: Calling, serve: Serve, coding: str, framing: str) -> None:
    packer = Packer(coding)
    packed = b"".join(map(packer.event, EVENTS))
    packer.end()
    told = {"chunked": b"Transfer-Encoding: chunked", "close": b"X: y", "length": b"Content-Length: %d" % len(packed)}
    head = STREAM + b"Content-Encoding: %s\r\n%s\r\n\r\n" % (packer.name.encode(), told[framing])
    events, outcome = await call(serve(sending(head, *(chunked(packed) if framing == "chunked" else [packed]))).http)
    assert texts(events) == list("01234")
    assert (error(events), outcome.outcome) == ("Cut", "early")
    body = carried(events)
    assert (body.whole, body.wire, body.decoded) == (False, len(packed), sum(map(len, EVENTS)))


async def test_without_its_last_chunk_even_a_whole_coding_is_cut(call: Calling, serve: Serve) -> None:
    packed = gzip.compress(b"".join(EVENTS))
    head = STREAM + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    events, _ = await call(serve(sending(head, *chunked(packed, end=b""))).http)
    assert texts(events) == list("01234")
    assert error(events) == "Cut"
    assert carried(events).whole is False


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_wrong_coding_breaks_the_protocol(call: Calling, serve: Serve, coding: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 1000\r\n\r\n" % Packer(coding).name.encode()
    events, _ = await call(serve(sending(head, b"\xff" * 1000)).http)
    assert error(events) == "ProtocolViolation"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_what_came_before_damage_is_given(call: Calling, serve: Serve, coding: str) -> None:
    """The checksum at the end is wrong; the content before it came in the same read."""
    packer = Packer(coding)
    packed = b"".join(map(packer.event, EVENTS)) + packer.end()
    damaged = packed[:-4] + bytes(byte ^ 255 for byte in packed[-4:])
    head = STREAM + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding.encode(), len(damaged))
    events, _ = await call(serve(sending(head + damaged)).http)
    assert texts(events) == list("01234")
    assert error(events) == "ProtocolViolation"


async def test_what_came_before_damaged_chunks_is_given(call: Calling, serve: Serve) -> None:
    head = STREAM + b"Transfer-Encoding: chunked\r\n\r\n"
    events, _ = await call(serve(sending(head + b"9\r\ndata: a\n\n\r\nZZ\r\nmore")).http)
    assert texts(events) == ["a"]
    assert error(events) == "ProtocolViolation"


async def test_trailers_and_interim_answers_are_told(call: Calling, serve: Serve) -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    trailers = b"0\r\nServer-Timing: total;dur=1\r\nX-Sum: \xe9 \r\n\r\n"
    script = sending(interim, STREAM + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(EVENTS[0], end=trailers))
    events, outcome = await call(serve(script).http)
    told = [control.data for control in of(events, Control, "informational")]
    assert told == ["100 Continue"] * 3 + ["103 Early Hints"]
    assert [one.data for one in of(events, Control, "trailer")] == ["Server-Timing: total;dur=1", "X-Sum: é"]
    assert (len(of(events, Head)), outcome.outcome) == (1, "complete")
    assert isinstance(events[-1], Closed)


BODILESS = [
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
    ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n"),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n"),
]
BODIES = [
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"),
    ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nA: b\r\n\r\n"),
    ("GET", b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n"),
    ("GET", STREAM + b"Content-Length: 9\r\n\r\ndata: a\n\n"),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 22\r\n\r\n" + gzip.compress(b"ok", mtime=0)),
]


@pytest.mark.parametrize(("method", "answer"), BODILESS + BODIES)
async def test_a_connection_is_kept_after_every_kind_of_body(
    call: Calling, serve: Serve, method: str, answer: bytes
) -> None:
    async def script(peer: Peer) -> None:
        for _ in range(3):
            await peer.request()
            await peer.send(answer)
        await peer.rest()

    server = serve(script)
    for number in range(3):
        events, outcome = await call(server.http, method=method)
        assert outcome.outcome == "complete"
        assert warm(events) is (number > 0)
        if (method, answer) in BODILESS:
            assert not of(events, Message)
            assert carried(events).framing == "none"
    assert len(server.peers) == 1


NOT_KEPT = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, Close\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore",
    b"HTTP/1.1 204 No Content\r\n\r\nmore",
]


@pytest.mark.parametrize("answer", NOT_KEPT)
async def test_what_is_left_on_a_connection_never_answers_the_next_call(
    call: Calling, serve: Serve, answer: bytes
) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)
        await peer.rest()

    server = serve(script)
    for _ in range(2):
        events, outcome = await call(server.http)
        assert outcome.outcome == "complete"
        assert not warm(events)
        assert texts(events) in ([], ["ok"])
    assert len(server.peers) == 2


async def test_bytes_that_come_late_never_answer_the_next_call(call: Calling, serve: Serve) -> None:
    more = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"ok")
        await asyncio.sleep(0.05)
        await peer.answer(b"evil")
        await peer.rest()

    server = serve(script)
    await call(server.http)
    await asyncio.sleep(0.2)
    more.set()
    events, _ = await call(server.http)
    assert texts(events) == ["ok"]
    assert not warm(events)


async def test_http_1_0_ends_with_the_connection(call: Calling, serve: Serve) -> None:
    events, outcome = await call(serve(sending(b"HTTP/1.0 200 OK\r\n\r\n", b"all of ", b"it")).http)
    assert texts(events) == ["all of it"]
    assert of(events, Head)[0].http_version == "HTTP/1.0"
    assert (outcome.outcome, carried(events).framing, carried(events).whole) == ("complete", "close", None)


async def test_a_warm_connection_that_was_closed_is_replaced_once(call: Calling, serve: Serve) -> None:
    """The server takes the second request of each connection and hangs up; a fresh one that does so is no answer."""

    async def script(peer: Peer) -> None:
        await peer.request()
        if len(server.peers) > 2:
            return
        await peer.answer(b"ok")
        await peer.request()

    server = serve(script)
    assert texts((await call(server.http))[0]) == ["ok"]
    events, _ = await call(server.http)
    assert texts(events) == ["ok"]
    assert [trace.phase for trace in of(events, Trace, "send")].count("begin") == 2
    events, outcome = await call(server.http)
    assert (error(events), outcome.outcome) == ("NoAnswer", "no connection")
    assert len(server.peers) == 3


@pytest.mark.parametrize("step", [300_000, 977])
async def test_a_head_of_300_kb(call: Calling, serve: Serve, step: int) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"v" * 290) for number in range(1000))
    answer = b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 2\r\n\r\nok"

    async def script(peer: Peer) -> None:
        await peer.request()
        for at in range(0, len(answer), step):
            peer.writer.write(answer[at : at + step])
            await peer.writer.drain()

    events, outcome = await call(serve(script).http)
    assert len(of(events, Head)[0].headers) == 1001
    assert (texts(events), outcome.outcome) == (["ok"], "complete")


async def test_a_head_without_end_is_given_up(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await peer.send(b"X-More: " + b"v" * 10_000 + b"\r\n")

    events, _ = await call(serve(script).http)
    assert error(events) == "ProtocolViolation"


async def test_odd_headers_come_as_they_are(call: Calling, serve: Serve) -> None:
    odd = b"X-Fold: a\r\n  b\r\nx-empty:\r\nX-Empty: \r\nX-Byte: \xe9\r\nX-Tab:\ta\t\r\n"
    odd += b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    events, outcome = await call(serve(sending(b"HTTP/1.1 200 \r\n" + odd + b"Content-Length: 0\r\n\r\n")).http)
    told = of(events, Head)[0].headers
    assert ("X-Fold", "a b") in told
    assert [value for name, value in told if name.lower() == "x-empty"] == ["", ""]
    assert ("X-Byte", "é") in told
    assert [value for name, value in told if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert outcome.outcome == "complete"


SENSELESS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nok\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n",
    b"HTTP/1.1 2000 OK\r\n\r\n",
    b"HTTP/3.1 two\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    b"\0" * 100 + b"\r\n\r\n",
]


@pytest.mark.parametrize("answer", SENSELESS)
async def test_answers_that_make_no_sense(call: Calling, serve: Serve, answer: bytes) -> None:
    events, outcome = await call(serve(sending(answer)).http)
    assert error(events) == "ProtocolViolation"
    assert outcome.outcome in ("error", "early", "no connection")


async def test_a_body_that_is_longer_than_it_said(call: Calling, serve: Serve) -> None:
    """What comes behind the length is no part of the body; the reads have it."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and a lot more"
    events, outcome = await call(serve(sending(answer)).http)
    assert (texts(events), outcome.outcome) == (["ok"], "complete")
    assert outcome.bytes_in == len(answer)


async def test_an_early_answer_ends_the_wait_for_a_body_that_nobody_takes(call: Calling, serve: Serve) -> None:
    """The server refuses a large body, takes no more of it, and keeps the connection open."""
    over = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await peer.answer(b"too large", status="413 Content Too Large", Connection="keep-alive")
        await over.wait()

    server = serve(script)
    body = Body("bytes", content=bytes(30 << 20))
    events, outcome = await asyncio.wait_for(call(server.http, method="POST", body=body), 20)
    assert (outcome.status, texts(events)) == (413, ["too large"])
    events, outcome = await asyncio.wait_for(call(server.http, method="POST", body=body), 20)
    assert outcome.status == 413
    assert not warm(events)


async def test_the_wait_between_reads_is_that_of_this_call(call: Calling, serve: Serve) -> None:
    """A warm connection's timer of an earlier call, with a wait of its own, does not end a later one without."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"quick")
        await peer.request()
        await asyncio.sleep(0.6)
        await peer.answer(b"slow")
        await peer.rest()

    server = serve(script)
    await call(server.http, limits=Limits(wait=0.3))
    events, _ = await call(server.http, limits=Limits(wait=0))
    assert texts(events) == ["slow"]


async def test_a_drip_of_single_bytes_loses_nothing(call: Calling, serve: Serve) -> None:
    body = b"".join(b"data: %d\n\n" % number for number in range(40))
    answer = (
        STREAM
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"".join(chunked(*(body[at : at + 3] for at in range(0, len(body), 3))))
    )

    async def script(peer: Peer) -> None:
        await peer.request()
        for at in range(len(answer)):
            peer.writer.write(answer[at : at + 1])
            await asyncio.sleep(0)

    events, outcome = await call(serve(script).http)
    assert texts(events) == [str(number) for number in range(40)]
    assert outcome.bytes_in == len(answer)
