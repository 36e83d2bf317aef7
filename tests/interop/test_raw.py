"""Captured bodies: their form is told by their first bytes; they have no times, and that is said."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.interop import raw
from streamscope.interop.bodies import cut
from streamscope.interop.capture import Capture, opened
from streamscope.interop.lines import Problem
from streamscope.model.errors import StoreError
from streamscope.model.event import LARGEST_PAYLOAD, Closed, Control, Event, Head, Message, RequestSent


def events(body: bytes) -> list[Event]:
    return [event for event in raw.events_of(body, "body", 0.0) if not isinstance(event, Problem)]


def payloads(body: bytes) -> list[bytes]:
    return [event.payload for event in events(body) if isinstance(event, Message)]


@pytest.mark.parametrize(
    ("body", "form", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", "event", [b"a", b"b"]),
        (b"\xef\xbb\xbf\r\n: hi\r\n\r\nevent: x\r\ndata: a\r\n\r\n", "event", [b"a"]),
        (b"id:1\rdata\rdata:b\r\r", "event", [b"\nb"]),
        (b"retry: 5\n\ndata:x\n\n", "event", [b"x"]),
        (b'{"n":1}\n{"n":2}\n\n', "line", [b'{"n":1}', b'{"n":2}']),
        (b'\n {"n":1}\r\n{"n":2', "line", [b' {"n":1}', b'{"n":2']),
        (b'{\n "n": 1\n}\n', "body", [b'{\n "n": 1\n}\n']),
        (b'{"n":1}', "body", [b'{"n":1}']),
        (b'[{"n":1},\n{"a":"],"}]', "element", [b'{"n":1}', b'{"a":"],"}']),
        (b'[{"n":1},\n{"n"', "element", [b'{"n":1}', b'{"n"']),
        (b"<html>data</html>", "body", [b"<html>data</html>"]),
        (b"\x00\xff", "body", [b"\x00\xff"]),
    ],
)
def test_the_first_bytes_tell_the_form(body: bytes, form: str, expected: list[bytes]) -> None:
    for data in (body, gzip.compress(body)):
        found = [event for event in events(data) if isinstance(event, Message)]
        assert [event.payload for event in found] == expected
        assert {event.form for event in found} == {form}
        assert {event.t for event in events(data)} == {0}


def test_it_is_an_exchange_with_a_request_a_head_and_an_end() -> None:
    first, head, comment, message, end = events(b": hi\n\ndata: a\n\n")
    assert isinstance(first, RequestSent)
    assert (first.protocol, first.url) == ("sse", "file:///body")
    assert head == Head(0, 200, "HTTP/1.1", [("Content-Type", "text/event-stream")])
    assert comment == Control(0, "in", "comment", "hi")
    assert isinstance(message, Message)
    assert end == Closed(0, "server")


def test_a_head_in_front_is_taken_for_one() -> None:
    body = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/2 429 \r\ncontent-type: application/x-ndjson\r\nX: a:b\r\n\r\n1\n2\n"
    _, head, *_ = events(body)
    assert head == Head(0, 429, "HTTP/2", [("content-type", "application/x-ndjson"), ("X", "a:b")])
    assert payloads(body) == [b"1", b"2"]
    assert payloads(b"HTTP/1.1 no head") == [b"HTTP/1.1 no head"]


def test_gzip_that_is_cut_off_or_damaged_gives_what_came_before() -> None:
    body = b"".join(b"data: %d\n\n" % number for number in range(20_000))
    packed = gzip.compress(body)
    for broken in (packed[:-20], packed[: len(packed) // 2] + b"\0" * 50, packed + packed[:30]):
        problem, *_ = [item for item in raw.events_of(broken, "", 0.0) if isinstance(item, Problem)]
        assert "gzip" in str(problem.reason)
        assert len(payloads(broken)) > 5_000
    assert len(payloads(packed + packed)) == 40_000


def test_a_file_is_opened_without_times(tmp_path: Path) -> None:
    path = tmp_path / "chat.har"  # the name tells nothing
    path.write_bytes(b"data: a\n\n")
    found = opened(path, is_raw=True, dialect="openai.chat")
    first = found.exchange.event(0)
    found.exchange.close()
    assert (found.format, found.timed) == ("raw", False)
    assert isinstance(first, RequestSent)
    assert first.dialect == "openai.chat"
    with pytest.raises(StoreError) as refused:
        opened(path)
    assert "--raw" in str(refused.value.hint)
    for wrong in (tmp_path / "nothing", tmp_path / "empty"):
        (tmp_path / "empty").touch()
        with pytest.raises(StoreError):
            opened(wrong)


def test_a_packed_recording_is_opened(tmp_path: Path) -> None:
    from tests.exchanges import stream
    from tests.interop.test_lines import written

    path = tmp_path / "lines.gz"
    packed = gzip.compress(written(stream(("ä",) * 3000)))
    path.write_bytes(packed)
    assert opened_count(opened(path)) == 2 * 3000 + 17
    path.write_bytes(packed[:-40])
    found = opened(path)
    assert found.problem_count >= 1
    assert opened_count(found) > 5_000


def opened_count(found: Capture) -> int:
    found.exchange.close()
    return len(found.exchange)


@given(st.binary(max_size=300), st.sampled_from(["", "text/event-stream", "application/json", "application/x-ndjson"]))
def test_any_bytes_are_cut_into_something(body: bytes, essence: str) -> None:
    for event in cut(body, essence, 5):
        assert event.t == 5
    list(raw.events_of(body, "x", 0.0))
    list(raw.events_of(b"HTTP/1.1 " + body, "x", 0.0))
    list(raw.events_of(b"\x1f\x8b" + body, "x", 0.0))


def test_a_message_beyond_what_is_held_has_all_its_bytes() -> None:
    size = LARGEST_PAYLOAD + 5
    for body, mime in (
        (b"x" * size, "text/html"),
        (b"[" + b"1" * size + b", 2]", ""),
        (b'"' + b"y" * size + b'"\n', "application/jsonl"),
    ):
        messages = [event for event in cut(body, mime, 0) if isinstance(event, Message)]
        assert max(len(message.payload) for message in messages) >= size
        assert all(message.whole and message.at < 0 for message in messages)
