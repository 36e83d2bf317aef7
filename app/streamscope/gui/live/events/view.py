"""The events of an exchange in one table, whatever the protocol: filtered, sorted, marked; the chosen one beside it."""

from array import array
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.engine.filter import EVERYTHING, KINDS, All, Between, Wanted, Words, asks
from streamscope.gui.live.detail.split import DetailSplitView
from streamscope.gui.live.detail.view import EventDetailView
from streamscope.gui.live.events.acts import Acts
from streamscope.gui.live.events.bar import EVERY_KIND, ChipView, FilterView
from streamscope.gui.live.events.columns import NUMBER, PREVIEW, TEXT
from streamscope.gui.live.events.lit import Lit
from streamscope.gui.live.events.model import EventsModel
from streamscope.gui.live.events.rowmenu import row_menu
from streamscope.gui.live.events.selection import told_figures
from streamscope.gui.live.events.sifting import Sifting
from streamscope.gui.live.events.sorting import Sorting
from streamscope.gui.live.events.table import EventsTableView, Held
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Span, Spotlight
from streamscope.gui.texts import time_text

__all__ = ["PREVIEW", "TEXT", "EventsModel", "EventsView"]
_PAUSE, _BRIEFLY, _LATER = 60, 4000, 300
"""Milliseconds until a selection is reckoned up, for which a note is seen, and until one looks whether to sort."""
_MUCH = 20_000
"""Events that are left to be searched from which on it is said how far it came."""


