"""An entry as any program writes it, made into events: request, phases, head, messages, end.

What an entry does not tell is done without: messages without times of their own come when the answer was whole.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from streamscope.interop.bodies import cut
from streamscope.interop.har.entry import ENCODING, EVENT_STREAM, WEB_SOCKET, objects
from streamscope.interop.har.values import bytes_of, moment, nanoseconds, number, pairs, text
from streamscope.interop.lines import Problem, splittable
from streamscope.kinds.dialects.base import dug
from streamscope.kinds.protocols.bodies import EVENT_STREAM as STREAM_TYPE
from streamscope.model.event import (
    Closed,
    Control,
    Direction,
    Event,
    Failed,
    Head,
    Message,
    RequestSent,
    Trace,
    text_or_bytes,
)
from streamscope.model.phrase import phrase
from streamscope.model.redact import MASK, masked_header

_STREAM_LISTS = (EVENT_STREAM, "_eventSourceMessages")
_OUT = frozenset({"send", "sent", "out", "outgoing", "client", "request"})
_CONTROLS = {8: "close", 9: "ping", 10: "pong"}
_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#@]*@", re.IGNORECASE)
_SWITCHED = 101
_LONGEST = 1e7
"""Seconds, some months: a message that is later belongs to another clock."""
_Json = dict[str, Any]


def events_of(entry: _Json, at: int) -> Iterator[Event | Problem]:
    """The events of an entry, in order, and what of it could not be taken over; `at` is its number."""
    started = _started(entry)
    answer = entry.get("response")
    response = answer if isinstance(answer, dict) else {}
    status = number(response.get("status"))
    status = int(status) if status is not None and 0 <= status < 1000 else 0
    mime, headers = _type(response), _headers(response.get("headers"))
    phases, head_t, end_t = _phases(entry)
    yield _request(entry, started, mime, status)
    yield from phases
    if status:
        if mime and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", mime))
        yield Head(head_t, status, _version(response.get("httpVersion")), headers)
    last = head_t if status else end_t
    code: int | None = None
    for found in _messages(entry, response, mime, at, started, (head_t, end_t)):
        if isinstance(found, Problem):
            yield found
            continue
        last = max(last, found.t)
        yield msgspec.structs.replace(found, t=last)
        if isinstance(found, Control) and found.name == "close":
            code = _code(found)
    yield _end(response, status, max(last, end_t), code)


def method_of(request: Any) -> str:
    """The request's method in capitals, GET where it has none."""
    return text(dug(request, "method")).upper() or "GET"


def url_of(request: Any) -> str:
    """The request's URL, a user and password in it masked, one that cannot be taken apart escaped."""
    return splittable(_USER.sub(rf"\1{MASK}@", text(dug(request, "url"))))


def _started(entry: _Json) -> float:
    """When it began, seconds since 1970; the first message's time where the entry does not say."""
    found = moment(entry.get("startedDateTime"))
    if found is None:
        times = [moment(row.get("time")) for row in objects(entry.get(WEB_SOCKET))[:1]]
        found = next((time for time in times if time is not None), 0.0)
    return found


def _request(entry: _Json, started: float, mime: str, status: int) -> RequestSent:
    asked = entry.get("request")
    request = asked if isinstance(asked, dict) else {}
    url = url_of(request)
    body, body_base64 = text_or_bytes(_body(request.get("postData")))
    return RequestSent(
        0,
        _iso(started),
        method_of(request),
        url,
        _headers(request.get("headers")),
        "none",
        "address",
        _protocol(entry, url, mime, status),
        body=body or msgspec.UNSET,
        body_base64=body_base64,
    )


def _body(data: Any) -> bytes:
    if isinstance(data, str):
        return data.encode(errors="replace")
    if not isinstance(data, dict):
        return b""
    if data.get("text") is None and data.get("params"):
        return urlencode(pairs(data["params"])).encode()
    try:
        return bytes_of(data.get("text"), data.get(ENCODING, data.get("encoding")))
    except ValueError:
        return text(data.get("text")).encode()


def _protocol(entry: _Json, url: str, mime: str, status: int) -> str:
    named = text(entry.get("_resourceType")).lower() == "websocket"
    if named or url.lower().startswith(("ws:", "wss:")) or status == _SWITCHED or objects(entry.get(WEB_SOCKET)):
        return "websocket"
    return "sse" if _essence(mime) == STREAM_TYPE else "https"


def _phases(entry: _Json) -> tuple[list[Trace], int, int]:
    """The phases that the entry tells, and when head and end came (ns)."""
    given = entry.get("timings")
    timings = given if isinstance(given, dict) else {}
    total = nanoseconds(entry.get("time")) or 0
    span = {name: nanoseconds(timings.get(name)) for name in ("blocked", "dns", "connect", "ssl", "send", "wait")}
    now = span["blocked"] or 0
    tls = span["ssl"]
    connect = span["connect"]
    if connect is not None and tls is not None:
        connect = max(0, connect - tls)  # the standard counts it twice
    traces: list[Trace] = []
    lasting = (("dns", span["dns"]), ("connect", connect), ("tls", tls), ("send", span["send"]), ("wait", span["wait"]))
    for name, lasts in lasting:
        if lasts is not None and timings:
            traces += [Trace(now, name, "begin"), Trace(now + lasts, name, "end")]
            now += lasts
    receive = nanoseconds(timings.get("receive"))
    if span["wait"] is None and receive is None:
        return traces, max(now, total), max(now, total)
    return traces, now, max(now + (receive or 0), total)


