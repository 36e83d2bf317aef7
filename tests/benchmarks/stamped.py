"""How late the stamps of streams are whose events tell when they were written: of `send`, and of a bare protocol.

The server's clock is the same: perf_counter_ns is the monotonic clock, which the processes of a machine share.
"""

import asyncio
import re
import time
from collections.abc import Iterable

from tests.benchmarks.counterpart import LONGEST

from streamscope.engine.core import Core
from streamscope.engine.send import transmit
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import Message
from streamscope.store.bench import open_bench
from streamscope.store.exchange import Exchange

_WRITTEN = re.compile(rb'"id":"(\d+)"')


def delays(exchange: Exchange) -> list[float]:
    """Milliseconds from the write of each message to its stamp."""
    messages = [event for event in exchange.events(0, len(exchange)) if isinstance(event, Message)]
    return [
        (exchange.start + message.t - int(match[1])) / 1e6
        for message in messages
        if (match := _WRITTEN.search(message.payload))
    ]


def draft(url: str) -> Draft:
    """A call of a stamped stream."""
    return Draft(channel=Choice("address", {"url": url}), protocol=Choice("sse"))


async def sent_delays(url: str, streams: int) -> list[list[float]]:
    """Delays of each of some streams at once through the main path, with nothing beside it."""
    core = Core(open_bench())
    try:
        exchanges = [core.bench.recordings.new(draft(url), keep=False) for _ in range(streams)]
        async with asyncio.timeout(LONGEST):
            await asyncio.gather(*(transmit(exchange, core) for exchange in exchanges))
        return [delays(exchange) for exchange in exchanges]
    finally:
        await core.aclose()


class Reader(asyncio.Protocol):
    """Keeps what arrives with the time at which it did; nothing else happens here."""

    def __init__(self) -> None:
        self.chunks: list[tuple[int, bytes]] = []
        self.over = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.chunks.append((time.perf_counter_ns(), data))
        if data.endswith(b"0\r\n\r\n"):
            self.over.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)


async def bare_delays(url: str, streams: int) -> list[list[float]]:
    """Delays of each of some streams at once, read by a bare protocol."""
    authority, _, path = url.removeprefix("http://").partition("/")
    host, _, port = authority.partition(":")
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(Reader, host, int(port)) for _ in range(streams)]
    for transport, _ in pairs:
        transport.write(f"GET /{path} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
    async with asyncio.timeout(LONGEST):
        await asyncio.gather(*(reader.over for _, reader in pairs))
    for transport, _ in pairs:
        transport.close()
    return [_delays(reader.chunks) for _, reader in pairs]


def _delays(chunks: Iterable[tuple[int, bytes]]) -> list[float]:
    return [(stamp - int(match[1])) / 1e6 for stamp, data in chunks for match in _WRITTEN.finditer(data)]
