"""Framed events (application/vnd.amazon.eventstream) as messages: a frame's type is the event's name. Pure."""

from streamscope.kinds.protocols.amazon_frames import AmazonFrame, AmazonFrameDecoder
from streamscope.kinds.protocols.cutting import Place
from streamscope.model.event import Control, Event, Message


class FramedEvents:
    """A message for each frame; what is damaged is said beside it."""

    def __init__(self) -> None:
        self._decoder = AmazonFrameDecoder()
        self._first = 0

    def feed(self, data: bytes, place: Place) -> list[Event]:
        """The frames that these bytes complete."""
        first = self._first if self._decoder.pending else place.read
        events: list[Event] = []
        for frame in self._decoder.feed(data):
            events += _told(frame, (first, place.read), place.t)
            first = place.read
        self._first = first
        return events

    def finish(self, place: Place) -> list[Event]:
        """A frame that was cut, or bytes that are none."""
        events: list[Event] = []
        for item in self._decoder.finish():
            if isinstance(item, AmazonFrame):
                continue
            reads, length = (self._first, place.read), item.size if item.size != len(item.data) else -1
            events.append(Message(place.t, "in", reads, item.data, "frame", unfinished=True, length=length))
            if not item.unfinished:
                told = "from here on the bytes are no frames: a prelude's checksum is wrong"
                events.append(Control(place.t, "in", "frame", told, detail={"bytes": item.size}))
        return events


def _told(frame: AmazonFrame, reads: tuple[int, int], t: int) -> list[Event]:
    message = Message(t, "in", reads, frame.payload, "frame", frame.event)
    if not frame.fault:
        return [message]
    return [
        message,
        Control(t, "in", "frame", f"the {frame.fault} of this frame is wrong", detail={"bytes": frame.size}),
    ]
