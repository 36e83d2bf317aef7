"""WebSocket (RFC 6455, with permessage-deflate of RFC 7692).

The handshake is an HTTP request like any other, so that authentication, TLS, proxies and refusals work as they do
there; frames are then read and written by the websockets library's protocol without I/O, so that each one is seen.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Any, cast

import httpcore
from websockets.client import ClientProtocol
from websockets.frames import Close as CloseFrame
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.protocols.base import Close, OutgoingQueue, Ping, Protocol, Send
from streamscope.kinds.protocols.frames import FrameBorders
from streamscope.kinds.protocols.handshake import accepted, offered
from streamscope.kinds.protocols.http import Whole, answered, head
from streamscope.model.errors import ProtocolViolation, StreamscopeError
from streamscope.model.event import Closed, Control, Event, Message
from streamscope.model.phrase import phrase
from streamscope.model.request import Request
from streamscope.tasks import end, spawn

_READ = 1 << 18
_GOODBYE = 3.0
"""Seconds that a peer has for answering a close frame, and then for ending the connection."""


class WebSocket(Protocol):
    """Messages both ways until one side closes. Pings are answered; none is sent by itself."""

    key = "websocket"
    label = phrase("WebSocket")
    help = phrase("Messages both ways on one open connection.")
    accepted_as = frozenset({"WS"})
    plain, secure = "ws", "wss"
    duplex = True

    def prepare(self, request: Request) -> Request:
        """The handshake's own headers, so that they are shown like all others; no signature covers them."""
        return offered(request)

    async def open(
        self, request: Request, outgoing: OutgoingQueue, wire: Wire, net: Net
    ) -> AsyncGenerator[Event, None]:
        """Handshake, then messages and controls of both directions, then how it closed."""
        if request.route is None:
            raise ValueError("a request is sent on a route")
        limits = request.limits
        async with net.exchange(
            wire,
            request.route,
            "GET",
            request.headers,
            connect=limits.connect or None,
            wait=limits.wait or None,
        ) as response:
            yield head(response, wire)
            if response.status_code != 101:
                async for event in answered(request, response, wire, Whole()):
                    yield event
                yield Closed(wire.now(), "server")
                return
            conversation = Conversation(accepted(request, response), response.extensions["network_stream"], wire)
            async for event in conversation.run(request.messages, outgoing):
                yield event


