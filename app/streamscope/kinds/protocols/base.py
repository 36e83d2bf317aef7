"""What every protocol says of itself, and what is sent while it is open."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.protocols.reconnection import Reconnection
from streamscope.model.errors import StreamscopeError
from streamscope.model.event import Event
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.request import Request
from streamscope.tasks import end, spawn

_LATE = 0.001
"""Seconds after its time, beside a tenth of the interval, from which a timed sending counts as late."""

_AHEAD = 0.05
"""Seconds before its time in which a message's variables are filled, so that it leaves in time."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask for a pong with this payload."""

    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Pong:
    """A pong that nobody asked for, or one by hand (RFC 6455, section 5.5.3)."""

    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Close:
    """End the conversation with a code and a reason (RFC 6455, section 7.4); None sends an empty close frame."""

    code: int | None = 1000
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AutoPong:
    """Whether pings are answered from now on."""

    on: bool


@dataclass(slots=True, eq=False)
class Rhythm:
    """What came of a repeated sending; written by the core, looked at by others. Times in seconds (perf_counter).

    `missed` are times at which no connection was open; `late` ones left over a tenth of the interval after their time.
    """

    sent: int = 0
    missed: int = 0
    late: int = 0
    worst: float = 0.0
    first: float = 0.0
    last: float = 0.0
    stopped: bool = False
    """Set by whoever has had enough."""
    done: bool = False
    failure: StreamscopeError | None = None

    @property
    def interval(self) -> float | None:
        """Seconds between two, as they really left; None before the second."""
        return (self.last - self.first) / (self.sent - 1) if self.sent > 1 else None

    def beat(self, due: float, every: float) -> None:
        """One more leaves now."""
        self.last = now = time.perf_counter()
        self.first = self.first or now
        self.sent += 1
        behind = now - due
        self.worst = max(self.worst, behind)
        self.late += behind > max(_LATE, every / 10)


Fill = Callable[[], Awaitable[tuple[str, frozenset[str]]]]
"""Gives a text with the values that its variables have now, and the secret ones among them."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Send an item every so many seconds, `count` times, 0 for until it is stopped; `fill` makes it anew each time."""

    item: str | bytes | Ping | Pong
    every: float
    count: int = 0
    rhythm: Rhythm = field(default_factory=Rhythm)
    fill: Fill | None = None


Frames = str | bytes | Ping | Pong | Close
"""What becomes a frame."""
Send = Frames | AutoPong | Repeat


class OutgoingQueue:
    """What a person sends while an exchange is open; it may be filled before the connection is there."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[Frames] = asyncio.Queue()
        self._held: list[Frames] = []
        self._repeats: set[asyncio.Task[None]] = set()
        self.closing = asyncio.Event()
        """A close frame waits to be sent."""
        self.open = False
        """Whether there is a connection that takes it."""
        self.pongs: bool | None = None
        """Whether pings are answered; None for what the draft says."""
        self.finished = False
        """Nothing more will come from this side."""
        self.secrets: frozenset[str] = frozenset()
        """Values that are masked in the record of what is sent."""

    def put(self, item: Send) -> None:
        """Send next. Belongs to the exchange's loop; from another thread use call_soon_threadsafe."""
        if isinstance(item, AutoPong):
            self.pongs = item.on
        elif isinstance(item, Repeat):
            task = spawn(self._repeat(item), name="repeat a message")
            self._repeats.add(task)
            task.add_done_callback(self._repeats.discard)
        else:
            self._items.put_nowait(item)
            if isinstance(item, Close):
                self.closing.set()

    async def get(self) -> Frames:
        """The next thing to send; tell when it was `sent`, or give it back."""
        return self._held.pop(0) if self._held else await self._items.get()

    def sent(self) -> None:
        """What was got last is on its way."""
        self._items.task_done()

    def give_back(self, item: Frames) -> None:
        """What was got last cannot leave on this connection: the next one has it first."""
        self._held.insert(0, item)

    async def end(self) -> None:
        """Nothing is repeated any more."""
        await end(*self._repeats)

    async def _repeat(self, repeat: Repeat) -> None:
        """Each at its own time from the first on, so that lateness does not add up; behind what waits already."""
        rhythm, every, number, start = repeat.rhythm, repeat.every, 0, time.perf_counter()
        try:
            while not repeat.count or rhythm.sent < repeat.count:
                due = start + number * every
                item = repeat.item
                if repeat.fill is not None:
                    await _until(due - min(_AHEAD, every / 2))
                    if self.open:
                        item, secrets = await repeat.fill()
                        self.secrets |= secrets
                await _until(due)
                number += 1
                if self.open:
                    await self._items.join()
                if rhythm.stopped or self.closing.is_set():
                    break
                if not self.open:
                    rhythm.missed += 1
                    continue
                rhythm.beat(due, every)
                self.put(item)
        except StreamscopeError as error:
            rhythm.failure = error
        finally:
            rhythm.done = True


async def _until(moment: float) -> None:
    """Wait for a moment of perf_counter; the others have their turn in any case."""
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


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

    def again(self, request: Request) -> Request:
        """The same request for another connection: what must be new each time is made anew."""
        return request

    def reconnection(self, settings: Mapping[str, str]) -> Reconnection | None:  # noqa: ARG002 - the outline
        """Whether and how a lost connection is opened again, None for not. Raises UsageError."""
        return None

    @abstractmethod
    def open(
        self, request: Request, outgoing: OutgoingQueue, wire: Wire, net: Net
    ) -> AsyncGenerator[list[Event], None]:
        """Head, messages, controls and how it closed, as they come: what a read brought is one list.

        Reads and phases are told to the wire.

        Closing the iterator closes the connection. Raises the tree of errors.
        """
