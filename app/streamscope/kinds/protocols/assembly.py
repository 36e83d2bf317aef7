"""From WebSocket frames to messages and controls (RFC 6455, section 5.4), inflated where compressed (RFC 7692).

Pure. A message that is one plain frame is a run of bytes of the wire; any other is put together in the payload.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import cast

from streamscope.kinds.protocols.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    NAMES,
    PING,
    PONG,
    TEXT,
    Part,
    close_name,
    close_payload,
)
from streamscope.model.event import (
    LARGEST_PAYLOAD,
    PAYLOAD,
    WIRE,
    Control,
    Detail,
    Direction,
    Event,
    Frame,
    Message,
    Opcode,
)

_PIECE = 1 << 20
_TAIL = b"\x00\x00\xff\xff"
_SHOWN_FRAMES = 10_000
"""Frames of one message that are listed; more are counted in its size alone."""


class Inflater:
    """Inflates the messages of one direction (RFC 7692, section 7.2.2). Raises zlib.error."""

    def __init__(self, window_bits: int = 15, *, takeover: bool = True) -> None:
        self._window = -window_bits
        self._takeover = takeover
        self._inflater = zlib.decompressobj(self._window)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes of a message inflate to, in pieces."""
        piece = b""
        while data or len(piece) == _PIECE:  # a full piece may leave more in the inflater than it leaves of the input
            piece = self._inflater.decompress(data, _PIECE)
            yield piece
            data = self._inflater.unconsumed_tail
            if self._inflater.eof:  # a final block may end a message; the next one begins anew
                data = self._inflater.unused_data
                self._inflater = zlib.decompressobj(self._window)

    def finish(self) -> Iterator[bytes]:
        """What is left at the end of a message."""
        yield from self.feed(_TAIL)
        if not self._takeover:
            self._inflater = zlib.decompressobj(self._window)


