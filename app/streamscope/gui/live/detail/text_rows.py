"""Bytes as rows of text of a bounded width, anywhere in gigabytes: where a row begins is found nearby. Pure.

A row ends with a line, where it is full, and at a multiple of `BLOCK` bytes in a line that began more than a block
before: so the beginning of a row is found by looking back over two blocks at most. Characters that would act on the
text around them (controls, bidi marks, what is invisible, a flood of combining marks) and bytes that are no UTF-8 are
spelt as escapes.
"""

import re
from dataclasses import dataclass
from typing import Protocol
from unicodedata import category, combining, east_asian_width

BLOCK = 8192
"""Bytes from which on a line without an end is cut at round offsets."""
_MARKS = 2
"""Combining marks on one letter; more of them are spelt."""
_WIDEST = 12
"""Bytes that one cell may take: a letter and its marks."""
_LETTER = 4
"""Bytes of a letter at most."""
_KNOWN = 4096
_PLAIN = re.compile(rb"[\x20-\x7e]+")
_SPELT = {0x00: "\\0", 0x07: "\\a", 0x08: "\\b", 0x09: "\\t", 0x0B: "\\v", 0x0C: "\\f", 0x0D: "\\r", 0x1B: "\\e"}
_TAB = 0x09
_ODD = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))

Kind = str
"""plain: characters of one cell; wide: of two; odd: an escape."""


