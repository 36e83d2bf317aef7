"""Exchanges as they could have been, with everything that views of the live pane can show."""

import json
import random
from collections.abc import Iterator

from streamscope.model.draft import Body, Choice, Draft
from streamscope.model.event import (
    Carried,
    Closed,
    Control,
    Event,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
)
from streamscope.store.recordings import Exchange, Recordings

MS = 1_000_000
STARTED = "2026-11-24T08:30:00.123456Z"
THOUGHTS = (
    "The question is about tides in a harbour. Two things matter here: the moon's pull and the shape of the basin. "
    "I should look the times up before I answer."
)
ANSWER = (
    "# Tides in the harbour\n\nThe water **rises twice a day**, about 50 minutes later each day.\n\n"
    "| | time | height |\n|---|---|---|\n| high | 06:12 | 3.8 m |\n| low | 12:31 | 0.6 m |\n\n"
    "1. Come in with the *flood*.\n2. Leave an hour before low water.\n\n"
    "```python\ndef depth(chart, tide):\n    return chart + tide\n```\n\n"
    "> 港口的水位每天涨落两次。\n\nFair winds: the harbour master answers on channel 12."
)
ARGUMENTS = '{"harbour": "Port Ellen", "day": "2026-11-25", "units": ["m", "kn"]}'


def stream(*, stalls: bool = True, speed: float = 1.0, seed: int = 7) -> list[Event]:
    """A chat over an event stream: reasoning, a tool call, text with a stall and a burst, keep-alives, usage."""
    clock = _Clock(speed, seed)
    events = list(_opening(clock))
    for word in _words(THOUGHTS):
        events += clock.brought(_chunk({"reasoning_content": word}))
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "tide_times", "arguments": ""}}
    events += clock.brought(_chunk({"tool_calls": [call]}))
    for at in range(0, len(ARGUMENTS), 9):
        piece = {"index": 0, "function": {"arguments": ARGUMENTS[at : at + 9]}}
        events += clock.brought(_chunk({"tool_calls": [piece]}))
    words = _words(ANSWER)
    for number, word in enumerate(words):
        if stalls and number == len(words) // 3:
            for _ in range(4):
                clock.wait(480)
                events += clock.told("comment", "keep-alive")
        if stalls and len(words) // 2 < number < len(words) // 2 + 14:
            events += clock.held(_chunk({"content": word}))
            continue
        events += clock.brought(_chunk({"content": word}))
    events += clock.brought(_chunk({}, finish="stop"))
    usage = {"prompt_tokens": 31, "completion_tokens": len(words) + 60, "total_tokens": len(words) + 91}
    events += clock.brought(json.dumps(_frame([], usage=usage)).encode())
    events += clock.brought(b"[DONE]")
    return [
        *events,
        Closed(clock.t + 2 * MS, "server", body=Carried("chunked", "", clock.bytes, clock.bytes, 190, True)),
    ]


def choices(count: int = 3) -> list[Event]:
    """Several answers written at the same time, one of them a refusal."""
    clock = _Clock(1.0, 3)
    events = list(_opening(clock))
    texts = [_words(ANSWER[: 200 + 40 * at]) for at in range(count)]
    for number in range(max(map(len, texts))):
        for at, words in enumerate(texts):
            if number < len(words):
                kind = "refusal" if at == count - 1 else "content"
                events += clock.brought(_chunk({kind: words[number]}, index=at))
    return [*events, *clock.brought(b"[DONE]"), Closed(clock.t + MS, "server")]


def talk() -> list[Event]:
    """A WebSocket: messages both ways, pings, a gap, binary, a close with a code."""
    clock = _Clock(1.0, 5)
    events: list[Event] = [
        RequestSent(
            0, STARTED, "GET", "wss://speech.example/v1/realtime?model=harbour", [("Upgrade", "websocket")],
            "aksk", "vpc", "websocket",
        ),
        *_phases(tls=True),
    ]  # fmt: skip
    clock.t = 60 * MS
    events.append(Head(clock.t, 101, "HTTP/1.1", [("Upgrade", "websocket"), ("Connection", "Upgrade")]))
    for turn in range(4):
        clock.wait(300)
        said = json.dumps({"type": "input_text", "turn": turn, "text": "When may I come in?"}).encode()
        events.append(Message(clock.t, "out", (0, 0), said, "message", opcode="text"))
        for word in _words("With the flood, from a quarter to six on."):
            data = json.dumps({"type": "response.output_text.delta", "delta": word}).encode()
            events += clock.brought(data, form="message")
        events.append(Control(clock.t, "in", "ping", "tide", detail={"length": 4}))
        events.append(Control(clock.t + MS, "out", "pong", "tide", detail={"automatic": True}))
    clock.wait(1800)
    events.append(Message(clock.t, "in", (clock.read, clock.read), bytes(range(256)), "message", opcode="binary"))
    events.append(Control(clock.t + 4 * MS, "in", "close", "enough", detail={"code": 4001, "reason": "enough"}))
    return [*events, Closed(clock.t + 9 * MS, "server", 4001, "enough")]


