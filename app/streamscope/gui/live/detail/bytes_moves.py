"""Where keys move the cursor among rows of bytes. Pure."""

from collections.abc import Sequence

from streamscope.gui.live.detail.hex_rows import HexRow, HexRows
from streamscope.gui.live.detail.text_rows import Piece, Row, TextRows

Rows = TextRows | HexRows


def beside(rows: Rows, byte: int, step: int) -> int:
    """The character after a byte (step 1) or before it (-1), by its first byte."""
    if isinstance(rows, HexRows):
        return byte + step
    row = rows.row(rows.start_of(byte))
    if step < 0 and byte <= row.start:
        return _last_of(rows.row(rows.before(row.start))) if row.start else 0
    for piece in row.pieces:
        end = piece.start + piece.size
        if piece.start <= byte < end and step > 0:
            return _edges(piece, byte)[1]
        if piece.start < byte <= end and step < 0:
            return _edges(piece, byte - 1)[0]
    return max(row.start, row.end) if step > 0 else byte + step


def _last_of(row: Row) -> int:
    """Where the last character of a row begins; its line end counts as one."""
    shown = row.pieces[-1].start + row.pieces[-1].size if row.pieces else row.start
    if shown < row.end or not row.pieces:
        return shown
    return _edges(row.pieces[-1], shown - 1)[0]


def _edges(piece: Piece, byte: int) -> tuple[int, int]:
    """Where the character begins and ends that a byte of a piece belongs to."""
    if piece.kind == "odd":
        return piece.start, piece.start + piece.size
    if piece.sizes is None:
        return byte, byte + 1
    at = piece.start
    for size in piece.sizes:
        if byte < at + size:
            return at, at + size
        at += size
    return at, at


def row_end(rows: Rows, byte: int) -> int:
    """The end of a byte's row: behind its last character, of hex on its last byte."""
    row = rows.row(rows.start_of(byte))
    if isinstance(row, HexRow):
        return max(row.start, row.end - 1)
    return row.pieces[-1].start + row.pieces[-1].size if row.pieces else row.start


def rows_away(rows: Rows, byte: int, count: int, size: int) -> int:
    """The byte in the same column some rows further down, or up where `count` is negative."""
    start = rows.start_of(byte)
    column = rows.row(start).column_of(byte)
    for _ in range(abs(count)):
        start = min(rows.row(start).end, size) if count > 0 else rows.before(start)
    return rows.row(rows.start_of(start)).byte_at(column)


def scrolled(rows: Rows, start: int, count: int) -> int:
    """The row so many rows further down, or up where `count` is negative, by its beginning."""
    for _ in range(abs(count)):
        start = rows.row(start).end if count > 0 else rows.before(start)
    return start


def into_view(rows: Rows, seen: Sequence[Row | HexRow], byte: int, room: int) -> int:
    """The first row of a view of `room` rows that is to show a byte: moved by one row where that is enough."""
    start = rows.start_of(byte)
    if seen and start == seen[-1].end:
        return seen[1].start if len(seen) > 1 else start
    if seen and rows.before(seen[0].start) == start:
        return start
    return scrolled(rows, start, -(room // 3))
