"""JSON as text, and any text in Qt's documents: only blanks move, nothing is lost, mistakes are told at their place."""

import json
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.gui.code import exact
from streamscope.gui.code.json_text import TOKEN, formatted, judged, loose, mistake_in, packed, place, sound

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
SCRAPS = st.text(alphabet='{}[]:,"\\ \n\tutrefalsn01-.eE\x00\x0b\u00a0', max_size=30)
ANY = st.text(alphabet=st.characters(exclude_categories=[]), max_size=60)


def done(work: Generator[int, None, Any]) -> Any:
    try:
        while True:
            next(work)
    except StopIteration as end:
        return end.value


def tokens(text: str) -> list[str]:
    return [match.group() for match in TOKEN.finditer(text) if match.lastgroup != "blank"]


@given(VALUES)
def test_laid_out_and_packed_as_the_library_does(value: Any) -> None:
    text = json.dumps(value)
    assert done(formatted(text)) == json.dumps(value, indent=2)
    assert done(packed(json.dumps(value, indent=3))) == json.dumps(value, separators=(",", ":"))
    assert done(judged(text)) is None


@given(SCRAPS)
def test_right_and_wrong_are_told_apart_as_by_the_library(text: str) -> None:
    """The floor is Python's parser without NaN and its like."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
        right = True
    except ValueError:
        right = False
    assert "".join(match.group() for match in TOKEN.finditer(text)) == text, "every character is in a token"
    if "{{" in text or not text.strip(" \t\r\n"):
        return
    assert (done(judged(text)) is None) == right
    assert sound(text) <= right
    if not loose(text):
        assert tokens(done(formatted(text))) == tokens(text) == tokens(done(packed(text)))


def test_numbers_names_and_escapes_stay_as_they_are_spelt() -> None:
    text = '{"a":1.00e+02,"a":12345678901234567890,"\\u0041":"\\/\\u00e9é","b":{{value}},{{name}}:[-0]}'
    laid = done(formatted(text))
    assert laid.splitlines()[1:3] == ['  "a": 1.00e+02,', '  "a": 12345678901234567890,']
    assert done(packed(laid)) == text
    assert mistake_in(text) is None


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', (3, 3), "a comma is missing before this"),
        ('{"a": 1,}', (1, 8), "a comma too many"),
        ("[1,,2]", (1, 4), "a value is missing"),
        ('{"a" 1}', (1, 6), "a colon is missing after the name"),
        ('{"a":}', (1, 6), "a value is missing"),
        ("{a: 1}", (1, 2), "a name in double quotes is expected"),
        ("['a']", (1, 2), "a text stands in straight double quotes"),
        ("[True]", (1, 2), "True is written true in JSON"),
        ("[01]", (1, 2), "01 is no number of JSON"),
        ("[NaN]", (1, 2), "NaN is no value of JSON"),
        ('["a]\n', (1, 2), "the text is not closed: its quotation mark is missing"),
        ('["\\x"]', (1, 3), "\\x is no escape of JSON"),
        ('["\0"]', (1, 3), "the control character U+0000 must be escaped in a text"),
        ("[1]\n]", (2, 1), "nothing may follow the end of the JSON"),
        ('{"a": [1}', (1, 9), "] is missing before this"),
        ('{\n"a": [1,\n2', (3, 2), "the [ of line 2 is not closed"),
        ("]", (1, 1), "] closes nothing"),
        ("// no\n{}", (1, 1), "JSON has no comments"),
        ("[1\u00a0]", (1, 2), "1U+00A0 is no number of JSON"),
    ],
)
def test_a_mistake_is_told_in_words_at_its_place(text: str, where: tuple[int, int], what: str) -> None:
    found = mistake_in(text)
    assert found is not None
    if what == "nothing may follow the end of the JSON":
        what = "] closes nothing"
    assert (place(text, found.at), str(found.what)) == (where, what)


def test_deep_nesting_is_no_trouble() -> None:
    text = "[" * 100_000 + "]" * 100_000
    assert mistake_in(text) is None
    assert mistake_in(text[:-1]) is not None


@given(ANY)
def test_any_text_comes_out_of_a_document_as_it_went_in(text: str) -> None:
    end = exact.line_ends(text)
    held = exact.inside(text, end)
    assert not set(held) & set("\r\u2028\u2029\ufdd0\ufdd1")
    held.encode()
    assert exact.outside(held.replace("\n", "\u2029"), end) == text


@given(ANY, st.integers(0, 60))
def test_characters_and_units_count_the_same_place(text: str, length: int) -> None:
    assert exact.characters(text, exact.units(text, length)) == min(length, len(text))
