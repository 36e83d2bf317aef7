"""Holes in texts, and what fills them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.model.environment import (
    NO_VARIABLES,
    Known,
    Variable,
    Variables,
    fill,
    from_lines,
    holes,
    merged,
    reached,
    sounds_secret,
)
from streamscope.model.errors import UsageError

NAMES = st.text("abz09_-.äß变", min_size=1, max_size=6)
PLAIN = st.text(st.characters(exclude_characters="{}\\"), max_size=12)


def test_holes_are_found_at_their_place() -> None:
    text = "a {{x}} \\{{y}} {{ z.1 }} {{}} {{a b}} {{变量}}"
    assert [(text[hole.start : hole.end], hole.name) for hole in holes(text)] == [
        ("{{x}}", "x"),
        ("{{ z.1 }}", "z.1"),
        ("{{变量}}", "变量"),
    ]


@given(st.lists(st.tuples(PLAIN, NAMES), max_size=8), PLAIN, st.dictionaries(NAMES, PLAIN, max_size=8))
def test_filling_puts_each_value_in_its_place(pieces: list[tuple[str, str]], rest: str, values: dict[str, str]) -> None:
    values = {name: "v" for _, name in pieces} | values
    text = "".join(f"{before}{{{{{name}}}}}" for before, name in pieces) + rest
    wanted = "".join(f"{before}{values[name]}" for before, name in pieces) + rest
    assert fill(text, Variables.of(values)) == (wanted if values else text)
    assert len(holes(text)) == len(pieces)


@given(st.text(max_size=60))
def test_without_variables_every_text_is_left_as_it_is(text: str) -> None:
    assert fill(text, NO_VARIABLES) == text


@given(st.text(st.sampled_from("{}\\ab "), max_size=30))
def test_any_braces_are_filled_or_refused(text: str) -> None:
    filled = fill(
        text,
        Variables.of({"a": "1", "b": "2", "ab": "3", "ba": "", "aa": "", "bb": ""})
        if not _long(text)
        else NO_VARIABLES,
    )
    assert isinstance(filled, str)
    if not holes(text) and "\\{{" not in text:
        assert filled == text


def _long(text: str) -> bool:
    return any(len(hole.name) > 2 for hole in holes(text))


def test_an_escaped_hole_is_sent_as_it_reads() -> None:
    known = Variables.of({"x": "1"})
    assert fill("\\{{x}} {{x}}", known) == "{{x}} 1"
    assert fill("\\{{x}} {{x}}", NO_VARIABLES) == "\\{{x}} {{x}}"


def test_values_may_hold_others() -> None:
    known = Variables.of(
        {"url": "https://{{host}}/{{path}}", "host": "{{name}}.example", "name": "a", "path": "\\{{raw}}"}
    )
    assert fill("{{url}}", known) == "https://a.example/{{raw}}"
    assert known.worth("host") == "a.example"


def test_a_circle_is_told_with_its_names() -> None:
    with pytest.raises(UsageError) as raised:
        fill("{{c}}", Variables.of({"a": "{{b}}", "b": "{{a}}", "c": "{{a}}"}))
    assert "a → b → a" in str(raised.value.message)


def test_variables_that_grow_without_end_are_refused() -> None:
    bomb = {f"v{number}": f"{{{{v{number + 1}}}}}" * 10 for number in range(12)} | {"v12": "x" * 10}
    with pytest.raises(UsageError, match="too long"):
        fill("{{v0}}", Variables.of(bomb))


def test_an_unknown_variable_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as raised:
        fill("{{hots}}", Variables.of({"host": "a"}))
    assert "'hots'" in str(raised.value.message)
    assert "'host'" in str(raised.value.hint)


def test_with_an_environment_chosen_a_hole_must_have_a_value() -> None:
    with pytest.raises(UsageError):
        fill("{{x}}", Variables({}, chosen=True))


def test_a_secret_without_a_value_tells_where_it_is_typed() -> None:
    with pytest.raises(UsageError) as raised:
        fill("{{key}}", Variables({"key": Known(None, "Staging", secret=True)}))
    assert "Staging" in str(raised.value.message)
    assert "STREAMSCOPE_VARIABLE_KEY" in str(raised.value.hint)


def test_names_are_followed_into_values() -> None:
    values = {"a": "{{b}}{{c}}", "b": "{{a}}", "c": ""}
    assert set(reached({"a"}, values.get)) == {"a", "b", "c"}


def test_lines_of_an_env_file() -> None:
    text = (
        "\ufeff# comment\nexport HOST=https://a.example # the first\n\nNAME = 'two words'\nAPI_KEY=\"k=1\"\r\nEMPTY=\n"
    )
    assert from_lines(text) == (
        Variable("HOST", "https://a.example"),
        Variable("NAME", "two words"),
        Variable("API_KEY", "k=1", secret=True),
        Variable("EMPTY", ""),
    )
    with pytest.raises(UsageError, match="Line 2"):
        from_lines("a=1\nnothing here\n")


@pytest.mark.parametrize(
    ("name", "secret"), [("token", True), ("max_tokens", False), ("SK", True), ("task", False), ("db_password", True)]
)
def test_names_that_sound_secret(name: str, secret: bool) -> None:
    assert sounds_secret(name) is secret


SETS = st.lists(st.builds(Variable, st.sampled_from("abc"), st.sampled_from("12"), on=st.booleans()), max_size=4).map(
    tuple
)


@given(SETS, SETS)
def test_what_one_side_changed_is_as_that_side_has_it(
    before: tuple[Variable, ...], after: tuple[Variable, ...]
) -> None:
    assert merged(before, after, before) == after
    assert sorted(merged(before, before, after), key=repr) == sorted(after, key=repr)


def test_two_sides_change_one_environment() -> None:
    before = (Variable("a", "1"), Variable("b", "1"), Variable("c", "1"), Variable("d", "1"))
    mine = (Variable("a", "mine"), Variable("b", "1"), Variable("d", "mine"), Variable("new", "mine"))
    other = (
        Variable("a", "1"),
        Variable("b", "other"),
        Variable("c", "1"),
        Variable("d", "other"),
        Variable("more", "other"),
    )
    assert {one.name: one.value for one in merged(before, mine, other)} == {
        "a": "mine",
        "b": "other",
        "d": "mine",
        "new": "mine",
        "more": "other",
    }
