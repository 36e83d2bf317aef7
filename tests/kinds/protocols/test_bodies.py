"""How bodies are cut: by content type, then by their first bytes; the same messages under every split."""

import json
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.kinds.protocols import bodies, cutters
from streamscope.kinds.protocols.cutting import Place
from streamscope.model.event import PAYLOAD, WIRE, Control, Event, Message

BASE = 100
SSE = b'event: add\ndata: {"a":1}\n\n: note\n\nid: 7\ndata: b\ndata: c\n\ndata:last'
NDJSON = b'{"a":1}\n{"b":"\xc3\xa9"}\r\n\n{"c":[1,2]}\n{"cut":'
ARRAY = b' [ {"a":[1,"]"]} ,\n{"b":2},3 , {"cut":'
SEQUENCE = b'\x1e{"a":1}\n\x1e{\n "b": [\n2,\n"\\n"]\n}\n\x1e12\n\x1e{"cut":\x1e "d" \n'
TEXT = "Grüße, 世界 🌍!".encode()


@dataclass(frozen=True)
class Told:
    """What a split must not change."""

    form: str
    payload: bytes
    event: str
    unfinished: bool
    at: int
    length: int


def cut(
    stream: bytes, pieces: list[bytes], content_type: str, *, streamed: bool = True, base: int = BASE
) -> list[Event]:
    """The events of a body that begins at an offset of a stream; piece n comes in read n, at time n."""
    cutter, place = bodies.cutter(content_type, streamed=streamed), Place(WIRE)
    events: list[Event] = []
    at = base
    for number, piece in enumerate(pieces, 1):
        place.t, place.read, place.at = number, number, at
        at = at + len(piece) if base >= 0 else -1
        events += cutter.feed(piece, place)
    place.t = place.read = len(pieces)
    return events + cutter.finish(place)


def messages(events: list[Event]) -> list[Message]:
    return [event for event in events if isinstance(event, Message)]


def told(events: list[Event]) -> list[Told]:
    return [Told(one.form, one.payload, one.event, one.unfinished, one.at, one.length) for one in messages(events)]


def steps(stream: bytes, size: int) -> list[bytes]:
    return [stream[at : at + size] for at in range(0, len(stream), size)]


