"""Something that goes on until it is ended, and how long it rests between two looks at a platform."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")
_SHARE = 4.0
"""A look that took long is followed by a pause this many times as long."""
LONGEST = 60.0
"""Seconds of a pause at most, however often the platform said no."""
_FIRST = 4.0
"""Seconds of the pause after the first failure."""


def pause_after(every: float, took: float, failures: int, retry_after: float = 0.0) -> float:
    """Seconds to the next look: longer after each failure, never sooner than the platform asked for."""
    if failures:
        return max(min(max(every, _FIRST) * 2.0 ** (failures - 1), LONGEST), min(retry_after, 3600.0))
    return min(max(every, took * _SHARE), LONGEST)


class Way:
    """Something that goes on until it is ended: what it waits for then is over at once.

    The task is not cancelled from outside: one that had not begun yet would leave its coroutine unawaited.
    """

    def __init__(self) -> None:
        self.ended = False
        self._over = asyncio.Event()
        self._future: Future[Any] | None = None

    def end(self) -> None:
        """It is over."""
        self.ended = True
        self._over.set()
        if self._future is not None:
            self._future.cancel()

    async def taken(self, future: "Future[_T]") -> _T | None:
        """What the core gives; None where the way was ended first. Raises what the core raises."""
        if self.ended:
            future.cancel()
        self._future = future
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not self.ended:
                raise
            return None
        finally:
            self._future = None

    async def rest(self, seconds: float) -> None:
        """Wait, or until it is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
