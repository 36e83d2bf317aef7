"""A recording written into a file of its own: JSON lines of events, or HAR; all of it or nothing."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from streamscope.interop import har
from streamscope.model.errors import StoreError
from streamscope.model.event import Event, encode_lines
from streamscope.model.phrase import phrase
from streamscope.store.files import TEMPORARY, private

_PAGE = 512


class Stopped(Exception):
    """Whoever asked for it wants it no longer."""


def save(events: Iterable[Event], total: int, path: Path, progress: Callable[[float], bool] = lambda _: True) -> None:
    """Write the events of a recording: HAR 1.2 where the name ends in .har, else JSON lines.

    `total` is their number; `progress` is told the share that is done (0 to 1) and says whether to go on. The file is
    readable by its owner only, and what was there is replaced when it is whole. Raises StoreError, and Stopped.
    """
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        with private(temporary) as file:
            told = _told(events, max(1, total), progress)
            if path.suffix.lower() == ".har":
                har.write([told], file)
            else:
                for page in _pages(told):
                    file.write(encode_lines(page))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            phrase("{path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            phrase("Free some space, or choose another folder."),
            cause=str(error),
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _told(events: Iterable[Event], total: int, progress: Callable[[float], bool]) -> Iterator[Event]:
    for number, event in enumerate(events):
        if number % _PAGE == 0 and not progress(number / total):
            raise Stopped
        yield event


def _pages(events: Iterable[Event]) -> Iterator[list[Event]]:
    page: list[Event] = []
    for event in events:
        page.append(event)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
