"""One of several answers: its reasoning folded apart, its text, its refusal, its tool calls."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from streamscope.gui.live.text.call_card import CallCard
from streamscope.gui.live.text.display import visible
from streamscope.gui.live.text.fold import FoldView
from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.markdown import MarkdownView
from streamscope.gui.marks import muted_label
from streamscope.gui.texts import size_text

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane
    from streamscope.gui.live.feed import Feed

MOST_CALLS = 40
"""Calls that get a card; of more the number is told, and Events has them."""


class ChoiceView(QWidget):
    """One choice of an exchange. `made` tells of each text that is new in it."""

    made = Signal(object)

    def __init__(self, feed: "Feed", choice: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self.choice = feed, choice
        self._known = 0
        self._ended = False
        self.title = muted_label(self.tr("Choice {number}").format(number=choice + 1))
        self.title.setContentsMargins(14, 6, 14, 2)
        self.title.hide()
        self.reasoning: FoldView | None = None
        self.refusal: FoldView | None = None
        self.calls: dict[str, CallCard] = {}
        self.main = LaneView(self.tr("Text of the answer"))
        self.main.following = self.main.grows = feed.live  # what is over is read from its beginning
        self.main.setPlaceholderText(self.tr("The text of the answer appears here as it comes."))
        self.markdown: MarkdownView | None = None
        self._rendered = False
        self._hint = muted_label("", wrap=True)
        self._hint.setContentsMargins(14, 4, 14, 4)
        self._hint.hide()
        self._cards = CardsArea()
        self._more_calls = muted_label("")
        self._more_calls.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.title)
        self._column.addWidget(self._hint)
        self._column.addWidget(self.main, 3)
        self._column.addWidget(self._cards)
        self._cards.add(self._more_calls)

    @property
    def texts(self) -> list[LaneView]:
        """All its texts in the order of reading."""
        folds = [fold.text for fold in (self.reasoning,) if fold is not None]
        after = [fold.text for fold in (self.refusal,) if fold is not None]
        return [*folds, self.main, *after, *(card.text for card in self.calls.values())]

    @property
    def behind(self) -> bool:
        """Whether there is more to show that did not come only now."""
        folds = (self.reasoning, self.refusal)
        return (
            self.main.behind
            or any(fold.behind for fold in folds if fold is not None)
            or any(card.behind for card in self.calls.values())
        )

    def follow(self) -> None:
        """Show what is new."""
        lanes = self._feed.derived.lanes
        if len(lanes) != self._known:
            self._known = len(lanes)
            mine = [lane for lane in list(lanes.values()) if lane.choice == self.choice]
            for lane in mine:
                self._take(lane)
            self._count_calls(sum(lane.kind == "tool_call" for lane in mine))
        if self.reasoning is not None:
            self.reasoning.follow()
        self.main.follow(self._feed.read)
        if self.refusal is not None:
            self.refusal.follow()
        for card in self.calls.values():
            card.follow()
        if self.markdown is not None and self._rendered:
            self._show_rendered()
        self._arrange()
        if self._feed.done and not self._ended:
            self._ended = True
            self._tell_end()
            self.main.setPlaceholderText(self.tr("The answer brought no text. Events shows all that came."))

    def _tell_end(self) -> None:
        """Why it ended, beside its number."""
        found = self._feed.ask(lambda reading: reading.transcript.choices)
        dense = len(found) == 1 + max((key[0] for key in self._feed.derived.lanes), default=0)
        finish = found[self.choice].finish_reason if dense and self.choice < len(found) else ""
        if finish:
            number = self.choice + 1
            words = self.tr("Choice {number} · ended: {reason}").format(number=number, reason=visible(finish, 60))
            self.title.setText(words)

    def show_markdown(self, *, rendered: bool) -> None:
        """Render the text as Markdown, or show it as it came."""
        self._rendered = rendered
        if rendered and self.markdown is None:
            self.markdown = MarkdownView(self.main, lambda: not self._feed.done)
            self._column.insertWidget(self._column.indexOf(self.main) + 1, self.markdown, 3)
        self._show_rendered()
        self._arrange()

    def fold_of(self, text: LaneView) -> FoldView | None:
        """The fold that holds a text."""
        return next((fold for fold in (self.reasoning, self.refusal) if fold is not None and fold.text is text), None)

    def bring(self, text: LaneView) -> None:
        """Bring one of its texts into view: open its fold, scroll to its card."""
        if (fold := self.fold_of(text)) is not None:
            fold.open()
        for card in self.calls.values():
            if card.text is text:
                self._cards.ensureWidgetVisible(card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._arrange()

    def _take(self, lane: "Lane") -> None:
        if lane.kind == "text" and self.main.lane is not lane:
            self.main.show_lane(lane)
            self.made.emit(self.main)
        elif lane.kind == "reasoning" and self.reasoning is None:
            self.reasoning = self._fold(lane, self.tr("Reasoning"), "muted")
            self._column.insertWidget(self._column.indexOf(self.main), self.reasoning, 2)
        elif lane.kind == "refusal" and self.refusal is None:
            self.refusal = self._fold(lane, self.tr("Refusal"), "error")
            self._column.insertWidget(self._column.indexOf(self._cards), self.refusal, 2)
            self.refusal.open()
        elif lane.kind == "tool_call" and lane.key[2] not in self.calls and len(self.calls) < MOST_CALLS:
            card = self.calls[lane.key[2]] = CallCard(self._feed, lane)
            self._cards.insert(card)
            self.made.emit(card.text)

    def _fold(self, lane: "Lane", title: str, tint: str) -> FoldView:
        fold = FoldView(self._feed, lane, title, tint=tint)
        fold.toggled.connect(lambda _: self._arrange())
        self.made.emit(fold.text)
        return fold

    def _count_calls(self, calls: int) -> None:
        count = f"{calls - MOST_CALLS:,}"
        self._more_calls.setText(self.tr("and {count} more calls: Events has them").format(count=count))
        self._more_calls.setVisible(calls > MOST_CALLS)

    def _show_rendered(self) -> None:
        """Which of the two is seen: a text that is too long is shown as it came."""
        markdown = self.markdown
        if markdown is None:
            return
        long = self._rendered and markdown.too_long
        self._hint.setVisible(long)
        if long:
            size = size_text(self.main.shown)
            self._hint.setText(self.tr("Shown as it came: {size} are too much for Markdown.").format(size=size))
        markdown.setVisible(self._rendered and not long)
        markdown.follow()

    def _arrange(self) -> None:
        """Text and cards share the height; what there is none of takes none."""
        some = bool(self.main.shown)
        refused = self.refusal is not None
        main = some or not (self.calls or refused)
        rendered = self.markdown is not None and not self.markdown.isHidden()
        self.main.setVisible(main and not rendered)
        self._cards.setVisible(bool(self.calls))
        self._cards.limit(max(self.height() // 2, self.height() - self._needed()) if main else 0)

    def _needed(self) -> int:
        """The height of all that is not cards."""
        lines = self.main.document().size().height()  # a plain document counts lines
        line = QFontMetrics(self.main.font()).lineSpacing()
        text = round(min(lines, 200.0) * line + 2 * self.main.document().documentMargin()) + 8
        folds = (self.reasoning, self.refusal)
        return text + sum(fold.sizeHint().height() for fold in folds if fold is not None)


class CardsArea(QScrollArea):
    """Cards below each other, as high as they are up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self._limit = 0
        self._inner = QWidget()
        self._inner.setObjectName("cards")
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(12, 8, 12, 10)
        self._rows.setSpacing(8)
        self._rows.addStretch(1)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def add(self, widget: QWidget) -> None:
        """Below all others."""
        self._rows.addWidget(widget)

    def insert(self, card: QWidget) -> None:
        """Below the other cards."""
        self._rows.insertWidget(self._rows.count() - 2, card)

    def limit(self, height: int) -> None:
        """Take no more than this; 0 for all there is."""
        if height != self._limit:
            self._limit = height
            self.setMaximumHeight(height or 16_777_215)
            vertical = QSizePolicy.Policy.Maximum if height else QSizePolicy.Policy.Expanding
            self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's; a card that grew wants another height of all."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Qt's: as high as the cards."""
        return QSize(super().sizeHint().width(), self._inner.sizeHint().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(80, min(60, self._inner.sizeHint().height()))
