"""The bytes of some rows read together: events that follow each other lie beside each other in the streams."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from streamscope.model.event import LARGEST_PAYLOAD, WIRE
from streamscope.store.rows import FLAGS, MESSAGE, NOTES, READ, STREAM_AT, WORDS
from streamscope.store.tapes import Tape

Span = tuple[int, int, int]
BytesOf = Callable[[int, int, int], bytes]
"""Bytes by stream, offset and size."""
_NEAR = 1 << 22
"""Bytes of one stream that are read at once; rows that lie farther apart are read one by one."""


def nearby(tapes: Sequence[Tape], rows: "array[int]", lock: AbstractContextManager[object]) -> BytesOf:
    """Read what these rows point at. The tapes' lock is held only while they are read: whoever appends must not wait
    until this thread may go on with the rest."""
    spans = list(_spans(rows))
    lows, highs = [1 << 62] * len(tapes), [0] * len(tapes)
    for stream, at, size in spans:
        if at < lows[stream]:
            lows[stream] = at
        if at + size > highs[stream]:
            highs[stream] = at + size
    if any(high - low > _NEAR for low, high in zip(lows, highs, strict=True)):
        with lock:
            found = {span: tapes[span[0]].read(span[1], span[2]) for span in spans}
        return lambda stream, at, size: found.get((stream, at, size), b"")
    with lock:
        blocks = [tape.read(low, max(0, high - low)) for tape, low, high in zip(tapes, lows, highs, strict=True)]
    return lambda stream, at, size: blocks[stream][at - lows[stream] : at - lows[stream] + size]


def _spans(rows: "array[int]") -> Iterator[Span]:
    """Every run of bytes that these rows point at; of a large message only its beginning."""
    for row in range(0, len(rows), WORDS):
        at, packed, noted = rows[row + 1], rows[row + 2], rows[row + 4]
        kind, stream = packed & 15, min(packed >> STREAM_AT & 3, NOTES)
        if kind == READ:
            yield WIRE, at, noted
        elif kind == MESSAGE:
            yield stream, at, min(packed >> 24, LARGEST_PAYLOAD)
            if noted:
                yield NOTES, noted >> 24, noted & FLAGS
        else:
            yield NOTES, at, packed >> 24
