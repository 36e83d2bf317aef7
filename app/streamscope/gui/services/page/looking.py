"""Looks at what a part of a page shows, again and again while it is seen; slower where the platform is, or says no."""

import asyncio
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.gui.services.page.section import SectionView
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Start

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
        self._task: asyncio.Task[None] | None = None
        self.section: SectionView | None = None

    def begin(self, section: SectionView) -> None:
        """Look at this section from now on."""
        self.stop()
        self.section = section
        task = self._start(self._look(section), f"look at {section.key}")
        self._task = task if isinstance(task, asyncio.Task) else None

    def stop(self) -> None:
        """Look no more; what is being read is stopped."""
        if self._task is not None:
            self._task.cancel()
        if self.section is not None:
            self.section.calm()
        self._task = self.section = None

    async def _look(self, section: SectionView) -> None:
        runtime, failures = self._desk.runtime, 0
        while self.section is section and section.service is not None:
            began = time.monotonic()
            retry_after = 0.0
            section.begin()
            try:
                value = await asyncio.wrap_future(runtime.run(section.read(runtime.core, section.service)))
            except StreamscopeError as error:
                failures += 1
                retry_after = getattr(error, "retry_after", 0.0)
                if self.section is section:
                    section.fail(error)
                    self.failed.emit(section, error)
            else:
                failures = 0
                if self.section is section:
                    section.finish(value)
                    self.looked.emit(section, value)
            if not section.every:
                return
            await asyncio.sleep(pause_after(section.every, time.monotonic() - began, failures, retry_after))
