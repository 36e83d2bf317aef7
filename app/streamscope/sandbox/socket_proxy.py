"""Forwarding a WebSocket to a service's own program: handshake, messages and close codes, both ways."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from starlette.types import Message, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from streamscope.sandbox.call import Call, end_to_end
from streamscope.sandbox.proxy import no_response, refused
from streamscope.sandbox.refusals import RefusalError
from streamscope.tasks import end, spawn

NO_STATUS = 1005
ABNORMAL = 1006
TOO_BIG = 1009
INTERNAL = 1011
CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What a gateway allows on a WebSocket.

    `idle` counts from any data to the next; otherwise the time counts from a caller's message to the next answer.
    """

    seconds: float
    idle: bool
    message_bytes: int
    frame_bytes: int | None
    late_reason: str


async def forward(call: Call, limits: SocketLimits, scope: Scope, receive: Receive, send: Send) -> None:
    """Shake hands with the program first, so that its refusal reaches the caller; then bridge."""
    backend = await _open(call, scope.get("subprotocols", []), limits.seconds)
    subprotocol = backend.subprotocol
    await send({"type": "websocket.accept", "subprotocol": subprotocol, "headers": call.answer_headers})
    try:
        await _Bridge(backend, limits, receive, send).run()
    finally:
        backend.transport.abort()


async def _open(call: Call, offered: list[str], seconds: float) -> ClientConnection:
    decoded = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in call.headers]
    try:
        return await connect(
            f"ws://127.0.0.1:{call.port}{call.target}",
            additional_headers=[(n, v) for n, v in decoded if not n.lower().startswith("sec-websocket-")],
            subprotocols=[Subprotocol(name) for name in offered if name] or None,
            compression=None,
            max_size=None,
            ping_interval=None,
            proxy=None,
            user_agent_header=None,
            open_timeout=seconds,
            close_timeout=CLOSE_SECONDS,
        )
    except InvalidStatus as error:
        raise _refusal_of_program(call, error) from error
    except TimeoutError as error:
        raise call.late() from error
    except InvalidHandshake as error:
        raise no_response() from error
    except OSError as error:
        if call.passage.elsewhere():
            return await _open(call, offered, seconds)
        raise refused() from error


def _refusal_of_program(call: Call, error: InvalidStatus) -> RefusalError:
    answer = error.response
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.raw_items()]
    headers = [*end_to_end(raw, b"content-length"), *call.answer_headers]
    return RefusalError(answer.status_code, bytes(answer.body or b""), headers)


class _Bridge:
    """Two directions of one conversation; whichever ends first ends both."""

    def __init__(self, backend: ClientConnection, limits: SocketLimits, receive: Receive, send: Send) -> None:
        self._backend = backend
        self._limits = limits
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._deadline: float | None = None
        self._moved = asyncio.Event()
        self._data(waiting=limits.idle)

    async def run(self) -> None:
        up = spawn(self._to_program(), name="to the program")
        down = spawn(self._to_caller(), name="to the caller")
        clock = spawn(self._clock(), name="time limit")
        try:
            await asyncio.wait({up, down, clock}, return_when=asyncio.FIRST_COMPLETED)
            if clock.done():
                await self._close_both(INTERNAL, self._limits.late_reason)
        finally:
            await end(up, down, clock)

    def _data(self, *, waiting: bool) -> None:
        """Data went through: set the time limit anew, or lift it until the next message."""
        self._deadline = self._loop.time() + self._limits.seconds if waiting else None
        self._moved.set()

    async def _clock(self) -> None:
        """Return when the time is over; a deadline only ever moves later, so sleeping up to it is enough."""
        while True:
            if self._deadline is None:
                self._moved.clear()
                await self._moved.wait()
            elif (left := self._deadline - self._loop.time()) > 0:
                await asyncio.sleep(left)
            else:
                return

    async def _to_program(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                await self._caller_left(message)
                return
            data = message.get("text")
            if data is None:
                data = message["bytes"]
            if len(data.encode() if isinstance(data, str) else data) > self._limits.message_bytes:
                await self._close_both(TOO_BIG, "message too big")
                return
            self._data(waiting=True)
            try:
                await self._backend.send(data)
            except ConnectionClosed:
                await asyncio.Event().wait()  # the other direction knows how it ended and says so

    async def _caller_left(self, message: Message) -> None:
        """Without the key `reason` the caller's connection broke, and so does the program's."""
        if "reason" not in message:
            return
        code = message["code"]
        await self._close_program(None if code == NO_STATUS else code, message["reason"] or "")

    async def _close_program(self, code: int | None, reason: str) -> None:
        # None sends a close frame without a code, which the library's protocol allows and its type does not say.
        await self._backend.close(cast("Any", code), reason)

    async def _to_caller(self) -> None:
        while True:
            try:
                data = await self._backend.recv()
            except ConnectionClosed as closed:
                await self._program_left(closed)
                return
            self._data(waiting=self._limits.idle)
            key = "text" if isinstance(data, str) else "bytes"
            await self._send({"type": "websocket.send", key: data, "frame_size": self._limits.frame_bytes})

    async def _program_left(self, closed: ConnectionClosed) -> None:
        """Without a close frame nothing is sent: the server then cuts the caller's connection too."""
        if closed.rcvd is None:
            return
        code = None if closed.rcvd.code == NO_STATUS else closed.rcvd.code
        await self._send({"type": "websocket.close", "code": code, "reason": closed.rcvd.reason})

    async def _close_both(self, code: int, reason: str) -> None:
        await self._send({"type": "websocket.close", "code": code, "reason": reason})
        await self._close_program(code, reason)
