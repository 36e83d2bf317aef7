"""Borders of WebSocket frames in a byte stream (RFC 6455, section 5.2): pure, payloads are only counted."""

from dataclasses import dataclass

from streamscope.model.errors import ProtocolViolation
from streamscope.model.phrase import phrase


@dataclass(frozen=True, slots=True)
class Border:
    """One frame as it was on the wire: header bits, wire length of its payload, first and last read."""

    fin: bool
    rsv: int
    opcode: int
    masked: bool
    length: int
    first: int
    last: int


class FrameBorders:
    """Feed it the bytes of each read with the read's number; it gives the frames that these complete."""

    def __init__(self) -> None:
        self._header = bytearray()
        self._needed = 2
        self._body = -1
        self._first = 0

    def feed(self, data: bytes, read: int) -> list[Border]:
        """The frames that end within these bytes."""
        found: list[Border] = []
        at, end = 0, len(data)
        while at < end or self._body == 0:
            if self._body < 0:
                if not self._header:
                    self._first = read
                taken = min(self._needed - len(self._header), end - at)
                self._header += data[at : at + taken]
                at += taken
                if len(self._header) == self._needed:
                    self._measure()
            else:
                taken = min(self._body, end - at)
                at += taken
                self._body -= taken
            if self._body == 0:
                found.append(self._border(read))
        return found

    def _measure(self) -> None:
        """Once the header is whole, its payload's length is known; before, how long the header is."""
        short = self._header[1] & 0x7F
        extended = {126: 2, 127: 8}.get(short, 0)
        mask = 4 if self._header[1] & 0x80 else 0
        self._needed = 2 + extended + mask
        if len(self._header) == self._needed:
            if extended == 8 and self._header[2] & 0x80:
                raise ProtocolViolation(phrase("A WebSocket frame's length has its top bit set."))
            self._body = int.from_bytes(self._header[2 : 2 + extended]) if extended else short
            self._length = self._body

    def _border(self, read: int) -> Border:
        head, second = self._header[0], self._header[1]
        self._header = bytearray()
        self._needed, self._body = 2, -1
        masked = bool(second & 0x80)
        return Border(bool(head & 0x80), head >> 4 & 7, head & 0x0F, masked, self._length, self._first, read)
