"""Servers on 127.0.0.1 that send exactly the bytes they are told to, in a thread of their own."""

import asyncio
import base64
import contextlib
import hashlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from websockets.frames import Frame, Opcode

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass
class Received:
    """One request as it arrived, byte for byte."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    def all(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """The only value of a header; a second one is a mistake."""
        values = self.all(name)
        assert len(values) < 2, values
        return values[0] if values else None


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.requests: list[Received] = []
        self.frames: list[tuple[int, bytes]] = []

    async def request(self) -> Received:
        """Read one request, its body by Content-Length."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("utf-8", "surrogateescape")
        line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        headers = [(name, value.removeprefix(" ")) for name, _, value in (row.partition(":") for row in lines)]
        received = Received(line, headers, b"")
        received.body = await self.reader.readexactly(int(received.get("content-length") or 0))
        self.requests.append(received)
        return received

    async def send(self, *chunks: bytes) -> None:
        """Write chunks, giving each the chance to be a read of its own."""
        for chunk in chunks:
            self.writer.write(chunk)
            await self.writer.drain()
            if len(chunks) > 1:
                await asyncio.sleep(0.005)

    async def answer(self, body: bytes = b"", status: str = "200 OK", **headers: str) -> None:
        """A whole answer with its length."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode() + body)

    async def stream(self, *chunks: bytes, end: bool = True) -> None:
        """An event stream in HTTP chunks; without `end` the last chunk is missing."""
        await self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await self.send(*(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks))
        if end:
            await self.send(b"0\r\n\r\n")

    async def upgrade(self, *extra: str, accept: str | None = None, then: bytes = b"") -> Received:
        """Answer a WebSocket handshake; `then` goes out in the same write."""
        request = await self.request()
        key = (request.get("sec-websocket-key") or "").encode()
        made = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Accept: {made if accept is None else accept}", *extra, "", ""]
        await self.send("\r\n".join(lines).encode() + then)
        return request

    async def frame(self) -> tuple[int, bytes]:
        """Read one frame of the client, which must be masked."""
        first, second = await self.reader.readexactly(2)
        assert second & 0x80, "a client's frame must be masked"
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
        mask = await self.reader.readexactly(4)
        data = await self.reader.readexactly(size)
        plain = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)) if size < 1 << 16 else data
        self.frames.append((first & 0x0F, plain))
        return self.frames[-1]

    async def goodbye(self) -> None:
        """Read until the client's close frame: then it is the server who ends the connection."""
        while (await self.frame())[0] != 8:
            pass

    async def rest(self) -> bytes:
        """Whatever still comes until the client ends the connection."""
        return await self.reader.read()


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, mask: bool = False, rsv1: bool = False) -> bytes:
    """A frame's bytes."""
    made = Frame(Opcode(opcode), data, fin=fin).serialize(mask=mask)
    return bytes((made[0] | (0x40 if rsv1 else 0),)) + made[1:]


def text(data: str | bytes, **options: Any) -> bytes:
    """A text frame's bytes."""
    return frame(1, data.encode() if isinstance(data, str) else data, **options)


def close(code: int | None = 1000, reason: str = "") -> bytes:
    """A close frame's bytes; None writes one without a code."""
    return frame(8, b"" if code is None else code.to_bytes(2) + reason.encode())


Script = Callable[[Peer], Awaitable[Any]]
_ACCEPTING = 3
"""Turns of the loop from an accepted socket to its protocol; a server closed between them would lose the socket."""


@dataclass
class Served:
    """A listening server and what it has seen."""

    port: int = 0
    peers: list[Peer] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    _done: threading.Condition = field(default_factory=threading.Condition)
    finished: int = 0

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Received]:
        return [request for peer in self.peers for request in peer.requests]

    @property
    def request(self) -> Received:
        """The only request that came."""
        (only,) = self.requests
        return only

    def wait(self, scripts: int = 1) -> None:
        """Wait until so many scripts have run to their end, and fail where one of them failed."""
        with self._done:
            assert self._done.wait_for(lambda: self.finished >= scripts, timeout=20), "the server's script hangs"
        for failure in self.failures:
            raise failure

    async def seen(self, scripts: int = 1) -> None:
        """The same for a test on a loop, which must go on turning."""
        await asyncio.to_thread(self.wait, scripts)

    def ended(self, failure: BaseException | None) -> None:
        with self._done:
            self.finished += 1
            if failure is not None:
                self.failures.append(failure)
            self._done.notify_all()


class RawServers:
    """The thread and the loop that the servers run on."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="raw servers")
        self._thread.start()
        self._open: list[tuple[asyncio.Server, set[asyncio.Task[None]], asyncio.Event]] = []

    def serve(self, script: Script | bytes, tls: ssl.SSLContext | None = None) -> Served:
        """Listen; each connection runs the script, which may just be the bytes of an answer."""
        return self.run(self._serve(script if callable(script) else _answering(script), tls))

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    def close(self) -> None:
        """Close every server and connection of a test."""
        self.run(self._close())

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, script: Script, tls: ssl.SSLContext | None) -> Served:
        served = Served()
        tasks: set[asyncio.Task[None]] = set()
        over = asyncio.Event()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if over.is_set():  # accepted before the listening socket was closed, and seen only now
                writer.close()
                return
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            with contextlib.suppress(asyncio.CancelledError):  # the test is over
                await _play(script, served, Peer(reader, writer))
            tasks.discard(task)

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls, limit=1 << 24)
        served.port = server.sockets[0].getsockname()[1]
        self._open.append((server, tasks, over))
        return served

    async def _close(self) -> None:
        opened, self._open = self._open, []
        for server, _, over in opened:
            over.set()
            for listening in server.sockets:
                self._loop.remove_reader(listening.fileno())
        for _ in range(_ACCEPTING):
            await asyncio.sleep(0)
        for server, tasks, _ in opened:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


async def _play(script: Script, served: Served, peer: Peer) -> None:
    served.peers.append(peer)
    failure: BaseException | None = None
    try:
        await script(peer)
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        pass  # the client may go away at any time
    except Exception as error:
        failure = error
    finally:
        peer.writer.close()
        served.ended(failure)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        await peer.writer.wait_closed()


def _answering(answer: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)

    return script
