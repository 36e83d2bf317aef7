"""What cuts a body into messages, and what it is told of the bytes that it is fed. Pure."""

from typing import Protocol

from streamscope.model.event import PAYLOAD, Event


class Place:
    """Where the bytes that are fed lie: the read that brought them, its time, and their offset in a stream."""

    __slots__ = ("at", "read", "stream", "t")

    def __init__(self, stream: int = PAYLOAD) -> None:
        self.t = 0
        self.read = 0
        self.at = -1
        self.stream = stream


class Cutter(Protocol):
    """Cuts a body into messages."""

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """What these bytes complete."""

    def finish(self, place: Place) -> list[Event]:
        """What is left at the end of the body."""
