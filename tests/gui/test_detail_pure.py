"""What the detail stands on, without a widget: JSON as spans, rows of bytes, what is looked for in them."""

import copy
import json
import re
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streamscope.gui.live.detail.bytes_find import hits, wanted_bytes
from streamscope.gui.live.detail.bytes_moves import beside, rows_away
from streamscope.gui.live.detail.hex_rows import HexRows
from streamscope.gui.live.detail.hostile import harmless, one_line
from streamscope.gui.live.detail.json_diff import Change, applied, changes, same, words
from streamscope.gui.live.detail.json_spans import (
    Span,
    Step,
    Structure,
    children,
    jq_path,
    json_path,
    root,
    structured,
    text_of,
)
from streamscope.gui.live.detail.line_diff import runs, shortened
from streamscope.gui.live.detail.looked import Held
from streamscope.gui.live.detail.text_rows import BLOCK, TextRows
from streamscope.kinds.dialects.jsonpath import bare
from streamscope.model.event import Message

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
BYTES = st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass"))


def structure_of(data: bytes) -> Structure:
    search = structured(data)
    try:
        while True:
            next(search)
    except StopIteration as over:
        assert isinstance(over.value, Structure)
        return over.value


def walked(data: bytes) -> list[tuple[list[Step], Span]]:
    structure = structure_of(data)
    found: list[tuple[list[Step], Span]] = []
    waiting: list[tuple[list[Step], Span]] = [([], root(data, structure))]
    while waiting:
        way, span = waiting.pop()
        found.append((way, span))
        if span.holds:
            waiting += [([*way, child.step], child) for child in children(data, structure, span)]
    return found


def at(value: Any, way: list[Step]) -> Any:
    for step in way:
        value = value[step]
    return value


