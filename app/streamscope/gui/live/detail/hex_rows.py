"""Bytes as rows of hex: the offset, sixteen bytes (eight where there is little room), and their ASCII. Pure."""

from dataclasses import dataclass

from streamscope.gui.live.detail.text_rows import Source

GAP = 2
"""Blanks between the columns."""


@dataclass(frozen=True, slots=True)
class HexRow:
    """One row: its bytes from `start` to before `end`."""

    start: int
    end: int
    data: bytes

    def byte_at(self, column: int) -> int:
        """The byte of a column, counted in bytes."""
        return max(self.start, min(self.start + column, self.end - 1))

    def column_of(self, byte: int) -> int:
        """The column of a byte."""
        return byte - self.start


class HexRows:
    """The rows of a source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.per_row = 16
        self.digits = 8

    def set_width(self, cells: int) -> None:
        """So many cells are there: four, eight or sixteen bytes a row."""
        self.digits = max(8, len(f"{self._source.size():x}"))
        self.per_row = next((count for count in (16, 8) if self.cells(count) <= cells), 4)

    def cells(self, count: int) -> int:
        """The cells that a row of so many bytes takes."""
        return self.digits + GAP + 3 * count + (1 if count > 8 else 0) + GAP - 1 + count

    def row(self, start: int) -> HexRow:
        """The row that begins here."""
        data = self._source.read(start, self.per_row)
        return HexRow(start, start + len(data), data)

    def start_of(self, byte: int) -> int:
        """Where the row begins that holds this byte; the end of the source belongs to the last row."""
        size = self._source.size()
        byte = max(0, min(byte, size - 1))
        return byte - byte % self.per_row

    def before(self, start: int) -> int:
        """Where the row before begins; 0 for the first."""
        return max(0, start - self.per_row)

    def hex_column(self, place: int) -> int:
        """The cell where a byte of a row begins."""
        return self.digits + GAP + 3 * place + (1 if place >= 8 else 0)

    def ascii_column(self, place: int) -> int:
        """The cell where a byte is seen as ASCII."""
        return self.hex_column(self.per_row - 1) + 2 + GAP + place

    def byte_at(self, row: HexRow, column: float) -> int:
        """The byte that is seen in a cell, as hex or as ASCII."""
        if column >= self.ascii_column(0) - 1:
            return row.byte_at(int(column) - self.ascii_column(0))
        place = next((at for at in range(self.per_row) if column < self.hex_column(at) + 2.5), self.per_row - 1)
        return row.byte_at(place)

    def line(self, row: HexRow) -> str:
        """The row as text."""
        parts = [row.data[at : at + 8].hex(" ") for at in range(0, self.per_row, 8)]
        width = min(8, self.per_row) * 3 - 1
        return f"{row.start:0{self.digits}x}  {'  '.join(f'{part:<{width}}' for part in parts)}  {seen(row.data)}"


def seen(data: bytes) -> str:
    """Bytes as ASCII, a dot for each that is no letter."""
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
