"""OpenAI Responses and Realtime: events that say their `type`, over SSE or WebSocket.

Source: OpenAI API reference, "Responses streaming events" and "Realtime server events" (with the beta's names).
"""

from typing import Any

from streamscope.kinds.dialects.base import (
    arguments_of,
    dug,
    error_of,
    json_text,
    objects_of,
    text_of,
    texts,
)
from streamscope.kinds.dialects.table import Rule, Table, called, each, ending, failure, figure, piece, silent
from streamscope.model.delta import Delta, DeltaKind, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

_PARTS: tuple[DeltaKind, ...] = ("text", "refusal", "transcript")
"""What parts of a message may hold, each in the field of its own name."""


def _closing(value: dict[str, Any]) -> Deltas:
    """Usage, error, reason and the end, of the response that an event carries."""
    return (*_outcome(value.get("response")), Delta("end"))


def _outcome(response: Any) -> Deltas:
    deltas: list[Delta] = []
    if usage := dug(response, "usage"):
        deltas.append(Delta("usage", json_text(usage)))
    deltas.extend(error_of(response) or error_of(dug(response, "status_details")))
    reasons = (("incomplete_details", "reason"), ("status_details", "reason"), ("status",))
    reason = next((text for path in reasons if (text := text_of(dug(response, *path)))), "")
    if reason not in ("", "in_progress", "queued"):
        deltas.append(Delta("finish", reason))
    return tuple(deltas)


def _whole(response: dict[str, Any]) -> Deltas:
    """A response that was not streamed."""
    deltas: list[Delta] = []
    for at, item in enumerate(objects_of(response.get("output"))):
        match item.get("type"):
            case "function_call" | "custom_tool_call" | "mcp_call":
                arguments = arguments_of(item.get("arguments") or item.get("input"))
                deltas.append(Delta("tool_call", arguments, 0, str(at), text_of(item.get("name"))))
            case "reasoning":
                thought = texts(item.get("content")) or texts(item.get("summary"))
                deltas.append(Delta("reasoning", thought))
            case _:
                for part in objects_of(item.get("content")):
                    deltas += [Delta(kind, part[kind]) for kind in _PARTS if text_of(part.get(kind))]
    return (*deltas, *_outcome(response))


def _begun(value: dict[str, Any]) -> Deltas:  # noqa: ARG001 - a rule
    return (Delta("begin"),)


def _item(value: dict[str, Any]) -> Deltas:
    """The beginning of a call; other items begin without a word."""
    item = value.get("item")
    if not text_of(dug(item, "type")).endswith("_call") or not text_of(dug(item, "name")):
        return ()
    return (Delta("tool_call", "", 0, text_of(dug(item, "id")), text_of(dug(item, "name"))),)


_ARGUMENTS = called((), ("item_id",), ("delta",))
_SPOKEN = piece("transcript", "delta")
_SHARED: dict[str, Rule] = {
    "response.created": _begun,
    "response.output_item.added": _item,
    "response.output_item.done": silent,
    "response.content_part.added": silent,
    "response.content_part.done": silent,
    "response.output_text.delta": piece("text", "delta"),
    "response.output_text.done": silent,
    "response.function_call_arguments.delta": _ARGUMENTS,
    "response.function_call_arguments.done": silent,
    "response.mcp_call_arguments.delta": _ARGUMENTS,
    "response.mcp_call_arguments.done": silent,
}
"""What Responses and Realtime call by the same names."""
_RESPONSES: dict[str, Rule] = {
    **_SHARED,
    "response.queued": silent,
    "response.in_progress": silent,
    "response.output_text.annotation.added": silent,
    "response.reasoning_text.delta": piece("reasoning", "delta"),
    "response.reasoning_text.done": silent,
    "response.reasoning_summary_text.delta": piece("reasoning", "delta"),
    "response.reasoning_summary_text.done": silent,
    "response.reasoning_summary_part.added": silent,
    "response.reasoning_summary_part.done": silent,
    "response.refusal.delta": piece("refusal", "delta"),
    "response.refusal.done": silent,
    "response.audio.transcript.delta": _SPOKEN,
    "response.custom_tool_call_input.delta": _ARGUMENTS,
    "response.custom_tool_call_input.done": silent,
    "response.completed": _closing,
    "response.incomplete": _closing,
    "response.failed": _closing,
    "response.done": _closing,
    "error": failure("error"),
}
_REALTIME: dict[str, Rule] = {
    **_SHARED,
    "session.created": silent,
    "session.updated": silent,
    "conversation.created": silent,
    "conversation.item.created": silent,
    "conversation.item.added": silent,
    "conversation.item.done": silent,
    "input_audio_buffer.speech_started": silent,
    "input_audio_buffer.speech_stopped": silent,
    "input_audio_buffer.committed": silent,
    "rate_limits.updated": silent,
    "response.text.delta": piece("text", "delta"),
    "response.text.done": silent,
    "response.audio.delta": silent,
    "response.audio.done": silent,
    "response.output_audio.delta": silent,
    "response.output_audio.done": silent,
    "response.audio_transcript.delta": _SPOKEN,
    "response.audio_transcript.done": silent,
    "response.output_audio_transcript.delta": _SPOKEN,
    "response.output_audio_transcript.done": silent,
    "transcription.delta": piece("text", "delta"),
    "transcription.done": each(figure("usage", "usage"), ending),
    "response.done": _closing,
    "error": failure("error"),
}
_UNSURE = {**dict.fromkeys(_SHARED, 0.8), "response.done": 0.8, "error": 0.3}


class _Responses(Table):
    def marked(self, value: dict[str, Any], message: Message) -> float:
        """Its events are numbered, and sure by that; on a socket they are not its own without."""
        found = super().marked(value, message)
        if not found and text_of(value.get("type")).startswith("response."):
            found = 0.7  # one of the many that say nothing of the text
        if "sequence_number" in value:
            return max(found, 0.95) if found >= 0.7 else found
        return found * 0.9 if message.form == "message" else found


class _Realtime(Table):
    def marked(self, value: dict[str, Any], message: Message) -> float:
        """Its events bear ids, and are sure by that."""
        found = super().marked(value, message)
        if not found and text_of(value.get("type")).startswith(("session.", "conversation.", "input_audio_buffer.")):
            found = 0.7
        return max(found, 0.95) if found >= 0.7 and "event_id" in value else found


RESPONSES = _Responses(
    "openai.responses",
    phrase("OpenAI Responses"),
    _RESPONSES,
    shared=_UNSURE,
    whole=_whole,
    is_whole=lambda value: value.get("object") == "response" and isinstance(value.get("output"), list),
    paths=("/responses",),
)
REALTIME = _Realtime(
    "openai.realtime",
    phrase("OpenAI Realtime"),
    _REALTIME,
    shared=_UNSURE,
    ends=False,
    paths=("/realtime",),
    forms=("message",),
)
