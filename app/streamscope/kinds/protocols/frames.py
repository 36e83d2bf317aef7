"""Decoding of WebSocket frames over bytes (RFC 6455, section 5.2): pure, incremental, in time linear to the input.

A frame of any size comes out in parts as its bytes come, so that none has to fit into memory. What a receiver must
refuse is told in `violation`, after everything that came before it.
"""

import msgspec

from streamscope.model.phrase import Phrase, phrase

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_DATA = (CONTINUATION, TEXT, BINARY)
_KNOWN = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
LONGEST_CONTROL = 125
"""Bytes of a control frame's payload (section 5.5)."""
NAMES = {CONTINUATION: "continuation", TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}


class Part(msgspec.Struct, frozen=True, gc=False):
    """Bytes of one frame's payload, unmasked, and the frame's header; a whole frame is often one part.

    `length` is the payload's on the wire; `at` the offset in the input of these bytes; `read` that of the frame's
    first byte; `begins` and `ends` tell whether the payload begins and ends here.
    """

    fin: bool
    rsv: int
    opcode: int
    masked: bool
    length: int
    data: bytes
    at: int
    read: int
    begins: bool
    ends: bool


class FrameDecoder:
    """Feed it the bytes of each read with the read's number; it gives the parts that these hold.

    `from_server`: whether the frames must be unmasked (section 5.1); `extended`: the reserved bits that an extension
    has given a meaning, such as 4 for permessage-deflate's RSV1.
    """

    def __init__(self, *, from_server: bool = True, extended: int = 0) -> None:
        self._from_server = from_server
        self._extended = extended
        self._header = b""
        self._at = 0
        self._read = 0
        self._left = -1
        self._frame = (False, 0, 0, False, 0)
        self._mask = b""
        self._taken = 0
        self._fragmented = False
        self.violation = ""
        """Why the input is no WebSocket stream any more, '' while it is; nothing comes out after that."""

    @property
    def between_frames(self) -> bool:
        """Whether the input so far ends with a whole frame."""
        return self._left < 0 and not self._header

    def feed(self, data: bytes, read: int) -> list[Part]:
        """The parts that these bytes hold."""
        parts: list[Part] = []
        base = self._at
        self._at += len(data)
        if self.violation:
            return parts
        if self._header:
            base -= len(self._header)
            data, self._header = self._header + data, b""
        at = self._payload(data, 0, base, parts) if self._left >= 0 else 0
        end = len(data)
        while end - at >= 2:
            first, second = data[at], data[at + 1]
            size, start = second & 0x7F, at + 2
            if second > 125:  # masked, or a longer length
                extra = 2 if size == 126 else 8 if size == 127 else 0
                start += extra + (4 if second & 0x80 else 0)
                if end < start:
                    break
                if extra:
                    size = int.from_bytes(data[at + 2 : at + 2 + extra])
                self._mask = data[start - 4 : start] if second & 0x80 else b""
            plain = (first == 0x81 or first == 0x82) and second < 127 and self._from_server and not self._fragmented
            if not plain and not self._allowed(first, second, size):
                return parts
            if self._read == 0:
                self._read = read
            stop = start + size
            fin, opcode = first > 127, first & 0x0F
            if stop <= end and second < 128:
                payload = data[start:stop]
                rsv = first >> 4 & 7
                parts.append(Part(fin, rsv, opcode, False, size, payload, base + start, self._read, True, True))
                at, self._read = stop, 0
            else:
                self._frame, self._left, self._taken = (fin, first >> 4 & 7, opcode, second > 127, size), size, 0
                at = self._payload(data, start, base, parts)
        if at < end:
            self._header = data[at:]
            self._read = self._read or read
        return parts

    def _payload(self, data: bytes, at: int, base: int, parts: list[Part]) -> int:
        """Take what there is of the frame that has begun; where it ends, the next one can begin."""
        stop = min(len(data), at + self._left)
        piece = data[at:stop]
        if self._mask and self._frame[3]:
            piece = unmasked(piece, self._mask, self._taken)
        begins = self._taken == 0
        self._taken += stop - at
        self._left -= stop - at
        ends = self._left == 0
        if piece or ends:
            parts.append(Part(*self._frame, piece, base + at, self._read, begins, ends))
        if ends:
            self._left, self._read = -1, 0
        return stop

    def _allowed(self, first: int, second: int, size: int) -> bool:
        """Check a header (sections 5.1 to 5.5) and follow the fragments of a message."""
        opcode, fin = first & 0x0F, first > 127
        if first & 0x70 & ~(self._extended << 4) or (opcode > 7 and first & 0x70):
            self.violation = "reserved bits must be 0"
        elif opcode not in _KNOWN:
            self.violation = f"opcode {opcode} is not defined"
        elif second > 127 and self._from_server:
            self.violation = "a server's frame must not be masked"
        elif second < 128 and not self._from_server:
            self.violation = "a client's frame must be masked"
        elif opcode > 7:
            if size > LONGEST_CONTROL:
                self.violation = "control frame too long"
            elif not fin:
                self.violation = "fragmented control frame"
        elif size >> 63:
            self.violation = "a frame's length has its top bit set"
        elif (opcode == CONTINUATION) is not self._fragmented:
            self.violation = "unexpected continuation" if opcode == CONTINUATION else "expected a continuation"
        elif opcode == CONTINUATION and first & 0x70:
            self.violation = "reserved bits must be 0"
        else:
            self._fragmented = not fin
        return not self.violation


