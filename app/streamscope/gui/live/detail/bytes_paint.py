"""Painting one row of bytes: its selection, its spans, its characters."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from streamscope.gui.live.detail.hex_rows import HexRow, HexRows, seen
from streamscope.gui.live.detail.text_rows import Piece, Row
from streamscope.gui.theme import colour

Coloured = tuple[int, int, str]
"""Bytes from, to before, and a token of the theme."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the characters: coloured bytes in the order of painting; and the measures of a row in pixels."""

    coloured: Sequence[Coloured]
    hits: Sequence[tuple[int, int]]
    selection: tuple[int, int]
    caret: int
    left: int
    cell: float
    ascent: float
    height: int

    def of(self, start: int, end: int) -> list[Coloured]:
        """What is coloured of some bytes."""
        first = max(0, bisect_right(self.hits, (start, 1 << 62)) - 1)
        hits: list[Coloured] = []
        for low, high in self.hits[first : first + 400]:
            if low >= end:
                break
            hits.append((low, high, "warn_line"))
        layers = [*self.coloured, *hits, (*self.selection, "selected")]
        return [(max(low, start), min(high, end), token) for low, high, token in layers if low < end and high > start]


def paint_row(painter: QPainter, row: Row, top: int, ground: Ground) -> None:
    """Paint a row of text."""
    for low, high, token in ground.of(row.start, row.end):
        left = ground.left + row.column_of(low) * ground.cell
        right = ground.left + row.column_of(high) * ground.cell
        right = max(right, left + (ground.cell if high >= row.end else 2))
        painter.fillRect(QRectF(left, top, right - left, ground.height), colour(token))
    text, odd = colour("text"), colour("muted")
    metrics = painter.fontMetrics()
    for piece in row.pieces:
        _paint_piece(painter, piece, top, ground, odd if piece.kind == "odd" else text, QFontMetricsF(metrics))
    if row.start <= ground.caret < row.end or ground.caret == row.end == row.start:
        _paint_cursor(painter, ground.left + row.column_of(ground.caret) * ground.cell, top, ground)


def _paint_piece(
    painter: QPainter, piece: Piece, top: int, ground: Ground, tint: QColor, metrics: QFontMetricsF
) -> None:
    left, base = ground.left + piece.column * ground.cell, top + ground.ascent
    painter.setPen(tint)
    if piece.kind == "odd":
        box = QRectF(left, top + 1, piece.cells * ground.cell, ground.height - 2)
        painter.fillRect(box, colour("hover"))
    width = piece.cells * ground.cell
    if piece.sizes is None or abs(metrics.horizontalAdvance(piece.text) - width) < 1:
        painter.drawText(QPointF(left, base), piece.text)
        return
    step = ground.cell * (2 if piece.kind == "wide" else 1)  # another font's letters are set cell by cell
    letters = _letters(piece)
    for place, letter in enumerate(letters):
        painter.drawText(QPointF(left + place * step, base), letter)


def _letters(piece: Piece) -> list[str]:
    """The characters of a piece, each with its marks."""
    data, found, at = piece.text.encode(), [], 0
    for size in piece.sizes or ():
        found.append(data[at : at + size].decode(errors="replace"))
        at += size
    return found


def paint_hex(painter: QPainter, row: HexRow, rows: HexRows, top: int, ground: Ground) -> None:
    """Paint a row of hex."""
    for low, high, token in ground.of(row.start, row.end):
        first, last = low - row.start, high - row.start - 1
        for column, width in (
            (rows.hex_column(first), rows.hex_column(last) + 2 - rows.hex_column(first)),
            (rows.ascii_column(first), last + 1 - first),
        ):
            left = ground.left + column * ground.cell
            painter.fillRect(QRectF(left - 1, top, width * ground.cell + 2, ground.height), colour(token))
    base = top + ground.ascent
    painter.setPen(colour("muted"))
    painter.drawText(QPointF(ground.left, base), f"{row.start:0{rows.digits}x}")
    painter.setPen(colour("text"))
    for at in range(0, len(row.data), 8):
        left = ground.left + rows.hex_column(at) * ground.cell
        painter.drawText(QPointF(left, base), row.data[at : at + 8].hex(" "))
    painter.setPen(colour("code_text"))
    painter.drawText(QPointF(ground.left + rows.ascii_column(0) * ground.cell, base), seen(row.data))
    if row.start <= ground.caret < max(row.end, row.start + 1):
        place = ground.caret - row.start
        for column in (rows.hex_column(place), rows.ascii_column(place)):
            _paint_cursor(painter, ground.left + column * ground.cell, top, ground)


def _paint_cursor(painter: QPainter, left: float, top: int, ground: Ground) -> None:
    painter.fillRect(QRectF(left - 1, top + 1, 1.5, ground.height - 2), colour("accent"))
