"""The filter's expressions: read, written, and evaluated as each event by itself would be."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.events import EVENTS

from streamscope.engine.filter import (
    CHOICES,
    EVERYTHING,
    LARGEST,
    NUMBERS,
    OPERATORS,
    All,
    Any,
    Between,
    Compare,
    Flag,
    Not,
    Regex,
    Text,
    Wanted,
    Words,
    written,
)
from streamscope.engine.filter_reading import FilterError, read
from streamscope.engine.filter_rows import Sieve, direction_of, matching, name_of
from streamscope.engine.filter_text import needles
from streamscope.model.draft import Draft
from streamscope.model.event import WIRE, Closed, Control, Event, Head, Message, Read, encode
from streamscope.store.exchange import Exchange
from streamscope.store.rows import CODES

AWKWARD = st.text(st.sampled_from('ab-"\\/:=~<>(), .|!orändnotmarked你😀\n'), max_size=8)
WORD = st.one_of(AWKWARD, st.text(max_size=6), st.sampled_from(["or", "NOT", "marked", "a:b", "size>1", "-x", "data"]))
SOURCES = st.sampled_from(
    ["a", "[a-c]+", "\\d\\d", "a/b", "(?i)OK", "^a|b$", "\\\\", 'say "no"', "\\bok\\b", ".*b", "你.", ""]
)
NUMBER = st.one_of(st.integers(0, 40), st.integers(0, LARGEST), st.sampled_from([1000, 1024, 2_500_000, 60 * 10**9]))


def words_of(field: str) -> st.SearchStrategy[Wanted]:
    one = st.lists(st.sampled_from(CHOICES[field]), min_size=1, max_size=3)
    return one.map(lambda words: Words(field, ":", tuple(words)))


LEAF = st.one_of(
    WORD.map(Text),
    SOURCES.map(Regex),
    st.sampled_from([*CHOICES]).flatmap(words_of),
    st.builds(
        lambda field, words: Words(field, ":", tuple(word or "a" for word in words)),
        st.sampled_from(["name", "comment"]),
        st.lists(WORD, min_size=1, max_size=3),
    ),
    st.builds(lambda words: Words("name", "=", tuple(words)), st.lists(WORD, min_size=1, max_size=2)),
    st.builds(lambda source: Words("name", "~", (source,)), SOURCES),
    st.builds(Compare, st.sampled_from([*NUMBERS]), st.sampled_from(OPERATORS), NUMBER),
    st.builds(Between, st.sampled_from([*NUMBERS]), NUMBER, NUMBER),
    st.builds(Flag, st.sampled_from(["marked", "unfinished"])),
)
WANTED: st.SearchStrategy[Wanted] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Any(tuple(parts))),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(WANTED)
def test_what_is_written_is_read_again(wanted: Wanted) -> None:
    assert read(written(wanted)) == wanted


@settings(max_examples=150, deadline=None)
@given(st.one_of(AWKWARD, st.text(max_size=20)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        wanted = read(text)
    except FilterError as error:
        assert 0 <= error.at <= len(text)
        assert str(error.what)
        assert str(error.hint)
    else:
        assert wanted == EVERYTHING or read(written(wanted)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", EVERYTHING),
        ("error", Text("error")),
        ('"two words"', Text("two words")),
        ("kind:message dir:in", All((Words("kind", ":", ("message",)), Words("dir", ":", ("in",))))),
        ("size>1k", Compare("size", ">", 1000)),
        ("size>=1.5KiB", Compare("size", ">=", 1536)),
        ("t>2s", Compare("t", ">", 2_000_000_000)),
        ("gap>200ms", Compare("gap", ">", 200_000_000)),
        ("t:2s..3.4s", Between("t", 2_000_000_000, 3_400_000_000)),
        ("read:5", Compare("read", "=", 5)),
        ("number:120,000", Compare("number", "=", 120_000)),
        ("-kind:read", Not(Words("kind", ":", ("read",)))),
        ("not kind:read,trace", Not(Words("kind", ":", ("read", "trace")))),
        ("kind!=read", Not(Words("kind", ":", ("read",)))),
        ('data~"err.r"', Regex("err.r")),
        ("/err.r/i", Regex("(?i)err.r")),
        ("tone:tool_call", Words("tone", ":", ("tool-call",))),
        ("a or b c", Any((Text("a"), All((Text("b"), Text("c")))))),
        ("(a or b) and c", All((Any((Text("a"), Text("b"))), Text("c")))),
        ("marked", Flag("marked")),
        ("event:delta", Words("name", ":", ("delta",))),
        ("t>0", Compare("t", ">", 0)),
    ],
)
def test_the_language(text: str, wanted: Wanted) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "at", "says", "tries"),
    [
        ("knd:message", 0, '"knd" is no field', "kind"),
        ("size>1x", 6, '"x" is no unit', "kb"),
        ("t>2", 3, "has a unit", "2ms or 2s"),
        ("a (b or", 7, "missing", "word"),
        ("(a", 0, "not closed", ")"),
        ("a )", 2, "Nothing was opened", "quotes"),
        ('"abc', 0, "quote is not closed", '"'),
        ("/a(b/", 2, "not a regular expression", "backslash"),
        ("/abc", 0, "does not end", "/…/"),
        ("/(a+)+b/", 5, "for ever", "++"),
        ("/((a|b)*c?)*/", 11, "for ever", "++"),
        ("kind:mesage", 5, 'has no "mesage"', "message"),
        ("status:ok", 7, "is a number", "status:5"),
        ("t:2s..3", 7, "has a unit", "3ms"),
        ("https://host/x", 0, "no field", "quotes"),
        ("a or or b", 5, "missing", "word"),
        ("(" * 60 + "a", 51, "Too many", "flatter"),
    ],
)
def test_errors_say_what_where_and_what_to_try(text: str, at: int, says: str, tries: str) -> None:
    with pytest.raises(FilterError) as told:
        read(text)
    assert told.value.at == at
    assert says in str(told.value.what)
    assert tries in str(told.value.hint)
    assert f"character {at + 1}" in str(told.value)


def test_repetitions_that_end_are_taken() -> None:
    for text in (r"/(a++)+/", r"/(ab)+c*/", r"/[(+]+x+/", r"/(?>a+)+/", r"/(a\+)+/", "/a{2,3}+/", "/(x{1,3}y)+/"):
        assert isinstance(read(text), Regex)
    for text in ("/(a{2,})*/", "/((ab)+)+/", "/(x(y*))+/", "/(?:a*b*)*/"):
        with pytest.raises(FilterError):
            read(text)


def holds(
    exchange: Exchange,
    number: int,
    event: Event,
    wanted: Wanted,
    before: dict[int, int],
    marks: dict[int, str],
    tones: bytes,
) -> bool:
    """Each event by itself."""

    def ask(of: Wanted) -> bool:
        return holds(exchange, number, event, of, before, marks, tones)

    data = exchange.payload(number, 0, 1 << 30) if isinstance(event, Message) else encode(event)
    match wanted:
        case All(parts):
            return all(map(ask, parts))
        case Any(parts):
            return any(map(ask, parts))
        case Not(of):
            return not ask(of)
        case Text(words):
            both, exact = needles(words)
            return not isinstance(event, Read) and any(one in (data if exact else data.lower()) for one in both)
        case Regex(source):
            return not isinstance(event, Read) and bool(re.search(source, data.decode(errors="replace")))
        case Flag(name):
            return number in marks if name == "marked" else isinstance(event, Message) and event.unfinished
        case Words(field, operator, words):
            if field in ("name", "comment"):
                if field == "comment" and number not in marks:
                    return False
                text = name_of(event) if field == "name" else marks[number]
                if operator == "~":
                    return any(re.search(word, text) for word in words)
                return text in words if operator == "=" else any(word.casefold() in text.casefold() for word in words)
            values = {
                "kind": lambda: CHOICES["kind"][CODES[type(event)]],
                "dir": lambda: direction_of(event),
                "tone": lambda: CHOICES["tone"][tones[number]] if isinstance(event, Message) else None,
                "form": lambda: event.form if isinstance(event, Message) else None,
                "opcode": lambda: event.opcode if isinstance(event, Message) else None,
            }
            return values[field]() in words
        case Compare(field, operator, value):
            low = {"=": value, ">": value + 1, ">=": value}.get(operator, -LARGEST)
            high = {"=": value, "<": value - 1, "<=": value}.get(operator, LARGEST)
            return ask(Between(field, low, high))
        case Between(field, low, high):
            if field == "read":
                first, last = event.reads if isinstance(event, Message) else (getattr(event, "read", 0),) * 2
                return last > 0 and last >= low and first <= high
            kind = CODES[type(event)]
            size = len(data) if isinstance(event, Message) else event.size if isinstance(event, Read) else None
            values = {
                "t": event.t,
                "number": number + 1,
                "size": size,
                "status": event.status if isinstance(event, Head) else None,
                "gap": event.t - before[kind] if kind in before else None,
            }
            return values[field] is not None and low <= values[field] <= high
    raise AssertionError(wanted)


@settings(max_examples=150, deadline=None)
@given(
    EVENTS,
    WANTED,
    st.dictionaries(st.integers(0, 24), WORD, max_size=4),
    st.binary(min_size=25, max_size=25),
    st.integers(1, 7),
)
def test_columns_say_what_each_event_says(
    events: list[Event], wanted: Wanted, marks: dict[int, str], tones: bytes, piece: int
) -> None:
    exchange = Exchange(Draft())
    exchange.extend(events)
    tones = bytes(tone % 10 for tone in tones)
    expected, before = [], {}
    for number in range(len(exchange)):
        event = exchange.event(number)
        if holds(exchange, number, event, wanted, before, marks, tones):
            expected.append(number)
        before[CODES[type(event)]] = event.t
    sieve = Sieve(exchange, wanted, lambda start, stop: tones[start:stop], marks)
    found: list[int] = []
    sieve._count = piece
    while sieve.position < len(exchange):
        found += sieve.advance(min(len(exchange), sieve.position + piece), 0)
    assert found == expected
    assert list(matching(exchange, wanted, lambda start, stop: tones[start:stop], marks)) == expected


def on_wire(payloads: list[bytes]) -> Exchange:
    exchange = Exchange(Draft())
    for number, payload in enumerate(payloads, start=1):
        data = b"data: " + payload + b"\n\n"
        exchange.append(Read(number, number, len(data), data))
        at = exchange.stream_size(WIRE) - len(data) + 6
        exchange.append(Message(number, "in", (number, number), payload, "event", "message", at=at, stream=WIRE))
    return exchange


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([b"ab", b"b", b"abc A", b"", b"ok", b"a\nb"]), max_size=12),
    st.sampled_from(["a", "b", "data", "A", "bd", ": a"]),
)
def test_framing_is_never_found(payloads: list[bytes], words: str) -> None:
    both, exact = needles(words)
    expected = [
        2 * at + 1
        for at, payload in enumerate(payloads)
        if any(one in (payload if exact else payload.lower()) for one in both)
    ]
    assert list(matching(on_wire(payloads), Text(words))) == expected
    assert list(matching(on_wire(payloads), Regex(f"(?i){words}" if not exact else words))) == expected


def test_text_is_found_as_a_person_means_it() -> None:
    exchange = on_wire([b'{"a":"\\u4f60\\u597d \\ud83d\\ude00"}', "你好 😀".encode(), b"ERROR", b"error"])
    assert list(matching(exchange, read("你好"))) == [1, 3]
    assert list(matching(exchange, read("😀"))) == [1, 3]
    assert list(matching(exchange, read("/^.{2} /"))) == [3], "a sign is one sign, however many bytes it has"
    assert list(matching(exchange, read("error"))) == [5, 7]
    assert list(matching(exchange, read("ERROR"))) == [5]
    assert list(matching(exchange, read("/.*error/"))) == [7]


def test_a_large_event_is_searched_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamscope.engine.filter_text.PIECE", 64)
    monkeypatch.setattr("streamscope.engine.filter_text.LARGEST_PAYLOAD", 4096)
    exchange = on_wire([b"small", b"x" * 1500 + b"needle" + b"y" * 5000 + b"END", b"needle"])
    for words, expected in (("needle", [3, 5]), ("end", [3]), ("xn", [3]), ("ed", [3, 5]), ("zz", [])):
        assert list(matching(exchange, Text(words))) == expected


def test_gaps_are_between_events_of_one_kind() -> None:
    exchange = Exchange(Draft())
    exchange.extend(
        [
            Read(0, 1, 1, b"x"),
            Message(0, "in", (1, 1), b"a"),
            Read(5_000_000, 2, 1, b"x"),
            Message(5_000_000, "in", (2, 2), b"b"),
            Control(6_000_000, "in", "comment", ""),
            Message(300_000_000, "in", (3, 3), b"c"),
            Closed(300_000_000, "server"),
        ]
    )
    assert list(matching(exchange, read("gap>200ms"))) == [5]
    assert list(matching(exchange, read("gap>=5ms"))) == [2, 3, 5]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("read:2", [1, 2, 3]),
        ("read>2", [4, 5, 7]),
        ("read<2", [0, 1]),
        ("read:2..3", [1, 2, 3, 4, 5]),
        ("size:4", [0, 1, 2]),
        ("size>=5", [3, 4, 5, 7]),
        ("size<5", [0, 1, 2]),
        ("number:3", [2]),
        ("number<=2", [0, 1]),
        ("t:5ms", [2, 3]),
        ("t<5ms", [0, 1]),
        ("status:200", [6]),
        ("status>=201", []),
    ],
)
def test_numbers_have_borders(text: str, expected: list[int]) -> None:
    exchange = Exchange(Draft())
    exchange.extend(
        [
            Read(0, 1, 4, b"data"),
            Message(1, "in", (1, 2), b"abcd"),
            Read(5_000_000, 2, 4, b"data"),
            Message(5_000_000, "in", (2, 2), b"abcde"),
            Read(6_000_000, 3, 5, b"datas"),
            Message(6_000_000, "in", (3, 3), b"abcde"),
            Head(7_000_000, 200, "HTTP/1.1", []),
            Message(8_000_000, "in", (4, 9), b"abcdef"),
            Message(9_000_000, "out", (0, 0), b""),
        ]
    )
    assert [number for number in matching(exchange, read(text)) if number != 8] == expected
