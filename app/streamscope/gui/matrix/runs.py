"""A run of the access matrix as the window follows it: started in the core's thread, looked at once a frame."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from streamscope.engine.matrix import Round
from streamscope.model.matrix import Cell, Key
from streamscope.model.service import Service, Workspace
from streamscope.store.exchange import Exchange
from streamscope.store.matrix import MatrixResults

if TYPE_CHECKING:
    from concurrent.futures import Future

    from streamscope.gui.desk import Desk

_FRAME_MS = 33


class MatrixRun(QObject):
    """At most one run at a time; `advanced` comes once a frame while it goes on, and once at its end."""

    advanced = Signal()

    def __init__(self, desk: "Desk", workspace: Workspace, results: MatrixResults, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._workspace = workspace
        self._results = results
        self._round: Round | None = None
        self._future: Future[Any] | None = None
        self._fresh: list[Cell] = []
        self._held: dict[Key, Exchange] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.advanced)

    @property
    def going(self) -> bool:
        """Whether it runs."""
        return self._future is not None

    def begin(self, service: str, wanted: frozenset[Key] | None) -> "Callable[[], Any]":
        """Start to call; what is given back waits for the end and gives the cells, None if it was cut off.

        It raises the tree of errors.
        """
        runtime = self._desk.runtime
        self._fresh = []
        self._round = Round(
            runtime.core,
            self._workspace,
            self._fresh.append,
            service=service,
            wanted=wanted,
            recordings=self._results.recordings,
        )
        self._future = runtime.run(self._round.play())
        self._timer.start()
        return self._ended

    def stop(self) -> None:
        """End it soon; what came stays."""
        if self._round is not None and self._future is not None:
            self._desk.runtime.call(self._round.stop)

    def fresh(self) -> list[Cell]:
        """What came since this was asked last."""
        count = len(self._fresh)
        taken = self._fresh[:count]
        del self._fresh[:count]
        return taken

    def running(self) -> list[Key]:
        """What is being called now."""
        return list(self._round.running) if self._round is not None else []

    def plan(self) -> "tuple[list[Any], dict[str, Service]]":
        """The places of the run's grid, empty until the services are known; the services by id."""
        places = self._round.places if self._round is not None else []
        return places, {place.service.id: place.service for place in places}

    @property
    def stopped(self) -> bool:
        """Whether a person stopped the last run."""
        return self._round is not None and self._round.stopped

    def exchange(self, key: Key) -> Exchange | None:
        """The exchange of a cell that is being called, or that is held in memory."""
        if self._round is not None and (live := self._round.running.get(key)) is not None:
            return live
        return self._held.get(key)

    async def _ended(self) -> list[Cell] | None:
        assert self._future is not None  # noqa: S101 - begun before
        try:
            return list(await asyncio.wrap_future(self._future))
        except asyncio.CancelledError:
            return None  # the core ends, or the window's task does
        finally:
            self._future = None
            self._timer.stop()
            if self._round is not None:
                self._held |= self._round.held
