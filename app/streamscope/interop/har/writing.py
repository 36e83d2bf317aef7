"""Exchanges written as HAR 1.2. Secrets stay masked, those in an answer's headers too."""

import base64
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import UNSET

from streamscope import __version__
from streamscope.interop.har.entry import (
    ENCODING,
    EVENT_STREAM,
    EXTENSION,
    EXTENSION_VERSION,
    WEB_SOCKET,
    bodies_of,
    last_attempt,
    place,
)
from streamscope.kinds.protocols.written import BodyWriter
from streamscope.model.event import (
    Carried,
    Closed,
    Event,
    Failed,
    Finding,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
    encode,
)
from streamscope.model.redact import MASK, masked_header

_ADDRESS = re.compile(r"(\S+) port (\d+)")
_SWITCHED = 101
_Pairs = list[tuple[str, str]]
_Json = dict[str, Any]


def har_of(events: Iterable[Event]) -> bytes:
    """One exchange as a HAR file."""
    return b"".join(_file([events]))


def write(exchanges: Iterable[Iterable[Event]], file: BinaryIO) -> None:
    """Exchanges as one HAR file, an entry each; one at a time is held in memory."""
    file.writelines(_file(exchanges))


def _file(exchanges: Iterable[Iterable[Event]]) -> Iterable[bytes]:
    creator = msgspec.json.encode({"name": "Streamscope", "version": __version__})
    yield b'{"log":{"version":"1.2","creator":' + creator + b',"entries":['
    for number, events in enumerate(exchanges):
        entry = _entry([event for event in events if not isinstance(event, Finding)])
        yield (b",\n" if number else b"\n") + msgspec.json.encode(entry)
    yield b"\n]}}\n"


def _entry(events: Sequence[Event]) -> _Json:
    """The entry of an exchange; of several attempts the last is shown, all of them are in the extension.

    A conversation that was lost and opened again is one attempt.
    """
    last = last_attempt(events)
    attempt = events[last:]
    sent = next((event for event in attempt if isinstance(event, RequestSent)), _NO_REQUEST)
    head = next((event for event in attempt if isinstance(event, Head)), None)
    first = next((event for event in events if isinstance(event, RequestSent)), sent)
    timings = _timings(attempt, head, events[-1].t if events else 0)
    entry: _Json = {
        "startedDateTime": first.started,
        "time": _ms(sum(value for name, value in timings.items() if name != "ssl" and value > 0)),
        "request": _request(sent, head),
        "response": _response(attempt, head),
        "cache": {},
        "timings": timings,
        **_connection(attempt),
    }
    bodies = bodies_of(attempt)
    messages = [event for event in attempt if isinstance(event, Message)]
    if any(message.form == "message" for message in messages) or (head is not None and head.status == _SWITCHED):
        entry["_resourceType"] = "websocket"
        entry[WEB_SOCKET] = [_frame(m, first.started) for m in messages if place(m, bodies) == WEB_SOCKET]
    if any(message.form == "event" for message in messages):
        entry.setdefault("_resourceType", "eventsource" if sent.method == "GET" else "fetch")
        entry[EVENT_STREAM] = [_streamed(m, first.started) for m in messages if place(m, bodies) == EVENT_STREAM]
    own = [msgspec.Raw(encode(_bare(event, at >= last, bodies))) for at, event in enumerate(events)]
    entry[EXTENSION] = {"version": EXTENSION_VERSION, "events": own}
    return entry


_NO_REQUEST = RequestSent(0, "1970-01-01T00:00:00Z", "GET", "", [], "none", "address", "https")


def _request(sent: RequestSent, head: Head | None) -> _Json:
    content = sent.content
    request: _Json = {
        "method": sent.method,
        "url": sent.url,
        "httpVersion": head.http_version if head is not None else "HTTP/1.1",
        "cookies": [],
        "headers": _headers(_masked(sent.headers)),
        "queryString": _headers(_query(sent.url)),
        "headersSize": -1,
        "bodySize": len(content),
    }
    if content:
        text, encoding = _text(content)
        request["postData"] = {"mimeType": sent.header("Content-Type"), "params": [], "text": text}
        if encoding:
            request["postData"] |= {"comment": "the text is base64", ENCODING: encoding}
    return request


def _response(attempt: Sequence[Event], head: Head | None) -> _Json:
    end = attempt[-1] if attempt else None
    carried = end.body if isinstance(end, Closed | Failed) and isinstance(end.body, Carried) else None
    headers = head.headers if head is not None else []
    mime = head.header("Content-Type") if head is not None else ""
    response: _Json = {
        "status": max(0, head.status) if head is not None else 0,
        "statusText": _status_text(head),
        "httpVersion": head.http_version if head is not None else "",
        "cookies": _cookies(headers),
        "headers": _headers(_masked(headers)),
        "content": _content(attempt, mime, carried),
        "redirectURL": head.header("Location") if head is not None else "",
        "headersSize": -1,
        "bodySize": max(-1, carried.wire) if carried is not None else -1,
        "_transferSize": sum(event.size for event in attempt if isinstance(event, Read)),
    }
    if isinstance(end, Failed):
        response["_error"] = f"{end.error}: {end.message}"
    return response


