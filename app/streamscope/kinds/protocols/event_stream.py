"""Decoding of event streams over bytes, by the WHATWG rules (HTML standard, section 9.2 "Server-sent events").

Pure and incremental: the same items come out however the input is cut, in time linear to it. Nothing is hidden:
comments, fields that are not defined, blocks without data and the unfinished last event come out too.
"""

import re
import sys
from collections.abc import Iterator
from typing import Literal

import msgspec

_PIECE = 1 << 20
"""Bytes that are looked at together; what is larger than this is put together, and so may be only counted."""
_LONGEST_NAME = 16
"""More bytes than stand before a line's value."""
_LINES = 4096
"""Data lines of one event that are kept one by one before they are joined."""
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")
LineEnd = Literal["lf", "crlf", "cr"]


class ServerEvent(msgspec.Struct, frozen=True, gc=False):
    """A dispatched event: data (bytes, as received), type, last event ID, and `retry` where its block had one.

    `at` is the offset in the stream where the data begins, -1 where it is no single run of bytes there. `length` is
    the data's size where only its beginning is held, else -1.
    """

    data: bytes
    event: str = "message"
    id: str = ""
    retry: int | None = None
    unfinished: bool = False
    at: int = -1
    length: int = -1


class Comment(msgspec.Struct, frozen=True, gc=False):
    """A line that begins with a colon."""

    text: bytes


class Retry(msgspec.Struct, frozen=True, gc=False):
    """A reconnection time, in milliseconds, that came in a block without data."""

    milliseconds: int


class Block(msgspec.Struct, frozen=True, gc=False):
    """A block that set a type or an ID but has no data: it is not dispatched, its ID stays."""

    event: str
    id: str | None


class Ignored(msgspec.Struct, frozen=True, gc=False):
    """A line that the rules ignore: an undefined field, a `retry` that is no number, an `id` with a NUL."""

    line: bytes


Item = ServerEvent | Comment | Retry | Block | Ignored


