"""Ollama's chat and generate, a JSON object a line, and whole. Source: Ollama API documentation, "Streaming"."""

from typing import Any

from streamscope.kinds.dialects.base import (
    NOTHING,
    Dialect,
    Reader,
    arguments_of,
    dug,
    error_of,
    figures,
    json_text,
    objects_of,
    text_of,
)
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase


class Ollama(Dialect):
    """Objects with `done`, and `message` or `response`."""

    key = "ollama"
    label = phrase("Ollama")
    ends = True
    paths = ("/api/chat", "/api/generate")
    forms = ("line",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by `done` beside a message or a response."""
        said = isinstance(value.get("message"), dict) or isinstance(value.get("response"), str)
        return 1.0 if said and isinstance(value.get("done"), bool) else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def __init__(self) -> None:
        self._calls = 0

    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        if type(value) is not dict:
            return NOTHING
        deltas: list[Delta] = []
        said = value.get("message")
        text, thought = value.get("response"), value.get("thinking")
        if type(said) is dict:
            text, thought = said.get("content"), said.get("thinking")
            if "tool_calls" in said:
                self._called(said["tool_calls"], deltas)
        if thought and type(thought) is str:
            deltas.append(Delta("reasoning", thought))
        if text and type(text) is str:
            deltas.append(Delta("text", text))
        if value.get("done") is True:
            _finished(value, deltas)
        if value.get("error"):
            deltas.extend(error_of(value))
        return tuple(deltas)

    def _called(self, calls: Any, deltas: list[Delta]) -> None:
        """Calls come whole, with their arguments as an object."""
        for call in objects_of(calls):
            name, arguments = text_of(dug(call, "function", "name")), arguments_of(dug(call, "function", "arguments"))
            deltas.append(Delta("tool_call", arguments, 0, str(self._calls), name))
            self._calls += 1


def _finished(value: dict[str, Any], deltas: list[Delta]) -> None:
    """The last line: counts are usage, durations (ns) are the server's own figures."""
    if counts := figures(value, "prompt_eval_count", "eval_count"):
        deltas.append(Delta("usage", json_text(counts)))
    durations = figures(value, "total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
    if durations:
        deltas.append(Delta("served", json_text({**durations, **counts})))
    deltas.append(Delta("finish", text_of(value.get("done_reason"))))
    deltas.append(Delta("end"))
