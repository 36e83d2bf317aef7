"""What every protocol says of itself, and what is sent while it is open."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import ClassVar

from streamscope.kinds.net import Net, Wire
from streamscope.model.event import Event
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.request import Request


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask for a pong with this payload."""

    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Close:
    """End the conversation with a code and a reason (RFC 6455, section 7.4)."""

    code: int = 1000
    reason: str = ""


Send = str | bytes | Ping | Close


class OutgoingQueue:
    """What a person sends while an exchange is open; it may be filled before the connection is there."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[Send] = asyncio.Queue()
        self.closing = asyncio.Event()
        """A close frame waits to be sent."""
        self.finished = False
        """Nothing more will come from this side."""
        self.secrets: frozenset[str] = frozenset()
        """Values that are masked in the record of what is sent."""

    def put(self, item: Send) -> None:
        """Send next. Belongs to the exchange's loop; from another thread use call_soon_threadsafe."""
        self._items.put_nowait(item)
        if isinstance(item, Close):
            self.closing.set()

    async def get(self) -> Send:
        """The next thing to send."""
        return await self._items.get()


class Protocol(ABC):
    """One way to exchange bytes with a service."""

    key: ClassVar[str]
    label: ClassVar[Phrase]
    help: ClassVar[Phrase] = NOTHING
    fields: ClassVar[tuple[Field, ...]] = ()
    plain: ClassVar[str] = "http"
    secure: ClassVar[str] = "https"
    """The URL schemes it is called with."""
    accepted_as: ClassVar[frozenset[str]] = frozenset()
    """The platforms' own words for what this is served by: HTTP or WS."""
    streams: ClassVar[bool] = False
    """Whether it is chosen for answers that go on."""
    duplex: ClassVar[bool] = False
    """Whether messages can be sent while it is open; such a one is ended by sending Close."""

    def prepare(self, request: Request) -> Request:
        """The request with the headers that this protocol asks for, where the user gave none."""
        return request

    @abstractmethod
    def open(
        self, request: Request, outgoing: OutgoingQueue, wire: Wire, net: Net
    ) -> AsyncGenerator[list[Event], None]:
        """Head, messages, controls and how it closed, as they come: what a read brought is one list.

        Reads and phases are told to the wire.

        Closing the iterator closes the connection. Raises the tree of errors.
        """
