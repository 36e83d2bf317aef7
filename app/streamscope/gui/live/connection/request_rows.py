"""What stands below a request: how it was called, what the authentication did, the handshake, the body's parts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from streamscope.engine.sent import parts, version
from streamscope.engine.signed import CANONICAL, TO_SIGN, made
from streamscope.engine.upgrade import handshake
from streamscope.gui.language import retold
from streamscope.gui.live.connection.sheet import Row, Section
from streamscope.gui.texts import size_text, told
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS
from streamscope.model.redact import MASK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from streamscope.engine.waterfall import Attempt
    from streamscope.model.event import RequestSent

_LEAST = 6
"""Lines of a canonical request without headers."""
_EMPTY = "⏎"
"""Shown for a line that is empty: it counts in a signature."""


def rows_of(attempt: "Attempt") -> list[Section]:
    """All of it; a row's key is the header that it was made of, and a number that keeps keys apart."""
    sent = attempt.request
    if sent is None:
        return []
    return [_called(attempt, sent), *_authentication(sent), *_upgrade(attempt, sent), *_parts(sent)]


def _called(attempt: "Attempt", sent: "RequestSent") -> Section:
    translate = QCoreApplication.translate
    rows = [
        Row(translate("request", "Authentication"), _label(AUTH, sent.auth), key="auth"),
        Row(translate("request", "Channel"), _label(CHANNELS, sent.channel), key="channel"),
        Row(translate("request", "Protocol"), _label(PROTOCOLS, sent.protocol), key="protocol"),
        Row(translate("request", "HTTP version"), version(attempt.head, attempt.facts)),
        Row(translate("request", "Body"), _body(sent)),
    ]
    bytes_sent = [bar.facts["bytes"] for bar in attempt.bars if bar.name == "send" and "bytes" in bar.facts]
    if bytes_sent:
        rows.append(Row(translate("request", "On the wire"), size_text(int(bytes_sent[-1] or 0))))
    if sent.secrets:
        rows.append(Row(translate("request", "Secrets used"), ", ".join(sent.secrets), masked=True))
    return Section(translate("request", "How it was called"), "", tuple(rows))


def _label(shelf: "Mapping[str, Any]", key: str) -> str:
    found = shelf.get(key)
    return told(found.label) if found is not None else key


def _body(sent: "RequestSent") -> str:
    if sent.content:
        return " · ".join(part for part in (size_text(len(sent.content)), sent.header("Content-Type")) if part)
    if sent.header("Content-Length") not in ("", "0"):
        return QCoreApplication.translate("request", "not recorded")
    return QCoreApplication.translate("request", "none")


def _authentication(sent: "RequestSent") -> list[Section]:
    """Each thing that was noted, line by line, with where each line comes from."""
    sections: list[Section] = []
    steps = made(sent)
    for place, step in enumerate(steps):
        rows = []
        for number, one in enumerate(step.lines):
            text = retold(one.text) if not one.header else one.text
            name = _name(step.label, one.header, number, len(step.lines))
            key = f"{one.header}#{place}.{number}" if one.header else f"#{place}.{number}"
            rows.append(Row(name, text or _EMPTY, hint=told(one.source), masked=MASK in text, key=key))
        signed = step.label == CANONICAL
        about = QCoreApplication.translate("request", "what the authentication signed") if signed else ""
        sections.append(Section(retold(step.label), about, tuple(rows)))
    return sections


def _name(label: str, header: str, number: int, count: int) -> str:
    """What a line is called: the header that it was made of, or its part of what was signed."""
    translate = QCoreApplication.translate
    known: dict[int, str] = {}
    if label == CANONICAL and count >= _LEAST:
        known = {
            0: translate("request", "Method"),
            1: translate("request", "Path"),
            2: translate("request", "Query"),
            count - 3: translate("request", "Empty line"),
            count - 2: translate("request", "Signed headers"),
            count - 1: translate("request", "Body's hash"),
        }
    elif label == TO_SIGN:
        known = {
            0: translate("request", "Algorithm"),
            1: translate("request", "Date"),
            2: translate("request", "Request's hash"),
        }
    return known.get(number) or header or (str(number + 1) if count > 1 else "")


def _upgrade(attempt: "Attempt", sent: "RequestSent") -> list[Section]:
    steps = handshake(sent, attempt.head)
    if not steps:
        return []
    rows = []
    for number, one in enumerate(steps):
        name = one.header or QCoreApplication.translate("request", "Answer")
        tone = "error" if one.state == "wrong" else ""
        rows.append(Row(name, one.value, tone, hint=told(one.about), key=f"{one.header.lower()}#w{number}"))
    tone = "error" if any(one.state == "wrong" for one in steps) else ""
    return [Section(QCoreApplication.translate("request", "WebSocket handshake"), "", tuple(rows), tone)]


def _parts(sent: "RequestSent") -> list[Section]:
    found = parts(sent)
    if not found:
        return []
    rows = [
        Row(one.name or "–", " · ".join(part for part in (one.filename, one.kind, size_text(len(one.content))) if part))
        for one in found
    ]
    about = QCoreApplication.translate("request", "parts: {count}").format(count=len(rows))
    return [Section(QCoreApplication.translate("request", "Parts of the body"), about, tuple(rows))]
