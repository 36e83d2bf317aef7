"""Mistral's conversations, streamed and whole; its chat is OpenAI's. Source: Mistral API reference, "Conversations"."""

from typing import Any

from streamscope.kinds.dialects.base import arguments_of, json_text, objects_of, text_of, texts
from streamscope.kinds.dialects.table import Table, called, each, ending, failure, figure, silent
from streamscope.model.delta import Delta, Deltas
from streamscope.model.phrase import phrase


def _content(value: dict[str, Any]) -> Deltas:
    """Content that is text, one typed piece, or a list of them."""
    content = value.get("content")
    if isinstance(content, str):
        return (Delta("text", content),) if content else ()
    deltas: list[Delta] = []
    for part in objects_of(content if isinstance(content, list) else [content]):
        if part.get("type") == "thinking":
            deltas.append(Delta("reasoning", texts(part.get("thinking"))))
        elif text := text_of(part.get("text")):
            deltas.append(Delta("text", text))
    return tuple(deltas)


def _whole(value: dict[str, Any]) -> Deltas:
    deltas: list[Delta] = []
    for at, entry in enumerate(objects_of(value.get("outputs"))):
        if entry.get("type") == "function.call":
            arguments = arguments_of(entry.get("arguments"))
            deltas.append(Delta("tool_call", arguments, 0, str(at), text_of(entry.get("name"))))
        elif entry.get("type") == "message.output":
            deltas.extend(_content(entry))
    if value.get("usage"):
        deltas.append(Delta("usage", json_text(value["usage"])))
    return tuple(deltas)


MISTRAL_CONVERSATIONS = Table(
    "mistral.conversations",
    phrase("Mistral conversations"),
    {
        "conversation.response.started": silent,
        "message.output.delta": _content,
        "function.call.delta": called(("name",), ("id",), ("arguments",)),
        "tool.execution.started": silent,
        "tool.execution.delta": silent,
        "tool.execution.done": silent,
        "agent.handoff.started": silent,
        "agent.handoff.done": silent,
        "conversation.response.done": each(figure("usage", "usage"), ending),
        "conversation.response.error": failure("error"),
    },
    whole=_whole,
    is_whole=lambda value: value.get("object") == "conversation.response",
    paths=("/conversations",),
    forms=("event",),
)
