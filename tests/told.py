"""What an exchange told: events picked out of a list of them."""

from typing import Any

from streamscope.model.event import Carried, Event, Failed, Message, Trace


def of(events: list[Event], kind: type[Any], name: str = "") -> list[Any]:
    """The events of a kind, and of a name where one is given."""
    return [event for event in events if isinstance(event, kind) and (not name or event.name == name)]


def texts(events: list[Event]) -> list[str]:
    """The messages' texts."""
    return [message.text for message in of(events, Message)]


def error(events: list[Event]) -> str:
    """The error that ended it."""
    end = events[-1]
    assert isinstance(end, Failed), end
    assert end.message
    return end.error


def carried(events: list[Event]) -> Carried:
    """How the body was carried, as the end says."""
    body = getattr(events[-1], "body", None)
    assert isinstance(body, Carried)
    return body


def warm(events: list[Event]) -> bool:
    """Whether the connection was there already."""
    return not of(events, Trace, "connect")
