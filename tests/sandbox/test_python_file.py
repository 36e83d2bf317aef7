"""A Python file with predict(inputs): any kind of function, over HTTP, event streams and WebSocket."""

import asyncio
import contextlib
import dataclasses
import datetime
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from streamscope import tasks
from streamscope.kinds.protocols.event_stream import EventStreamDecoder, ServerEvent
from streamscope.sandbox.listeners import bind, server
from streamscope.sandbox.models import inputs as reading
from streamscope.sandbox.models import pieces as writing
from streamscope.sandbox.models.python_file import app
from streamscope.tasks import spawn

STREAM = {"Accept": "text/event-stream"}


Serving = Callable[[Callable[[Any], Any]], contextlib.AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """Let a function be served, and give a client. One server, on a loop of its own, has them all in turn."""
    listening = bind()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    current: list[Callable[[Any], Any]] = []

    async def switch(scope: Scope, receive: Receive, send: Send) -> None:
        await app(current[-1])(scope, receive, send)

    running = server(switch, None)
    thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[listening])))
    thread.start()

    @contextlib.asynccontextmanager
    async def served(predict: Callable[[Any], Any]) -> AsyncIterator[httpx.AsyncClient]:
        current.append(predict)
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=20) as client:
            yield client
        async with asyncio.timeout(20):
            while list(tasks._running):  # noqa: ASYNC110 - another loop sees the end of its calls
                await asyncio.sleep(0.001)

    yield served
    running.should_exit = True
    thread.join()


def socket_url(client: httpx.AsyncClient) -> str:
    return str(client.base_url).replace("http", "ws", 1) + "/any/path"


def events(answer: httpx.Response) -> list[tuple[str, str]]:
    """What a decoder by the WHATWG rules makes of a stream."""
    assert answer.headers["content-type"] == "text/event-stream"
    return decoded(answer.content)


def decoded(stream: bytes) -> list[tuple[str, str]]:
    items = EventStreamDecoder().feed(stream)
    assert all(isinstance(item, ServerEvent) and not item.unfinished for item in items), items
    return [(item.event, item.data.decode()) for item in items if isinstance(item, ServerEvent)]


def plain(inputs: Any) -> Any:
    return {"got": inputs}


async def coroutine(inputs: Any) -> Any:
    await asyncio.sleep(0)
    return {"got": inputs}


def generator(inputs: Any) -> Iterator[Any]:
    yield "two\nlines"
    yield {"got": inputs}


async def async_generator(inputs: Any) -> AsyncIterator[Any]:
    yield "two\nlines"
    await asyncio.sleep(0)
    yield {"got": inputs}


