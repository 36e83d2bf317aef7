"""Ollama's chat and generate, a JSON object a line. Source: Ollama API documentation, "Streaming"."""

from collections.abc import Sequence

from streamscope.kinds.dialects.base import (
    Dialect,
    Reader,
    dug,
    error_of,
    items_of,
    json_text,
    objects,
    parsed,
    text_of,
)
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase


class Ollama(Dialect):
    """Objects with `done`, and `message.content` or `response`."""

    key = "ollama"
    label = phrase("Ollama")
    ends = True

    def guess(self, messages: Sequence[Message], path: str) -> float:  # noqa: ARG002 - the outline
        """Sure by `done` beside a message or a response."""
        found = any("done" in value and ("message" in value or "response" in value) for value in objects(messages))
        return 1.0 if found else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def feed(self, message: Message) -> Deltas:
        value = parsed(message)
        thoughts = (dug(value, "message", "thinking"), dug(value, "thinking"))
        deltas = [Delta("reasoning", thought) for thought in thoughts if text_of(thought)]
        text = text_of(dug(value, "message", "content")) or text_of(dug(value, "response"))
        if text:
            deltas.append(Delta("text", text))
        deltas += [Delta("tool_call", json_text(call)) for call in items_of(dug(value, "message", "tool_calls"))]
        if dug(value, "done") is True:
            deltas += [Delta("finish", text_of(dug(value, "done_reason"))), Delta("end")]
        return (*deltas, *error_of(value))
