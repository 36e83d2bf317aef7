"""HAR files of many programs, read as exchanges: whatever is missing or of another type is done without."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from streamscope.interop import lines
from streamscope.interop.har.entry import (
    ENCODING,
    EVENT_STREAM,
    EXTENSION,
    EXTENSION_VERSION,
    WEB_SOCKET,
    bodies_of,
    last_attempt,
    objects,
    place,
)
from streamscope.interop.har.foreign import events_of, method_of, url_of
from streamscope.interop.har.values import bytes_of, text
from streamscope.interop.lines import Problem
from streamscope.kinds.dialects.base import dug
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.event import Event, Message, RequestSent, decode
from streamscope.model.phrase import phrase

_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError, binascii.Error)


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]


class _File(msgspec.Struct):
    log: _Log


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of entries: what was asked, and how it was answered (0: not at all)."""

    number: int
    method: str
    url: str
    status: int
    messages: int
    """WebSocket or event-stream messages that the entry has as such."""


class Har:
    """A HAR file; each entry is decoded when it is asked for. Raises StoreError for what is none."""

    def __init__(self, data: bytes) -> None:
        self._entries = _entries(_utf8(data))

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> Iterator[Entry]:
        """Every entry, for a list."""
        for number in range(1, len(self) + 1):
            value = self._value(number)
            status = dug(value, "response", "status")
            messages = objects(dug(value, WEB_SOCKET)) or objects(dug(value, EVENT_STREAM))
            yield Entry(
                number,
                method_of(dug(value, "request")),
                url_of(dug(value, "request")),
                status if isinstance(status, int) else 0,
                len(messages),
            )

    def events(self, number: int = 1) -> Iterator[Event | Problem]:
        """The events of an entry (from 1), and what could not be taken over. Raises UsageError without that entry."""
        if not 1 <= number <= len(self):
            raise UsageError(
                phrase("There is no entry {number}: the file has {count}.", number=number, count=len(self)),
                phrase("Entries are counted from 1."),
            )
        value = self._value(number)
        if not isinstance(value, dict):
            yield Problem(number, phrase("the entry is no object, or nested too deeply"))
            return
        own, problem = _own(value, number)
        if problem is not None:
            yield problem
        yield from own or events_of(value, number)

    def _value(self, number: int) -> Any:
        entry = self._entries[number - 1]
        if not isinstance(entry, msgspec.Raw):
            return entry
        try:
            return msgspec.json.decode(entry)
        except _BROKEN:
            try:
                return json.loads(bytes(entry))
            except _BROKEN:
                return None


def _entries(data: bytes) -> list[Any]:
    try:
        return list(msgspec.json.decode(data, type=_File).log.entries)
    except _BROKEN as error:
        cause = error
    try:  # numbers like NaN, which some programs write
        entries = dug(json.loads(data), "log", "entries")
        if isinstance(entries, list):
            return entries
    except _BROKEN:
        pass
    raise StoreError(
        phrase("The HAR file cannot be read: {reason}.", reason=lines.told(cause)),
        phrase("It may be cut off, or edited by hand: export it again."),
    )


def _utf8(data: bytes) -> bytes:
    """The file's text as UTF-8 without a byte order mark; some shells write UTF-16."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(encoding, errors="replace").encode(errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _own(entry: dict[str, Any], number: int) -> tuple[list[Event], Problem | None]:
    """The events that this program left in the entry; none where there are none, or they do not fit it any more."""
    extension = entry.get(EXTENSION)
    if not isinstance(extension, dict):
        return [], None
    if extension.get("version") != EXTENSION_VERSION:
        return [], Problem(number, phrase("its own events are of another version; the standard's fields are read"))
    try:
        return _restored(entry, [_event(value) for value in objects(extension.get("events"))]), None
    except (*_BROKEN, LookupError) as error:
        reason = phrase(
            "its own events do not fit ({reason}); the standard's fields are read", reason=lines.told(error)
        )
        return [], Problem(number, reason)


def _event(value: dict[str, Any]) -> Event:
    event = decode(msgspec.json.encode(value))
    lines.check(event)
    return lines.known(event)[0] if isinstance(event, RequestSent) else event


def _restored(entry: dict[str, Any], events: list[Event]) -> list[Event]:
    """The events with the payloads that the entry has. Raises LookupError where one is missing."""
    last = last_attempt(events)
    bodies = bodies_of(events[last:])
    waiting = {
        WEB_SOCKET: iter(objects(entry.get(WEB_SOCKET))),
        EVENT_STREAM: iter(objects(entry.get(EVENT_STREAM))),
        "content": iter(objects([dug(entry, "response", "content")])),
    }
    restored: list[Event] = []
    for at, event in enumerate(events):
        if isinstance(event, Message) and at >= last and (where := place(event, bodies)):
            kept = next(waiting[where], None)
            if kept is None:
                raise LookupError("a payload is missing")
            event = msgspec.structs.replace(event, payload=_payload(kept, event, where))
        elif isinstance(event, RequestSent) and at == last:
            event = _with_body(event, dug(entry, "request", "postData"))
        restored.append(event)
    return restored


def _payload(kept: dict[str, Any], message: Message, where: str) -> bytes:
    if where == "content":
        return bytes_of(kept.get("text"), kept.get("encoding"))
    encoded = message.opcode == "binary" or kept.get(ENCODING) == "base64"
    return bytes_of(kept.get("data"), "base64" if encoded else "")


def _with_body(request: RequestSent, data: Any) -> RequestSent:
    if not isinstance(data, dict):
        return request
    if data.get(ENCODING) == "base64":
        return msgspec.structs.replace(request, body_base64=base64.b64decode(text(data.get("text")), validate=True))
    return msgspec.structs.replace(request, body=text(data.get("text")))
