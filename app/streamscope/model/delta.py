"""What a dialect reads out of one payload, and where a dialect of the user's own finds it."""

from typing import Literal

import msgspec

DeltaKind = Literal[
    "text",
    "reasoning",
    "tool_call",
    "refusal",
    "transcript",
    "usage",
    "finish",
    "error",
    "begin",
    "end",
    "tokens",
    "served",
]


class Delta(msgspec.Struct, frozen=True, gc=False):
    """A piece of meaning: its kind, its text, and which of several choices it belongs to.

    `tool_call`: `text` is a piece of the arguments (JSON text), `name` the function's, where this piece brings it,
    `call` which of the choice's calls it is: pieces of one call have the same.
    `whole`: the text replaces what came before instead of following it (cumulative dialects, final repetitions).
    `usage` carries the payload's usage object as JSON in `text`, `whole` where it has all figures of those before;
    `tokens` the number of output tokens of this payload where it says so (decimal); `served` the server's own figures
    as JSON, times in its own names and units.
    `transcript` is the words of an answer that is spoken; it is as visible as text.
    `end` is the dialect's own end mark, `begin` the beginning of a turn whose end mark is to come; `finish` the reason
    that is given.
    """

    kind: DeltaKind
    text: str = ""
    choice: int = 0
    call: str = ""
    name: str = ""
    whole: bool = False


Deltas = tuple[Delta, ...]


class Paths(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dialect of the user's own: JSONPaths (RFC 9535) into each payload; '' where it has no such thing.

    `end` is the path of what only the last payload has (neither null nor false), or that payload itself: `[DONE]`.
    """

    name: str
    text: str
    reasoning: str = ""
    finish: str = ""
    usage: str = ""
    error: str = ""
    end: str = ""
