"""Lists as the new generation tells them: filtered, sorted, cut into pages."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.datastructures import QueryParams

from streamscope.sandbox.management_v2.rules import invalid

MOST = 500
Row = dict[str, Any]


def page(rows: Sequence[Row], query: QueryParams) -> Row:
    """One page; the limit is 1 to 500 and the offset one of its multiples."""
    limit, offset = number(query, "limit", 10), number(query, "offset", 0)
    if not 1 <= limit <= MOST:
        raise invalid("limit", f"must be 1 to {MOST}")
    if offset % limit:
        raise invalid("offset", "must be a multiple of limit")
    return {
        "data": list(rows[offset : offset + limit]),
        "current": offset // limit,
        "size": limit,
        "pages": -(-len(rows) // limit),
        "total": len(rows),
    }


def filtered(rows: Sequence[Row], query: QueryParams, equal: Sequence[str], within: Sequence[str] = ()) -> list[Row]:
    """Rows whose fields are what the query says, or hold it whatever its letters' case."""
    wanted = {name: query[name] for name in equal if query.get(name)}
    parts = {name: query[name].lower() for name in within if query.get(name)}
    return [
        row
        for row in rows
        if all(str(row.get(name, "")) == value for name, value in wanted.items())
        and all(part in str(row.get(name, "")).lower() for name, part in parts.items())
    ]


def ordered(rows: Sequence[Row], query: QueryParams, keys: Sequence[str], default: str) -> list[Row]:
    """Rows by one or more keys, the highest first unless the query says ASC; equal ones stay as they were."""
    named = query.get("sort_key") or default
    wanted = [key.strip() for key in named.split(",")]
    if any(key not in keys for key in wanted):
        raise invalid("sort_key", f"must be of {', '.join(keys)}")
    direction = (query.get("sort_dir") or "DESC").upper()
    if direction not in ("ASC", "DESC"):
        raise invalid("sort_dir", "must be ASC or DESC")
    by: Callable[[Row], Any] = lambda row: [row[key] for key in wanted]  # noqa: E731
    return sorted(rows, key=by, reverse=direction == "DESC")


def span(rows: Sequence[Row], query: QueryParams, key: str) -> list[Row]:
    """Rows between the query's start_time and end_time, in milliseconds since the epoch."""
    start, end = number(query, "start_time", 0), number(query, "end_time", 2**63)
    return [row for row in rows if start <= row[key] <= end]


def number(query: QueryParams, name: str, default: int) -> int:
    """A whole number of the query."""
    text = query.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise invalid(name, "must be a whole number")
    return int(text)


def flag(query: QueryParams, name: str) -> bool:
    """A switch of the query."""
    text = (query.get(name) or "false").lower()
    if text not in ("true", "false"):
        raise invalid(name, "must be true or false")
    return text == "true"
