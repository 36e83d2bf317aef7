"""What is marked in a text: slow tokens, what other views point at, what was found. Of what is seen only."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from streamscope.gui.live.text.heat import TINTS, Heat
from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.places import bytes_of, bytes_within
from streamscope.gui.theme import colour

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane
    from streamscope.gui.live.feed import Feed
    from streamscope.gui.live.spotlight import Spotlight

_MOST = 600
"""Marks on one screen."""
Run = tuple[int, int, str, str]
"""First byte, byte after the last, token of the background ('' none), token of the text ('' as it is)."""


class Marking:
    """Dresses the texts of one exchange in what is to be seen in them."""

    def __init__(self, feed: "Feed", spotlight: "Spotlight") -> None:
        self._feed, self._spotlight = feed, spotlight
        self.heat = Heat(feed)
        self.hot = False
        """Whether slow tokens are coloured."""
        self.hits: Mapping[tuple[int, str, str], Sequence[tuple[int, int]]] = {}
        """What was found, by lane, in order."""
        self.pointed: tuple[LaneView, int, int] | None = None
        """The text under the pointer, and the bytes of its piece."""
        self._dressed: set[int] = set()

    def dress(self, view: LaneView) -> None:
        """Mark what is seen."""
        lane = view.lane
        runs = [] if lane is None or not view.shown else list(self._runs(view, lane))
        if not runs and id(view) not in self._dressed:
            return
        self._dressed.add(id(view))
        view.setExtraSelections([_selection(view, run) for run in runs[:_MOST]])

    def _runs(self, view: LaneView, lane: "Lane") -> Iterator[Run]:
        start, end = view.seen()
        spotlight = self._spotlight
        bright = (0, view.shown)
        if spotlight.span is not None:
            bright = bytes_within(self._feed, lane, spotlight.span)
        if self.hot:
            for first, last, step in self.heat.runs(lane, max(start, bright[0]), min(end, bright[1])):
                yield first, last, TINTS[step], "text"
        for first, last in ((start, min(end, bright[0])), (max(start, bright[1]), end)):
            if first < last:
                yield first, last, "", "muted"
        yield from self._pointed_out(lane, start, end)
        hits = self.hits.get(lane.key, ())
        for first, last in hits[max(0, bisect_left(hits, (start, 0)) - 1) :]:
            if first >= end:
                break
            yield first, last, "warn_line", "text"
        if self.pointed is not None and self.pointed[0] is view:
            yield *self.pointed[1:], "hover", ""
        chosen = bytes_of(lane, spotlight.chosen) if spotlight.chosen >= 0 else None
        if chosen is not None:
            yield *chosen, "selected", "text"

    def _pointed_out(self, lane: "Lane", start: int, end: int) -> Iterator[Run]:
        evidence = self._spotlight.evidence
        if not evidence:
            return
        first, last = lane.event_at(start), lane.event_at(end)
        at = bisect_left(evidence, max(0, first)) if first >= 0 else len(evidence)
        for event in evidence[at : at + _MOST]:
            if last >= 0 and event > last:
                return
            found = bytes_of(lane, event)
            if found is not None:
                yield *found, "info_line", "text"


def _selection(view: LaneView, run: Run) -> QTextEdit.ExtraSelection:
    start, end, ground, ink = run
    mark = QTextEdit.ExtraSelection()
    looks = QTextCharFormat()
    if ground:
        looks.setBackground(colour(ground))
    if ink:
        looks.setForeground(colour(ink))
    cursor = QTextCursor(view.document())
    cursor.setPosition(view.pages.place(start))
    cursor.setPosition(view.pages.place(end, end=True), QTextCursor.MoveMode.KeepAnchor)
    mark.cursor = cursor
    mark.format = looks
    return mark
