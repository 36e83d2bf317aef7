"""JSON lines of events, as `--save` and `--output events` write them, read back as far as they can be.

Reading streams: a line at a time, whatever the file's size. What is no event is told with its number and left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import msgspec

from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.errors import StoreError
from streamscope.model.event import VERSION, Event, Finding, Message, Read, RequestSent, decode
from streamscope.model.phrase import Phrase, phrase

LONGEST = 128 << 20
"""Bytes of one line that are held at once; the largest payload, escaped, has less."""
_PIECE = 1 << 20
_LARGEST, _READS, _BYTES = 1 << 63, 1 << 31, 1 << 39
"""What no number, no read's number and no size reaches: a recording's index has room for no more."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be taken over: where (a line's or an entry's number, from 1), and why."""

    at: int
    reason: Phrase


class _Begin(msgspec.Struct):
    """What lets a line of a newer version be told from a broken one."""

    kind: str
    version: int = 1


_begin = msgspec.json.Decoder(_Begin)


def read(file: BinaryIO) -> Iterator[Event | Problem]:
    """Every event of the lines, in order, and a problem for each line that is none.

    Findings are left out: they are derived. Raises StoreError where a newer version wrote the lines.
    """
    for number, line in _lines(file):
        if line is None:
            yield Problem(number, phrase("longer than {limit} MB", limit=LONGEST >> 20))
            continue
        try:
            event = decode(line)
            check(event)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as error:
            if line.strip():
                _refuse_newer(line)
                yield Problem(number, phrase("{reason}", reason=told(error)))
            continue
        if isinstance(event, RequestSent):
            _refuse_newer(line)
            event, wrong = known(event)
            if wrong is not None:
                yield Problem(number, wrong)
        if not isinstance(event, Finding):
            yield event


def is_event(line: bytes) -> bool:
    """Whether a line looks like an event of any version: an object with a kind and a time."""
    try:
        value = msgspec.json.decode(line.removeprefix(_BOM), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return "kind" in value and "t" in value


def newer(what: str, version: int) -> StoreError:
    """The refusal of something that a newer version wrote."""
    return StoreError(
        phrase(
            "{what} was written by a newer version (format {version}, known is {known}).",
            what=what,
            version=version,
            known=VERSION,
        ),
        phrase("Update Streamscope to read it."),
    )


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Numbers and lines; None for a line that is too long to be held."""
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) == LONGEST and not line.endswith(b"\n"):
            while (piece := file.readline(_PIECE)) and not piece.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line


def _refuse_newer(line: bytes) -> None:
    try:
        begin = _begin.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if begin.kind == "request" and begin.version > VERSION:
        raise newer("The recording", begin.version)


def check(event: Event) -> None:
    """Raises ValueError for numbers that no recording can hold: times before Send, or beyond its index."""
    if not 0 <= event.t < _LARGEST:
        raise ValueError("'t' is out of range")
    if type(event) is Message:  # nearly all events of a file are of these two kinds
        first, last = event.reads
        if not (0 <= first < _READS and 0 <= last < _READS):
            raise ValueError("'reads' are out of range")
        _check_value((event.retry, event.length, event.frames))
    elif type(event) is Read:
        if not (0 <= event.read < _READS and 0 <= event.size < _BYTES):
            raise ValueError("'read' or 'bytes' is out of range")
    else:
        _check_value(event)


def _check_value(value: Any) -> None:
    if type(value) is int:
        if not -_LARGEST <= value < _LARGEST:
            raise ValueError("a number is out of range")
    elif isinstance(value, list | tuple):
        for item in value:
            _check_value(item)
    elif isinstance(value, dict):
        for item in value.values():
            _check_value(item)
    elif isinstance(value, msgspec.Struct):
        for item in msgspec.structs.astuple(value):
            _check_value(item)


def known(request: RequestSent) -> tuple[RequestSent, Phrase | None]:
    """The request with kinds and a time that readers understand, and what had to be replaced."""
    usual = (("auth", AUTH, "none"), ("channel", CHANNELS, "address"), ("protocol", PROTOCOLS, "https"))
    changes: dict[str, Any] = {field: key for field, shelf, key in usual if getattr(request, field) not in shelf}
    if splittable(request.url) != request.url:
        changes["url"] = splittable(request.url)
    try:
        aware = datetime.fromisoformat(request.started).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        changes["started"] = "1970-01-01T00:00:00Z"
    if not changes:
        return request, None
    fields = ", ".join(changes)
    return msgspec.structs.replace(request, **changes), phrase("unknown values of {fields}, replaced", fields=fields)


def splittable(url: str) -> str:
    """The URL, escaped where it could not be taken apart: brackets that are no address, signs that look like others."""
    try:
        urlsplit(url)
    except ValueError:
        return quote(url, safe=":/?#@!$&'()*+,;=%")
    return url


def told(error: Exception) -> str:
    """Why something could not be decoded, in words."""
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
