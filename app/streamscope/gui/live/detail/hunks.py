"""A difference as a person reads it: where, what was, what is, and which words differ. Pure."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from streamscope.gui.live.detail.json_diff import Change, words
from streamscope.gui.live.detail.json_spans import json_path
from streamscope.gui.live.detail.line_diff import runs, shortened

Line = list[tuple[str, bool]]
"""The texts of a line, each with whether it differs."""
Lines = list[Line]
_LONGEST = 2_000
_MOST, _LINES = 400, 150
"""Changes of a value, and lines of one change, that are shown."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Where something is (`way`), lines that are equal or changed, how many equal ones are left out (`count`), or how
    many more changes there are that are not shown."""

    op: Literal["way", "equal", "changed", "left out", "more"]
    old: Lines
    new: Lines
    way: str = ""
    count: int = 0


def of_changes(found: list[Change]) -> list[Hunk]:
    """The changes of a JSON value, each beneath its path; of very many only the first."""
    hunks: list[Hunk] = []
    for change in found[:_MOST]:
        hunks.append(Hunk("way", [], [], json_path(list(change.way))))
        old = [] if change.op == "added" else [_shown(change.old)]
        new = [] if change.op == "removed" else [_shown(change.new)]
        hunks.append(_changed(old, new))
    if len(found) > _MOST:
        hunks.append(Hunk("more", [], [], count=len(found) - _MOST))
    return hunks


def of_lines(old: list[str], new: list[str]) -> list[Hunk]:
    """The difference of two texts, with some equal lines around what changed."""
    hunks: list[Hunk] = []
    for run in shortened(list(runs(old, new))):
        if run.op == "left out":
            hunks.append(Hunk("left out", [], [], count=len(run.old)))
        elif run.op == "equal":
            hunks.append(Hunk("equal", [[(line, False)] for line in run.old], [[(line, False)] for line in run.new]))
        elif run.old or run.new:
            hunks.append(_changed(list(run.old[:_LINES]), list(run.new[:_LINES])))
            if (more := max(len(run.old), len(run.new)) - _LINES) > 0:
                hunks.append(Hunk("more", [], [], count=more))
    return hunks


def plain(line: Line) -> str:
    """A line without its marks."""
    return "".join(text for text, _ in line)


def _changed(old: list[str], new: list[str]) -> Hunk:
    """Lines that replace others: the first the first, and so on; words are compared within each pair."""
    before: Lines = [[(line, True)] for line in old]
    after: Lines = [[(line, True)] for line in new]
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        found = list(words(one, other))
        before[place] = [(gone, op == "changed") for op, gone, _ in found if gone]
        after[place] = [(come, op == "changed") for op, _, come in found if come]
    return Hunk("changed", before, after)


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
