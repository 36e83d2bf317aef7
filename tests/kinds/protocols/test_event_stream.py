"""The event stream decoder against the standard's rules, under every split."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kinds.protocols.standard import Dispatched, interpreted

from streamscope.kinds.protocols.event_stream import (
    Comment,
    EventStreamDecoder,
    Ignored,
    Item,
    Retry,
    ServerEvent,
)


def decoded(pieces: Iterable[bytes]) -> list[Item]:
    """Everything that comes out, the end included."""
    decoder = EventStreamDecoder()
    items = [item for piece in pieces for item in decoder.feed(piece)]
    return items + decoder.finish()


def told(items: list[Item]) -> list[Dispatched]:
    """What a listener would be told of it."""
    return [
        Dispatched(item.event, item.data.decode(errors="replace"), item.id)
        for item in items
        if isinstance(item, ServerEvent) and not item.unfinished
    ]


def event(data: str, name: str = "message", last: str = "") -> Dispatched:
    return Dispatched(name, data, last)


CASES: list[tuple[str, bytes, list[Dispatched]]] = [
    ("two lines", b"data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]),
    ("comments and ids", b": test stream\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n",
     [event("first", last="1"), event("second"), event(" third")]),
    ("data without a value", b"data\n\ndata\ndata\n\ndata:", [event(""), event("\n")]),
    ("one blank is cut", b"data:test\n\ndata: test\n\n", [event("test"), event("test")]),
    ("byte order mark", b"\xef\xbb\xbfdata: x\n\n", [event("x")]),
    ("only one byte order mark", b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\n", []),
    ("byte order mark later", b"data: 1\n\n\xef\xbb\xbfdata: 2\n\n", [event("1")]),
    ("CR", b"data: a\rdata: b\r\r", [event("a\nb")]),
    ("CRLF", b"data: a\r\ndata: b\r\n\r\n", [event("a\nb")]),
    ("mixed ends", b"data: a\r\ndata: b\rdata: c\n\r\n", [event("a\nb\nc")]),
    ("LF CR is two ends", b"data: a\n\rdata: b\n\n", [event("a"), event("b")]),
    ("other separators are data", "data: a\u2028b\x0b\x0c\x85\x1c\n\n".encode(), [event("a\u2028b\x0b\x0c\x85\x1c")]),
    ("event type", b"event: add\ndata: 1\n\ndata: 2\n\n", [event("1", "add"), event("2")]),
    ("last event type wins", b"event: a\nevent: b\ndata: 1\n\n", [event("1", "b")]),
    ("empty event type", b"event: a\nevent:\ndata: 1\n\n", [event("1")]),
    ("type without data is forgotten", b"event: a\n\ndata: 1\n\n", [event("1")]),
    ("id stays", b"id: 1\ndata: a\n\ndata: b\n\n", [event("a", last="1"), event("b", last="1")]),
    ("id of a block without data", b"id: 1\n\ndata: a\n\n", [event("a", last="1")]),
    ("id with a NUL", b"id: 1\nid: 2\x003\ndata: a\n\n", [event("a", last="1")]),
    ("empty id resets", b"id: 1\ndata: a\n\nid\ndata: b\n\n", [event("a", last="1"), event("b")]),
    ("names are case-sensitive", b"Data: a\nDATA: b\n data: c\n\n", []),
    ("colon in the value", b"data: a: b\n\n", [event("a: b")]),
    ("unknown fields", b"dat: a\ndata: b\nfoo\n\n", [event("b")]),
    ("unfinished last event", b"data: a\n\ndata: b\n", [event("a")]),
    ("unfinished last line", b"data: a\n\ndata: b", [event("a")]),
    ("no line end at all", b"data", []),
    ("bytes that are no UTF-8", b"data: \xff\xc3\n\n", [event("\ufffd\ufffd")]),
    ("only blank lines", b"\n\n\r\n\r", []),
    ("nothing", b"", []),
]  # fmt: skip


@pytest.mark.parametrize(("stream", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rules(stream: bytes, wanted: list[Dispatched]) -> None:
    assert interpreted(stream)[0] == wanted
    for step in range(1, len(stream) + 1):
        pieces = [stream[at : at + step] for at in range(0, len(stream), step)]
        assert told(decoded(pieces)) == wanted, pieces
    for cut in range(len(stream) + 1):
        assert told(decoded([stream[:cut], b"", stream[cut:]])) == wanted


LINE = st.one_of(
    st.sampled_from([b"data", b"data:", b"data: x", b"data:  y", b"event: e", b"event:", b"id: 1", b"id", b"id: a\0b",
                     b"retry: 12", b"retry: 012", b"retry:", b"retry: +1", b"retry: 1 ", "retry: ٣".encode(), b": c",
                     b":", b"", b"", b"", b"x", b"\xef\xbb\xbfdata: x", "data: é中".encode(), b"data: \xe4\xb8"]),
    st.binary(max_size=6).map(lambda line: line.replace(b"\r", b"").replace(b"\n", b"")),
)  # fmt: skip
STREAM = st.tuples(
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xef\xbb"]),
    st.lists(st.tuples(LINE, st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=12),
    st.one_of(st.just(b""), LINE),
).map(lambda parts: parts[0] + b"".join(line + end for line, end in parts[1]) + parts[2])


@settings(max_examples=1500, deadline=None)
@given(STREAM, st.lists(st.integers(0, 120), max_size=8))
def test_any_stream_under_any_split_is_what_the_standard_says(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    items = decoded(stream[first:last] for first, last in pairwise(places))
    assert told(items) == interpreted(stream)[0]
    assert items == decoded([stream])
    assert items == decoded(stream[at : at + 1] for at in range(len(stream)))


@settings(max_examples=500, deadline=None)
@given(STREAM)
def test_the_reconnection_time_is_the_last_valid_one(stream: bytes) -> None:
    whole = stream + b"\n\n"
    times = [
        item.milliseconds if isinstance(item, Retry) else item.retry
        for item in decoded([whole])
        if isinstance(item, Retry) or (isinstance(item, ServerEvent) and item.retry is not None)
    ]
    assert (times[-1] if times else None) == interpreted(whole)[1]


def test_nothing_is_hidden() -> None:
    items = decoded([b": hi\n:\nretry: 5\n\nretry: x\nid: a\0b\nwhat\ndata: d\nretry: 7\n\ndata: half"])
    assert items == [
        Comment(b"hi"),
        Comment(b""),
        Retry(5),
        Ignored(b"retry: x"),
        Ignored(b"id: a\0b"),
        Ignored(b"what"),
        ServerEvent(b"d", retry=7, at=45),
        ServerEvent(b"half", unfinished=True, at=63),
    ]


def test_an_event_comes_out_with_the_byte_that_ends_it() -> None:
    for end in (b"\n", b"\r", b"\r\n"):
        decoder = EventStreamDecoder()
        assert decoder.feed(b"data: x" + end) == []
        assert decoder.pending
        assert decoder.feed(end[:1]) == [ServerEvent(b"x", at=6)]
        assert not decoder.pending


def test_a_huge_retry_stays_a_number() -> None:
    (item,) = decoded([b"retry: " + b"9" * 6000 + b"\n\n"])
    assert isinstance(item, Retry)


def test_a_large_event_in_small_pieces_is_read_in_linear_time() -> None:
    decoder = EventStreamDecoder()
    for _ in range(20_000):
        assert decoder.feed(b"data: " if not decoder.pending else b"x" * 100) == []
    (item,) = decoder.feed(b"\n\n")
    assert isinstance(item, ServerEvent)
    assert len(item.data) == 1_999_900
