"""Exchanges beside each other: two in full, many as a table of runs; open ones and recordings."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.gui.live.pane import LivePane
from streamscope.gui.sendings import Start

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived
    from streamscope.engine.runs import Run
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.compare.view import Side
    from streamscope.gui.live.tab import ExchangeView

_AT_ONCE = 0.05
"""Seconds that a recording is read at once, aside."""
_TWO = 2


class Comparing(QObject):
    """Opens views of comparison as tabs of the live pane; `opened` asks for a recording by its path."""

    opened = Signal(object)

    def __init__(self, desk: "Desk", live: LivePane, start: Start, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._live, self._start = desk, live, start

    def compare(self, first: "ExchangeView", second: "ExchangeView") -> None:
        """Show two exchanges side by side, the older one first."""
        one, other = sorted((first, second), key=lambda view: view.exchange.started)
        self._beside((_title(one), one.feed.derived), (_title(other), other.feed.derived))

    def compare_open(self) -> None:
        """A table of all exchanges that are open."""
        self.compare_runs([(_title(view), view.feed.derived) for view in self._live.views()])

    def compare_recordings(self, paths: "Sequence[tuple[str, Path]]") -> None:
        """Two recordings side by side; more of them as a table of runs."""
        if len(paths) == _TWO:
            self._start(self._compared(*paths), "compare recordings")
        elif paths:
            self.compare_runs(list(paths))

    def compare_runs(self, runs: "Sequence[tuple[str, Derived | Run | Path]]") -> None:
        """Many runs: their figures and a small curve of each."""
        from streamscope.gui.live.compare.runs import RunsView

        view = RunsView(runs, self._desk.bench.dialects.all())
        view.open_requested.connect(self._open_run)
        view.compare_requested.connect(lambda one, other: self._start(self._compared(one, other), "compare two runs"))
        self._live.add_view(view, self.tr("{count} runs").format(count=len(runs)))

    def _open_run(self, source: object) -> None:
        if isinstance(source, Path):
            self.opened.emit(source)
            return
        for view in self._live.views():
            if view.feed.derived is source:
                self._live.tabs.setCurrentWidget(view)

    async def _compared(self, first: tuple[str, object], second: tuple[str, object]) -> None:
        sides = [(title, await asyncio.to_thread(self._read, source)) for title, source in (first, second)]
        self._beside(*((title, derived) for title, derived in sides if derived is not None))

    def _read(self, source: object) -> "Derived | None":
        """What is derived from an exchange that is open, or from all of a recording. Raises StoreError."""
        from streamscope.engine.derived import Derived
        from streamscope.gui.live.tab import derived_of
        from streamscope.store.recordings import opened

        if isinstance(source, Derived):
            return source
        if not isinstance(source, Path):
            return None
        derived = derived_of(opened(source), self._desk.bench.dialects.all())
        while derived.advance(_AT_ONCE):
            pass
        return derived

    def _beside(self, *sides: "Side") -> None:
        from streamscope.gui.live.compare.view import CompareView

        if len(sides) == _TWO:
            view = CompareView(sides[0], sides[1])
            self._live.add_view(view, self.tr("{first} beside {second}").format(first=sides[0][0], second=sides[1][0]))


def _title(view: "ExchangeView") -> str:
    return str(view.property("title") or "")
