"""What a line of the log says: the beginning of a message with what is known of it, or one sentence for the rest."""

import codecs
from array import array
from dataclasses import dataclass

from msgspec import UNSET
from PySide6.QtCore import QCoreApplication

from streamscope.gui.language import retold
from streamscope.gui.texts import size_text, time_text
from streamscope.kinds.protocols.frames import close_name
from streamscope.model.event import Closed, Control, Event, Failed, Head, Message
from streamscope.store.exchange import Exchange
from streamscope.store.rows import FLAGS, MESSAGE, NOTES, message_from

BEGINNING = 720
"""Bytes of a message that are read for its line."""
_LONGEST_NOTE = 65_536
_HEX = 96
_RSV1 = 4
_translate = QCoreApplication.translate
# Controls are spelt, a line break is an arrow; marks that turn the direction of what follows are spelt, too, since
# they would turn more than this text.
_PICTURES = {code: f"\\x{code:02x}" for code in range(0x20)} | {
    **dict.fromkeys((0x0A, 0x85, 0x2028, 0x2029), "↵"),
    0x09: " ",
    0x7F: "\\x7f",
    **{code: f"⟨U+{code:04X}⟩" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)},
}


@dataclass(frozen=True, slots=True)
class Said:
    """A line's words: `about` beside a message, its `text` or the sentence, and a tone for the latter."""

    text: str
    about: str = ""
    tone: str = "muted"


def shown(text: str) -> str:
    """A text on one line: breaks and controls so that they are seen."""
    if text.isascii() and text.isprintable():
        return text
    return text.replace("\r\n", "\n").translate(_PICTURES)


def said(exchange: Exchange, number: int) -> Said:
    """What the line of an event says; of a message only the beginning is read."""
    row = exchange.rows(number, number + 1)
    if row[2] & 15 == MESSAGE:
        return _message(exchange, number, row)
    event = exchange.event(number)
    text, tone = _sentence(event)
    return Said(shown(text), seconds(event.t), tone)


def seconds(t: int) -> str:
    """A time since Send."""
    return f"{t / 1e9:,.3f} s"


def gap(nanoseconds: int) -> str:
    """A time in which nothing came."""
    return _translate("conversation", "{time} without a message").format(time=time_text(nanoseconds / 1e6))


def whole(exchange: Exchange, number: int, most: int = 1 << 24) -> str | bytes | None:
    """All of a message as it is sent, None where the event is none or larger than `most` bytes."""
    row = exchange.rows(number, number + 1)
    if not row or row[2] & 15 != MESSAGE or row[2] >> 24 > most:
        return None
    message = message_from(row, b"", b"", exchange.names)
    payload = exchange.payload(number)
    if message.opcode == "binary":
        return payload
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload


def _message(exchange: Exchange, number: int, row: "array[int]") -> Said:
    packed, noted = row[2], row[4]
    size, kept = packed >> 24, noted & FLAGS
    note = exchange.stream(NOTES, noted >> 24, kept) if 0 < kept <= _LONGEST_NOTE else b""
    message = message_from(row, exchange.payload(number, 0, BEGINNING), note, exchange.names)
    about = [seconds(message.t), size_text(message.size), _opcode(message)]
    if kept > _LONGEST_NOTE:
        about.append(_translate("conversation", "many fragments"))
    about += _frames(message)
    if message.unfinished:
        about.append(_translate("conversation", "cut off"))
    if message.opcode == "binary":
        return Said(message.payload[:_HEX].hex(" ") + (" …" if size > _HEX else ""), " · ".join(about))
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(message.payload, final=size <= len(message.payload))
    if "\ufffd" in text and message.text is None and size <= len(message.payload):
        about.append(_translate("conversation", "no UTF-8"))
    return Said(shown(text), " · ".join(about))


def _opcode(message: Message) -> str:
    if message.opcode == "binary":
        return _translate("conversation", "binary")
    if message.opcode == "text":
        return _translate("conversation", "text")
    return _translate("conversation", "body")


def _frames(message: Message) -> list[str]:
    found = []
    frames = message.frames
    if len(frames) > 1:
        found.append(_translate("conversation", "{count} fragments").format(count=f"{len(frames):,}"))
    if frames and frames[0].rsv & _RSV1:
        wire = size_text(sum(frame.length for frame in frames))
        found.append(_translate("conversation", "compressed to {size}").format(size=wire))
    return found