def _content(attempt: Sequence[Event], mime: str, carried: Carried | None) -> _Json:
    body = _body(attempt)
    text, encoding = _text(body)
    content: _Json = {"size": len(body), "mimeType": mime or "x-unknown"}
    if carried is not None:
        content["size"] = max(0, carried.decoded)
        content["compression"] = carried.decoded - carried.wire
    if body:
        content["text"] = text
    if encoding:
        content["encoding"] = encoding
    return content


def _body(attempt: Sequence[Event]) -> bytes:
    """The body as it was, where that is one message; else written again so that it is cut into the same ones."""
    bodies = bodies_of(attempt)
    for event in attempt:
        if isinstance(event, Message) and place(event, bodies) == "content":
            return event.payload
    writer = BodyWriter()
    pieces = [writer.feed(event) for event in attempt if not (isinstance(event, Message) and event.form == "message")]
    return b"".join(pieces) + writer.finish()


def _timings(attempt: Sequence[Event], head: Head | None, end: int) -> dict[str, float]:
    """Milliseconds by phase; connect holds ssl, as the standard wants it; blocked is what no phase explains."""
    lasted: dict[str, int] = {}
    begun: dict[str, int] = {}
    for event in attempt:
        if isinstance(event, RequestSent) and event is not attempt[0]:
            break  # another connection of the same conversation
        if isinstance(event, Trace):
            if event.phase == "begin":
                begun[event.name] = event.t
            elif event.name in begun:
                lasted[event.name] = lasted.get(event.name, 0) + max(0, event.t - begun.pop(event.name))
    connect = [lasted[name] for name in ("connect", "proxy", "tls") if name in lasted]
    receive = max(0, end - head.t) if head is not None else 0
    known = {
        "dns": lasted.get("dns", -1),
        "connect": sum(connect) if connect else -1,
        "send": lasted.get("send", 0),
        "wait": lasted.get("wait", 0) if lasted or head is None else head.t,
        "receive": receive,
    }
    blocked = max(0, end - sum(value for value in known.values() if value > 0))
    times = {"blocked": blocked, **known, "ssl": lasted.get("tls", -1)}
    return {name: _ms(value / 1e6) if value >= 0 else -1 for name, value in times.items()}


def _connection(attempt: Sequence[Event]) -> _Json:
    for event in attempt:
        if isinstance(event, Trace) and event.name == "connect" and isinstance(event.detail, str):
            found = _ADDRESS.fullmatch(event.detail)
            return {"serverIPAddress": found[1], "connection": found[2]} if found else {}
    return {}


def _frame(message: Message, started: str) -> _Json:
    """A WebSocket message in Chrome's form: text as it is, binary as base64."""
    text = message.text if message.opcode != "binary" else None
    frame: _Json = {
        "type": "receive" if message.direction == "in" else "send",
        "time": _epoch(started, message.t),
        "opcode": 2 if message.opcode == "binary" else 1,
        "data": text if text is not None else base64.b64encode(message.payload).decode(),
    }
    return frame | ({ENCODING: "base64"} if text is None and message.opcode != "binary" else {})


def _streamed(message: Message, started: str) -> _Json:
    text, encoding = _text(message.payload)
    event = {
        "time": _epoch(started, message.t),
        "eventName": message.event,
        "eventId": message.id,
        "data": text,
    }
    return event | ({ENCODING: encoding} if encoding else {})


def _bare(event: Event, shown: bool, bodies: int) -> Event:
    """The event as the extension holds it: without secrets, and without what the entry itself has."""
    match event:
        case RequestSent():
            body = {"body": UNSET, "body_base64": UNSET} if shown else {}
            return msgspec.structs.replace(event, headers=_masked(event.headers), **body)
        case Read():
            return msgspec.structs.replace(event, data=b"")
        case Head():
            return msgspec.structs.replace(event, headers=_masked(event.headers))
        case Message() if shown and place(event, bodies):
            return msgspec.structs.replace(event, payload=b"")
    return event


def _text(data: bytes) -> tuple[str, str]:
    """Bytes as text and its encoding: '' for UTF-8, else base64."""
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), "base64"


def _headers(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _masked(headers: _Pairs) -> _Pairs:
    return [(name, _kept_cookie(value) if _sets(name) else masked_header(name, value)) for name, value in headers]


def _sets(name: str) -> bool:
    return name.lower() == "set-cookie"


def _kept_cookie(value: str) -> str:
    """A Set-Cookie header with its name and attributes, without its value."""
    pair, semicolon, attributes = value.partition(";")
    return f"{pair.partition('=')[0]}={MASK}{semicolon}{attributes}"


def _cookies(headers: _Pairs) -> list[dict[str, str]]:
    values = [value for name, value in headers if _sets(name)]
    return [{"name": value.partition(";")[0].partition("=")[0].strip(), "value": MASK} for value in values]


def _query(url: str) -> _Pairs:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []


def _status_text(head: Head | None) -> str:
    try:
        return HTTPStatus(head.status).phrase if head is not None else ""
    except ValueError:
        return ""


def _epoch(started: str, t: int) -> float:
    """Seconds of the wall clock, as Chrome writes them."""
    return round(datetime.fromisoformat(started).timestamp() + t / 1e9, 6)


def _ms(value: float) -> float:
    return round(value, 6)
