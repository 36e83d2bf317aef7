"""JSON text sequences (RFC 7464): each text behind a record separator, of any number of lines. Pure."""

import re

from streamscope.kinds.protocols.cutting import Place
from streamscope.kinds.protocols.json_array import ArrayDecoder, Element
from streamscope.model.event import LARGEST_PAYLOAD, Event, Message

_MARK = re.compile(rb"[\x1e\n]")


class Sequence:
    """A message for each text: where a line ends and no bracket or string is open, or where the next text begins."""

    def __init__(self) -> None:
        self._first = 0
        self._begin(-1)

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """The texts that these bytes complete."""
        events: list[Event] = []
        start = 0
        for match in _MARK.finditer(data):
            ends_line = match.group() == b"\n"
            self._take(data[start : match.end() if ends_line else match.start()], start, place, events)
            start = match.end()
            if not ends_line or self._text.between:
                self._end(events, place, unfinished=not ends_line)
        self._take(data[start:], start, place, events)
        return events

    def finish(self, place: Place) -> list[Event]:
        """The last text, which is taken for whole where nothing in it is open."""
        events: list[Event] = []
        self._end(events, place, unfinished=not self._text.between)
        return events

    def _begin(self, base: int) -> None:
        """A text is read like the only element of an array."""
        self._text, self._base, self._begun = ArrayDecoder(LARGEST_PAYLOAD), base, False
        self._text.feed(b"[")

    def _take(self, piece: bytes, start: int, place: Place, events: list[Event]) -> None:
        if not piece:
            return
        if not self._begun:
            self._begin(place.at + start if place.at >= 0 else -1)
            self._begun = True
        fresh = not self._text.pending
        for element in self._text.feed(piece):
            self._tell(element, events, place, unfinished=False)
        if fresh:
            self._first = place.read

    def _end(self, events: list[Event], place: Place, *, unfinished: bool) -> None:
        if (element := self._text.finish()) is not None:
            self._tell(element, events, place, unfinished=unfinished)
        self._begin(-1)

    def _tell(self, element: Element, events: list[Event], place: Place, *, unfinished: bool) -> None:
        data, at, size = element
        at = self._base + at - 1 if self._base >= 0 else -1
        length = -1 if len(data) == size else size
        events.append(
            Message(
                place.t, "in", (self._first, place.read), data, "line", unfinished=unfinished, at=at,
                stream=place.stream, length=length,
            )
        )  # fmt: skip
        self._first = place.read
