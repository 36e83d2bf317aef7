"""The overview of a service: what it is, how far it may go, when it stops by itself, where it is reached."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.services.details import limit_text
from streamscope.gui.services.facts import CopyLine, wrapped
from streamscope.gui.services.names import badges, note, one_line
from streamscope.gui.services.page.section import SectionView
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.deployment import Configuration, Figures
from streamscope.model.errors import PlatformRefusal, StreamscopeError
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core
    from streamscope.gui.composer.shelves import Shelves

GONE = 404
"""What a platform answers for what is not there."""
_LABEL = 17
"""Letters of the column of labels."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the overview stands on: the service with all its addresses, and its configuration where it can be read."""

    service: Service
    configuration: Configuration | None = None
    running: int = 0
    wanted: int = 0
    """Instances; 0 wanted where that is not told."""


class OverviewView(SectionView):
    """Key facts in two columns."""

    key = "overview"
    title = phrase("Overview")
    every = 15.0

    def __init__(self, shelves: "Shelves | None", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelves = shelves
        self._configuration: Configuration | None = None
        self._instances = (0, 0)
        self.countdown = QLabel()
        self.countdown.setTextFormat(Qt.TextFormat.PlainText)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(self.tr("Overview of the service"))
        self._area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self._built: tuple[object, ...] = ()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._count_down)

    async def read(self, core: "Core", service: Service) -> Known:
        """The service anew with its addresses; without a configuration where it cannot be read."""
        from streamscope.engine import deploying, discover

        now = await discover.look(core, service)
        if now is None:
            raise PlatformRefusal(phrase("The service is not there any more."), status=GONE)
        whole = await discover.complete(core, replace(now, complete=False))
        found: Configuration | None = None
        figures: Figures | None = None
        with suppress(StreamscopeError):  # a permission may be missing for it
            found = await deploying.configuration(core, service)
        with suppress(StreamscopeError):
            generation, site = await deploying.managed(core, service)
            figures = await generation.figures(site, service.id)
        running, wanted = (figures.running, figures.wanted) if figures is not None else (0, 0)
        return Known(whole, found, running, wanted)

    def show_value(self, value: Any) -> None:
        """Show what was read."""
        self._configuration = value.configuration or self._configuration
        self._instances = (value.running, value.wanted)
        self.show_service(value.service)

    def show_service(self, service: Service) -> None:
        """The service as it is known now; what a list does not tell stays."""
        super().show_service(service)
        self.show_body()
        due = self._configuration.stops_at if self._configuration is not None else 0.0
        steady = replace(service, complete=service.complete or bool(service.addresses), progress=None)
        built = (steady, due, self._instances)
        if built != self._built:
            self._built = built
            self._build(service, due)
        self._count_down()
        if due:
            self._tick.start()
        else:
            self._tick.stop()

    def _build(self, service: Service, due: float) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(4)
        facts = _facts()
        if service.note:
            said = wrapped(note(service))
            said.setProperty("tone", "error" if service.state == "failed" else "warn")
            self._add(facts, self.tr("The platform says"), said)
        if service.description:
            self._add(facts, self.tr("Description"), wrapped(service.description))
        if self._instances[1]:
            text = self.tr("{running} of {all} run").format(running=self._instances[0], all=self._instances[1])
            self._add(facts, self.tr("Instances"), wrapped(text))
        if due:
            self.countdown = QLabel()
            self.countdown.setTextFormat(Qt.TextFormat.PlainText)
            self._add(facts, self.tr("Stops by itself"), self.countdown)
        shelves = self._shelves
        for title, keys, shelf in (
            (self.tr("Authentication"), service.auth, shelves.auth if shelves is not None else {}),
            (self.tr("Protocols"), service.protocols, shelves.protocols if shelves is not None else {}),
        ):
            if keys:
                every = len(keys) > 1 and len(keys) == len(shelf)
                text = self.tr("any") if every else ", ".join(_label(shelf, key) for key in keys)
                self._add(facts, title, wrapped(text))
        if service.body_limit:
            self._add(facts, self.tr("Body at most"), wrapped(limit_text(service.body_limit)))
        if service.time_limit:
            self._add(facts, self.tr("Answer within"), wrapped(f"{service.time_limit:g} s"))
        if service.rate_limit:
            self._add(facts, self.tr("Calls at most"), wrapped(service.rate_limit))
        if service.tags:
            self._add(facts, self.tr("Tags"), wrapped(" · ".join(map(one_line, service.tags))))
        self._add(facts, self.tr("Id"), CopyLine("", service.id, self.tr("Copy the id")))
        column.addLayout(facts)
        self._addresses(column, service)
        column.addStretch(1)
        at = self._area.verticalScrollBar().value()
        self._area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self._area.verticalScrollBar().setValue(at)

    def _addresses(self, column: QVBoxLayout, service: Service) -> None:
        channels: Mapping[str, object] = self._shelves.channels if self._shelves is not None else {}
        column.addSpacing(10)
        column.addWidget(_heading(self.tr("Addresses")))
        grid = _facts()
        count = 0
        for addresses, audience in ((service.addresses, ""), (service.app_addresses, self.tr("for Apps"))):
            for key, url in addresses.items():
                label = " ".join(part for part in (_label(channels, key), audience) if part)
                copies = self.tr("Copy the address {channel}").format(channel=label)
                self._add(grid, label, CopyLine("", url, copies))
                count += 1
        column.addLayout(grid)
        if not count:
            reading = self.tr("Being read…") if not service.complete else self.tr("None while it does not run.")
            column.addWidget(muted_label(reading))

    def _add(self, facts: QFormLayout, title: str, value: QWidget) -> None:
        label = muted_label(title, wrap=True)
        label.setFixedWidth(label.fontMetrics().averageCharWidth() * _LABEL)
        label.setContentsMargins(0, 2, 0, 0)
        facts.addRow(label, value)

    def _count_down(self) -> None:
        due = self._configuration.stops_at if self._configuration is not None else 0.0
        if due:
            self.countdown.setText(
                self.tr("in {time}, on {date}").format(
                    time=remaining(due - time.time()), date=time.strftime("%Y-%m-%d %H:%M", time.localtime(due))
                )
                if due > time.time()
                else self.tr("now")
            )


def remaining(seconds: float) -> str:
    """A span of time as two units: 2 d 3 h, 4 min 05 s."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, last = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {last:02} s" if minutes else f"{last} s"


def _facts() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(5)
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
    return form


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(strong_font())
    return label


def _label(shelf: Mapping[str, object], key: str) -> str:
    kind = shelf.get(key)
    return told(kind.label) if kind is not None and hasattr(kind, "label") else badges((key,))[0]
