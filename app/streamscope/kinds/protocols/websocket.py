"""WebSocket (RFC 6455, with permessage-deflate of RFC 7692).

The handshake is an HTTP request like any other, so that authentication, TLS, proxies and refusals work as they do
there. Frames that come are decoded here, bit by bit; what goes is written by the websockets library's protocol without
I/O, which sends nothing by itself.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, suppress

import httpcore
from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError as Unwritable
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import CloseCode
from websockets.protocol import State

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.protocols.assembly import (
    Assembly,
    Inflater,
    bits,
    carrying,
    close_size,
    closing,
    frame_of,
    payload_of,
)
from streamscope.kinds.protocols.base import Close, Frames, OutgoingQueue, Ping, Pong, Protocol
from streamscope.kinds.protocols.cutters import Whole
from streamscope.kinds.protocols.frames import FrameDecoder
from streamscope.kinds.protocols.handshake import accepted, offered, rekeyed
from streamscope.kinds.protocols.http import Content, answered, head
from streamscope.kinds.protocols.reconnection import FIELDS, Reconnection
from streamscope.model.errors import ProtocolViolation, Silent, StreamscopeError, UsageError
from streamscope.model.event import Closed, Control, Event, Message
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.redact import masked_bytes
from streamscope.model.request import Request
from streamscope.tasks import end, spawn

_READ = 1 << 20
_SIP = 1 << 14
_GOODBYE = 3.0
"""Seconds that a peer has for answering a close frame, and then for ending the connection."""
_ON_THE_WAY = 4 << 20
"""Bytes that a peer may still send behind a close frame of ours, or its own: more is no message on its way."""
_LEAVING = 1.0
"""Seconds that it has when the user stops."""


class WebSocket(Protocol):
    """Messages both ways until one side closes. Pings are answered; none is sent by itself."""

    key = "websocket"
    label = phrase("WebSocket")
    help = phrase("Messages both ways on one open connection.")
    fields = (
        Field(
            "pongs",
            phrase("Answer pings"),
            "switch",
            "on",
            phrase("Off shows what a server does with a client that went silent."),
        ),
        Field(
            "compression",
            phrase("Offer compression"),
            "switch",
            "on",
            phrase("permessage-deflate (RFC 7692); whether it is used, the server decides."),
        ),
        Field("subprotocols", phrase("Subprotocols"), "text", help=phrase("Separated by commas, the best one first.")),
        *FIELDS,
    )
    accepted_as = frozenset({"WS"})
    plain, secure = "ws", "wss"
    duplex = True

    def prepare(self, request: Request) -> Request:
        """The handshake's own headers, so that they are shown like all others; no signature covers them."""
        return offered(request)

    def again(self, request: Request) -> Request:
        """With a key of its own (RFC 6455, section 4.1)."""
        return rekeyed(request)

    def reconnection(self, settings: Mapping[str, str]) -> Reconnection | None:
        """As its fields say."""
        return Reconnection.of(settings)

    async def open(
        self, request: Request, outgoing: OutgoingQueue, wire: Wire, net: Net
    ) -> AsyncGenerator[list[Event], None]:
        """Handshake, then messages and controls of both directions, then how it closed."""
        if request.route is None:
            raise ValueError("a request is sent on a route")
        limits = request.limits
        outgoing.secrets |= request.secrets
        async with net.exchange(
            wire,
            request.route,
            "GET",
            request.headers,
            connect=limits.connect or None,
            wait=limits.wait or None,
        ) as response:
            yield [head(response, wire)]
            if response.status_code != 101:
                content = Content(response, wire)
                async with aclosing(answered(request, content, wire, Whole())) as batches:
                    async for events in batches:
                        yield events
                yield [Closed(wire.now(), "server", body=content.carried())]
                return
            protocol = accepted(request, response)
            stream = response.extensions["network_stream"]
            pongs = request.settings.get("pongs") != "off"
            conversation = Conversation(protocol, stream, wire, pongs=pongs, between=limits.between)
            async with aclosing(conversation.run(request.messages, outgoing)) as batches:
                async for events in batches:
                    yield events