def _sentence(event: Event) -> tuple[str, str]:
    match event:
        case Control():
            return _control(event)
        case Head():
            return _head(event)
        case Closed():
            return _closed(event), "text"
        case Failed():
            return _translate("conversation", "Failed: {why}").format(why=retold(event.message)), "error"
    return type(event).__name__.lower(), "muted"


def _control(event: Control) -> tuple[str, str]:
    payload = _payload(event)
    named = f" “{payload}”" if payload else ""
    sent = event.direction == "out"
    detail = event.detail
    if event.name == "ping":
        text = _translate("conversation", "ping sent") if sent else _translate("conversation", "ping from the server")
        return text + named, "muted"
    if event.name == "pong" and sent:
        by_itself = detail.get("automatic", True)
        told = _translate("conversation", "answered with a pong") if by_itself else ""
        return (told or _translate("conversation", "pong sent by hand")) + named, "muted"
    if event.name == "pong":
        rtt = detail.get("rtt_ns")
        if isinstance(rtt, int):
            told = _translate("conversation", "pong after {time}").format(time=time_text(rtt / 1e6))
        else:
            told = _translate("conversation", "pong that nobody asked for")
        return told + named, "muted"
    if event.name == "close":
        told = _translate("conversation", "close frame sent") if sent else ""
        told = told or _translate("conversation", "close frame from the server")
        return f"{told}: {_code(detail.get('code'), str(detail.get('reason', '')))}", "text"
    if event.name == "reconnect":
        return _lost(event), "warn"
    if event.name == "reconnected":
        return _open_again(event), "warn"
    data = "" if event.data is UNSET else str(event.data)
    return f"{event.name} {data}".strip(), "muted"


def _payload(event: Control) -> str:
    if isinstance(event.data_base64, bytes):
        return event.data_base64[:40].hex(" ")
    return event.data[:125] if isinstance(event.data, str) else ""


def _code(code: object, reason: str) -> str:
    if not isinstance(code, int):
        return _translate("conversation", "without a code")
    said_why = f" – {reason}" if reason else ""
    return f"{code} {close_name(code)}{said_why}"


def _lost(event: Control) -> str:
    detail = event.detail
    if "error" in detail:
        why = retold(str(detail.get("message", detail["error"])))
    elif "status" in detail:
        why = _translate("conversation", "the handshake was answered with {status}").format(status=detail["status"])
    else:
        why = _code(detail.get("code"), str(detail.get("reason", "")))
    wait, tries = detail.get("wait_ns", 0), detail.get("tries", 0)
    time = time_text(wait / 1e6 if isinstance(wait, int | float) else 0.0)
    if tries:
        text = _translate("conversation", "Lost: {why} · try {number} of {tries} in {time}")
    else:
        text = _translate("conversation", "Lost: {why} · try {number} in {time}")
    return text.format(why=why.rstrip("."), number=detail.get("try", 1), tries=tries, time=time)


def _open_again(event: Control) -> str:
    gap_ns = event.detail.get("gap_ns", 0)
    text = _translate("conversation", "Gap of {time}: connection {number}")
    time = time_text(gap_ns / 1e6 if isinstance(gap_ns, int | float) else 0.0)
    return text.format(time=time, number=event.detail.get("connection", 2))


def _head(event: Head) -> tuple[str, str]:
    if event.status != 101:
        told = _translate("conversation", "The handshake was answered with {status}").format(status=event.status)
        return told, "error"
    parts = [_translate("conversation", "Connection open")]
    if chosen := event.header("Sec-WebSocket-Protocol"):
        parts.append(chosen)
    if extensions := event.header("Sec-WebSocket-Extensions"):
        parts.append(extensions)
    return " · ".join(parts), "text"


def _closed(event: Closed) -> str:
    code = _code(event.code, event.reason) if event.code is not None else ""
    by = {
        "server": _translate("conversation", "Closed by the server"),
        "client": _translate("conversation", "Closed from here"),
        "user": _translate("conversation", "Stopped from here"),
        "network": _translate("conversation", "The connection was cut"),
    }[event.by]
    return f"{by}: {code}" if code else by
