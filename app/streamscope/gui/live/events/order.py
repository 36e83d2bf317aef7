"""Which events the rows of a table show, and in which order: numbers in arrays, four bytes each."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress

LARGEST = 200_000
"""Events that are looked at at once."""


class Order:
    """Rows in the record's order: every event, those of some kinds, or those that were found."""

    def __init__(self) -> None:
        self.seen = 0
        """The events before this were looked at."""
        self._numbers: array[int] | None = None
        """None while every event is shown: a million numbers need not be held then."""
        self._table: bytes | None = None

    def __len__(self) -> int:
        return self.seen if self._numbers is None else len(self._numbers)

    def show_everything(self) -> None:
        """From now on every event; `grow` brings them."""
        self.seen, self._numbers, self._table = 0, None, None

    def show_kinds(self, kinds: frozenset[int]) -> None:
        """From now on events of these kinds (places in store.rows.KINDS); `grow` brings them."""
        self.seen, self._numbers = 0, array("I")
        self._table = bytes(code in kinds for code in range(256))

    def show_found(self) -> None:
        """From now on events that are found elsewhere; `add` brings them."""
        self.seen, self._numbers, self._table = 0, array("I"), None

    def fresh(self, codes: bytearray, stop: int) -> "array[int] | range":
        """Of the events up to `stop` that were not looked at, those that are shown; LARGEST are looked at at most."""
        stop = min(stop, self.seen + LARGEST)
        if self._numbers is None:
            return range(self.seen, stop)
        if self._table is None:
            return range(0)
        return array("I", compress(range(self.seen, stop), codes[self.seen : stop].translate(self._table)))

    def grow(self, fresh: "array[int] | range", stop: int) -> None:
        """Take over what `fresh` gave."""
        self.seen = max(self.seen, min(stop, self.seen + LARGEST))
        if self._numbers is not None:
            self._numbers.extend(fresh)

    def add(self, found: "array[int]", seen: int) -> None:
        """Take over what was found; the events before `seen` were looked at."""
        self.seen = seen
        if self._numbers is not None:
            self._numbers.extend(found)

    def number(self, row: int) -> int:
        """The number of the event in a row."""
        return row if self._numbers is None else self._numbers[row]

    def place(self, number: int) -> int:
        """The row from which on the numbers are this or larger."""
        return min(number, self.seen) if self._numbers is None else bisect_left(self._numbers, number)

    def row_of(self, number: int) -> int:
        """The row of an event; -1 where it is not shown."""
        row = self.place(number)
        return row if 0 <= row < len(self) and self.number(row) == number else -1

    def numbers(self, first: int = 0, stop: int | None = None) -> Sequence[int]:
        """The numbers in these rows; a copy, or a range."""
        stop = len(self) if stop is None else min(stop, len(self))
        return range(first, stop) if self._numbers is None else self._numbers[first:stop]