class Conversation:
    """An open WebSocket: what comes, what goes, and the close handshake.

    What goes is told to the wire when it leaves; what comes is given in batches, one a read.
    """

    def __init__(
        self,
        protocol: ClientProtocol,
        stream: httpcore.AsyncNetworkStream,
        wire: Wire,
        *,
        pongs: bool = True,
        between: float = 0.0,
    ) -> None:
        self._protocol = protocol
        self._stream = stream
        self._wire = wire
        self._pongs = pongs
        self._outgoing: OutgoingQueue | None = None
        self._between = between
        deflate = next((one for one in protocol.extensions if isinstance(one, PerMessageDeflate)), None)
        self._decoder = FrameDecoder(extended=4 if deflate else 0)
        self._inflater = (
            Inflater(deflate.remote_max_window_bits, takeover=not deflate.remote_no_context_takeover)
            if deflate
            else None
        )
        self._assembly: Assembly | None = None
        self._pinged: dict[bytes, int] = {}
        self._asked: Close | None = None
        self._answered = False
        self._patience = _ON_THE_WAY

    async def run(self, first: tuple[str | bytes, ...], outgoing: OutgoingQueue) -> AsyncGenerator[list[Event], None]:
        """All that comes until the end; closing this iterator sends a close frame first."""
        self._outgoing = outgoing
        outgoing.open = True
        writer = spawn(self._transmit(first, outgoing), name="websocket transmit")
        writer.add_done_callback(self._written)
        hastener = spawn(self._hasten(outgoing), name="websocket hasten")
        try:
            while not self._over() and self._patience > 0 and (data := await self._read(self._between or None)):
                if self._asked is not None:
                    self._patience -= len(data)
                self._begin(data)
                for piece in self._pieces(data):
                    events = self._taken(piece)
                    await self._flush()
                    if events:
                        yield events
                    if self._over():
                        break
                    if len(piece) < len(data):
                        await asyncio.sleep(0)
            if self._over():
                await self._linger()
            if not writer.cancelled() and writer.done() and (failure := writer.exception()) is not None:
                raise failure
        except (asyncio.CancelledError, GeneratorExit):
            await self._leave()
            raise
        except httpcore.ReadTimeout as error:
            await self._leave()
            raise Silent(
                phrase("Nothing came for {seconds} s.", seconds=f"{self._between:g}"),
                phrase("A longer time between two reads can be set in the draft's limits; 0 waits without end."),
                str(error),
            ) from error
        finally:
            outgoing.open = False
            await end(writer, hastener)
        if cut := self._cut_short():
            yield cut
        yield [self._closed()]

    def _over(self) -> bool:
        """Whether no more is read: the close frame came, or what came is no WebSocket stream."""
        assembly = self._assembly
        return assembly is not None and bool(assembly.closed or assembly.violation or self._decoder.violation)

    def _begin(self, data: bytes) -> None:
        """The frames begin with the first read."""
        if self._assembly is None:
            self._assembly = Assembly(self._wire.keep, self._wire.received - len(data), self._inflater)

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """A read, in small pieces where they may inflate to a thousand times their size: stopping must not wait."""
        step = len(data) if self._inflater is None else _SIP
        return (data[at : at + step] for at in range(0, len(data), step))

    def _taken(self, data: bytes) -> list[Event]:
        """The events of these bytes of a read, with the pongs and the close frame that answer it."""
        wire = self._wire
        if self._assembly is None:
            return []
        parts = self._decoder.feed(data, wire.reads)
        events: list[Event] = []
        for event in self._assembly.feed(parts, wire.read_at, wire.reads):
            if type(event) is not Control:
                events.append(event)
            elif event.name == "ping":
                events.append(event)
                if self._answers and not self._stream.get_extra_info(
                    "is_blocked"
                ):  # section 5.5.3 allows to leave some
                    events.append(self._pong(event))
            else:
                events.append(self._timed(event) if event.name == "pong" else event)
        if (closed := self._assembly.closed) is not None and self._protocol.state is State.OPEN:
            code, reason = closed
            self._protocol.send_close(code, reason) if code is not None else self._protocol.send_close()
            self._answered = True
            events.append(closing(wire.now(), "out", code, reason, {**bits(0, close_size(code, reason), masked=True)}))
        elif wrong := self._wrong:
            events.append(self._refused(wrong))
        return events

    def _cut_short(self) -> list[Event]:
        """The message that had begun when the connection ended."""
        if self._assembly is None or self._wrong:
            return []
        return self._assembly.finish(self._wire.read_at, self._wire.reads)

    @property
    def _wrong(self) -> str:
        """Why what came is no WebSocket stream, '' where it is one."""
        return self._decoder.violation or (self._assembly.violation if self._assembly is not None else "")

    @property
    def _answers(self) -> bool:
        """Whether pings are answered: as the draft says, until the person says otherwise."""
        chosen = self._outgoing.pongs if self._outgoing is not None else None
        return self._pongs if chosen is None else chosen

    def _pong(self, ping: Control) -> Control:
        payload = payload_of(ping)
        self._protocol.send_pong(payload)
        detail = {**bits(0, len(payload), masked=True), "automatic": True}
        return carrying(self._wire.now(), "out", "pong", payload, detail)

    def _timed(self, pong: Control) -> Control:
        """A pong with the round trip of the ping that it answers; an answer covers the pings before it, too."""
        payload = payload_of(pong)
        sent = self._pinged.get(payload)
        if sent is None:
            return pong
        for older in list(self._pinged):
            del self._pinged[older]
            if older == payload:
                break
        return carrying(pong.t, "in", "pong", payload, {**pong.detail, "rtt_ns": max(0, pong.t - sent)})

    def _refused(self, wrong: str) -> Control:
        code = CloseCode.INVALID_DATA if "inflated" in wrong else CloseCode.PROTOCOL_ERROR
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, "")
        return closing(self._wire.now(), "out", int(code), "", bits(0, 2, masked=True))

    async def _read(self, timeout: float | None = None) -> bytes:
        """The next bytes, b'' once the connection has ended, however it did. Raises httpcore.ReadTimeout."""
        try:
            return await self._stream.read(_READ, timeout)
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return b""

    async def _linger(self) -> None:
        """After the close frames it is the server that ends the connection (section 7.1.1), unless it goes on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                while self._patience > 0 and (data := await self._read()):
                    self._patience -= len(data)

    async def _transmit(self, first: tuple[str | bytes, ...], outgoing: OutgoingQueue) -> None:
        try:
            for message in first:
                await self._send(message, outgoing.secrets)
            while True:
                item = await outgoing.get()
                if self._protocol.state is not State.OPEN:
                    outgoing.give_back(item)
                    return
                try:
                    await self._send(item, outgoing.secrets)
                finally:
                    outgoing.sent()
        except Unwritable as error:
            raise UsageError(
                phrase("This cannot be written as a WebSocket frame: {reason}.", reason=str(error)),
                phrase("A ping, and a close reason, have 125 bytes at most; not every close code may be sent."),
            ) from error

    async def _hasten(self, outgoing: OutgoingQueue) -> None:
        """Where a close frame waits behind what the peer does not take any more, the connection is given up."""
        await outgoing.closing.wait()
        unsent = -1
        while self._protocol.state is State.OPEN:
            left = self._stream.get_extra_info("unsent")
            if left and left == unsent:
                await self._stream.aclose()
                return
            unsent = left
            await asyncio.sleep(_GOODBYE)

    def _written(self, writer: "asyncio.Task[None]") -> None:
        """What cannot be sent ends the conversation; its failure is raised where it is read."""
        if not writer.cancelled() and writer.exception() is not None:
            spawn(self._stream.aclose(), name="websocket close")

    async def _send(self, item: Frames, secrets: frozenset[str]) -> None:
        if self._protocol.state is not State.OPEN:
            return
        now = self._wire.now()
        match item:
            case Close(code, reason):
                self._asked = item
                self._protocol.send_close(code, reason) if code is not None else self._protocol.send_close()
                event: Event = closing(now, "out", code, reason, bits(0, close_size(code, reason), masked=True))
            case Ping(payload):
                self._pinged[payload] = now
                self._protocol.send_ping(payload)
                event = carrying(now, "out", "ping", payload, bits(0, len(payload), masked=True))
            case Pong(payload):
                self._protocol.send_pong(payload)
                detail = {**bits(0, len(payload), masked=True), "automatic": False}
                event = carrying(now, "out", "pong", payload, detail)
            case str():
                payload = item.encode()
                self._protocol.send_text(payload)
                event = Message(now, "out", (0, 0), masked_bytes(payload, secrets), "message", opcode="text")
            case _:
                payload = item
                self._protocol.send_binary(item)
                event = Message(now, "out", (0, 0), masked_bytes(payload, secrets), "message", opcode="binary")
        sent = self._protocol.data_to_send()
        if type(event) is Message and (frame := frame_of(sent[0], len(payload))).rsv:
            event = Message(now, "out", (0, 0), event.payload, "message", opcode=event.opcode, frames=(frame,))
        self._wire.emit(event)
        await self._write(sent)
        if isinstance(item, Close):
            await asyncio.sleep(_GOODBYE)
            await self._stream.aclose()  # a peer that does not answer the close frame in time loses the connection

    async def _leave(self) -> None:
        """Say goodbye when the user stops: a close frame, and a moment for its answer."""
        if self._protocol.state is not State.OPEN:
            return
        code = int(CloseCode.NORMAL_CLOSURE)
        self._protocol.send_close(code, "")
        self._wire.emit(closing(self._wire.now(), "out", code, "", bits(0, 2, masked=True)))
        with suppress(StreamscopeError, httpcore.NetworkError, TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await self._flush()
                while not self._over() and self._patience > 0 and (data := await self._read()):
                    self._patience -= len(data)
                    self._begin(data)
                    for event in self._taken(data):
                        self._wire.emit(event)

    async def _flush(self) -> None:
        await self._write(self._protocol.data_to_send())

    async def _write(self, pieces: list[bytes]) -> None:
        for data in pieces:
            if data:
                with suppress(httpcore.NetworkError):
                    await self._stream.write(data)

    def _closed(self) -> Closed:
        now = self._wire.now()
        if wrong := self._wrong:
            raise ProtocolViolation(
                phrase("The server broke the WebSocket protocol: {reason}.", reason=wrong),
                phrase("The server or a proxy on the way writes wrong frames."),
                cause="RFC 6455",
            )
        received = self._assembly.closed if self._assembly is not None else None
        if received is not None:
            code, reason = received
            none_given = int(CloseCode.NO_STATUS_RCVD)
            return Closed(now, "server" if self._answered else "client", none_given if code is None else code, reason)
        if self._asked is not None:
            code = self._asked.code
            none_given = int(CloseCode.NO_STATUS_RCVD)
            return Closed(now, "client", none_given if code is None else code, self._asked.reason)
        return Closed(now, "network", int(CloseCode.ABNORMAL_CLOSURE), "")
