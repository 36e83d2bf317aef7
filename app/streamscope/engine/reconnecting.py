"""A conversation that was lost and is opened again: counted, waited for, and told in the record as a gap."""

import asyncio
import random

from streamscope.kinds.net import Wire
from streamscope.kinds.protocols.base import OutgoingQueue
from streamscope.kinds.protocols.frames import close_name
from streamscope.kinds.protocols.reconnection import STABLE, Reconnection, may_pass
from streamscope.model.errors import StreamscopeError
from streamscope.model.event import Closed, Control, Detail, Event

Lost = Event | StreamscopeError
"""How an attempt ended: its last event, which is held back, or the error that would be it."""


class Reconnecting:
    """Tells `reconnect` when a connection is lost and `reconnected` when the next is open; nothing without a policy.

    Only what was open once is opened again: a first attempt that fails is the answer that a person asked for.
    """

    def __init__(self, policy: Reconnection | None, wire: Wire, outgoing: OutgoingQueue) -> None:
        self._policy = policy
        self._wire = wire
        self._outgoing = outgoing
        self._connections = 0
        self._opened_at = self._lost_at = 0
        self._open = False
        self._tries = 0

    def opened(self, t: int) -> Control | None:
        """A connection is open; what is to be told of it where it is not the first."""
        self._connections += 1
        self._open, self._opened_at = True, t
        if self._connections == 1:
            return None
        gap = max(0, t - self._lost_at)
        detail: Detail = {"connection": self._connections, "gap_ns": gap, "tries": self._tries}
        return Control(t, "out", "reconnected", f"{gap / 1e9:.3g} s", detail=detail)

    async def waited(self, lost: Lost, status: int) -> bool:
        """Whether to try again, now that the time for it has come; closing in between ends it at once."""
        policy = self._policy
        if policy is None or not self._connections or self._outgoing.closing.is_set():
            return False
        if self._open and isinstance(lost, Closed):
            wanted = policy.wanted(lost)
        else:
            wanted = may_pass(lost if isinstance(lost, StreamscopeError) else status)
        now = self._wire.now()
        if self._open:
            self._open, self._lost_at = False, now
            self._tries = 0 if now - self._opened_at >= STABLE * 1e9 else self._tries
        if not wanted or not policy.more(self._tries + 1):
            return False
        self._tries += 1
        wait = policy.wait(self._tries, random.random())  # noqa: S311 - chance that spreads clients, no secret
        self._wire.emit(self._told(lost, status, wait, policy.tries))
        try:
            async with asyncio.timeout(wait):
                await self._outgoing.closing.wait()
        except TimeoutError:
            return True
        return False

    def _told(self, lost: Lost, status: int, wait: float, tries: int) -> Control:
        told: Detail = {"connection": self._connections + 1, "try": self._tries, "tries": tries}
        if isinstance(lost, StreamscopeError):
            text = lost.name
            told |= {"error": lost.name, "message": str(lost.message)}
        elif isinstance(lost, Closed) and lost.code is not None:
            name = close_name(lost.code)
            text = f"{lost.code} {lost.reason or name}"
            told |= {"by": lost.by, "code": lost.code, "name": name, "reason": lost.reason}
        else:
            text = str(status)
            told |= {"status": status}
        return Control(self._wire.now(), "out", "reconnect", text, detail={**told, "wait_ns": round(wait * 1e9)})
