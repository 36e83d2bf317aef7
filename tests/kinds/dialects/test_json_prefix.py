"""Arguments checked while they come, against every prefix and every split."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.kinds.dialects.json_prefix import JsonPrefix

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.text(st.sampled_from('{}[]:,"\\ 0123456789-+.eEtrufalsn\n'), max_size=12)


def is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    except (ValueError, RecursionError):
        return False
    return True


@given(VALUES, st.booleans(), st.data())
def test_every_beginning_of_json_is_one(value: object, ascii_only: bool, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=data.draw(st.sampled_from([None, 1])))
    for end in range(len(text)):
        assert JsonPrefix().feed(text[:end]) != "broken"
    check, at = JsonPrefix(), 0
    while at < len(text):
        size = data.draw(st.integers(1, 4))
        check.feed(text[at : at + size])
        at += size
    assert check.state == "whole"


@given(WORDS)
def test_whole_is_what_a_parser_takes(text: str) -> None:
    assert (JsonPrefix().feed(text) == "whole") == is_json(text)


@given(WORDS, WORDS)
def test_broken_stays_broken(text: str, more: str) -> None:
    check = JsonPrefix()
    if check.feed(text) == "broken":
        assert check.feed(more) == "broken"
        assert not is_json(text + more)


@pytest.mark.parametrize(
    "text", ["}", '{"a" 1', "[1,]", '{"a":1,}', "01", "1.e5", "truf", '"\\x', '"\\u12G', '"\x01', "1 2", "nul "]
)
def test_broken(text: str) -> None:
    assert JsonPrefix().feed(text) == "broken"


def test_linear() -> None:
    check = JsonPrefix()
    check.feed('{"a": "')
    for _ in range(100_000):
        assert check.feed("x" * 10) == "partial"
    assert check.feed('"}') == "whole"
