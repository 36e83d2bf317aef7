"""A recording played back: its events come again, each at its time."""

import asyncio

from streamscope.engine.report import walk
from streamscope.model.event import Closed, Event
from streamscope.store.recordings import Exchange

_TURN = 256
"""Events that are appended at once at most: then others may have the loop."""
_SOON = 0.001
"""Seconds that an event may come early: less than a loop's timer can tell."""


class Pace:
    """Deadlines on a recording's clock from now on: absolute ones, so that delays do not add up.

    `speed` is how many times faster than recorded; 0 waits for nothing.
    """

    def __init__(self, speed: float = 1.0, origin: int = 0) -> None:
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()
        self._speed = speed
        self._origin = origin

    def delay(self, t: int) -> float:
        """Seconds from now until a recorded time (ns); 0 where it is past."""
        if not self._speed:
            return 0.0
        due = self._begun + (t - self._origin) / 1e9 / self._speed
        return max(0.0, due - self._loop.time())

    async def until(self, t: int) -> None:
        """Wait until a recorded time (ns)."""
        if (delay := self.delay(t)) > 0:
            await asyncio.sleep(delay)


async def play(recorded: Exchange, into: Exchange, speed: float = 1.0) -> None:
    """Append the events of a recording to another exchange, with their own times, when these come.

    Cancelling it is the user's end of the exchange: that is recorded and the cancellation goes on.
    """
    into.speed = speed
    pace = Pace(speed)
    last = 0
    due: list[Event] = []
    try:
        for event in walk(recorded):
            if due and (len(due) >= _TURN or (event.t != last and pace.delay(event.t) > _SOON)):
                into.extend(due)
                due = []
                await asyncio.sleep(0)
            if event.t != last:
                await pace.until(event.t)
            last = event.t
            due.append(event)
        if due:
            into.extend(due)
    except asyncio.CancelledError:
        if not into.ended:
            into.append(Closed(last, "user"))
        raise
