"""Looks at what a part of a page shows, again and again while it is seen; slower where the platform is, or says no."""

import asyncio
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from streamscope.gui.services.page.section import SectionView
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Start

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


class Looking(QObject):
    """Reads one section at a time. `failed` carries what went wrong, `looked` what came."""

    looked = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, desk: "Desk", start: "Start", parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._start = start
        self._way = Way()
        self.section: SectionView | None = None

    def begin(self, section: SectionView) -> None:
        """Look at this section from now on."""
        self.stop()
        self.section = section
        self._way = Way()
        self._start(self._look(section, self._way), f"look at {section.key}")

    def stop(self) -> None:
        """Look no more; what is being read is stopped."""
        self._way.end()
        if self.section is not None:
            self.section.calm()
        self.section = None

    async def _look(self, section: SectionView, way: "Way") -> None:
        runtime, failures = self._desk.runtime, 0
        while not way.ended and section.service is not None:
            began = time.monotonic()
            retry_after = 0.0
            section.begin()
            try:
                value = await way.taken(runtime.run(section.read(runtime.core, section.service)))
            except StreamscopeError as error:
                failures += 1
                retry_after = getattr(error, "retry_after", 0.0)
                if not way.ended:
                    section.fail(error)
                    self.failed.emit(section, error)
            else:
                failures = 0
                if not way.ended:
                    section.finish(value)
                    self.looked.emit(section, value)
            if not section.every or way.ended:
                return
            await way.rest(pause_after(section.every, time.monotonic() - began, failures, retry_after))


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
