"""Reading the index of a recording: its header, its rows, and how far it can be believed."""

import os
import sys
from array import array
from pathlib import Path

from streamscope.model.errors import StoreError
from streamscope.model.event import WIRE
from streamscope.model.phrase import phrase
from streamscope.store.rows import FLAGS, KINDS, MESSAGE, NOTES, READ, ROW_BYTES, STREAM_AT, WORDS

FORMAT = 1
"""Of the folder; a newer one is refused by name."""
MAGIC = b"streamscope/rec\n"
HEADER = MAGIC + FORMAT.to_bytes(4, "little") + bytes(4)
_CHECKED = 100_000
"""Rows from the end that are checked when a recording is opened."""


def rows_of(index: int, size: int, folder: Path) -> "array[int]":
    """The index's rows: whole ones only. Raises StoreError, OSError."""
    head = os.read(index, len(HEADER))
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
    left = (size - len(HEADER)) // ROW_BYTES * ROW_BYTES
    rows = array("Q")
    while left > 0 and (piece := os.read(index, min(left, 1 << 26))):
        left -= len(piece)
        rows.frombytes(piece[: len(piece) // 8 * 8])
    if sys.byteorder == "big":
        rows.byteswap()
    del rows[len(rows) // WORDS * WORDS :]
    return rows


def whole_until(rows: "array[int]", sizes: tuple[int, ...]) -> int:
    """The length of the index up to which everything that it points at was written.

    Offsets only grow, so a stream is whole where the last row that points at it is; one that none of the last many
    rows points at is believed to be.
    """
    stop, unsure = len(rows), set(range(len(sizes)))
    for at in range(len(rows) - WORDS, max(-1, len(rows) - _CHECKED * WORDS - 1), -WORDS):
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
