"""A service's monitor as small charts: calls, CPU, memory, instances, accelerators; kept while the program runs."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.services.page.chart import ChartView, Line
from streamscope.gui.services.page.samples import Samples
from streamscope.gui.services.page.section import SectionView
from streamscope.model.deployment import Figures, Usage
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core

_BESIDE = 500
"""Pixels from which two charts stand beside each other."""


class MonitorView(SectionView):
    """Charts over the samples that were taken while somebody looked."""

    key = "monitor"
    title = phrase("Monitor")
    every = 3.0

    def __init__(self, kept: Samples, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kept = kept
        self.charts = {
            "calls": ChartView(self.tr("Calls per minute")),
            "instances": ChartView(self.tr("Instances that run")),
            "cpu": ChartView(self.tr("CPU"), self.tr("cores")),
            "memory": ChartView(self.tr("Memory"), "MB"),
            "accelerator": ChartView(self.tr("Accelerators")),
            "accelerator_memory": ChartView(self.tr("Accelerator memory"), "MB"),
            "failures": ChartView(self.tr("Calls that failed")),
        }
        self._grid = QGridLayout()
        self._grid.setContentsMargins(12, 10, 12, 4)
        self._grid.setSpacing(8)
        self._note = muted_label("", wrap=True)
        self._note.setContentsMargins(12, 0, 12, 10)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(self._grid)
        inside.addWidget(self._note)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Monitor of the service"))
        area.viewport().setAutoFillBackground(False)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self._columns = 0
        self._arranged: tuple[str, ...] = ()

    async def read(self, core: "Core", service: Service) -> Figures | None:
        """One sample; None where the platform has no monitor."""
        from streamscope.engine import deploying

        generation, site = await deploying.managed(core, service)
        return await generation.figures(site, service.id)

    def show_value(self, value: Any) -> None:
        """Keep a sample and show all of them."""
        if isinstance(value, Figures):
            if not self.kept or value.at > self.kept[-1].at:
                self.kept.append(value)
        elif not self.kept:
            self.show_empty(
                self.tr(
                    "This generation of the platform has no monitor that can be asked. "
                    "How its instances are is under Instances."
                )
            )
            return
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._arrange()

    def _show(self) -> None:
        figures = list(self.kept)
        last = figures[-1]
        calls = [(one.at, one.per_minute) for one in figures if one.per_minute is not None]
        self.charts["calls"].show_lines([Line(self.tr("calls"), calls)])
        running = [(one.at, float(one.running)) for one in figures]
        wanted = float(last.wanted) if last.wanted else None
        self.charts["instances"].show_lines([Line(self.tr("running"), running, "ok", wanted)])
        for key in ("cpu", "memory", "accelerator", "accelerator_memory"):
            most = _sum(last.portions, attrgetter(f"{key}_total"))
            points = _points(figures, attrgetter(key))
            there = most != 0 or any(value for _, value in points)  # a service without accelerators has 0 of 0
            self.charts[key].show_lines([Line(self.charts[key].title, points, "accent", most)] if there else [])
        failed = _points(figures, attrgetter("failures"))
        self.charts["failures"].show_lines([Line(self.tr("failed"), failed, "error")] if _rose(failed) else [])
        note = self.tr("Sampled every few seconds while this page is seen; where nobody looked, the lines have gaps.")
        if not calls and not self.charts["cpu"].lines:
            more = self.tr("This generation tells of its instances only: it has no monitor that can be asked for more.")
            note = f"{more} {note}"
        self._note.setText(note)
        self.show_body()
        self._arrange()

    def _arrange(self) -> None:
        """Charts that have something to show, two beside each other where there is room."""
        shown = tuple(key for key, chart in self.charts.items() if chart.lines)
        columns = 2 if self.width() >= _BESIDE else 1
        if (shown, columns) == (self._arranged, self._columns):
            return
        self._arranged, self._columns = shown, columns
        for chart in self.charts.values():
            self._grid.removeWidget(chart)
            chart.hide()
        for place, key in enumerate(shown):
            self._grid.addWidget(self.charts[key], place // columns, place % columns)
            self.charts[key].show()
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)


def _sum(portions: Iterable[Usage], look: Callable[[Usage], float | None]) -> float | None:
    known = [value for usage in portions if (value := look(usage)) is not None]
    return sum(known) if known else None


def _points(figures: list[Figures], look: Callable[[Usage], float | None]) -> list[tuple[float, float]]:
    found = ((one.at, _sum(one.portions, look)) for one in figures)
    return [(at, value) for at, value in found if value is not None]


def _rose(points: list[tuple[float, float]]) -> bool:
    return bool(points) and points[-1][1] > 0
