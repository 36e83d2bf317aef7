"""All bytes of an exchange, as they were received and as they were decoded."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from streamscope.gui.live.detail.bytes_find import BytesFindView
from streamscope.gui.live.detail.saving import SavingView
from streamscope.gui.live.detail.segment import SegmentView
from streamscope.gui.live.detail.stream_view import Stream, StreamView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.texts import size_text
from streamscope.gui.theme import code_font, small_font
from streamscope.model.errors import StoreError
from streamscope.model.event import PAYLOAD, WIRE
from streamscope.store.rows import MESSAGE, READ


def offset_of(text: str, size: int) -> int | None:
    """An offset as a person writes it: 1234, 1_234, 0x4d2, 4d2h, 50 %; None where it is none."""
    plain = text.strip().replace("_", "").replace(",", "").replace(" ", "").lower()
    try:
        if plain.endswith("%"):
            return max(0, min(size, round(size * float(plain[:-1]) / 100)))
        if plain.endswith("h"):
            return min(size, int(plain[:-1], 16))
        found = int(plain, 16 if plain.startswith("0x") else 10)
    except (ValueError, OverflowError):
        return None
    return min(size, found) if found >= 0 else max(0, size + found)


class RawView(QWidget):
    """A stream, a choice of which and how, and a line that tells where one is."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._lit = -2
        self._size = -1
        self.bytes = StreamView(feed)
        self.bytes.following = feed.live
        self.bar = BytesFindView(self.bytes)
        self.saving = SavingView()
        self.about = ElidedLabel("", "muted")
        self.about.setFont(small_font())
        self.about.setContentsMargins(12, 2, 12, 4)
        self.note = QLabel()
        self.note.setProperty("tone", "muted")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(12, 8, 12, 8)
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._tools())
        column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addWidget(self.bytes, 1)
        column.addWidget(self.saving)
        column.addWidget(self.about)
        self.setFocusProxy(self.bytes)
        self.bytes.moved.connect(self._tell)
        self.bytes.picked.connect(self._pick)
        self.bytes.trouble.connect(self._troubled)
        spotlight.chosen_changed.connect(self._chosen)

    def follow(self) -> None:
        """Show what is new."""
        size = self._feed.exchange.stream_size(self.bytes.stream)
        if size != self._size and not self._feed.paused:
            self._size = size
            self.bytes.grown()
            self._offer()
            self._tell(self.bytes.caret)
        if self._feed.done and self.bytes.following:
            self.bytes.following = False
        if self._lit != self._spotlight.chosen:
            self._light()

    def show_stream(self, number: int) -> None:
        """Show the bytes as received (WIRE) or decoded (PAYLOAD)."""
        self.bar.close_bar(focus=False)
        self.bytes.show_stream(number)
        (self.wire if number == WIRE else self.payload).setChecked(True)
        self._size = self._feed.exchange.stream_size(number)
        self.bytes.following = self._feed.live
        self._lit = -2
        self._light()
        self._tell(self.bytes.caret)

    def show_hex(self, hexadecimal: bool) -> None:
        """Show hex, or text."""
        (self.as_hex if hexadecimal else self.as_text).setChecked(True)
        self.bytes.show_hex(hexadecimal)

    def go_to_offset(self) -> None:
        """Go where the line says."""
        found = offset_of(self.offset.text(), self.bytes.source.size())
        wrong = found is None and bool(self.offset.text())
        self.offset.setProperty("invalid", wrong)
        self.offset.style().polish(self.offset)
        if found is not None:
            self.bytes.following = False
            self.bytes.go_to(found)
            self.bytes.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, count: int) -> None:
        """Choose the next message (1) or the one before (-1), from the chosen event or from where one is."""
        chosen = self._spotlight.chosen
        number = self.bytes.beside(chosen if chosen >= 0 else self.bytes.event_at(self.bytes.caret), count)
        if number >= 0:
            self._spotlight.look_at(number)

    def save_as(self) -> None:
        """Ask where to save the whole stream as it is now."""
        name = "received.bin" if self.bytes.stream == WIRE else "payload.bin"
        self.saving.ask(Stream(self._feed, self.bytes.stream), name)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self.follow()

    def _tools(self) -> QHBoxLayout:
        self.wire = SegmentView(self.tr("Received"), self.tr("The bytes as they were received"))
        self.payload = SegmentView(self.tr("Decoded"), self.tr("The bytes after transfer, content and frame decoding"))
        self.as_text = SegmentView(self.tr("Text"), self.tr("As text, with escapes for what is none"))
        self.as_hex = SegmentView(self.tr("Hex"), self.tr("As hex"))
        for first, second in ((self.wire, self.payload), (self.as_text, self.as_hex)):
            group = QButtonGroup(self)
            group.addButton(first)
            group.addButton(second)
            first.setChecked(True)
        self.wire.clicked.connect(lambda: self.show_stream(WIRE))
        self.payload.clicked.connect(lambda: self.show_stream(PAYLOAD))
        self.as_text.clicked.connect(lambda: self.show_hex(False))
        self.as_hex.clicked.connect(lambda: self.show_hex(True))
        self.offset = QLineEdit()
        self.offset.setFont(code_font())
        self.offset.setPlaceholderText(self.tr("Offset"))
        self.offset.setAccessibleName(self.tr("Go to an offset"))
        self.offset.setToolTip(self.tr("Go to an offset: 1234, 0x4d2, 50 %, -100 (Ctrl+G)"))
        self.offset.setMinimumWidth(48)
        self.offset.setMaximumWidth(110)
        self.offset.returnPressed.connect(self.go_to_offset)
        jump = QShortcut(QKeySequence("Ctrl+G"), self)
        jump.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        jump.activated.connect(self.offset.setFocus)
        for keys, count in (("Alt+Down", 1), ("Alt+Up", -1)):
            other = QShortcut(QKeySequence(keys), self)
            other.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            other.activated.connect(lambda count=count: self.step(count))
        look = tool_button("search", self.tr("Find (Ctrl+F)"), self)
        look.clicked.connect(self.bar.open)
        save = tool_button("save", self.tr("Save all of these bytes as…"), self)
        save.clicked.connect(self.save_as)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        for widget in (self.wire, self.payload):
            row.addWidget(widget)
        row.addSpacing(4)
        for widget in (self.as_text, self.as_hex):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.offset)
        for button in (look, save):
            row.addWidget(button)
        return row

    def _offer(self) -> None:
        """The decoded stream is offered where it has bytes of its own."""
        there = self._feed.exchange.stream_size(PAYLOAD) > 0
        self.payload.setEnabled(there)
        self.payload.setToolTip(
            self.tr("The bytes after transfer, content and frame decoding")
            if there
            else self.tr("Nothing had to be decoded: every payload lies in what was received")
        )
        empty = self._size == 0
        self.note.setText(
            self.tr("Nothing was received so far.") if self._feed.live else self.tr("Nothing was received.")
        )
        self.note.setVisible(empty)

    def _chosen(self, _number: int) -> None:
        if self.isVisible():
            self._light()

    def _pick(self, number: int) -> None:
        self._lit = number  # it is in view already
        self._spotlight.look_at(number)
        self._colour(number)

    def _light(self) -> None:
        """Bring the bytes of the chosen event into view."""
        self._lit = number = self._spotlight.chosen
        place = self._colour(number)
        if place is not None:
            self.bytes.following = False
            self.bytes.go_to(place[0])

    def _colour(self, number: int) -> tuple[int, int] | None:
        reads = (0, 0)
        if 0 <= number < len(self._feed.exchange):
            try:
                row = self._feed.exchange.rows(number, number + 1)
            except (OSError, StoreError) as error:
                self._troubled(str(error))
                return None
            if row[2] & 15 in (MESSAGE, READ):
                reads = (row[3] >> 32, row[3] & 0xFFFFFFFF)
        place = self.bytes.light_up(number, reads)
        return (place.start, place.end) if place is not None else None

    def _tell(self, byte: int) -> None:
        start, end = self.bytes.selection()
        said = [
            self.tr("{offset} of {size}").format(offset=f"{byte:,} (0x{byte:x})", size=size_text(max(0, self._size)))
        ]
        if end > start:
            said.append(self.tr("{count} bytes selected").format(count=f"{end - start:,}"))
        said.append(self.bytes.said_of(byte))
        self.about.set_text("  ·  ".join(part for part in said if part))

    def _troubled(self, reason: str) -> None:
        self.note.setText(self.tr("The recording cannot be read any more: {reason}").format(reason=reason))
        self.note.show()
