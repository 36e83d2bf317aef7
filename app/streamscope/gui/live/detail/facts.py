"""What the quiet line above an event says, and an event that is no payload in words."""

from collections.abc import Iterator

from msgspec import UNSET
from PySide6.QtCore import QCoreApplication

from streamscope.gui.language import retold
from streamscope.gui.live.detail.hostile import harmless, one_line
from streamscope.gui.live.detail.looked import Looked
from streamscope.gui.live.detail.marked_text import Part
from streamscope.gui.live.detail.masking import without_secrets
from streamscope.gui.texts import size_text, time_text
from streamscope.model.event import (
    Carried,
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
)
from streamscope.store.rows import KINDS

Pairs = list[tuple[str, str]]
_MESSAGE = KINDS.index(Message)
_LOOKED_BACK, _PHASES = 4096, 64


def line(looked: Looked) -> str:
    """Number, kind, time, gap, size and reads of an event, in one line."""
    translate = QCoreApplication.translate
    event = looked.event
    parts = [f"#{looked.number + 1:,}", word(event), time_text(event.t / 1e6)]
    if isinstance(event, Trace) and (took := _took(looked, event)) is not None:
        parts.append(translate("detail", "took {time}").format(time=time_text(took / 1e6)))
    gap = _gap(looked)
    if gap is not None:
        parts.append(translate("detail", "{time} after the one before").format(time=time_text(gap / 1e6)))
    if isinstance(event, Message | Read) or looked.source.size():
        parts.append(size_text(looked.source.size() or getattr(event, "size", 0)))
    if isinstance(event, Message):
        parts += _carried_in(event)
    return "  ·  ".join(one_line(part, 80) for part in parts if part)


def word(event: Event) -> str:
    """What an event is called: by its own name where it has one."""
    translate = QCoreApplication.translate
    match event:
        case Message():
            return event.event or translate("events", "message")
        case Control():
            return event.name
        case RequestSent():
            return translate("events", "request")
        case Head():
            return translate("events", "head")
        case Trace():
            return translate("events", "trace")
        case Read():
            return translate("events", "read")
        case Finding():
            return translate("events", "finding")
        case Closed():
            return translate("events", "closed")
        case Failed():
            return translate("events", "failed")


def _carried_in(message: Message) -> list[str]:
    translate = QCoreApplication.translate
    first, last = message.reads
    found = []
    if first and first == last:
        found.append(translate("detail", "read {number}").format(number=f"{first:,}"))
    elif first:
        found.append(translate("detail", "reads {first}–{last}").format(first=f"{first:,}", last=f"{last:,}"))
    if message.id:
        found.append(translate("detail", "id {id}").format(id=message.id))
    if message.retry is not None:
        found.append(translate("detail", "retry {time}").format(time=time_text(message.retry)))
    if message.opcode == "binary":
        found.append(translate("detail", "binary"))
    if message.unfinished:
        found.append(translate("detail", "cut off before its end"))
    if len(message.frames) > 1:
        found.append(translate("detail", "{count} frames").format(count=len(message.frames)))
    return found


def _gap(looked: Looked) -> int | None:
    """Nanoseconds since the message before, of the same direction as far as the index tells cheaply."""
    if not isinstance(looked.event, Message):
        return None
    number = looked.number
    before = looked.feed.codes.rfind(bytes((_MESSAGE,)), max(0, number - _LOOKED_BACK), number)
    return looked.event.t - looked.feed.exchange.rows(before, before + 1)[0] if before >= 0 else None


def _took(looked: Looked, end: Trace) -> int | None:
    """Nanoseconds of a phase that ends here."""
    if end.phase != "end":
        return None
    near = looked.feed.exchange.events(max(0, looked.number - _PHASES), looked.number)
    begun = [one for one in near if isinstance(one, Trace) and one.name == end.name and one.phase == "begin"]
    return end.t - begun[-1].t if begun else None


