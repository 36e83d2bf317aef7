"""Once a frame while live: what is new in the exchange goes to the views. Nothing is pushed at the screen."""

import time
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from streamscope.model.event import Closed, Event, Failed, Finding, Head, RequestSent
from streamscope.store.rows import CODES

if TYPE_CHECKING:
    from streamscope.engine.reading import Reading
    from streamscope.model.exchange import Outcome
    from streamscope.store.recordings import Exchange

FRAME = 20
"""Milliseconds between two looks at the record."""
BEHIND = 5 * FRAME
"""The same for a tab that is not in front: many that look each frame would bend the times of all streams."""
_BUDGET = 0.008
"""Seconds of a frame that reading may take; the rest is for painting and for the person."""
_SLICE = 256


@dataclass(slots=True)
class Batch:
    """What one frame brought: the numbers of the events, the visible text, what should be known."""

    first: int
    stop: int
    text: str = ""
    pieces: int = 0
    findings: list[Finding] = field(default_factory=list)
    heads: list[RequestSent | Head] = field(default_factory=list)
    end: Closed | Failed | None = None


class Feed(QObject):
    """Reads an exchange, keeps its figures, and tells the views in batches; the same for live and finished ones."""

    advanced = Signal(object)
    ticked = Signal()
    finished = Signal()

    def __init__(self, exchange: "Exchange", reading: "Reading", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.exchange = exchange
        self.transcript = reading.transcript
        self.meter = reading.meter
        self._reading = reading
        self.position = 0
        self.codes = bytearray()
        self.done = False
        self._text = bytearray()
        self._spans = array("Q", [0])
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self.pull)

    @property
    def interval(self) -> int:
        """Milliseconds between two looks."""
        return self._timer.interval()

    def outcome(self) -> "Outcome":
        """How it came out, as far as it was read."""
        return self._reading.outcome()

    def start(self) -> None:
        """Begin to look, each frame, until the exchange has ended and all of it was seen."""
        self._timer.start()
        self.pull()

    def show(self, *, in_front: bool) -> None:
        """Look each frame while somebody sees it, else less often; at once where it comes to the front."""
        interval = FRAME if in_front else BEHIND
        if interval != self._timer.interval():
            self._timer.setInterval(interval)
            if in_front and self._timer.isActive():
                self.pull()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def text_of(self, index: int) -> str:
        """The visible text that an event added."""
        if index + 1 >= len(self._spans):
            return ""
        return self._text[self._spans[index] : self._spans[index + 1]].decode()

    def pull(self) -> None:
        """One look: what is new, as much of it as a frame has time for."""
        over = self.exchange.ended  # asked first: what is appended after this answer is seen at the next look
        batch = Batch(self.position, self.position)
        until = time.perf_counter() + _BUDGET
        while time.perf_counter() < until:
            events = self.exchange.events(self.position, self.position + _SLICE)
            for event in events:
                self._take(event, batch)
            self.position += len(events)
            if len(events) < _SLICE:
                break
        batch.stop = self.position
        if batch.stop > batch.first:
            self.advanced.emit(batch)
        self.ticked.emit()
        if over and self.position >= len(self.exchange):
            self._timer.stop()
            self.done = True
            self.finished.emit()

    def _take(self, event: Event, batch: Batch) -> None:
        text = self._reading.feed(event)
        self.codes.append(CODES[type(event)])
        if text:
            self._text += text.encode(errors="replace")
            batch.text += text
            batch.pieces += 1
        self._spans.append(len(self._text))
        batch.findings += self._reading.findings
        if isinstance(event, Finding):
            batch.findings.append(event)
        elif isinstance(event, RequestSent | Head):
            batch.heads.append(event)
        elif isinstance(event, Closed | Failed):
            batch.end = event
