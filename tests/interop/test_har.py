"""HAR of our own: valid for other programs, nothing lost on the way back, nothing secret in it."""

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import ALL, MS, STARTED, conversation, request, stream
from tests.interop.har_schema import complaints

from streamscope.interop.har import Har, har_of, write
from streamscope.interop.lines import Problem
from streamscope.model.event import (
    Carried,
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Head,
    Message,
    Read,
    RequestSent,
)

SECRET = "sk-very-secret"


def entry_of(events: list[Event]) -> dict[str, Any]:
    (entry,) = json.loads(har_of(events))["log"]["entries"]
    return entry  # type: ignore[no-any-return]


def bare(events: list[Event]) -> list[Event]:
    """What a HAR keeps: no bytes of reads, no findings, cookies masked."""
    kept: list[Event] = []
    for event in events:
        if isinstance(event, Read):
            event = msgspec.structs.replace(event, data=b"")
        elif isinstance(event, Head):
            pairs = [(n, "sid=••••••; Path=/" if n == "Set-Cookie" else v) for n, v in event.headers]
            event = msgspec.structs.replace(event, headers=pairs)
        elif isinstance(event, RequestSent) and not event.content:
            event = msgspec.structs.replace(event, body=msgspec.UNSET, body_base64=msgspec.UNSET)
        if not isinstance(event, Finding):
            kept.append(event)
    return kept


@pytest.mark.parametrize("name", ALL)
def test_it_is_valid_and_comes_back_whole_and_stays_so(name: str) -> None:
    data = har_of([*ALL[name], Finding(1, "rule", "info", [], "", "")])
    assert complaints(json.loads(data)) == []
    back = list(Har(data).events())
    assert back == bare(ALL[name])
    assert har_of(back) == data  # type: ignore[arg-type]


def test_several_exchanges_are_an_entry_each() -> None:
    file = io.BytesIO()
    write(ALL.values(), file)
    assert complaints(json.loads(file.getvalue())) == []
    har = Har(file.getvalue())
    assert len(har) == len(ALL)
    for number, events in enumerate(ALL.values(), 1):
        assert list(har.events(number)) == bare(events)
    assert [row.status for row in har.entries()] == [200, 101, 200, 200, 200, 200, 200, 0, 200, 200]
    assert next(har.entries()).messages == 5


def test_messages_of_a_web_socket_have_the_form_of_chromes() -> None:
    entry = entry_of(conversation())
    assert entry["_resourceType"] == "websocket"
    first, second, third = entry["_webSocketMessages"]
    assert (first["type"], first["opcode"], first["data"]) == ("send", 1, "hé")
    assert (second["type"], second["opcode"], second["data"]) == ("receive", 1, "Hello")
    assert (third["type"], third["opcode"], third["data"]) == ("receive", 2, "AP8B")
    assert first["time"] == pytest.approx(1795509000.144456, abs=1e-6)
    assert third["time"] - second["time"] == pytest.approx(0.06, abs=1e-5)
    assert entry["response"]["status"] == 101


def test_a_conversation_that_was_opened_again_is_one_entry() -> None:
    first, second = conversation()[:-1], conversation()
    later = first[-1].t + 500 * MS
    again = [msgspec.structs.replace(event, t=event.t + later) for event in second]
    again[0] = msgspec.structs.replace(again[0], attempt=2)
    events = [*first, Control(first[-1].t, "out", "reconnect", "1006"), *again]
    entry = entry_of(events)
    assert [row["data"] for row in entry["_webSocketMessages"]] == ["hé", "Hello", "AP8B"] * 2
    assert entry["timings"]["dns"] == entry_of(conversation())["timings"]["dns"]
    assert entry["time"] == pytest.approx(again[-1].t / MS, rel=0.01)
    assert list(Har(har_of(events)).events()) == bare(events)


def test_an_event_stream_is_a_body_that_decodes_to_the_same_events() -> None:
    entry = entry_of(stream())
    del entry["_streamscope"]
    rows = entry.pop("_eventStreamMessages")
    assert [row["eventName"] for row in rows] == ["message"] * 5
    assert rows[-1]["data"] == "[DONE]"
    found = list(Har(json.dumps({"log": {"entries": [entry]}}).encode()).events())
    sent = [event.payload for event in stream() if isinstance(event, Message)]
    assert [event.payload for event in found if isinstance(event, Message)] == sent
    assert [event.data for event in found if isinstance(event, Control)] == ["hi"]


