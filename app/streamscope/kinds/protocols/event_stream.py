"""Decoding of event streams over bytes, by the WHATWG rules (HTML standard, section 9.2 "Server-sent events").

Pure and incremental: the same events come out however the input is cut. Nothing is hidden: comments, fields that are
not defined and the unfinished last event come out too.
"""

import re
from dataclasses import dataclass

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """A dispatched event: type, data (bytes, as received), last event ID, and `retry` where its block had one."""

    data: bytes
    event: str = "message"
    id: str = ""
    retry: int | None = None
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that begins with a colon."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Retry:
    """A reconnection time, in milliseconds, that came in a block without data."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A line that the rules ignore: an undefined field, a `retry` that is no number, an `id` with a NUL."""

    line: bytes


Item = ServerEvent | Comment | Retry | Ignored


class EventStreamDecoder:
    """Feed it bytes as they come; it gives what they complete. `pending` tells whether an event has begun."""

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._rest: list[bytes] = []
        self._after_cr = False
        self._data: list[bytes] = []
        self._event = b""
        self._id = ""
        self._last_id = ""
        self._retry: int | None = None
        self._fields = False

    @property
    def pending(self) -> bool:
        """Whether bytes of an event that is not dispatched yet have come."""
        return self._fields or bool(self._rest)

    def feed(self, data: bytes) -> list[Item]:
        """What these bytes complete."""
        if self._start is not None:
            data = self._start + data
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._start = data
                return []
            self._start = None
            data = data.removeprefix(_BOM)
        if self._after_cr and data:
            data = data.removeprefix(b"\n")
            self._after_cr = False
        lines = self._lines(data)
        items: list[Item] = []
        for line in lines:
            self._line(line, items)
        return items

    def finish(self) -> list[Item]:
        """What is left at the end of the stream: the unfinished event, where one had begun."""
        items: list[Item] = []
        if self._start:
            self._rest.append(self._start)
        if self._rest:
            line, self._rest = b"".join(self._rest), []
            self._line(line, items)
        if self._data:
            items.append(self._dispatched(unfinished=True))
        elif self._retry is not None:
            items.append(Retry(self._retry))
        return items

    def _lines(self, data: bytes) -> list[bytes]:
        if b"\r" in data:
            lines = _LINE_END.split(data)
            self._after_cr = data.endswith(b"\r")
        else:
            lines = data.split(b"\n")
        rest = lines.pop()
        if lines and self._rest:
            self._rest.append(lines[0])
            lines[0] = b"".join(self._rest)
            self._rest = []
        if rest:
            self._rest.append(rest)
        return lines

    def _line(self, line: bytes, items: list[Item]) -> None:
        if line.startswith(b"data:"):
            self._fields = True
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif not line:
            self._end_block(items)
        elif line.startswith(b":"):
            items.append(Comment(line[1:].removeprefix(b" ")))
        else:
            self._field(line, items)

    def _field(self, line: bytes, items: list[Item]) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = value
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode(errors="replace")
        elif name == b"retry" and value.isdigit() and value.isascii():
            self._retry = int((value.lstrip(b"0") or b"0")[:18])
        else:
            items.append(Ignored(line))
            return
        self._fields = True

    def _end_block(self, items: list[Item]) -> None:
        self._last_id = self._id
        if self._data:
            items.append(self._dispatched())
        elif self._retry is not None:
            items.append(Retry(self._retry))
        self._data, self._event, self._retry, self._fields = [], b"", None, False

    def _dispatched(self, *, unfinished: bool = False) -> ServerEvent:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        event = self._event.decode(errors="replace") or "message"
        return ServerEvent(data, event, self._last_id, self._retry, unfinished)
