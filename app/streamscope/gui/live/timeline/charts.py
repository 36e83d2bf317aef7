"""Charts that pyqtgraph draws: curves of what came by when, the distribution of gaps. Import it once that is loaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from streamscope.gui.live.timeline import axis
from streamscope.gui.live.timeline.drawing import figures_font
from streamscope.gui.theme import colour, theme

if TYPE_CHECKING:
    from streamscope.engine.series import Histogram
    from streamscope.gui.live.timeline.figures import Curve

pg.setConfigOption("exitCleanup", False)
CURVES = ("accent", "code_word", "ok", "code_number", "error", "muted")
"""Tokens of the colours of curves that are laid over each other, in their order."""
_LABELS = (0.96, 0.87, 0.78, 0.69)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Nanoseconds as times, with round marks."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """pyqtgraph's: moments between two, for a length in pixels."""
        scale = axis.Scale(round(low), max(round(low) + 1, round(high)), max(1.0, size))
        marks = axis.marks(scale, lambda told: 7.0 * len(told))
        step = marks[1][0] - marks[0][0] if len(marks) > 1 else 1
        return [(step, [float(t) for t, _ in marks])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002 - pyqtgraph's
        """pyqtgraph's."""
        return [axis.text(round(value), round(spacing)) for value in values]


class LengthAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Powers of ten of a millisecond as lengths of time."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: ARG002 - pyqtgraph's
        """pyqtgraph's: whole powers, and lines at 2 to 9 between them."""
        whole = [float(power) for power in range(int(np.ceil(low)), int(np.floor(high)) + 1)]
        return [(1.0, whole)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002 - pyqtgraph's
        """pyqtgraph's."""
        units = ((3, "s"), (0, "ms"), (-3, "µs"))
        told = []
        for value in values:
            power, unit = next(((p, u) for p, u in units if value >= p), (-3, "µs"))
            told.append(f"{10 ** round(value - power):,} {unit}")
        return told


class CountAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """log10(1 + n) as n."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: ARG002 - pyqtgraph's
        """pyqtgraph's."""
        most = 10**high
        return [(1.0, [float(np.log10(1 + 10**power)) for power in range(9) if 10**power <= most])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002 - pyqtgraph's
        """pyqtgraph's."""
        return [f"{round(10**value - 1):,}" for value in values]


class ChartPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A quiet plot in the theme's colours; it neither zooms nor pans by itself."""

    def __init__(self, name: str, bottom: Any, left: Any = None, parent: QWidget | None = None) -> None:
        axes = {"bottom": bottom} | ({"left": left} if left is not None else {})
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self.setAccessibleName(name)
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumHeight(120)
        self.getPlotItem().layout.setContentsMargins(4, 8, 12, 4)
        self.getAxis("left").setWidth(48)
        theme.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Wear the theme."""
        self.setBackground(colour("surface"))
        for side in ("bottom", "left"):
            of = self.getAxis(side)
            of.setPen(pg.mkPen(colour("line_strong")))
            of.setTextPen(pg.mkPen(colour("muted")))
            of.setStyle(tickFont=figures_font(), tickLength=-4)
        self.showGrid(x=True, y=True, alpha=0.12)


class CurvesPlot(ChartPlot):
    """What came by when, one curve an exchange; a single one against a straight line."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, TimeAxis("bottom"), parent=parent)
        self.setAutoVisible(y=True)
        self._curves: list[Curve] = []
        self._shifts: Sequence[int] = ()
        self._items: list[Any] = []

    def show_curves(self, curves: "Sequence[Curve]", shifts: Sequence[int] = ()) -> None:
        """Show these; each begins so many ns later than it did."""
        self._curves, self._shifts = list(curves), shifts or [0] * len(curves)
        self._draw()

    def dress(self) -> None:
        """Wear the theme."""
        super().dress()
        if hasattr(self, "_curves"):
            self._draw()

    def _draw(self) -> None:
        plot = self.getPlotItem()
        wanted = 2 * len(self._curves)
        while len(self._items) > wanted:
            plot.removeItem(self._items.pop())
        while len(self._items) < wanted:
            self._items.append(plot.plot())
        for number, (curve, shift) in enumerate(zip(self._curves, self._shifts, strict=True)):
            line, straight = self._items[2 * number], self._items[2 * number + 1]
            tint = colour(CURVES[number % len(CURVES)])
            times, counts = curve.times - float(shift), curve.counts
            steps = (np.repeat(times, 2)[1:], np.repeat(counts, 2)[:-1]) if len(times) else (times, counts)
            line.setPen(pg.mkPen(tint, width=1))
            line.setData(*steps)
            straight.setPen(pg.mkPen(colour("muted"), width=1, style=Qt.PenStyle.DashLine))
            ends = [0, -1] if len(times) > 1 and len(self._curves) == 1 else []
            straight.setData(times[ends], counts[ends])

    def show_time(self, start: int, stop: int) -> None:
        """See this part of time."""
        self.setXRange(start, stop, padding=0)


class GapsPlot(ChartPlot):
    """The distribution of gaps: lengths on a log scale, counts too, and where the percentiles are."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, LengthAxis("bottom"), CountAxis("left"), parent)
        self._found: Histogram | None = None
        self._bars = pg.BarGraphItem(x0=[], x1=[], height=[], y0=0)
        self.addItem(self._bars)
        self._lines, self._labels = [], []
        for _ in _LABELS:
            line, label = pg.InfiniteLine(angle=90), pg.TextItem(anchor=(0, 0.5))
            label.setZValue(10)  # texts lie over the lines of the others
            for item in (line, label):
                item.hide()
                self.addItem(item, ignoreBounds=True)
            self._lines.append(line)
            self._labels.append(label)

    def show_gaps(self, found: "Histogram | None") -> None:
        """Show a distribution."""
        self._found = found
        some = np.flatnonzero(found.counts) if found is not None else np.empty(0, np.int64)
        if found is None or not len(some):
            self._bars.setOpts(x0=[], x1=[], height=[])
            for item in (*self._lines, *self._labels):
                item.hide()
            return
        edges = np.log10(found.edges)
        heights = np.log10(1 + found.counts[some])
        self._bars.setOpts(
            x0=edges[some], x1=edges[some + 1], height=heights, y0=0,
            brush=pg.mkBrush(_paler(colour("accent"))), pen=pg.mkPen(colour("surface"), width=1),
        )  # fmt: skip
        low = min([edges[some[0]], *(np.log10(value) for _, value in found.quantiles if value > 1e-3)])
        begin, end = np.floor(low), max(np.ceil(edges[some[-1] + 1]), np.floor(low) + 1)
        self.setXRange(begin, end, padding=0.01)
        most = max(float(heights.max()) / 0.64, 0.6)  # room for the texts above
        self.setYRange(0, most, padding=0)
        shown = zip(self._lines, self._labels, _LABELS, found.quantiles, strict=True)
        for line, label, place, (percent, value) in shown:
            x = np.log10(max(value, 1e-3))
            line.setVisible(value > 0)
            line.setPen(pg.mkPen(colour("muted"), width=1, style=Qt.PenStyle.DashLine))
            line.setValue(x)
            label.setVisible(value > 0)
            label.fill = pg.mkBrush(colour("surface"))
            label.setFont(figures_font())
            label.setText(f"p{percent}  {axis.moment(value * 1e6)}", colour("text"))
            label.setAnchor((1 if x > begin + (end - begin) * 0.6 else 0, 0.5))
            label.setPos(x, most * place)

    def dress(self) -> None:
        """Wear the theme."""
        super().dress()
        if hasattr(self, "_lines"):
            self.show_gaps(self._found)


def _paler(tint: QColor) -> QColor:
    paler = QColor(tint)
    paler.setAlpha(190)
    return paler


def at(plot: ChartPlot, place: QPointF) -> QPointF:
    """What a place of a plot (in its pixels) means on its axes."""
    found: QPointF = plot.getPlotItem().vb.mapSceneToView(place)
    return found
