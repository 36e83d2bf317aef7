"""The names that an entry has beyond the standard's, and what both reading and writing know of them.

`_streamscope` holds an exchange's own events, so that nothing is lost on the way back: {"version", "events"}. Payloads
are not written twice: a WebSocket message is the next of `_webSocketMessages`, a dispatched event of an event stream
the next of `_eventStreamMessages`, the only body `content`, the request's body `postData`; their events there have
none. Bytes of reads are left out, since they hold an answer's secret headers.
"""

from collections.abc import Iterable
from typing import Any

from streamscope.model.event import Control, Event, Message, RequestSent

EXTENSION = "_streamscope"
EXTENSION_VERSION = 1
WEB_SOCKET = "_webSocketMessages"
EVENT_STREAM = "_eventStreamMessages"
ENCODING = "_encoding"
"""Says "base64" beside data that is no UTF-8 where the standard or Chrome's form has no field for it."""


def place(message: Message, bodies: int) -> str:
    """Where an entry keeps a message's payload, '' where its own event does; `bodies` counts the answer's bodies."""
    if message.form == "message":
        return WEB_SOCKET
    if message.form == "event" and message.direction == "in" and not message.unfinished:
        return EVENT_STREAM
    return "content" if message.form == "body" and message.direction == "in" and bodies == 1 else ""


def bodies_of(attempt: Iterable[Event]) -> int:
    """How many messages the body of an attempt's answer has."""
    return sum(isinstance(event, Message) and event.direction == "in" and event.form != "message" for event in attempt)


def last_attempt(events: Iterable[Event]) -> int:
    """The number of the request that the last attempt began with; another connection of a conversation begins none."""
    last, again = 0, False
    for at, event in enumerate(events):
        if isinstance(event, Control):
            again = again or event.name == "reconnect"
        elif isinstance(event, RequestSent) and not again:
            last = at
    return last


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a value that should be a list of them."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
