"""What changed between two results of the access matrix. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from streamscope.model.matrix import Cell, Key
from streamscope.model.phrase import Phrase, phrase

ChangeKind = Literal["newly failing", "newly working", "slower", "faster"]

_RATIO = 1.5
_LEAST_MS = 20.0
"""A first byte is slower or faster where the times are this many times and this many ms apart: less is chance."""

WORDS: dict[ChangeKind, Phrase] = {
    "newly failing": phrase("newly failing"),
    "newly working": phrase("newly working"),
    "slower": phrase("slower"),
    "faster": phrase("faster"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """How a combination's result differs from the one before; `ratio` is new over old time to first byte."""

    kind: ChangeKind
    before: Cell
    ratio: float = 0.0


def change(before: Cell | None, after: Cell) -> Change | None:
    """What is worth a word between two results of one combination; None where one is missing or nothing is."""
    if before is None or before.ok is None or after.ok is None:
        return None
    if before.ok != after.ok:
        return Change("newly working" if after.ok else "newly failing", before)
    old, new = before.ttfb_ms, after.ttfb_ms
    if not after.ok or not old or not new or abs(new - old) < _LEAST_MS:
        return None
    ratio = new / old
    if ratio >= _RATIO:
        return Change("slower", before, ratio)
    return Change("faster", before, ratio) if ratio <= 1 / _RATIO else None


def changes(before: Iterable[Cell], after: Iterable[Cell]) -> dict[Key, Change]:
    """The changes of all combinations, by what names them."""
    known = {cell.key: cell for cell in before}
    found = ((cell.key, change(known.get(cell.key), cell)) for cell in after)
    return {key: one for key, one in found if one is not None}


def told(found: Mapping[Key, Change]) -> list[Phrase]:
    """How many of each kind, as phrases; empty where nothing changed."""
    counts = Counter(one.kind for one in found.values())
    return [phrase("{count} {change}", count=counts[kind], change=word) for kind, word in WORDS.items() if counts[kind]]


def merged(before: Iterable[Cell], after: Iterable[Cell]) -> list[Cell]:
    """The results to keep: the new ones, and the old ones where nothing new came (stopped, or not called again)."""
    old = {cell.key: cell for cell in before}
    fresh = {cell.key: cell for cell in after if cell.ok is not None or cell.key not in old}
    return list((old | fresh).values())
