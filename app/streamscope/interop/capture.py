"""A file of any known format, opened as an exchange: what it is, is told by its content and not by its name."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import msgspec

from streamscope.interop import lines, raw
from streamscope.interop.har import Har
from streamscope.interop.har.reading import Entry
from streamscope.interop.lines import Problem
from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.event import Event, Message, Read, RequestSent
from streamscope.model.phrase import phrase
from streamscope.store import recordings
from streamscope.store.recordings import Exchange, Recordings

Format = Literal["recording", "lines", "har", "raw"]
_LOOKED_AT = 1 << 16
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_LOG = re.compile(rb'"log"\s*:\s*\{')
_KIND = re.compile(rb'\s*\{\s*"kind"\s*:')
_SHOWN = 20
_BATCH, _HELD = 512, 1 << 22
"""Events, or bytes of them, that are appended at once."""


@dataclass(frozen=True, slots=True)
class Capture:
    """An opened file: the exchange (its owner closes it), what the file is, and what could not be taken over."""

    exchange: Exchange
    format: Format
    problems: tuple[Problem, ...]
    """The first of them."""
    problem_count: int
    entries: tuple[Entry, ...] = ()
    """Of a HAR file, all."""
    timed: bool = True
    """Whether the times of its events are true ones."""


def opened(path: Path, *, is_raw: bool = False, dialect: str = "", entry: int = 1) -> Capture:
    """Open a recording, JSON lines, a HAR file (which entry, from 1), or where it `is_raw` a captured body.

    `dialect` pins the one to read payloads with. Raises StoreError for what cannot be read, UsageError without that
    entry.
    """
    path = path.expanduser()
    if path.is_dir() or recordings.is_recording(path):
        return _recording(path)
    try:
        if is_raw:
            return _captured(path, dialect)
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
        if start.startswith(raw.GZIP):
            with gzip.open(path) as unpacked:
                return _known(path, cast("BinaryIO", unpacked), dialect, entry)
        with path.open("rb") as file:
            return _known(path, file, dialect, entry)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


def _recording(path: Path) -> Capture:
    try:
        return Capture(recordings.opened(path), "recording", (), 0)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise _unreadable(path, error) from error


def _known(path: Path, file: BinaryIO, dialect: str, entry: int) -> Capture:
    start = file.read(_LOOKED_AT)
    file.seek(0)
    format_ = _format(start)
    if format_ == "lines":
        return _filled(lines.read(file), "lines", dialect)
    if format_ == "har":
        har = Har(file.read())
        if not len(har):
            raise StoreError(phrase("The HAR file {path} has no entries.", path=path))
        return _filled(har.events(entry), "har", dialect, entries=tuple(har.entries()))
    if not start.strip():
        raise StoreError(phrase("The file {path} is empty.", path=path))
    raise StoreError(
        phrase("The file {path} is no recording, no JSON lines of events and no HAR file.", path=path),
        phrase("For the bare body of an answer (event stream, JSON) add --raw."),
    )


def _format(start: bytes) -> Format | None:
    """What the first bytes tell: a line that is an event, or a HAR file's log."""
    for mark in _BOMS:
        if start.startswith(mark):
            start = start.removeprefix(mark).replace(b"\0", b"")  # UTF-16 of ASCII
    first, *more = start.split(b"\n")
    if _KIND.match(start) or any(map(lines.is_event, (first, *more[:_SHOWN]))):
        return "lines"
    return "har" if start.lstrip().startswith(b"{") and _LOG.search(start) else None


def _captured(path: Path, dialect: str) -> Capture:
    found = raw.events_of(path.read_bytes(), path.name, path.stat().st_mtime, dialect)
    return _filled(found, "raw", dialect, timed=False)


def _filled(
    found: Iterable[Event | Problem],
    format_: Format,
    dialect: str,
    *,
    entries: tuple[Entry, ...] = (),
    timed: bool = True,
) -> Capture:
    """An exchange of these events. Raises StoreError where there are none."""
    exchange = Recordings(None).new(Draft(), keep=False)
    problems: list[Problem] = []
    batch: list[Event] = []
    count = held = 0
    try:
        for item in _unpacked(found):
            if len(batch) == _BATCH or held > _HELD:
                exchange.extend(batch)
                batch, held = [], 0
            if isinstance(item, Problem):
                count += 1
                if len(problems) < _SHOWN:
                    problems.append(item)
                continue
            if isinstance(item, RequestSent) and dialect:
                item = msgspec.structs.replace(item, dialect=dialect)
            batch.append(item)
            held += item.size if isinstance(item, Message | Read) else 0
        if batch:
            exchange.extend(batch)
        if not len(exchange):
            raise StoreError(
                phrase("The file holds no event that can be read."),
                problems[0].reason if problems else phrase("It may have been cut off."),
            )
    except BaseException:
        exchange.close()
        raise
    return Capture(exchange, format_, tuple(problems), count, entries, timed)


def _unpacked(found: Iterable[Event | Problem]) -> Iterator[Event | Problem]:
    """The same; packed data that ends too early or is damaged is a problem behind what could be unpacked."""
    try:
        yield from found
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Problem(0, phrase("the packed file ends too early or is damaged: {reason}", reason=error))


def _unreadable(path: Path, error: Exception) -> StoreError:
    reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    return StoreError(
        phrase("The file {path} cannot be read: {reason}.", path=path, reason=reason),
        phrase("Check that it is there, that you may read it, and that it is whole."),
        cause=str(error),
    )
