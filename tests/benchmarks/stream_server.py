"""The counterpart of the record's benchmarks: a plain socket server in a process of its own, floods or stamped drips.

Usage: python -m tests.benchmarks.stream_server. It prints its port. `POST /sse/N/C` answers N OpenAI chunks, C of them
an HTTP chunk and a write; `GET /ws/N/C` the same as WebSocket messages after the handshake; `GET /body/N` N bytes;
`/stamped/N/MS` N events, one each MS milliseconds, each with the monotonic clock of its write. Stamped streams are
spread evenly over those milliseconds, however their requests come: else their start would decide who waits for whom.
`/paced/N/RATE` and `/paced_ws/N/RATE` are N events or messages, RATE a second: those that are due each millisecond in
one write, each with its number, from 0, and the clock of that write.
"""

import asyncio
import base64
import hashlib
import itertools
import math
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

CHUNK = (
    b'{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764000000,"model":"benchmark-model-of-200-bytes",'
    b'"choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]}'
)
EVENT = b"data: " + CHUNK + b"\n\n"
NUMBERED = CHUNK.replace(b"1764000000", b"%d").replace(b" word", b" %d")
"""Filled with the clock of its write and its number."""
TICK = 0.001
"""Seconds between two writes of a paced stream."""
END = b"data: [DONE]\n\n"
_GOLDEN = 0.6180339887498949
"""Multiples of this, less their whole part, are spread evenly whatever their number."""
_phases = itertools.count()
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def chunked(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def framed(data: bytes) -> bytes:
    """One WebSocket text frame."""
    head = b"\x81" + (bytes((len(data),)) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2))
    return head + data


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests on one connection until it ends."""
    made = writer.get_extra_info("socket")
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
            await reader.readexactly(int(fields.get(b"content-length", b"0")))
            _, kind, *numbers = lines[0].split(b" ")[1].decode().split("/")
            await KINDS[kind](writer, *map(int, numbers), key=fields.get(b"sec-websocket-key", b""))
            await writer.drain()
            if kind.endswith("ws"):
                await reader.read(100)
                break
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def sse(writer: asyncio.StreamWriter, count: int, together: int, key: bytes) -> None:
    """A flood of events."""
    del key
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = chunked(EVENT * together)
    for at in range(count // together):
        writer.write(piece)
        if at % 64 == 0:
            await writer.drain()
    writer.write(chunked(END) + b"0\r\n\r\n")


async def ws(writer: asyncio.StreamWriter, count: int, together: int, key: bytes) -> None:
    """A flood of messages, then a close frame."""
    _shake_hands(writer, key)
    piece = framed(CHUNK) * together
    for at in range(count // together):
        writer.write(piece)
        if at % 64 == 0:
            await writer.drain()
    writer.write(b"\x88\x02\x03\xe8")


def _shake_hands(writer: asyncio.StreamWriter, key: bytes) -> None:
    accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept
    )


async def paced(writer: asyncio.StreamWriter, count: int, rate: int, key: bytes) -> None:
    """Numbered events at a rate a second."""
    del key
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    event = b"data: " + NUMBERED + b"\n\n"
    async for first, stop in _due(writer, count, rate):
        now = time.perf_counter_ns()
        writer.write(chunked(b"".join([event % (now, number) for number in range(first, stop)])))
    writer.write(chunked(END) + b"0\r\n\r\n")


async def paced_ws(writer: asyncio.StreamWriter, count: int, rate: int, key: bytes) -> None:
    """Numbered messages at a rate a second, then a close frame."""
    _shake_hands(writer, key)
    async for first, stop in _due(writer, count, rate):
        now = time.perf_counter_ns()
        writer.write(b"".join([framed(NUMBERED % (now, number)) for number in range(first, stop)]))
    writer.write(b"\x88\x02\x03\xe8")


async def _due(writer: asyncio.StreamWriter, count: int, rate: int) -> AsyncIterator[tuple[int, int]]:
    """The numbers that are due, from the first to before the second, again and again, until `count`."""
    loop = asyncio.get_running_loop()
    begun, first = loop.time(), 0
    while first < count:
        await asyncio.sleep(TICK)
        stop = min(count, int((loop.time() - begun) * rate))
        if stop > first:
            yield first, stop
            first = stop
            await writer.drain()


async def body(writer: asyncio.StreamWriter, size: int, key: bytes) -> None:
    """Many bytes."""
    del key
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % size)
    piece = bytes(range(256)) * 4096
    while size > 0:
        writer.write(piece[:size])
        size -= len(piece)
        await writer.drain()


async def stamped(writer: asyncio.StreamWriter, count: int, milliseconds: int, key: bytes) -> None:
    """Events at a steady pace, each with the time of its write in ns."""
    del key
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    loop = asyncio.get_running_loop()
    pace = milliseconds / 1000
    begun = (math.ceil(loop.time() / pace) + next(_phases) * _GOLDEN % 1) * pace
    for at in range(count):
        await asyncio.sleep(max(0.0, begun + at * pace - loop.time()))
        event = CHUNK.replace(b"chatcmpl-1", b"%d" % time.perf_counter_ns())
        writer.write(chunked(b"data: " + event + b"\n\n"))
    writer.write(chunked(END) + b"0\r\n\r\n")


KINDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "sse": sse,
    "ws": ws,
    "body": body,
    "stamped": stamped,
    "paced": paced,
    "paced_ws": paced_ws,
}


async def main() -> None:
    """Serve until the end of standard input."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