def _messages(
    entry: _Json, response: _Json, mime: str, at: int, started: float, times: tuple[int, int]
) -> Iterator[Event | Problem]:
    """Messages and controls in the order of the file."""
    head_t, end_t = times
    if sockets := objects(entry.get(WEB_SOCKET)):
        for row in sockets:
            yield _frame(row, _since(row.get("time"), started, head_t))
        return
    for name in _STREAM_LISTS:
        if rows := objects(entry.get(name)):
            for row in rows:
                yield _streamed(row, _since(row.get("time"), started, end_t))
            return
    content = response.get("content")
    content = content if isinstance(content, dict) else {}
    try:
        body = bytes_of(content.get("text"), content.get("encoding"))
    except ValueError:
        body = text(content.get("text")).encode(errors="replace")
        yield Problem(at, phrase("the body is no base64, though the entry says so; it is taken as text"))
    if not body and (number(content.get("size")) or 0) > 0:
        yield Problem(at, phrase("the body was not saved in the file"))
    made = list(cut(body, mime, end_t))
    if sum(isinstance(event, Message) for event in made) > 1:
        yield Problem(at, phrase("its messages have no times of their own: they are put at the answer's end"))
    yield from made


def _frame(row: _Json, t: int) -> Event:
    direction: Direction = "out" if text(row.get("type")).lower() in _OUT else "in"
    opcode = _opcode(row.get("opcode"))
    data = row.get("data")
    try:
        payload = bytes_of(data, "base64" if opcode not in (0, 1) else "")
    except ValueError:
        payload = text(data).encode(errors="replace")
    if opcode in _CONTROLS:
        return Control(t, direction, _CONTROLS[opcode], *text_or_bytes(payload))
    return Message(t, direction, (0, 0), payload, "message", opcode="binary" if opcode == 2 else "text")


def _opcode(value: Any) -> int:
    if isinstance(value, str) and value.lower() in ("text", "binary"):
        return 1 if value.lower() == "text" else 2
    found = number(value)
    return int(found) if found in (2, 8, 9, 10) else 1


def _streamed(row: _Json, t: int) -> Message:
    try:
        payload = bytes_of(row.get("data"), row.get(ENCODING))
    except ValueError:
        payload = text(row.get("data")).encode(errors="replace")
    name = text(row.get("eventName")) or "message"
    return Message(t, "in", (0, 0), payload, "event", name, text(row.get("eventId")))


def _since(value: Any, started: float, unknown: int) -> int:
    """A message's time in ns since Send; `unknown` where it has none."""
    found = moment(value)
    if found is None or found - started > _LONGEST:
        return unknown
    return max(0, round((found - started) * 1e6) * 1000)


def _end(response: _Json, status: int, t: int, code: int | None) -> Closed | Failed:
    reason = text(response.get("_error")) or text(response.get("_failureText"))
    if reason:
        hint = str(phrase("The file's own words; it tells no more."))
        return Failed(t, "Cut" if status else "NoAnswer", reason, hint)
    if not status:
        return Failed(t, "NoAnswer", str(phrase("The file has no answer to this request.")), "")
    return Closed(t, "server", code)


def _code(close: Control) -> int | None:
    """The code of a close frame's payload, which exporters write as bytes or in words."""
    if isinstance(close.data_base64, bytes) and len(close.data_base64) >= 2:
        return int.from_bytes(close.data_base64[:2])
    first = str(close.data).split(" ")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) == 4 else None


def _headers(value: Any) -> list[tuple[str, str]]:
    """Headers without HTTP/2's pseudo ones, their secrets masked."""
    return [(name, masked_header(name, item)) for name, item in pairs(value) if not name.startswith(":")]


def _type(response: _Json) -> str:
    """The content type: the header's, else the one that the content names."""
    for name, value in pairs(response.get("headers")):
        if name.lower() == "content-type":
            return value
    named = text(dug(response, "content", "mimeType"))
    return "" if named == "x-unknown" else named


def _essence(mime: str) -> str:
    return mime.partition(";")[0].strip().lower()


def _version(value: Any) -> str:
    named = text(value).upper()
    if named.startswith(("HTTP/2", "H2", "HTTP/3", "H3")):
        return "HTTP/2" if "2" in named[:6] else "HTTP/3"
    return named if named.startswith("HTTP/1") else "HTTP/1.1"


def _iso(seconds: float) -> str:
    made = datetime.fromtimestamp(seconds, UTC)
    return made.isoformat(timespec="microseconds").replace("+00:00", "Z")
