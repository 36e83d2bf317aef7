"""What is lit up among the events: hits of a filter that only highlights, and a finding's evidence."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.gui.live.events.model import EventsModel
from streamscope.gui.live.events.sifting import Sifting
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight

if TYPE_CHECKING:
    from streamscope.engine.filter import Wanted

_BEHIND_ALL = 1 << 32


class Lit(QObject):
    """Numbers of events that are lit up in the model, in ascending order, and the way from one to the next."""

    changed = Signal()

    def __init__(self, model: EventsModel, feed: Feed, spotlight: Spotlight, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.hits: array[int] = array("I")
        self.evidence: array[int] = array("I")
        self.sifting = Sifting(feed, spotlight, self)
        self.sifting.found.connect(self._found)

    def look_for(self, wanted: "Wanted | None") -> None:
        """Light up what an expression wants; None: nothing."""
        self.hits = array("I")
        self._model.light(self.hits)
        self.sifting.look_for(wanted)
        self.sifting.advance()

    def point_out(self, events: Sequence[int]) -> None:
        """Light up a finding's evidence."""
        self.evidence = array("I", sorted(set(events)))
        self._model.point_out(self.evidence)

    def place(self, number: int) -> int:
        """The how many-th hit an event is, from 1; 0 where it is none."""
        place = bisect_left(self.hits, max(0, number))
        return place + 1 if number >= 0 and place < len(self.hits) and self.hits[place] == number else 0

    def next_row(self, row: int, by: int) -> int:
        """The row of the next that is lit up, or the one before; beginning anew at the end; -1 where none is shown."""
        lit = self.hits or self.evidence
        if (numbers := self._model.sorted) is not None:
            return _next_sorted(numbers, lit, row, by)
        number = self._model.number(row) if row >= 0 else (-1 if by > 0 else _BEHIND_ALL)
        place = bisect_right(lit, number) if by > 0 else bisect_left(lit, number) - 1
        for tried in range(len(lit)):
            found = self._model.row_of(lit[(place + by * tried) % len(lit)])
            if found >= 0:
                return found
        return -1

    def _found(self, found: "array[int]") -> None:
        if found:
            self.hits.extend(found)
            self._model.light(self.hits)
        self.changed.emit()


def _next_sorted(numbers: "array[int]", lit: "array[int]", row: int, by: int) -> int:
    import numpy as np

    rows = np.flatnonzero(np.isin(np.array(numbers, np.uint32), np.array(lit, np.uint32)))
    place = int(np.searchsorted(rows, row, "right" if by > 0 else "left")) - (by < 0)
    return int(rows[place % len(rows)]) if len(rows) else -1
