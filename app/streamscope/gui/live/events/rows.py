"""One event as a row of the table and as the text of its detail. Texts are made for what is looked at only."""

import json
from dataclasses import dataclass

from msgspec import UNSET
from PySide6.QtCore import QCoreApplication

from streamscope.gui.language import retold
from streamscope.gui.live.text.view import broken
from streamscope.gui.texts import size_text
from streamscope.model.event import Closed, Control, Event, Failed, Finding, Head, Message, Read, RequestSent, Trace

PREVIEW = 240
LARGEST = 200_000
"""Characters of a detail that are laid out; the rest is in the record."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the table shows of an event."""

    number: str
    time: str
    direction: str
    kind: str
    size: str
    preview: str
    word: str = ""
    """The kind as the person calls it; an event that a server named keeps its name."""


def row(index: int, event: Event) -> Row:
    """An event as a row."""
    direction, kind, size, preview = _said(event)
    word = kind if isinstance(event, Control) or (isinstance(event, Message) and event.event) else _word(kind)
    return Row(str(index + 1), f"{event.t / 1e6:,.1f}", direction, kind, size, _flat(preview), word)


def _word(kind: str) -> str:
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


def _said(event: Event) -> tuple[str, str, str, str]:
    match event:
        case Message():
            return event.direction, event.event or "message", size_text(event.size), _start(event)
        case Control():
            return event.direction, event.name, "", "" if event.data is UNSET else str(event.data)
        case RequestSent():
            return "out", "request", "", f"{event.method} {event.url}"
        case Head():
            return "in", "head", "", f"{event.status} {event.http_version} {_type(event)}"
        case Read():
            return "in", "read", size_text(event.size), f"#{event.read}"
        case Trace():
            detail = retold(event.detail) if isinstance(event.detail, str) else ""
            begins = event.phase == "begin"
            phase = (
                QCoreApplication.translate("events", "begin") if begins else QCoreApplication.translate("events", "end")
            )
            return "", "trace", "", f"{event.name} {phase} {detail}"
        case Finding():
            return "", "finding", "", retold(event.text)
        case Closed():
            return "", "closed", "", " ".join(str(part) for part in (_word(event.by), event.code, event.reason) if part)
        case Failed():
            return "", "failed", "", f"{event.error}: {retold(event.message)}"


def detail(event: Event) -> str:
    """The event laid out: JSON with two blanks a level, bytes as hex, anything else as it is."""
    if isinstance(event, Message):
        text = _hex(event.payload) if event.text is None else _pretty(event.text)
    elif isinstance(event, RequestSent):
        text = "\n".join([f"{event.method} {event.url}", "", *(f"{name}: {value}" for name, value in event.headers)])
    elif isinstance(event, Head):
        first = f"{event.http_version} {event.status}"
        text = "\n".join([first, "", *(f"{name}: {value}" for name, value in event.headers)])
    elif isinstance(event, Finding | Failed):
        text = "\n\n".join(part for part in _sentences(event) if part)
    else:
        text = _said(event)[3]
    return broken(text[:LARGEST].replace("\0", "␀"))[0]


def _sentences(event: Finding | Failed) -> tuple[str, ...]:
    if isinstance(event, Finding):
        return retold(event.text), retold(event.remedy), event.rule
    return retold(event.message), retold(event.hint), event.error


def _start(message: Message) -> str:
    start = message.payload[: 4 * PREVIEW]
    try:
        return start.decode()[:PREVIEW]
    except UnicodeDecodeError as error:
        cut_short = error.start > len(start) - 4 and len(start) < message.size
        return start[: error.start].decode()[:PREVIEW] if cut_short else start[:32].hex(" ")


def _type(head: Head) -> str:
    return head.header("Content-Type")


def _flat(text: str) -> str:
    return " ".join(text[:PREVIEW].split())


def _pretty(text: str) -> str:
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
