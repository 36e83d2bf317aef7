"""Benchmarks of the event stream decoder: beside httpx-sse's, and on input that is hard on others.

The floor of the first two is httpx-sse 0.4.3 as its users run it: `EventSource.iter_sse` over an httpx.Response whose
stream gives the same chunks. It is the synchronous one: the asynchronous one does the same work and waits besides.
"""

import time
import tracemalloc
from collections.abc import Iterator

import httpx
from httpx_sse import EventSource
from tests.benchmarks.counterpart import Row, faster, within
from tests.benchmarks.stream_server import EVENT

from streamscope.kinds.protocols.event_stream import EventStreamDecoder, ServerEvent

EVENTS = 100_000
ROUNDS = 7
PIECE = 1 << 16
LONG_LINE = 20_000_000


def sse_decoder_64k() -> list[Row]:
    """Thousand events a second, 64 KB a chunk; events lie across the borders of chunks."""
    text = EVENT * EVENTS
    return [_decoders("sse_decoder_64k_k/s", list(_pieces(text)), 1.8)]


def sse_decoder_one() -> list[Row]:
    """Thousand events a second, one event a chunk."""
    return [_decoders("sse_decoder_one_k/s", [bytes(bytearray(EVENT)) for _ in range(EVENTS)], 1.5)]


def _decoders(name: str, chunks: list[bytes], least: float) -> Row:
    ours, bare = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        response = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=iter(chunks))
        count = sum(1 for _ in EventSource(response).iter_sse())
        bare.append(count / (time.perf_counter() - began) / 1000)
        assert count == EVENTS
        began = time.perf_counter()
        decoder = EventStreamDecoder()
        count = sum(1 for chunk in chunks for _ in decoder.feed(chunk))
        count += len(decoder.finish())
        ours.append(count / (time.perf_counter() - began) / 1000)
        assert count == EVENTS
    return faster(name, ours, bare, least)


def sse_20mb_line() -> list[Row]:
    """One line of 20 MB in 64 KB pieces: ms, and MB of memory at most; beside copying it once."""
    text = b"data: " + b"x" * LONG_LINE + b"\n\n"
    times = _timed("sse_20mb_line_ms", text, 500)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        event = _only_event(_pieces(text))
        peak = (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        tracemalloc.stop()
    assert len(event.data) == LONG_LINE
    size = LONG_LINE / 1e6
    return [times, Row("sse_20mb_line_mb", peak, size, peak / size, "≤ 3 ×", peak <= 3 * size)]


def sse_2000_lines() -> list[Row]:
    """One event of 2,000 lines of 100 bytes in 64 KB pieces (ms), beside copying it once."""
    return [_timed("sse_2000_lines_ms", b"data: " + b"\ndata: ".join([b"x" * 94] * 2000) + b"\n\n", 20)]


def _timed(name: str, text: bytes, most: float) -> Row:
    ours, bare = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        copy = b"".join(_pieces(text))
        bare.append((time.perf_counter() - began) * 1e3)
        assert len(copy) == len(text)
        began = time.perf_counter()
        _only_event(_pieces(text))
        ours.append((time.perf_counter() - began) * 1e3)
    return within(name, ours, bare, most, "ms")


def _only_event(pieces: Iterator[bytes]) -> ServerEvent:
    """The event that all the pieces make; each is let go of here, as a socket's reads are."""
    decoder = EventStreamDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    assert len(events) == 1 and isinstance(events[0], ServerEvent)
    return events[0]


def _pieces(text: bytes) -> Iterator[bytes]:
    for at in range(0, len(text), PIECE):
        yield text[at : at + PIECE]
