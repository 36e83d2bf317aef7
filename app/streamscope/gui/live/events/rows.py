"""One event as a row of the table. Texts are made for what is looked at only, from the beginning of its bytes."""

import json
from array import array
from dataclasses import dataclass

from msgspec import UNSET
from PySide6.QtCore import QCoreApplication

from streamscope.gui.language import retold
from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.live.text.view import broken
from streamscope.gui.texts import size_text
from streamscope.model.errors import StoreError
from streamscope.model.event import Closed, Control, Event, Failed, Finding, Head, Message, Read, RequestSent, Trace
from streamscope.store.exchange import Exchange
from streamscope.store.rows import FLAGS, MESSAGE, NOTES, READ, message_from

PREVIEW = 240
"""Characters of the first line."""
LARGEST = 200_000
"""Characters of a detail that are laid out; the rest is in the record."""
_LOOKED_AT = 4 * PREVIEW
UNREADABLE = -1


@dataclass(frozen=True, slots=True)
class Row:
    """What the table shows of an event; `code` is its kind's place in store.rows.KINDS, UNREADABLE where it cannot be
    read any more."""

    number: str
    t: int
    code: int
    direction: str = ""
    word: str = ""
    """What it is called: an event that a server named keeps its name, a kind has the person's word."""
    name: str = ""
    size: str = ""
    reads: str = ""
    preview: str = ""
    cells: tuple[str | None, ...] = ()
    """What the columns say, by their places; None where that depends on more than the event."""

    def __post_init__(self) -> None:
        told = (self.number, None, "", self.word, None, self.size, self.preview, None, self.reads, self.name, None)
        object.__setattr__(self, "cells", told)


def row(exchange: Exchange, number: int) -> Row:
    """An event as a row; one that cannot be read says so."""
    label = f"{number + 1:,}"
    try:
        t, _, packed, reads, _ = words = exchange.rows(number, number + 1)
        code = packed & 15
        event = _message(exchange, number, words) if code == MESSAGE else exchange.event(number)
    except (OSError, StoreError, ValueError, IndexError) as error:
        told = retold(str(error)) or type(error).__name__
        text = QCoreApplication.translate("events", "This event cannot be read any more: {reason}").format(reason=told)
        return Row(label, 0, UNREADABLE, word=QCoreApplication.translate("events", "unreadable"), preview=_flat(text))
    direction, kind, preview = said(event)
    named = isinstance(event, Control) or (isinstance(event, Message) and bool(event.event))
    sized = code in (MESSAGE, READ)
    return Row(
        label,
        t,
        code,
        direction,
        _flat(kind) if named else kind_word(kind),
        _flat(_name(event)),
        size_text(packed >> 24) if sized else "",
        _reads(reads) if sized else "",
        _flat(preview),
    )


def kind_word(kind: str) -> str:
    """A kind of event in a person's words."""
    translate = QCoreApplication.translate
    words = {
        "message": translate("events", "message"),
        "request": translate("events", "request"),
        "head": translate("events", "head"),
        "read": translate("events", "read"),
        "trace": translate("events", "trace"),
        "finding": translate("events", "finding"),
        "closed": translate("events", "closed"),
        "failed": translate("events", "failed"),
        "begin": translate("events", "begin"),
        "end": translate("events", "end"),
        "server": translate("events", "server"),
        "client": translate("events", "client"),
        "user": translate("events", "user"),
        "network": translate("events", "network"),
    }
    return words.get(kind, kind)


def said(event: Event) -> tuple[str, str, str]:
    """Direction, kind, and what stands in the first line."""
    match event:
        case Message():
            return event.direction, event.event or "message", _start(event)
        case Control():
            return event.direction, event.name, "" if event.data is UNSET else str(event.data)
        case RequestSent():
            return "out", "request", f"{event.method} {event.url}"
        case Head():
            return "in", "head", f"{event.status} {event.http_version} {event.header('Content-Type')}"
        case Read():
            return "in", "read", f"#{event.read}"
        case Trace():
            detail = retold(event.detail) if isinstance(event.detail, str) else ""
            return "", "trace", f"{event.name} {kind_word(event.phase)} {detail}"
        case Finding():
            return "", "finding", retold(event.text)
        case Closed():
            parts = (kind_word(event.by), event.code, event.reason)
            return "", "closed", " ".join(str(part) for part in parts if part)
        case Failed():
            return "", "failed", f"{event.error}: {retold(event.message)}"


def _message(exchange: Exchange, number: int, index: "array[int]") -> Message:
    """A message with the beginning of its payload: a row of one that has gigabytes costs no more."""
    noted = index[4]
    note = exchange.stream(NOTES, noted >> 24, noted & FLAGS) if noted else b""
    return message_from(index, exchange.payload(number, 0, _LOOKED_AT), note, exchange.names)


def _name(event: Event) -> str:
    match event:
        case Message():
            return event.event or event.opcode or event.form
        case Control() | Trace():
            return event.name
        case Finding():
            return event.rule
        case Failed():
            return event.error
        case RequestSent():
            return event.method
        case Head():
            return str(event.status)
    return ""


def _reads(packed: int) -> str:
    first, last = packed >> 32, packed & 0xFFFFFFFF
    return "" if not last else str(last) if first == last else f"{first}–{last}"


def _start(message: Message) -> str:
    start = message.payload
    try:
        return start.decode()[:PREVIEW]
    except UnicodeDecodeError as error:
        cut_short = error.start > len(start) - 4 and len(start) < message.size
        return start[: error.start].decode()[:PREVIEW] if cut_short else start[:32].hex(" ")


def _flat(text: str) -> str:
    return one_line(" ".join(part for part in text.strip()[: PREVIEW + 1].split(" ") if part), PREVIEW)


def detail(event: Event) -> str:
    """The event laid out: JSON with two blanks a level, bytes as hex, anything else as it is."""
    text = said(event)[2]
    if isinstance(event, Message):
        text = _hex(event.payload) if event.text is None else laid_out(event.text)
    return broken(text[:LARGEST].replace("\0", "␀"))[0]


def laid_out(text: str) -> str:
    """JSON with two blanks a level; what is none as it is."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _hex(payload: bytes) -> str:
    lines = []
    for at in range(0, min(len(payload), LARGEST // 5), 16):
        part = payload[at : at + 16]
        seen = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{at:08x}  {part[:8].hex(' '):<23}  {part[8:].hex(' '):<23}  {seen}")
    return "\n".join(lines)
