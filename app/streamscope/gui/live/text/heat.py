"""Gap heat: how slow a token came, against the exchange's own median; asked for what is seen only."""

from bisect import bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from streamscope.gui.live.text.places import gaps_of, median_gap
from streamscope.gui.marks import ElidedLabel, muted_label
from streamscope.gui.texts import time_text
from streamscope.gui.theme import colour, small_font

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane
    from streamscope.gui.live.feed import Feed

STEPS = (2, 4, 10)
"""From so many medians on a token is slow, slower, stalled."""
TINTS = ("warn_soft", "warn_line", "error_line")
"""Their backgrounds: text stays as legible as before (tests/gui/test_theme.py)."""
MOST = 1500
"""Pieces that are tinted: more than fit on a screen."""


class Heat:
    """The scale of one exchange. The median is asked again when the lane has doubled."""

    def __init__(self, feed: "Feed") -> None:
        self._feed = feed
        self._known: dict[tuple[int, str, str], tuple[int, float]] = {}

    def median(self, lane: "Lane") -> float:
        """The lane's median gap, ns."""
        pieces = len(lane.ends)
        at, median = self._known.get(lane.key, (0, 0.0))
        if pieces > 2 * at or (pieces > at and self._feed.done):
            median = median_gap(self._feed, lane)
            self._known[lane.key] = (pieces, median)
        return median

    def runs(self, lane: "Lane", start: int, stop: int) -> list[tuple[int, int, int]]:
        """Runs of slow tokens between two bytes: first byte, byte after the last, step from 0."""
        median = self.median(lane)
        first = bisect_right(lane.ends, start)
        last = min(len(lane.ends), bisect_right(lane.ends, stop) + 1, first + MOST)
        runs: list[tuple[int, int, int]] = []
        if median <= 0:
            return runs
        for number, gap in enumerate(gaps_of(self._feed, lane, first, last), first):
            step = bisect_right(STEPS, gap / median) - 1
            if step < 0:
                continue
            begin, end = lane.ends[number - 1] if number else 0, lane.ends[number]
            if runs and runs[-1][1] == begin and runs[-1][2] == step:
                runs[-1] = (runs[-1][0], end, step)
            else:
                runs.append((begin, end, step))
        return runs


class LegendView(QWidget):
    """What the tints mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.setSpacing(6)
        self._words = ElidedLabel("", "muted")
        self._words.setFont(small_font())
        row.addWidget(self._words, 1)
        for step, tint in zip(STEPS, TINTS, strict=True):
            row.addSpacing(4)
            row.addWidget(_Swatch(tint))
            row.addWidget(muted_label(f"≥ {step}×"))

    def tell(self, median: float) -> None:
        """Say what the scale is relative to (ns)."""
        said = time_text(median / 1e6) if median else "–"
        words = self.tr("Gap before a token, median {time}:").format(time=said)
        if words != self._words.accessibleName():
            self._words.set_text(words)


class _Swatch(QWidget):
    def __init__(self, tint: str) -> None:
        super().__init__()
        self._tint = tint
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(16, 12)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._tint))
        painter.setPen(colour("line_strong"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
