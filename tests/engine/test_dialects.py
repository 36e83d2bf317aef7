"""Dialects by name: the shelf's, the user's own, a bare path; and what those read."""

import json
from typing import Any

import pytest

from streamscope.engine.dialects import dialect_named
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.kinds.dialects.jsonpath import PathDialect
from streamscope.model.delta import Paths
from streamscope.model.errors import UsageError
from streamscope.model.event import Head, Message

OWN = Paths("mine", "$.out.text", "$.thought", "$.why", "$.count", "$.bad", "$.last")


def read(dialect: Any, *payloads: Any) -> Transcript:
    transcript = Transcript([*DIALECTS.values(), dialect], dialect.key)
    transcript.feed(Head(1, 200, "HTTP/1.1", []))
    for at, payload in enumerate(payloads):
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        transcript.feed(Message(at, "in", (at, at), data, "event"))
    return transcript


def test_a_key_of_the_shelf_and_of_a_saved_one() -> None:
    assert dialect_named("ollama") is DIALECTS["ollama"]
    assert dialect_named("user.mine", [OWN]).key == "user.mine"


@pytest.mark.parametrize(
    ("key", "near"), [("openai.chta", "openai.chat"), ("user.mien", "user.mine"), ("Ollama", "ollama")]
)
def test_an_unknown_key_names_the_nearest(key: str, near: str) -> None:
    with pytest.raises(UsageError) as raised:
        dialect_named(key, [OWN])
    assert near in str(raised.value.hint)


@pytest.mark.parametrize(
    ("path", "at"), [("$.a[", 5), ("$", 0), ("$.a]", 4), ("$..", 4), ("$.a.b c", 7), ("$[?@.a ==", 10), ("$.a[1:", 7)]
)
def test_a_wrong_path_is_told_with_its_place(path: str, at: int) -> None:
    if not at:
        assert dialect_named(path).key == "$"
        return
    with pytest.raises(UsageError) as raised:
        dialect_named(path)
    assert path in str(raised.value)
    assert f"character {at}" in str(raised.value)


def test_everything_that_own_paths_can_tell() -> None:
    transcript = read(
        PathDialect(OWN), {"thought": "hm", "last": False}, {"out": {"text": "Hel"}},
        {"out": {"text": "lo"}, "last": None},
        {"why": "stop", "count": {"n": 2}, "bad": {"message": "boo"}, "last": 1},
    )  # fmt: skip
    (choice,) = transcript.choices
    assert (choice.text, choice.reasoning, choice.finish_reason) == ("Hello", "hm", "stop")
    assert (transcript.usage, transcript.errors, transcript.end) == ({"n": 2}, ["boo"], "seen")


def test_an_end_mark_that_is_a_payload() -> None:
    dialect = PathDialect(Paths("x", "$.t", end="[DONE]"))
    assert read(dialect, {"t": "a"}).end == "missing"
    assert read(dialect, {"t": "a"}, b"[DONE]").end == "seen"


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("$.a.b[0]['c']", {"a": {"b": [{"c": "x"}]}}, "x"),
        ("$.c[*].t", {"c": [{"t": "x"}, {"u": 1}, {"t": "y"}]}, "xy"),
        ("$..t", {"c": [{"t": "x"}], "t": "y"}, "yx"),
        ("$.n", {"n": 3}, "3"),
        ("$.n", {"n": {"a": [1]}}, '{"a":[1]}'),
        ("$.n", {"n": None}, ""),
        ("$[-1]", ["a", "b"], "b"),
        ("$", "x", "x"),
        ("$.c[?@.kind == 'text'].t", {"c": [{"kind": "text", "t": "x"}, {"kind": "other", "t": "y"}]}, "x"),
    ],
)
def test_paths_of_every_kind(path: str, value: Any, text: str) -> None:
    assert read(dialect_named(path), value).text == text


@pytest.mark.parametrize("path", ["$.a.b", "$..a", "$.a[*].b", "$[?@.a]"])
@pytest.mark.parametrize(
    "payload", [b"", b"x", b"null", b"[" * 5000, b'{"a":' * 900 + b"1" + b"}" * 900, b"[1]", b'"a"']
)
def test_any_payload_is_accepted(path: str, payload: bytes) -> None:
    read(dialect_named(path), payload)


def test_an_own_dialect_is_never_guessed() -> None:
    own = PathDialect(Paths("x", "$.choices[0].delta.content"))
    message = Message(1, "in", (1, 1), b'{"choices":[{"delta":{"content":"x"}}]}', "event")
    assert own.guess([message], "/") == 0
    transcript = Transcript([own, *DIALECTS.values()])
    transcript.feed(message)
    assert transcript.dialect is DIALECTS["openai.chat"]
