"""The course of an exchange in time, as far as its feed may be looked at; all strips of the exchange share one."""

import time
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from streamscope.engine.timing import SWITCHED
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.timeline.loading import loaded
from streamscope.model.event import Closed, Control, Failed, Head, RequestSent, Trace
from streamscope.store.rows import CODES, WORDS

if TYPE_CHECKING:
    from streamscope.engine.bins import Bins
    from streamscope.engine.rhythm import Rhythm

_SLICE = 8192
"""Events that are taken in at once."""
BUDGET = 0.003
"""Seconds of a frame for taking events in; the rest waits for the next."""
_MOST = 256
"""Phases, answers and controls that are looked at one by one; of more, their ticks must do."""
_NAMED = frozenset({CODES[RequestSent], CODES[Trace], CODES[Head]})
_LAST = 8
_JUDGED = 0.5
"""Seconds after which what is a stall is judged anew: the median moves."""
_MOST_STALLS = 20_000


@dataclass(slots=True)
class Phase:
    """A phase of the connection; `stop` is -1 while it goes on (ns since Send)."""

    name: str
    start: int
    stop: int = -1


class Course:
    """Bins, rhythm, phases and end of an exchange. `follow` takes in what the feed has, a bounded piece a call."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.version = 0
        """Another whenever anything changed."""
        self.phases: list[Phase] = []
        self.heads: list[tuple[int, int]] = []
        """When answers began, and their status."""
        self.attempts: list[int] = []
        """When it was sent again: redirected, with another token, reconnected."""
        self.lost: list[Phase] = []
        """When a WebSocket that is opened again was not connected."""
        self.end: tuple[int, str] | None = None
        """When it ended, and how in a word or two: the close code, or an error's name."""
        self.failed = False
        self.duplex = False
        """Whether this side sends messages, too: a WebSocket."""
        self._made: tuple[Bins, Rhythm] | None = None
        self._looked = self._sent = 0
        self._held = -1
        self._candidates = -1
        self._judged = 0.0
        self._stalls: list[tuple[int, int]] = []
        self._limit = 0

    @property
    def ready(self) -> bool:
        """Whether it can be asked for anything: numpy has been loaded."""
        if self._made is None and loaded("numpy"):
            from streamscope.engine.bins import Bins
            from streamscope.engine.rhythm import Rhythm

            self._made = Bins(), Rhythm()
        return self._made is not None

    @property
    def bins(self) -> "Bins":
        """The events by time. Raises AttributeError before it is `ready`."""
        if self._made is None:
            raise AttributeError("numpy is not loaded yet")
        return self._made[0]

    @property
    def rhythm(self) -> "Rhythm":
        """Stalls and bursts."""
        if self._made is None:
            raise AttributeError("numpy is not loaded yet")
        return self._made[1]

    def now(self) -> int:
        """Up to when anything could have come, ns since Send: the clock while it goes on, the end after it."""
        last = max(self.bins.last, self.end[0] if self.end else 0)
        feed = self._feed
        if self.end is not None or not feed.live:
            return last
        if feed.paused:
            self._held = max(last, self._held if self._held >= 0 else self._clock())
            return self._held
        self._held = -1
        return max(last, self._clock())

    def stalls(self) -> list[tuple[int, int]]:
        """When the stream stood still, from and to (ns since Send); what has not ended yet ends now."""
        rhythm, gaps = self.rhythm, self._feed.meter.pace.gaps
        moment = time.monotonic()
        if rhythm.candidates != self._candidates or (self.end is None and moment - self._judged > _JUDGED):
            self._candidates, self._judged = rhythm.candidates, moment
            self._stalls = [(int(begun), int(ended)) for begun, ended in rhythm.stalls(gaps)[:_MOST_STALLS]]
            self._limit = int(rhythm.limit(gaps) * 1e6)
        now = self.now()
        if self.end is None and rhythm.running and now - rhythm.last > self._limit:
            return [*self._stalls, (rhythm.last, now)]
        return self._stalls

    def follow(self, seconds: float = BUDGET) -> bool:
        """Take in what is new; whether there is more."""
        if not self.ready:
            return True
        bins, feed = self.bins, self._feed
        stop, read = feed.stop, min(feed.read, feed.stop)
        until = time.perf_counter() + seconds
        while (bins.size < stop or bins.told < read) and time.perf_counter() < until:
            self.version += 1
            self._take(min(stop, bins.size + _SLICE), read)
        if self.end is None and read >= stop and bins.told >= read:
            self._finish()
        return bins.size < stop or bins.told < read

    def _take(self, stop: int, read: int) -> None:
        bins, exchange = self.bins, self._feed.exchange
        start, told = bins.size, bins.told
        rows = exchange.rows(start, stop)
        bins.extend(rows)
        self._look(start, stop)
        until = min(read, bins.size, told + 2 * _SLICE)
        if until > told:
            tones = bytes(self._feed.derived.tones[told:until])
            known = rows[WORDS * (told - start) :] if told >= start else exchange.rows(told, until)
            self.rhythm.feed(known[: WORDS * len(tones)], tones)
            bins.tell(tones)

    def _look(self, start: int, stop: int) -> None:
        """Look at the few events whose words matter here."""
        if self._looked >= _MOST:
            return
        codes = self._feed.codes[start:stop]
        if not any(code in codes for code in _NAMED):
            return
        for number, code in enumerate(codes, start):
            if code in _NAMED and self._looked < _MOST:
                self._looked += 1
                self._note(number)

    def _note(self, number: int) -> None:
        event = self._feed.exchange.event(number)
        if isinstance(event, RequestSent):
            self.duplex = event.url.startswith(("ws:", "wss:"))
            self._sent += 1
            if self._sent > 1:
                self.attempts.append(event.t)
                self._lose(number)
        elif isinstance(event, Head):
            self.heads.append((event.t, event.status))
            self._close("wait", event.t)
            if event.status == SWITCHED and self.lost and self.lost[-1].stop < 0:
                self.lost[-1].stop = event.t
        elif isinstance(event, Trace) and event.phase == "begin":
            self.phases.append(Phase(event.name, event.t))
        elif isinstance(event, Trace):
            self._close(event.name, event.t)

    def _lose(self, number: int) -> None:
        """The connection was lost before, if the events before say so; several tries are one gap."""
        if self.lost and self.lost[-1].stop < 0:
            return
        for event in self._feed.exchange.events(max(0, number - _LAST), number):
            if isinstance(event, Control) and event.name == "reconnect":
                self.lost.append(Phase("reconnect", event.t))
                return

    def _close(self, name: str, t: int) -> None:
        for phase in self.phases:
            if phase.name == name and phase.stop < 0:
                phase.stop = max(t, phase.start)

    def _finish(self) -> None:
        end = self._feed.derived.end
        if end is None or not self._feed.stop:
            return
        word = end.error if isinstance(end, Failed) else str(end.code) if end.code is not None else ""
        if not word and isinstance(end, Closed):
            for event in self._feed.exchange.events(max(0, self._feed.stop - _LAST), self._feed.stop):
                if isinstance(event, Control) and event.name == "close":
                    word = str(event.detail.get("code") or "")
        self.end = end.t, word
        self.failed = isinstance(end, Failed)
        self.version += 1
        for phase in (*self.phases, *self.lost):
            if phase.stop < 0:
                phase.stop = max(end.t, phase.start)

    def _clock(self) -> int:
        exchange = self._feed.exchange
        return round((time.perf_counter_ns() - exchange.start) * exchange.speed)


_known: "WeakKeyDictionary[Feed, ref[Course]]" = WeakKeyDictionary()


def course_of(feed: Feed) -> Course:
    """The course of a feed's exchange; it lives as long as whoever shows it."""
    known = _known.get(feed)
    course = known() if known is not None else None
    if course is None:
        course = Course(feed)
        _known[feed] = ref(course)
    return course


def times_of(course: Course, events: "array[int]") -> list[int]:
    """When these events happened, as far as they are here; a few thousand at most."""
    return [int(t) for t in course.bins.times(events[:4096])]


def one(event: int) -> "array[int]":
    """One number as numbers."""
    return array("I", [event])
