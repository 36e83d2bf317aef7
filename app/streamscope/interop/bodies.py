"""Bodies that were kept as a whole, cut into their messages by content type, else by their first bytes."""

from collections.abc import Iterator

import msgspec

from streamscope.kinds.protocols.bodies import EVENT_STREAM, cutter
from streamscope.kinds.protocols.cutting import Place
from streamscope.model.event import Control, Event, Message

_TYPES = {"event": EVENT_STREAM, "line": "application/x-ndjson", "element": "application/json"}
_BOM = b"\xef\xbb\xbf"


def cut(body: bytes, mime: str, t: int) -> Iterator[Event]:
    """The messages and controls of a whole body, all at one time, without reads; each message has all its bytes."""
    cutting, place = cutter(mime), Place()
    place.t, place.at = t, 0
    for event in (*cutting.feed(body, place), *cutting.finish(place)):
        if isinstance(event, Message):
            payload = event.payload if event.whole else body[event.at : event.at + event.size]
            yield msgspec.structs.replace(event, payload=payload, length=-1, at=-1, reads=(0, 0))
        else:
            yield event


def recognised(body: bytes, first: Event | None) -> str:
    """The content type of a body by what it was cut into, '' where nothing tells."""
    if isinstance(first, Control):
        return EVENT_STREAM
    form = first.form if isinstance(first, Message) else ""
    start = body.removeprefix(_BOM).lstrip()[:1]
    return _TYPES.get(form, "application/json" if start in (b"{", b"[") else "")
