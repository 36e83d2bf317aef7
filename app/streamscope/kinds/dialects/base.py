"""What every dialect says of itself, and reading JSON that may be anything."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar

import msgspec

from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import Phrase


class Reader(ABC):
    """Reads one exchange's incoming messages, in order."""

    @abstractmethod
    def feed(self, message: Message) -> Deltas:
        """What this payload adds. Any payload is accepted."""


class Dialect(ABC):
    """One way in which payloads mean tokens."""

    key: ClassVar[str]
    label: ClassVar[Phrase]
    ends: ClassVar[bool] = False
    """Whether a complete stream carries an end mark of this dialect."""

    @abstractmethod
    def guess(self, messages: Sequence[Message], path: str) -> float:
        """How sure these first incoming messages are of this dialect, 0 to 1; the path breaks ties."""

    @abstractmethod
    def reader(self) -> Reader:
        """A fresh reader."""


def parsed(message: Message) -> Any:
    """The payload's JSON, or None; not to be changed."""
    return _decoded(message.payload)


@lru_cache(maxsize=8)  # while a dialect is guessed, every one of them looks at the same few payloads
def _decoded(payload: bytes) -> Any:
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def objects(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The payloads that are JSON objects."""
    return [value for value in map(parsed, messages) if isinstance(value, dict)]


def dug(value: Any, *path: str | int) -> Any:
    """A value deep inside, None where any step is missing or of another type."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def text_of(value: Any) -> str:
    """A value that should be text; anything else is none."""
    return value if isinstance(value, str) else ""


def items_of(value: Any) -> list[Any]:
    """A value that should be a list; anything else is an empty one."""
    return value if isinstance(value, list) else []


def error_of(value: Any) -> Deltas:
    """The error that a payload reports in its `error` field, whatever its form."""
    error = dug(value, "error")
    if not error:
        return ()
    message = text_of(error) or text_of(dug(error, "message")) or msgspec.json.encode(error).decode()
    return (Delta("error", message),)


def json_text(value: Any) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value).decode()
