"""The query of a path as rows, and back: what was typed stays as it was typed until its row is edited."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from streamscope.gui.switched_rows import Row
from streamscope.model.draft import Unsent

BARE = "bare"
"""Held by the row of `a`, which is another thing than `a=`."""

_HOLE_OR_SPECIAL = re.compile(r"(\{\{\s*[\w.-]+\s*\}\})|[\x00-\x20\x7f#&]")
_HOLE_OR_SPECIAL_IN_NAME = re.compile(r"(\{\{\s*[\w.-]+\s*\}\})|[\x00-\x20\x7f#&=]")


class Query(NamedTuple):
    """A path cut up: what stands before the question mark, the pieces between `&`, what stands from `#` on."""

    before: str
    mark: str
    pieces: tuple[str, ...]
    after: str

    def __str__(self) -> str:
        mark = "?" if self.pieces else self.mark
        return f"{self.before}{mark}{'&'.join(self.pieces)}{self.after}"


def cut(path: str) -> Query:
    """Any text as a query; `str()` of it is the text again."""
    head, sharp, fragment = path.partition("#")
    before, mark, query = head.partition("?")
    return Query(before, mark, tuple(query.split("&")) if query else (), sharp + fragment)


def row_of(piece: str) -> Row:
    """A piece of a query as a row that is sent."""
    name, mark, value = piece.partition("=")
    return Row(True, (name, value), None if mark else BARE)


def piece_of(row: Row) -> str:
    """The row as it stands in a query."""
    name, value = row.cells
    return name if row.held == BARE and not value else f"{name}={value}"


def written(text: str, *, name: bool) -> str:
    """What was typed into a cell as it can stand in a query: only what would end it is percent-encoded."""
    special = _HOLE_OR_SPECIAL_IN_NAME if name else _HOLE_OR_SPECIAL
    return special.sub(lambda match: match.group(1) or f"%{ord(match.group()):02X}", text)


def with_unsent(sent: Iterable[Row], unsent: Iterable[Unsent]) -> tuple[Row, ...]:
    """The rows that are sent, and those that are not at their places among them."""
    rows = list(sent)
    for one in sorted(unsent, key=lambda one: one.at):
        rows.insert(min(max(one.at, 0), len(rows)), Row(False, (one.name, one.value)))
    return tuple(rows)


def unsent_of(rows: Sequence[Row], place: Literal["header", "query"]) -> tuple[Unsent, ...]:
    """The rows that are switched off, as a draft keeps them."""
    return tuple(Unsent(place, at, row.cells[0], row.cells[1]) for at, row in enumerate(rows) if not row.on)


def merged(rows: Sequence[Row], pieces: Sequence[str]) -> tuple[Row, ...]:
    """The rows after the path was typed: other pieces, and what is switched off stays beside the same neighbours."""
    old = [piece_of(row) for row in rows if row.on]
    new = [row_of(piece) for piece in pieces]
    same = _common(old, pieces)
    tail = _common(old[same:][::-1], list(pieces[same:])[::-1])
    off: list[tuple[int, Row]] = []
    before = 0
    for row in rows:
        behind = len(old) - before
        if row.on:
            before += 1
        elif before > same and behind <= tail:
            off.append((len(new) - behind, row))
        else:
            off.append((min(before, same), row))
    made: list[Row] = []
    for at in range(len(new) + 1):
        made += [kept for place, kept in off if place == at]
        made += new[at : at + 1]
    return tuple(made)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
