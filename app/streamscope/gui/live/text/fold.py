"""A text that is folded apart: reasoning, a refusal. Its header says what it is and how much; it streams while open."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.live.text.lane_view import LaneView
from streamscope.gui.live.text.pages import border
from streamscope.gui.live.text.places import reached, time_of
from streamscope.gui.marks import dress
from streamscope.gui.texts import time_text
from streamscope.gui.theme import small_font

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane
    from streamscope.gui.live.feed import Feed

_COUNTED = 1 << 20
"""Bytes whose characters are counted in one frame."""


class FoldView(QFrame):
    """Header and text; the text is laid out only while it is open."""

    toggled = Signal(bool)

    def __init__(self, feed: "Feed", lane: "Lane", title: str, *, tint: str = "muted", parent: QWidget | None = None):
        super().__init__(parent)
        self._feed, self._title, self._tint = feed, title, tint
        self._told = (-1, -1)
        self._characters = self._counted = 0
        self.setObjectName("fold")
        self.setProperty("tone", tint)
        self.text = LaneView(title)
        self.text.show_lane(lane)
        self.text.document().setDocumentMargin(14)
        self.header = QToolButton()
        self.header.setObjectName("fold")
        self.header.setProperty("tone", tint)
        self.header.setCheckable(True)
        self.header.setAutoRaise(True)
        self.header.setFont(small_font())
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.header.toggled.connect(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.text, 1)
        self._toggle(False)

    @property
    def lane(self) -> "Lane":
        """Its text."""
        assert self.text.lane is not None  # noqa: S101 - given when it was made
        return self.text.lane

    @property
    def behind(self) -> bool:
        """Whether there is more to count or to lay out at once."""
        return self._counted < self._told[1] or (self.header.isChecked() and self.text.behind)

    def open(self, *, opened: bool = True) -> None:
        """Open or close it."""
        self.header.setChecked(opened)

    def follow(self) -> None:
        """Say how much there is; show it while it is open."""
        pieces, size = reached(self.lane, self._feed.read)
        if (pieces, size) != self._told or self._counted < size:
            self._told = (pieces, size)
            self._tell(pieces, size)
        if self.header.isChecked():
            self.text.follow(self._feed.read)

    def _tell(self, pieces: int, size: int) -> None:
        upto = size if size - self._counted <= _COUNTED else border(self.text.bytes_of, self._counted + _COUNTED)
        self._characters += _characters(self.text.bytes_of(self._counted, upto))
        self._counted = upto
        words = f"{self._title} · " + self.tr("{count} characters").format(count=f"{self._characters:,}")
        if pieces > 1:
            first, last = (time_of(self._feed, self.lane.events[piece]) for piece in (0, pieces - 1))
            if 0 <= first < last:
                words += f" · {time_text((last - first) / 1e6)}"
        self.header.setText(words)
        self.header.setAccessibleName(words)

    def _toggle(self, opened: bool) -> None:
        dress(self.header, "chevron-down" if opened else "chevron-right", self._tint)
        self.text.setVisible(opened)
        if opened:
            self.text.follow(self._feed.read)
        policy = QSizePolicy.Policy.Expanding if opened else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self.toggled.emit(opened)


def _characters(data: bytes) -> int:
    """How many characters these bytes are: all but those that continue one."""
    return len(data) if data.isascii() else len(data.decode(errors="replace"))
