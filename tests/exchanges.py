"""Exchanges as lists of events, as they come off the wire: bytes of reads, what they mean, and how they ended."""

import json
from typing import Any

from streamscope.kinds.protocols.written import frame
from streamscope.model.draft import Draft
from streamscope.model.event import (
    Carried,
    Closed,
    Control,
    Detail,
    Event,
    Failed,
    Frame,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
)
from streamscope.store.recordings import Exchange, Recordings

MS = 1_000_000
STARTED = "2026-11-24T08:30:00.123456Z"
WORDS = ("Hello", ", ", "wörld", "!")


def recorded(events: list[Event]) -> Exchange:
    """An exchange of these events."""
    exchange = Recordings(None).new(Draft(), keep=False)
    for event in events:
        exchange.append(event)
    return exchange


def request(url: str = "http://127.0.0.1:8000/v1/chat/completions?a=1&b=", **more: Any) -> RequestSent:
    fields: dict[str, Any] = {
        "t": 0, "started": STARTED, "method": "POST", "url": url,
        "headers": [("Content-Type", "application/json"), ("Authorization", "Bearer ••••••")],
        "auth": "bearer", "channel": "address", "protocol": "sse", "body": '{"stream":true}',
    }  # fmt: skip
    return RequestSent(**(fields | more))


def phases(begin: int = MS) -> list[Event]:
    """dns, connect, send and the beginning of wait, a millisecond each."""
    marks = [("dns", "localhost"), ("connect", "127.0.0.1 port 8000"), ("send", "")]
    events: list[Event] = []
    for number, (name, detail) in enumerate(marks):
        t = begin + number * MS
        events.append(Trace(t, name, "begin", detail) if detail else Trace(t, name, "begin"))
        events.append(Trace(t + MS, name, "end"))
    return [*events, Trace(begin + 3 * MS, "wait", "begin")]


def delta(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def stream(words: tuple[str, ...] = WORDS, gap: int = 40 * MS, end: Closed | Failed | None = None) -> list[Event]:
    """A chat as an event stream: the head alone, a comment, each delta in a read of its own, the end mark."""
    head = [
        ("Content-Type", "text/event-stream"),
        ("Transfer-Encoding", "chunked"),
        ("Set-Cookie", "sid=secret1; Path=/"),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in head)
    raw = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()
    t = 30 * MS
    events: list[Event] = [request(), *phases(), Read(t, 1, len(raw), raw), Trace(t, "wait", "end")]
    events.append(Head(t, 200, "HTTP/1.1", head))
    t += MS
    piece = chunk(b": hi\n\n")
    events += [Read(t, 2, len(piece), piece), Control(t, "in", "comment", "hi")]
    for number, data in enumerate([*map(delta, words), b"[DONE]"]):
        t += gap
        piece = chunk(b"data: %s\n\n" % data)
        events.append(Read(t, number + 3, len(piece), piece))
        events.append(Message(t, "in", (number + 3, number + 3), data, "event", "message", ""))
    t += MS
    if end is None or isinstance(end, Closed):
        events.append(Read(t, len(words) + 4, 5, b"0\r\n\r\n"))
    return [*events, end or Closed(t + MS, "server", body=Carried("chunked", "", 300, 300, len(words) + 2, True))]


def conversation(gap: int = 30 * MS) -> list[Event]:
    """A WebSocket: text and binary both ways, a ping, a message of two frames, the server's close."""
    head = [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ]  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in head)
    raw = f"HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n".encode()
    sent = request("ws://127.0.0.1:8000/live", method="GET", protocol="websocket", body="", headers=[])
    t = 20 * MS
    events: list[Event] = [sent, *phases(), Read(t, 1, len(raw), raw), Trace(t, "wait", "end")]
    events.append(Head(t, 101, "HTTP/1.1", head))
    events.append(Message(t + MS, "out", (0, 0), "hé".encode(), "message", opcode="text"))
    fragments = frame(1, b"Hel")[:0] + bytes((0x01, 3)) + b"Hel" + bytes((0x80, 2)) + b"lo"
    frames = (Frame(False, 0, 1, False, 3, 3), Frame(True, 0, 0, False, 2, 2))
    close = (1000).to_bytes(2) + b"bye"
    steps: list[tuple[bytes, list[Event]]] = [
        (fragments, [Message(0, "in", (2, 2), b"Hello", "message", opcode="text", frames=frames)]),
        (frame(9, b"you?"), [Control(0, "in", "ping", "you?"), Control(0, "out", "pong", "you?")]),
        (frame(2, b"\x00\xff\x01"), [Message(0, "in", (4, 4), b"\x00\xff\x01", "message", opcode="binary")]),
        (frame(8, close), [Control(0, "in", "close", "1000 bye", detail={"code": 1000, "reason": "bye"})]),
    ]
    for number, (data, made) in enumerate(steps):
        t += gap
        events.append(Read(t, number + 2, len(data), data))
        events += [with_time(event, t) for event in made]
    return [*events, Closed(t + 2 * MS, "server", 1000, "bye")]


