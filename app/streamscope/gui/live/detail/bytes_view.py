"""Bytes as text or hex, of any number: only what is in view is read. One widget for payloads and for whole streams."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from streamscope.gui.live.detail.bytes_area import ABOVE, MARGIN, RowsView
from streamscope.gui.live.detail.bytes_copies import LARGEST_COPY, add_copies, as_hex, as_text, put
from streamscope.gui.live.detail.bytes_moves import beside, into_view, row_end, rows_away
from streamscope.gui.live.detail.bytes_paint import Ground, paint_hex, paint_row
from streamscope.gui.live.detail.hex_rows import HexRow
from streamscope.gui.live.detail.text_rows import Source
from streamscope.gui.theme import code_font, colour

_EDGE = 24  # milliseconds between two steps while a selection is dragged beyond the edge


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes that are coloured: from `start` to before `end`, and a token of the theme."""

    start: int
    end: int
    token: str


class BytesView(RowsView):
    """Rows of a source; a cursor and a selection that count in bytes.

    `clicked` tells the byte that was clicked, `moved` where the caret is.
    """

    clicked = Signal(int)
    moved = Signal(int)

    def __init__(self, name: str, source: Source, parent: QWidget | None = None, *, hexadecimal: bool = False) -> None:
        self.caret = self.anchor = 0
        self.spans: Sequence[Span] = ()
        self.hits: Sequence[tuple[int, int]] = ()
        self._dragged = QPoint()
        super().__init__(name, source, parent, hexadecimal=hexadecimal)
        self._edge = QTimer(self)
        self._edge.setInterval(_EDGE)
        self._edge.timeout.connect(self._drag_on)

    def set_source(self, source: Source) -> None:
        """Show other bytes, from their beginning."""
        self.caret = self.anchor = 0
        self.hits = ()
        self._take(source)
        self.grown()

    def show_hex(self, hexadecimal: bool) -> None:
        """Show rows of sixteen bytes, or text; what is in view stays so."""
        if hexadecimal != self.hexadecimal:
            self.hexadecimal = hexadecimal
            self._measure()
            self.go_to(self.caret if self._seen(self.caret) else self._top, select=None)

    def go_to(self, byte: int, end: int = -1, *, select: bool | None = False) -> None:
        """Bring a byte into view, with the cursor on it, or bytes from there to before `end` selected.

        `select`: keep the other end of the selection; None leaves cursor and selection alone.
        """
        byte = max(0, min(byte, max(0, self._size)))
        if select is not None:
            self.caret = byte
            self.anchor = self.anchor if select else byte
            if end >= 0:
                self.anchor, self.caret = min(end, self._size), byte
            self._tell()
        if not self._seen(byte):
            rows, seen, room = self.rows, self.seen_rows()[: self._visible()], self._visible()
            self._scroll_to(self._guarded(lambda: into_view(rows, seen, byte, room), self._top))
        self.viewport().update()

    def selection(self) -> tuple[int, int]:
        """The selected bytes: from, and to before."""
        return min(self.anchor, self.caret), max(self.anchor, self.caret)

    def selected(self) -> bytes:
        """The selected bytes, of very many only the first."""
        start, end = self.selection()
        return self._guarded(lambda: self._source.read(start, min(end - start, LARGEST_COPY)), b"")

    def copy(self) -> None:
        """Copy the selection: its text, or in hex rows its bytes as hex."""
        if data := self.selected():
            put(as_hex(data) if self.hexadecimal else as_text(data))

    def select_all(self) -> None:
        """Select everything."""
        self.anchor, self.caret = 0, self._size
        self._tell()
        self.viewport().update()

    def shown_text(self, largest: int = 60_000) -> str:
        """What is shown from the beginning on, row by row."""
        lines, start = [], 0
        while start < min(self._size, largest):
            row = self.rows.row(start)
            lines.append(self._hex.line(row) if isinstance(row, HexRow) else row.text)
            if row.end <= start:
                break
            start = row.end
        return "\n".join(lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), colour("surface"))
        painter.setFont(code_font())
        ground = Ground(
            coloured=[(span.start, span.end, span.token) for span in self.spans],
            hits=self.hits,
            selection=self.selection(),
            caret=self.caret if self.hasFocus() else -1,
            left=self.gutter + MARGIN,
            cell=self._cell,
            ascent=self._ascent,
            height=self._line,
        )
        top = ABOVE
        for row in self.seen_rows():
            self.paint_gutter(painter, row.start, row.end, QRect(0, top, self.gutter, self._line))
            if isinstance(row, HexRow):
                paint_hex(painter, row, self._hex, top, ground)
            else:
                paint_row(painter, row, top, ground)
            top += self._line
        painter.end()

    def paint_gutter(self, painter: QPainter, start: int, end: int, rect: QRect) -> None:
        """For subclasses: what stands left of a row of these bytes."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the cursor's keys, copying, selecting."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif (byte := self._aimed(event)) is not None:
            self.go_to(byte, select=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self.following = False
        else:
            super().keyPressEvent(event)

    def _aimed(self, event: QKeyEvent) -> int | None:
        """Where a key moves the cursor, None for another key."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        keys, cursor, rows = Qt.Key, self.caret, self.rows
        if key in (keys.Key_Left, keys.Key_Right):
            return self._guarded(lambda: beside(rows, cursor, 1 if key == keys.Key_Right else -1), cursor)
        if key == keys.Key_Home:
            return 0 if control else self._guarded(lambda: rows.start_of(cursor), 0)
        if key == keys.Key_End:
            return self._size if control else self._guarded(lambda: row_end(rows, cursor), cursor)
        page = max(1, self._visible() - 1)
        steps = {keys.Key_Up: -1, keys.Key_Down: 1, keys.Key_PageUp: -page, keys.Key_PageDown: page}
        step = next((count for known, count in steps.items() if known == key), 0)
        return self._guarded(lambda: rows_away(rows, cursor, step, self._size), cursor) if step else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if event.button() == Qt.MouseButton.LeftButton:
            byte = self.byte_at(event.position().toPoint())
            self.go_to(byte, select=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self.clicked.emit(byte)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._dragged = event.position().toPoint()
            self._drag()
            outside = not self.viewport().rect().contains(self._dragged)
            if outside != self._edge.isActive():
                self._edge.start() if outside else self._edge.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        self._edge.stop()

    def _drag_on(self) -> None:
        self.scroll_rows(-1 if self._dragged.y() < 0 else 1 if self._dragged.y() > self.viewport().height() else 0)
        self._drag()

    def _drag(self) -> None:
        byte = self.byte_at(self._dragged)
        self.caret = max(0, min(byte, self._size))
        self._tell()
        self.viewport().update()

    def byte_at(self, place: QPoint) -> int:
        """The offset of the byte that is seen at a place."""
        rows = self.seen_rows()
        if not rows:
            return 0
        row = rows[max(0, min((place.y() - ABOVE) // self._line, len(rows) - 1))]
        column = (place.x() - self.gutter - MARGIN) / self._cell
        return self._hex.byte_at(row, column) if isinstance(row, HexRow) else row.byte_at(max(0, round(column - 0.2)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: copying as text, hex, base64 or a C array."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_copies(menu, self.selected)
        menu.addAction(self.tr("Select all"), self.select_all)
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _tell(self) -> None:
        row = next((row for row in self.seen_rows() if row.start <= self.caret < max(row.end, row.start + 1)), None)
        if row is not None:
            self.setAccessibleDescription(self._hex.line(row) if isinstance(row, HexRow) else row.text)
        self.moved.emit(self.caret)
