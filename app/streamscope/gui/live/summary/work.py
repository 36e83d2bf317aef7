"""Something that takes longer than a frame, computed in a thread of its own; a newer one takes its place."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

_BREATH = 0.001
"""Seconds in which others get the interpreter, now and then."""


class Progress:
    """What a computation is given: it tells how far it is, and asks whether anybody still waits for it."""

    def __init__(self, told: Callable[[int, int], None]) -> None:
        self._told = told
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        return self._stopped.is_set()

    def breathe(self) -> bool:
        """Let the window have its turn; whether nobody waits any more."""
        time.sleep(_BREATH)
        return self._stopped.is_set()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._stopped.set()

    def tell(self, done: int, all_: int) -> None:
        """So much of so much is done."""
        self._told(done, all_)


class Work(QObject):
    """`finished` carries what the newest computation gave, `failed` what it raised; a stopped one says nothing."""

    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)
    _came = Signal(object, object, object)
    _moved = Signal(object, int, int)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._now: Progress | None = None
        self._running: list[Progress] = []
        """The newest computation, for the moment when this is gone."""
        self.destroyed.connect(partial(_stop, self._running))
        self._came.connect(self._take)
        self._moved.connect(self._move)

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._now is not None

    def start(self, call: Callable[[Progress], object]) -> None:
        """Compute this; what was computed before is stopped."""
        self.stop()
        progress: Progress

        def tell(done: int, all_: int) -> None:
            with suppress(RuntimeError):  # the window is gone
                self._moved.emit(progress, done, all_)

        progress = self._now = Progress(tell)
        self._running[:] = [progress]

        def run() -> None:
            value: Any = None
            failure: Exception | None = None
            try:
                value = call(progress)
            except Exception as error:  # noqa: BLE001 - it is told where it is waited for
                failure = error
            with suppress(RuntimeError):
                self._came.emit(progress, value, failure)

        threading.Thread(target=run, name=self._name, daemon=True).start()

    def stop(self) -> None:
        """Compute no more."""
        if self._now is not None:
            self._now.stop()
            self._now = None

    def _move(self, progress: Progress, done: int, all_: int) -> None:
        if progress is self._now:
            self.progressed.emit(done, all_)

    def _take(self, progress: Progress, value: object, failure: Exception | None) -> None:
        if progress is not self._now:
            return
        self._now = None
        if failure is not None:
            self.failed.emit(failure)
        else:
            self.finished.emit(value)


def _stop(running: list[Progress], _gone: object = None) -> None:
    for progress in running:
        progress.stop()
