"""Cohere's chat, version 2, streamed and whole. Source: Cohere API reference, "Chat", and "Streaming responses"."""

from typing import Any

from streamscope.kinds.dialects.base import arguments_of, dug, json_text, objects_of, text_of
from streamscope.kinds.dialects.table import Table, called, each, ending, piece, silent
from streamscope.model.delta import Delta, Deltas
from streamscope.model.phrase import phrase

_CALL = called(
    ("delta", "message", "tool_calls", "function", "name"),
    ("index",),
    ("delta", "message", "tool_calls", "function", "arguments"),
)


def _closing(value: dict[str, Any]) -> Deltas:
    """The end says the reason, the usage, and an error where there was one."""
    deltas: list[Delta] = []
    if usage := dug(value, "delta", "usage"):
        deltas.append(Delta("usage", json_text(_counted(usage))))
    if error := text_of(dug(value, "delta", "error")):
        deltas.append(Delta("error", error))
    return tuple(deltas)


def _counted(usage: Any) -> Any:
    """The tokens that were used, rather than those that are billed."""
    return dug(usage, "tokens") or usage


def _whole(value: dict[str, Any]) -> Deltas:
    deltas = [Delta("reasoning", text_of(dug(value, "message", "tool_plan")))]
    for part in objects_of(dug(value, "message", "content")):
        deltas.append(Delta("reasoning", text_of(part.get("thinking"))))
        deltas.append(Delta("text", text_of(part.get("text"))))
    for at, call in enumerate(objects_of(dug(value, "message", "tool_calls"))):
        function = call.get("function")
        arguments = arguments_of(dug(function, "arguments"))
        deltas.append(Delta("tool_call", arguments, 0, str(at), text_of(dug(function, "name"))))
    if usage := value.get("usage"):
        deltas.append(Delta("usage", json_text(_counted(usage))))
    return (
        *(delta for delta in deltas if delta.text or delta.name),
        Delta("finish", text_of(value.get("finish_reason"))),
    )


def _is_whole(value: dict[str, Any]) -> bool:
    said = value.get("message")
    spoken = isinstance(dug(said, "content"), list) or isinstance(dug(said, "tool_calls"), list)
    return spoken and isinstance(value.get("finish_reason"), str)


COHERE = Table(
    "cohere.v2",
    phrase("Cohere chat"),
    {
        "message-start": silent,
        "content-start": each(
            piece("text", "delta", "message", "content", "text"),
            piece("reasoning", "delta", "message", "content", "thinking"),
        ),
        "content-delta": each(
            piece("text", "delta", "message", "content", "text"),
            piece("reasoning", "delta", "message", "content", "thinking"),
        ),
        "content-end": silent,
        "tool-plan-delta": piece("reasoning", "delta", "message", "tool_plan"),
        "tool-call-start": _CALL,
        "tool-call-delta": _CALL,
        "tool-call-end": silent,
        "citation-start": silent,
        "citation-end": silent,
        "message-end": each(_closing, piece("finish", "delta", "finish_reason"), ending),
    },
    whole=_whole,
    is_whole=_is_whole,
    paths=("/v2/chat",),
    forms=("event",),
)