def split(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [stream[first:last] for first, last in pairwise(places) if first < last]


def held(stream: bytes, events: list[Event]) -> bool:
    """Whether each message's place holds it."""
    whole = bytes(BASE) + stream
    return all(
        one.stream == WIRE and whole[one.at : one.at + one.size] == one.payload
        for one in messages(events)
        if one.at >= 0
    )


BOM = b"\xef\xbb\xbf"
FORMS: list[tuple[str, bytes, bool, str, int]] = [
    ("text/event-stream", SSE, True, "event", 3),
    ("text/event-stream; charset=utf-8", SSE, False, "event", 3),
    ("Text/Event-Stream", BOM + SSE, True, "event", 3),
    ("application/json", SSE, True, "event", 3),
    ("application/json", b"\n\n" + SSE, True, "event", 3),
    ("application/octet-stream", SSE, True, "event", 3),
    ("application/octet-stream", BOM + SSE, True, "event", 3),
    ("", SSE, True, "event", 3),
    ("text/plain", SSE, True, "event", 3),
    ("", b": keep-alive\n\ndata: a\n\n", True, "event", 1),
    ("", b":\n\ndata: a\n\n", True, "event", 1),
    ("text/event-stream", NDJSON, True, "line", 4),
    ("text/event-stream", b'{"error":{"message":"no"}}', True, "body", 1),
    ("text/event-stream", b'{\n "error": 1\n}', True, "body", 1),
    ("text/event-stream", BOM + b'{"a":1}', True, "body", 1),
    ("text/event-stream", b"", True, "", 0),
    ("text/event-stream", b"\n\n", True, "", 0),
    ("application/x-ndjson", NDJSON, True, "line", 4),
    ("application/jsonl", NDJSON, False, "line", 4),
    ("application/json", NDJSON, True, "line", 4),
    ("application/json", NDJSON, False, "line", 4),
    ("application/json-seq", SEQUENCE, True, "line", 5),
    ("application/json", ARRAY, True, "element", 4),
    ("application/vnd.api+json", ARRAY, True, "element", 4),
    ("", ARRAY, True, "element", 4),
    ("application/json", b"[]", True, "", 0),
    ("application/json", ARRAY, False, "body", 1),
    ("application/json", b'{"a":1}', True, "body", 1),
    ("application/json", b'{"a":1}\n', True, "body", 1),
    ("application/json", b'{\n"a":1\n}\n', True, "body", 1),
    ("application/problem+json", b'{"a":1}\n', True, "body", 1),
    ("text/html", b"data: a\n\n", True, "body", 1),
    ("text/plain", b'[{"a":1},', True, "element", 1),
    ("text/plain", b"[2026-01-01] starting\n", True, "chunk", 1),
    ("text/plain", b"{starting}\nstarted\n", True, "chunk", 1),
    ("text/event-stream", b"[error] no\n\ndata: a\n\n", True, "event", 1),
    ("application/json", b"[", True, "", 0),
    ("application/json", b"[oops", True, "body", 1),
    ("text/plain", b"data", True, "chunk", 1),
    ("text/plain", b"words", False, "body", 1),
    ("application/octet-stream", b"\0\1\2", True, "body", 1),
    ("image/png", b"\x89PNG", True, "body", 1),
]


@pytest.mark.parametrize(("content_type", "stream", "streamed", "form", "count"), FORMS)
def test_content_type_first_then_first_bytes(
    content_type: str, stream: bytes, streamed: bool, form: str, count: int
) -> None:
    whole = cut(stream, [stream], content_type, streamed=streamed)
    assert [one.form for one in messages(whole)] == [form] * count
    assert held(stream, whole)
    if form != "chunk":
        for step in range(1, len(stream)):
            pieces = cut(stream, steps(stream, step), content_type, streamed=streamed)
            assert told(pieces) == told(whole), step
    assert {one.at for one in messages(cut(stream, steps(stream, 5), content_type, base=-1))} <= {-1}


PIECES = st.lists(st.integers(0, 200), max_size=8)
KINDS = st.sampled_from(
    ["text/event-stream", "application/json", "application/x-ndjson", "", "application/json-seq", "text/html"]
)
NOISE = st.lists(
    st.sampled_from([b"data: x", b"data:", b"\n", b"\n\n", b"\r\n", b"{", b"}", b'{"a":1}', b"[", b"]", b",", b'"',
                     b" ", b": c", b"\x1e", b"event: e", "é".encode(), b"\xff", BOM, b"\0"]), max_size=25,
).map(b"".join)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(NOISE, KINDS, PIECES, st.booleans())
def test_any_body_is_cut_the_same_under_any_split(stream: bytes, kind: str, cuts: list[int], streamed: bool) -> None:
    whole = cut(stream, [stream] if stream else [], kind, streamed=streamed)
    assert held(stream, whole)
    for pieces in (split(stream, cuts), steps(stream, 1)):
        assert told(cut(stream, pieces, kind, streamed=streamed)) == told(whole)


@given(st.text(max_size=40), PIECES)
def test_text_never_cuts_a_character(text: str, cuts: list[int]) -> None:
    stream = b"plain " + text.encode()
    events = cut(stream, split(stream, cuts), "text/plain")
    assert b"".join(one.payload for one in messages(events)) == stream
    assert all(one.text is not None and not one.unfinished for one in messages(events))
    assert held(stream, events)


@given(st.binary(max_size=40), PIECES)
def test_text_that_is_no_text_loses_nothing(content: bytes, cuts: list[int]) -> None:
    stream = b"plain " + content
    events = cut(stream, split(stream, cuts), "text/plain")
    assert b"".join(one.payload for one in messages(events)) == stream
    assert held(stream, events)


def test_a_character_that_waits_for_its_end_comes_with_its_reads() -> None:
    events = cut(TEXT, steps(TEXT, 1), "text/plain")
    assert [one.text for one in messages(events)][-2:] == ["🌍", "!"]
    globe = messages(events)[-2]
    assert globe.reads == (globe.reads[1] - 3, globe.reads[1])


def test_texts_of_a_sequence_have_any_number_of_lines() -> None:
    events = messages(cut(SEQUENCE, [SEQUENCE], "application/json-seq"))
    wanted = [b'{"a":1}', b'{\n "b": [\n2,\n"\\n"]\n}', b"12", b'{"cut":', b'"d"']
    assert [one.payload for one in events] == wanted
    assert [one.unfinished for one in events] == [False, False, False, True, False]
    pieces = [b'\x1e{"a"', b":1}\n\x1e{", b"}\n"]
    assert [one.reads for one in messages(cut(b"", pieces, "application/json-seq"))] == [(1, 2), (2, 3)]


def test_messages_know_the_reads_that_brought_them() -> None:
    for kind, pieces, wanted in (
        ("text/event-stream", [b"data: a\n\nda", b"ta: b\n", b"\ndata: c\n\ndata: d\n\n"],
         [(1, 1), (1, 3), (3, 3), (3, 3)]),
        ("application/x-ndjson", [b'{"a":1}\n{"b"', b":2", b'}\n{"c":3}\n'], [(1, 1), (1, 3), (3, 3)]),
        ("application/json", [b'[{"a":1},{"b"', b":2", b'},{"c":3}]'], [(1, 1), (1, 3), (3, 3)]),
        ("application/json", [b"{", b'"a":', b"1}"], [(1, 3)]),
        ("application/json", [b"d", b"ata: a\n", b"\n"], [(1, 3)]),
    ):  # fmt: skip
        assert [one.reads for one in messages(cut(b"", pieces, kind))] == wanted
        assert [one.t for one in messages(cut(b"", pieces, kind))] == [last for _, last in wanted]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """No more than 50 bytes of a message are held."""
    monkeypatch.setattr(cutters, "LARGEST_PAYLOAD", 50)
    return 50


@pytest.mark.parametrize("size", [48, 49, 50, 51, 52, 60, 75, 76, 200])
@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("text/event-stream", b"data: a\n\ndata: ", b"\n\ndata: b\n\n"),
        ("text/event-stream", b"data: a\n\nevent: e\ndata:", b"\n\ndata: b\n\n"),
        ("text/event-stream", b"data: a\n\ndata: ", b""),
        ("application/x-ndjson", b"a\n", b"\nb\n"),
        ("application/x-ndjson", b"a\n", b"\r\nb\n"),
        ("application/x-ndjson", b"a\n", b""),
        ("application/json", b"[1,\n", b" \n, 2]"),
        ("application/json", b"[1,", b""),
        ("text/html", b"", b""),
    ],
)
def test_of_a_large_message_the_beginning_is_held(
    small: int, kind: str, before: bytes, after: bytes, size: int
) -> None:
    content = bytes(ord("a") + at % 26 for at in range(size))
    stream = before + content + after
    for step in (1, 3, 7, 49, 50, 51, 64, 1000):
        events = messages(cut(stream, steps(stream, step), kind))
        large = events[1 if before else 0]
        assert len(events) == 1 + (1 if before else 0) + (1 if after else 0)
        assert (large.payload, large.size) == (content[:small], size), step
        assert large.whole is (size <= small)
        assert large.at == BASE + len(before)


