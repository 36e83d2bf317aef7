"""Searching a record: what the streams' bytes say is what each event says."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.events import EVENTS, REQUEST

from streamscope.model.draft import Draft
from streamscope.model.event import WIRE, Closed, Control, Event, Message, Read, encode
from streamscope.store.exchange import Exchange
from streamscope.store.search import chosen, find, pattern

PATTERNS = [
    b"a",
    b"[a-c]+",
    b"data",
    b"\\d\\d",
    b"",
    b"x*",
    b"^a",
    b"a$",
    b"(?<=a)b",
    b"\\bok\\b",
    b".*",
    b"(?s).*b",
    b"\n",
]


def plainly(events: list[Event], wanted: "re.Pattern[bytes]") -> list[int]:
    """Each event by itself."""
    texts = [event.payload if isinstance(event, Message) else encode(event) for event in events]
    return [
        number
        for number, (event, text) in enumerate(zip(events, texts, strict=True))
        if not isinstance(event, Read) and wanted.search(text)
    ]


@settings(max_examples=200, deadline=None)
@given(EVENTS, st.sampled_from(PATTERNS))
def test_a_search_finds_what_each_event_holds(events: list[Event], source: bytes) -> None:
    exchange = Exchange(Draft())
    exchange.extend(events)
    assert list(find(exchange, re.compile(source))) == plainly(events, re.compile(source))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"ab", b"b", b"abc a", b"", b"ok", b"a\nb"]), max_size=12), st.sampled_from(PATTERNS))
def test_framing_is_never_found(payloads: list[bytes], source: bytes) -> None:
    exchange = Exchange(Draft())
    for number, payload in enumerate(payloads, start=1):
        data = b"data: " + payload + b"\n\n"
        exchange.append(Read(number, number, len(data), data))
        at = exchange.stream_size(WIRE) - len(data) + 6
        exchange.append(Message(number, "in", (number, number), payload, "event", "message", at=at, stream=WIRE))
    wanted = re.compile(source)
    assert list(find(exchange, wanted)) == [2 * at + 1 for at, payload in enumerate(payloads) if wanted.search(payload)]


def test_a_recording_on_disk_is_searched_while_it_is_written() -> None:
    with tempfile.TemporaryDirectory() as folder:
        exchange = Exchange(Draft(), Path(folder) / "one")
        for number in range(100):
            exchange.append(Message(number, "in", (1, 1), b"word %d" % number, "line"))
            if number == 50:
                exchange.flush()
        assert list(find(exchange, pattern("word 9$"))) == [9]
        assert list(find(exchange, pattern("WORD 99", case=False))) == [99]
        assert list(find(exchange, pattern("word .", regex=False))) == []
        with pytest.raises(re.error):
            pattern("(")
        exchange.close()


def test_events_are_chosen_by_kind_direction_and_name() -> None:
    exchange = Exchange(Draft())
    exchange.extend(
        [
            REQUEST,
            Message(1, "out", (0, 0), b"a", "message", opcode="text"),
            Read(2, 1, 1, b"x"),
            Message(3, "in", (1, 1), b"b", "event", "delta"),
            Message(4, "in", (1, 1), b"c", "event", "ping"),
            Control(5, "in", "ping", ""),
            Control(6, "out", "pong", ""),
            Closed(7, "server"),
        ]
    )
    assert list(chosen(exchange, frozenset({"message"}))) == [1, 3, 4]
    assert list(chosen(exchange, frozenset({"message", "control"}), "in")) == [3, 4, 5]
    assert list(chosen(exchange, direction="out")) == [1, 6]
    assert list(chosen(exchange, name="ping")) == [4, 5]
    assert list(chosen(exchange, frozenset({"request", "closed", "read"}))) == [0, 2, 7]
    assert list(chosen(exchange)) == list(range(8))
