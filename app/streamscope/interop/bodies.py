"""Bodies that were kept as a whole, cut into their messages as live ones are."""

from collections.abc import Iterator

from streamscope.kinds.protocols.bodies import EVENT_STREAM, cutter, sniffed
from streamscope.kinds.protocols.cutting import Place
from streamscope.model.event import Event, Message

__all__ = ["EVENT_STREAM", "cut", "sniffed"]


def cut(body: bytes, essence: str, t: int) -> Iterator[Event]:
    """The messages and controls of a whole body, all at one time, without reads."""
    cuts, place = cutter(essence), Place()
    place.t = t
    for event in (*cuts.feed(body, place), *cuts.finish(place)):
        if not (isinstance(event, Message) and not event.payload and event.form == "body"):
            yield event