def test_an_event_of_many_large_lines_is_counted(small: int) -> None:
    stream = b"data: 12345678\n" * 20 + b"\ndata: b\n\n"
    whole = b"\n".join([b"12345678"] * 20)
    for step in (1, 10, 1000):
        first, last = messages(cut(stream, steps(stream, step), "text/event-stream"))
        assert (first.payload, first.size, first.at) == (whole[:small], len(whole), -1)
        assert (last.payload, last.size, last.length) == (b"b", 1, -1)


@pytest.mark.parametrize("line", [b": " + b"c" * 300, b"field " + b"f" * 300, b"event: " + b"e" * 300])
def test_other_long_lines_are_cut_the_same(small: int, line: bytes) -> None:
    stream = line + b"\n\ndata: x\n\n"
    controls = []
    for step in (1, 13, 1000):
        events = cut(stream, steps(stream, step), "text/event-stream")
        (control,) = (event for event in events if isinstance(event, Control))
        controls.append((control.name, control.data))
        assert [one.payload for one in messages(events)] == [b"x"]
    assert controls[0] == controls[1] == controls[2]
    assert len(str(controls[0][1])) <= small


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("text/event-stream", b"data: "), ("text/event-stream", b": "), ("text/event-stream", b"what"),
        ("application/x-ndjson", b'{"a":"'), ("application/json", b'[{"a":"'), ("application/json", b'["'),
        ("application/json", b'{"a":"'), ("application/json", b"[1]"), ("application/json", b"[    "),
        ("text/html", b"<"), ("", b""), ("text/event-stream", b"data: \ndata:"),
    ],
)  # fmt: skip
def test_what_goes_on_forever_is_not_held(small: int, kind: str, begin: bytes) -> None:
    """Twenty thousand pieces of a thousand bytes: nobody keeps more than a few of them."""
    del small
    cutter, place = bodies.cutter(kind), Place(PAYLOAD)
    cutter.feed(begin, place)
    piece = b"data:\n" * 160 if begin.endswith(b"data:") else b"x" * 1000
    for _ in range(20_000):
        assert cutter.feed(piece, place) == []
    assert _weight(cutter) < 300_000


def _weight(value: object, depth: int = 0) -> int:
    """Bytes that an object holds."""
    if isinstance(value, bytes | bytearray):
        return len(value)
    if isinstance(value, list | tuple):
        return sum(8 + _weight(one, depth) for one in value)
    if depth > 3 or not hasattr(value, "__dict__"):
        return 0
    return sum(_weight(one, depth + 1) for one in vars(value).values())


@pytest.mark.parametrize(
    ("kind", "before", "after", "form"),
    [
        ("text/event-stream", b"data: ", b"\n\n", "event"),
        ("application/x-ndjson", b"", b"\n", "line"),
        ("application/x-ndjson", b"", b"", "line"),
        ("application/json", b"[", b"]", "element"),
        ("application/json", b"", b"", "body"),
    ],
)
@pytest.mark.parametrize("nested", ["deep", "huge"])
def test_deep_and_huge_json(kind: str, before: bytes, after: bytes, form: str, nested: str) -> None:
    """A hundred thousand levels, and 50 MB: no crash, and time linear to the size."""
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    content = deep if nested == "deep" else json.dumps(list(range(100_000))).encode()[:-1] + b",0" * (25 << 20) + b"]"
    if form == "body" and content.startswith(b"["):
        content = b'{"a":' + content + b"}"
    stream = before + content + after
    (message,) = messages(cut(stream, steps(stream, 1 << 16), kind))
    assert (message.form, message.size, message.unfinished) == (form, len(content), False)