class Called:
    """An object that is called as functions are."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, inputs: Any) -> Any:
        return self.function(inputs)


class CalledLater:
    async def __call__(self, inputs: Any) -> Any:
        return {"got": inputs}


@pytest.mark.parametrize("predict", [plain, coroutine, Called(plain), Called(coroutine), CalledLater()])
async def test_a_value_is_json_on_any_path_by_any_method(serving: Serving, predict: Callable[[Any], Any]) -> None:
    async with serving(predict) as client:
        for path in ("/", "/v1/chat", "/health/more"):
            answer = await client.post(path, json={"a": 1}, headers=STREAM)
            assert (answer.status_code, answer.json()) == (200, {"got": {"a": 1}})
            assert answer.headers["content-type"] == "application/json"
        assert (await client.put("/", json=[1])).json() == {"got": [1]}
        assert (await client.get("/?a=1&b=2&b=3")).json() == {"got": {"a": "1", "b": ["2", "3"]}}
        async with connect(socket_url(client), proxy=None) as socket:
            await socket.send('{"a": 1}')
            assert json.loads(await socket.recv()) == {"got": {"a": 1}}


@pytest.mark.parametrize("predict", [generator, async_generator, Called(generator), Called(async_generator)])
async def test_pieces_are_events_a_list_or_messages(serving: Serving, predict: Callable[[Any], Any]) -> None:
    async with serving(predict) as client:
        answer = await client.post("/v1/chat", json={"a": 1}, headers=STREAM)
        assert events(answer) == [("message", "two\nlines"), ("message", '{"got":{"a":1}}')]
        asked = await client.post("/v1/chat", json={"stream": True})
        assert events(asked)[1] == ("message", '{"got":{"stream":true}}')
        assert (await client.post("/", json={"stream": False})).json() == ["two\nlines", {"got": {"stream": False}}]
        async with connect(socket_url(client), proxy=None) as socket:
            for text in ("[1]", "no JSON", "3", "{"):
                await socket.send(text)
                assert await socket.recv() == "two\nlines"
                given = [1] if text == "[1]" else text
                assert json.loads(await socket.recv()) == {"got": given}


@pytest.mark.parametrize(
    ("value", "media_type", "body"),
    [
        ("text", "text/plain; charset=utf-8", b"text"),
        ("中\ud800", "text/plain; charset=utf-8", "中?".encode()),
        (b"\xff", "application/octet-stream", b"\xff"),
        (bytearray(b"x"), "application/octet-stream", b"x"),
        (None, "application/json", b"null"),
        ([1.5, float("nan"), True], "application/json", b"[1.5,null,true]"),
        ({1: {"中": ()}}, "application/json", '{"1":{"中":[]}}'.encode()),
        (SimpleNamespace(tolist=lambda: [1, 2]), "application/json", b"[1,2]"),
        (dataclasses.make_dataclass("Point", ["x"])(1), "application/json", b'{"x":1}'),
        (datetime.date(2026, 1, 2), "application/json", b'"2026-01-02"'),
    ],
)
async def test_what_is_returned(serving: Serving, value: Any, media_type: str, body: bytes) -> None:
    async with serving(lambda inputs: value) as client:
        answer = await client.post("/", json={})
        assert (answer.headers["content-type"], answer.content) == (media_type, body)


async def test_numbers_of_numpy_are_numbers(serving: Serving) -> None:
    import numpy as np

    async with serving(lambda inputs: {"a": np.float32(0.5), "b": np.arange(3), "c": [np.int64(1)]}) as client:
        assert (await client.post("/", json={})).json() == {"a": 0.5, "b": [0, 1, 2], "c": [1]}


async def test_pieces_that_are_all_text_or_all_bytes_are_joined(serving: Serving) -> None:
    async with serving(iter) as client:
        assert (await client.post("/", json=["a", "b"])).text == "ab"
        assert (await client.post("/", json=["a", 1])).json() == ["a", 1]
        assert (await client.post("/", json=[])).json() == []
        assert events(await client.post("/", json=[], headers=STREAM)) == []
        assert (await client.post("/", content=b"\x01\x02")).json() == [1, 2]
    async with serving(lambda inputs: (piece for piece in (b"\x01", b"\x02"))) as client:
        assert (await client.post("/", json=[])).content == b"\x01\x02"
        async with connect(socket_url(client), proxy=None) as socket:
            await socket.send("x")
            assert [await socket.recv(), await socket.recv()] == [b"\x01", b"\x02"]


async def test_bodies_are_read_by_their_content_type(serving: Serving) -> None:
    async with serving(lambda inputs: repr(inputs)) as client:

        async def given(content_type: str, body: bytes) -> str:
            headers = {"Content-Type": content_type} if content_type else {}
            return (await client.post("/?q=1", content=body, headers=headers)).text

        assert await given("application/json; charset=utf-8", b'{"a": "\xe4\xb8\xad"}') == "{'a': '中'}"
        assert await given("application/problem+json", b"[]") == "[]"
        assert await given("text/plain", "中".encode()) == "'中'"
        assert await given("text/plain; charset=gbk", "中".encode("gbk")) == "'中'"
        assert await given("image/png", b"\x89") == "b'\\x89'"
        assert await given("", b"{}") == "b'{}'"
        assert await given("application/json", b"") == "{'q': '1'}"
        assert await given("application/x-www-form-urlencoded", b"a=1&b=&a=2") == "{'a': ['1', '2'], 'b': ''}"
        assert await given("application/x-www-form-urlencoded", b'{"a": 1}') == "{'a': 1}"
        form = await client.post("/", data={"a": "中"}, files={"images": ("x.png", b"\x89"), "b": ("b", b"b")})
        assert form.text == "{'a': '中', 'images': b'\\x89', 'b': b'b'}"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/json", b"{"), ("application/json", b"\xff"), ("application/json", b"[" * 100_000),
     ("text/plain", b"\xff"), ("text/plain; charset=none", b"x")],
)  # fmt: skip
async def test_a_body_that_is_not_what_it_says_is_the_callers_fault(
    serving: Serving, content_type: str, body: bytes
) -> None:
    async with serving(plain) as client:
        answer = await client.post("/", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "InputError"


async def test_the_health_path_does_not_call(serving: Serving) -> None:
    called = []
    async with serving(called.append) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert (await client.head("/health")).status_code == 200
        assert not called
        await client.post("/health", json=1)
        assert called == [1]


def fails(inputs: Any) -> Any:
    raise ValueError("no such word")


def fails_at_once(inputs: Any) -> Any:
    fails(inputs)
    yield 1


def fails_later(inputs: Any) -> Any:
    yield 1
    fails(inputs)


async def fails_async(inputs: Any) -> Any:
    fails(inputs)


async def fails_later_async(inputs: Any) -> Any:
    yield 1
    fails(inputs)


def stops(inputs: Any) -> Any:
    raise StopIteration


def leaves(inputs: Any) -> Any:
    raise SystemExit(3)


async def cancels(inputs: Any) -> Any:
    raise asyncio.CancelledError


def unsendable(inputs: Any) -> Any:
    return object()


@pytest.mark.parametrize(
    ("predict", "kind"),
    [(fails, "ValueError"), (fails_at_once, "ValueError"), (fails_async, "ValueError"), (stops, "StopIteration"),
     (leaves, "SystemExit"), (cancels, "CancelledError"), (unsendable, "TypeError")],
)  # fmt: skip
async def test_what_it_raises_is_500_with_a_traceback(
    serving: Serving, predict: Callable[[Any], Any], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(predict) as client:
        answer = await client.post("/", json={}, headers=STREAM)
        assert answer.status_code == 500
        assert answer.json()["error"]["type"] == kind
        err = capsys.readouterr().err
        assert "Traceback" in err
        assert kind in err
        async with connect(socket_url(client), proxy=None) as socket:
            for _ in range(2):  # the connection goes on
                await socket.send("{}")
                assert json.loads(await socket.recv())["error"]["type"] == kind


@pytest.mark.parametrize("predict", [fails_later, fails_later_async])
async def test_an_error_within_a_stream_is_its_last_event(
    serving: Serving, predict: Callable[[Any], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(predict) as client:
        first, last = events(await client.post("/", json={"stream": True}))
        assert first == ("message", "1")
        assert last[0] == "error"
        assert json.loads(last[1]) == {"error": {"type": "ValueError", "message": "no such word"}}
        assert "no such word" in capsys.readouterr().err
        assert (await client.post("/", json={})).status_code == 500


async def test_a_traceback_begins_with_the_models_own_lines(
    serving: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(fails) as client:
        await client.post("/", json={})
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "test_python_file.py" in lines[1]
    assert lines[-1] == "ValueError: no such word"


async def test_several_calls_go_at_once(serving: Serving) -> None:
    """Each of them waits until all are there, in their threads and on the loop."""
    both = threading.Barrier(3, timeout=20)

    def waiting(inputs: Any) -> Any:
        both.wait()
        yield "met"

    async with serving(waiting) as client:
        answers = await asyncio.gather(*(client.post("/", json={}) for _ in range(3)))
        assert [answer.text for answer in answers] == ["met"] * 3


async def test_a_generators_thread_is_one(serving: Serving) -> None:
    def threads(inputs: Any) -> Any:
        try:
            for _ in range(3):
                yield threading.get_ident()
        finally:
            seen.append(threading.get_ident())

    seen: list[int] = []
    async with serving(threads) as client:
        assert len(set((await client.post("/", json={})).json()) | set(seen)) == 1


@pytest.mark.parametrize("over", ["http", "websocket"])
@pytest.mark.parametrize("kind", ["plain", "async"])
async def test_a_caller_who_goes_away_closes_the_generator(serving: Serving, kind: str, over: str) -> None:
    closed = threading.Event()
    going_on = threading.Event()

    def endless(inputs: Any) -> Any:
        try:
            while True:
                yield "x"
                going_on.wait(0.01)
        finally:
            closed.set()

    async def endless_async(inputs: Any) -> Any:
        try:
            yield "x"
            await asyncio.get_running_loop().create_future()
        finally:
            closed.set()

    kept: list[Any] = []  # so that it is not closed for want of anybody who holds it

    def made(inputs: Any) -> Any:
        kept.append(endless(inputs) if kind == "plain" else endless_async(inputs))
        return kept[-1]

    async with serving(made) as client:
        if over == "http":
            async with client.stream("POST", "/", json={}, headers=STREAM) as answer:
                async for _ in answer.aiter_bytes():
                    break
        else:
            async with connect(socket_url(client), proxy=None) as socket:
                await socket.send("x")
                await socket.recv()
        assert await asyncio.to_thread(closed.wait, 20)


async def test_a_coroutine_is_cancelled_when_its_caller_is_gone(serving: Serving) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def endless(inputs: Any) -> Any:
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cancelled.set()

    async with serving(endless) as client:
        call = spawn(client.post("/", json={}), name="caller")
        assert await asyncio.to_thread(begun.wait, 20)
        call.cancel()
        assert await asyncio.to_thread(cancelled.wait, 20)


async def test_pieces_come_when_they_are_yielded(serving: Serving) -> None:
    """The second piece is made only after the first was received."""
    received = threading.Event()

    def stepwise(inputs: Any) -> Any:
        yield "first"
        assert received.wait(20)
        yield "second"

    async with serving(stepwise) as client, client.stream("POST", "/", json={}, headers=STREAM) as answer:
        got = b""
        async for piece in answer.aiter_bytes():
            got += piece
            received.set()
        assert decoded(got) == [("message", "first"), ("message", "second")]


@given(st.lists(st.text()))
def test_texts_come_out_of_an_event_stream_as_they_went_in(texts: list[str]) -> None:
    """But for line ends, which an event stream has of one kind only, and lone surrogates, which UTF-8 has not."""
    sent = [text.encode(errors="replace").decode() for text in texts]
    shown = decoded(b"".join(map(writing.event, texts)))
    assert shown == [("message", text.replace("\r\n", "\n").replace("\r", "\n")) for text in sent]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=10,
)  # fmt: skip


@given(VALUES)
def test_json_comes_out_as_it_went_in(value: Any) -> None:
    body = json.dumps(value).encode()
    assert reading.of_request(body, "application/json", ()) == value
    if isinstance(value, dict | list):
        assert reading.of_message(body.decode()) == value
    if not isinstance(value, str):
        ((_, data),) = decoded(writing.event(value))
        assert json.loads(data) == value
        said = writing.message(value)
        assert json.loads(said) == value


@given(st.binary(), st.text(), st.text())
def test_no_body_brings_the_reader_down(body: bytes, kind: str, text: str) -> None:
    for content_type in (kind, "application/json", f"text/plain; {kind}", f"multipart/form-data; boundary={kind}"):
        with contextlib.suppress(reading.InputError):
            reading.of_request(body, content_type, ())
    assert reading.of_message(body) == body
    reading.of_message(text)
    reading.of_message(f"[{text}")
    reading.wants_stream([text], {"stream": text})


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [("text/event-stream", True), ("application/json, TEXT/Event-Stream;q=0.5", True), ("*/*", False), ("", False),
     ("text/event-stream; q=0", False), ("text/event-stream;q=0.000", False), ("text/event-stream; q=1", True)],
)  # fmt: skip
def test_who_accepts_an_event_stream(accept: str, wanted: bool) -> None:
    assert reading.wants_stream([accept], {}) is wanted
    assert reading.wants_stream([accept], {"stream": True}) is True
