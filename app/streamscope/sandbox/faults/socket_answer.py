"""A WebSocket with faults: its handshake, its frames and its end, written past the server's own writer."""

import asyncio
from dataclasses import replace

from starlette.types import Message
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from streamscope.sandbox.faults.frames import MEBIBYTE, Frames
from streamscope.sandbox.faults.outlet import Outlet
from streamscope.sandbox.faults.pieces import FOURTH, MESSAGE, Piece
from streamscope.sandbox.faults.spec import Spec
from streamscope.sandbox.faults.stages import line
from streamscope.sandbox.listeners import FramedWebSocket

CLOSE_SECONDS = 2.0
FLAWS = ("ws_masked", "ws_reserved")


class SocketAnswer:
    """The `send` of one WebSocket: takes the application's messages, and writes what becomes of them."""

    def __init__(self, spec: Spec, protocol: FramedWebSocket) -> None:
        self._spec = spec
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._line = line(spec, self._loop.time())
        self._outlet = Outlet(self._write, protocol.transport.close)
        self._frames = Frames(spec, protocol.conn.extensions)
        self._tokens = 0
        self._messages = 0

    async def __call__(self, message: Message) -> None:
        """Take one message; a close returns when everything before it is written."""
        kind = message["type"]
        if kind == "websocket.accept":
            await self._accept(message)
        elif kind == "websocket.send":
            self._outlet.put(self._with_flaws(self._line.feed([self._piece(message)])))
        elif kind == "websocket.close":
            self._outlet.put(self._line.end(self._loop.time()))
            await self._outlet.finish()
            await self._protocol.send(message)
        else:
            await self._protocol.send(message)

    async def close(self) -> None:
        """Drop what waits; the server ends the connection."""
        await self._outlet.close()

    async def _accept(self, message: Message) -> None:
        headers = list(message.get("headers", []))
        conn = self._protocol.conn
        if "ws_deflate" in self._spec:
            conn.available_extensions = [ServerPerMessageDeflateFactory()]
            accepted, conn.extensions = conn.process_extensions(self._protocol.request.headers)
            self._frames.extensions = conn.extensions
            headers += [(b"sec-websocket-extensions", accepted.encode())] if accepted else []
        if "ws_bad_accept" in self._spec:
            del self._protocol.response.headers["Sec-WebSocket-Accept"]
            headers.append((b"sec-websocket-accept", b"bm90IHRoZSByaWdodCBvbmU="))
        self._protocol.answers_pings = "ws_no_pong" not in self._spec
        await self._protocol.send({**message, "headers": headers})

    def _piece(self, message: Message) -> Piece:
        text = message.get("text")
        data = text.encode() if text is not None else bytes(message["bytes"])
        size = message.get("frame_size") or 0
        return Piece(self._loop.time(), data, MESSAGE, text=text is not None, frame_size=size)

    def _with_flaws(self, pieces: list[Piece]) -> list[Piece]:
        """The faults of frames, at the fourth token."""
        made: list[Piece] = []
        for piece in pieces:
            self._tokens += piece.token
            made.append(piece)
            if piece.token and self._tokens == FOURTH:
                made[-1] = replace(piece, flaw=next((name for name in FLAWS if name in self._spec), ""))
                made += self._after_fourth(piece)
        return made

    def _after_fourth(self, piece: Piece) -> list[Piece]:
        made = []
        if "ws_bad_utf8" in self._spec:
            made.append(replace(piece, action="bad_utf8"))
        if "ws_oversize" in self._spec:
            size = int(self._spec.number("ws_oversize")) * MEBIBYTE
            head, tail = b'{"type":"sandbox.padding","padding":"', b'"}'
            padding = b"x" * (size - len(head) - len(tail))
            made.append(replace(piece, data=head + padding + tail, text=True))
        if "ws_close" in self._spec:
            made.append(replace(piece, data=self._spec.values["ws_close"].encode(), action="close"))
        if "ws_lost" in self._spec:
            made.append(replace(piece, action="lost"))
        return made

    async def _write(self, pieces: list[Piece]) -> None:
        """Frames one by one, or all in one write where pieces are a group."""
        protocol = self._protocol
        frames = [frame for piece in pieces for frame in self._bytes(piece)]
        if len(pieces) > 1:
            frames = [b"".join(frames)]
        for frame in frames:
            await protocol.writable.wait()
            if not protocol.transport.is_closing() and not protocol.close_sent:
                protocol.transport.write(frame)
        self._messages += 1
        if self._messages == 1 and "ws_ping" in self._spec:
            protocol.check_with_pings(self._spec.number("ws_ping"))
        for piece in pieces:
            if piece.action == "close" and not protocol.close_sent:
                self._close(piece.data.decode())
            elif piece.action == "lost":
                protocol.transport.close()

    def _bytes(self, piece: Piece) -> list[bytes]:
        if piece.action == "ping":
            return [self._frames.ping()]
        if piece.action == "bad_utf8":
            return [self._frames.bad_text()]
        return [] if piece.action else self._frames.message(piece)

    def _close(self, text: str) -> None:
        code, _, reason = text.partition("/")
        protocol = self._protocol
        protocol.transport.write(self._frames.close(int(code), reason))
        protocol.close_sent = True
        protocol.close_timer = self._loop.call_later(CLOSE_SECONDS, protocol.transport.close)
