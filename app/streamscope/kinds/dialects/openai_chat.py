"""OpenAI chat completions and completions, streamed and whole, as many servers speak them.

Source: OpenAI API reference, "Chat completions", "Completions" and "Streaming"; vLLM, SGLang, DeepSeek and Pangu for
reasoning and counted tokens; Mistral for typed content; Azure for empty choices and deltas.
"""

from collections.abc import Callable
from typing import Any

from streamscope.kinds.dialects.base import (
    END,
    NOTHING,
    Dialect,
    Reader,
    arguments_of,
    count_of,
    dug,
    error_of,
    error_text,
    is_end,
    items_of,
    json_text,
    number_of,
    objects_of,
    text_of,
    texts,
)
from streamscope.model.delta import Delta, DeltaKind, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

Said = dict[str, Any]


class OpenAiChat(Dialect):
    """`choices` with a delta or a message each."""

    key = "openai.chat"
    label = phrase("OpenAI chat completions")
    ends = True
    paths = ("/chat/completions",)
    forms = ("event",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by the `object` field, nearly so by the shape of `choices`."""
        if value.get("object") in ("chat.completion.chunk", "chat.completion"):
            return 1.0
        choices = value.get("choices")
        if not isinstance(choices, list) or value.get("object") == "text_completion":
            return 0.0
        first = _first(choices)
        if "delta" in first or "message" in first:
            return 0.95
        return 0.7 if not choices or "finish_reason" in first or "index" in first else 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class OpenAiCompletions(Dialect):
    """`choices` with a text each."""

    key = "openai.completions"
    label = phrase("OpenAI completions")
    ends = True
    paths = ("/completions",)
    forms = ("event",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by the `object` field, nearly so by a choice's text."""
        if value.get("object") == "text_completion":
            return 1.0
        choices = value.get("choices")
        return 0.9 if isinstance(choices, list) and isinstance(_first(choices).get("text"), str) else 0.0

    def fits(self, path: str) -> bool:
        """Not where chat is."""
        return "/completions" in path and "/chat/completions" not in path

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def __init__(self) -> None:
        self._calls: dict[tuple[int, str], list[str]] = {}
        self._counts: dict[int, int] | None = {}
        """Output tokens so far by choice, while every payload tells its usage; None where one did not."""

    def read(self, value: Any, message: Message) -> Deltas:
        if type(value) is not dict:
            return END if is_end(message) else NOTHING
        deltas: list[Delta] = []
        choices = value.get("choices")
        if type(choices) is list:
            for choice in choices:
                if type(choice) is dict:
                    self._choice(choice, deltas)
        usage = value.get("usage")
        if usage:
            self._used(usage, choices, deltas, streamed=message.form != "body")
        elif choices:
            self._counts = None
        if value.get("timings"):
            deltas.append(Delta("served", json_text(value["timings"])))
        if value.get("error"):
            deltas.extend(error_of(value))
        elif value.get("object") == "error":
            deltas.append(Delta("error", error_text(value)))
        return tuple(deltas)

    def _choice(self, choice: Said, deltas: list[Delta]) -> None:
        index = choice.get("index")
        if index != 0 or type(index) is not int:
            index = number_of(index)
        said = choice.get("delta")
        if type(said) is not dict or not said:
            said = choice.get("message")
        if type(said) is dict:
            for name, found in said.items():
                if type(found) is str:
                    if found and name in _TEXTS and not (name == "reasoning" and said.get("reasoning_content")):
                        deltas.append(Delta(_TEXTS[name], found, index))
                elif found and name in _PIECES:
                    _PIECES[name](self, said, index, deltas)
        elif text := text_of(choice.get("text")):
            deltas.append(Delta("text", text, index))
        if reason := choice.get("finish_reason"):
            deltas.append(Delta("finish", text_of(reason), index))
            if "error" in choice:
                deltas.extend(error_of(choice))
        if choice.get("token_ids"):
            deltas.append(Delta("tokens", str(len(items_of(choice["token_ids"]))), index))
            self._counts = None

    def content(self, said: Said, index: int, deltas: list[Delta]) -> None:
        """Content as a list of typed pieces, as some servers send it."""
        for part in objects_of(said["content"]):
            if part.get("type") == "thinking":
                deltas.append(Delta("reasoning", texts(part.get("thinking")), index))
            elif text := text_of(part.get("text")):
                deltas.append(Delta("text", text, index))

    def audio(self, said: Said, index: int, deltas: list[Delta]) -> None:
        """The words of a spoken answer."""
        if words := text_of(dug(said["audio"], "transcript")):
            deltas.append(Delta("transcript", words, index))

    def tool_calls(self, said: Said, index: int, deltas: list[Delta]) -> None:
        """Pieces of calls, joined by their number; whole ones, as some servers send them, have none."""
        for at, call in enumerate(objects_of(said["tool_calls"])):
            number = call.get("index")
            key = str(number if type(number) is int else at)
            key = self._call(index, key, text_of(call.get("id")), named=bool(dug(call, "function", "name")))
            _called(dug(call, "function"), index, key, deltas)

    def function_call(self, said: Said, index: int, deltas: list[Delta]) -> None:
        """The one call of the former interface."""
        _called(said["function_call"], index, "function_call", deltas)

    def _call(self, index: int, key: str, given: str, *, named: bool) -> str:
        """The key of a call; servers that number all their calls 0 tell them apart by their ids only."""
        known = self._calls.setdefault((index, key), [])
        if given and named and given not in known[-1:]:
            known.append(given)
        return key if len(known) < 2 else f"{key}.{len(known) - 1}"

    def _used(self, usage: Any, choices: Any, deltas: list[Delta], *, streamed: bool) -> None:
        deltas.append(Delta("usage", json_text(usage), whole=True))
        made = count_of(dug(usage, "completion_tokens"))
        if self._counts is None or made is None or not choices or not streamed:
            return
        index = number_of(dug(choices, 0, "index"))
        new = made - self._counts.get(index, 0)
        self._counts[index] = made
        if new > 0:
            deltas.append(Delta("tokens", str(new), index))


_TEXTS: dict[str, DeltaKind] = {
    "content": "text",
    "reasoning_content": "reasoning",
    "reasoning": "reasoning",
    "refusal": "refusal",
}
"""What is text; a server that sends reasoning under both of its names sends it twice."""
_PIECES: dict[str, Callable[[_Reader, Said, int, list[Delta]], None]] = {
    "content": _Reader.content,
    "tool_calls": _Reader.tool_calls,
    "function_call": _Reader.function_call,
    "audio": _Reader.audio,
}


def _called(function: Any, index: int, key: str, deltas: list[Delta]) -> None:
    name, arguments = text_of(dug(function, "name")), arguments_of(dug(function, "arguments"))
    if name or arguments:
        deltas.append(Delta("tool_call", arguments, index, key, name))


def _first(choices: list[Any]) -> dict[str, Any]:
    return choices[0] if choices and isinstance(choices[0], dict) else {}
