"""What every dialect says of itself, and reading JSON that may be anything."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Form, Message
from streamscope.model.phrase import Phrase

DONE = b"[DONE]"
"""The end mark of many event streams; clients stop at data that begins with it."""
END: Deltas = (Delta("end"),)
BEGIN: Deltas = (Delta("begin"),)
NOTHING: Deltas = ()
SURE = 0.5
"""Below this a dialect is not taken for recognised."""
_REPORTED = 0.6
_ELSEWHERE = 0.8
_LARGEST_CHOICE = 1 << 16
_LARGEST_COUNT = 1 << 53
_NUMBERS = (int, float)


class Reader(ABC):
    """Reads one exchange's incoming messages, in order."""

    @abstractmethod
    def read(self, value: Any, message: Message) -> Deltas:
        """What this payload adds; `value` is its JSON, None where it is none. Any payload is accepted."""

    def feed(self, message: Message) -> Deltas:
        """The same for a message that nobody has decoded yet."""
        return self.read(parsed(message), message)


class Dialect(ABC):
    """One way in which payloads mean tokens."""

    key: str
    label: Phrase
    ends: bool = False
    """Whether a complete stream carries an end mark of this dialect."""
    paths: tuple[str, ...] = ()
    """Parts of URL paths that it is usually found at; they only break ties."""
    forms: tuple[Form, ...] = ()
    """The forms of message that it is spoken in, a whole body besides; empty for any."""

    @abstractmethod
    def marked(self, value: dict[str, Any], message: Message) -> float:
        """How sure one payload that is a JSON object is of this dialect, 0 to 1."""

    def score(self, value: Any, message: Message, path: str) -> float:
        """How sure one payload is of this dialect, 0 to 1; `value` is its JSON."""
        if type(value) is not dict:
            return 0.0
        found = self.marked(value, message)
        if self.forms and message.form != "body" and message.form not in self.forms:
            found *= _ELSEWHERE
        if found < _REPORTED and "error" in value and self.fits(path):
            return _REPORTED  # errors look alike everywhere: here the address decides
        return found

    def guess(self, messages: Sequence[Message], path: str) -> float:
        """How sure these first incoming messages are of this dialect, 0 to 1."""
        return max((self.score(parsed(message), message, path) for message in messages), default=0.0)

    def fits(self, path: str) -> bool:
        """Whether it is usually found at this URL path."""
        return any(part in path for part in self.paths)

    @abstractmethod
    def reader(self) -> Reader:
        """A fresh reader."""


def decoded(payload: bytes) -> Any:
    """The payload's JSON, or None where it is none."""
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parsed(message: Message) -> Any:
    """A message's JSON, or None where it is none."""
    return decoded(message.payload)


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


def objects_of(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a value that should be a list of them."""
    return (item for item in items_of(value) if isinstance(item, dict))


def number_of(value: Any) -> int:
    """A value that should be a choice's or a block's number; anything else is 0."""
    return value if type(value) is int and 0 <= value < _LARGEST_CHOICE else 0


def count_of(value: Any) -> int | None:
    """A value that should count something; None where it cannot."""
    return value if type(value) is int and 0 <= value < _LARGEST_COUNT else None


def json_text(value: Any) -> str:
    """A value as JSON; one that was nested as deeply as could just be read is not written again."""
    try:
        return msgspec.json.encode(value).decode()
    except RecursionError:
        return "null"


def texts(value: Any) -> str:
    """Text that is given plainly, or as a list of texts and of objects with a `text`, joined."""
    if isinstance(value, str):
        return value
    return "".join(item if isinstance(item, str) else text_of(dug(item, "text")) for item in items_of(value))


def arguments_of(value: Any) -> str:
    """A call's arguments as JSON text, whether they came as such or as an object."""
    return value if isinstance(value, str) else "" if value is None else json_text(value)


def error_text(error: Any) -> str:
    """The words of an error, whatever its form."""
    said = text_of(error) or text_of(dug(error, "message")) or text_of(dug(error, "error"))
    return said or json_text(error)


def error_of(value: Any) -> Deltas:
    """The error that a payload reports in its `error` field, whatever its form."""
    error = dug(value, "error")
    return (Delta("error", error_text(error)),) if error else ()


def figures(value: Any, *names: str) -> dict[str, Any]:
    """The named numbers of an object that are there."""
    return {name: value[name] for name in names if type(value.get(name)) in _NUMBERS}


def is_end(message: Message) -> bool:
    """Whether a payload is the usual end mark."""
    return message.payload.lstrip().startswith(DONE)
