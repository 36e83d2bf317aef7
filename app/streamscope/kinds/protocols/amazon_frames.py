"""Decoding of `application/vnd.amazon.eventstream`, a stream of framed events with checksums.

Source: AWS, "Event stream encoding" (Transcribe and Bedrock developer guides): a prelude of total length, headers'
length and CRC-32 of these eight bytes; headers; payload; CRC-32 of all before. Pure, incremental, linear: the same
items come out however the input is cut, and every byte that came is told by one of them.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Value = bool | int | str | bytes
Fault = Literal["", "payload checksum", "headers"]

_PRELUDE = struct.Struct(">III")
_CHECKSUM = struct.Struct(">I")
_PRELUDE_SIZE, _CHECKSUM_SIZE = 12, 4
_LEAST = _PRELUDE_SIZE + _CHECKSUM_SIZE
MOST_HEADERS = 128 << 10
MOST = (24 << 20) + MOST_HEADERS + _LEAST
"""Bytes of one frame, and of its headers, that the format allows (24 MiB of payload)."""
_SHOWN = 64 << 10


@dataclass(frozen=True, slots=True)
class AmazonFrame:
    """One framed event: headers in their order, payload; `fault` tells what of it is damaged, '' nothing."""

    headers: tuple[tuple[str, Value], ...]
    payload: bytes
    size: int
    """Bytes of the whole frame."""
    fault: Fault = ""

    def header(self, name: str) -> Value | None:
        """The first value of a header, None where there is none."""
        return next((value for known, value in self.headers if known == name), None)

    @property
    def type(self) -> str:
        """What kind of message it is: event, exception or error."""
        return str(self.header(":message-type") or "")

    @property
    def event(self) -> str:
        """The event's own name: its type, or that of its exception, or its error code."""
        names = (self.header(name) for name in (":event-type", ":exception-type", ":error-code"))
        return next((str(name) for name in names if name), "")


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no frame: the stream is out of step from here on, or ended inside a frame (`unfinished`).

    Of what is out of step `data` is the first 64 KiB and `size` tells all.
    """

    data: bytes
    size: int
    unfinished: bool = False


Item = AmazonFrame | Garbage


class AmazonFrameDecoder:
    """Feed it bytes as they come; it gives the frames that they complete. `pending` tells whether one has begun.

    A prelude whose checksum is wrong tells no length: from there on nothing can be read, and `finish` gives it all.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._held = 0
        self._wanted = _PRELUDE_SIZE
        self.lost = False
        """Whether a prelude was wrong."""

    @property
    def pending(self) -> bool:
        """Whether bytes of a frame that is not whole yet have come."""
        return self._held > 0

    def feed(self, data: bytes) -> list[AmazonFrame]:
        """The frames that these bytes complete."""
        if data:
            if not self.lost or self._held < _SHOWN:
                self._parts.append(data)
            self._held += len(data)
        if self.lost or self._held < self._wanted:
            return []
        buffer, at = b"".join(self._parts), 0
        frames: list[AmazonFrame] = []
        while not self.lost and len(buffer) - at >= _PRELUDE_SIZE:
            self._wanted = self._length(buffer, at)
            if self.lost or len(buffer) - at < self._wanted:
                break
            frames.append(_frame(buffer[at : at + self._wanted]))
            at += self._wanted
            self._wanted = _PRELUDE_SIZE
        rest = buffer[at:]
        self._parts, self._held = [rest] if rest else [], len(rest)
        return frames

    def finish(self) -> list[Item]:
        """What is left at the end of the stream."""
        rest, size = b"".join(self._parts), self._held
        self._parts, self._held = [], 0
        shown = rest[:_SHOWN] if self.lost else rest
        return [Garbage(shown, size, unfinished=not self.lost)] if size else []

    def _length(self, buffer: bytes, at: int) -> int:
        total, headers, checksum = _PRELUDE.unpack_from(buffer, at)
        self.lost = (
            zlib.crc32(buffer[at : at + 8]) != checksum
            or not headers + _LEAST <= total <= MOST
            or headers > MOST_HEADERS
        )
        return int(total)


def begins(data: bytes) -> bool:
    """Whether a body that begins so is of this format, whatever its content type says: length and checksum agree."""
    return len(data) >= _PRELUDE_SIZE and zlib.crc32(data[:8]) == _PRELUDE.unpack_from(data)[2]


def _frame(data: bytes) -> AmazonFrame:
    """A whole frame whose prelude is right."""
    (_, length, _), end = _PRELUDE.unpack_from(data), len(data) - _CHECKSUM_SIZE
    payload = data[_PRELUDE_SIZE + length : end]
    whole = zlib.crc32(data[:end]) == _CHECKSUM.unpack_from(data, end)[0]
    headers, read = _headers(data[_PRELUDE_SIZE : _PRELUDE_SIZE + length])
    return AmazonFrame(
        headers, payload, len(data), "" if whole and read else "headers" if whole else "payload checksum"
    )


def _headers(data: bytes) -> tuple[tuple[tuple[str, Value], ...], bool]:
    """Headers in their order, as far as they can be read, and whether they all can."""
    found: list[tuple[str, Value]] = []
    at = 0
    try:
        while at < len(data):
            size = data[at]
            name = data[at + 1 : at + 1 + size].decode()
            kind = data[at + 1 + size]
            value, at = _VALUES[kind](data, at + 2 + size)
            if not size or at > len(data):
                return tuple(found), False
            found.append((name, value))
    except (IndexError, KeyError, UnicodeDecodeError, struct.error):
        return tuple(found), False
    return tuple(found), True


def _number(form: str) -> Callable[[bytes, int], tuple[Value, int]]:
    packed = struct.Struct(form)
    return lambda data, at: (packed.unpack_from(data, at)[0], at + packed.size)


def _bytes(data: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + int.from_bytes(data[at : at + 2])
    return data[at + 2 : end], end if len(data) >= at + 2 else len(data) + 1


def _string(data: bytes, at: int) -> tuple[str, int]:
    value, end = _bytes(data, at)
    return value.decode(), end


_VALUES: dict[int, Callable[[bytes, int], tuple[Value, int]]] = {
    0: lambda _, at: (True, at),
    1: lambda _, at: (False, at),
    2: _number(">b"),
    3: _number(">h"),
    4: _number(">i"),
    5: _number(">q"),
    6: _bytes,
    7: _string,
    8: _number(">q"),
    9: lambda data, at: (data[at : at + 16], at + 16),
}
"""How a value of each type is read: what it is and where it ends (a timestamp is milliseconds since 1970)."""
