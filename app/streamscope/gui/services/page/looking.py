"""Looks at what a part of a page shows, again and again while it is seen; slower where the platform is, or says no."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.gui.services.page.section import SectionView
from streamscope.gui.services.page.way import Way, pause_after
from streamscope.model.errors import StreamscopeError

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Start


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

    async def _look(self, section: SectionView, way: Way) -> None:
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
