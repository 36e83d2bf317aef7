"""Gemini: generated content as events or elements of an array, interactions, and the live conversation.

Source: Gemini API reference, "Generating content", "Interactions" and "Live API".
"""

from typing import Any

from streamscope.kinds.dialects.base import (
    NOTHING,
    Dialect,
    Reader,
    arguments_of,
    dug,
    error_of,
    json_text,
    number_of,
    objects_of,
    text_of,
    texts,
)
from streamscope.kinds.dialects.table import Rule, Table, called, each, ending, failure, figure, piece, silent
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

_LIVE = ("serverContent", "setupComplete", "toolCall", "toolCallCancellation", "goAway", "sessionResumptionUpdate")


class GeminiGenerate(Dialect):
    """`candidates` with parts each; a stream of them has no end mark."""

    key = "gemini.generate"
    label = phrase("Gemini generated content")
    paths = (":streamGenerateContent", ":generateContent")
    forms = ("event", "element")

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by candidates with content, nearly so by what else only Gemini says."""
        candidates = value.get("candidates")
        if isinstance(candidates, list) and any(_generated(candidate) for candidate in objects_of(candidates)):
            return 1.0
        return (
            0.7
            if isinstance(value.get("usageMetadata"), dict) or isinstance(value.get("promptFeedback"), dict)
            else 0.0
        )

    def score(self, value: Any, message: Message, path: str) -> float:
        """A body may be the whole array."""
        return super().score(next(objects_of(value), value), message, path)

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class GeminiLive(Dialect):
    """Messages with `serverContent` or another of the server's fields; turns end, the session goes on."""

    key = "gemini.live"
    label = phrase("Gemini Live")
    paths = ("BidiGenerateContent",)
    forms = ("message",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by any of the server's fields."""
        if any(isinstance(value.get(name), dict) for name in _LIVE):
            return 1.0
        return 0.7 if isinstance(value.get("usageMetadata"), dict) and "candidates" not in value else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _LiveReader()


class _Parts(Reader):
    """Reads `parts`; calls come whole and are numbered here."""

    def __init__(self) -> None:
        self._calls = 0

    def parts(self, parts: Any, index: int, deltas: list[Delta]) -> None:
        """What a list of parts adds."""
        for part in parts if type(parts) is list else ():
            if type(part) is not dict:
                continue
            text = part.get("text")
            if text and type(text) is str:
                deltas.append(Delta("reasoning" if part.get("thought") is True else "text", text, index))
            if "functionCall" in part:
                self.call(part["functionCall"], index, deltas)

    def call(self, call: Any, index: int, deltas: list[Delta]) -> None:
        """A whole call."""
        name, arguments = text_of(dug(call, "name")), arguments_of(dug(call, "args"))
        if name or arguments:
            deltas.append(Delta("tool_call", arguments or "{}", index, str(self._calls), name))
            self._calls += 1


class _Reader(_Parts):
    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        if type(value) is not dict:
            return tuple(delta for item in objects_of(value) for delta in self._object(item))
        return self._object(value)

    def _object(self, value: dict[str, Any]) -> Deltas:
        deltas: list[Delta] = []
        candidates = value.get("candidates")
        if type(candidates) is list:
            for candidate in candidates:
                if type(candidate) is dict:
                    self._candidate(candidate, deltas)
        if "promptFeedback" in value and (reason := text_of(dug(value, "promptFeedback", "blockReason"))):
            deltas.append(Delta("finish", reason))
        if value.get("usageMetadata"):
            deltas.append(Delta("usage", json_text(value["usageMetadata"]), whole=True))
        if value.get("error"):
            deltas.extend(error_of(value))
        return tuple(deltas)

    def _candidate(self, candidate: dict[str, Any], deltas: list[Delta]) -> None:
        index = number_of(candidate.get("index"))
        content = candidate.get("content")
        if type(content) is dict:
            self.parts(content.get("parts"), index, deltas)
        if reason := candidate.get("finishReason"):
            deltas.append(Delta("finish", text_of(reason), index))


class _LiveReader(_Parts):
    def __init__(self) -> None:
        super().__init__()
        self._open = False

    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        if type(value) is not dict:
            return NOTHING
        deltas: list[Delta] = []
        content = value.get("serverContent")
        if type(content) is dict:
            self._content(content, deltas)
        for call in objects_of(dug(value, "toolCall", "functionCalls")):
            self.call(call, 0, deltas)
        if value.get("usageMetadata"):
            deltas.append(Delta("usage", json_text(value["usageMetadata"]), whole=True))
        return (*deltas, *error_of(value))

    def _content(self, content: dict[str, Any], deltas: list[Delta]) -> None:
        if not self._open and ("modelTurn" in content or "outputTranscription" in content):
            self._open = True
            deltas.append(Delta("begin"))
        self.parts(dug(content, "modelTurn", "parts"), 0, deltas)
        if words := text_of(dug(content, "outputTranscription", "text")):
            deltas.append(Delta("transcript", words))
        if content.get("interrupted") is True:
            deltas.append(Delta("finish", "interrupted"))
        if content.get("turnComplete") is True:
            self._open = False
            reason = text_of(content.get("turnCompleteReason")) or text_of(dug(content, "turnCompleteReason", "reason"))
            deltas += [Delta("finish", reason)] if reason else []
            deltas.append(Delta("end"))


def _generated(candidate: dict[str, Any]) -> bool:
    return isinstance(candidate.get("content"), dict) or isinstance(candidate.get("finishReason"), str)


def _step(value: dict[str, Any]) -> Deltas:
    """A piece of a step, by the type of its delta."""
    delta = value.get("delta")
    kind = text_of(dug(delta, "type"))
    if kind == "text":
        return piece("text", "delta", "text")(value)
    if "thought" in kind:
        thought = text_of(dug(delta, "text")) or text_of(dug(delta, "content", "text")) or texts(dug(delta, "content"))
        return (Delta("reasoning", thought),) if thought else NOTHING
    if "argument" in kind or "function_call" in kind:
        return _ARGUMENTS(value)
    return NOTHING


def _whole_interaction(value: dict[str, Any]) -> Deltas:
    deltas: list[Delta] = []
    for at, step in enumerate(objects_of(value.get("steps") or value.get("outputs"))):
        kind = text_of(step.get("type"))
        if kind == "function_call":
            arguments = arguments_of(step.get("arguments"))
            deltas.append(Delta("tool_call", arguments, 0, str(at), text_of(step.get("name"))))
        elif text := text_of(step.get("text")) or texts(step.get("content")) or texts(step.get("summary")):
            deltas.append(Delta("reasoning" if "thought" in kind else "text", text))
    if value.get("usage"):
        deltas.append(Delta("usage", json_text(value["usage"])))
    return (*deltas, Delta("finish", text_of(value.get("status"))))


_ARGUMENTS = called(("delta", "name"), ("index",), ("delta", "arguments"))
_CLOSING = each(figure("usage", "interaction", "usage"), piece("finish", "interaction", "status"), ending)
_INTERACTIONS: dict[str, Rule] = {
    "interaction.created": silent,
    "interaction.start": silent,
    "interaction.status_update": silent,
    "step.start": called(("step", "name"), ("index",), ()),
    "step.delta": _step,
    "step.stop": silent,
    "content.start": silent,
    "content.delta": _step,
    "content.stop": silent,
    "interaction.completed": _CLOSING,
    "interaction.complete": _CLOSING,
    "error": failure("error"),
}
GEMINI_INTERACTIONS = Table(
    "gemini.interactions",
    phrase("Gemini interactions"),
    _INTERACTIONS,
    by="event_type",
    shared={"error": 0.3},
    whole=_whole_interaction,
    is_whole=lambda value: value.get("object") == "interaction",
    paths=("/interactions",),
    forms=("event",),
)
