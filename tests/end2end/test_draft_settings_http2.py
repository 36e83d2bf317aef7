"""The draft's settings on HTTP/2: files from disk, redirects, the limit between two reads."""

from collections.abc import Callable
from pathlib import Path

from tests.conftest import Calling
from tests.end2end.test_hostile_http2 import ON, SSE, Stream, speaking
from tests.raw import Peer, Served
from tests.told import error

from streamscope.model.draft import Body, Choice, Limits
from streamscope.model.event import Failed, RequestSent

Serve = Callable[..., Served]
MB = 1 << 20


async def test_a_large_file_arrives(call: Calling, serve: Serve, tmp_path: Path) -> None:
    requests: list[dict[str, str]] = []

    async def answer(stream: Stream) -> None:
        await stream.head([(":status", "200")], end=True)

    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(9 * MB)
    served = serve(speaking(answer, requests))
    _, outcome = await call(served.http, Choice("https", ON), body=Body("file", file=str(path)))
    assert outcome.status == 200
    assert requests[0]["content-length"] == str(9 * MB)


async def test_a_file_that_is_cut_short(call: Calling, serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(64 * MB)

    async def answer(stream: Stream) -> None:
        raise AssertionError(stream.headers)

    async def script(peer: Peer) -> None:
        with path.open("r+b") as file:
            file.truncate(MB)
        await speaking(answer)(peer)

    served = serve(script)
    events, _ = await call(served.http, Choice("https", ON), body=Body("file", file=str(path)))
    assert isinstance(events[-1], Failed)
    assert events[-1].error == "StoreError"


async def test_a_redirect_is_followed_on_the_same_connection(call: Calling, serve: Serve) -> None:
    async def answer(stream: Stream) -> None:
        if stream.headers[":path"] == "/old":
            await stream.head([(":status", "307"), ("location", "/new")], end=True)
        else:
            await stream.head([(":status", "200")], end=True)

    served = serve(speaking(answer))
    events, outcome = await call(f"{served.http}/old", Choice("https", ON), redirects=2)
    assert outcome.status == 200
    assert [event.attempt for event in events if isinstance(event, RequestSent)] == [1, 2]
    assert len(served.peers) == 1


async def test_the_limit_between_two_reads(call: Calling, serve: Serve) -> None:
    async def answer(stream: Stream) -> None:
        await stream.head(SSE)
        await stream.data(b"data: a\n\n")

    served = serve(speaking(answer))
    events, outcome = await call(served.http, Choice("sse", ON), limits=Limits(wait=60, between=0.2))
    assert error(events) == "Silent"
    assert outcome.messages_in == 1
