"""Payloads whose format is not recognised: each is shown as it is."""

from typing import Any

from streamscope.kinds.dialects.base import Dialect, Reader
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase


class Raw(Dialect):
    """The payload itself is the text, a line each."""

    key = "raw"
    label = phrase("Raw payloads")

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """The last resort: always a little sure."""
        return 0.01

    def score(self, value: Any, message: Message, path: str) -> float:  # noqa: ARG002 - the outline
        """The same for what is no JSON object, too."""
        return 0.01

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def __init__(self) -> None:
        self._before = False

    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        payload = message.payload
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            text = f"({len(payload)} bytes)"
        line = f"\n{text}" if self._before else text
        self._before = True
        return (Delta("text", line),)
