"""OpenAI chat completions and completions, streamed and whole, as many servers speak them.

Source: OpenAI API reference, "Chat completions" and "Streaming"; reasoning under the names that vLLM, SGLang,
DeepSeek and others give it.
"""

from collections.abc import Iterator, Sequence
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
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase

END = b"[DONE]"
_OBJECTS = ("chat.completion.chunk", "chat.completion", "text_completion")


class OpenAiChat(Dialect):
    """`choices` with a delta, a message or a text each."""

    key = "openai.chat"
    label = phrase("OpenAI chat completions")
    ends = True

    def guess(self, messages: Sequence[Message], path: str) -> float:
        """Sure by the `object` field, nearly so by the shape of `choices`."""
        read = objects(messages)
        if any(dug(value, "object") in _OBJECTS for value in read):
            return 1.0
        if any(isinstance(dug(value, "choices"), list) for value in read):
            return 0.8
        if path.endswith("/completions") and any("error" in value for value in read):
            return 0.6
        return 0.0

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def feed(self, message: Message) -> Deltas:
        if message.payload.lstrip().startswith(END):
            return (Delta("end"),)
        value = parsed(message)
        deltas = [delta for choice in items_of(dug(value, "choices")) for delta in _choice(choice)]
        if usage := dug(value, "usage"):
            deltas.append(Delta("usage", json_text(usage)))
        return (*deltas, *error_of(value))


def _choice(choice: Any) -> Iterator[Delta]:
    index = dug(choice, "index")
    index = index if isinstance(index, int) else 0
    said = dug(choice, "delta") or dug(choice, "message") or {}
    for reasoning in (dug(said, "reasoning_content"), dug(said, "reasoning")):
        if text_of(reasoning):
            yield Delta("reasoning", reasoning, index)
            break
    content = dug(said, "content")
    text = text_of(content) or text_of(dug(choice, "text")) or _typed(content)
    if text:
        yield Delta("text", text, index)
    if refusal := text_of(dug(said, "refusal")):
        yield Delta("refusal", refusal, index)
    for call in items_of(dug(said, "tool_calls")):
        yield Delta("tool_call", json_text(call), index)
    if finish := text_of(dug(choice, "finish_reason")):
        yield Delta("finish", finish, index)


def _typed(content: Any) -> str:
    """Content as a list of typed pieces, as some servers send it."""
    return "".join(text_of(dug(piece, "text")) for piece in items_of(content) if dug(piece, "type") == "text")
