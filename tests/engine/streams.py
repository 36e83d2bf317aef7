"""Exchanges made by hand: each method adds an event, and the clock goes on by `gap` milliseconds."""

import json
from collections.abc import Callable
from typing import Any

from streamscope.model.event import (
    UNSET,
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

MS = 1_000_000
SSE = "text/event-stream"
STARTED = "2026-01-01T00:00:00Z"


class Tale:
    """A growing list of events; `t` is the clock in ms, `read` the number of the last socket read."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.t = 0.0
        self.reads = 0

    @property
    def last(self) -> int:
        """The number of the last event."""
        return len(self.events) - 1

    def add(self, event: Event) -> "Tale":
        """Any event."""
        self.events.append(event)
        return self

    def at(self, gap: float) -> int:
        """Nanoseconds since Send, `gap` ms later."""
        self.t += gap
        return round(self.t * MS)

    def request(
        self,
        protocol: str = "sse",
        *,
        url: str = "https://host.example/v1/chat/completions",
        body: Any = None,
        auth: str = "none",
        channel: str = "address",
        attempt: int = 1,
        notes: tuple[tuple[str, str], ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
        gap: float = 0,
    ) -> "Tale":
        """What leaves."""
        text = UNSET if body is None else body if isinstance(body, str) else json.dumps(body)
        t = self.at(gap)
        sent = RequestSent(
            t,
            STARTED,
            "POST",
            url,
            list(headers),
            auth,
            channel,
            protocol,
            attempt=attempt,
            notes=list(notes),
            body=text,
        )
        return self.add(sent)

    def phase(self, name: str, spent: float, detail: str = "") -> "Tale":
        """A phase of the connection, begin and end."""
        self.add(Trace(self.at(0), name, "begin", detail) if detail else Trace(self.at(0), name, "begin"))
        return self.add(Trace(self.at(spent), name, "end"))

    def socket(self, data: bytes = b"x" * 100, gap: float = 10) -> "Tale":
        """A socket read."""
        self.reads += 1
        return self.add(Read(self.at(gap), self.reads, len(data), data))

    def head(self, essence: str = SSE, status: int = 200, **headers: str) -> "Tale":
        """The answer's head."""
        pairs = [("Content-Type", essence)] if essence else []
        pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.socket(gap=20)
        return self.add(Head(self.at(0), status, "HTTP/1.1", pairs))

    def message(
        self,
        payload: bytes | str | dict[str, Any],
        *,
        gap: float = 20,
        form: Any = "event",
        shared: bool = False,
        **fields: Any,
    ) -> "Tale":
        """An incoming message, in a read of its own unless it shares the last one's."""
        data = json.dumps(payload).encode() if isinstance(payload, dict) else payload
        data = data.encode() if isinstance(data, str) else data
        if not shared:
            self.socket(gap=gap)
        event = fields.pop("event", "message" if form == "event" else "")
        read = (self.reads, self.reads)
        return self.add(Message(self.at(0), fields.pop("direction", "in"), read, data, form, event, **fields))

    def frame(self, payload: Any, *, frames: tuple[Frame, ...] = (), gap: float = 20, opcode: Any = "text") -> "Tale":
        """An incoming message of a WebSocket."""
        return self.message(payload, gap=gap, form="message", opcode=opcode, frames=frames)

    def say(self, payload: str, gap: float = 20) -> "Tale":
        """An outgoing message of a WebSocket."""
        return self.add(Message(self.at(gap), "out", (0, 0), payload.encode(), "message", opcode="text"))

    def control(self, name: str, data: str | int = "", *, way: Any = "in", gap: float = 1, **detail: Any) -> "Tale":
        """A control."""
        told: Detail = detail
        return self.add(Control(self.at(gap), way, name, data, detail=told))

    def close(
        self,
        by: Any = "server",
        code: int | None = None,
        *,
        gap: float = 1,
        reason: str = "",
        body: Carried | None = None,
    ) -> "Tale":
        """The end."""
        return self.add(Closed(self.at(gap), by, code, reason, UNSET if body is None else body))

    def fail(self, error: str = "Cut", *, gap: float = 1, body: Carried | None = None) -> "Tale":
        """The end, with an error."""
        return self.add(Failed(self.at(gap), error, "broken", "", UNSET if body is None else body))

    # what servers say

    def token(self, text: str = "word ", *, gap: float = 20, shared: bool = False, **more: Any) -> "Tale":
        """A chunk of a chat completion with text."""
        return self.message(chunk({"content": text}, **more), gap=gap, shared=shared)

    def tokens(self, count: int = 5, gap: float = 20) -> "Tale":
        """Chunks at a steady pace."""
        for _ in range(count):
            self.token(gap=gap)
        return self

    def finish(self, reason: str = "stop") -> "Tale":
        """The chunk with the reason of the end."""
        return self.message(chunk({}, reason))

    def done(self) -> "Tale":
        """The end mark."""
        return self.message(b"[DONE]", shared=True)

    def chat(self, count: int = 5, **request: Any) -> "Tale":
        """A request, its answer's head, the role and some text, steadily."""
        self.request(**request).head()
        return self.message(chunk({"role": "assistant", "content": ""})).tokens(count)

    def well(self) -> "Tale":
        """A good end of a chat."""
        return self.finish().done().close()


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of a streamed chat completion."""
    base = {"id": "c-1", "object": "chat.completion.chunk", "model": "m", "system_fingerprint": "fp_1"}
    return base | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]} | more


Script = Callable[[], Tale]
