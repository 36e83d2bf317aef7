"""A server on loopback that plays a recording to every client that calls it, each from the beginning."""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from streamscope.engine.replay import Pace
from streamscope.engine.replay_steps import Script
from streamscope.model.errors import ConnectError
from streamscope.model.phrase import phrase
from streamscope.tasks import end, spawn

LOOPBACK = "127.0.0.1"
_LARGEST_HEAD = 1 << 20
_PIECE = 1 << 16
_RESET = struct.pack("ii", 1, 0)  # linger on, for no time: closing sends RST
_GOODBYE = 3.0
"""Seconds that a WebSocket's client has for leaving once the recorded server has."""
_TOLD = b"This is the replay of a WebSocket: call it as one.\n"
_UPGRADE_FIRST = (
    b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
    b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(_TOLD), _TOLD)
)


@dataclass(slots=True)
class Call:
    """One call of a client: what it asked, and how far it got."""

    number: int
    line: str
    sent: int = 0
    frames: int = 0
    """Frames that a WebSocket's client sent."""
    whole: bool = False
    """Whether the recording was played to its end."""


@dataclass(slots=True)
class Served:
    """A listening replay: its port, and the calls so far."""

    port: int
    calls: list[Call] = field(default_factory=list)

    def url(self, script: Script) -> str:
        """Where to call it; any path will do."""
        return f"{'ws' if script.duplex else 'http'}://{LOOPBACK}:{self.port}/"


@asynccontextmanager
async def serving(
    script: Script, port: int = 0, *, speed: float = 1.0, on_call: Callable[[Call], None] | None = None
) -> AsyncGenerator[Served, None]:
    """Serve on 127.0.0.1 while the context lasts; `on_call` hears of each call when it is over.

    Raises ConnectError where the port cannot be had.
    """
    tasks: set[asyncio.Task[None]] = set()
    served = Served(port)

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = spawn(_connection(script, speed, served, on_call, reader, writer), name="replay to a client")
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    try:
        server = await asyncio.start_server(connected, LOOPBACK, port, limit=_LARGEST_HEAD)
    except OSError as error:
        raise ConnectError(
            phrase("Port {port} cannot be had: {reason}.", port=port, reason=error.strerror or str(error)),
            phrase("Choose another one, or 0 for any that is free."),
        ) from error
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        await end(*tasks)


async def _connection(
    script: Script,
    speed: float,
    served: Served,
    on_call: Callable[[Call], None] | None,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Requests of one client, one after the other as long as the connection is kept."""
    writer.transport.set_write_buffer_limits(0)  # what was written is with the system before the next wait
    try:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            while (asked := await _request(reader, writer)) is not None:
                line, headers = asked
                call = Call(len(served.calls) + 1, line)
                served.calls.append(call)
                try:
                    kept = await _play(script, speed, call, headers, reader, writer)
                finally:
                    if on_call is not None:
                        on_call(call)
                if not kept:
                    break
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _play(
    script: Script,
    speed: float,
    call: Call,
    headers: dict[str, str],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    """Play once; False where the connection is over."""
    key = headers.get("sec-websocket-key", "")
    if script.duplex and not key:
        writer.write(_UPGRADE_FIRST)
        await writer.drain()
        return False
    listener = spawn(_listen(reader, call), name="replay reads frames") if script.duplex else None
    try:
        pace = Pace(speed, script.sent)
        for t, data in script.steps(key):
            await pace.until(t)
            writer.write(data)
            await writer.drain()
            call.sent += len(data)
        if script.ending in ("close", "reset"):
            await pace.until(script.end)
        call.whole = True
        if script.ending == "hold":
            await (listener if listener is not None else _listen(reader, call))
        elif script.ending == "close" and listener is not None:
            writer.write_eof()  # closing with a frame of the client unread would be a reset
            await asyncio.wait([listener], timeout=_GOODBYE)
    finally:
        await end(listener)
    if script.ending == "reset":
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()
    return script.ending == "keep"


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, dict[str, str]] | None:
    """The first line and the headers (lower-cased names) of a request that has come whole; None at the end."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    line, *rows = raw.decode("latin-1").strip("\r\n").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "chunked" in headers.get("transfer-encoding", "").lower():
        while (size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)) > 0:
            await _skip(reader, size + 2)
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass
    else:
        await _skip(reader, int(headers.get("content-length") or 0))
    return line, headers


async def _skip(reader: asyncio.StreamReader, size: int) -> None:
    """Read and forget. Raises IncompleteReadError."""
    while size > 0:
        piece = await reader.read(min(size, _PIECE))
        if not piece:
            raise asyncio.IncompleteReadError(b"", size)
        size -= len(piece)


async def _listen(reader: asyncio.StreamReader, call: Call) -> None:
    """Read what the client sends until it leaves, and count its frames (RFC 6455, section 5.2)."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            _, second = await reader.readexactly(2)
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
            await _skip(reader, size + (4 if second & 0x80 else 0))
            call.frames += 1
