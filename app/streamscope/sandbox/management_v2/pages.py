"""Lists as the new generation tells them: filtered, sorted, cut into pages."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from starlette.datastructures import QueryParams

from streamscope.sandbox.operations import bad_parameter, choice, number

MOST = 500
T = TypeVar("T")
Row = dict[str, Any]
BY_TIME: Mapping[str, Callable[[Row], Any]] = {key: itemgetter(key) for key in ("update_at", "create_at")}
"""What most lists can be sorted by."""


def page(rows: Sequence[Any], query: QueryParams) -> Row:
    """One page; the limit is 1 to 500 and the offset one of its multiples."""
    limit, offset = number(query, "limit", 10), number(query, "offset", 0)
    if not 1 <= limit <= MOST:
        raise bad_parameter("limit", f"it must be 1 to {MOST}")
    if offset % limit:
        raise bad_parameter("offset", "it must be a multiple of limit")
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


def ordered(rows: Sequence[T], query: QueryParams, keys: Mapping[str, Callable[[T], Any]], default: str) -> list[T]:
    """Rows by one or more keys, the highest first unless the query says ASC; equal ones stay as they were."""
    wanted = [key.strip() for key in (query.get("sort_key") or default).split(",")]
    if any(key not in keys for key in wanted):
        raise bad_parameter("sort_key", f"it must be of {', '.join(keys)}")
    direction = choice(query, "sort_dir", "DESC", frozenset({"ASC", "DESC"}))
    found = list(rows)
    for key in reversed(wanted):
        found.sort(key=keys[key], reverse=direction == "DESC")
    return found


def span(rows: Sequence[Row], query: QueryParams, key: str) -> list[Row]:
    """Rows between the query's start_time and end_time, in milliseconds since the epoch."""
    start, end = number(query, "start_time", 0), number(query, "end_time", 10**14)
    return [row for row in rows if start <= row[key] <= end]


def flag(query: QueryParams, name: str) -> bool:
    """A switch of the query."""
    text = (query.get(name) or "false").lower()
    if text not in ("true", "false"):
        raise bad_parameter(name, "it must be true or false")
    return text == "true"
