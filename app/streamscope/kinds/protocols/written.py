"""Messages written as bytes again: bodies (WHATWG event streams, JSON lines, arrays) and WebSocket frames. Pure."""

import re

from streamscope.model.event import Control, Event, Message

_LINE_END = re.compile(rb"\r\n|\r|\n")


class BodyWriter:
    """Feed it the events of an answer in order; it gives the bytes of a body that is cut into the same messages."""

    def __init__(self) -> None:
        self._last_id = ""
        self._elements = 0

    def feed(self, event: Event) -> bytes:
        """The bytes of one event, none for what is no part of a body."""
        match event:
            case Message(direction="in", form="event"):
                return self._event(event)
            case Message(direction="in", form="line"):
                return event.payload + b"\n"
            case Message(direction="in", form="element"):
                self._elements += 1
                return (b"[" if self._elements == 1 else b",\n") + event.payload
            case Message(direction="in"):
                return event.payload
            case Control(direction="in"):
                return _control(event)
        return b""

    def finish(self) -> bytes:
        """What closes the body."""
        return b"]" if self._elements else b""

    def _event(self, message: Message) -> bytes:
        fields: list[bytes] = []
        if message.event not in ("", "message"):
            fields.append(b"event: " + _one_line(message.event))
        if message.id != self._last_id:
            fields.append(b"id: " + _one_line(message.id))
            self._last_id = message.id
        if message.retry is not None:
            fields.append(b"retry: %d" % message.retry)
        fields += [b"data: " + line for line in _LINE_END.split(message.payload)]
        return b"\n".join(fields) + (b"\n" if message.unfinished else b"\n\n")


def _control(control: Control) -> bytes:
    text = _one_line(str(control.data)) if isinstance(control.data, str | int) else b""
    if isinstance(control.data_base64, bytes):
        text = b" ".join(_LINE_END.split(control.data_base64))
    if control.name == "comment":
        return b": " + text + b"\n"
    if control.name == "retry":
        return b"retry: " + text + b"\n\n"
    return text + b"\n" if control.name == "field" else b""


def _one_line(text: str) -> bytes:
    return b" ".join(_LINE_END.split(text.encode()))


def frame(opcode: int, payload: bytes) -> bytes:
    """A server's frame: final, unmasked, with the shortest length (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, size))
    elif size < 1 << 16:
        head = bytes((0x80 | opcode, 126)) + size.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, 127)) + size.to_bytes(8)
    return head + payload
