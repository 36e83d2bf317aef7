"""The assembled text as it streams: appended once a frame, followed until the reader scrolls up."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.theme import prose_font

LONGEST = 1000
"""Characters of one line on the screen; a longer unbroken one would freeze Qt's layout."""


class TextView(QPlainTextEdit):
    """Read-only text that grows at its end."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("plain", True)
        self.setFont(prose_font())
        self.document().setDocumentMargin(14)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._line = 0
        self.following = True
        """Whether the end stays in view; scrolling away from it ends that, scrolling to it begins it again."""
        self._unseen = 0
        self._newer = QPushButton(self)
        self._newer.setObjectName("newer")
        self._newer.setCursor(Qt.CursorShape.PointingHandCursor)
        self._newer.setAccessibleName(self.tr("Go to the newest text"))
        self._newer.hide()
        self._newer.clicked.connect(self.go_to_end)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._grown)

    def append_text(self, text: str, pieces: int) -> None:
        """Add text at the end, in one go for a whole frame."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._broken(text))
        if not self.following:
            self._unseen += pieces
            self._newer.setText(self.tr("%n new ↓", "", self._unseen))
            self._newer.show()
            self._place()

    def go_to_end(self) -> None:
        """Go to the end and stay there."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._place()

    def _scrolled(self, value: int) -> None:
        self.following = value >= self.verticalScrollBar().maximum()
        if self._unseen and self.following:
            self._unseen = 0
            self._newer.hide()

    def _grown(self, _least: int, most: int) -> None:
        """The text grew, or its lines wrap otherwise: a value that changes now is not the reader's doing."""
        if self.following:
            self.verticalScrollBar().setValue(most)

    def _place(self) -> None:
        self._newer.adjustSize()
        size = self._newer.size()
        self._newer.move((self.viewport().width() - size.width()) // 2, self.height() - size.height() - 14)

    def _broken(self, text: str) -> str:
        text, self._line = broken(text, self._line)
        return text


class SaidView(TextView):
    """The text of the answer as it streams."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("SaidView", "Text of the answer"), parent)
        self._feed, self._spotlight = feed, spotlight
        self._bytes = self._pieces = 0
        self.setPlaceholderText(self.tr("The text of the answer appears here as it comes."))

    def follow(self) -> None:
        """Show what is new."""
        lane = self._feed.lane()
        if lane is not None and (pieces := len(lane.ends)) > self._pieces and not self._feed.paused:
            upto = lane.ends[pieces - 1]
            text = lane.text[self._bytes : upto].decode(errors="replace")
            self.append_text(text, pieces - self._pieces)
            self._bytes, self._pieces = upto, pieces
        if self._feed.done:
            self.setPlaceholderText(self.tr("The answer brought no text. Events shows all that came."))


def broken(text: str, column: int = 0, longest: int = LONGEST) -> tuple[str, int]:
    """The text with overlong lines broken for display, and the column at which it ends."""
    if "\n" not in text and column + len(text) <= longest:
        return text, column + len(text)
    lines = text.split("\n")
    out = []
    for number, line in enumerate(lines):
        start = column if number == 0 else 0
        if start + len(line) > longest:
            room = max(0, longest - start)
            parts = [line[:room], *(line[at : at + longest] for at in range(room, len(line), longest))]
            line = "\n".join(parts)
            start = 0
        out.append(line)
        column = start + len(line.rpartition("\n")[2])
    return "\n".join(out), column
