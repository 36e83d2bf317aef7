"""HAR files of other programs: what they tell is taken over, what they leave out is done without."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.interop import foreign
from tests.interop.har_schema import complaints

from streamscope.engine.report import report
from streamscope.interop.capture import opened
from streamscope.interop.har import Har, har_of
from streamscope.interop.lines import Problem
from streamscope.model.errors import StoreError, StreamscopeError, UsageError
from streamscope.model.event import Closed, Control, Event, Failed, Head, Message, RequestSent, Trace, encode


def read(entry: Any) -> tuple[list[Event], list[Problem]]:
    found = list(Har(foreign.har(entry)).events())
    return (
        [item for item in found if not isinstance(item, Problem)],
        [item for item in found if isinstance(item, Problem)],
    )


def of(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("name", foreign.ALL)
def test_every_entry_gives_an_exchange_that_can_be_read_and_written_again(name: str) -> None:
    events, _ = read(foreign.ALL[name])
    assert isinstance(events[0], RequestSent)
    assert isinstance(events[-1], Closed | Failed)
    assert [event.t for event in events if not isinstance(event, Trace)] == sorted(
        event.t for event in events if not isinstance(event, Trace)
    )
    report(events)
    data = har_of(events)
    assert complaints(json.loads(data)) == []
    assert list(Har(data).events()) == events


def test_a_stream_of_chromes() -> None:
    events, problems = read(foreign.CHROME_STREAM)
    assert problems == []
    request = events[0]
    assert isinstance(request, RequestSent)
    assert (request.method, request.protocol, request.started) == ("POST", "sse", "2026-11-24T08:30:00.000000Z")
    assert request.headers == [("authorization", "Bearer ••••••")]
    assert request.content == b'{"stream":true}'
    traces = {(event.name, event.phase): event.t for event in of(events, Trace)}
    assert traces[("dns", "begin")] == 10_250_000
    assert traces[("tls", "end")] - traces[("connect", "begin")] == 50_000_000
    (head,) = of(events, Head)
    assert (head.t, head.http_version, head.essence) == (166_250_000, "HTTP/2", "text/event-stream")
    first, last = of(events, Message)
    assert (first.payload, last.payload, last.event, last.id) == (b'{"a":1}', b"[DONE]", "done", "7")
    assert [event.data for event in of(events, Control)] == ["alive"]
    assert events[-1] == Closed(1_000_500_000, "server")


def test_a_web_socket_of_chromes() -> None:
    events, _ = read(foreign.CHROME_SOCKET)
    messages = of(events, Message)
    assert [(m.direction, m.opcode, m.payload) for m in messages] == [
        ("out", "text", "hé".encode()), ("in", "text", b'{"ok":true}'), ("in", "binary", b"\x00\xff\x01"),
    ]  # fmt: skip
    assert [m.t for m in messages] == [500_000_000, 750_000_000, 1_250_000_000]
    assert events[0].protocol == "websocket"  # type: ignore[union-attr]
    assert ("Cookie", "••••••") in events[0].headers  # type: ignore[union-attr]


def test_an_event_source_with_times() -> None:
    rows = [{"time": foreign.BEGUN + 0.3, "eventName": "tick", "eventId": "1", "data": "a\nb"}]
    for name in ("_eventStreamMessages", "_eventSourceMessages"):
        events, _ = read(foreign.CHROME_STREAM | {name: rows})
        (message,) = of(events, Message)
        assert (message.t, message.event, message.id, message.payload) == (300_000_000, "tick", "1", b"a\nb")


def test_bodies_of_firefox_and_mitmproxy() -> None:
    assert [m.payload for m in of(read(foreign.FIREFOX)[0], Message)] == [b"1", b"[2]"]
    events, _ = read(foreign.MITMPROXY)
    assert [(m.form, m.payload) for m in of(events, Message)] == [("line", b'{"n":1}'), ("line", b'{"n":2}')]
    assert events[0].started == "2026-11-24T08:30:00.123456Z"  # type: ignore[union-attr]


def test_what_is_missing_or_of_another_type_is_done_without() -> None:
    events, _ = read(foreign.POSTMAN)
    request = events[0]
    assert isinstance(request, RequestSent)
    assert (request.method, request.url) == ("POST", "http://••••••@example.com/form")
    assert request.content == b"a=1+2&b="
    assert request.headers == [("content-type", "text/plain")]
    assert events[-1] == Closed(12_500_000, "server")
    assert of(events, Head)[0].status == 201
    failed = read(foreign.SPARSE[2])[0][-1]
    assert isinstance(failed, Failed)
    assert "ERR_CONNECTION_REFUSED" in failed.message
    assert [m.payload for m in of(read(foreign.SPARSE[3])[0], Message)] == [b"x", b'{"j":1}', b""]
    assert of(read(foreign.SPARSE[4])[0], Message)[0].form == "event"
    assert "base64" in str(read(foreign.SPARSE[5])[1][0].reason)
    assert "not saved" in str(read(foreign.SPARSE[6])[1][0].reason)


def test_byte_order_marks_and_numbers_that_json_does_not_have() -> None:
    text = foreign.har(foreign.MITMPROXY).decode()
    for data in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
        assert len(list(Har(data).events())) == 9
    broken = text.replace('"time": 30.0', '"time": NaN').encode()
    assert len(list(Har(broken).events())) == 9


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"5", b'"log"', b'{"log":{}}', b'{"log":{"entries":5}}', b'{"log":[]}', b'{"log":null}',
        b'{"log":{"entries":' + b"[" * 100_000 + b"]" * 100_000 + b"}}", b"\xff\xff", foreign.har({})[:-9],
    ],
)  # fmt: skip
def test_what_is_no_har_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError):
        Har(data)


def test_an_entry_that_is_none_is_told() -> None:
    deep: Any = json.loads("[" * 900 + "]" * 900)
    har = Har(foreign.har(5, {"response": {"status": 200, "content": {"text": deep}}}, foreign.MITMPROXY))
    (problem,) = har.events(1)
    assert isinstance(problem, Problem)
    assert len(list(har.events(2))) >= 1
    assert len(list(har.entries())) == 3
    for number in (0, 4, -1):
        with pytest.raises(UsageError, match="entry"):
            list(har.events(number))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["base64", "text/event-stream", "2026-11-24T08:30:00Z", "-1", "1e999", "ws://[", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


OWN = json.loads(
    har_of([event for event in Har(foreign.har(foreign.CHROME_SOCKET)).events() if not isinstance(event, Problem)])
)
MODELS = [*foreign.ALL.values(), OWN["log"]["entries"][0]]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_files_never_break_anything(tmp_path: Path, data: st.DataObject) -> None:
    log = json.loads(foreign.har(data.draw(st.sampled_from(MODELS)), data.draw(st.sampled_from(MODELS))))
    for _ in range(data.draw(st.integers(1, 4))):
        found_places = places(log)
        path = found_places[data.draw(st.integers(0, len(found_places) - 1))]
        if not path:
            continue
        holder = log
        for key in path[:-1]:
            holder = holder[key]
        if data.draw(st.booleans()) and isinstance(holder, dict):
            del holder[path[-1]]
        else:
            holder[path[-1]] = data.draw(values)
    text = json.dumps(log, ensure_ascii=data.draw(st.booleans())).encode(errors="surrogatepass")
    if data.draw(st.integers(0, 9)) == 0:
        text = text[: data.draw(st.integers(0, len(text)))]
    path = tmp_path / "file.har"
    path.write_bytes(text)
    try:
        found = opened(path, entry=data.draw(st.integers(1, 2)))
    except StreamscopeError as error:
        assert str(error.message)
        return
    events = found.exchange.events(0, len(found.exchange))
    found.exchange.close()
    for event in events:
        encode(event)
    report(events)
    assert complaints(json.loads(har_of(events))) == []
