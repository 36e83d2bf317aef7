"""Lists of the old generation, page after page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.rows import number, rows, text

PAGE = 500
"""Rows asked for at once."""
_MOST_PAGES = 1000


async def paged(site: Site, path: str, name: str, key: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every row of a list, each once by its `key`.

    The reference calls the offset "page index or start": both are understood. Raises the tree of errors.
    """
    found: dict[str, dict[str, Any]] = {}
    offset, by_rows = 0, False
    for _ in range(_MOST_PAGES):
        words = urlencode({**query, "offset": offset, "limit": PAGE})
        page = await asked(site, "GET", "v1", f"{path}?{words}")
        told = {text(row, key): row for row in _rows(page, name, key)}
        fresh = {one: row for one, row in told.items() if one not in found}
        if offset == 1 and len(fresh) < len(told):  # a row was told twice: the offset counts rows here, not pages
            by_rows = True
        found |= fresh
        total = number(page, "total_count")
        if not fresh or (len(told) < PAGE if total is None else len(found) >= total):
            break
        offset = len(found) if by_rows else offset + 1
    return list(found.values())


def _rows(page: dict[str, Any], name: str, key: str) -> list[dict[str, Any]]:
    """The rows under their name; where there is none of that name, the first list whose rows have the key."""
    lists = [page[name]] if name in page else list(page.values())
    found = ([row for row in rows(one) if text(row, key)] for one in lists)
    return next((one for one in found if one), [])
