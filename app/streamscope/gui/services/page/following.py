"""Follows a service while it changes: the core's progress, step by step, on the window's loop."""

import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from streamscope.gui.services.page.way import Way, pause_after
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.deploying import Progress
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.refreshing import Start


class Following(QObject):
    """`advanced` carries each Progress; `ended` that nothing changes any more; `gone` that the service is no more.

    `failed`: the platform did not answer; it is asked again after a while.
    """

    advanced = Signal(object)
    ended = Signal()
    failed = Signal(object)
    gone = Signal()

    def __init__(self, desk: "Desk", start: "Start", parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._start = start
        self._way: Way | None = None

    @property
    def going(self) -> bool:
        """Whether a service is being followed."""
        return self._way is not None

    def begin(self, service: Service) -> None:
        """Follow this service; nothing where one is followed already."""
        if self._way is None:
            self._way = Way()
            self._start(self._follow(service, self._way), f"follow {service.name}")

    def stop(self) -> None:
        """Follow no more; what goes on at the platform goes on."""
        if self._way is not None:
            self._way.end()
            self._way = None

    async def _follow(self, service: Service, way: Way) -> None:
        failures = 0
        while not way.ended:
            began = time.monotonic()
            try:
                async for progress in self._progress(service, way):
                    if progress.problem is not None:
                        self.failed.emit(progress.problem)
                        continue
                    failures = 0
                    self.advanced.emit(progress)
                    if progress.gone:
                        self.gone.emit()
                break
            except StreamscopeError as error:
                failures += 1
                self.failed.emit(error)
                took = time.monotonic() - began
                await way.rest(pause_after(1.0, took, failures, getattr(error, "retry_after", 0.0)))
        if self._way is way:
            self._way = None
            self.ended.emit()

    async def _progress(self, service: Service, way: Way) -> "AsyncGenerator[Progress]":
        """The core's generator, a step at a time: it lives on the core's loop, which also ends it."""
        from streamscope.engine import deploying

        runtime = self._desk.runtime
        steps = deploying.progress(runtime.core, service)
        while not way.ended and (step := await way.taken(runtime.run(_next(steps)))) is not None:
            if not way.ended:
                yield step


async def _next(steps: "AsyncGenerator[Progress, Any]") -> "Progress | None":
    return await anext(steps, None)
