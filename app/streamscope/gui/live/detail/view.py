"""The chosen event, looked at closely: in the mode that suits it, or that was chosen last."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.live.detail import facts
from streamscope.gui.live.detail.copying import copy_menu
from streamscope.gui.live.detail.delta import DeltaView, readable
from streamscope.gui.live.detail.diff import DiffView
from streamscope.gui.live.detail.facts_view import FactsView
from streamscope.gui.live.detail.looked import Looked, looked
from streamscope.gui.live.detail.media import has_media, media_kind
from streamscope.gui.live.detail.plain_bytes import PlainBytesView
from streamscope.gui.live.detail.pretty import PrettyView
from streamscope.gui.live.detail.preview import PreviewView
from streamscope.gui.live.detail.saving import SavingView
from streamscope.gui.live.detail.segment import SegmentView
from streamscope.gui.live.detail.shown import Mode
from streamscope.gui.live.detail.tree import TreeView
from streamscope.gui.live.feed import Batch, Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font
from streamscope.model.errors import StoreError
from streamscope.model.event import Message
from streamscope.model.phrase import Phrase, phrase


@dataclass(frozen=True, slots=True)
class ModeKind:
    """A mode: its key, its word, how it is made, and which events it can show."""

    key: str
    title: Phrase
    made: Callable[[], Mode]
    fits: Callable[[Looked], bool]


MODES: tuple[ModeKind, ...] = (
    ModeKind("facts", phrase("Details"), FactsView, lambda one: not isinstance(one.event, Message)),
    ModeKind("pretty", phrase("Pretty"), PrettyView, lambda one: bool(one.data) and one.text is not None),
    ModeKind("tree", phrase("Tree"), TreeView, lambda one: one.json),
    ModeKind("raw", phrase("Raw"), lambda: PlainBytesView(hexadecimal=False), lambda one: bool(one.data)),
    ModeKind("hex", phrase("Hex"), lambda: PlainBytesView(hexadecimal=True), lambda one: bool(one.data)),
    ModeKind("preview", phrase("Preview"), PreviewView, lambda one: has_media(one.data, text=one.text is not None)),
    ModeKind("delta", phrase("Delta"), DeltaView, readable),
    ModeKind("diff", phrase("Diff"), DiffView, lambda one: one.number > 0 or bool(one.spotlight.marks)),
)
"""In the order of their segments."""
PREFERRED: list[str] = []
"""Modes that were chosen, the last first: of those the first that fits an event is taken."""


def ending(one: Looked) -> str:
    """How the name of a file with an event's payload ends."""
    kind = media_kind(one.data)
    return kind.ending if kind is not None else ".json" if one.json else ".txt" if one.text is not None else ".bin"