class Source(Protocol):
    """Bytes that are looked at, however many."""

    def size(self) -> int:
        """How many there are now."""

    def read(self, start: int, size: int) -> bytes:
        """Some of them, fewer where there are no more. Raises OSError or StoreError."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a row beside each other, the cell where they begin, and their place among the bytes.

    `sizes` has the bytes of each character, None where each is one byte; an escape is one character.
    """

    kind: Kind
    text: str
    column: int
    cells: int
    start: int
    size: int
    sizes: bytes | None = None

    def byte_at(self, column: int) -> int:
        """The offset of the character in a cell."""
        if self.kind == "odd":
            return self.start
        place = (column - self.column) // (2 if self.kind == "wide" else 1)
        place = max(0, min(place, (self.size if self.sizes is None else len(self.sizes)) - 1))
        return self.start + (place if self.sizes is None else sum(self.sizes[:place]))

    def column_of(self, byte: int) -> int:
        """The cell of a byte in it."""
        if self.kind == "odd":
            return self.column
        place, count = byte - self.start, 0
        if self.sizes is None:
            count = place
        else:
            for size in self.sizes:
                if place < size:
                    break
                place -= size
                count += 1
        return self.column + count * (2 if self.kind == "wide" else 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its bytes from `start` to before `end`, and its pieces."""

    start: int
    end: int
    pieces: tuple[Piece, ...]

    def byte_at(self, column: int) -> int:
        """The offset of what is seen in a cell; of the row's last byte behind it."""
        for piece in self.pieces:
            if column < piece.column + piece.cells:
                return piece.byte_at(column)
        last = self.pieces[-1] if self.pieces else None
        behind = last.start + last.size if last is not None else self.start
        return min(behind, max(self.start, self.end - 1))

    def column_of(self, byte: int) -> int:
        """The cell where a byte is seen."""
        for piece in self.pieces:
            if byte < piece.start + piece.size:
                return piece.column_of(byte)
        return self.pieces[-1].column + self.pieces[-1].cells if self.pieces else 0

    @property
    def text(self) -> str:
        """What is seen."""
        return "".join(piece.text for piece in self.pieces)


class TextRows:
    """The rows of a source at a width in cells."""

    def __init__(self, source: Source, columns: int = 100) -> None:
        self._source = source
        self._columns = max(8, columns)
        self._rows: dict[int, Row] = {}

    def set_columns(self, columns: int) -> None:
        """Rows of another width."""
        if (columns := max(8, columns)) != self._columns:
            self._columns = columns
            self._rows.clear()

    def row(self, start: int) -> Row:
        """The row that begins here."""
        found = self._rows.get(start)
        if found is None:
            size = self._source.size()
            found = self._laid(start)
            if found.end + _LETTER <= size:  # the last row, or a letter at its end, may go on with what comes
                if len(self._rows) >= _KNOWN:
                    self._rows.clear()
                self._rows[start] = found
        return found

    def start_of(self, byte: int) -> int:
        """Where the row begins that holds this byte; the end of the source belongs to the last row."""
        size = self._source.size()
        byte = max(0, min(byte, size))
        if byte == size and size and self._source.read(size - 1, 1) != b"\n":
            byte -= 1
        start = self._anchor(byte)
        while (row := self.row(start)).end <= byte and row.end > start:
            start = row.end
        return start

    def before(self, start: int) -> int:
        """Where the row before begins; 0 for the first."""
        return self.start_of(start - 1) if start > 0 else 0

    def _anchor(self, byte: int) -> int:
        """A place at or before a byte where a row is sure to begin."""
        block = byte // BLOCK * BLOCK
        first = max(0, block - BLOCK)
        seen = self._source.read(first, byte - first)
        line = seen.rfind(b"\n")
        if line >= 0:
            return first + line + 1
        if not block:
            return 0
        cut = self._cut(block)
        return cut if cut <= byte else self._anchor(block - 1)

    def _cut(self, block: int) -> int:
        """The first byte from here on that begins a character; a line's end belongs to what is before it."""
        ahead = self._source.read(block, 3)
        if ahead[:1] == b"\n":
            return block + 1
        return block + sum(1 for _ in _continued(ahead))

    def _laid(self, start: int) -> Row:
        data = self._source.read(start, _WIDEST * self._columns)
        line = data.find(b"\n")
        limit = len(data) if line < 0 else line
        block = (start // BLOCK + 1) * BLOCK
        if start < block < start + limit:
            limit = self._limited(start, block, limit)
        pieces, used = laid_out(data[:limit], start, self._columns)
        end = start + used
        if line >= 0 and used == line:
            end += 1
        return Row(start, end, tuple(pieces))

    def _limited(self, start: int, block: int, limit: int) -> int:
        before = self._source.read(block - BLOCK, BLOCK)
        if b"\n" in before:
            return limit
        cut = self._cut(block) - start
        return min(limit, cut) if cut > 0 else limit


def laid_out(data: bytes, start: int, columns: int) -> tuple[list[Piece], int]:
    """Bytes without a line end as pieces of one row, and how many of them fit; at least one character always does."""
    pieces: list[Piece] = []
    at = column = 0
    while at < len(data) and column < columns:
        if run := _PLAIN.match(data, at):
            taken = min(run.end() - at, columns - column)
            if taken == run.end() - at and _marked(data, at + taken):
                taken -= 1  # the last letter bears a mark: it goes with the letters that follow
        else:
            taken = 0
        if taken:
            pieces.append(Piece("plain", data[at : at + taken].decode("ascii"), column, taken, start + at, taken))
        else:
            piece = _letters(data, at, start, column, columns) or _escape(data, at, start, column)
            if column and column + piece.cells > columns:
                break
            pieces.append(piece)
        at += pieces[-1].size
        column += pieces[-1].cells
    return pieces, at


def _letters(data: bytes, at: int, start: int, column: int, columns: int) -> Piece | None:
    """Letters beyond ASCII that look alike, as many as fit; None where there is none to be shown as it is."""
    text: list[str] = []
    sizes, cells, wide = bytearray(), 0, False
    marks = 0
    place = at
    while place < len(data) and (data[place] >= 0x80 or _marked(data, place + 1)):
        char = _char(data, place)
        if not char or category(char) in _ODD or char == "\xa0":
            break
        if combining(char) or category(char) in ("Mn", "Me"):
            marks += 1
            if not text or marks > _MARKS or sizes[-1] > 200:
                break
            text[-1] += char
            sizes[-1] += len(char.encode())
        else:
            broad = east_asian_width(char) in "WF"
            width = 2 if broad else 1
            if (text and broad != wide) or column + cells + width > columns:
                break
            wide, marks = broad, 0
            text.append(char)
            sizes.append(len(char.encode()))
            cells += width
        place += len(char.encode())
    if not text:
        return None
    return Piece("wide" if wide else "plain", "".join(text), column, cells, start + at, sum(sizes), bytes(sizes))


def _escape(data: bytes, at: int, start: int, column: int) -> Piece:
    """What is not shown as it is."""
    first, size = data[at], 1
    if first == _TAB:
        text = "  "
        return Piece("odd", text, column, 2, start + at, 1)
    if first < 0x80:
        text = _SPELT.get(first) or f"\\x{first:02x}"
    else:
        char = _char(data, at)
        size = len(char.encode()) if char else 1
        code = ord(char) if char else 0
        text = f"\\x{first:02x}" if not char else f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"
    return Piece("odd", text, column, len(text), start + at, size)


def _char(data: bytes, at: int) -> str:
    """The character at an offset, '' where there is none of UTF-8."""
    first = data[at]
    if 0x20 <= first < 0x7F:
        return chr(first)
    size = 2 if 0xC2 <= first < 0xE0 else 3 if 0xE0 <= first < 0xF0 else 4 if 0xF0 <= first < 0xF5 else 0
    try:
        return data[at : at + size].decode() if size else ""
    except UnicodeDecodeError:
        return ""


def _marked(data: bytes, at: int) -> bool:
    """Whether a combining mark stands here."""
    return at < len(data) and data[at] >= 0xCC and combining(_char(data, at) or " ") > 0


def _continued(data: bytes) -> bytes:
    """The bytes at the beginning that go on with a character."""
    count = 0
    while count < len(data) and 0x80 <= data[count] < 0xC0:
        count += 1
    return data[:count]


def spelt(text: str) -> str:
    """A text for a line of a view: what acts on its surroundings is spelt, line ends too."""
    data = text.replace("\n", "\u240a").encode(errors="surrogatepass")
    pieces, _ = laid_out(data, 0, 1 << 30)
    return "".join(piece.text for piece in pieces)
