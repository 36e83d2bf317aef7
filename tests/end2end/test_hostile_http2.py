"""HTTP/2 behind its switch, against a small server on the h2 library."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
from tests.certificates import Certificate
from tests.conftest import Calling
from tests.program import Result
from tests.raw import Peer, Script, Served
from tests.told import carried, error, of, texts, warm

from streamscope.model.draft import Body, Choice, Limits
from streamscope.model.event import Closed, Control, Event, Head, Message, Read
from streamscope.model.exchange import Outcome

Serve = Callable[..., Served]
Answer = Callable[["Stream"], Awaitable[None]]
SSE = [(":status", "200"), ("content-type", "text/event-stream")]


class Stream:
    """One request on an HTTP/2 connection, and what to answer it with."""

    def __init__(self, peer: Peer, state: h2.connection.H2Connection, number: int, headers: dict[str, str]) -> None:
        self.peer = peer
        self.state = state
        self.number = number
        self.headers = headers

    async def flush(self) -> None:
        await self.peer.send(self.state.data_to_send())

    async def head(self, headers: list[tuple[str, str]], *, end: bool = False) -> None:
        self.state.send_headers(self.number, headers, end_stream=end)
        await self.flush()

    async def data(self, data: bytes, *, end: bool = False) -> None:
        self.state.send_data(self.number, data, end_stream=end)
        await self.flush()


def speaking(answer: Answer, requests: list[dict[str, str]] | None = None) -> Script:
    """A server that answers each request when it is whole."""

    async def script(peer: Peer) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        state.initiate_connection()
        await peer.send(state.data_to_send())
        seen: dict[int, dict[str, str]] = {}
        while data := await peer.reader.read(65_536):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    seen[event.stream_id] = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    if requests is not None:
                        requests.append(seen[event.stream_id])
                    await answer(Stream(peer, state, event.stream_id, seen[event.stream_id]))
            await peer.send(state.data_to_send())

    return script


ON = {"http2": "on"}


@pytest.fixture
def h2_call(call: Calling) -> Calling:
    """Call with HTTP/2 switched on."""

    async def sent(url: str, protocol: str = "sse", **fields: Any) -> tuple[list[Event], Outcome]:
        return await call(url, Choice(protocol, ON), **fields)

    return sent


async def events_one_by_one(stream: Stream) -> None:
    await stream.head(SSE)
    for number in range(3):
        await stream.data(b"data: %d\n\n" % number)
        await asyncio.sleep(0.01)
    await stream.data(b"", end=True)


async def test_sse_with_prior_knowledge(h2_call: Calling, serve: Serve) -> None:
    requests: list[dict[str, str]] = []
    server = serve(speaking(events_one_by_one, requests))
    for number in range(2):
        events, outcome = await h2_call(
            server.http + "/a?b=c", method="POST", body=Body("bytes", content=b"x" * 100_000)
        )
        assert texts(events) == ["0", "1", "2"]
        assert outcome.outcome == "complete"
        assert of(events, Head)[0].http_version == "HTTP/2"
        assert len({message.reads for message in of(events, Message)}) == 3
        body = carried(events)
        assert (body.framing, body.whole, body.decoded) == ("http2", True, 27)
        assert warm(events) is (number > 0)
        numbers = [read.read for read in of(events, Read)]
        assert numbers == list(range(1, len(numbers) + 1))
    assert len(server.peers) == 1
    assert [one[":path"] for one in requests] == ["/a?b=c"] * 2
    assert requests[0][":authority"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("alpn", [True, False])
def test_over_tls_as_both_agree(bare: Callable[..., Result], serve: Serve, tmp_path: Path, alpn: bool) -> None:
    """A server that does not offer h2 is spoken to in HTTP/1.1."""
    context = Certificate.made(tmp_path, "localhost").context()

    async def old(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: 0\n\ndata: 1\n\ndata: 2\n\n")

    if alpn:
        context.set_alpn_protocols(["h2", "http/1.1"])
    server = serve(speaking(events_one_by_one) if alpn else old, tls=context)
    result = bare("send", f"https://127.0.0.1:{server.port}/", "--insecure", "--protocol", "sse", "--set", "http2=on",
                  "--output", "events")  # fmt: skip
    assert result.code == 0, result.err
    assert result.data == ["0", "1", "2"]
    assert result.of("head")[0]["http_version"] == ("HTTP/2" if alpn else "HTTP/1.1")


def test_switched_off_it_is_not_offered(bare: Callable[..., Result], serve: Serve, tmp_path: Path) -> None:
    context = Certificate.made(tmp_path, "localhost").context()
    context.set_alpn_protocols(["h2", "http/1.1"])

    async def old(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"fine")

    result = bare("send", f"https://127.0.0.1:{serve(old, tls=context).port}/", "--insecure", "--output", "events")
    assert result.of("head")[0]["http_version"] == "HTTP/1.1"


async def test_trailers_and_interim_answers_are_told(h2_call: Calling, serve: Serve) -> None:
    async def answer(stream: Stream) -> None:
        stream.state.send_headers(stream.number, [(":status", "103"), ("link", "</a>")])
        await stream.head(SSE)
        await stream.data(b"data: a\n\n")
        await stream.head([("x-sum", "1")], end=True)

    for _ in range(2):
        events, outcome = await h2_call(serve(speaking(answer)).http)
        assert (texts(events), outcome.outcome) == (["a"], "complete")
        assert [one.data for one in of(events, Control, "informational")] == ["103"]
        assert [one.data for one in of(events, Control, "trailer")] == ["x-sum: 1"]


async def begun(stream: Stream) -> None:
    await stream.head(SSE)
    await stream.data(b"data: a\n\ndata: b")
    await asyncio.sleep(0.02)


async def reset(stream: Stream) -> None:
    await begun(stream)
    stream.state.reset_stream(stream.number, 2)
    await stream.flush()


async def goaway(stream: Stream) -> None:
    await begun(stream)
    stream.state.close_connection(error_code=11)
    await stream.flush()


async def hang_up(stream: Stream) -> None:
    await begun(stream)
    stream.peer.writer.close()


async def abort(stream: Stream) -> None:
    await begun(stream)
    stream.peer.writer.transport.abort()


@pytest.mark.parametrize("ending", [reset, goaway, hang_up, abort])
async def test_an_answer_that_breaks_off_is_cut(h2_call: Calling, serve: Serve, ending: Answer) -> None:
    server = serve(speaking(ending))
    for _ in range(2):
        events, outcome = await h2_call(server.http)
        assert [(message.text, message.unfinished) for message in of(events, Message)] == [("a", False), ("b", True)]
        assert (error(events), outcome.outcome) == ("Cut", "early")
        assert carried(events).whole is False
        assert not warm(events)


async def test_a_request_that_is_not_taken_is_no_answer(h2_call: Calling, serve: Serve) -> None:
    """GOAWAY with a lower last stream invites to try again on a new connection; not forever."""

    async def refusing(stream: Stream) -> None:
        stream.state.close_connection(last_stream_id=0)
        await stream.flush()

    async def pushed_back(stream: Stream) -> None:
        await stream.peer.send(b"\0\0\x08\x07\0\0\0\0\0" + bytes(8))

    for answer in (refusing, pushed_back):
        events, outcome = await asyncio.wait_for(h2_call(serve(speaking(answer)).http), 10)
        assert error(events) in ("NoAnswer", "ProtocolViolation")
        assert outcome.status is None


async def test_a_warm_connection_that_said_goodbye_is_replaced(h2_call: Calling, serve: Serve) -> None:
    async def once(stream: Stream) -> None:
        await events_one_by_one(stream)
        stream.state.close_connection()
        await stream.flush()

    server = serve(speaking(once))
    for _ in range(2):
        events, outcome = await h2_call(server.http)
        assert (texts(events), outcome.outcome) == (["0", "1", "2"], "complete")
    assert len(server.peers) == 2


async def test_what_a_stopped_answer_still_sends_is_nobody_elses(h2_call: Calling, serve: Serve) -> None:
    """A connection whose answer was not read to its end is not used again."""

    async def endless(stream: Stream) -> None:
        await stream.head(SSE)
        for number in range(50):
            await stream.data(b"data: %d\n\n" % number)
            await asyncio.sleep(0.002)

    server = serve(speaking(endless))
    for _ in range(2):
        events, outcome = await h2_call(server.http, limits=Limits(messages=2))
        assert texts(events) == ["0", "1"]
        assert not warm(events)
        assert isinstance(events[-1], Closed)
        assert outcome.outcome == "complete"


async def test_calls_at_once_have_connections_of_their_own(h2_call: Calling, serve: Serve) -> None:
    server = serve(speaking(events_one_by_one))
    answers = await asyncio.gather(*(h2_call(server.http) for _ in range(4)))
    assert [texts(events) for events, _ in answers] == [["0", "1", "2"]] * 4
    assert len(server.peers) == 4
    for events, _ in answers:
        read = sum(one.size for one in of(events, Read))
        assert 0 < read < 400


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"\xff" * 100, b"\0" * 9 * 20])
async def test_what_is_not_http_2_breaks_the_protocol(h2_call: Calling, serve: Serve, answer: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1000)
        await peer.send(answer)

    events, _ = await h2_call(serve(script).http)
    assert error(events) in ("ProtocolViolation", "NoAnswer")


async def test_a_header_that_http_2_forbids_is_the_requests_mistake(h2_call: Calling, serve: Serve) -> None:
    events, _ = await h2_call(serve(speaking(events_one_by_one)).http, headers=(("TE", "gzip"),))
    assert error(events) == "UsageError"


async def test_damage_in_mid_answer_breaks_the_protocol(h2_call: Calling, serve: Serve) -> None:
    async def damaged(stream: Stream) -> None:
        await begun(stream)
        await stream.peer.send(b"\0\0\x04\x08\0\0\0\0\0\0\0\0\0" + b"\xff" * 50)

    events, _ = await h2_call(serve(speaking(damaged)).http)
    assert texts(events) == ["a", "b"]
    assert error(events) == "ProtocolViolation"


async def test_a_json_array_with_its_length_stays_whole(h2_call: Calling, serve: Serve) -> None:
    async def listed(stream: Stream) -> None:
        length = [("content-length", "5")] if "length" in stream.headers[":path"] else []
        await stream.head([(":status", "200"), ("content-type", "application/json"), *length])
        await stream.data(b"[1,2]", end=True)

    server = serve(speaking(listed))
    assert texts((await h2_call(server.http + "/length", "https"))[0]) == ["[1,2]"]
    assert texts((await h2_call(server.http, "https"))[0]) == ["1", "2"]


async def test_a_large_answer_goes_through_the_window(h2_call: Calling, serve: Serve) -> None:
    """40 MB, more than the windows that are opened at the beginning."""

    async def large(stream: Stream) -> None:
        await stream.head([(":status", "200"), ("content-type", "application/x-ndjson")])
        left = 40 << 20
        while left:
            size = min(left, stream.state.local_flow_control_window(stream.number), 16_384)
            if size:
                left -= size
                await stream.data(b"1" * (size - 1) + b"\n", end=not left)
            else:
                stream.state.receive_data(await stream.peer.reader.read(65_536))

    events, outcome = await h2_call(serve(speaking(large)).http, "https")
    assert outcome.outcome == "complete"
    assert carried(events).decoded == 40 << 20
