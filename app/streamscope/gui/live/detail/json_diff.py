"""How one JSON value becomes another, as a list of changes that can be applied in their order. Pure."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec

from streamscope.gui.live.detail.json_spans import Step

Op = Literal["added", "removed", "changed"]
Way = tuple[Step, ...]
_ALIGNED = 90_000
"""Pairs of items that are compared to align two arrays; longer ones are compared place by place."""
_WORDS = 600
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """One step: at `way`, in the value as it is after the steps before, a value is added, removed or replaced."""

    way: Way
    op: Op
    old: Any = None
    new: Any = None


def changes(old: Any, new: Any, seconds: float = 1.0) -> list[Change]:
    """The steps from one value to the other. Where time runs out, a value is replaced as a whole.

    Raises RecursionError for values that are nested too deeply to be compared.
    """
    until = time.perf_counter() + seconds
    found: list[Change] = []
    waiting: list[tuple[Way, Any, Any]] = [((), old, new)]
    while waiting:
        way, one, other = waiting.pop()
        if same(one, other):
            continue
        late = time.perf_counter() > until
        if type(one) is dict and type(other) is dict and not late:
            below = _of_objects(way, one, other, found)
        elif type(one) is list and type(other) is list and not late:
            below = _of_arrays(way, one, other, found)
        else:
            found.append(Change(way, "changed", one, other))
            continue
        waiting += below[::-1]
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: true is not 1."""
    if type(one) is not type(other):
        return False
    if type(one) in (dict, list):
        return bool(
            msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(other, order="deterministic")
        )
    return bool(one == other)


def applied(steps: list[Change], value: Any) -> Any:
    """The value after these steps; the given one is used up."""
    top = [value]
    for step in steps:
        holder: Any = top
        key: Step = 0
        for part in step.way:
            holder, key = holder[key], part
        if step.op == "removed":
            del holder[key]
        elif step.op == "added" and isinstance(holder, list) and isinstance(key, int):
            holder.insert(key, step.new)
        else:
            holder[key] = step.new
    return top[0]


def _of_objects(way: Way, old: dict[str, Any], new: dict[str, Any], found: list[Change]) -> list[tuple[Way, Any, Any]]:
    found += [Change((*way, name), "removed", value) for name, value in old.items() if name not in new]
    found += [Change((*way, name), "added", None, value) for name, value in new.items() if name not in old]
    return [((*way, name), value, new[name]) for name, value in old.items() if name in new]


def _of_arrays(way: Way, old: list[Any], new: list[Any], found: list[Change]) -> list[tuple[Way, Any, Any]]:
    """Removed from the back, then added from the front, so that each place is right at its moment."""
    pairs, removed, added = _aligned(old, new)
    found += [Change((*way, place), "removed", old[place]) for place in reversed(removed)]
    found += [Change((*way, place), "added", None, new[place]) for place in added]
    return [((*way, after), old[before], new[after]) for before, after in pairs]


def _aligned(old: list[Any], new: list[Any]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Which items are the same one at another place or changed, which are gone, which are new."""
    if len(old) * len(new) > _ALIGNED:
        both = min(len(old), len(new))
        return [(at, at) for at in range(both)], list(range(both, len(old))), list(range(both, len(new)))
    encode = msgspec.json.Encoder(order="deterministic").encode
    matcher = SequenceMatcher(None, [encode(one) for one in old], [encode(one) for one in new], autojunk=False)
    pairs: list[tuple[int, int]] = []
    removed: list[int] = []
    added: list[int] = []
    for op, low, high, first, last in matcher.get_opcodes():
        both = min(high - low, last - first)
        if op == "replace":
            pairs += [(low + at, first + at) for at in range(both)]
        if op != "equal":
            start = both if op == "replace" else 0
            removed += range(low + start, high)
            added += range(first + start, last)
    return pairs, removed, added


def words(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    """Two texts side by side in runs of words: equal, removed or added, and the words of each."""
    one, other = _WORD.findall(old), _WORD.findall(new)
    if len(one) > _WORDS or len(other) > _WORDS:
        yield ("equal" if old == new else "changed"), old, new
        return
    for op, low, high, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        yield ("equal" if op == "equal" else "changed"), "".join(one[low:high]), "".join(other[first:last])