def unmasked(data: bytes, mask: bytes, taken: int) -> bytes:
    """Payload bytes with the mask taken off (section 5.3); `taken` bytes of the payload came before them."""
    if not data:
        return data
    shift = taken % 4
    key = (mask[shift:] + mask[:shift]) * (len(data) // 4 + 1)
    size = len(data)
    return (int.from_bytes(data) ^ int.from_bytes(key[:size])).to_bytes(size)


def close_payload(data: bytes) -> tuple[int | None, str, str]:
    """A close frame's code, reason, and why it is not allowed, '' where it is (sections 5.5.1 and 7.4)."""
    if not data:
        return None, "", ""
    if len(data) == 1:
        return None, "", "close frame too short"
    code = int.from_bytes(data[:2])
    try:
        reason = data[2:].decode()
    except UnicodeDecodeError:
        return code, data[2:].decode(errors="replace"), "the close reason is not UTF-8"
    known = code in range(1000, 1004) or code in range(1007, 1015) or code in range(3000, 5000)
    return code, reason, "" if known else f"close code {code} must not be sent"


CLOSE_NAMES = {
    1000: "normal closure",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1005: "no status received",
    1006: "abnormal closure",
    1007: "invalid payload",
    1008: "policy violation",
    1009: "message too big",
    1010: "missing extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS failure",
    3000: "unauthorized",
    3003: "forbidden",
    3008: "timeout",
}
"""Section 7.4.1 and the registry of close codes."""


def close_name(code: int) -> str:
    """A close code's name; private ones and unregistered ones are told as such."""
    if code in CLOSE_NAMES:
        return CLOSE_NAMES[code]
    return "private" if code >= 4000 else "unregistered"


NEVER_SENT = frozenset({1004, 1005, 1006, 1015})
"""Codes that stand for the lack of a close frame, or for nothing yet: none of them is ever on the wire."""
LONGEST_REASON = 123
"""Bytes of a close reason: a control frame has 125, and two are the code's (section 5.5)."""


def close_mistake(code: int | None, reason: str) -> Phrase | None:
    """Why a close frame of ours may not look like that (sections 5.5 and 7.4), None where it may."""
    if code is None:
        return phrase("A reason needs a code before it.") if reason else None
    if code in NEVER_SENT:
        return phrase("{code} is never sent: it tells that there was no close frame, or no code.", code=code)
    if code < 1000 or code > 4999:
        return phrase("Close codes go from 1000 to 4999.")
    if code < 3000 and not (code in range(1000, 1004) or code in range(1007, 1015)):
        return phrase("{code} is not defined; for codes of your own take 4000 to 4999.", code=code)
    try:
        size = len(reason.encode())
    except UnicodeEncodeError:
        return phrase("The reason holds half a character, which has no UTF-8.")
    if size > LONGEST_REASON:
        return phrase("The reason has {size} bytes; {most} at most are allowed.", size=size, most=LONGEST_REASON)
    return None
