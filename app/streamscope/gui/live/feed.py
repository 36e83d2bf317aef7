"""Once a frame while live: how far the record has come and what is derived from it. Nothing is pushed at views."""

import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from streamscope.model.event import Closed, Failed, Finding, Head, RequestSent

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived, Lane
    from streamscope.engine.readers import Readers
    from streamscope.engine.reading import Reading
    from streamscope.model.exchange import Outcome
    from streamscope.store.recordings import Exchange

_T = TypeVar("_T")
FRAME = 33
"""Milliseconds between two looks at the record."""
BEHIND = 200
"""The same for a tab that is not in front: many that look each frame would bend the times of all streams."""
_BUDGET = 0.008
"""Seconds of a frame that reading may take where no thread does it; the rest is for painting and for the person."""
_AT_ONCE = 400_000
"""Events whose kinds are taken over in one frame."""
_LOW = bytes(byte & 15 for byte in range(256))


@dataclass(slots=True)
class Batch:
    """What one frame brought: the events from `first` to before `stop`, and what was read out of these or earlier."""

    first: int
    stop: int
    text: str = ""
    pieces: int = 0
    findings: list[Finding] = field(default_factory=list)
    heads: list[RequestSent | Head] = field(default_factory=list)
    end: Closed | Failed | None = None


class Feed(QObject):
    """How far views may look; the same for live, finished, reopened and replayed exchanges.

    Events before `stop` can be shown: they are in the record and `codes` has their kinds. Of those before `read` it is
    known what they say: text, tones, figures, findings. While it is `paused` neither moves on; the recording does.
    """

    advanced = Signal(object)
    ticked = Signal()
    finished = Signal()
    paused_changed = Signal(bool)

    def __init__(self, derived: "Derived", readers: "Readers | None" = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.derived = derived
        self.exchange: Exchange = derived.exchange
        self.transcript, self.meter = derived.transcript, derived.meter
        self.stop = self.read = 0
        self.codes = bytearray()
        """The kind of each event before `stop`: its place in `store.rows.KINDS`."""
        self.done = False
        self.paused = False
        self.known_secrets: Callable[[], frozenset[str]] = frozenset
        """Asks whoever sent it for the secret values that went into it."""
        self._mourned = False
        self._readers = readers
        self._in_front = True
        self._findings = self._heads = self._shown = self._pieces = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self.pull)

    @property
    def interval(self) -> int:
        """Milliseconds between two looks."""
        return self._timer.interval()

    @property
    def secrets(self) -> frozenset[str]:
        """The secret values that are known of it: copies and exports mask them."""
        return self.known_secrets()

    @property
    def reading(self) -> "Reading":
        """Everything that is derived. Ask it through `ask` where more than a number is wanted."""
        return self.derived.reading

    @property
    def live(self) -> bool:
        """Whether more may come."""
        return not self.exchange.ended

    def ask(self, question: Callable[["Reading"], _T]) -> _T:
        """Ask what is derived while nobody reads on."""
        with self.derived.lock:
            return question(self.derived.reading)

    def outcome(self) -> "Outcome":
        """How it came out, as far as it was read."""
        return self.ask(lambda reading: reading.outcome())

    def begin(self) -> None:
        """Look, each frame, until the exchange has ended and all of it was seen."""
        if self._readers is not None:
            self._readers.add(self.derived, in_front=self._in_front)
        self._timer.start()
        self.pull()

    def show(self, *, in_front: bool) -> None:
        """Look each frame while somebody sees it, else less often; at once where it comes to the front."""
        self._in_front = in_front
        interval = FRAME if in_front else BEHIND
        if self._readers is not None:
            self._readers.show(self.derived, in_front=in_front)
        if interval != self._timer.interval():
            self._timer.setInterval(interval)
            if in_front and self._timer.isActive():
                self.pull()

    def pause(self, paused: bool) -> None:
        """Let views stand still, or go on."""
        if paused != self.paused:
            self.paused = paused
            self.paused_changed.emit(paused)
            self.pull()

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()
        if self._readers is not None:
            self._readers.remove(self.derived)

    def behind(self) -> int:
        """How many events are recorded and not shown."""
        return len(self.exchange) - self.stop

    @property
    def reading_share(self) -> float:
        """How much of what can be shown was read, 0 to 1: with a large recording that takes a while."""
        return min(1.0, self.read / self.stop) if self.stop else 1.0

    def text_of(self, event: int) -> str:
        """What an event added to any text."""
        return self.derived.of(event)

    def lane(self, choice: int = 0, kind: str = "text", call: str = "") -> "Lane | None":
        """One of the texts."""
        return self.derived.lane(choice, kind, call)

    def times(self, start: int = 0, stop: int | None = None) -> "array[int]":
        """When events happened, ns since Send."""
        return self.exchange.column(0, start, self.stop if stop is None else min(stop, self.stop))

    def pull(self) -> None:
        """One look: what is new."""
        if self._readers is None:
            self.derived.advance(_BUDGET)
        if not self.paused:
            self._look()
        if not (self.paused and self.derived.done):
            self.ticked.emit()
        if self.derived.error is not None and not self._mourned:
            self._mourned = True
            error = self.derived.error
            sys.excepthook(type(error), error, error.__traceback__)  # a fault of the program: the window tells it
        if self.derived.done and not self.paused and self.exchange.ended and self._all():
            self._timer.stop()
            self.done = True
            self.finished.emit()

    def _all(self) -> bool:
        """Whether everything was seen that there is to see."""
        return self.stop >= len(self.exchange) and self.read >= min(self.derived.position, self.stop)

    def _look(self) -> None:
        derived, first, read = self.derived, self.stop, self.read
        seen = derived.position  # asked before the record: what is read is recorded
        self._kinds(min(len(self.exchange), first + _AT_ONCE))
        self.read = min(seen, self.stop)
        if self.stop == first and self.read == read:
            return
        batch = Batch(first, self.stop)
        findings, heads = len(derived.findings), len(derived.heads)
        batch.findings = derived.findings[self._findings : findings]
        batch.heads = derived.heads[self._heads : heads]
        self._findings, self._heads = findings, heads
        lane = derived.lane()
        if lane is not None:
            pieces = len(lane.ends)
            if pieces > self._pieces:
                upto = lane.ends[pieces - 1]
                batch.text = lane.text[self._shown : upto].decode(errors="replace")
                batch.pieces = pieces - self._pieces
                self._shown, self._pieces = upto, pieces
        if self.read >= self.stop:
            batch.end = derived.end
        self.advanced.emit(batch)

    def _kinds(self, stop: int) -> None:
        if stop > self.stop:
            words = self.exchange.column(2, self.stop, stop).tobytes()
            lowest = words if sys.byteorder == "little" else words[7:]
            self.codes += lowest[::8].translate(_LOW)
            self.stop = stop