def with_time(event: Event, t: int) -> Event:
    import msgspec

    return msgspec.structs.replace(event, t=t)


def answer(body: bytes, form: str = "body", mime: str = "application/json", **more: Any) -> list[Event]:
    """A body of messages (one line or element for each line of it), without bytes of reads."""
    events: list[Event] = [request(protocol="https"), *phases(), Trace(9 * MS, "wait", "end")]
    events += [Read(9 * MS, 1, 100), Head(9 * MS, more.get("status", 200), "HTTP/1.1", [("Content-Type", mime)])]
    pieces = [body] if form == "body" else body.splitlines()
    for number, piece in enumerate(pieces):
        t = (20 + 10 * number) * MS
        events += [Read(t, number + 2, len(piece)), Message(t, "in", (number + 2, number + 2), piece, form)]  # type: ignore[arg-type]
    return [*events, Closed((30 + 10 * len(pieces)) * MS, "server")]


def retried() -> list[Event]:
    """A token that was refused and renewed: two attempts in one exchange."""
    first: list[Event] = [
        request(),
        *phases(),
        Read(9 * MS, 1, 20, b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"),
    ]
    first += [Head(9 * MS, 401, "HTTP/1.1", [("Content-Length", "2")]), Message(9 * MS, "in", (1, 1), b"no")]
    second = [with_time(event, event.t + 20 * MS) for event in stream()]
    second[0] = request(t=20 * MS, attempt=2)
    return [*first, *second]


def secure() -> list[Event]:
    """A stream by TLS through a proxy, its connection told with facts and certificates."""
    facts: Detail = {
        "version": "TLSv1.3",
        "cipher": "X",
        "bits": 256,
        "resumed": False,
        "trust": "system",
        "idle": None,
    }
    told: list[Event] = [
        Trace(5 * MS, "proxy", "begin", "CONNECT h:443"),
        Trace(6 * MS, "proxy", "end", "200", {"proxy": "p:8080", "proxy_by": "system", "status": 200}),
        Trace(6 * MS, "tls", "begin", "h"),
        Trace(7 * MS, "tls", "end", "TLSv1.3 X", facts, [b"\x30\x82\x00\xff", b"\x30\x00"]),
    ]
    events = stream()
    return [*events[:7], *told, *events[7:]]


ALL = {
    "stream": stream(),
    "conversation": conversation(),
    "json": answer(b'{"a": "\xc3\xa4"}'),
    "lines": answer(b'{"n":1}\n{"n":2}', "line", "application/x-ndjson"),
    "elements": answer(b'{"n":1}\n[2]\n"x"', "element"),
    "bytes": answer(b"\x00\xff\xfe", "body", "application/octet-stream"),
    "cut": stream(end=Failed(400 * MS, "Cut", "It was closed in the middle of the answer.", "Look.")),
    "refused": [request(), Failed(3 * MS, "Refused", "Nothing listens.", "Start it.")],
    "retried": retried(),
    "secure": secure(),
}