def test_timings_add_up_and_unknown_ones_are_minus_one() -> None:
    entry = entry_of(stream())
    timings = entry["timings"]
    assert (timings["dns"], timings["connect"], timings["send"], timings["ssl"]) == (1.0, 1.0, 1.0, -1)
    assert timings["wait"] == 26.0
    assert entry["time"] == pytest.approx(sum(value for value in timings.values() if value > 0))
    assert entry["time"] == ALL["stream"][-1].t / MS
    assert entry["startedDateTime"] == STARTED
    assert (entry["serverIPAddress"], entry["connection"]) == ("127.0.0.1", "8000")
    assert entry_of(ALL["refused"])["timings"]["dns"] == -1


def test_the_request_is_told_whole() -> None:
    asked = entry_of(stream())["request"]
    assert asked["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
    assert asked["postData"]["text"] == '{"stream":true}'
    assert asked["postData"]["mimeType"] == "application/json"
    binary = entry_of([request(body=msgspec.UNSET, body_base64=b"\xff\x00"), Closed(1, "server")])["request"]
    assert binary["postData"]["text"] == "/wA="
    assert "base64" in binary["postData"]["comment"]


def test_sizes_are_those_of_the_body() -> None:
    events = ALL["stream"][:-1]
    events = [*events, Closed(events[-1].t, "server", body=Carried("chunked", "gzip", 100, 300, 3, True))]
    response = entry_of(events)["response"]
    assert response["bodySize"] == 100
    assert (response["content"]["size"], response["content"]["compression"]) == (300, 200)


def test_no_secret_leaves() -> None:
    head = [
        ("Set-Cookie", f"sid={SECRET}; HttpOnly"), ("X-Subject-Token", SECRET), ("Authorization", f"Bearer {SECRET}"),
    ]  # fmt: skip
    raw = f"HTTP/1.1 200 OK\r\nX-Subject-Token: {SECRET}\r\n\r\n".encode()
    asked = request(headers=[("X-Auth-Token", SECRET), ("Cookie", f"a={SECRET}")])
    data = har_of([asked, Read(1, 1, len(raw), raw), Head(1, 200, "HTTP/1.1", head), Closed(2, "server")])
    assert SECRET.encode() not in data
    assert "sid" in str(json.loads(data)["log"]["entries"][0]["response"]["cookies"])
    again = har_of([event for event in Har(data).events() if not isinstance(event, Problem)])
    assert again == data


def test_events_of_another_version_or_that_do_not_fit_are_done_without() -> None:
    log = json.loads(har_of(conversation()))
    log["log"]["entries"][0]["_streamscope"]["version"] = 2
    problem, *events = Har(json.dumps(log).encode()).events()
    assert isinstance(problem, Problem)
    assert [event.payload for event in events if isinstance(event, Message)] == [
        "hé".encode(),
        b"Hello",
        b"\x00\xff\x01",
    ]
    log = json.loads(har_of(conversation()))
    del log["log"]["entries"][0]["_webSocketMessages"][1]
    problem, *events = Har(json.dumps(log).encode()).events()
    assert isinstance(problem, Problem)
    assert len([event for event in events if isinstance(event, Message)]) == 2


times = st.integers(0, 10**13)
directions = st.sampled_from(["in", "out"])
messages = st.builds(
    Message, times, directions, st.tuples(st.integers(0, 9), st.integers(0, 9)), st.binary(max_size=40),
    st.sampled_from(["event", "message", "line", "element", "frame", "body"]), st.text(max_size=5), st.text(max_size=5),
    st.sampled_from([None, "text", "binary"]), st.none() | st.integers(0, 9), st.booleans(),
)  # fmt: skip
events_strategy = st.lists(
    st.one_of(
        messages,
        st.builds(Control, times, directions, st.sampled_from(["ping", "comment", "field"]), st.text(max_size=9)),
        st.builds(Head, times, st.sampled_from([200, 101, 404]), st.just("HTTP/1.1"), st.just([])),
        st.builds(Read, times, st.integers(0, 99), st.integers(0, 99)),
        st.builds(Failed, times, st.just("Cut"), st.text(max_size=9), st.just("")),
        st.just(request(t=7, attempt=2)),
    ),
    max_size=12,
)


@given(events_strategy)
def test_any_events_come_back(events: list[Event]) -> None:
    events = [request(), *(normal(event) for event in events)]
    data = har_of(events)
    assert complaints(json.loads(data)) == []
    back = list(Har(data).events())
    assert back == bare(events)
    assert har_of(back) == data  # type: ignore[arg-type]


def normal(event: Event) -> Event:
    """A message as a JSON line gives it back: only an event of a stream has a type and an id."""
    if isinstance(event, Message) and event.form != "event":
        return msgspec.structs.replace(event, event="", id="")
    return event
