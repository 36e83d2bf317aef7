"""What a person does with chosen events: marks them, comments on them, goes to others, copies them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Signal
from PySide6.QtGui import QGuiApplication

from streamscope.gui.live.detail import copying
from streamscope.gui.live.detail.copying import Copy
from streamscope.gui.live.events import copies, going
from streamscope.gui.live.events.asking import LineView
from streamscope.gui.live.events.table import EventsTableView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.model.errors import StoreError, UsageError

_MOST_MARKED = 1000
"""Events that are marked at once, at most."""


class Acts(QObject):
    """Acts on the table's chosen events; `noted` tells in a few words what came of it."""

    noted = Signal(str)

    def __init__(self, feed: Feed, spotlight: Spotlight, table: EventsTableView) -> None:
        super().__init__(table)
        self._feed, self._spotlight, self._table = feed, spotlight, table

    def mark(self) -> None:
        """Mark the chosen events; where all of them are marked, no longer."""
        numbers = [number for run in self._table.chosen() for number in run[:_MOST_MARKED]][:_MOST_MARKED]
        marks = self._spotlight.marks
        unmark = bool(numbers) and all(number in marks for number in numbers)
        with QSignalBlocker(self._spotlight):  # they are told once, not a thousand times
            for number in numbers:
                if unmark or number not in marks:
                    self._spotlight.mark(number, None if unmark else "")
        if numbers:
            self._spotlight.marks_changed.emit()

    def comment(self) -> LineView | None:
        """Ask for words about the current event, which mark it."""
        table, number = self._table, self._table.current_number()
        if number < 0:
            return None
        title = self.tr("Comment on event {number}").format(number=f"{number + 1:,}")
        sheet = LineView(title, self.tr("Enter keeps it and marks the event."), table.viewport())
        sheet.answered.connect(lambda text: self._spotlight.mark(number, text.strip()))
        low = table.viewport().height() - 80
        below = min(max(0, table.visualRect(table.currentIndex()).bottom() + 2), max(0, low))
        sheet.ask(QPoint(56, below), self._spotlight.marks.get(number, ""))
        return sheet

    def go_to(self) -> LineView:
        """Ask for a number or a time, and go there."""

        def judge(text: str) -> str:
            wrong = self.tr("A number, or a time with its unit: 120000, 2.5s, 300ms.")
            return "" if going.target(text) is not None else wrong

        hint = self.tr("A number, or a time since Send: 120000, 2.5s")
        sheet = LineView(self.tr("Go to event"), hint, self._table.viewport(), judge)
        sheet.answered.connect(self.go)
        sheet.ask(QPoint(8, 8))
        return sheet

    def go(self, text: str) -> None:
        """Go to the event of this number or time, or the next one that is shown."""
        wanted = going.target(text)
        if wanted is None:
            return
        order = self._table.events.order
        row = going.place(self._feed.exchange, order, wanted)
        if row >= 0:
            self._table.go_to(order.number(row))
            self._table.setFocus()

    def copies(self) -> list[Copy]:
        """What can be copied of the chosen events, beside the rows as they are seen."""
        table = self._table
        shown = copies.seen_columns(table.events, table.heads)
        try:
            return copying.copies(self._feed, copies.at_most(table.chosen()), shown)
        except (OSError, StoreError, ValueError):
            return []

    def copy_rows(self) -> None:
        """Copy the chosen rows as they are seen."""
        table = self._table
        shown = copies.seen_columns(table.events, table.heads)
        self.copy(lambda: copies.as_seen(self._feed, shown, copies.at_most(table.chosen())))

    def copy(self, make: Callable[[], str]) -> None:
        """Copy what this makes of the chosen events."""
        count = self._table.chosen_count()
        if not count:
            return
        try:
            text = make()
        except (OSError, StoreError, UsageError, ValueError) as error:
            self.noted.emit(self.tr("It cannot be copied: {reason}").format(reason=error))
            return
        QGuiApplication.clipboard().setText(text)
        if count > copying.MOST:
            told = self.tr("The first {count} events were copied").format(count=f"{copying.MOST:,}")
        else:
            told = self.tr("{count} events were copied").format(count=f"{count:,}")
        self.noted.emit(told)
