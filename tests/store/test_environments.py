"""Environments as files: kept whole, with their comments; secrets never in them."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streamscope.model.environment import Environment, Scope, Variable, fill
from streamscope.model.errors import StoreError, UsageError
from streamscope.store.environments import GLOBALS, Environments, collection_of
from streamscope.store.secrets import Secrets

NAMES = st.text("abAB09_-.ä变", min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    [
        "yes",
        "null",
        "1",
        "1e3",
        "0x1F",
        "~",
        "2026-01-01",
        " a ",
        "- a",
        "a: b",
        "# c",
        "'",
        '"',
        "a\n  b\n",
        "\r\n",
        "\x85",
        "\u2028",
    ]
)
VARIABLES = st.builds(Variable, NAMES, VALUES, on=st.booleans())


@pytest.fixture
def store(tmp_path: Path) -> Environments:
    return Environments(tmp_path / "environments", Secrets())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.text(min_size=1, max_size=40).filter(str.strip), st.lists(VARIABLES, max_size=6), st.lists(VARIABLES, max_size=6)
)
def test_what_is_saved_is_read_again(
    store: Environments, name: str, first: list[Variable], second: list[Variable]
) -> None:
    if name == GLOBALS:
        return
    for variables in (first, second):
        saved = Environment(name, tuple(variables))
        store.save(saved)
        assert Environments(store._folder, Secrets()).get(name) == saved
    store.remove(name)


def test_comments_order_and_quotes_stay(store: Environments) -> None:
    text = """\
# for the staging cluster
name: Staging
variables:
  # where it is
  - name: host
    value: "https://staging.example"  # not production
  - name: model
    value: qwen
  - name: retired
    value: x
"""
    path = store._folder / "staging.yaml"
    path.parent.mkdir()
    path.write_text(text)
    before = store.get("Staging")
    store.save(before)
    assert path.read_text() == text
    host, _model, _ = before.variables
    store.save(Environment("Staging", (host, Variable("model", "llama"), Variable("new", "1"))))
    assert path.read_text() == text.replace("qwen", "llama").replace(
        "  - name: retired\n    value: x\n", "  - name: new\n    value: '1'\n"
    )


def test_a_secret_is_in_the_keyring_and_in_no_file(store: Environments, tmp_path: Path) -> None:
    store.save(Environment("Prod", (Variable("key", "sesame-opens", secret=True), Variable("host", "h"))))
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"sesame" in path.read_bytes()]
    assert store.get("Prod").variables[0] == Variable("key", secret=True)
    assert store.with_secrets(store.get("Prod")).variables[0].value == "sesame-opens"
    known = store.variables(Scope("Prod"))
    assert fill("{{key}}@{{host}}", known) == "sesame-opens@h"
    assert known.secrets == {"sesame-opens"}


def test_only_the_secrets_that_are_used_are_asked_for(store: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(
        Environment(
            "e", (Variable("a", "{{b}}"), Variable("b", "bbbb", secret=True), Variable("c", "cccc", secret=True))
        )
    )
    asked: list[str] = []
    load = store._secrets.load
    monkeypatch.setattr(store._secrets, "load", lambda name: asked.append(name) or load(name))
    known = store.variables(Scope("e"), {"a"})
    assert asked == ["environment/e/b"]
    assert fill("{{a}}", known) == "bbbb"
    assert set(known.known) == {"a", "b", "c"}


def test_the_nearest_source_counts(store: Environments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = tmp_path / "shop"
    store.save(Environment(GLOBALS, tuple(Variable(name, "globals") for name in "abcde")))
    store.save_shared(collection, Environment("shop", tuple(Variable(name, "collection") for name in "abcd")))
    store.save(Environment("dev", tuple(Variable(name, "environment") for name in "abc")))
    monkeypatch.setenv("STREAMSCOPE_VARIABLE_B", "process")
    known = store.variables(Scope("dev", collection, {"a": "given"}))
    assert fill("{{a}} {{b}} {{c}} {{d}} {{e}}", known) == "given process environment collection globals"
    assert [known.known[name].source for name in "abcde"] == [
        "this call",
        "STREAMSCOPE_VARIABLE_B",
        "dev",
        "shop",
        "Globals",
    ]


def test_one_that_is_off_counts_as_not_there(store: Environments) -> None:
    store.save(Environment("e", (Variable("a", "1"), Variable("a", "2", on=False), Variable("b", "3", on=False))))
    known = store.variables(Scope("e"))
    assert known.known["a"].value == "1"
    assert "b" not in known.known


def test_a_collections_own_environment_comes_before_one_of_that_name(store: Environments, tmp_path: Path) -> None:
    collection = tmp_path / "shop"
    store.save(Environment("dev", (Variable("a", "mine"),)))
    store.save(Environment("dev", (Variable("a", "ours"), Variable("s", "open-it", secret=True))), collection)
    assert fill("{{a}}{{s}}", store.variables(Scope("dev", collection))) == "oursopen-it"
    assert fill("{{a}}", store.variables(Scope("dev"))) == "mine"
    assert collection_of(collection / "deep" / "draft.yaml") == collection
    assert collection_of(tmp_path / "draft.yaml") == tmp_path  # the profile's own folder is beside it here


def test_removing_can_be_undone_and_takes_the_secret_along(store: Environments) -> None:
    saved = Environment("e", (Variable("k", "kkkk", secret=True), Variable("v", "1")))
    store.save(saved)
    removed = store.remove("e")
    assert store.all() == []
    assert not store._secrets.load("environment/e/k")
    store.restore(removed)
    assert store.with_secrets(store.get("e")) == saved


def test_renaming_takes_the_secret_along(store: Environments) -> None:
    store.save(Environment("old", (Variable("k", "kkkk", secret=True),)))
    store.save(Environment("other"))
    store.rename("old", "new/name 变")
    assert store.with_secrets(store.get("new/name 变")).variables[0].value == "kkkk"
    assert not store._secrets.load("environment/old/k")
    with pytest.raises(UsageError):
        store.rename("new/name 变", "other")


@pytest.mark.parametrize(
    "content",
    [
        b"- 1\n",
        b"<<<<<<< ours\na: 1\n=======\n",
        b"name: \xff\xe4",
        b"variables: 3",
        b"variables:\n  - 3",
        b"version: 99",
        b"{",
        b"\0",
    ],
)
def test_a_file_that_is_no_environment_is_named_and_left(store: Environments, content: bytes) -> None:
    path = store._folder / "broken.yaml"
    path.parent.mkdir()
    path.write_bytes(content)
    store.save(Environment("good"))
    assert [one.name for one in store.all()] == ["good"]
    assert path.name in str(store.notices[path])
    with pytest.raises(StoreError):
        store._write(path, Environment("broken"))
    assert path.read_bytes() == content


def test_a_huge_file_is_not_read(store: Environments) -> None:
    path = store._folder / "huge.yaml"
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(100 << 20)
    assert store.all() == []
    assert "too large" in str(store.notices[path])


def test_a_change_from_outside_is_noticed(store: Environments) -> None:
    store.save(Environment("e", (Variable("a", "1"),)))
    (path,) = store._folder.iterdir()
    assert store.get("e").variables[0].value == "1"
    path.write_text(path.read_text().replace("'1'", "two"))
    os.utime(path, ns=(1, 1))
    assert store.get("e").variables[0].value == "two"


@pytest.mark.parametrize("name", ["", "a b", "a}}", "{{"])
def test_a_name_that_cannot_stand_between_braces_is_refused(store: Environments, name: str) -> None:
    with pytest.raises(UsageError):
        store.save(Environment("e", (Variable(name, "1"),)))
