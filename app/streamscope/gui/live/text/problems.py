"""Errors that a stream told of in its payloads: marked as such, each leading to its event."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from streamscope.engine.derived import TONES
from streamscope.gui.live.text.display import visible
from streamscope.gui.marks import ElidedLabel, IconView, muted_label, tool_button

if TYPE_CHECKING:
    from streamscope.gui.live.feed import Feed
    from streamscope.gui.live.spotlight import Spotlight

MOST = 5
"""Errors that are shown; of more the number is told, and Events has them all."""
_LONGEST = 600
_ERROR = bytes((TONES.index("error"),))


class ProblemsView(QWidget):
    """The last errors, hidden while there are none."""

    def __init__(self, feed: "Feed", spotlight: "Spotlight", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._told = 0
        self.texts: list[str] = []
        """What is shown."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 4, 6, 4)
        self._column.setSpacing(4)
        self.hide()

    def follow(self) -> None:
        """Show what is new."""
        count = len(self._feed.transcript.errors)
        if count == self._told:
            return
        self._told = count
        self.texts = self._feed.ask(lambda reading: reading.transcript.errors[-MOST:])
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        events = self._events(len(self.texts)) if count == self._feed.derived.tones.count(_ERROR) else []
        for place, text in enumerate(self.texts):
            self._column.addWidget(self._card(text, events[place] if events else -1))
        if count > MOST:
            self._column.addWidget(muted_label(self.tr("and {count} before").format(count=f"{count - MOST:,}")))
        self.setVisible(bool(self.texts))

    def _events(self, count: int) -> list[int]:
        """The last events that told of an error, where each told of one."""
        found: list[int] = []
        at = len(self._feed.derived.tones)
        while len(found) < count and (at := self._feed.derived.tones.rfind(_ERROR, 0, at)) >= 0:
            found.append(at)
        return found[::-1]

    def _card(self, text: str, event: int) -> QWidget:
        card = QWidget()
        row = QHBoxLayout(card)
        row.setContentsMargins(2, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconView("error", "error"))
        words = ElidedLabel(self.tr("Error in the stream: {text}").format(text=visible(text, _LONGEST)), "error")
        row.addWidget(words, 1)
        if event >= 0:
            button = tool_button("details", self.tr("Show the event"), card)
            button.clicked.connect(lambda: self._show(event))
            row.addWidget(button)
        return card

    def _show(self, event: int) -> None:
        self._spotlight.look_at(event)
        self._spotlight.show_view("events")
