"""A TCP connection whose reads are stamped where they return, in the shape that httpcore asks for."""

import asyncio
import ssl
import time
from collections import deque
from typing import Any, cast

import httpcore

from streamscope.kinds.net.facts import Road
from streamscope.kinds.net.wire import WIRE

_ENOUGH = 1 << 20
"""Unread bytes at which reading pauses until they are taken up."""


_LATE = 250_000_000
"""Nanoseconds that a read may wait until it is taken up before it is worth a word."""


class Inbox(asyncio.Protocol):
    """What arrives on a socket: chunks with the monotonic time (ns) at which the read returned."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.chunks: deque[tuple[int, bytes]] = deque()
        self.first = b""
        self._unread = 0
        self._ended = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._since = 0.0
        self._timeout = 0.0
        self._waits: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writers: deque[asyncio.Future[None]] = deque()
        self.blocked = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        stamp = time.perf_counter_ns()
        self.chunks.append((stamp, data))
        if not self.first:
            self.first = data[:16]
        self._unread += len(data)
        if self._unread >= _ENOUGH and self.transport is not None:
            self.transport.pause_reading()
        self._wake()
        self._wake_writers()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._error = True, exc
        self.blocked = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()
        self._wake_writers()

    def pause_writing(self) -> None:
        self.blocked = True

    def resume_writing(self) -> None:
        self.blocked = False
        self._wake_writers()

    async def take(self, most: int, timeout: float | None = None) -> bytes:
        """The next chunk, `most` bytes of it at most; b'' at the end. A reset is raised once all is read.

        Raises TimeoutError where nothing came for `timeout` seconds.
        """
        while not self.chunks:
            if self._error is not None:
                raise self._error
            if self._ended:
                return b""
            loop = asyncio.get_running_loop()
            self._reader = loop.create_future()
            self._waits = timeout
            if timeout is not None:
                self._since = loop.time()
                if self._timer is None or timeout != self._timeout:
                    self._arm(loop, timeout, timeout)
            try:
                await self._reader
            finally:
                self._reader = None
        stamp, data = self.chunks.popleft()
        wire = WIRE.get()
        if stamp and wire is not None:
            wire.read(stamp, data)
            if (late := time.perf_counter_ns() - stamp) > _LATE:
                wire.lag(late)
        if len(data) > most:
            self.chunks.appendleft((0, data[most:]))  # the rest belongs to the read that was just told
            data = data[:most]
        self._unread -= len(data)
        if self._unread < _ENOUGH and self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()
        return data

    def _arm(self, loop: asyncio.AbstractEventLoop, timeout: float, left: float) -> None:
        """Set the timer of reads: one for many of them, since most are over long before it."""
        if self._timer is not None:
            self._timer.cancel()
        self._timeout = timeout
        self._timer = loop.call_later(left, self._late, loop, timeout)

    def _late(self, loop: asyncio.AbstractEventLoop, timeout: float) -> None:
        self._timer = None
        if self._reader is None or self._reader.done() or self._waits is None:
            return
        left = self._since + timeout - loop.time()
        if left > 0:
            self._arm(loop, timeout, left)
        else:
            self._reader.set_exception(TimeoutError())

    async def drained(self) -> None:
        """Wait until the socket takes more to send, or the peer says something before it took all."""
        while self.blocked and not self.chunks:
            writer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._writers.append(writer)
            try:
                await writer
            finally:
                self._writers.remove(writer)
        if self._error is not None:
            raise self._error

    def _wake_writers(self) -> None:
        for writer in self._writers:
            if not writer.done():
                writer.set_result(None)

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


class StampedStream(httpcore.AsyncNetworkStream):
    """One connection; TLS can be started on it once."""

    def __init__(self, transport: asyncio.Transport, inbox: Inbox) -> None:
        self.transport = transport
        self.inbox = inbox
        self.secure = False
        self.road = Road()
        """What is known of the connection."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes; raises httpcore.ReadTimeout or httpcore.ReadError."""
        try:
            data = await self.inbox.take(max_bytes, timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(f"nothing for {timeout} s") from error
        except (OSError, ssl.SSLError) as error:
            raise httpcore.ReadError(_reason(error)) from error
        if not self.secure and data and self.inbox.first[:2] in (b"\x15\x03", b"\x16\x03"):
            raise httpcore.RemoteProtocolError("TLS record instead of an answer")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes; raises httpcore.WriteTimeout or httpcore.WriteError."""
        if not buffer:
            return
        if self.transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        try:
            self.transport.write(buffer)
            if self.inbox.blocked:
                async with asyncio.timeout(timeout):
                    await self.inbox.drained()
        except TimeoutError as error:
            raise httpcore.WriteTimeout(f"not taken for {timeout} s") from error
        except (OSError, ssl.SSLError) as error:
            raise httpcore.WriteError(_reason(error)) from error

    async def aclose(self) -> None:
        """Close the connection; neither TLS's own goodbye nor what a peer does not take is waited for."""
        if self.secure or self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "StampedStream":
        """The same connection, encrypted; raises ssl.SSLError, OSError or TimeoutError."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout):
            transport = await loop.start_tls(
                self.transport, self.inbox, ssl_context, server_hostname=server_hostname, ssl_handshake_timeout=timeout
            )
        if transport is None:
            raise ConnectionResetError("closed during the TLS handshake")
        self.transport = self.inbox.transport = transport
        self.secure = True
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a stream (ssl_object, is_readable, addresses)."""
        match info:
            case "ssl_object":
                return self.transport.get_extra_info("ssl_object")
            case "unsent":  # bytes that wait to be sent
                return self.transport.get_write_buffer_size()
            case "is_blocked":  # the peer does not take what was written
                return self.inbox.blocked
            case "is_readable":  # an idle connection with something to read, or closed, is not for reuse
                return bool(self.inbox.chunks) or self.transport.is_closing()
            case "client_addr":
                return self.transport.get_extra_info("sockname")
            case "server_addr":
                return self.transport.get_extra_info("peername")
            case "road":
                return self.road
            case "socket":
                return self.transport.get_extra_info("socket")
        return None


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


async def dial(family: int, address: tuple[Any, ...], timeout: float | None) -> StampedStream:
    """Connect to one socket address. Raises OSError or TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout):
        transport, inbox = await loop.create_connection(Inbox, address[0], address[1], family=family)
    return StampedStream(transport, inbox)
