"""The text of an exchange as it streams: choices, reasoning, calls, errors, pictures; when and how slowly it came."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QScrollBar, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.library.keys import Keys
from streamscope.gui.live.feed import FRAME, Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.text.announcing import Announcer
from streamscope.gui.live.text.breaking import broken as broken  # what rows of events are broken with
from streamscope.gui.live.text.choice import CardsArea, ChoiceView
from streamscope.gui.live.text.columns import ColumnsView
from streamscope.gui.live.text.find_view import FindView, Hits
from streamscope.gui.live.text.heat import LegendView
from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.marking import Marking
from streamscope.gui.live.text.media_card import MediaCard
from streamscope.gui.live.text.media_found import MediaFound
from streamscope.gui.live.text.places import Place, bytes_of, described, place_at
from streamscope.gui.live.text.problems import ProblemsView
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.texts import size_text
from streamscope.gui.theme import small_font, theme

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane, LaneKey

_SOON = 40
"""Milliseconds until what is marked is marked anew."""
_HOT = 200
"""The same for slow tokens while the end is followed."""


class SaidView(QWidget):
    """What was said. `follow` shows what the feed has read; everything else is asked of the record when it is seen."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._body: Lane | None = None
        self._lanes: dict[LaneKey, Lane] = {}
        self._reveal = -1
        self._looking = False
        self._pointed: Place | None = None
        self.marking = Marking(feed, spotlight)
        self.media = MediaFound(feed)
        self._files: list[MediaCard] = []
        strip, legend, span = self._strip(), self._legend_row(), self._span_row()
        self._dress_soon = self._timer(_SOON, self._dress)
        self._again = self._timer(FRAME, self.follow)
        self.columns = ColumnsView(self._choice)
        self.columns.turned.connect(self._again.start)
        self.bar = FindView(self._texts, self)
        self.bar.found.connect(self._found)
        self.bar.shown.connect(self._show_hit)
        self.bar.closed.connect(self._back)
        self.problems = ProblemsView(feed, spotlight)
        self.files = CardsArea()
        self.files.hide()
        self.files.add(QWidget())
        self._announcer = Announcer(self.main)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(span)
        column.addWidget(self.bar)
        column.addWidget(self.columns, 1)
        column.addWidget(self.problems)
        column.addWidget(self.files)
        column.addWidget(legend)
        column.addWidget(strip)
        spotlight.chosen_changed.connect(self._chosen)
        spotlight.evidence_changed.connect(lambda _: self._dress_soon.start())
        spotlight.span_changed.connect(lambda _: self._narrowed())
        theme.changed.connect(self._dress_soon.start)
        self._narrowed()

    @property
    def main(self) -> LaneView:
        """The text of the first choice."""
        return self.columns.choices[0].main

    @property
    def choices(self) -> list[ChoiceView]:
        """The choices so far."""
        return self.columns.choices

    @property
    def following(self) -> bool:
        """Whether the end of the first text stays in view."""
        return self.main.following

    @property
    def _newer(self) -> QPushButton:
        return self.main.newer

    def blockCount(self) -> int:
        """Lines of the first text that are laid out."""
        return self.main.blockCount()

    def verticalScrollBar(self) -> QScrollBar:
        """The scroll bar of the first text."""
        return self.main.verticalScrollBar()

    def toPlainText(self) -> str:
        """The whole of the first text as it came."""
        return self.main.toPlainText()

    def text(self, *, reasoning: bool = False) -> str:
        """All texts as they came, with what was reasoned before each or without."""
        self._texts()
        said = []
        for choice in self.choices:
            folds = [choice.reasoning] if reasoning else []
            texts = [fold.text for fold in folds if fold is not None]
            texts.append(choice.main)
            if choice.refusal is not None:
                texts.append(choice.refusal.text)
            said += [text.text() for text in texts if text.shown]
        return "\n\n".join(said)

    def append_text(self, text: str, pieces: int) -> None:  # noqa: ARG002 - as many as a caller likes
        """Add text of no event at the end of the first one, such as the body of a refusal; where events brought text,
        it is theirs alone."""
        from streamscope.engine.derived import Lane

        if self.main.lane is None:
            self._body = Lane((0, "text", ""))
            self.main.show_lane(self._body)
        if self.main.lane is self._body and self._body is not None:
            self._body.text += text.encode(errors="replace")
            self.follow()

    def follow(self) -> None:
        """Show what is new, a bounded part of it; the rest in the next frames."""
        lanes = self._feed.derived.lanes
        if len(lanes) > len(self._lanes):
            self._lanes = dict(lanes)
            self.columns.grow(1 + max(key[0] for key in self._lanes))
        for choice in self.columns.seen:
            choice.follow()
        self.problems.follow()
        self._follow_files()
        self.bar.follow()
        self._announcer.follow(ended=self._feed.done)
        if self._reveal >= 0 and self.isVisible():
            self._show_event()
        if self.marking.hot and not self._dress_soon.isActive():
            self._dress_soon.start(_HOT)
        self._tell()
        if self._pending():
            self._again.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's. What was pointed at meanwhile is shown now."""
        super().showEvent(event)
        self._again.start()
        self._dress_soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.files.limit(max(90, self.height() // 2))

    def copy_all(self, *, reasoning: bool = False) -> None:
        """Copy all text as it came."""
        QGuiApplication.clipboard().setText(self.text(reasoning=reasoning))

    def open_find(self) -> None:
        """Open the find bar with what is selected."""
        focused = next((text for text in self._texts() if text.hasFocus()), self.main)
        start, end = focused.selected()
        self.bar.open(focused.text(start, end) if end - start < 200 else "")

    def show_markdown(self, rendered: bool) -> None:
        """Render texts as Markdown, or show them as they came."""
        self.markdown_button.setChecked(rendered)
        for choice in self.choices:
            choice.show_markdown(rendered=rendered)

    def show_heat(self, hot: bool) -> None:
        """Colour slow tokens, or do not."""
        self.heat_button.setChecked(hot)
        self.marking.hot = hot
        self._legend.setVisible(hot)
        self._dress()

    def _back(self) -> None:
        """The find bar is closed: into the text again."""
        self.main.setFocus()

    def _go(self, step: int) -> None:
        if self.bar.isVisible():
            self.bar.go(step)
        else:
            self.open_find()

    def _choice(self, number: int) -> ChoiceView:
        choice = ChoiceView(self._feed, number)
        choice.made.connect(self._made)
        self._made(choice.main)
        if number and self.markdown_button.isChecked():
            choice.show_markdown(rendered=True)
        return choice

    def _made(self, text: LaneView) -> None:
        """A text that is new: its pointer, its clicks, its keys."""
        if text.property("told"):
            return
        text.setProperty("told", True)
        text.pointed.connect(lambda byte: self._point(text, byte))
        text.chosen.connect(lambda byte: self._choose(text, byte))
        text.moved.connect(self._dress_soon.start)
        text.copy_requested.connect(self.copy_all)
        Keys(
            text,
            {
                "Ctrl+F": self.open_find,
                "F3": lambda: self._go(1),
                "Shift+F3": lambda: self._go(-1),
            },
        )

    def _texts(self) -> list[LaneView]:
        """All texts, caught up with."""
        found = []
        for choice in self.choices:
            choice.follow()
            for text in choice.texts:
                text.follow(self._feed.read)
                found.append(text)
        return found

    def _pending(self) -> bool:
        if not self.isVisible():
            return False
        return any(choice.behind for choice in self.columns.seen) or self.media.behind

    def _follow_files(self) -> None:
        self.media.follow()
        for media in self.media.files[len(self._files) :]:
            card = MediaCard(self._feed, media)
            self._files.append(card)
            self.files.insert(card)
            self.files.show()
        for card in self._files:
            card.follow()

    def _point(self, text: LaneView, byte: int) -> None:
        """Tell of the word under the pointer or the cursor."""
        place = place_at(self._feed, text.lane, byte) if text.lane is not None and byte >= 0 else None
        if place == self._pointed:
            return
        self._pointed = place
        self.marking.pointed = None if place is None else (text, place.start, place.end)
        self._dress_soon.start()
        self._tell()

    def _choose(self, text: LaneView, byte: int) -> None:
        event = text.lane.event_at(byte) if text.lane is not None and byte >= 0 else -1
        if event >= 0:
            self._looking = True
            self._spotlight.look_at(event)
            self._looking = False

    def _chosen(self, event: int) -> None:
        self._dress_soon.start()
        if not self._looking:
            self._reveal = event
            if self.isVisible():
                self._show_event()

    def _show_event(self) -> None:
        """Bring what the chosen event said into view; where it said nothing, nothing moves."""
        event, self._reveal = self._reveal, -1
        self._texts()
        for choice in self.choices:
            for text in choice.texts:
                found = bytes_of(text.lane, event) if text.lane is not None else None
                if found is not None and found[1] <= text.shown:
                    self.columns.show_choice(choice.choice)
                    self.show_markdown(rendered=False)
                    if (fold := choice.fold_of(text)) is None or fold.header.isChecked():
                        text.reveal(*found)
                    return

    def _narrowed(self) -> None:
        span = self._spotlight.span
        self._span.setVisible(span is not None)
        if span is not None:
            first, last = (f"{t / 1e9:.3f} s" for t in span)
            self._span_words.set_text(
                self.tr("Bright: what came from {first} to {last}").format(first=first, last=last)
            )
        self._dress_soon.start()

    def _found(self, hits: Hits) -> None:
        self.marking.hits = hits
        self._dress_soon.start()

    def _show_hit(self, text: LaneView, start: int, end: int) -> None:
        for choice in self.choices:
            if text in choice.texts:
                self.columns.show_choice(choice.choice)
                choice.bring(text)
        self.show_markdown(rendered=False)  # what is rendered has no bytes
        text.reveal(start, end, select=True)

    def _dress(self) -> None:
        if not self.isVisible():
            return
        for choice in self.columns.seen:
            for text in choice.texts:
                if text.isVisible():
                    self.marking.dress(text)
        if self.marking.hot and self.main.lane is not None:
            self._legend.tell(self.marking.heat.median(self.main.lane))

    def _tell(self) -> None:
        """The line below: the word that is pointed at, else how much there is."""
        if self._pointed is not None:
            self._words.set_text(described(self._pointed))
            return
        shown = sum(choice.main.shown for choice in self.choices)
        pieces = sum(len(choice.main.lane.ends) for choice in self.choices if choice.main.lane is not None)
        if pieces:
            count = f"{pieces:,}"
            self._words.set_text(self.tr("{size} in {count} pieces").format(size=size_text(shown), count=count))
        else:
            self._words.set_text("")

    def _span_row(self) -> QWidget:
        self._span = QWidget()
        self._span_words = ElidedLabel("", "muted")
        self._span_words.setFont(small_font())
        wide = tool_button("close", self.tr("Show all of it alike"), self._span)
        wide.clicked.connect(lambda: self._spotlight.narrow(None))
        row = QHBoxLayout(self._span)
        row.setContentsMargins(14, 2, 6, 2)
        row.addWidget(self._span_words, 1)
        row.addWidget(wide)
        return self._span

    def _legend_row(self) -> QWidget:
        self._legend = LegendView()
        self._legend.hide()
        return self._legend

    def _strip(self) -> QWidget:
        """What is pointed at, and what can be done with the text."""
        strip = QWidget()
        strip.setObjectName("text-strip")
        self._words = ElidedLabel("", "muted")
        self._words.setFont(small_font())
        self.markdown_button = self._switch("markdown", self.tr("Render Markdown"))
        self.markdown_button.toggled.connect(self.show_markdown)
        self.heat_button = self._switch("heat", self.tr("Colour slow tokens"))
        self.heat_button.toggled.connect(self.show_heat)
        search = tool_button("search", self.tr("Find in the text (Ctrl+F)"), strip)
        search.clicked.connect(self.open_find)
        copy = tool_button("copy", self.tr("Copy the text"), strip)
        copy.clicked.connect(lambda: self._copy_menu().popup(copy.mapToGlobal(copy.rect().bottomLeft())))
        row = QHBoxLayout(strip)
        row.setContentsMargins(14, 2, 6, 2)
        row.setSpacing(2)
        row.addWidget(self._words, 1)
        for button in (self.markdown_button, self.heat_button, search, copy):
            row.addWidget(button)
        return strip

    def _copy_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy all text"), self.copy_all)
        menu.addAction(self.tr("Copy text with reasoning"), lambda: self.copy_all(reasoning=True))
        return menu

    def _switch(self, icon: str, text: str) -> QToolButton:
        button = tool_button(icon, text, self)
        button.setCheckable(True)
        return button

    def _timer(self, interval: int, done: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(done)
        return timer
