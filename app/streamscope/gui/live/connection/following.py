"""The attempts of an exchange as the views of its connection follow them: few events of many are looked at."""

import re
import time
from typing import TYPE_CHECKING

from streamscope.engine.waterfall import Waterfall
from streamscope.gui.live.feed import Feed
from streamscope.model.event import Closed, Control, Failed, Head, RequestSent, Trace
from streamscope.store.rows import CODES

if TYPE_CHECKING:
    from streamscope.engine.waterfall import Attempt

_REQUEST, _TRACE, _HEAD, _CONTROL = CODES[RequestSent], CODES[Trace], CODES[Head], CODES[Control]
_ENDS = frozenset({CODES[Closed], CODES[Failed]})
_RARE = re.compile(bytes((91, _REQUEST, _TRACE, _HEAD, CODES[Closed], CODES[Failed], 93)))  # a class of bytes
_BEFORE_HEAD = re.compile(bytes((91, _REQUEST, _TRACE, _HEAD, _CONTROL, CODES[Closed], CODES[Failed], 93)))
_PIECE = 1 << 16
_AT_ONCE = 0.004
"""Seconds of one frame in which events are looked at; the rest have their turn in the next."""
MOST = 20_000
"""Events that are looked at in all: an exchange of so many phases is one that nobody reads to its end."""
_TRAILERS, _OPENED = 1000, 20
"""Events before an attempt's end among which its trailers are, or of a WebSocket, that it was lost."""
_SWITCHED = 101


class Following:
    """Reads requests, phases, heads, interim answers and trailers; messages and reads are passed over unseen."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._at = 0
        self._headed = False
        self.cut = False
        """Whether there is more than is followed."""
        self._taken = 0
        self.waterfall = Waterfall()

    @property
    def attempts(self) -> "list[Attempt]":
        """The attempts so far."""
        return self.waterfall.attempts

    def follow(self) -> bool:
        """Look at what is new; whether anything was."""
        feed, stop = self._feed, self._feed.stop
        if self._at >= stop or self.cut:
            return False
        before, until = self.waterfall.version, time.perf_counter() + _AT_ONCE
        late = False
        while self._at < stop and not late and not self.cut:
            pattern = _RARE if self._headed else _BEFORE_HEAD
            start, end = self._at, min(stop, self._at + _PIECE)
            codes = bytes(feed.codes[start:end])
            self._at = end
            for found in pattern.finditer(codes):
                number, code = start + found.start(), codes[found.start()]
                self._take(number, code)
                late = time.perf_counter() > until
                turned = code in (_REQUEST, _HEAD)
                self._headed = (self._headed or code == _HEAD) and code != _REQUEST
                if late or turned or self.cut:  # other events matter from here on
                    self._at = number + 1
                    break
        if self._at >= stop:
            self.waterfall.last = max(self.waterfall.last, self._time(stop - 1))
        return self.waterfall.version != before or self._going_on()

    def _going_on(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].end is None

    def _take(self, number: int, code: int) -> None:
        if code == _REQUEST or code in _ENDS:
            self.waterfall.last = max(self.waterfall.last, self._time(number - 1))
            self._before(number)
        self.waterfall.feed(number, self._feed.exchange.event(number))
        self._taken += 1
        self.cut = self._taken >= MOST

    def _before(self, end: int) -> None:
        """What was told just before an attempt's end; a stream's comments and a WebSocket's pings are nothing here."""
        codes, start = self._feed.codes, end
        head = self.attempts[-1].head if self.attempts else None
        most = _OPENED if head is not None and head.status == _SWITCHED else _TRAILERS
        while start > 0 and end - start < most and codes[start - 1] not in (_HEAD, _REQUEST):
            start -= 1
        found = [number for number in range(start, end) if codes[number] == _CONTROL]
        for number in found:
            event = self._feed.exchange.event(number)
            if isinstance(event, Control) and event.name in ("trailer", "reconnect"):
                self.waterfall.feed(number, event)

    def _time(self, number: int) -> int:
        return self._feed.times(number, number + 1)[0] if number >= 0 else 0
