"""The difference of two texts, line by line, in bounded time. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST = 300
"""Lines that are aligned, once what begins and ends alike is taken off; of more, all are shown as changed."""
AROUND = 3
"""Lines that are shown around a change."""

Op = Literal["equal", "changed", "left out"]


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that are equal, or that replace each other; 'left out' are equal ones that are not shown."""

    op: Op
    old: tuple[str, ...]
    new: tuple[str, ...]


def runs(old: list[str], new: list[str]) -> Iterator[Run]:
    """The difference as runs of lines, from the first to the last."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[len(old) - 1 - tail] == new[len(new) - 1 - tail]:
        tail += 1
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield Run("equal", tuple(old[:head]), tuple(new[:head]))
    if len(one) > MOST or len(other) > MOST:
        yield Run("changed", tuple(one), tuple(other))
    else:
        for op, low, high, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            yield Run("equal" if op == "equal" else "changed", tuple(one[low:high]), tuple(other[first:last]))
    if tail:
        yield Run("equal", tuple(old[len(old) - tail :]), tuple(new[len(new) - tail :]))


def shortened(found: list[Run], around: int = AROUND) -> Iterator[Run]:
    """The runs with only some lines of what is equal; what is left out between them is counted."""
    for place, run in enumerate(found):
        if run.op != "equal":
            yield run
            continue
        before = around if place else 0
        after = around if place < len(found) - 1 else 0
        if len(run.old) <= before + after + 1:
            yield run
            continue
        stop = len(run.old) - after
        if before:
            yield Run("equal", run.old[:before], run.new[:before])
        yield Run("left out", run.old[before:stop], run.new[before:stop])
        if after:
            yield Run("equal", run.old[stop:], run.new[stop:])
