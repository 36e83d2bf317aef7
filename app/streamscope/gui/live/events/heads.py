"""The head of the table of events: columns are chosen in its menu, moved, resized, and sorted by a click."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from streamscope.gui.live.events import columns
from streamscope.gui.live.events.columns import (
    CLOCKS,
    DIRECTION,
    KEYS,
    KIND,
    NARROWEST,
    NUMBER,
    PREVIEW,
    SAMPLES,
    SORTED,
    TIME,
    kept,
)

NARROW = 480
"""Pixels below which a table that nobody arranged shows less."""
_LITTLE = frozenset({NUMBER, TIME, DIRECTION, KIND, PREVIEW})
_ICON = 26


class ColumnsView(QHeaderView):
    """It keeps itself as all views of events are arranged; `sort_requested` tells a column and whether downward, -1
    for the record's order."""

    sort_requested = Signal(int, bool)
    clock_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._arranging = False
        self._column, self._down = -1, False
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setMinimumSectionSize(NARROWEST)
        self.setStretchLastSection(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Columns"))
        self.customContextMenuRequested.connect(self._show_menu)
        self.sectionMoved.connect(self._moved)
        self.sectionResized.connect(self._resized)
        self.sectionClicked.connect(self._clicked)
        kept.changed.connect(self.arrange)

    def arrange(self) -> None:
        """Be as it is kept."""
        if self.count() < len(KEYS):
            return
        self._arranging = True
        now = kept.arrangement
        for place, column in enumerate(now.order):
            self.moveSection(self.visualIndex(column), place)
        for column in range(len(KEYS)):
            self.resizeSection(column, now.widths.get(KEYS[column], self._usual_width(column)))
        self._leave_out()
        self._arranging = False
        self.clock_changed.emit(now.clock)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._leave_out()

    def show_sorted(self, column: int, *, down: bool) -> None:
        """Show by which column it is sorted, -1 for the record's order."""
        self._column, self._down = column, down

    def menu(self) -> QMenu:
        """Which columns are shown, how times are told, and as it was at first."""
        made = QMenu(self)
        now = kept.arrangement
        for column in now.order:
            action = made.addAction(columns.word(column))
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(column))
            action.setEnabled(column != PREVIEW)
            action.toggled.connect(lambda on, column=column: self.choose(column, on=on))
        made.addSeparator()
        clocks = QActionGroup(made)
        for clock in CLOCKS:
            told = {
                "start": self.tr("Time since Send"),
                "previous": self.tr("Time since the event shown before"),
                "clock": self.tr("Time of day"),
            }[clock]
            action = QAction(told, made)
            action.setCheckable(True)
            action.setChecked(clock == now.clock)
            action.triggered.connect(lambda _=False, clock=clock: self.tell_time(clock))
            clocks.addAction(action)
            made.addAction(action)
        made.addSeparator()
        made.addAction(self.tr("In the record's order")).triggered.connect(lambda: self.sort_requested.emit(-1, False))
        made.addAction(self.tr("Columns as at first")).triggered.connect(self.as_at_first)
        return made

    def choose(self, column: int, *, on: bool) -> None:
        """Show or hide a column."""
        now = kept.arrangement
        if not now.chosen:
            now.hidden = {one for one in range(len(KEYS)) if self.isSectionHidden(one)}
            now.chosen = True
        now.hidden.discard(column) if on else now.hidden.add(column)
        kept.changed.emit()

    def tell_time(self, clock: str) -> None:
        """Tell times so."""
        kept.arrangement.clock = clock
        kept.arrangement.widths.pop(KEYS[TIME], None)
        kept.changed.emit()

    def as_at_first(self) -> None:
        """As it was at first."""
        kept.arrangement = columns.Arrangement()
        kept.changed.emit()

    def _leave_out(self) -> None:
        """Hide what is not wanted, and where nobody chose, what has no room."""
        now = kept.arrangement
        narrow = not now.chosen and self.width() < NARROW
        for column in range(min(self.count(), len(KEYS))):
            hidden = column in now.hidden or (narrow and column not in _LITTLE)
            if hidden != self.isSectionHidden(column):
                self.setSectionHidden(column, hidden)

    def _usual_width(self, column: int) -> int:
        if column == DIRECTION:
            return _ICON
        sample = "00:00:00.000" if column == TIME and kept.arrangement.clock == "clock" else SAMPLES[column]
        parent = self.parentWidget()
        metrics = QFontMetrics(parent.font() if parent is not None else self.font())
        return metrics.horizontalAdvance(sample) + 18

    def _moved(self, *_places: int) -> None:
        if not self._arranging:
            kept.arrangement.order = [self.logicalIndex(place) for place in range(self.count())]

    def _resized(self, column: int, _old: int, new: int) -> None:
        shown = [one for one in map(self.logicalIndex, range(self.count())) if not self.isSectionHidden(one)]
        if not self._arranging and new > 0 and column in shown[:-1]:  # the last one takes what room is left
            kept.arrangement.widths[KEYS[column]] = new

    def _clicked(self, column: int) -> None:
        """Up, down, and as it was recorded."""
        if column not in SORTED:
            return
        if column != self._column:
            self.sort_requested.emit(column, False)
        elif not self._down:
            self.sort_requested.emit(column, True)
        else:
            self.sort_requested.emit(-1, False)

    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(at))
