"""Pieces of an answer on their way out: one event, line or message each, with the moment when it is due."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

# The token at which a fault happens.
FOURTH = 4
SSE, LINES, MESSAGE, WHOLE = "sse", "lines", "message", "whole"
KEEP_ALIVE = {SSE: b": keep-alive\n\n", LINES: b"\n", MESSAGE: b"", WHOLE: b""}
DATA = b"data: "


@dataclass(frozen=True, slots=True)
class Piece:
    """What is written at once; pieces of the same group (not 0) that are due together share one write.

    `action` is empty for data, else what the writer does: `ping`, `close`, `lost`, `cut`.
    """

    at: float
    data: bytes
    form: str
    group: int = 0
    action: str = ""
    text: bool = True
    flaw: str = ""
    frame_size: int = 0

    @property
    def value(self) -> Any:
        """The JSON in it, or None."""
        try:
            return json.loads(self.payload)
        except ValueError:
            return None

    @property
    def payload(self) -> bytes:
        """The data without the form's marks."""
        if self.form != SSE:
            return self.data.strip()
        return b"".join(line[len(DATA) :] for line in self.data.split(b"\n") if line.startswith(DATA))

    @property
    def token(self) -> bool:
        """Whether it bears a token; a message or event that is no JSON counts as one."""
        if self.action or not self.payload:
            return False
        value = self.value
        return is_token(value) if isinstance(value, dict) else self.form == MESSAGE

    @property
    def end(self) -> bool:
        """Whether it is the end mark of its dialect."""
        if self.action:
            return False
        value = self.value
        if not isinstance(value, dict):
            return self.form == SSE and self.payload == b"[DONE]"
        ends = {"message_stop", "response.completed", "response.incomplete", "response.failed", "response.done"}
        return value.get("type") in ends or value.get("done") is True

    def late(self, seconds: float) -> "Piece":
        """The same, due later."""
        return replace(self, at=self.at + seconds)

    def with_payload(self, payload: bytes) -> "Piece":
        """The same with other data between the form's marks."""
        if self.form == LINES:
            return replace(self, data=payload + b"\n")
        if self.form != SSE:
            return replace(self, data=payload)
        lines = self.data.split(b"\n")
        at = next(number for number, line in enumerate(lines) if line.startswith(DATA))
        lines[at] = DATA + payload
        return replace(self, data=b"\n".join(lines))

    def changed(self, change: Callable[[dict[str, Any]], None]) -> "Piece":
        """The same with its JSON changed in place."""
        value = self.value
        if not isinstance(value, dict):
            return self
        change(value)
        return self.with_payload(json.dumps(value, ensure_ascii=False).encode())


def is_token(value: dict[str, Any]) -> bool:
    """Whether an event's JSON bears text, reasoning or arguments, in any dialect that the models speak."""
    return bool(_place(value))


def add_text(value: dict[str, Any], text: str) -> None:
    """Append to the text that an event bears."""
    place = _place(value)
    if place is not None:
        owner, name = place
        owner[name] += text


def _place(value: dict[str, Any]) -> tuple[dict[str, Any], str] | None:
    owners: list[Any] = [value] if "tick" not in value else []
    for choice in value.get("choices") or []:
        owners += [choice.get("delta"), choice]
    owners += [value.get("delta"), value.get("message")]
    if "tick" in value:
        return value, "time"
    for owner in owners:
        if isinstance(owner, dict):
            for name in ("content", "reasoning_content", "text", "thinking", "partial_json"):
                if isinstance(owner.get(name), str) and owner[name]:
                    return owner, name
            for call in owner.get("tool_calls") or []:
                if isinstance(call.get("function", {}).get("arguments"), str):
                    return call["function"], "arguments"
    if str(value.get("type", "")).endswith(".delta") and isinstance(value.get("delta"), str):
        return value, "delta"
    return None


class Splitter:
    """Cuts a body into pieces: events, lines, or the chunks as they came."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._mark = {SSE: b"\n\n", LINES: b"\n"}.get(form)
        self._kept = b""

    def feed(self, data: bytes, at: float) -> list[Piece]:
        """The pieces that are complete now."""
        if self._mark is None:
            return [Piece(at, data, self._form)] if data else []
        *whole, self._kept = (self._kept + data).split(self._mark)
        return [Piece(at, one + self._mark, self._form) for one in whole]

    def end(self, at: float) -> list[Piece]:
        """What is left when the body ends."""
        return [Piece(at, self._kept, self._form)] if self._kept else []
