"""The access matrix as text: Markdown, CSV and JSON. Pure."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from streamscope.engine.matrix_changes import Change
from streamscope.model.matrix import Cell, Key

COLUMNS = ("service", "generation", "auth", "channel", "protocol", "offered", "ok", "status", "ttfb_ms", "reason", "id")
_MARKS = {"works": "✓", "failed": "✕", "stopped": "■", "waiting": "○", "not offered": "–"}
Found = Mapping[Key, Change]
NO_CHANGES: Found = {}


def markdown(cells: Sequence[Cell], found: Found = NO_CHANGES) -> str:
    """A table for each service: rows authentication and channel, columns protocols; empty rows are one line."""
    protocols = list(dict.fromkeys(cell.protocol for cell in cells))
    blocks = []
    for key in dict.fromkeys(cell.id or cell.service for cell in cells):
        mine = [cell for cell in cells if (cell.id or cell.service) == key]
        lines = [f"### {_safe(mine[0].service)} ({_safe(mine[0].generation)})", ""]
        if any(cell.offered for cell in mine):
            lines += [f"| auth | channel | {' | '.join(protocols)} |", "|---|---|" + "---|" * len(protocols)]
        elif mine[0].reason:
            lines += [_safe(mine[0].reason)]
        for auth, channel in dict.fromkeys((cell.auth, cell.channel) for cell in mine if cell.offered):
            row = {cell.protocol: cell for cell in mine if (cell.auth, cell.channel) == (auth, channel)}
            told = [_told(row[one], found) if one in row else "" for one in protocols]
            lines.append(f"| {auth} | {channel} | {' | '.join(told)} |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def comma_separated(cells: Sequence[Cell], found: Found = NO_CHANGES) -> str:
    """One line a combination (RFC 4180), with a heading; `state` is one word, `change` what differs from before.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([*COLUMNS, "state", "change"])
    for cell in cells:
        values = [getattr(cell, name) for name in COLUMNS]
        lines.writerow([*map(_field, values), cell.state, _change(cell, found)])
    return out.getvalue()


def json(cells: Sequence[Cell], found: Found = NO_CHANGES) -> str:
    """One object: `cells`, each with its figures; with `change` and `before` where it differs from the last run."""
    return msgspec.json.encode({"cells": [_row(cell, found) for cell in cells]}).decode() + "\n"


FORMATS: dict[str, Callable[[Sequence[Cell], Found], str]] = {
    "markdown": markdown,
    "csv": comma_separated,
    "json": json,
}


def _row(cell: Cell, found: Found) -> dict[str, Any]:
    row = {name: getattr(cell, name) for name in COLUMNS}
    if cell.stopped:
        row["stopped"] = True
    if (one := found.get(cell.key)) is not None:
        before = one.before
        row |= {"change": one.kind, "before": {"ok": before.ok, "status": before.status, "ttfb_ms": before.ttfb_ms}}
    return row


def _told(cell: Cell, found: Found) -> str:
    parts = [_MARKS[cell.state]]
    if cell.status is not None:
        parts.append(str(cell.status))
    if cell.ok and cell.ttfb_ms is not None:
        parts.append(f"{cell.ttfb_ms:.0f} ms")
    elif cell.reason:
        parts.append(_safe(cell.reason))
    if (word := _change(cell, found)) != "":
        parts.append(f"({word})")
    return " ".join(parts)


def _change(cell: Cell, found: Found) -> str:
    one = found.get(cell.key)
    if one is None:
        return ""
    return f"{one.kind} ×{one.ratio:.1f}" if one.ratio else one.kind


def _safe(text: str) -> str:
    """A text that stays in one cell of a Markdown table and brings no markup."""
    flat = " ".join(text.split())
    for sign in "\\`*_[]<>|":
        flat = flat.replace(sign, f"\\{sign}")
    return flat


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t") else text