class EventStreamDecoder:
    """Feed it bytes as they come; it gives what they complete. `pending` tells whether an event has begun.

    Of an event's data, and of any line, no more than `largest` bytes are held; the rest is counted.
    """

    def __init__(self, largest: int = sys.maxsize) -> None:
        self._largest = largest
        self._piece = max(1, min(largest, _PIECE))
        self._start: bytes | None = b""
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._rest_at = 0
        self._at = 0
        self._after_cr = False
        self._data: list[bytes] = []
        self._joined: list[bytes] = []
        self._held = 0
        self._size = -1
        self._data_at = -1
        self._event = b""
        self._id = ""
        self._id_set = False
        self._last_id = ""
        self._retry: int | None = None
        self._fields = False
        self._fresh = -1  # bytes that a single plain event may have to be taken at once
        self._names: dict[bytes, str] = {}
        self.bom = False
        """Whether the stream began with a byte order mark."""
        self.line_ends: set[LineEnd] = set()
        """The kinds of line ends that were seen."""

    @property
    def pending(self) -> bool:
        """Whether bytes of an event that is not dispatched yet have come."""
        return self._fields or bool(self._rest)

    def feed(self, data: bytes) -> list[Item]:
        """What these bytes complete."""
        size = len(data)
        if (
            size > self._fresh
            or not data.startswith(b"data: ")
            or data.find(b"\n") != size - 2
            or data[-1] != 10  # an LF
            or b"\r" in data
        ):
            if size <= self._piece:
                return self._fed(data)
            return [item for at in range(0, size, self._piece) for item in self._fed(data[at : at + self._piece])]
        at = self._at  # one plain event, which is what most reads of a model's stream bring
        self._at = at + size
        return [ServerEvent(data[6:-2], "message", self._last_id, None, False, at + 6)]

    def _fed(self, data: bytes) -> list[Item]:
        if self._start is not None:
            data = self._start + data
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._start = data
                return []
            self._start = None
            if data.startswith(_BOM):
                self.bom, self._at, data = True, len(_BOM), data[len(_BOM) :]
        if self._after_cr and data:
            self._after_cr = False
            self.line_ends.add("crlf" if data.startswith(b"\n") else "cr")
            if data.startswith(b"\n"):
                data, self._at = data[1:], self._at + 1
        items: list[Item] = []
        if b"\r" in data:
            self._any_line_ends(data, items)
        else:
            self._line_feeds(data, items)
        self._at += len(data)
        fresh = not (self._after_cr or self._fields or self._rest) and "lf" in self.line_ends
        self._fresh = self._piece if fresh else -1
        return items

    def finish(self) -> list[Item]:
        """What is left at the end of the stream: the unfinished event, where one had begun."""
        items: list[Item] = []
        if self._start:
            self._keep(self._start, 0)
        if self._after_cr:
            self.line_ends.add("cr")
        if self._rest:
            self._whole_line(b"", 0, items)
        if self._size >= 0:
            items.append(self._dispatched(unfinished=True))
        elif self._retry is not None:
            items.append(Retry(self._retry))
        return items

    def _line_feeds(self, data: bytes, items: list[Item]) -> None:
        """Input whose lines end with LF alone, which is nearly all there is: block by block, not line by line."""
        at = self._at
        if self._fields or self._rest:
            end = data.find(b"\n\n") + 2
            begun, data = (data[:end], data[end:]) if end > 1 else (data, b"")
            self._lines(begun, at, items)
            at += len(begun)
        end = data.rfind(b"\n\n") + 2
        if end > 1:
            self.line_ends.add("lf")
            whole, data = (data, b"") if end == len(data) else (data[:end], data[end:])
            self._blocks(whole, at, items)
            at += end
        if data:
            self._lines(data, at, items)

    def _blocks(self, text: bytes, at: int, items: list[Item]) -> None:
        """Whole blocks, the last one with its blank line."""
        last_id, append = self._last_id, items.append
        if text.startswith(b"data: "):
            found = text[6:-2].split(b"\n\ndata: ")
            if text.count(b"\n") == 2 * len(found):  # nothing but data in single lines
                for data in found:
                    at += 6
                    append(ServerEvent(data, "message", last_id, None, False, at))
                    at += len(data) + 2
                return
        for block in text[:-2].split(b"\n\n"):
            if block.startswith(b"data: ") and b"\n" not in block:
                append(ServerEvent(block[6:], "message", self._last_id, None, False, at + 6))
            elif name := self._named(block):
                skip = len(name) + 14
                append(ServerEvent(block[skip:], self._text(name), self._last_id, None, False, at + skip))
            else:
                self._lines(block + b"\n\n", at, items)
            at += len(block) + 2

    def _named(self, block: bytes) -> bytes:
        """The type of a block of just two lines, `event: ` and `data: `; b'' for any other block."""
        if not block.startswith(b"event: ") or block.count(b"\n") != 1:
            return b""
        name, _, data = block.partition(b"\n")
        return name[7:] if data.startswith(b"data: ") else b""

    def _any_line_ends(self, data: bytes, items: list[Item]) -> None:
        start = 0
        for end, stop, kind in _ends(data):
            if stop == len(data) and kind == "cr":
                self._after_cr = True  # an LF may follow; the line has ended all the same
            else:
                self.line_ends.add(kind)
            self._whole_line(data[start:end], self._at + start, items)
            start = stop
        self._keep(data[start:], self._at + start)

    def _lines(self, text: bytes, at: int, items: list[Item]) -> None:
        """Lines that end with LF, and what begins the next one."""
        *lines, rest = text.split(b"\n")
        if lines:
            self.line_ends.add("lf")
        for line in lines:
            self._whole_line(line, at, items)
            at += len(line) + 1
        self._keep(rest, at)

    def _keep(self, rest: bytes, at: int) -> None:
        if rest:
            if not self._rest:
                self._rest_at, self._rest_size = at, 0
            if self._rest_size <= self._largest + _LONGEST_NAME:
                self._rest.append(rest)
            self._rest_size += len(rest)

    def _whole_line(self, line: bytes, at: int, items: list[Item]) -> None:
        lost = 0
        if self._rest:
            self._keep(line, at)
            line, self._rest, at = b"".join(self._rest), [], self._rest_at
            lost = self._rest_size - len(line)
        self._line(line, at, lost, items)

    def _line(self, line: bytes, at: int, lost: int, items: list[Item]) -> None:
        """A whole line; `lost` more bytes of it were counted and not held."""
        if line.startswith(b"data:"):
            skip = 6 if line[5:6] == b" " else 5
            self._add(line[skip:], at + skip, lost)
        elif not line:
            self._end_block(items)
        elif line.startswith(b":"):
            items.append(Comment(line[1:].removeprefix(b" ")[: self._largest]))
        else:
            self._field(line, items)

    def _add(self, value: bytes, at: int, lost: int) -> None:
        self._fields = True
        self._data_at = -1 if self._size >= 0 else at
        self._size += len(value) + lost + 1
        if self._held <= self._largest:
            self._data.append(value)
            self._held += len(value) + 1
            if len(self._data) > _LINES:
                self._joined.append(b"\n".join(self._data))
                self._data = []

    def _field(self, line: bytes, items: list[Item]) -> None:
        line = line[: self._largest]
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._add(value, -1, 0)
        elif name == b"event":
            self._event = value
        elif name == b"id" and b"\0" not in value:
            self._id, self._id_set = value.decode(errors="replace"), True
        elif name == b"retry" and value.isdigit() and value.isascii():
            self._retry = int((value.lstrip(b"0") or b"0")[:18])
        else:
            items.append(Ignored(line))
            return
        self._fields = True

    def _end_block(self, items: list[Item]) -> None:
        self._last_id = self._id
        if self._size >= 0:
            items.append(self._dispatched())
        else:
            if self._retry is not None:
                items.append(Retry(self._retry))
            if self._event or self._id_set:
                items.append(Block(self._text(self._event), self._id if self._id_set else None))
        self._data, self._event, self._retry, self._fields, self._id_set = [], b"", None, False, False

    def _dispatched(self, *, unfinished: bool = False) -> ServerEvent:
        data = self._data[0] if len(self._data) == 1 and not self._joined else b"\n".join((*self._joined, *self._data))
        event = self._text(self._event) if self._event else "message"
        length, self._size, self._held, self._joined = self._size, -1, 0, []
        if length <= self._largest:
            return ServerEvent(data, event, self._last_id, self._retry, unfinished, self._data_at)
        data = data[: self._largest]
        return ServerEvent(data, event, self._last_id, self._retry, unfinished, self._data_at, length)

    def _text(self, name: bytes) -> str:
        """A type's text: streams have few types and many events."""
        found = self._names.get(name)
        if found is None:
            found = name.decode(errors="replace")
            if len(self._names) < 1000 and len(name) < 1000:
                self._names[name] = found
        return found


def _ends(data: bytes) -> Iterator[tuple[int, int, LineEnd]]:
    """Each line end: where the line stops, where the next one begins, and its kind."""
    kinds: dict[bytes, LineEnd] = {b"\n": "lf", b"\r\n": "crlf", b"\r": "cr"}
    for match in _LINE_END.finditer(data):
        yield match.start(), match.end(), kinds[match.group()]
