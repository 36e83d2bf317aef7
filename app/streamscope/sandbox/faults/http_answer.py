"""An HTTP answer with faults: head, chunks and end written byte for byte, past the server's own writer.

RFC 9112, section 7.1: chunked transfer coding. Every write is one call to the transport: one chunk, or its parts
where a fault says so.
"""

import asyncio
import socket
import struct
import time
from email.utils import formatdate
from http import HTTPStatus

from starlette.types import Message
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

from streamscope.sandbox.faults.coding import CODINGS
from streamscope.sandbox.faults.outlet import Outlet
from streamscope.sandbox.faults.pieces import LINES, SSE, WHOLE, Piece, Splitter
from streamscope.sandbox.faults.spec import Spec
from streamscope.sandbox.faults.stages import line

FORMS = {b"text/event-stream": SSE, b"application/x-ndjson": LINES}
LAST_CHUNK = b"0\r\n\r\n"
LAST_WITH_TRAILERS = b"0\r\nX-Sandbox-Tokens: done\r\nX-Sandbox-Trailer: the end\r\n\r\n"
# Long enough for the kernel to hand over what was written before a reset throws the rest away.
FLUSH_SECONDS = 0.1

RawHeaders = list[tuple[bytes, bytes]]


class BrokenError(Exception):
    """The connection was ended on purpose; nothing more can be written."""


class HttpAnswer:
    """The `send` of one call: takes the application's messages, and writes what becomes of them."""

    def __init__(self, spec: Spec, cycle: RequestResponseCycle) -> None:
        self._spec = spec
        self._cycle = cycle
        self._transport = cycle.transport
        self._loop = asyncio.get_running_loop()
        self._line = line(spec, self._loop.time())
        self._splitter = Splitter(WHOLE)
        self._outlet = Outlet(self._write, self._transport.close)
        self._written = 0
        if "informational" in spec:
            self._inform(int(spec.values["informational"]))

    async def __call__(self, message: Message) -> None:
        """Take one message; the last returns when everything is written."""
        if message["type"] == "http.response.start":
            self._start(message["status"], list(message["headers"]))
            return
        now = self._loop.time()
        pieces = self._splitter.feed(message.get("body", b""), now)
        if message.get("more_body", False):
            self._outlet.put(self._line.feed(pieces))
            return
        pieces += self._splitter.end(now)
        self._outlet.put(self._line.feed(pieces) + self._line.end(now))
        try:
            await self._outlet.finish()
            await self._finish()
        except BrokenError:
            return

    async def close(self) -> None:
        """End the connection, wherever the answer is; an answer that did not begin is left to the server."""
        await self._outlet.close()
        if self._cycle.response_started:
            self._transport.close()

    def _inform(self, status: int) -> None:
        reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Informational"
        self._transport.write(f"HTTP/1.1 {status} {reason}\r\nLink: </style.css>; rel=preload\r\n\r\n".encode())

    def _start(self, status: int, headers: RawHeaders) -> None:
        kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
        self._splitter = Splitter(FORMS.get(kind.split(b";")[0].strip().lower(), WHOLE))
        self._cycle.response_started = True
        self._cycle.waiting_for_100_continue = False
        reason = HTTPStatus(status).phrase.encode() if status in set(HTTPStatus) else b""
        fields = self._fields([*self._cycle.default_headers, *headers])
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
        self._transport.write(b"HTTP/1.1 %d %s\r\n%s\r\n" % (status, reason, lines))

    def _fields(self, headers: RawHeaders) -> RawHeaders:
        spec, dropped, changed = self._spec, {b"content-length", b"transfer-encoding", b"connection"}, []
        if "buffer" in spec:
            dropped.add(b"x-accel-buffering")
            changed.append((b"via", b"1.1 proxy.sandbox.internal"))
        if "content_type" in spec or "json_as_stream" in spec:
            dropped.add(b"content-type")
            kind = spec.values.get("content_type", "text/event-stream")
            changed.append((b"content-type", kind.encode("latin-1", "replace")))
        changed += [(b"content-encoding", name.encode()) for name in CODINGS if name in spec]
        if "clock" in spec:
            dropped.add(b"date")
            changed.append((b"date", formatdate(time.time() + spec.number("clock"), usegmt=True).encode()))
        if "trailers" in spec:
            changed.append((b"trailer", b"X-Sandbox-Tokens, X-Sandbox-Trailer"))
        if "lost_connection" not in spec:
            changed.append((b"connection", b"close"))
        kept = [(name, value) for name, value in headers if name.lower() not in dropped]
        return [*kept, *changed, (b"transfer-encoding", b"chunked")]

    async def _write(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if piece.action == "cut":
                await self._break(reset=False)
        data = b"".join(piece.data for piece in pieces)
        for name in ("cut", "reset"):
            left = int(self._spec.number(name)) - self._written if name in self._spec else len(data) + 1
            if left <= len(data):
                await self._chunks(data[:left])
                await self._break(reset=name == "reset")
        await self._chunks(data)

    async def _chunks(self, data: bytes) -> None:
        """One chunk in one write, or one for each byte."""
        if self._cycle.flow.write_paused and not self._cycle.disconnected:
            await self._cycle.flow.drain()
        self._written += len(data)
        if "drip" not in self._spec:
            if data:
                self._transport.write(b"%x\r\n%s\r\n" % (len(data), data))
            return
        for at in range(len(data)):
            if self._transport.is_closing():
                raise BrokenError
            self._transport.write(b"1\r\n" + data[at : at + 1] + b"\r\n")
            await asyncio.sleep(self._spec.number("drip"))

    async def _break(self, *, reset: bool) -> None:
        """End the connection now: in good order (FIN), or not (RST: an abort with no time to linger)."""
        if reset:
            await asyncio.sleep(FLUSH_SECONDS)
            bare = self._transport.get_extra_info("socket")
            if bare is not None:
                bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        else:
            self._transport.close()
        raise BrokenError

    async def _finish(self) -> None:
        self._transport.write(LAST_WITH_TRAILERS if "trailers" in self._spec else LAST_CHUNK)
        if "lost_connection" in self._spec:
            await asyncio.sleep(self._spec.number("lost_connection"))
        self._transport.close()
