"""OpenAI Responses and Realtime: events that say their `type`, over SSE or WebSocket.

Source: OpenAI API reference, "Responses streaming events" and "Realtime server events" (with the beta's names).
"""

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
from streamscope.model.delta import Delta, DeltaKind, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

_PIECES: dict[str, DeltaKind] = {
    "response.output_text.delta": "text",
    "response.text.delta": "text",
    "response.output_audio_transcript.delta": "text",
    "response.audio_transcript.delta": "text",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.refusal.delta": "refusal",
    "response.function_call_arguments.delta": "tool_call",
}
_ENDS = ("response.completed", "response.done", "response.incomplete", "response.failed")


class OpenAiResponses(Dialect):
    """Events of the families `response.*`, `session.*` and `conversation.*`."""

    key = "openai.responses"
    label = phrase("OpenAI Responses and Realtime")
    ends = True

    def guess(self, messages: Sequence[Message], path: str) -> float:  # noqa: ARG002 - the outline
        """Sure by an event's type."""
        types = [text_of(dug(value, "type")) for value in objects(messages)]
        if any(name.startswith("response.") for name in types):
            return 1.0
        if any(name.startswith(("session.", "conversation.")) for name in types):
            return 0.7
        return 1.0 if any(dug(value, "object") == "response" for value in objects(messages)) else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def feed(self, message: Message) -> Deltas:
        value = parsed(message)
        name = text_of(dug(value, "type"))
        if name in _PIECES:
            return (Delta(_PIECES[name], text_of(dug(value, "delta"))),)
        if name == "error":
            return error_of(value) or (Delta("error", text_of(dug(value, "message"))),)
        if name in _ENDS:
            return _ended(dug(value, "response"))
        return (Delta("text", _whole(value)), *_ended(value)) if dug(value, "object") == "response" else ()


def _whole(response: object) -> str:
    """The text of an answer that was not streamed."""
    parts = [part for item in items_of(dug(response, "output")) for part in items_of(dug(item, "content"))]
    return "".join(text_of(dug(part, "text")) for part in parts)


def _ended(response: object) -> Deltas:
    deltas: list[Delta] = []
    if usage := dug(response, "usage"):
        deltas.append(Delta("usage", json_text(usage)))
    deltas.extend(error_of(response))
    return (*deltas, Delta("finish", text_of(dug(response, "status"))), Delta("end"))
