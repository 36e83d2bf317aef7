"""A whole byte stream of a record, with its reads and the spans of its events in the margin."""

from PySide6.QtCore import QEvent, QRect, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from streamscope.gui.live.detail.bytes_view import BytesView, Span
from streamscope.gui.live.detail.places import Place, Places
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.tones import kind_colour, tone_colour
from streamscope.gui.texts import time_text
from streamscope.gui.theme import code_font, colour, small_font
from streamscope.model.event import PAYLOAD, WIRE
from streamscope.store.rows import MESSAGE

_BAR = 18
_WIDE = 560
"""Pixels from which on offsets stand beside rows of text."""


class Stream:
    """One of the record's streams as it is now."""

    def __init__(self, feed: Feed, number: int) -> None:
        self._feed, self.number = feed, number

    def size(self) -> int:
        """How many bytes there are."""
        return self._feed.exchange.stream_size(self.number)

    def read(self, start: int, size: int) -> bytes:
        """Some of them. Raises OSError or StoreError."""
        return self._feed.exchange.stream(self.number, start, size)


class StreamView(BytesView):
    """The bytes and their margin; `picked` tells the event that was clicked."""

    picked = Signal(int)

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        self._feed = feed
        self._reads = Places(feed, WIRE, reads=True)
        self._messages = Places(feed, WIRE)
        self._borders: list[Place] = []
        self._spanned: list[Place] = []
        super().__init__("", Stream(feed, WIRE), parent)
        self.setAccessibleName(self.tr("All bytes that were received"))
        self.clicked.connect(self._clicked)
        self.stream = WIRE

    def show_stream(self, number: int) -> None:
        """Show the bytes as received (WIRE) or decoded (PAYLOAD)."""
        self.stream = number
        self._messages = Places(self._feed, number)
        self._reads = Places(self._feed, number, reads=True)
        self.set_source(Stream(self._feed, number))

    def event_at(self, byte: int) -> int:
        """The event whose bytes hold this one: a message, else the read that brought it; -1 for none."""
        found = self._guarded(lambda: self._messages.at(byte) or self._reads.at(byte), None)
        return found.number if found is not None else -1

    def beside(self, number: int, step: int) -> int:
        """The next message of the stream after an event, or the one before it; -1 for none."""
        found = self._guarded(lambda: self._messages.beside(number, step), None)
        return found.number if found is not None else -1

    def light_up(self, number: int, reads: tuple[int, int]) -> Place | None:
        """Colour the bytes of an event, and quietly those of the reads that brought it; gives where these are."""
        own = self._guarded(lambda: self._messages.of(number) or self._reads.of(number), None)
        wanted = self.stream == WIRE and reads[0] > 0
        brought = self._guarded(lambda: self._reads.of_reads(*reads), None) if wanted else None
        spans = [Span(brought.start, brought.end, "info_soft")] if brought is not None else []
        if own is not None:
            spans.append(Span(own.start, own.end, "info_line"))
        self.spans = spans
        self.viewport().update()
        return own or brought

    def said_of(self, byte: int) -> str:
        """Which event and which read a byte belongs to, in words."""
        return self._guarded(lambda: self._said_of(byte), "")

    def _said_of(self, byte: int) -> str:
        found = []
        message, read = self._messages.at(byte), self._reads.at(byte)
        if message is not None:
            found.append(self.tr("event #{number}").format(number=f"{message.number + 1:,}"))
        if read is not None:
            row = self._feed.exchange.rows(read.number, read.number + 1)
            number = f"{row[3] & 0xFFFFFFFF:,}"
            found.append(self.tr("read {number} at {time}").format(number=number, time=time_text(row[0] / 1e6)))
        return "  ·  ".join(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: offsets stand in the margin where there is room."""
        self._set_gutter()
        super().resizeEvent(event)

    def show_hex(self, hexadecimal: bool) -> None:
        """Rows of hex have their offsets themselves."""
        super().show_hex(hexadecimal)
        self._set_gutter()
        self.remeasure()

    def _set_gutter(self) -> None:
        offsets = not self.hexadecimal and self.width() >= _WIDE
        self.gutter = _BAR + (QFontMetrics(code_font()).horizontalAdvance("0" * 9) if offsets else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: what the margin shows is asked once for all rows."""
        rows = self.seen_rows()
        if rows:
            start, end = rows[0].start, max(rows[-1].end, rows[0].start + 1)
            self._borders = self._guarded(lambda: self._reads.within(start, end), [])
            self._spanned = self._guarded(lambda: self._messages.within(start, end), [])
        super().paintEvent(event)

    def paint_gutter(self, painter: QPainter, start: int, end: int, rect: QRect) -> None:
        """A bar in the colour of what an event says, a line where a read begins, the row's offset."""
        if self.gutter > _BAR:
            painter.setPen(colour("muted"))
            painter.setFont(small_font())
            painter.drawText(rect.adjusted(_BAR, 0, -6, 0), 0x0082, f"{start:x}")  # right, in the middle
            painter.setFont(code_font())
        feed = self._feed
        for place in self._spanned:
            if place.start < end and place.end > start:
                tones = feed.derived.tones
                tone = tones[place.number] if place.number < min(feed.read, len(tones)) else 0
                bar = rect.adjusted(8, 2 if place.start >= start else 0, 0, -2 if place.end <= end else 0)
                bar.setWidth(4)
                painter.fillRect(bar, tone_colour(tone) if tone else kind_colour(MESSAGE))
        for place in self._borders:
            if start <= place.start < end:
                painter.fillRect(QRect(rect.left() + 2, rect.top(), _BAR - 4, 1), colour("accent"))

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt's: what a byte belongs to, where the pointer rests."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.said_of(self.byte_at(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def _clicked(self, byte: int) -> None:
        number = self.event_at(byte)
        if number >= 0:
            self.picked.emit(number)


def streams(feed: Feed) -> list[int]:
    """The streams that have bytes: the decoded one has none where every payload lies on the wire as it is."""
    return [number for number in (WIRE, PAYLOAD) if number == WIRE or feed.exchange.stream_size(number)]
