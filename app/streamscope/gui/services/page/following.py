"""Follows a service while it changes: the core's progress, step by step, on the window's loop."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from streamscope.gui.services.page.looking import pause_after
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
        self._task: asyncio.Task[None] | None = None

    @property
    def going(self) -> bool:
        """Whether a service is being followed."""
        return self._task is not None and not self._task.done()

    def begin(self, service: Service) -> None:
        """Follow this service; nothing where one is followed already."""
        if self.going:
            return
        task = self._start(self._follow(service), f"follow {service.name}")
        self._task = task if isinstance(task, asyncio.Task) else None

    def stop(self) -> None:
        """Follow no more; what goes on at the platform goes on."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _follow(self, service: Service) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                async for progress in self._progress(service):
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
                await asyncio.sleep(pause_after(1.0, took, failures, getattr(error, "retry_after", 0.0)))
        self._task = None
        self.ended.emit()

    async def _progress(self, service: Service) -> "AsyncGenerator[Progress]":
        """The core's generator, a step at a time: it lives on the core's loop."""
        from streamscope.engine import deploying

        runtime = self._desk.runtime
        steps = deploying.progress(runtime.core, service)
        try:
            while (step := await asyncio.wrap_future(runtime.run(_next(steps)))) is not None:
                yield step
        finally:
            runtime.run(_close(steps))


async def _next(steps: "AsyncGenerator[Progress, Any]") -> "Progress | None":
    return await anext(steps, None)


async def _close(steps: "AsyncGenerator[Progress, Any]") -> None:
    with suppress(RuntimeError):  # its last step is just being cancelled, which ends it, too
        await steps.aclose()
