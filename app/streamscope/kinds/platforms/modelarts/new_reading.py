"""Reading lists of the new generation, page after page.

Source: API reference, "Querying services": `limit` 1 to 500, `offset` a multiple of it; a page is
`{data, current, size, pages, total}`.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.rows import number, rows, text, whole
from streamscope.model.deployment import Outcome
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import phrase
from streamscope.tasks import together

Json = dict[str, Any]
PAGE = 500
"""Rows asked for at once: the most that there are."""
AT_ONCE = 4
"""Requests that wait for their answers at the same time: quick, and far from any throttling."""


_MOST = 400
"""Pages that are read at most, whatever total the platform tells."""


async def listed(site: Site, path: str, key: str, **query: Any) -> list[Json]:
    """All rows of a list, each once by its `key`.

    What is deleted while it is read lets the rows behind slide into pages that were read already: where the total
    shrank, all is read once more. Raises the tree of errors.
    """
    found: dict[str, Json] = {}
    for _ in range(2):
        if not await _read(site, path, key, query, found):
            break
    return list(found.values())


async def _read(site: Site, path: str, key: str, query: Json, found: dict[str, Json]) -> bool:
    """Read every page into `found`; whether rows were deleted meanwhile."""

    async def page(offset: int) -> Json:
        return await asked(site, "GET", "v2", f"{path}?{urlencode({**query, 'offset': offset, 'limit': PAGE})}")

    first = await page(0)
    full = _take(first, key, found) >= PAGE
    total = number(first, "total")
    if total is None:
        await _onward(page, key, found, full=full)
        return False
    offsets = range(PAGE, int(min(total, PAGE * _MOST)), PAGE)
    pages = await together((partial(page, offset) for offset in offsets), at_once=AT_ONCE, name=f"read {path}")
    for answer in pages:
        _take(answer, key, found)
    return bool(pages) and whole(pages[-1], "total", int(total)) < total


async def _onward(
    page: Callable[[int], Coroutine[Any, Any, Json]], key: str, found: dict[str, Json], *, full: bool
) -> None:
    """The pages behind the first where no total is told: until one is not full, or brings nothing new."""
    for number_of in range(1, _MOST):
        before = len(found)
        if not full:
            return
        full = _take(await page(number_of * PAGE), key, found) >= PAGE and len(found) > before


def _take(answer: Json, key: str, found: dict[str, Json]) -> int:
    read = rows(answer.get("data"))
    found.update((text(row, key), row) for row in read if text(row, key))
    return len(read)


def segment(text: str) -> str:
    """A name or id as a segment of a path. Raises UsageError for none: another address would be asked."""
    if not text:
        raise UsageError(phrase("The platform's id of it is not known."), phrase("Read the list again."))
    return quote(text, safe="")


def batches(all_of: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """Some after some, each once and none empty."""
    rest = iter(dict.fromkeys(all_of))
    while some := tuple(islice(rest, size)):
        yield some


def outcome(one: str, error: PlatformRefusal) -> Outcome:
    """What became of one thing that was refused."""
    return Outcome(one, done=False, note=str(error.message))
