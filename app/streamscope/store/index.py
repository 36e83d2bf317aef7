"""The index of a record: its rows in memory and in the recording's file, and how far such a file can be believed."""

import os
import sys
import threading
from array import array
from pathlib import Path

from streamscope.model.errors import StoreError
from streamscope.model.event import WIRE
from streamscope.model.phrase import phrase
from streamscope.store import tapes
from streamscope.store.rows import FLAGS, KINDS, MESSAGE, NOTES, READ, ROW_BYTES, STREAM_AT, WORDS

FORMAT = 1
"""Of the folder; a newer one is refused by name."""
MAGIC = b"streamscope/rec\n"
HEADER = MAGIC + FORMAT.to_bytes(4, "little") + bytes(4)
_CHECKED = 100_000
"""Rows from the end that are checked when a recording is opened."""
_HELD = 25_000 * WORDS
"""Words that stay in memory after they were written, for those who look at what came last."""
_PIECE = 1 << 16
"""Rows that are read from the file at once, where all of them are looked at."""


class Index:
    """The rows of a record, five words each, in the order of its events.

    What was written to the recording's file is read from there again, but for the last rows: so a million events take
    two megabytes of memory and not forty. One thread appends and writes; others may read at any time.
    """

    def __init__(self) -> None:
        self.fresh: list[int] = []
        """Words of the last rows: a list takes them faster one by one, an array all at once."""
        self._held = (0, array("Q"))
        """Where in the index the words begin that are in memory, and these: replaced together, never cut."""
        self._file: int | None = None
        self._written = 0
        self._reading = threading.Lock()

    def __len__(self) -> int:
        """How many words there are beside the fresh ones."""
        start, held = self._held
        return start + len(held)

    def attach(self, descriptor: int) -> None:
        """From now on what was written can be read from this file; its owner closes it."""
        self._file = descriptor

    def open(self, descriptor: int, size: int, folder: Path, sizes: tuple[int, ...]) -> None:
        """The rows of a recording's file of this size, as far as all that they point at lies within streams of these
        sizes. Raises StoreError, OSError."""
        _check(tapes.read(descriptor, 0, len(HEADER)), folder)
        self.attach(descriptor)
        count = max(0, size - len(HEADER)) // ROW_BYTES
        first = max(0, count - _CHECKED)
        last = self._from_file(first * WORDS, count * WORDS)
        del last[whole_until(last, sizes) :]
        self._held, self._written = (first * WORDS, last), first * WORDS + len(last)

    def settle(self) -> None:
        """Have the fresh words in the array."""
        self._held[1].extend(array("Q", self.fresh))
        self.fresh.clear()

    def words(self, start: int, stop: int) -> "array[int]":
        """Words from `start` to before `stop`; a copy."""
        first, held = self._held
        if start >= first:
            return held[start - first : stop - first]
        found = self._from_file(start, min(stop, first))
        if stop > first:
            found.extend(held[: stop - first])
        return found

    def column(self, word: int, start: int, stop: int) -> "array[int]":
        """One word of each of the rows from `start` to before `stop`; a copy."""
        first, held = self._held
        found, border = array("Q"), min(stop, first // WORDS)
        for at in range(start, border, _PIECE):
            found.extend(self._from_file(at * WORDS, min(border, at + _PIECE) * WORDS)[word::WORDS])
        begin = max(start * WORDS - first, 0)
        found.extend(held[begin + word : max(0, stop * WORDS - first) : WORDS])
        return found

    def write(self, descriptor: int) -> None:
        """Append what was not written yet to the file. Raises OSError, and must not be called again then."""
        self.settle()
        first, held = self._held
        fresh = held[self._written - first :]
        if not fresh:
            return
        with self._reading:
            _write(descriptor, memoryview(_swapped(fresh)).cast("B"))
        self._written += len(fresh)
        if self._file is not None and len(held) > 2 * _HELD:
            self._held = first + len(held) - _HELD, held[-_HELD:]

    def _from_file(self, start: int, stop: int) -> "array[int]":
        """These words; zeros where the file was cut meanwhile."""
        size = 8 * (stop - start)
        with self._reading:
            data = tapes.read(self._file, len(HEADER) + 8 * start, size)
        return _swapped(array("Q", data.ljust(size, b"\0")))


def _check(head: bytes, folder: Path) -> None:
    """Raises StoreError for what is no recording, or one of a newer format."""
    if len(head) < len(HEADER) or not head.startswith(MAGIC):
        raise StoreError(
            phrase("{path} is not a recording: its index does not begin as one.", path=folder),
            phrase("Its file may have been cut or overwritten."),
        )
    version = int.from_bytes(head[len(MAGIC) : len(MAGIC) + 4], "little")
    if version > FORMAT:
        raise StoreError(
            phrase("{path} was recorded by a newer version of Streamscope (format {n}).", path=folder, n=version),
            phrase("This one reads format {n} and older: update Streamscope.", n=FORMAT),
        )


def _swapped(words: "array[int]") -> "array[int]":
    """Words between memory and file, which is little-endian."""
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _write(descriptor: int, view: memoryview) -> None:
    while view:
        view = view[os.write(descriptor, view) :]


def whole_until(rows: "array[int]", sizes: tuple[int, ...]) -> int:
    """The length of the index up to which everything that its last rows point at was written.

    Offsets only grow, so a stream is whole where the last row that points at it is; one that none of these rows points
    at is believed to be.
    """
    stop, unsure = len(rows), set(range(len(sizes)))
    for at in range(len(rows) - WORDS, -1, -WORDS):
        row = rows[at : at + WORDS]
        if not _is_whole(row, sizes):
            stop = at
        elif row[2] & 15 == READ:
            unsure.discard(WIRE)
        elif (stream := row[2] >> STREAM_AT & 3) != WIRE:  # a message may lie well within a read that was cut
            unsure.discard(stream)
        if not unsure:
            break
    return stop


def _is_whole(row: "array[int]", sizes: tuple[int, ...]) -> bool:
    """Whether everything that a row points at was written."""
    _, at, packed, _, noted = row
    kind, size = packed & 15, packed >> 24
    if kind == READ:
        return at + noted <= sizes[WIRE]
    stream = packed >> STREAM_AT & 3
    if kind >= len(KINDS) or stream > NOTES or at + size > sizes[stream]:
        return False
    return kind != MESSAGE or (noted >> 24) + (noted & FLAGS) <= sizes[NOTES]


def names_of(path: Path) -> list[str]:
    """The types of events, in the order of their numbers."""
    try:
        return path.read_bytes().decode(errors="replace").split("\n")[:-1]
    except FileNotFoundError:
        return []
