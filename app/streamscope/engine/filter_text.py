"""Looking for text in what many events hold, without making the events: their bytes are read a piece at a time."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from streamscope.engine.filter import Regex, Text
from streamscope.model.event import LARGEST_PAYLOAD
from streamscope.store.exchange import Exchange

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

PIECE = 1 << 20
"""Bytes that are read and searched at once: longer ones would hold the interpreter for too long."""
_ANYTHING_FIRST = re.compile(r"(?:\.\*\??(?![+?*{]))+")
Found = Callable[[bytes], bool]


def needles(words: str) -> tuple[tuple[bytes, ...], bool]:
    """The bytes that stand for words, as they are and as JSON's escapes; and whether capitals count."""
    exact = words != words.lower()
    plain = words.encode(errors="surrogatepass")
    escaped = b"".join(
        sign.encode() if ord(sign) < 128 else b"".join(b"\\u%04x" % unit for unit in _units(sign)) for sign in words
    )
    both = (plain,) if escaped == plain else (plain, escaped)
    return (both if exact else tuple(one.lower() for one in both)), exact


def looking(wanted: Text | Regex) -> Found:
    """Whether it is found in an event's bytes. Of an event larger than LARGEST_PAYLOAD a regular expression sees the
    beginning."""
    if isinstance(wanted, Text):
        both, exact = needles(wanted.words)
        return lambda data: any(one in (data if exact else data.lower()) for one in both)
    search = re.compile(_hastened(wanted.source)).search
    return lambda data: search(data.decode(errors="replace")) is not None


def holding(exchange: Exchange, stream: int, starts: "Numbers", sizes: "Numbers", wanted: Text | Regex) -> "Flags":
    """Of spans of one stream, bytes from `starts` on: in which it is found."""
    import numpy as np

    hits = np.zeros(len(starts), np.bool_)
    found = looking(wanted)
    for first, stop, at, data in pieces(exchange, stream, starts, sizes):
        low, high = starts[first:stop] - at, starts[first:stop] - at + sizes[first:stop]
        if isinstance(wanted, Text):
            hits[first:stop] = _words(exchange, stream, data, low, high, wanted, at)
        else:
            spans = zip(low.tolist(), high.tolist(), strict=True)
            hits[first:stop] = [found(data[one:other]) for one, other in spans]
    return hits


def pieces(
    exchange: Exchange, stream: int, starts: "Numbers", sizes: "Numbers"
) -> Iterator[tuple[int, int, int, bytes]]:
    """Read spans that follow each other together: their places (first, stop), the offset and the bytes.

    A span that is larger than a piece comes alone, its first LARGEST_PAYLOAD bytes.
    """
    import numpy as np

    ends = starts + sizes
    reach = np.maximum.accumulate(ends) if len(ends) else ends
    first, count = 0, len(starts)
    while first < count:
        at = int(starts[first])
        stop = int(np.searchsorted(reach, at + PIECE, "right"))
        backward = np.flatnonzero(starts[first:stop] < at)  # a damaged or an imported index
        if len(backward):
            stop = first + int(backward[0])
        stop = max(stop, first + 1)
        size = int(reach[stop - 1]) - at if stop > first + 1 else int(sizes[first])
        yield first, stop, at, exchange.stream(stream, at, min(size, LARGEST_PAYLOAD))
        first = stop


def _words(
    exchange: Exchange, stream: int, data: bytes, low: "Numbers", high: "Numbers", wanted: Text, at: int
) -> "list[bool] | Flags":
    import numpy as np

    both, exact = needles(wanted.words)
    if len(low) == 1 and int(high[0]) > len(data):
        return [_in_large(exchange, stream, at, int(high[0]), wanted)]
    if not exact:
        data = data.lower()
    hits = np.zeros(len(low), np.bool_)
    for needle in both:
        if needle in data:  # most pieces hold none: that is seen at once
            find = data.find
            spans = zip(low.tolist(), high.tolist(), strict=True)
            hits |= np.fromiter((find(needle, one, other) >= 0 for one, other in spans), np.bool_, len(low))
    return hits


def _in_large(exchange: Exchange, stream: int, at: int, size: int, wanted: Text) -> bool:
    """Whether words are in an event that is too large to be read at once."""
    found, overlap = looking(wanted), 12 * len(wanted.words) + 12
    return any(
        found(exchange.stream(stream, at + start, min(16 * PIECE + overlap, size - start)))
        for start in range(0, size, 16 * PIECE)
    )


def _hastened(source: str) -> str:
    """The same without a `.*` in front, which finds nothing more and takes quadratic time."""
    if "|" in source or "\\" in source.replace("\\\\", "")[-1:]:
        return source
    return _ANYTHING_FIRST.sub("", source, count=1) if _ANYTHING_FIRST.match(source) else source


def _units(sign: str) -> tuple[int, ...]:
    """The UTF-16 code units of a character, as JSON's escapes write it (RFC 8259, section 7)."""
    code = ord(sign)
    return (code,) if code < 0x10000 else (0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF))