class Conversation:
    """An open WebSocket: what comes, what goes, and the close handshake."""

    def __init__(self, protocol: ClientProtocol, stream: httpcore.AsyncNetworkStream, wire: Wire) -> None:
        self._protocol = protocol
        self._stream = stream
        self._wire = wire
        self._borders = FrameBorders()
        self._events: deque[Event] = deque()
        self._news = asyncio.Event()
        self._fragments: list[bytes] = []
        self._first = 0
        self._text = True
        self._asked: Close | None = None

    async def run(self, first: tuple[str | bytes, ...], outgoing: OutgoingQueue) -> AsyncGenerator[Event, None]:
        """All events until the end; closing this iterator sends a close frame first."""
        reader = spawn(self._receive(), name="websocket receive")
        writer = spawn(self._transmit(first, outgoing), name="websocket transmit")
        reader.add_done_callback(lambda _: self._news.set())
        writer.add_done_callback(lambda _: self._news.set())
        try:
            while not (reader.done() and not self._events):
                while self._events:
                    yield self._events.popleft()
                if writer.done() and not writer.cancelled() and (failure := writer.exception()) is not None:
                    raise failure
                if not reader.done():
                    self._news.clear()
                    await self._news.wait()
            reader.result()
        except (asyncio.CancelledError, GeneratorExit):
            self._told_at_once()
            await self._leave(reader)
            self._told_at_once()
            raise
        finally:
            await end(reader, writer)
        yield self._closed()

    async def _receive(self) -> None:
        """Take up reads until the connection ends; an end without a close frame shows in the close code."""
        while True:
            try:
                data = await self._stream.read(_READ)
            except (httpcore.NetworkError, httpcore.ProtocolError):
                data = b""
            if not data:
                break
            borders = self._borders.feed(data, self._wire.reads)
            self._protocol.receive_data(data)
            self._take(borders)
            await self._flush()
            if self._protocol.close_expected():
                break
        if self._protocol.state is not State.CLOSED and data:
            with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
                async with asyncio.timeout(_GOODBYE):
                    while await self._stream.read(_READ):
                        pass
        with suppress(EOFError):
            self._protocol.receive_eof()

    def _take(self, borders: list[Any]) -> None:
        frames = cast("list[Frame]", self._protocol.events_received())
        for frame, border in zip(frames, borders, strict=False):
            for event in self._seen(frame, border.first, border.last):
                self._tell(event)

    def _seen(self, frame: Frame, first: int, last: int) -> Iterator[Event]:
        at = self._wire.read_at
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if frame.opcode is not Opcode.CONT:
                self._first, self._text, self._fragments = first, frame.opcode is Opcode.TEXT, []
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                payload, self._fragments = b"".join(self._fragments), []
                yield _message(at, "in", (self._first, last), payload, self._text)
        elif frame.opcode is Opcode.PING:
            yield Control(at, "in", "ping", _shown(frame.data))
            yield Control(self._wire.now(), "out", "pong", _shown(frame.data))
        elif frame.opcode is Opcode.PONG:
            yield Control(at, "in", "pong", _shown(frame.data))
        else:
            yield Control(at, "in", "close", _close_text(self._protocol.close_rcvd))
            if self._protocol.close_rcvd_then_sent:
                yield Control(self._wire.now(), "out", "close", _close_text(self._protocol.close_rcvd))

    async def _transmit(self, first: tuple[str | bytes, ...], outgoing: OutgoingQueue) -> None:
        for message in first:
            await self._send(message)
        while True:
            await self._send(await outgoing.get())

    async def _send(self, item: Send) -> None:
        if self._protocol.state is not State.OPEN:
            return
        match item:
            case Close(code, reason):
                self._asked = item
                self._protocol.send_close(code, reason)
                event: Event = Control(self._wire.now(), "out", "close", f"{code} {reason}".strip())
            case Ping(payload):
                self._protocol.send_ping(payload)
                event = Control(self._wire.now(), "out", "ping", _shown(payload))
            case str():
                self._protocol.send_text(item.encode())
                event = _message(self._wire.now(), "out", (0, 0), item.encode(), True)
            case _:
                self._protocol.send_binary(item)
                event = _message(self._wire.now(), "out", (0, 0), item, False)
        self._tell(event)
        await self._flush()
        if isinstance(item, Close):
            await self._wait_for_close()

    async def _wait_for_close(self) -> None:
        """A peer that does not answer the close frame in time loses the connection."""
        await asyncio.sleep(_GOODBYE)
        await self._stream.aclose()

    async def _leave(self, reader: asyncio.Task[None]) -> None:
        """Say goodbye when the user stops: a close frame, and a moment for its answer."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE, "")
            self._wire.emit(Control(self._wire.now(), "out", "close", str(int(CloseCode.NORMAL_CLOSURE))))
            with suppress(StreamscopeError, httpcore.NetworkError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._flush()
                    await asyncio.wait([reader])

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                with suppress(httpcore.NetworkError):
                    await self._stream.write(data)

    def _tell(self, event: Event) -> None:
        self._events.append(event)
        self._news.set()

    def _told_at_once(self) -> None:
        """What nobody takes any more did happen all the same."""
        while self._events:
            self._wire.emit(self._events.popleft())

    def _closed(self) -> Closed:
        received, now = self._protocol.close_rcvd, self._wire.now()
        if (
            self._protocol.parser_exc is not None
            and received is None
            and not isinstance(self._protocol.parser_exc, EOFError)
        ):
            raise ProtocolViolation(
                phrase("The server broke the WebSocket protocol: {reason}.", reason=str(self._protocol.parser_exc)),
                phrase("The server or a proxy on the way writes wrong frames."),
                cause=type(self._protocol.parser_exc).__name__,
            ) from self._protocol.parser_exc
        if received is not None:
            by = "server" if self._protocol.close_rcvd_then_sent else "client"
            return Closed(now, by, received.code, received.reason)  # type: ignore[arg-type]
        if self._asked is not None:
            return Closed(now, "client", self._asked.code, self._asked.reason)
        return Closed(now, "network", CloseCode.ABNORMAL_CLOSURE, "")


def _message(at: int, direction: Any, reads: tuple[int, int], payload: bytes, text: bool) -> Message:
    return Message(at, direction, reads, payload, "message", opcode="text" if text else "binary")


def _shown(payload: Any) -> str:
    return bytes(payload).decode(errors="replace")


def _close_text(close: CloseFrame | None) -> str:
    return "" if close is None else f"{int(close.code)} {close.reason}".strip()