class Assembly:
    """Feed it the parts of frames in order; it gives the messages and controls that they complete.

    `keep` adds bytes to the record's payload and gives their offset; `base` is the wire's offset where the frames
    begin. `violation` tells why the rest makes no sense, '' while it does.
    """

    def __init__(self, keep: Callable[[bytes], int], base: int, inflater: Inflater | None = None) -> None:
        self._keep = keep
        self._base = base
        self._inflater = inflater
        self._opcode = 0
        self._first = 0
        self._deflated = False
        self._plain = False
        self._frames: list[Frame] = []
        self._held: list[bytes] = []
        self._size = 0
        self._at = -1
        self._control: list[bytes] = []
        self.closed: tuple[int | None, str] | None = None
        """The code and reason of the close frame that came."""
        self.violation = ""

    def feed(self, parts: list[Part], t: int, read: int) -> list[Event]:
        """The events that these parts complete; `t` and `read` are those of the read that brought them."""
        events: list[Event] = []
        for part in parts:
            if self.violation or self.closed is not None:
                break  # whatever follows a close frame is no data (section 5.5.1)
            opcode = part.opcode
            if part.begins and part.ends and part.fin and not part.rsv and not part.masked and opcode in (TEXT, BINARY):
                events.append(
                    Message(
                        t, "in", (part.read, read), part.data, "message", "", "",
                        "text" if opcode == TEXT else "binary", None, False, self._base + part.at, WIRE,
                    )
                )  # fmt: skip
            elif opcode > BINARY:
                self._control.append(part.data)
                if part.ends:
                    events.append(self._controlled(part, t))
            else:
                self._data(part)
                if part.ends and part.fin and not self.violation:
                    events.append(self._message(t, read, unfinished=False))
        return events

    def finish(self, t: int, read: int) -> list[Event]:
        """The message that was cut, marked as such."""
        return [self._message(t, read, unfinished=True)] if self._size or self._frames else []

    def _data(self, part: Part) -> None:
        if part.opcode != CONTINUATION and part.begins:
            self._opcode, self._first = part.opcode, part.read
            self._deflated = bool(part.rsv & 4)
            self._plain = part.fin and not part.rsv and not part.masked
            self._frames, self._held, self._size, self._at = [], [], 0, -1
            if self._plain:
                self._at = self._base + part.at
        try:
            for piece in self._inflated(part.data):
                self._add(piece)
            if part.ends and part.fin and self._deflated and self._inflater is not None:
                for piece in self._inflater.finish():
                    self._add(piece)
        except zlib.error as error:
            self.violation = f"a compressed message cannot be inflated: {error}"
        if part.ends and len(self._frames) < _SHOWN_FRAMES:
            size = part.length if not self._deflated else self._size if part.fin else -1
            self._frames.append(Frame(part.fin, part.rsv, part.opcode, part.masked, part.length, size))

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        if self._deflated and self._inflater is not None:
            return self._inflater.feed(data)
        return iter((data,))

    def _add(self, piece: bytes) -> None:
        if not piece:
            return
        if not self._plain:
            at = self._keep(piece)
            self._at = at if self._at < 0 else self._at
        if self._size < LARGEST_PAYLOAD:
            self._held.append(piece[: LARGEST_PAYLOAD - self._size])
        self._size += len(piece)

    def _message(self, t: int, read: int, *, unfinished: bool) -> Message:
        payload = b"".join(self._held)
        length = -1 if len(payload) == self._size else self._size
        frames = () if self._plain and len(self._frames) == 1 else tuple(self._frames)
        opcode = cast("Opcode", NAMES[self._opcode])
        stream = WIRE if self._plain else PAYLOAD
        self._frames, self._held, self._size = [], [], 0
        return Message(
            t, "in", (self._first, read), payload, "message", "", "", opcode, None, unfinished, self._at, stream,
            length, frames,
        )  # fmt: skip

    def _controlled(self, part: Part, t: int) -> Control:
        data, self._control = b"".join(self._control), []
        detail = bits(part.rsv, part.length, masked=part.masked)
        if part.opcode == CLOSE:
            code, reason, wrong = close_payload(data)
            if wrong:
                self.violation = wrong
            self.closed = (code, reason) if not wrong else None
            return closing(t, "in", code, reason, detail)
        name = {PING: "ping", PONG: "pong"}[part.opcode]
        return carrying(t, "in", name, data, detail)


def bits(rsv: int, length: int, *, masked: bool) -> Detail:
    """A control frame's header, told."""
    return {"fin": True, "rsv": rsv, "masked": masked, "length": length}


def carrying(t: int, direction: Direction, name: str, data: bytes, detail: Detail) -> Control:
    """A ping or pong with its payload, as text where it is UTF-8."""
    try:
        return Control(t, direction, name, data.decode(), detail=detail)
    except UnicodeDecodeError:
        return Control(t, direction, name, data.decode(errors="replace"), data, detail)


def closing(t: int, direction: Direction, code: int | None, reason: str, detail: Detail) -> Control:
    """A close frame with its code's name."""
    told: Detail = {} if code is None else {"code": code, "name": close_name(code), "reason": reason}
    text = "" if code is None else f"{code} {reason}".strip()
    return Control(t, direction, "close", text, detail={**told, **detail})


def payload_of(control: Control) -> bytes:
    """The bytes of a ping or a pong."""
    if isinstance(control.data_base64, bytes):
        return control.data_base64
    return control.data.encode() if isinstance(control.data, str) else b""


def close_size(code: int | None, reason: str) -> int:
    """Bytes of a close frame's payload (RFC 6455, section 5.5.1)."""
    return 0 if code is None else 2 + len(reason.encode())


def frame_of(data: bytes, size: int) -> Frame:
    """The header of a frame that was written, whose message has so many bytes."""
    short = data[1] & 0x7F
    extra = {126: 2, 127: 8}.get(short, 0)
    length = int.from_bytes(data[2 : 2 + extra]) if extra else short
    return Frame(data[0] > 127, data[0] >> 4 & 7, data[0] & 0x0F, data[1] > 127, length, size)