class EventDetailView(QWidget):
    """The event that the spotlight is on."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._looked: Looked | None = None
        self._modes: dict[str, Mode] = {}
        self._mode = ""
        self._waiting = False
        self._missed = self._before = -1
        self.about = ElidedLabel("", "muted")
        self.about.setFont(small_font())
        self._note = QLabel(self.tr("Choose an event to see all of it."))
        self._note.setProperty("tone", "muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        self._stack.addWidget(self._note)
        self.copy = tool_button("copy", self.tr("Copy…"), self)
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._copies = QMenu(self.copy)
        self._copies.aboutToShow.connect(self._fill_copies)
        self.copy.setMenu(self._copies)
        self.save = tool_button("save", self.tr("Save the payload as…"), self)
        self.save.clicked.connect(self.save_as)
        self.saving = SavingView()
        self.segments = QButtonGroup(self)
        self._bar = self._segments()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._place, 1)
        column.addWidget(self.saving)
        self._bar.hide()
        spotlight.chosen_changed.connect(self._choose)
        spotlight.marks_changed.connect(self._marked)
        self._choose(spotlight.chosen)

    @property
    def mode(self) -> str:
        """The key of the mode that is shown, '' while no event is."""
        return self._mode

    def toPlainText(self) -> str:
        """What is seen of the event, as text."""
        self._catch_up()
        return self._modes[self._mode].seen() if self._mode else self._note.text()

    def show_mode(self, key: str) -> None:
        """Look at the event in this mode, and at others, where it suits them."""
        if key in PREFERRED:
            PREFERRED.remove(key)
        PREFERRED.insert(0, key)
        self._show()

    def search(self) -> None:
        """Begin to search in what is shown."""
        if self._mode:
            self._modes[self._mode].search()

    def save_as(self) -> None:
        """Ask where to save the payload, exactly as it came."""
        if (one := self._looked) is not None and one.source.size():
            self.saving.ask(one.source, f"event-{one.number + 1}{ending(one)}")

    def _fill_copies(self) -> None:
        self._copies.clear()
        if (one := self._looked) is None:
            return
        try:
            copy_menu(self._copies, self._feed, [one.number])
        except (OSError, StoreError):
            self._copies.addAction(self.tr("This event cannot be read any more")).setEnabled(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what was chosen meanwhile is shown now."""
        super().showEvent(event)
        self._catch_up()

    def _choose(self, number: int) -> None:
        """Another event is looked at; while nobody sees it, nothing is read."""
        self._missed = number
        if self.isVisible():
            self._catch_up()

    def _marked(self) -> None:
        """Marked events can be compared with."""
        if self._looked is not None and self.isVisible():
            self._offer(self._looked)
            if self._mode == "diff":
                self._modes["diff"].show_event(self._looked)

    def _catch_up(self) -> None:
        number, self._missed = self._missed, -2
        if number == -2:
            return
        before = self._looked.number if self._looked is not None else self._before
        self._looked, self._before = None, before
        if number >= 0:
            try:
                self._looked = looked(self._feed, self._spotlight, number, before)
            except (OSError, StoreError, IndexError) as error:
                self._say(self.tr("This event cannot be read any more: {reason}").format(reason=error))
                return
        self._show()

    def _show(self) -> None:
        one = self._looked
        if one is None:
            self._say(self.tr("Choose an event to see all of it."))
            return
        try:
            self._show_event(one)
        except (OSError, StoreError, IndexError) as error:
            self._say(self.tr("This event cannot be read any more: {reason}").format(reason=error))

    def _show_event(self, one: Looked) -> None:
        fitting = self._offer(one)
        if not fitting:
            self._say(self.tr("This event has no content."))
            self._bar.show()
            self.about.set_text(facts.line(one))
            return
        keys = [kind.key for kind in fitting]
        usual = "hex" if one.text is None and "hex" in keys and keys[0] != "facts" else keys[0]
        key = next((key for key in PREFERRED if key in keys), usual)
        kind = next(kind for kind in fitting if kind.key == key)
        mode = self._modes.get(key)
        if mode is None:
            mode = self._modes[key] = kind.made()
            self._stack.addWidget(mode.widget())
        self._mode = key
        for button in self.segments.buttons():
            button.setChecked(button.property("mode") == key)
        self.about.set_text(facts.line(one))
        self.save.setEnabled(one.source.size() > 0)
        self._bar.show()
        mode.show_event(one)
        self._stack.setCurrentWidget(mode.widget())
        self._wait_for(one)

    def _wait_for(self, one: Looked) -> None:
        """An event that nobody has read yet is shown again when it is known what it says."""
        waits = one.number >= self._feed.read and not self._feed.done
        if waits != self._waiting:
            self._waiting = waits
            if waits:
                self._feed.advanced.connect(self._advanced)
            else:
                self._feed.advanced.disconnect(self._advanced)

    def _advanced(self, _batch: Batch) -> None:
        one = self._looked
        if one is None or one.number < self._feed.read:
            self._waiting = False
            self._feed.advanced.disconnect(self._advanced)
            if one is not None and (self._mode == "delta" or not self._mode):
                self._show()
            elif one is not None:
                self._offer(one)

    def _offer(self, one: Looked) -> list[ModeKind]:
        """The modes that suit an event, their segments shown."""
        fitting = [kind for kind in MODES if kind.fits(one)]
        for button in self.segments.buttons():
            button.setVisible(any(kind.key == button.property("mode") for kind in fitting))
        return fitting

    def _say(self, text: str) -> None:
        self._mode = ""
        self._note.setText(text)
        self._bar.hide()
        self._stack.setCurrentWidget(self._note)

    def _segments(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 6, 4)
        row.setSpacing(2)
        for kind in MODES:
            word = told(kind.title)
            said = QCoreApplication.translate("detail", "Show as: {mode}").format(mode=word)
            button = SegmentView(word, said)
            button.setProperty("mode", kind.key)
            button.clicked.connect(lambda _=False, key=kind.key: self.show_mode(key))
            self.segments.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(bar)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        first = QHBoxLayout()
        first.setContentsMargins(12, 0, 8, 0)
        first.setSpacing(2)
        first.addWidget(self.about, 1)
        first.addWidget(self.copy)
        first.addWidget(self.save)
        column.addLayout(first)
        column.addLayout(row)
        return bar