class EventsView(QWidget):
    """The filter, the table, and the chosen event."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self.model = EventsModel(feed, spotlight, self)
        self.bar = FilterView(lambda: list(feed.exchange.names))
        self.kinds = self.bar.kinds
        self.table = EventsTableView(self.model)
        self.table.following = self.table.grows = feed.live  # what is over is read from its beginning
        self.acts = Acts(feed, spotlight, self.table)
        self.detail = EventDetailView(feed, spotlight)
        self.lit = Lit(self.model, feed, spotlight, self)
        self._rows = Sifting(feed, spotlight, self)
        self._sorting = Sorting(feed.exchange, self)
        self._span_chip: ChipView | None = None
        self._evidence_chip: ChipView | None = None
        self._sorted_by, self._down = -1, False
        self._held: Held | None = None
        self._awaited = -1
        self._figures = self._note = ""
        self._read = 0
        self._again = self._once(0, self.follow)
        self._later = self._once(_LATER, self.follow)
        self._reckon_soon = self._once(_PAUSE, self._reckon)
        self._forget_soon = self._once(_BRIEFLY, lambda: self._say(""))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(DetailSplitView(self.table, self.detail), 1)
        self._connect()
        self._refilter()
        self._narrowed(spotlight.span)
        self._pointed_out(spotlight.evidence)
        if spotlight.chosen >= 0:
            self._look_at(spotlight.chosen)

    @property
    def searching(self) -> bool:
        """Whether a filter is at work on what is already there."""
        return (self._rows if self._is_sifted() else self.lit.sifting).busy

    def follow(self) -> None:
        """Show what is new."""
        if self._is_sifted():
            self._rows.advance()
        else:
            self.model.announce(self._feed.stop)
            if self.model.order.seen < self._feed.stop:
                self._again.start()
        if self.bar.highlights:
            self.lit.sifting.advance()
        if 0 <= self._awaited < self.model.order.seen:
            self._look_at(self._awaited)
        if self.model.waiting() and not self._sorting.busy:
            if self._sorting.rested:
                self._sort()
            else:
                self._later.start()
        if self._feed.read != self._read:
            self._read_on()
        self.table.tell_newer()
        self._tell()

    def open_find(self) -> None:
        """Go into the filter."""
        self.bar.open()

    def look_for(self, expression: str) -> None:
        """Filter by an expression."""
        self.bar.look_for(expression)

    def step(self, by: int) -> None:
        """Go to the next hit, or the one before: where only hits are shown, the next row."""
        rows, current = self.model.rowCount(), self.table.currentIndex()
        row = current.row() if current.isValid() else -1
        if self.bar.highlights or (self.lit.evidence and not self.bar.filters):
            row = self.lit.next_row(row, by)
        elif rows:
            row = (row + by) % rows if row >= 0 else (0 if by > 0 else rows - 1)
        if 0 <= row < rows:
            self.table.go_to_row(row)

    def sort_by(self, column: int, down: bool = False) -> None:
        """Sort by a column, -1: in the record's order."""
        self._sorted_by, self._down = column, down
        self.table.heads.show_sorted(column, down=down)
        self.model.tell_sorted(column, down=down)
        self._sorting.forget()
        if column < 0 or (column == NUMBER and not down):
            self._show_sorted(None)
        else:
            self._sort()
        self._tell()

    # What is shown

    def _is_sifted(self) -> bool:
        return self.bar.filters or self._spotlight.span is not None

    def _wanted(self) -> Wanted:
        """What is shown, as one expression."""
        parts: list[Wanted] = []
        wanted = self.bar.wanted if self.bar.filters else EVERYTHING
        kinds = self.bar.shown_kinds()
        if kinds != EVERY_KIND and "kind" not in asks(wanted):  # a filter that names kinds says which are shown
            parts.append(Words("kind", ":", tuple(KINDS[code] for code in sorted(kinds))))
        if (span := self._spotlight.span) is not None:
            parts.append(Between("t", int(span[0]), int(span[1])))
        if wanted != EVERYTHING:
            parts.append(wanted)
        return All(tuple(parts))

    def _refilter(self) -> None:
        """Other events are to be shown; what the reader looks at stays where it is."""
        held = self._held or self.table.hold()
        self._held = None
        self._sorting.forget()
        if self._is_sifted():
            self._rows.look_for(self._wanted())
            self.model.show_found()
            self.table.settle()
            self._held = held
            self._rows.advance()
            if not self._rows.busy:
                self._take_again()
        else:
            self._rows.look_for(None)
            self.model.show_kinds(self.bar.shown_kinds())
            self.table.take_again(held)
        self.lit.look_for(self.bar.wanted if self.bar.highlights else None)
        if self._sorted_by >= 0:
            self.sort_by(self._sorted_by, self._down)
        self._tell()

    def _read_on(self) -> None:
        """Rows that were seen before they were read say now what they added."""
        before, self._read = self._read, self._feed.read
        bottom = self.table.rowAt(self.table.viewport().height() - 1)
        last = bottom if bottom >= 0 else self.model.rowCount() - 1
        if last >= 0 and self.model.number(last) >= before:
            self.table.viewport().update()

    def _found(self, found: "array[int]") -> None:
        self.model.add(found, self._rows.position)
        if self._held is not None and not self.table.following and self._rows.position > self._held.anchor:
            self._take_again()
        self._tell()

    def _caught_up(self) -> None:
        self._take_again()
        if self.model.waiting() and not self._feed.live:
            self._sort()
        self._tell()

    def _take_again(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self.table.take_again(held)

    def _sort(self) -> None:
        order = self.model.order
        self._sorting.sort(order.numbers(), self._sorted_by, down=self._down, marks=self._spotlight.marks)

    def _show_sorted(self, numbers: "array[int] | None") -> None:
        held = self.table.hold()
        self.model.show_sorted(numbers)
        self.table.take_again(held)
        self._tell()

    # The spotlight

    def _look_at(self, number: int) -> None:
        self._awaited = -1
        if number < 0:
            self.table.clearSelection()
        elif number != self.table.current_number():
            if number >= self.model.order.seen:
                self._awaited = number
            elif not self.table.go_to(number):
                told = self.tr("Event {number} is not among those shown")
                self._say(told.format(number=f"{number + 1:,}"), stays=True)

    def _narrowed(self, span: Span | None) -> None:
        if span is None and self._span_chip is None:
            return
        words = f"{time_text(span[0] / 1e6)} – {time_text(span[1] / 1e6)}" if span is not None else ""
        self._span_chip = self._chip(self._span_chip, words, self.tr("Show all times again"))
        if self._span_chip is not None:
            self._span_chip.clicked.connect(lambda: self._spotlight.narrow(None))
        self._refilter()

    def _pointed_out(self, events: Sequence[int]) -> None:
        if not events and self._evidence_chip is None:
            return
        self.lit.point_out(events)
        count = len(self.lit.evidence)
        words = self.tr("Evidence: {count}").format(count=f"{count:,}") if count else ""
        self._evidence_chip = self._chip(self._evidence_chip, words, self.tr("Point nothing out any more"))
        if self._evidence_chip is not None:
            self._evidence_chip.clicked.connect(lambda: self._spotlight.point_out(array("I")))
            row = next((row for row in map(self.model.row_of, self.lit.evidence[:1000]) if row >= 0), -1)
            if row >= 0:
                self.table.bring(row)
            elif self.model.order.seen:
                self._say(self.tr("The events that were pointed out are not among those shown"), stays=True)

    def _chip(self, old: ChipView | None, words: str, removes: str) -> ChipView | None:
        if old is not None:
            old.hide()
            old.deleteLater()
        if not words:
            return None
        chip = ChipView(words, removes)
        self.bar.add_chip(chip)
        return chip

    def _marks_changed(self) -> None:
        self.model.marks_changed()
        if self._rows.looks_at_marks:
            self._refilter()
        elif self.lit.sifting.looks_at_marks:
            self.lit.look_for(self.bar.wanted)

    # The quiet line

    def _selection_touched(self) -> None:
        number = self.table.current_number()
        if number >= 0 and not self.table.restoring and self.table.selectionModel().hasSelection():
            self._note = ""
            self._held = None  # the reader chose anew while it was searched
            self._spotlight.look_at(number)
        if self.table.chosen_count() > 1:
            self._reckon_soon.start()
        else:
            self._reckon_soon.stop()
            self._figures = ""
        self._tell()

    def _reckon(self) -> None:
        try:
            self._figures = told_figures(self._feed.exchange, self.table.chosen())
        except (OSError, ValueError):
            self._figures = ""
        self._tell()

    def _say(self, text: str, *, stays: bool = False) -> None:
        self._note = text
        if text and not stays:
            self._forget_soon.start()
        self._tell()

    def _tell(self) -> None:
        """What is shown of how many; of a selection what it comes to."""
        self.bar.about.set_text(self._note or self._figures or " · ".join(self._counts()))
        if self.model.rowCount():
            return
        if self._is_sifted():
            self.table.say_empty("" if self.searching else self.tr("No event matches. Esc in the filter clears it."))
        elif self._feed.stop:
            self.table.say_empty(self.tr("No event is of the kinds that are shown."))
        else:
            self.table.say_empty(self.tr("Events appear here as they come."))

    def _counts(self) -> list[str]:
        shown, of = len(self.model.order), self._feed.stop
        parts = [self.tr("{shown} of {all} events").format(shown=f"{shown:,}", all=f"{of:,}")]
        if shown == of:
            parts = [self.tr("Events: {count}").format(count=f"{of:,}")]
        if self.bar.highlights:
            place, hits = self.lit.place(self.table.current_number()), f"{len(self.lit.hits):,}"
            counted = self.tr("hit {n} of {count}").format(n=f"{place:,}", count=hits)
            parts.insert(0, counted if place else self.tr("hits: {count}").format(count=hits))
        busy = self._rows if self._is_sifted() else self.lit.sifting
        if busy.busy and busy.stop - busy.position > _MUCH:
            parts.append(self.tr("searching, {n} %").format(n=100 * busy.position // max(1, busy.stop)))
        if self._sorting.busy and self.model.sorted is None:
            parts.append(self.tr("sorting…"))
        elif waiting := self.model.waiting():
            parts.append(self.tr("sorted; {count} new follow").format(count=f"{waiting:,}"))
        return parts

    # Wiring

    def _show_menu(self, at: QPoint) -> None:
        menu = row_menu(self, marked=self.table.current_number() in self._spotlight.marks)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _once(self, pause: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(call)
        return timer

    def _connect(self) -> None:
        bar, table, spotlight = self.bar, self.table, self._spotlight
        bar.changed.connect(self._refilter)
        bar.kinds_changed.connect(self._refilter)
        bar.step_requested.connect(self.step)
        bar.left.connect(table.setFocus)
        table.heads.sort_requested.connect(self.sort_by)
        table.heads.clock_changed.connect(self.model.tell_time)
        table.heads.arrange()
        table.selection_touched.connect(self._selection_touched)
        table.copy_requested.connect(self.acts.copy_rows)
        table.mark_requested.connect(self.acts.mark)
        table.comment_requested.connect(self.acts.comment)
        table.customContextMenuRequested.connect(self._show_menu)
        self.acts.noted.connect(self._say)
        self._rows.found.connect(self._found)
        self._rows.caught_up.connect(self._caught_up)
        self.lit.changed.connect(self._tell)
        for sifting in (self._rows, self.lit.sifting):
            sifting.failed.connect(lambda why: self._say(self.tr("The record cannot be read: {why}").format(why=why)))
        self._sorting.sorted.connect(self._show_sorted)
        self._sorting.failed.connect(lambda why: self._say(self.tr("It cannot be sorted: {why}").format(why=why)))
        spotlight.chosen_changed.connect(self._look_at)
        spotlight.span_changed.connect(self._narrowed)
        spotlight.evidence_changed.connect(self._pointed_out)
        spotlight.marks_changed.connect(self._marks_changed)
        calls = {"F3": lambda: self.step(1), "Shift+F3": lambda: self.step(-1), "Ctrl+G": self.acts.go_to}
        for owner in (bar, table):
            for keys, call in calls.items():
                shortcut = QShortcut(QKeySequence(keys), owner)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(call)
