"""The views of an exchange: each reads the same record, and is made when it is first looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.model.phrase import Phrase, phrase


class View(Protocol):
    """What every view can, beside being a QWidget.

    It is made with (feed, spotlight), keeps how far it has come, and shows nothing by itself: `follow` is called once a
    frame while it is seen and something is new, when it comes to the front, and once at the end.
    """

    def follow(self) -> None:
        """Show what the feed has (events before `feed.stop`, what was read before `feed.read`) and is not shown yet."""


Made = Callable[[Feed, Spotlight], QWidget]


@dataclass(frozen=True, slots=True)
class ViewKind:
    """A view: its key, what its tab says, how it is made, and whether only a WebSocket has it."""

    key: str
    title: Phrase
    made: Made
    duplex: bool = False


def _text(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.text.view import SaidView

    return SaidView(feed, spotlight)


def _conversation(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.conversation.view import ConversationView

    return ConversationView(feed, spotlight)


def _events(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.events.view import EventsView

    return EventsView(feed, spotlight)


def _summary(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.summary.view import SummaryView

    return SummaryView(feed, spotlight)


def _findings(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.summary.findings import FindingsView

    return FindingsView(feed, spotlight)


def _timeline(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.timeline.view import TimelineView

    return TimelineView(feed, spotlight)


def _headers(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.connection.headers import HeadersView

    return HeadersView(feed, spotlight)


def _connection(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.connection.view import ConnectionView

    return ConnectionView(feed, spotlight)


def _request(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.connection.request import RequestView

    return RequestView(feed, spotlight)


def _raw(feed: Feed, spotlight: Spotlight) -> QWidget:
    from streamscope.gui.live.detail.raw import RawView

    return RawView(feed, spotlight)


VIEWS = (
    ViewKind("text", phrase("Text"), _text),
    ViewKind("conversation", phrase("Conversation"), _conversation, duplex=True),
    ViewKind("events", phrase("Events"), _events),
    ViewKind("timeline", phrase("Timeline"), _timeline),
    ViewKind("summary", phrase("Summary"), _summary),
    ViewKind("findings", phrase("Findings"), _findings),
    ViewKind("headers", phrase("Headers"), _headers),
    ViewKind("connection", phrase("Connection"), _connection),
    ViewKind("request", phrase("Request"), _request),
    ViewKind("raw", phrase("Raw"), _raw),
)
"""In the order of their tabs."""
