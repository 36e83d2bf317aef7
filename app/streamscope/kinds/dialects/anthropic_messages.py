"""Anthropic messages, streamed and whole. Source: Anthropic API reference, "Streaming messages"."""

from collections.abc import Sequence
from typing import Any

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
from streamscope.model.delta import Delta, DeltaKind, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

_TYPES = ("message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop")
_PIECES: dict[str, tuple[DeltaKind, str]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("reasoning", "thinking"),
    "input_json_delta": ("tool_call", "partial_json"),
}


class AnthropicMessages(Dialect):
    """A message's content blocks, piece by piece."""

    key = "anthropic.messages"
    label = phrase("Anthropic messages")
    ends = True

    def guess(self, messages: Sequence[Message], path: str) -> float:  # noqa: ARG002 - the outline
        """Sure by an event's type, or a whole message's."""
        read = objects(messages)
        if any(dug(value, "type") in _TYPES for value in read):
            return 1.0
        whole = any(dug(value, "type") == "message" and isinstance(dug(value, "content"), list) for value in read)
        return 0.9 if whole else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def feed(self, message: Message) -> Deltas:
        value = parsed(message)
        match dug(value, "type"):
            case "content_block_delta":
                kind = text_of(dug(value, "delta", "type"))
                if kind not in _PIECES:
                    return ()
                meaning, name = _PIECES[kind]
                return (Delta(meaning, text_of(dug(value, "delta", name))),)
            case "message_delta":
                finish = text_of(dug(value, "delta", "stop_reason"))
                return (Delta("finish", finish), Delta("usage", json_text(dug(value, "usage") or {})))
            case "message_stop":
                return (Delta("end"),)
            case "message":
                return _whole(value)
        return error_of(value)


def _whole(value: Any) -> Deltas:
    text = "".join(text_of(dug(block, "text")) for block in items_of(dug(value, "content")))
    return (Delta("text", text), Delta("finish", text_of(dug(value, "stop_reason"))), Delta("end"))
