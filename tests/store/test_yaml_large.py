"""Large texts that are taken out before YAML is read: the same values, and the same text again."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.drafts import drafts

from streamscope.model.draft import Body, Draft
from streamscope.store import library, yaml_reading
from streamscope.store.draft_tree import tree_of
from streamscope.store.library import Saved
from streamscope.store.yaml_large import Small, small
from streamscope.store.yaml_writing import written

_often = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@_often
@given(drafts, st.integers(0, 8))
def test_the_same_is_read(draft: Draft, least: int) -> None:
    text = written(tree_of(draft, "x"))
    short = small(text, least)
    assert short.whole(short.text) == text
    root = yaml_reading._composed(short.text)
    tree = yaml_reading._value(root, {id(root)}, short.values)
    plain = yaml_reading._composed(text)
    assert tree == yaml_reading._value(plain, {id(plain)}, {})


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  x\n y\nb: c\n",
        "a: |2\n x\nb: c\n",
        "a: |\n     \n  x\nb: c\n",
        "a: 'x' y'\nb: c\n",
        'a: "x\\q"\nb: c\n',
        'a: "x\nb: c\n',
        "a: '\nb: c\n",
        "a: |\nb: c\n",
        "a: | # c\n  x\n",
    ],
)
def test_what_is_not_plain_to_see_is_left_to_yaml(text: str) -> None:
    assert small(text, 0) == Small(text)


def test_a_large_body_is_changed_and_kept_with_the_lines_around_it(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    body = json.dumps([{"content": "TAKEN-OUT-0-", "n": number} for number in range(4000)], indent=1)
    for text in (body, json.dumps([body]), body + "\0"):
        path.unlink(missing_ok=True)
        assert isinstance(library.save(path, Draft(name="x", body=Body("json", text=text), method="A")), Saved)
        path.write_text("# by hand\n" + path.read_text())
        loaded = library.opened(path)
        assert loaded.draft.body.text == text
        changed = msgspec.structs.replace(loaded.draft, method="B")
        before = path.read_text()
        assert isinstance(library.save(path, changed, base=loaded.stamp), Saved)
        assert path.read_text() == before.replace("method: A", "method: B")
        other = msgspec.structs.replace(changed, body=Body("json", text=text + "more"))
        assert isinstance(library.save(path, other, base=library.opened(path).stamp), Saved)
        library._known.clear()
        assert library.opened(path).draft == other
        assert path.read_text().startswith("# by hand\n")