def recorded(events: list[Event], protocol: str = "sse", recordings: Recordings | None = None) -> Exchange:
    """An exchange of these events; in a folder where recordings are given."""
    body = Body("text", text='{"stream": true, "messages": [{"role": "user", "content": "When is high water?"}]}')
    draft = Draft(
        auth=Choice("token"), channel=Choice("address", {"url": "https://harbour.example"}), protocol=Choice(protocol),
        path="/v1/chat/completions", body=body, name="Tides",
    )  # fmt: skip
    exchange = (recordings or Recordings(None)).new(draft)
    for event in events:
        exchange.append(event)
    exchange.flush()
    return exchange


class _Clock:
    """Times and reads as a server would bring them."""

    def __init__(self, speed: float, seed: int) -> None:
        self.t = 0
        self.read = 0
        self.bytes = 0
        self._speed = speed
        self._dice = random.Random(seed)
        self._held: list[bytes] = []

    def wait(self, ms: float) -> None:
        """Let time go by."""
        self.t += int(ms * MS / self._speed)

    def brought(self, payload: bytes, form: str = "event") -> Iterator[Event]:
        """A read with this payload, and with what was held back before it."""
        self.wait(22 + self._dice.expovariate(1 / 9))
        payloads, self._held = [*self._held, payload], []
        framed = [b"data: " + one + b"\n\n" if form == "event" else one for one in payloads]
        self.read += 1
        data = b"".join(framed)
        self.bytes += len(data)
        yield Read(self.t, self.read, len(data), data)
        name = "message" if form == "event" else ""
        opcode = None if form == "event" else "text"
        for one in payloads:
            yield Message(self.t, "in", (self.read, self.read), one, form, name, opcode=opcode)  # type: ignore[arg-type]

    def held(self, payload: bytes) -> list[Event]:
        """A payload that comes with the next read."""
        self._held.append(payload)
        self.wait(4)
        return []

    def told(self, name: str, text: str) -> Iterator[Event]:
        """A control in a read of its own."""
        self.read += 1
        data = f": {text}\n\n".encode()
        self.bytes += len(data)
        yield Read(self.t, self.read, len(data), data)
        yield Control(self.t, "in", name, text)


def _opening(clock: _Clock) -> Iterator[Event]:
    headers = [
        ("Host", "harbour.example"), ("Content-Type", "application/json"), ("Accept", "text/event-stream"),
        ("X-Auth-Token", "••••••"),
    ]  # fmt: skip
    yield RequestSent(
        0, STARTED, "POST", "https://harbour.example/v1/chat/completions", headers, "token", "address", "sse",
        notes=[("Token", "23 h left")], body='{"stream": true, "messages": [{"role": "user", "content": "When?"}]}',
    )  # fmt: skip
    yield from _phases(tls=True)
    clock.t = 460 * MS
    answer = [
        ("Content-Type", "text/event-stream; charset=utf-8"), ("Transfer-Encoding", "chunked"),
        ("X-Request-Id", "b1946ac92492d2347c6235b4d2611184"), ("Server", "istio-envoy"), ("Cache-Control", "no-cache"),
    ]  # fmt: skip
    yield Trace(clock.t, "wait", "end")
    yield Head(clock.t, 200, "HTTP/1.1", answer)
    yield from clock.brought(json.dumps(_frame([{"index": 0, "delta": {"role": "assistant"}}])).encode())


def _phases(*, tls: bool) -> Iterator[Event]:
    at = 2 * MS
    for name, spent, detail in (
        ("dns", 11, "198.51.100.7, 2001:db8::7"), ("connect", 18, "198.51.100.7 port 443"),
        *((("tls", 26, "TLSv1.3 TLS_AES_256_GCM_SHA384"),) if tls else ()), ("send", 1, ""),
    ):  # fmt: skip
        yield Trace(at, name, "begin", detail)  # type: ignore[arg-type]
        at += spent * MS
        yield Trace(at, name, "end", detail)  # type: ignore[arg-type]
    yield Trace(at, "wait", "begin")


def _words(text: str) -> list[str]:
    words, word = [], ""
    for sign in text:
        if sign == " " and word.strip():
            words.append(word)
            word = ""
        word += sign
    return [*words, word]


def _chunk(delta: dict[str, object], *, finish: str | None = None, index: int = 0) -> bytes:
    return json.dumps(_frame([{"index": index, "delta": delta, "finish_reason": finish}]), ensure_ascii=False).encode()


def _frame(choices: list[dict[str, object]], **more: object) -> dict[str, object]:
    return {"id": "chatcmpl-7", "object": "chat.completion.chunk", "created": 1764000000, "model": "harbour-7b",
            "choices": choices, **more}  # fmt: skip