@settings(max_examples=40, deadline=None)
@given(JSON, st.sampled_from([None, 2]), st.booleans())
def test_every_way_leads_to_its_value(value: Any, indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    for way, span in walked(data):
        assert json.loads(data[span.start : span.end].decode(errors="surrogatepass")) == at(value, way)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_as_many_values_as_there_are(value: Any) -> None:
    def count(one: Any) -> int:
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        return 1 + sum(map(count, inner))

    assert len(walked(json.dumps(value).encode())) == count(value)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ 1a', max_size=60).map(str.encode))
def test_what_is_no_json_is_shown_as_far_as_it_goes(data: bytes) -> None:
    for _, span in walked(data):
        assert 0 <= span.start <= span.end <= len(data)


def test_a_path_is_found_by_others() -> None:
    for name in ("plain", "two words", "it's", 'say "x"', "ünï", "0", "", "a\\b", "line\nbreak"):
        data = json.dumps({"choices": [{"x": 1}, {name: {"deep": "here"}}]}).encode()
        way, _ = next(found for found in walked(data) if found[0][-1:] == ["deep"])
        assert way == ["choices", 1, name, "deep"]
        message = Message(0, "in", (1, 1), data, "event")
        assert [delta.text for delta in bare(json_path(way)).reader().feed(message)] == ["here"]
        assert jq_path(way).startswith(".choices[1]")


def test_paths_as_they_are_written() -> None:
    way: list[Step] = ["choices", 0, "it's", 'a"b', "delta"]
    assert json_path(way) == "$.choices[0]['it\\'s']['a\"b'].delta"
    assert jq_path(way) == '.choices[0]["it\'s"]["a\\"b"].delta'
    assert jq_path([0]) == ".[0]"
    assert json_path([]) == "$"


def test_ten_thousand_levels() -> None:
    data = b"[" * 10_000 + b"]" * 10_000
    structure = structure_of(data)
    assert structure.deepest == 10_000
    span, depth = root(data, structure), 0
    while (inner := next(children(data, structure, span), None)) is not None:
        span, depth = inner, depth + 1
    assert depth == 9_999
    assert span == Span(9_999, 10_001, "array", 0)


def test_strings_as_they_are_meant() -> None:
    for token, text in (
        (b'"a\\u00e9"', "aé"),
        (b'"cut\\u00', "cut"),
        (b'"cut\\', "cut"),
        (b'"', ""),
        (b'"bad \\q"', "bad \\q"),
    ):
        assert text_of(token) == text


@settings(max_examples=40, deadline=None)
@given(BYTES, st.integers(8, 40))
def test_rows_hold_every_byte_once(data: bytes, columns: int) -> None:
    rows, start, joined = TextRows(Held(data), columns), 0, b""
    while start < len(data):
        row = rows.row(start)
        assert row.start == start < row.end
        shown = b"".join(data[piece.start : piece.start + piece.size] for piece in row.pieces)
        assert shown == data[row.start : row.end].removesuffix(b"\n") or shown == data[row.start : row.end]
        assert sum(piece.cells for piece in row.pieces) <= columns + 10
        for byte in range(row.start, row.end):
            assert rows.start_of(byte) == row.start
        assert rows.before(row.end) == row.start
        joined += data[row.start : row.end]
        start = row.end
    assert joined == data


@settings(max_examples=15, deadline=None)
@example(3 * BLOCK, "😀", 30)
@example(3 * BLOCK - 1, "é", 31)
@given(st.integers(0, 3 * BLOCK), st.sampled_from(["x", "é", "中", "😀"]), st.integers(30, 90))
def test_a_line_without_an_end_is_the_same_from_anywhere(before: int, letter: str, columns: int) -> None:
    data = b"a" * before + b"\n" + letter.encode() * (4 * BLOCK // len(letter.encode()))
    forth: list[int] = []
    rows, start = TextRows(Held(data), columns), 0
    while start < len(data):
        forth.append(start)
        start = rows.row(start).end
    fresh = TextRows(Held(data), columns)
    back, start = [], len(data)
    while start > 0:
        start = fresh.before(start)
        back.append(start)
    assert back[::-1] == forth
    assert not any("\\x" in rows.row(start).text for start in forth)


@settings(max_examples=40, deadline=None)
@given(BYTES, BYTES, st.integers(8, 40), st.integers(0, 3))
def test_what_comes_later_changes_no_row_before(old: bytes, new: bytes, columns: int, cut: int) -> None:
    whole = old + "中文".encode() + new
    held = Held(whole[: len(old) + cut])
    rows = TextRows(held, columns)
    rows.start_of(len(held.data))
    held.data = whole
    assert rows.start_of(len(whole)) == TextRows(Held(whole), columns).start_of(len(whole))
    start = 0
    while start < len(whole):
        row = rows.row(start)
        assert row == TextRows(Held(whole), columns).row(start)
        start = row.end


@settings(max_examples=40, deadline=None)
@given(BYTES, st.integers(8, 40), st.data())
def test_a_cell_and_its_byte_agree(data: bytes, columns: int, chosen: st.DataObject) -> None:
    if not data:
        return
    rows = TextRows(Held(data), columns)
    byte = chosen.draw(st.integers(0, len(data) - 1))
    row = rows.row(rows.start_of(byte))
    found = row.byte_at(row.column_of(byte))
    assert row.start <= found <= byte
    assert row.column_of(found) == row.column_of(byte)
    hexed = HexRows(Held(data))
    line = hexed.row(hexed.start_of(byte))
    for column in (hexed.hex_column(byte - line.start), hexed.ascii_column(byte - line.start)):
        assert hexed.byte_at(line, column) == byte


@settings(max_examples=40, deadline=None)
@given(BYTES, st.integers(8, 40))
def test_the_caret_goes_through_every_character_and_back(data: bytes, columns: int) -> None:
    rows, place, way = TextRows(Held(data), columns), 0, [0]
    while place < len(data):
        place = beside(rows, place, 1)
        assert place > way[-1]
        way.append(place)
    back = [place]
    while place > 0:
        place = beside(rows, place, -1)
        back.append(place)
    assert back[::-1] == way
    assert rows_away(rows, 0, 10_000, len(data)) <= len(data)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.binary(min_size=1, max_size=3))
def test_every_hit_is_found(data: bytes, wanted: bytes) -> None:
    found: list[tuple[int, int]] = []
    list(hits(Held(data), re.compile(re.escape(wanted), re.DOTALL), len(wanted), found))
    assert found == [match.span() for match in re.finditer(re.escape(wanted), data, re.DOTALL)]


def test_a_hit_across_a_border_is_found_once() -> None:
    data = b"x" * ((1 << 18) - 2) + b"needle" + b"x" * (1 << 20) + b"needle"
    found: list[tuple[int, int]] = []
    pattern = wanted_bytes("NEEDLE", hexadecimal=False, case=False)
    assert pattern is not None
    list(hits(Held(data), pattern, 6, found, small=True))
    assert [data[start:end] for start, end in found] == [b"needle"] * 2
    assert wanted_bytes("0d 0a", hexadecimal=True, case=True) == re.compile(re.escape(b"\r\n"), re.DOTALL)
    assert wanted_bytes("0d a", hexadecimal=True, case=True) is None


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_what_is_spelt_means_the_same(text: str) -> None:
    written = json.dumps(text, ensure_ascii=False)
    assert json.loads(harmless(written), strict=False) == text


def test_nothing_hostile_is_left() -> None:
    flood = "e" + "\u0301" * 40
    for text in ("\u202eevil", "nul\0", "\x1b[31m", "lone \udc80", flood, "\ufeff", "a\u2028b"):
        shown = harmless(text)
        assert "\\u" in shown
        assert not re.search("[\0\x1b\u202e\u2028\ufeff\ud800-\udfff]", shown)
        assert shown.count("\u0301") <= 4
    assert "\n" not in one_line("a\nb\r\nc")


@settings(max_examples=60, deadline=None)
@given(JSON, JSON)
def test_the_changes_make_one_value_of_the_other(old: Any, new: Any) -> None:
    steps = changes(copy.deepcopy(old), copy.deepcopy(new))
    made = applied(steps, copy.deepcopy(old))
    assert json.dumps(made, sort_keys=True) == json.dumps(new, sort_keys=True)
    assert bool(steps) != same(old, new)


def test_one_change_is_told_as_little() -> None:
    deep = {"a": [1, {"b": "text"}]}
    old = {"kept": deep, "list": [1, deep, 3], "gone": True, "said": "one two"}
    new = {"kept": deep, "list": [1, 2, deep, 3], "come": None, "said": "one three"}
    told = [(change.op, change.way) for change in changes(old, new)]
    assert told == [("removed", ("gone",)), ("added", ("come",)), ("added", ("list", 1)), ("changed", ("said",))]
    assert list(words("one two", "one three")) == [("equal", "one ", "one "), ("changed", "two", "three")]


def test_what_python_takes_for_the_same() -> None:
    cases: list[tuple[Any, Any]] = [(1, True), (0, False), ([1], [True]), ({"a": 1}, {"a": 1.5}), ("1", 1), (None, 0)]
    for old, new in cases:
        steps = changes(old, new)
        assert steps
        assert json.dumps(applied(steps, copy.deepcopy(old))) == json.dumps(new)


def test_no_time_is_left_to_compare() -> None:
    assert changes({"a": [1]}, {"a": [2]}, seconds=-1) == [Change((), "changed", {"a": [1]}, {"a": [2]})]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_lines_are_all_told(old: list[str], new: list[str]) -> None:
    found = list(runs(old, new))
    assert [line for run in found for line in run.old] == old
    assert [line for run in found for line in run.new] == new
    assert all((run.old == run.new) == (run.op == "equal") for run in found if run.old or run.new)
    short = list(shortened(found))
    assert [line for run in short for line in run.old] == old
    assert "".join(one for _, one, _ in words(" ".join(old), " ".join(new))) == " ".join(old)
    assert "".join(other for _, _, other in words(" ".join(old), " ".join(new))) == " ".join(new)
