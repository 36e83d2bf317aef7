"""Sockets, the one HTTP server behind them, and which application answers on which port."""

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
import websockets.http11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from streamscope.model.errors import SandboxError
from streamscope.model.phrase import phrase
from streamscope.tasks import end, spawn

# Above the gateway's own limits for URI and headers, so that its answers 414 and 494 can be given.
REQUEST_HEAD_BYTES = 512 * 1024
# The gateways have their own, smaller limits on messages; a program that is called directly has none.
MESSAGE_BYTES = 1024 * 1024 * 1024
BACKLOG = 512
SHUTDOWN_SECONDS = 1
# A gateway keeps idle connections for a minute, so that a warm client finds its connection again.
KEEP_ALIVE_SECONDS = 60


class FramedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket connection whose application may limit the frame size of a message (key `frame_size`).

    RFC 6455, section 5.4: a message is one data frame and any number of continuation frames.
    """

    answers_pings = True

    def check_with_pings(self, seconds: float) -> None:
        """Ping now and then, as the base does; without a pong in that time the connection closes with 1011."""
        self.ping_interval = self.ping_timeout = seconds
        self.send_keepalive_ping()

    def handle_ping(self) -> None:
        """Answer as the base does, or swallow the pong that is ready to be sent."""
        if self.answers_pings:
            super().handle_ping()
        else:
            self.conn.data_to_send()

    async def send(self, message: Any) -> None:
        """Send as the base does, long messages in several frames."""
        limit = message.get("frame_size")
        text = message.get("text")
        data = text.encode() if text is not None else message.get("bytes")
        if message["type"] != "websocket.send" or not limit or len(data) <= limit:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            return
        opcode = Opcode.TEXT if text is not None else Opcode.BINARY
        for start in range(0, len(data), limit):
            last = start + limit >= len(data)
            frame = Frame(opcode if start == 0 else Opcode.CONT, data[start : start + limit], fin=last)
            self.transport.write(frame.serialize(mask=False))


class QuietServer(uvicorn.Server):
    """A server that leaves signals to its owner, and can be waited for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits."""
        await super().startup(sockets)
        self._listening.set()

    async def wait_until_started(self, serving: asyncio.Task[None]) -> None:
        """Return when connections are accepted; raise what kept the server from it."""
        listening = spawn(self._listening.wait(), name="start of the listeners")
        await asyncio.wait({listening, serving}, return_when=asyncio.FIRST_COMPLETED)
        await end(listening)
        if serving.done():
            serving.result()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class PortSwitch:
    """One application for each port, behind one server."""

    def __init__(self) -> None:
        self._apps: dict[int, ASGIApp] = {}

    def put(self, port: int, app: ASGIApp) -> None:
        """Let an application answer on a port."""
        self._apps[port] = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its port's application."""
        await self._apps[scope["server"][1]](scope, receive, send)


def bind(port: int = 0) -> socket.socket:
    """A listening socket on the loopback interface.

    The protocol is named because asyncio switches delays off (TCP_NODELAY) only on sockets that name it; without
    that, every answer of two writes waits 40 ms for an acknowledgement.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there the option would let two programs share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise SandboxError(
            phrase("The sandbox cannot listen on port {port}.", port=port),
            phrase("Another program may use it: choose another port, or none to take any free one."),
            cause=str(error),
        ) from error
    listening.setblocking(False)
    return listening


def server(app: ASGIApp, context: ssl.SSLContext | None) -> QuietServer:
    """A server for already bound sockets; without a context it speaks plain HTTP."""
    # The library's own limit of one header line would hide the gateway's answer to a long token.
    websockets.http11.MAX_LINE_LENGTH = REQUEST_HEAD_BYTES
    for name in ("uvicorn.error", "uvicorn.asgi"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # cut connections are ordinary here, not errors
    config = uvicorn.Config(
        app,
        http="h11",
        ws=FramedWebSocket,
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=REQUEST_HEAD_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        ssl_context_factory=(lambda _config, _default: context) if context else None,
    )
    return QuietServer(config)
