"""Lists as the old generation tells them: sorted and cut by their first row."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import QueryParams

from streamscope.sandbox.operations import choice, number

MOST = 1000
Row = dict[str, Any]
_ORDERS = frozenset({"asc", "desc"})


def page(rows: Sequence[Row], name: str, query: QueryParams) -> Row:
    """The rows from `offset` on, `limit` at most (1000); the count of all and of those."""
    offset, limit = number(query, "offset", 0), number(query, "limit", MOST, 1, MOST)
    told = list(rows[offset : offset + limit])
    return {"total_count": len(rows), "count": len(told), name: told}


def ordered(rows: Sequence[Row], query: QueryParams, keys: Sequence[str]) -> list[Row]:
    """Rows by one of some keys, the first of them where none is named; the highest first unless the query says asc."""
    key = choice(query, "sort_by", keys[0], frozenset(keys))
    down = choice(query, "order", "desc", _ORDERS) == "desc"
    return sorted(rows, key=lambda row: row.get(key) or 0, reverse=down)


def equal(rows: Sequence[Row], query: QueryParams, names: Sequence[str]) -> list[Row]:
    """Rows whose fields are what the query says of them."""
    wanted = {name: query[name] for name in names if query.get(name)}
    return [row for row in rows if all(str(row.get(name, "")) == value for name, value in wanted.items())]


def within(rows: Sequence[Row], query: QueryParams, names: Sequence[str]) -> list[Row]:
    """Rows whose fields hold what the query says of them, whatever its letters' case."""
    wanted = {name: query[name].lower() for name in names if query.get(name)}
    return [row for row in rows if all(part in str(row.get(name, "")).lower() for name, part in wanted.items())]
