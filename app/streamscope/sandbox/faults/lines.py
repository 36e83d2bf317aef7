"""Faults of bytes: how an event stream's lines look on the wire."""

from dataclasses import replace

from streamscope.sandbox.faults.pieces import LINES, SSE, Piece
from streamscope.sandbox.faults.stage import Stage

# A character for private use stands for the wrong bytes until the text is bytes.
WRONG = "\ue0f0"
WRONG_BYTES = b"\xff\xfe"
MANY_BYTES = " \u00e9\u20ac\U0001f600"
SPLIT_SECONDS = 0.02
CONTINUATION, LEAD = 0x80, 0xC0
ENDS = (b"\n", b"\r\n", b"\r")
RAW_ERROR = b'{"error": {"code": 503, "message": "The backend is gone.", "status": "UNAVAILABLE"}}\n\n'


class Bom(Stage):
    """The byte order mark comes before anything."""

    begun_already = False

    def other(self, piece: Piece) -> list[Piece]:
        """The first piece has it."""
        first, self.begun_already = not self.begun_already, True
        return [replace(piece, data=b"\xef\xbb\xbf" + piece.data)] if first else [piece]


class Cr(Stage):
    """Lines end with CR."""

    def other(self, piece: Piece) -> list[Piece]:
        """Each line of it."""
        return [replace(piece, data=piece.data.replace(b"\n", b"\r"))]


class MixedEnds(Stage):
    """Lines end with LF, CRLF and CR by turns, and an event with the end that its last line has."""

    events = 0

    def other(self, piece: Piece) -> list[Piece]:
        """One way for each event."""
        self.events += 1
        return [replace(piece, data=piece.data.replace(b"\n", ENDS[self.events % len(ENDS)]))]


class Glued(Stage):
    """The fourth token's event has no blank line after it."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """One line end less."""
        return [replace(piece, data=piece.data.removesuffix(b"\n"))] if piece.form == SSE else [piece]


class RawLine(Stage):
    """An error that is no event comes after the fourth token."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """The event and the line."""
        return [piece, replace(piece, data=RAW_ERROR if piece.form == SSE else b"not JSON\n")]


class BadUtf8(Stage):
    """The mark in a text becomes bytes that no text has."""

    def other(self, piece: Piece) -> list[Piece]:
        """With the bytes in place of the mark."""
        return [replace(piece, data=piece.data.replace(WRONG.encode(), WRONG_BYTES))]


class SplitUtf8(Stage):
    """A write ends within each character of several bytes."""

    def other(self, piece: Piece) -> list[Piece]:
        """Cut after the first byte of each such character."""
        parts, begin = [], 0
        for at, byte in enumerate(piece.data):
            if byte >= LEAD:
                parts.append(piece.data[begin : at + 1])
                begin = at + 1
        parts.append(piece.data[begin:])
        return [replace(piece, data=part).late(number * SPLIT_SECONDS) for number, part in enumerate(parts)]


class NulId(Stage):
    """The fourth token's event has an id with NUL."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """With the id."""
        return [replace(piece, data=b"id: a\x00b\n" + piece.data)] if piece.form == SSE else [piece]


class BadRetry(Stage):
    """A reconnection time that is no number."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """Before the event."""
        return [replace(piece, data=b"retry: soon\n" + piece.data)] if piece.form == SSE else [piece]


class Unfinished(Stage):
    """The last event's last line ends, but no blank line comes after it; the last of JSON lines is cut."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._held: Piece | None = None

    def other(self, piece: Piece) -> list[Piece]:
        """One is always held: it may be the last."""
        held, self._held = self._held, piece
        return [held] if held else []

    def end(self, at: float) -> list[Piece]:
        """The last, unfinished."""
        if self._held is None:
            return []
        less = self._held.data[:-3] if self._held.form == LINES else self._held.data.removesuffix(b"\n")
        return [replace(self._held, data=less, at=max(at, self._held.at))]