def pairs(event: Event) -> Pairs:
    """An event that is no payload, as names and values."""
    translate = QCoreApplication.translate
    match event:
        case RequestSent():
            notes = [(retold(label), retold(text)) for label, text in event.notes]
            way = [
                (translate("detail", "Authentication"), event.auth),
                (translate("detail", "Channel"), event.channel),
                (translate("detail", "Protocol"), event.protocol),
                (translate("detail", "Sent at"), event.started),
                (translate("detail", "Attempt"), str(event.attempt)),
            ]
            return [("", f"{event.method} {event.url}"), *event.headers, ("", ""), *way, *notes]
        case Head():
            return [("", f"{event.http_version} {event.status}"), *without_secrets(event, ()).headers]
        case Trace():
            phase = translate("events", "begin") if event.phase == "begin" else translate("events", "end")
            detail = retold(event.detail) if isinstance(event.detail, str) else ""
            return [(translate("detail", "Phase"), event.name), ("", phase), (translate("detail", "Detail"), detail)]
        case Read():
            return [
                (translate("detail", "Read"), f"{event.read:,}"),
                (translate("detail", "Size"), translate("detail", "{count} bytes").format(count=f"{event.size:,}")),
            ]
        case Control():
            return _of_control(event)
        case Finding():
            return [
                ("", retold(event.text)),
                ("", retold(event.remedy)),
                (translate("detail", "Rule"), event.rule),
                (translate("detail", "Severity"), _severity(event.severity)),
                (translate("detail", "Shown by"), ", ".join(f"#{number + 1}" for number in event.events[:200])),
            ]
        case Closed():
            by = _whom(event.by)
            code = "" if event.code is None else str(event.code)
            ended = [
                (translate("detail", "Ended by"), by),
                (translate("detail", "Close code"), code),
                (translate("detail", "Reason"), event.reason),
            ]
            return [*ended, *_of_body(event.body)]
        case Failed():
            return [
                ("", retold(event.message)),
                ("", retold(event.hint)),
                (translate("detail", "Error"), event.error),
                *_of_body(event.body),
            ]
    return []


def _of_control(control: Control) -> Pairs:
    translate = QCoreApplication.translate
    data = control.data if control.data is not UNSET else ""
    found: Pairs = [(translate("detail", "Control"), control.name)]
    found.append((translate("detail", "Direction"), _way(control.direction)))
    if data != "":
        found.append((translate("detail", "Data"), str(data)))
    for name, value in control.detail.items():
        if name == "rtt_ns" and isinstance(value, int):
            found.append((translate("detail", "Round trip"), time_text(value / 1e6)))
        else:
            found.append((name, _value(value)))
    return found


def _way(direction: str) -> str:
    translate = QCoreApplication.translate
    return translate("detail", "received") if direction == "in" else translate("detail", "sent")


def _whom(by: str) -> str:
    translate = QCoreApplication.translate
    words = {
        "server": translate("events", "server"),
        "client": translate("events", "client"),
        "user": translate("events", "user"),
        "network": translate("events", "network"),
    }
    return words.get(by, by)


def _severity(severity: str) -> str:
    translate = QCoreApplication.translate
    words = {
        "info": translate("detail", "information"),
        "warning": translate("detail", "warning"),
        "error": translate("detail", "error"),
    }
    return words.get(severity, severity)


def _value(value: object) -> str:
    translate = QCoreApplication.translate
    if isinstance(value, bool):
        return translate("detail", "yes") if value else translate("detail", "no")
    return "" if value is None else str(value)


def _of_body(body: object) -> Pairs:
    if not isinstance(body, Carried):
        return []
    translate = QCoreApplication.translate
    whole = {True: translate("detail", "yes"), False: translate("detail", "no, it was cut"), None: ""}[body.whole]
    return [
        (translate("detail", "Body framed by"), body.framing),
        (translate("detail", "Content coding"), body.coding),
        (translate("detail", "On the wire"), size_text(body.wire)),
        (translate("detail", "Decoded"), size_text(body.decoded)),
        (translate("detail", "Chunks"), f"{body.chunks:,}" if body.chunks else ""),
        (translate("detail", "Whole"), whole),
    ]


def laid_out(event: Event) -> str:
    """The same as text: a pair a line, what has no name alone."""
    return "".join(text for text, _, _ in parts(event))


def parts(event: Event) -> Iterator[Part]:
    """The same with tones: names quiet, what stands alone between free lines."""
    begun = free = False
    for name, value in pairs(event):
        if not value:
            free = free or not name
            continue
        if begun:
            yield ("\n\n" if free or not name else "\n"), "text", ""
        if name:
            yield f"{name}: ", "muted", ""
        yield harmless(value), "text", ""
        begun, free = True, not name
