"""Splitting a JSON array into its elements while it comes (RFC 8259): pure, in time linear to the input.

Brackets and strings are followed; whether an element is valid JSON is for whoever decodes it.
"""

import re
import sys
from typing import NamedTuple

_INTERESTING = re.compile(rb'["{}\[\],]')
_NESTED = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')
_BLANK = b" \t\r\n"


class Element(NamedTuple):
    """An element's bytes, its offset in the input and its size, of which `data` may be the beginning only."""

    data: bytes
    at: int
    size: int


class ArrayDecoder:
    """Feed it bytes as they come; it gives each element that they complete.

    `largest`: the bytes of an element that are held at most; the rest is counted.
    """

    def __init__(self, largest: int = sys.maxsize) -> None:
        self._largest = largest
        self._rest: list[bytes] = []
        self._held = 0
        self._blank = 0
        self._begun = 0
        self._size = 0
        self._at = 0
        self._depth = 0
        self._quoted = False
        self._escaped = False
        self._ended = False

    @property
    def pending(self) -> bool:
        """Whether bytes of an element that is not whole yet have come."""
        return bool(self._rest)

    @property
    def between(self) -> bool:
        """Whether no string, and no bracket but the array's own, is open."""
        return self._depth == 1 and not self._quoted

    def feed(self, data: bytes) -> list[Element]:
        """The elements that these bytes complete."""
        found: list[Element] = []
        start = at = 0
        if self._escaped and data:
            self._escaped, at = False, 1
        while not self._ended:
            marks = _IN_STRING if self._quoted else _INTERESTING if self._depth < 2 else _NESTED
            match = marks.search(data, at)
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
                self._element(data[start : at - 1], self._at + start, found)
                start = self._next(at)
            elif mark in (b"}", b"]"):
                self._depth -= 1
                if self._depth == 0:
                    self._element(data[start : at - 1], self._at + start, found)
                    start = self._next(at)
                    self._ended = True
        self._hold(data[start:], self._at + start)
        self._at += len(data)
        return found

    def finish(self) -> Element | None:
        """What is left: an element that was cut, or what came behind the array."""
        found: list[Element] = []
        self._element(b"", self._at, found)
        return found[0] if found else None

    def _next(self, at: int) -> int:
        """The next element begins here."""
        self._rest, self._held, self._blank = [], 0, 0
        return at

    def _hold(self, data: bytes, at: int) -> None:
        """Keep bytes of an element without the blanks around it; `at` is their offset."""
        if not self._rest:
            size = len(data)
            data = data.lstrip(_BLANK)
            at += size - len(data)
            if not data:
                return
            self._begun, self._size = at, 0
        self._size += len(data)
        blank = len(data) - len(data.rstrip(_BLANK))
        self._blank = blank if blank < len(data) else self._blank + blank
        if self._held <= self._largest:
            self._rest.append(data)
            self._held += len(data)

    def _element(self, last: bytes, at: int, found: list[Element]) -> None:
        self._hold(last, at)
        if self._rest:
            size = self._size - self._blank
            found.append(Element(b"".join(self._rest)[: min(size, self._largest)], self._begun, size))
