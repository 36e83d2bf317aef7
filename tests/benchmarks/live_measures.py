"""What is measured of a live pane: the heart of the window's thread, how far a view is behind, whether all is there."""

import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from tests.benchmarks.gui_jobs import Clock

from streamscope.gui.live.tab import ExchangeView as View
from streamscope.model.event import Message
from streamscope.store.exchange import Exchange
from streamscope.store.rows import KINDS, WORDS

BEAT_MS = 10
LOOK = 5
"""Beats between two looks at how far the view is behind."""
_PIECE = 20_000
_MESSAGE = KINDS.index(Message)
_NUMBERED = re.compile(rb'"created":(\d+).*"content":" (\d+)"')


class Pulse(QObject):
    """A timer of the window's thread that notes how late it is (ms), by the clock on the wall and by `Clock`, and how
    old the newest event is that the feed of the view in front has, while that goes on (ms)."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.own: list[float] = []
        self.behind: list[float] = []
        self._view: Callable[[], View | None] = lambda: None
        self._clock = Clock()
        self._wall = self._thread = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self, view: Callable[[], View | None]) -> None:
        """Begin to listen; `view` tells which one is in front."""
        self._view = view
        self._wall, self._thread = time.perf_counter() * 1e3, self._clock.now()
        self._timer.start()

    def stop(self) -> None:
        """Listen no more."""
        self._timer.stop()

    def told(self) -> dict[str, Any]:
        """What was noted."""
        return {"late": spread(self.late), "own": spread(self.own), "behind": spread(self.behind)}

    def _beat(self) -> None:
        wall, thread = time.perf_counter() * 1e3, self._clock.now()
        self.late.append(max(0.0, wall - self._wall - BEAT_MS))
        self.own.append(max(0.0, thread - self._thread - BEAT_MS))
        self._wall, self._thread = wall, thread
        if len(self.late) % LOOK == 0 and (view := self._view()) is not None:
            self._look(view)

    def _look(self, view: View) -> None:
        """The newest event that was brought to the view; one that the server spoke no more after is no measure."""
        feed = view.feed
        if not feed.stop or not view.exchange.start or view.exchange.ended:
            return
        newest = feed.exchange.event(feed.stop - 1)
        if isinstance(newest, Message) and (match := _NUMBERED.search(newest.payload)):
            self.behind.append((time.perf_counter_ns() - int(match[1])) / 1e6)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a record says of a numbered stream: its numbers in the order in which they came, how late stamps are (ms),
    and which events these messages are."""

    numbers: list[int]
    late: list[float]
    events: list[int]


def figures_of(exchange: Exchange) -> Figures:
    """Read a record of a numbered stream."""
    found = Figures([], [], [])
    start, count = exchange.start, len(exchange)
    for first in range(0, count, _PIECE):
        for number, event in enumerate(exchange.events(first, min(count, first + _PIECE)), first):
            if type(event) is Message and (match := _NUMBERED.search(event.payload)):
                found.numbers.append(int(match[2]))
                found.late.append((start + event.t - int(match[1])) / 1e6)
                found.events.append(number)
    return found


def checked(view: View, count: int) -> bool:
    """Whether every event of a numbered stream is there, in order: in the record, in the kinds that the feed tells, in
    the rows of the Events view, and in the text."""
    found = figures_of(view.exchange)
    if found.numbers != list(range(count)):
        return False
    feed, model = view.feed, view.events.model
    if [at for at, code in enumerate(feed.codes) if code == _MESSAGE][:count] != found.events:
        return False
    rows = {model.number(row) for row in range(model.rowCount())}
    said = "".join(f" {number}" for number in range(count))
    lane = feed.lane()
    times = feed.times()
    return (
        rows.issuperset(found.events)
        and lane is not None
        and lane.text.decode() == said
        and len(times) == len(feed.exchange.rows()) // WORDS
    )


def threads() -> dict[str, float]:
    """Seconds of a core that each thread of Python's took so far, by its name; only the own where the system does not
    tell of others."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return {threading.current_thread().name: time.thread_time()}
    found: dict[str, float] = {}
    for one in threading.enumerate():
        if one.ident is not None:
            spent = time.clock_gettime(time.pthread_getcpuclockid(one.ident))
            found[one.name] = found.get(one.name, 0.0) + spent
    return found


def spread(values: list[float]) -> dict[str, float]:
    """p50, p99 and the worst; zeros of nothing. Nearest rank."""
    if not values:
        return {"n": 0, "p50": 0.0, "p99": 0.0, "worst": 0.0}
    ranked = sorted(values)
    p50, p99 = (ranked[math.ceil(len(ranked) * percent / 100) - 1] for percent in (50, 99))
    return {"n": len(ranked), "p50": round(p50, 2), "p99": round(p99, 2), "worst": round(ranked[-1], 2)}
