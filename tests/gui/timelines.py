"""Exchanges with a shape, for the tests of strips and charts."""

import json

from streamscope.model.event import Closed, Control, Event, Failed, Head, Message, Read, RequestSent, Trace

MS = 1_000_000


def said(text: str, kind: str = "content") -> bytes:
    """A chunk of a streamed chat completion."""
    return json.dumps({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {kind: text}}]}).encode()


def begun(url: str = "https://host.example/v1/chat/completions", status: int = 200) -> list[Event]:
    """A request, 10 ms of connecting, 30 ms of waiting, the head at 40 ms."""
    return [
        RequestSent(0, "2026-01-01T00:00:00Z", "POST", url, [("Host", "host.example")], "token", "public", "sse"),
        Trace(0, "connect", "begin"),
        Trace(10 * MS, "connect", "end"),
        Trace(10 * MS, "wait", "begin"),
        Head(40 * MS, status, "HTTP/1.1", [("Content-Type", "text/event-stream")]),
    ]


def token(t: int, read: int, data: bytes, count: int = 1) -> list[Event]:
    """A read at so many ms, and its messages."""
    return [
        Read(t * MS, read, len(data) * count, b"x"),
        *(Message(t * MS, "in", (read, read), data, "event", "message") for _ in range(count)),
    ]


def chat() -> list[Event]:
    """Reasoning, text every 20 ms, a stall of 2 s with keep-alives in it, a burst of five, the end at 3 s."""
    events = begun()
    for number in range(10):
        events += token(100 + 20 * number, number + 1, said("think", "reasoning_content"))
    for number in range(25):
        events += token(300 + 20 * number, number + 11, said("word"))
    for number in range(3):
        events.append(Control((1200 + 400 * number) * MS, "in", "comment", "alive"))
    events += token(2780, 40, said("much"), 5)
    events += token(2900, 41, b"[DONE]")
    return [*events, Closed(3000 * MS, "server")]


def talk() -> list[Event]:
    """A conversation over a WebSocket: three questions, answers of ten messages, closed with a code."""
    events = begun("wss://host.example/ws", 101)
    for turn in range(3):
        at = 100 + 500 * turn
        events.append(Message(at * MS, "out", (0, 0), b'{"ask":1}', "message", opcode="text"))
        for number in range(10):
            read = turn * 10 + number + 1
            events.append(
                Message((at + 100 + 10 * number) * MS, "in", (read, read), b'{"n":1}', "message", opcode="text")
            )
    return [*events, Control(1600 * MS, "in", "close", detail={"code": 1000}), Closed(1601 * MS, "server", 1000)]


def lost() -> list[Event]:
    """A conversation whose connection was lost for 400 ms and opened again."""
    again = RequestSent(
        800 * MS, "2026-01-01T00:00:00Z", "GET", "wss://host.example/ws", [], "token", "public", "websocket", attempt=2
    )
    return [
        *talk()[:30],
        Control(600 * MS, "out", "reconnect", "1006", detail={"try": 1}),
        again,
        Head(1000 * MS, 101, "HTTP/1.1", []),
        Control(1000 * MS, "out", "reconnected", "0.4 s"),
        Closed(1600 * MS, "user"),
    ]


def broken() -> list[Event]:
    """A stream that was cut."""
    return [*chat()[:-1], Failed(3000 * MS, "Cut", "The connection was cut.", "Try again.")]
