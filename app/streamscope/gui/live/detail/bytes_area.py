"""Rows of bytes in a scroll area: what is in view, of any number, and how it is scrolled."""

from collections.abc import Callable
from math import ceil
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSlider, QWidget

from streamscope.gui.live.detail.bytes_moves import Rows, scrolled
from streamscope.gui.live.detail.hex_rows import HexRow, HexRows
from streamscope.gui.live.detail.text_rows import Row, Source, TextRows
from streamscope.gui.theme import code_font, theme
from streamscope.model.errors import StoreError

_T = TypeVar("_T")
MARGIN, ABOVE = 8, 2
_NOTCH = 40  # of the wheel's 120 a notch: three rows
_LARGEST_BAR = 1 << 30


class RowsView(QAbstractScrollArea):
    """The rows of a source, as text or as hex. `trouble` tells why nothing can be read any more."""

    trouble = Signal(str)

    def __init__(self, name: str, source: Source, parent: QWidget | None = None, *, hexadecimal: bool = False) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("plain", True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.hexadecimal = hexadecimal
        self.following = False
        """Whether the end stays in view while more comes."""
        self.gutter = 0
        """Pixels at the left that are a subclass's own."""
        self._setting = False
        self._wheel = 0
        self.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.verticalScrollBar().actionTriggered.connect(self._bar_asked)
        theme.changed.connect(self.viewport().update)
        self._take(source)

    def _take(self, source: Source) -> None:
        """Show these bytes, from their beginning."""
        self._source = source
        self._text, self._hex = TextRows(source), HexRows(source)
        self._size, self._top, self._scale, self._failed = -1, 0, 1, ""
        self._measure()

    @property
    def rows(self) -> Rows:
        """The rows as they are shown now."""
        return self._hex if self.hexadecimal else self._text

    @property
    def source(self) -> Source:
        """The bytes that are shown."""
        return self._source

    @property
    def top(self) -> int:
        """The offset of the first row in view."""
        return self._top

    def grown(self) -> None:
        """There may be more bytes than before."""
        size = self._source.size()
        if size != self._size:
            if size >> 32 != max(0, self._size) >> 32:
                self._measure()  # offsets have another digit
            self._size = size
            self._fit()
            if self.following:
                self._scroll_to(self._last_top())
            self.viewport().update()

    def scroll_rows(self, count: int) -> None:
        """Move what is in view by rows, down where it is positive."""
        rows, last = self.rows, self._last_top()
        self._scroll_to(min(self._guarded(lambda: scrolled(rows, self._top, count), self._top), last))
        self.following = self._top >= last > 0

    def seen_rows(self) -> list[Row | HexRow]:
        """The rows in view."""
        return self._guarded(self._laid_out, [])

    def _laid_out(self) -> list[Row | HexRow]:
        found: list[Row | HexRow] = []
        start = self._top
        while start < self._size and len(found) <= self._visible():
            row = self.rows.row(start)
            found.append(row)
            if row.end <= start:
                break
            start = row.end
        return found

    def remeasure(self) -> None:
        """The margin or the font is another one."""
        self._measure()
        self._top = self._guarded(lambda: self.rows.start_of(self._top), 0)
        self._fit()
        self.viewport().update()

    def _measure(self) -> None:
        metrics = QFontMetricsF(code_font())
        self._cell = metrics.horizontalAdvance("0") or 8.0
        self._line = ceil(metrics.height()) + 2
        self._ascent = metrics.ascent() + 1
        wide = self.viewport().width() - self.gutter - 2 * MARGIN
        self._text.set_columns(max(8, int(wide / self._cell)))
        self._hex.set_width(int(wide / self._cell))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.remeasure()
        if self.following:
            self._scroll_to(self._last_top())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: three rows a notch."""
        self._wheel += event.angleDelta().y()
        step = int(self._wheel / _NOTCH)
        self._wheel -= step * _NOTCH
        self.scroll_rows(-step)
        event.accept()

    def _visible(self) -> int:
        return max(1, (self.viewport().height() - 2) // self._line)

    def _seen(self, byte: int) -> bool:
        rows = self.seen_rows()[: self._visible()]
        at_end = bool(rows) and byte == self._size == rows[-1].end
        return at_end or (bool(rows) and rows[0].start <= byte < rows[-1].end)

    def _last_top(self) -> int:
        rows = self.rows
        return self._guarded(lambda: scrolled(rows, rows.start_of(self._size), 1 - self._visible()), 0)

    def _scroll_to(self, start: int) -> None:
        self._top = start
        self._setting = True
        self.verticalScrollBar().setValue(start // self._scale)
        self._setting = False
        self.viewport().update()

    def _fit(self) -> None:
        """The bar's range for as many bytes as there are; it counts in bytes, or many of them."""
        last = self._last_top()
        self._scale = max(1, -(-self._size // _LARGEST_BAR))
        bar = self.verticalScrollBar()
        self._setting = True
        bar.setRange(0, last // self._scale)
        bar.setPageStep(max(1, self._visible() * 16 // self._scale))
        self._top = min(self._top, last)
        bar.setValue(self._top // self._scale)
        self._setting = False

    def _bar_moved(self, value: int) -> None:
        if self._setting:
            return
        bar = self.verticalScrollBar()
        end = value >= bar.maximum()
        byte = value * self._scale
        self._top = self._last_top() if end else self._guarded(lambda: self.rows.start_of(byte), 0)
        self.following = end and bar.maximum() > 0
        self.viewport().update()

    def _bar_asked(self, action: int) -> None:
        """A page or a step of the bar is one of rows, not of bytes."""
        actions = QAbstractSlider.SliderAction
        steps = {
            actions.SliderSingleStepAdd.value: 1,
            actions.SliderSingleStepSub.value: -1,
            actions.SliderPageStepAdd.value: max(1, self._visible() - 1),
            actions.SliderPageStepSub.value: -max(1, self._visible() - 1),
        }
        if action in steps:
            self.scroll_rows(steps[action])
            self.verticalScrollBar().setSliderPosition(self.verticalScrollBar().value())

    def _guarded(self, look: Callable[[], _T], otherwise: _T) -> _T:
        """Read; where the bytes are gone, say so once and show nothing."""
        try:
            return look()
        except (OSError, StoreError, ValueError) as error:
            if not self._failed:
                self._failed = str(error)
                self.trouble.emit(self._failed)
            return otherwise
