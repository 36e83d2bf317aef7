"""Benchmarks of the recording: what an event costs when it is appended, held in memory, found again and searched.

A batch is what the main path gives at once: a socket read, and the messages that it completed.
"""

import mmap
import random
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.counterpart import Row, compared, job, within
from tests.benchmarks.stream_server import EVENT, chunked

from streamscope.model.draft import Draft
from streamscope.model.event import PAYLOAD, WIRE, Event, Message, Read
from streamscope.store.exchange import Exchange

MILLION = 1_000_000
APPENDED = 300_000
BATCHES = 10
ROUNDS = 7
PIECE = 1 << 16
PAGE = 50
PATTERN = rb'"content":" word(\d*)7"'
"""What is searched for: in one event of ten, at a place where every event nearly matches."""


def recorded(folder: Path, count: int) -> Exchange:
    """A recording of so many events: reads with one HTTP chunk each, and the message that it brought."""
    exchange = Exchange(Draft(), folder)
    for number in range(1, count // 2 + 1):
        event = EVENT.replace(b"word", b"word%d" % number)
        exchange.append(Read(number * 1000, number, len(event) + 6, chunked(event)))
        at = exchange.keep(event)
        exchange.extend([_message(number * 1000, number, event[6:-2], at + 6, PAYLOAD)])
    exchange.close()
    return exchange


def _message(t: int, read: int, payload: bytes, at: int, stream: int) -> Message:
    return Message(t, "in", (read, read), payload, "event", "message", at=at, stream=stream)


def record_append() -> list[Row]:
    """ns an event of 200 bytes, beside `file.write` of the same bytes: a read for each event, and reads of 64 KB.

    Reads of 64 KB are told twice: beside one `file.write` of each, and (`each`) beside one of each event in it, as a
    program does that writes down events.
    """
    together = PIECE // len(EVENT)
    return [
        _appended("append_one_ns", 1, [EVENT]),
        _appended("append_64k_each_ns", together, [EVENT] * together),
        _appended("append_64k_ns", together, [EVENT * together]),
    ]


def _appended(name: str, together: int, pieces: list[bytes]) -> Row:
    """Few batches many times: in the main path, too, an event is appended while the processor's caches have it."""
    rounds = APPENDED // (together * BATCHES)
    batches = [_batch(number, together) for number in range(BATCHES)]
    count = together * BATCHES * rounds
    ours, bare = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            with (Path(folder) / "bare").open("wb") as file:
                for _ in range(BATCHES * rounds):
                    for piece in pieces:
                        file.write(piece)
            bare.append((time.perf_counter() - began) / count * 1e9)
            exchange = Exchange(Draft(), Path(folder) / "record")
            began = time.perf_counter()
            for _ in range(rounds):
                for read, messages in batches:
                    exchange.extend(read)
                    exchange.extend(messages)
            exchange.close()
            ours.append((time.perf_counter() - began) / count * 1e9)
    return compared(name, ours, bare, 4)


def _batch(number: int, count: int) -> tuple[list[Event], list[Event]]:
    """What the main path gives for one read: the read, then its messages, which are spans of it."""
    base, t = number * count * len(EVENT), number * 1000
    read = Read(t, number + 1, count * len(EVENT), EVENT * count)
    messages: list[Event] = [
        _message(t, number + 1, EVENT[6:-2], base + at * len(EVENT) + 6, WIRE) for at in range(count)
    ]
    return [read], messages


def record_memory() -> list[Row]:
    """Bytes an event with 1 M of them, beside the resident memory of the program with an empty record (processes)."""
    values = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            values.append(job("memory", folder, MILLION))
    return [within("record_memory_bytes", values, [0.0], 48, "an event")]


def record_open() -> list[Row]:
    """Opening a recording of 1 M events (ms), beside reading its index's bytes."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "record"
        recorded(folder, MILLION)
        ours, bare = [], []
        for _ in range(ROUNDS):
            bare.append(_ms((folder / "index").read_bytes))
            ours.append(_ms(lambda: Exchange.opened(folder)))
    return [within("record_open_ms", ours, bare, 300, "ms")]


def record_page() -> list[Row]:
    """A page of 50 events at a random place, and 50 single events at random ones (ms), beside slices of a mmap."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "record"
        recorded(folder, MILLION)
        exchange = Exchange.opened(folder)
        with _mapped(folder / "payload") as mapped:
            places = [random.randrange(len(exchange) - PAGE) for _ in range(101)]
            size = len(mapped) - len(EVENT)
            singles = [random.sample(range(len(exchange)), PAGE) for _ in range(101)]
            return [
                _page("record_page_ms", places, lambda at: exchange.events(at, at + PAGE), mapped, size),
                _page("record_single_ms", singles, lambda some: [exchange.event(at) for at in some], mapped, size),
            ]


def _page(name: str, places: list, read: Callable, mapped: mmap.mmap, size: int) -> Row:  # type: ignore[type-arg]
    ours, bare = [], []
    for at in places:
        starts = [random.randrange(size) for _ in range(PAGE)]
        bare.append(_ms(lambda starts=starts: [mapped[start : start + len(EVENT)] for start in starts]))
        ours.append(_ms(lambda at=at: read(at)))
    return within(name, ours, bare, 1, "ms")


def record_search() -> list[Row]:
    """A regex over all events of a recording of 1 M (ms), beside `re.finditer` over its payload's mmap."""
    from streamscope.store.search import find

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "record"
        recorded(folder, MILLION)
        exchange = Exchange.opened(folder)
        pattern = re.compile(PATTERN)
        ours, bare = [], []
        for _ in range(ROUNDS):
            with _mapped(folder / "payload") as mapped:
                began = time.perf_counter()
                expected = sum(1 for _ in pattern.finditer(mapped))
                bare.append((time.perf_counter() - began) * 1e3)
            began = time.perf_counter()
            found = find(exchange, pattern)
            ours.append((time.perf_counter() - began) * 1e3)
            assert len(found) == expected > 0, (len(found), expected)
    return [compared("record_search_ms", ours, bare, 3)]


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _ms(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return (time.perf_counter() - began) * 1e3
