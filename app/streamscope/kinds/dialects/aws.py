"""Amazon Bedrock's Converse, streamed in event frames and whole. Source: AWS, Bedrock runtime API, "ConverseStream".

The name of a frame's `:event-type` or `:exception-type` header is the message's `event`.
"""

from typing import Any

from streamscope.kinds.dialects.base import arguments_of, dug, objects_of, text_of
from streamscope.kinds.dialects.table import Rule, Table, called, each, ending, failure, figure, piece, silent
from streamscope.model.delta import Delta, Deltas
from streamscope.model.phrase import phrase

_EXCEPTIONS = (
    "internalServerException",
    "modelStreamErrorException",
    "modelTimeoutException",
    "serviceUnavailableException",
    "throttlingException",
    "validationException",
)
_FIGURES = each(figure("usage", "usage"), figure("served", "metrics"))
_RULES: dict[str, Rule] = {
    "messageStart": silent,
    "contentBlockStart": called(("start", "toolUse", "name"), ("contentBlockIndex",), ()),
    "contentBlockDelta": each(
        piece("text", "delta", "text"),
        piece("reasoning", "delta", "reasoningContent", "text"),
        called((), ("contentBlockIndex",), ("delta", "toolUse", "input")),
    ),
    "contentBlockStop": silent,
    "messageStop": piece("finish", "stopReason"),
    "metadata": each(_FIGURES, ending),
    **dict.fromkeys(_EXCEPTIONS, failure("message")),
}


def _whole(value: dict[str, Any]) -> Deltas:
    deltas: list[Delta] = []
    for at, block in enumerate(objects_of(dug(value, "output", "message", "content"))):
        if thought := text_of(dug(block, "reasoningContent", "reasoningText", "text")):
            deltas.append(Delta("reasoning", thought))
        if text := text_of(block.get("text")):
            deltas.append(Delta("text", text))
        if call := dug(block, "toolUse"):
            deltas.append(Delta("tool_call", arguments_of(dug(call, "input")), 0, str(at), text_of(dug(call, "name"))))
    return (*deltas, *_FIGURES(value), Delta("finish", text_of(value.get("stopReason"))))


AWS_CONVERSE = Table(
    "aws.converse_stream",
    phrase("Amazon Bedrock Converse"),
    _RULES,
    by=":event-type",
    shared={"metadata": 0.8},
    whole=_whole,
    is_whole=lambda value: isinstance(dug(value, "output", "message"), dict) and "stopReason" in value,
    paths=("/converse",),
    forms=("frame",),
)
