"""All figures of an exchange: grouped as a person asks, held against objectives, each with its formula."""

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QMenu,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.summary.bar import ObjectivesView
from streamscope.gui.live.summary.chosen import ObjectivesModel, chosen
from streamscope.gui.live.summary.delegate import NumberDelegate
from streamscope.gui.live.summary.model import LABEL, MORE, VALUE, SummaryModel
from streamscope.gui.live.summary.rows import as_csv, as_json, as_text, rows_of
from streamscope.gui.live.summary.work import Progress, Work
from streamscope.gui.marks import tool_button
from streamscope.gui.theme import small_font, theme

if TYPE_CHECKING:
    from streamscope.engine.figures import Figure, Spreads
    from streamscope.engine.slo import Verdict

_AGAIN = 0.25
"""Seconds between two looks at the figures."""
_SELDOM = 3.0
"""Seconds between two looks at every gap, where there are many."""
_MANY = 2_000
"""Gaps up to which looking at each takes no time to speak of."""
_WIDE = 520
"""Pixels from which on there is room for further numbers."""


class SummaryView(QWidget):
    """The figures as a table, what came of the objectives above, what the chosen figure means below."""

    def __init__(
        self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None, *, model: ObjectivesModel = chosen
    ) -> None:
        super().__init__(parent)
        self._feed, self._spotlight, self._chosen = feed, spotlight, model
        self.figures: list[Figure] = []
        self.verdicts: list[Verdict] = []
        self._spread: list[Figure] = []
        self._quick: list[Figure] = []
        self._looked = self._spread_at = -_SELDOM
        self._as_of = self._asked_of = -1
        """The event up to which every gap was looked at, and is being."""
        self._widest = -1
        self._final = False
        self._work = Work("streamscope figures", self)
        self._work.finished.connect(self._spread_came)
        self.bar = ObjectivesView(model)
        self.bar.add(self._copy_button())
        self.model = SummaryModel(self)
        self.table = self._table()
        self.about = QLabel()
        self._lay_out()
        self.setFocusProxy(self.table)
        model.changed.connect(self._show)
        feed.ticked.connect(self._ticked)
        theme.changed.connect(self._redress)

    def _redress(self) -> None:
        self.table.viewport().update()

    def follow(self) -> None:
        """Show the figures as they are, unless that was done a moment ago."""
        now = time.monotonic()
        if self._final or (self._feed.paused and self.figures):
            return
        if not self._feed.done and now - self._looked < _AGAIN:
            return
        self._looked = now
        from streamscope.engine.figures import quick_figures, spread_figures, spreads

        meter = self._feed.meter
        gaps = max(len(meter.pace.gaps), len(meter.reads_gap))
        due = gaps <= _MANY or now - self._spread_at >= _SELDOM or self._feed.done
        quick, held = self._feed.ask(
            lambda reading: (quick_figures(reading.meter), spreads(reading.meter) if due else None)
        )
        if held is not None:
            self._spread_at, self._asked_of = now, self._feed.read
            if gaps <= _MANY:
                self._as_of, self._spread = self._asked_of, spread_figures(held)
            elif not self._work.busy or self._feed.done:
                self._work.start(partial(_spread, held))
        self._quick = quick
        self._final = self._feed.done
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what was not seen is not up to date."""
        super().showEvent(event)
        self.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: further numbers where there is room."""
        super().resizeEvent(event)
        self._fit()

    def copied(self, form: str) -> str:
        """All of it as "text", "csv" or "json"."""
        if form == "csv":
            return as_csv(self.figures)
        return as_json(self.figures, self.verdicts) if form == "json" else as_text(self.model.rows)

    def _ticked(self) -> None:
        if self.isVisible() and not self._final:
            self.follow()

    def _spread_came(self, figures: "list[Figure]") -> None:
        self._as_of, self._spread = self._asked_of, figures
        self._show()

    def _show(self) -> None:
        from streamscope.engine.slo import verdicts

        self.figures = [*self._quick, *self._spread]
        waited = None if self._feed.done else self._reached(self._feed.read)
        self.verdicts = verdicts(self._chosen.now, self.figures, waited)
        as_of = ""
        if 0 <= self._as_of < self._feed.read:
            as_of = self.tr("as of {seconds} s").format(seconds=f"{self._reached(self._as_of) / 1000:.1f}")
        top = self.table.verticalScrollBar().value()
        self.model.show_rows(rows_of(self.figures, self.verdicts, as_of))
        self.table.verticalScrollBar().setValue(top)
        self.bar.show_verdicts(self.verdicts, live=not self._feed.done)
        widest = max((len(row.value) for row in self.model.rows), default=0)
        if widest != self._widest:
            self._widest = widest
            self._fit()
        self._explain()

    def _reached(self, event: int) -> float:
        """When the event before this one happened, in ms since Send."""
        times = self._feed.times(event - 1, event) if event else []
        return times[0] / 1e6 if times else 0.0

    def _table(self) -> QTreeView:
        table = QTreeView()
        table.setObjectName("figures")
        table.setAccessibleName(self.tr("Figures"))
        table.setModel(self.model)
        table.setRootIsDecorated(False)
        table.setIndentation(0)
        table.setHeaderHidden(True)
        table.setProperty("plain", True)
        table.setAllColumnsShowFocus(True)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = table.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.setItemDelegateForColumn(VALUE, NumberDelegate(table))
        table.selectionModel().currentChanged.connect(lambda *_: self._explain())
        copy = QAction(self.tr("Copy"), table)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy_chosen)
        table.addAction(copy)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, form in _forms():
            act = QAction(text, table)
            act.triggered.connect(partial(self._copy, form))
            table.addAction(act)
        return table

    def _copy_button(self) -> QToolButton:
        button = tool_button("copy", self.tr("Copy all figures"), self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for text, form in _forms():
            menu.addAction(text).triggered.connect(partial(self._copy, form))
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        self.about.setWordWrap(True)
        self.about.setFont(small_font())
        self.about.setProperty("tone", "muted")
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.about.setContentsMargins(12, 8, 12, 8)
        self.about.setMinimumHeight(self.about.fontMetrics().lineSpacing() * 4 + 16)
        line = QFrame()
        line.setObjectName("rule")
        line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.table, 1)
        column.addWidget(line)
        column.addWidget(self.about)

    def _fit(self) -> None:
        header, room = self.table.header(), self.table.viewport().width()
        wide = room >= _WIDE
        header.setSectionHidden(MORE, not wide)
        self.model.widen(wide)
        value = min(max(self.table.sizeHintForColumn(VALUE) + 24, 140), room * 3 // 5)
        label = min(max(self.table.sizeHintForColumn(LABEL) + 16, 150), 280) if wide else room - value
        header.resizeSection(LABEL, label)
        header.resizeSection(VALUE, value)
        if wide:
            header.resizeSection(MORE, max(60, room - label - value))

    def _explain(self) -> None:
        index = self.table.currentIndex()
        row = self.model.rows[index.row()] if index.isValid() else None
        if row is None or not row.about:
            told = self.tr("Choose a figure: its formula, its source and what to mind are told here.")
        else:
            told = "\n".join(row.about)
        if self.about.text() != told:
            self.about.setText(told)

    def _copy_chosen(self) -> None:
        places = sorted({index.row() for index in self.table.selectedIndexes()})
        QGuiApplication.clipboard().setText(as_text(self.model.rows[place] for place in places))

    def _copy(self, form: str, _checked: bool = False) -> None:
        QGuiApplication.clipboard().setText(self.copied(form))


def _forms() -> tuple[tuple[str, str], ...]:
    translate = QCoreApplication.translate
    return (
        (translate("summary", "Copy all as text"), "text"),
        (translate("summary", "Copy all as CSV"), "csv"),
        (translate("summary", "Copy all as JSON"), "json"),
    )


def _spread(held: "Spreads", _progress: Progress) -> "list[Figure]":
    from streamscope.engine.figures import spread_figures

    return spread_figures(held)
