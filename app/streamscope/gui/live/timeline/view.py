"""The Timeline: the strip of a stream, below it what came by when, and how long the gaps were."""

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.timeline import sheet
from streamscope.gui.live.timeline.axis import Scale, moment
from streamscope.gui.live.timeline.card import ChartView
from streamscope.gui.live.timeline.legend import LegendView
from streamscope.gui.live.timeline.loading import CHARTS, Look, loaded
from streamscope.gui.live.timeline.sheet import Sheet
from streamscope.gui.live.timeline.strip import StripView
from streamscope.gui.marks import tool_button

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived
    from streamscope.engine.series import Between, Measure
    from streamscope.gui.live.timeline.charts import CurvesPlot, GapsPlot
    from streamscope.gui.live.timeline.figures import Seen
    from streamscope.gui.live.timeline.overlay import OverlayView

EVERY = 0.4
"""Seconds between two looks at the figures while it goes on."""
_SHARE = 20
"""A look that took long is repeated after so many times what it took: a twentieth of a core at most."""
_BESIDE = 760
"""Pixels from which on the charts stand beside each other."""
_BINS = 100
"""Rows of the strip's table."""


class TimelineView(QWidget):
    """The strip and its charts; charts and their library are made when the view is first seen."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.strip = StripView(feed, spotlight)
        self.legend = LegendView(self.strip.course)
        self.curve: CurvesPlot | None = None
        self.gaps: GapsPlot | None = None
        self._seen: Seen | None = None
        self._asked: tuple[object, ...] = ()
        self._looked = 0.0
        self._scale: Scale | None = None
        self._look: Look[Seen] = Look(self._found, self)
        tr = self.tr
        self.strip_card = ChartView(
            tr("Stream"), (("bytes", tr("bytes")), ("messages", tr("messages"))), self._strip_sheet
        )
        self.strip_card.choice.setAccessibleName(tr("What the height of a tick is"))
        self.strip_card.choice.setToolTip(tr("What the height of a tick is"))
        self.strip_card.hold(self._strip_body(), self._paint_strip)
        self._tools()
        self.curve_card = ChartView(
            tr("So far"),
            (
                ("messages", tr("messages")),
                ("tokens", tr("tokens")),
                ("characters", tr("characters")),
                ("reads", tr("socket reads")),
            ),
            self._curve_sheet,
        )
        self.gaps_card = ChartView(
            tr("Gaps"),
            (
                ("messages", tr("between messages")),
                ("tokens", tr("between tokens")),
                ("reads", tr("between reads")),
            ),
            self._gaps_sheet,
        )
        for card in (self.curve_card, self.gaps_card):
            card.setMinimumHeight(220)
            card.chosen.connect(lambda _key: self._examine(now=True))
        self._arrange()
        self.setFocusProxy(self.strip)
        self.strip_card.chosen.connect(lambda key: self.strip.measure(by_bytes=key == "bytes"))
        self.strip.scale_changed.connect(self._scaled)
        self.strip.taken_in.connect(self._taken_in)
        self._making = QTimer(self)
        self._making.setInterval(30)
        self._making.timeout.connect(self._make)
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.setInterval(50)
        self._second.timeout.connect(self._show_gaps)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._examine)

    @staticmethod
    def overlay(items: "Sequence[tuple[str, Derived | Feed]]", parent: QWidget | None = None) -> "OverlayView":
        """Several exchanges laid over each other: their strips and curves, aligned at Send or at the first token."""
        from streamscope.gui.live.timeline.overlay import OverlayView

        return OverlayView(items, parent)

    def follow(self) -> None:
        """Show what is new."""
        self.strip.follow()
        self._examine()

    def _taken_in(self) -> None:
        """The strip has more: by what was asked of it, or by itself where there is much."""
        if self.isVisible():
            if self.strip.mode == "fit" and self.strip.scale() != self._scale:
                self._scaled()
            self.legend.follow()
            self.strip_card.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: now the charts are wanted."""
        super().showEvent(event)
        if not self.gaps_card.held:
            self._making.start()
        self._taken_in()
        self._examine()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE
        self._charts.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def _strip_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip, 1)
        column.addWidget(self.legend)
        return body

    def _tools(self) -> None:
        strip = self.strip
        last: QWidget = strip
        for icon, text, done in (
            ("minus", self.tr("Zoom out (−)"), lambda: strip.zoom(0.5)),
            ("plus", self.tr("Zoom in (+)"), lambda: strip.zoom(2)),
            ("fit", self.tr("Show all of it (0)"), strip.fit),
            ("to-end", self.tr("Go to the end and follow it (End)"), strip.to_end),
        ):
            button = tool_button(icon, text, self)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(done)
            self.strip_card.head.insertWidget(self.strip_card.head.count() - 3, button)
            QWidget.setTabOrder(last, button)
            last = button
        for control in (self.strip_card.choice, self.strip_card.twin, self.strip_card.export, self.strip_card.table):
            QWidget.setTabOrder(last, control)
            last = control

    def _arrange(self) -> None:
        self._charts = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._charts.setSpacing(8)
        self._charts.addWidget(self.curve_card, 1)
        self._charts.addWidget(self.gaps_card, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.strip_card, 4)
        column.addLayout(self._charts, 5)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _make(self) -> None:
        """Make the charts as soon as their library is there, a step a turn: each takes some tens of milliseconds."""
        if not self.isVisible():
            self._making.stop()
        elif loaded(CHARTS):
            from streamscope.gui.live.timeline.charts import CurvesPlot, GapsPlot

            if self.curve is None:
                self.curve = CurvesPlot(self.tr("What came by when"))
            elif not self.curve_card.held:
                self.curve_card.hold(self.curve)
                self._scaled()
            elif self.gaps is None:
                self.gaps = GapsPlot(self.tr("How long the gaps were"))
            elif not self.gaps_card.held:
                self.gaps_card.hold(self.gaps)
            else:
                self._making.stop()
                self._show()

    def _examine(self, *, now: bool = False) -> None:
        """Look at the figures in a thread, where anything is new and the last look is long enough ago."""
        if not self.isVisible():
            return
        if not loaded("numpy"):
            self._again.start(30)
            return
        measure = cast("Measure", self.curve_card.key)
        between = cast("Between", self.gaps_card.key)
        wanted = (self._feed.derived.position, measure, between)
        if self._feed.paused and self._asked[1:] == wanted[1:]:
            return
        if wanted == self._asked:
            return
        left = self._looked + max(EVERY, _SHARE * self._look.spent) - time.monotonic()
        if self._look.busy or (left > 0 and not now and not self._feed.done):
            if not self._again.isActive():
                self._again.start(max(20, round(1000 * left)))
            return
        from streamscope.gui.live.timeline.figures import seen

        self._asked, self._looked = wanted, time.monotonic()
        self._look.start(partial(seen, self._feed.derived, measure, between))

    def _found(self, found: "Seen") -> None:
        self._seen = found
        self._show()
        self._examine()

    def _show(self) -> None:
        found = self._seen
        if found is None:
            return
        self.strip.rest()
        if self.curve is not None:
            self.curve.show_curves([found.curve])
            self._scaled()
        self._second.start()
        counts = found.curve.counts
        told = self.tr("nothing came yet")
        if len(counts):
            span = int(found.curve.times[-1] - found.curve.times[0])
            told = self.tr("{count} in {time}").format(count=f"{counts[-1]:,.0f}", time=moment(span))
        if found.spread:
            told += self.tr(" · spread over characters: no payload tells of tokens")
        self.curve_card.note.set_text(told)
        if self.curve is not None:
            self.curve.setAccessibleDescription(told)
        self.curve_card.refresh()

    def _show_gaps(self) -> None:
        """The second chart in a frame of its own: each paints for milliseconds."""
        found = self._seen
        if found is not None and self.gaps is not None:
            self.strip.rest()
            self.gaps.show_gaps(found.gaps)
            self.gaps_card.note.set_text(self._spread(found))
            self.gaps_card.refresh()

    def _spread(self, found: "Seen") -> str:
        gaps = found.gaps
        if gaps is None:
            return self.tr("no gaps yet")
        told = self.tr("{count} gaps").format(count=f"{gaps.total:,}")
        if gaps.zeros:
            told += self.tr(" · {count} of no length: one read").format(count=f"{gaps.zeros:,}")
        words = ", ".join(f"p{percent} {moment(value * 1e6)}" for percent, value in gaps.quantiles)
        if self.gaps is not None:
            self.gaps.setAccessibleDescription(f"{told}, {words}")
        return told

    def _scaled(self) -> None:
        if self.curve is not None and self.strip.course.ready:
            self._scale = scale = self.strip.scale()
            self.curve.show_time(scale.start, scale.stop)
        self.strip_card.refresh()

    def _strip_sheet(self) -> Sheet:
        if not self.strip.course.ready:
            return Sheet((), [])
        scale = self.strip.scale()
        stop = min(scale.stop, self.strip.course.now() + 1)
        return sheet.of_columns(self.strip.course.bins.columns(max(0, scale.start), max(1, stop), _BINS))

    def _curve_sheet(self) -> Sheet:
        return Sheet((), []) if self._seen is None else sheet.of_curve(self._seen.curve)

    def _gaps_sheet(self) -> Sheet:
        return sheet.of_gaps(None if self._seen is None else self._seen.gaps)

    def _paint_strip(self, painter: QPainter) -> None:
        if self.strip.course.ready:
            self.strip.drawing(1.0).paint(painter, vector=True)
