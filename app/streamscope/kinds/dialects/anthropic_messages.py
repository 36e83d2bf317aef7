"""Anthropic messages, streamed and whole. Source: Anthropic API reference, "Streaming messages"."""

from typing import Any

from streamscope.kinds.dialects.base import arguments_of, dug, json_text, number_of, objects_of, text_of
from streamscope.kinds.dialects.table import Table, each, ending, failure, figure, piece, silent
from streamscope.model.delta import Delta, DeltaKind, Deltas
from streamscope.model.phrase import phrase

_PIECES: tuple[tuple[str, DeltaKind], ...] = (
    ("text", "text"),
    ("thinking", "reasoning"),
    ("partial_json", "tool_call"),
)
"""What a block's delta has of each type: text_delta, thinking_delta, input_json_delta."""


def _delta(value: dict[str, Any]) -> Deltas:
    delta = value.get("delta")
    if type(delta) is not dict:
        return ()
    for name, kind in _PIECES:
        text = delta.get(name)
        if text and type(text) is str:
            call = str(number_of(value.get("index"))) if kind == "tool_call" else ""
            return (Delta(kind, text, 0, call),)
    return ()


def _start(value: dict[str, Any]) -> Deltas:
    """A block begins: a call with its name, or text, of which a piece may be there already."""
    return _block(value.get("content_block"), number_of(value.get("index")), whole=False)


def _block(block: Any, index: int, *, whole: bool) -> Deltas:
    kind = text_of(dug(block, "type"))
    if kind.endswith("tool_use"):
        given = dug(block, "input")
        arguments = arguments_of(given) if whole or given else ""
        return (Delta("tool_call", arguments, 0, str(index), text_of(dug(block, "name"))),)
    named: dict[str, tuple[DeltaKind, str]] = {"text": ("text", "text"), "thinking": ("reasoning", "thinking")}
    meaning, name = named.get(kind, ("text", ""))
    text = text_of(dug(block, name))
    return (Delta(meaning, text),) if text else ()


def _whole(value: dict[str, Any]) -> Deltas:
    blocks = [_block(block, at, whole=True) for at, block in enumerate(objects_of(value.get("content")))]
    deltas = [delta for block in blocks for delta in block]
    if isinstance(value.get("usage"), dict):
        deltas.append(Delta("usage", json_text(value["usage"])))
    return (*deltas, Delta("finish", text_of(value.get("stop_reason"))))


ANTHROPIC = Table(
    "anthropic.messages",
    phrase("Anthropic messages"),
    {
        "message_start": figure("usage", "message", "usage"),
        "content_block_start": _start,
        "content_block_delta": _delta,
        "content_block_stop": silent,
        "message_delta": each(piece("finish", "delta", "stop_reason"), figure("usage", "usage")),
        "message_stop": ending,
        "ping": silent,
        "error": failure("error"),
    },
    shared={"ping": 0.6, "error": 0.3},
    whole=_whole,
    is_whole=lambda value: value.get("type") == "message" and isinstance(value.get("content"), list),
    paths=("/messages",),
    forms=("event",),
)
