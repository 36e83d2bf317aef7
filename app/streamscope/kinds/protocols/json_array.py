"""Splitting a JSON array into its elements while it comes (RFC 8259): pure, in time linear to the input.

Brackets and strings are followed; whether an element is valid JSON is for whoever decodes it.
"""

import re

_INTERESTING = re.compile(rb'["{}\[\],\\]')
_IN_STRING = re.compile(rb'["\\]')
_BLANK = b" \t\r\n"


class ArrayDecoder:
    """Feed it bytes as they come; it gives each element that they complete, with its offset in the input."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._begun = 0
        self._at = 0
        self._depth = 0
        self._quoted = False
        self._escaped = False
        self._ended = False

    @property
    def pending(self) -> bool:
        """Whether bytes of an element that is not whole yet have come."""
        return any(piece.strip(_BLANK) for piece in self._rest)

    def feed(self, data: bytes) -> list[tuple[bytes, int]]:
        """The elements that these bytes complete."""
        found: list[tuple[bytes, int]] = []
        start = at = 0
        if self._escaped and data:
            self._escaped, at = False, 1
        while not self._ended:
            match = (_IN_STRING if self._quoted else _INTERESTING).search(data, at)
            if match is None:
                break
            at = match.end()
            mark = match.group()
            if mark == b"\\":
                if at == len(data):
                    self._escaped = True
                at += 1
            elif mark == b'"':
                self._quoted = not self._quoted
            elif mark in (b"{", b"["):
                self._depth += 1
                if self._depth == 1:
                    start = self._next(at)
            elif mark == b"," and self._depth == 1:
                self._element(data[start : at - 1], found)
                start = self._next(at)
            elif mark in (b"}", b"]"):
                self._depth -= 1
                if self._depth == 0:
                    self._element(data[start : at - 1], found)
                    start = self._next(at)
                    self._ended = True
        self._rest.append(data[start:])
        self._at += len(data)
        return found

    def finish(self) -> tuple[bytes, int]:
        """What is left: an element that was cut, or what came behind the array; and its offset."""
        return b"".join(self._rest), self._begun

    def _next(self, at: int) -> int:
        """The next element begins here."""
        self._rest = []
        self._begun = self._at + at
        return at

    def _element(self, last: bytes, found: list[tuple[bytes, int]]) -> None:
        whole = b"".join((*self._rest, last))
        element = whole.lstrip(_BLANK)
        if element:
            found.append((element.rstrip(_BLANK), self._begun + len(whole) - len(element)))
