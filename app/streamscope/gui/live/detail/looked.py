"""The event that is looked at: itself, its bytes however many, and what they are."""

from dataclasses import dataclass, field

from streamscope.gui.live.detail.text_rows import Source
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.model.event import Control, Event, Message, Read, RequestSent

_JSON = (b"{", b"[")


class Held:
    """Bytes that are in memory."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    def size(self) -> int:
        """How many."""
        return len(self.data)

    def read(self, start: int, size: int) -> bytes:
        """Some of them."""
        return self.data[start : start + size]


class Recorded:
    """A message's payload as it lies in the record, however large."""

    def __init__(self, feed: Feed, number: int, size: int) -> None:
        self._exchange, self._number, self._size = feed.exchange, number, size

    def size(self) -> int:
        """How many bytes."""
        return self._size

    def read(self, start: int, size: int) -> bytes:
        """Some of them. Raises OSError or StoreError."""
        return self._exchange.payload(self._number, start, size)


@dataclass(frozen=True, slots=True)
class Looked:
    """An event of an exchange; `data` is the beginning of its bytes, all of them where `whole`."""

    feed: Feed
    spotlight: Spotlight
    number: int
    event: Event
    data: bytes
    source: Source
    text: str | None = field(default=None)
    """`data` as text, None where it is not UTF-8."""
    before: int = -1
    """The number of the event that was looked at before, -1 for none."""

    @property
    def whole(self) -> bool:
        """Whether `data` is all of it."""
        return len(self.data) == self.source.size()

    @property
    def json(self) -> bool:
        """Whether it begins as JSON's objects and arrays do."""
        return self.text is not None and self.data[:4096].lstrip()[:1] in _JSON


def looked(feed: Feed, spotlight: Spotlight, number: int, before: int = -1) -> Looked:
    """Look at an event. Raises OSError, StoreError or IndexError where it is not there any more."""
    event = feed.exchange.event(number)
    data = data_of(event)
    source: Source = Held(data)
    if isinstance(event, Message) and not event.whole:
        source = Recorded(feed, number, event.size)
    return Looked(feed, spotlight, number, event, data, source, _decoded(data, cut=source.size() > len(data)), before)


def data_of(event: Event) -> bytes:
    """The bytes of an event: a payload, a request's body, what a read brought, a ping's or a close's data."""
    match event:
        case Message():
            return event.payload
        case RequestSent():
            return event.content
        case Read():
            return event.data
        case Control():
            if isinstance(event.data_base64, bytes):
                return event.data_base64
            return event.data.encode(errors="surrogatepass") if isinstance(event.data, str) else b""
    return b""


def _decoded(data: bytes, *, cut: bool) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if cut and error.start > len(data) - 4:
            return data[: error.start].decode()
        return None
