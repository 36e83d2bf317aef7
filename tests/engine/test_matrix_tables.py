"""Results of the matrix put side by side, and told as Markdown, CSV and JSON."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from streamscope.engine.matrix_changes import change, changes, merged, told
from streamscope.engine.matrix_tables import COLUMNS, comma_separated, markdown
from streamscope.engine.matrix_tables import json as as_json
from streamscope.model.matrix import Cell


def cell(name: str = "chat", auth: str = "token", *, offered: bool = True, **known: object) -> Cell:
    return Cell(name, "v1", auth, "public", "https", offered, id=name, **known)


WORKS = {"ok": True, "status": 200}
FAILED = {"ok": False, "status": 403, "reason": "no"}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (WORKS, FAILED, "newly failing"),
        (FAILED, WORKS, "newly working"),
        (WORKS | {"ttfb_ms": 100.0}, WORKS | {"ttfb_ms": 150.0}, "slower"),
        (WORKS | {"ttfb_ms": 150.0}, WORKS | {"ttfb_ms": 100.0}, "faster"),
        (WORKS | {"ttfb_ms": 100.0}, WORKS | {"ttfb_ms": 149.0}, None),
        (WORKS | {"ttfb_ms": 1.0}, WORKS | {"ttfb_ms": 20.0}, None),
        (WORKS, WORKS, None),
        (FAILED, FAILED | {"status": 500}, None),
        (WORKS, {"stopped": True}, None),
        ({}, FAILED, None),
    ],
)
def test_what_is_worth_a_word(before: dict[str, object], after: dict[str, object], kind: str | None) -> None:
    found = change(cell(**before), cell(**after))
    assert (found.kind if found is not None else None) == kind


def test_changes_are_counted_and_results_merged() -> None:
    before = [cell("a", **WORKS), cell("b", **WORKS), cell("gone", **FAILED)]
    after = [cell("a", **FAILED), cell("b", stopped=True), cell("new", **WORKS)]
    found = changes(before, after)
    assert {key[0]: one.kind for key, one in found.items()} == {"a": "newly failing"}
    assert [str(one) for one in told(found)] == ["1 newly failing"]
    assert told({}) == []
    kept = {one.id: one for one in merged(before, after)}
    assert kept == {"a": after[0], "b": before[1], "gone": before[2], "new": after[2]}


def test_markdown_is_a_table_a_service_and_brings_no_markup() -> None:
    cells = [
        cell("a|b\n*c*", **WORKS, ttfb_ms=12.4),
        cell("a|b\n*c*", "aksk", **FAILED),
        cell("a|b\n*c*", "none", offered=False, reason="never"),
        cell("shut", offered=False, reason="shut is stopped."),
    ]
    text = markdown(cells, changes([cell("a|b\n*c*", **FAILED)], cells))
    assert text.splitlines() == [
        r"### a\|b \*c\* (v1)",
        "",
        "| auth | channel | https |",
        "|---|---|---|",
        "| token | public | ✓ 200 12 ms (newly working) |",
        "| aksk | public | ✕ 403 no |",
        "",
        "### shut (v1)",
        "",
        "shut is stopped.",
    ]


@given(some.lists(some.tuples(some.text(some.characters(exclude_categories=["Cs"])), some.text())))
def test_comma_separated_values_read_back(rows: list[tuple[str, str]]) -> None:
    cells = [cell(name, **FAILED | {"reason": reason}) for name, reason in rows]
    read = list(csv.DictReader(io.StringIO(comma_separated(cells), newline="")))
    assert len(read) == len(cells)
    for row, one in zip(read, cells, strict=True):
        assert row["service"].removeprefix("'") == one.service.removeprefix("'")
        assert row["reason"].removeprefix("'") == one.reason.removeprefix("'")
        assert (row["state"], row["ok"], row["status"]) == ("failed", "false", "403")
        assert not row["reason"].startswith(("=", "+", "-", "@")), "a spreadsheet would take it for a formula"


def test_json_tells_figures_and_changes() -> None:
    cells = [cell(**FAILED), cell("b", stopped=True)]
    first, second = json.loads(as_json(cells, changes([cell(**WORKS, ttfb_ms=5.0)], cells)))["cells"]
    assert tuple(first)[: len(COLUMNS)] == COLUMNS
    assert first["change"] == "newly failing"
    assert first["before"] == {"ok": True, "status": 200, "ttfb_ms": 5.0}
    assert second["stopped"] is True
    assert "change" not in second
