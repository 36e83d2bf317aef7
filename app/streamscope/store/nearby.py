"""The bytes of some rows read together: events that follow each other lie beside each other in the streams."""

from array import array
from collections.abc import Callable, Sequence

from streamscope.model.event import LARGEST_PAYLOAD, WIRE
from streamscope.store.rows import FLAGS, MESSAGE, NOTES, READ, STREAM_AT, WORDS
from streamscope.store.tapes import Tape

BytesOf = Callable[[int, int, int], bytes]
"""Bytes by stream, offset and size."""
_NEAR = 1 << 22
"""Bytes of one stream that are read at once; rows that lie farther apart are read one by one."""


def nearby(tapes: Sequence[Tape], rows: "array[int]") -> BytesOf:
    """Read what these rows point at. The tapes' owner holds their lock meanwhile."""
    lows, highs = [1 << 62] * len(tapes), [0] * len(tapes)
    for row in range(0, len(rows), WORDS):
        at, packed, noted = rows[row + 1], rows[row + 2], rows[row + 4]
        kind, stream, size = packed & 15, min(packed >> STREAM_AT & 3, NOTES), min(packed >> 24, LARGEST_PAYLOAD)
        if kind == READ:
            stream, size = WIRE, noted
        elif kind == MESSAGE and noted:
            lows[NOTES] = min(lows[NOTES], noted >> 24)
            highs[NOTES] = max(highs[NOTES], (noted >> 24) + (noted & FLAGS))
        if at < lows[stream]:
            lows[stream] = at
        if at + size > highs[stream]:
            highs[stream] = at + size
    blocks = [
        tape.read(low, high - low) if 0 <= high - low <= _NEAR else None
        for tape, low, high in zip(tapes, lows, highs, strict=True)
    ]
    if all(block is not None or high == 0 for block, high in zip(blocks, highs, strict=True)):
        return lambda stream, at, size: (blocks[stream] or b"")[at - lows[stream] : at - lows[stream] + size]
    return _each(tapes, rows)


def _each(tapes: Sequence[Tape], rows: "array[int]") -> BytesOf:
    """Read the spans of rows that lie far apart, each by itself."""
    found: dict[tuple[int, int, int], bytes] = {}
    for row in range(0, len(rows), WORDS):
        at, packed, noted = rows[row + 1], rows[row + 2], rows[row + 4]
        kind, stream, size = packed & 15, min(packed >> STREAM_AT & 3, NOTES), min(packed >> 24, LARGEST_PAYLOAD)
        spans = [(WIRE, at, noted)] if kind == READ else [(stream, at, size)]
        if kind == MESSAGE and noted:
            spans.append((NOTES, noted >> 24, noted & FLAGS))
        for span in spans:
            found[span] = tapes[span[0]].read(span[1], span[2])
    return lambda stream, at, size: found.get((stream, at, size), b"")
