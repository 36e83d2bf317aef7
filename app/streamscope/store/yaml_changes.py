"""Changing a YAML file only where its values change: comments, order, quotes and every untouched line stay as they are.

The text is never written anew from its values: nodes know their places, and only the lines of what changed are
replaced. What cannot be changed so (a mapping in braces, say) raises Stubborn; then the caller writes it whole.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from streamscope.store.yaml_writing import entry, item, scalar

Node: TypeAlias = Any
"""A node of ruamel.yaml: it has `id`, `tag`, `value`, `start_mark`, `end_mark`, and `style` or `flow_style`."""
Tree = dict[str, Any]
Edit = tuple[int, int, str]
"""From, to before (characters of the text), and what stands there instead."""


class Stubborn(Exception):
    """This cannot be changed line by line."""


@dataclass(slots=True)
class Changes:
    """The edits of one text; lines are counted from 0."""

    text: str
    lines: list[str] = field(init=False)
    starts: list[int] = field(init=False)
    edits: list[Edit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = self.text.splitlines(keepends=True) if "\r" in self.text else _lines(self.text)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def applied(self) -> str:
        """The text with all edits made; the last place first, so that the others stay where they are."""
        text = self.text
        for start, stop, new in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            text = text[:start] + new + text[stop:]
        return text

    def replace(self, first: int, last: int, new: str) -> None:
        """Put these lines in the place of lines `first` to before `last`."""
        self.edits.append((self.starts[first], self.starts[last], new))


def changed(text: str, root: Node, old: Tree, new: Tree, order: Sequence[str]) -> str:
    """The text that means `new`, where it meant `old`; `order` says behind which name a new one is put.

    Raises Stubborn.
    """
    if not text.endswith("\n"):
        text += "\n"
    changes = Changes(text)
    end = next(
        (n for n, line in enumerate(changes.lines) if n > root.start_mark.line and line[:3] in ("---", "...")),
        len(changes.lines),
    )
    _mapping(changes, root, old, new, end, order)
    return changes.applied()


def _mapping(changes: Changes, node: Node, old: Tree, new: Tree, end: int, order: Sequence[str]) -> None:
    """Change a mapping whose lines end before `end`; its first name may stand behind a dash."""
    if node.flow_style or not node.value:
        raise Stubborn
    column = node.start_mark.column
    firsts = [key.start_mark.line for key, _ in node.value]
    found: dict[str, tuple[Node, Node, int, int]] = {}
    for number, (key, value) in enumerate(node.value):
        before = changes.lines[firsts[number]][:column]
        if key.start_mark.column != column or changes.lines[firsts[number]][column : column + 2] == "? ":
            raise Stubborn
        if before.strip() not in ("", "-"):
            raise Stubborn
        last = firsts[number + 1] if number + 1 < len(firsts) else end
        found[key.value] = (key, value, firsts[number], _trimmed(changes.lines, firsts[number], last, column))
    dashed = bool(changes.lines[firsts[0]][:column].strip())
    for name, (key, value, first, last) in found.items():
        if name not in old or old[name] == new.get(name, _GONE):
            continue
        if name not in new:
            if dashed and first == firsts[0]:
                raise Stubborn
            changes.replace(first, last, "")
        else:
            _entry(changes, key, value, old[name], new[name], (first, last, column))
    fresh = [name for name in new if name not in found and new[name] != old.get(name, _GONE)]
    for name in fresh:
        at = _place(name, found, order, firsts[0], dashed=dashed)
        changes.edits.append((changes.starts[at], changes.starts[at], entry(name, new[name], column)))
    _ordered(changes)


_GONE = object()


def _entry(changes: Changes, key: Node, value: Node, old: Any, new: Any, place: tuple[int, int, int]) -> None:
    """Give a name another value, with as few changes as may be."""
    first, last, column = place
    if isinstance(old, dict) and isinstance(new, dict) and value.id == "mapping":
        try:
            _tried(changes, lambda: _mapping(changes, value, old, new, last, tuple(new)))
            return
        except Stubborn:
            pass
    if isinstance(old, list) and isinstance(new, list) and value.id == "sequence":
        try:
            _tried(changes, lambda: _sequence(changes, value, old, new, last))
            return
        except Stubborn:
            pass
    start, stop = value.start_mark, value.end_mark
    style = value.style if value.id == "scalar" else "-"
    line = entry(key.value, new, column)
    if style not in ("|", ">", "-") and start.line == stop.line and line.count("\n") == 1:
        behind = changes.text[key.end_mark.index : start.index]
        lead = "" if behind.endswith((" ", "\t")) else " "
        changes.edits.append((start.index, stop.index, lead + scalar(new)))
        return
    block = _indent(changes.lines, first, last, column) if style == "|" else 0
    whole = entry(key.value, new, column, block=block) if block else line
    name = changes.text[changes.starts[first] : key.end_mark.index]
    if whole.endswith("\n\n"):  # all blank lines at the end of such a block are its own
        while last < len(changes.lines) and changes.lines[last] == "\n":
            last += 1
    shown = whole[column:].removeprefix(scalar(key.value))
    changes.replace(first, last, name + shown)


def _sequence(changes: Changes, node: Node, old: list[Any], new: list[Any], end: int) -> None:
    """Change a list: items that stayed keep their lines."""
    if node.flow_style or len(node.value) != len(old) or not new:
        raise Stubborn
    column = node.start_mark.column
    firsts = [child.start_mark.line for child in node.value]
    if any(changes.lines[line][: column + 1].strip() != "-" for line in firsts):
        raise Stubborn
    lasts = [
        _trimmed(changes.lines, first, firsts[n + 1] if n + 1 < len(firsts) else end, column)
        for n, first in enumerate(firsts)
    ]
    import difflib

    matcher = difflib.SequenceMatcher(None, [_key(one) for one in old], [_key(one) for one in new], autojunk=False)
    for tag, low, high, start, stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        common = min(high - low, stop - start)
        for number in range(common):
            _item(changes, node.value[low + number], old[low + number], new[start + number],
                  (firsts[low + number], lasts[low + number], column))  # fmt: skip
        for number in range(low + common, high):
            changes.replace(firsts[number], lasts[number], "")
        added = "".join(item(one, column) for one in new[start + common : stop])
        if added:
            at = lasts[high - 1] if high else firsts[0]
            changes.edits.append((changes.starts[at], changes.starts[at], added))
    _ordered(changes)


def _item(changes: Changes, node: Node, old: Any, new: Any, place: tuple[int, int, int]) -> None:
    first, last, column = place
    try:
        if node.id == "mapping" and isinstance(old, dict) and isinstance(new, dict):
            _tried(changes, lambda: _mapping(changes, node, old, new, last, tuple(new)))
            return
        if node.id == "mapping" and isinstance(old, tuple) and isinstance(new, tuple) and old[0] == new[0]:
            before, after = {old[0]: old[1]}, {new[0]: new[1]}
            if len(node.value) == 1:
                _tried(changes, lambda: _mapping(changes, node, before, after, last, ()))
                return
    except Stubborn:
        pass
    changes.replace(first, last, item(new, column))


def _tried(changes: Changes, change: Any) -> None:
    """Make changes, or none of them where one is stubborn."""
    kept = list(changes.edits)
    try:
        change()
    except Stubborn:
        changes.edits[:] = kept
        raise


def _ordered(changes: Changes) -> None:
    """Of edits at one place, those that were asked for first come first: they are joined."""
    joined: dict[tuple[int, int], str] = {}
    for start, stop, new in changes.edits:
        joined[(start, stop)] = joined.get((start, stop), "") + new if start == stop else new
    changes.edits[:] = [(start, stop, new) for (start, stop), new in joined.items()]


def _trimmed(lines: list[str], first: int, last: int, column: int) -> int:
    """Where an entry's lines end: comments and blank lines at its end belong to what follows."""
    keeps = lines[first].rstrip().endswith("+")
    while last > first + 1:
        line = lines[last - 1]
        bare = line.lstrip(" ")
        comment = bare.startswith("#") and len(line) - len(bare) <= column
        if not comment and (line.strip("\n") or keeps):
            break
        last -= 1
    return last


def _place(
    name: str, found: dict[str, tuple[Any, Any, int, int]], order: Sequence[str], first: int, *, dashed: bool
) -> int:
    """Before which line a new name is put: behind the nearest that comes before it in the order."""
    known = order.index(name) if name in order else len(order)
    for before in reversed(order[:known]):
        if before in found:
            return found[before][3]
    if dashed or name not in order:
        return max(last for *_, last in found.values())
    return first


def _indent(lines: list[str], first: int, last: int, column: int) -> int:
    """How far in a block of text stands behind its name."""
    for line in lines[first + 1 : last]:
        if line.strip():
            return max(1, min(9, len(line) - len(line.lstrip(" ")) - column))
    return 0


def _key(value: Any) -> str:
    return json.dumps(value)


def _lines(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")[:-1]]
