"""A client that sees the wire: bytes as single reads, chunks as they were framed, WebSocket frames one by one.

Over TLS each write of the server is a record of its own, and a blocking read returns one record at most: so every
element of `reads` is one write.
"""

import base64
import dataclasses
import json
import os
import socket
import struct
import time
from typing import Any

from tests.sandbox.conftest import Running

ASK = {"seed": 1, "max_tokens": 12, "tokens_per_second": 0, "first_token_delay": 0, "stream": True}
SAID = [{"role": "user", "content": "Tell me about the harbour."}]


@dataclasses.dataclass
class Answer:
    """Head, body and how it all came: `end` is `whole`, `cut` (FIN before the last chunk) or `reset`."""

    head: bytes
    chunks: list[bytes]
    trailers: bytes
    end: str
    reads: list[bytes]
    times: list[float]
    before: bytes = b""

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def values(self) -> list[Any]:
        return [json.loads(line[6:]) for line in self.body.split(b"\n") if line.startswith(b"data: {")]

    @property
    def text(self) -> str:
        choices = [choice for value in self.values for choice in value.get("choices", [])]
        return "".join(choice["delta"].get("content", "") for choice in choices)


def connected(sandbox: Running, url: str, name: str = "") -> socket.socket:
    """A blocking connection, over TLS where the address says so."""
    host, port = url.split("/")[2].rsplit(":", 1)
    bare = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
    bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if url.startswith(("https", "wss")):
        return sandbox.context.wrap_socket(bare, server_hostname=name or host)
    return bare


def request_bytes(url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
    authority, _, path = url.partition("://")[2].partition("/")
    fields = {"Host": authority, **headers}
    if body is not None:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{'GET' if body is None else 'POST'} /{path} HTTP/1.1\r\n{lines}\r\n".encode() + (body or b"")


def exchange(
    sandbox: Running, url: str, fault: str | None = None, *, headers: dict[str, str] | None = None, **body: Any
) -> Answer:
    """One request and its answer."""
    fields = dict(headers or {})
    if fault is not None:
        fields["X-Sandbox-Fault"] = fault
    text = json.dumps({"messages": SAID, **ASK, **body}).encode()
    with connected(sandbox, url) as link:
        link.sendall(request_bytes(url, text, fields))
        return answer_of(link)


def answer_of(link: socket.socket) -> Answer:
    reads, times, end = [], [], "closed"
    while True:
        try:
            data = link.recv(1 << 20)
        except ConnectionResetError:
            end = "reset"
            break
        if not data:
            break
        reads.append(data)
        times.append(time.monotonic())
        if _whole(b"".join(reads)):
            break
    raw = b"".join(reads)
    before = b""
    while raw.startswith(b"HTTP/1.1 1"):
        informational, _, raw = raw.partition(b"\r\n\r\n")
        before += informational
    head, _, rest = raw.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return Answer(head, [rest], b"", "whole" if end == "closed" else end, reads, times, before)
    chunks, trailers, whole = _chunks(rest)
    return Answer(
        head, chunks, trailers, "whole" if whole else ("reset" if end == "reset" else "cut"), reads, times, before
    )


def _whole(raw: bytes) -> bool:
    """Whether an answer is complete; with `Connection: close` its end is waited for."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 1") or b"connection: close" in head.lower():
        return False
    if b"transfer-encoding: chunked" in head.lower():
        return rest.endswith(b"\r\n\r\n") and _chunks(rest)[2]
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0].strip()
    return bool(length) and len(rest) >= int(length)


def _chunks(rest: bytes) -> tuple[list[bytes], bytes, bool]:
    chunks = []
    while True:
        line, found, after = rest.partition(b"\r\n")
        if not found:
            return chunks, b"", False
        size = int(line, 16)
        if size == 0:
            return chunks, after.removesuffix(b"\r\n"), True
        assert len(after) >= size, "a chunk is never cut in its middle"
        chunks.append(after[:size])
        assert after[size : size + 2] == b"\r\n"
        rest = after[size + 2 :]


@dataclasses.dataclass
class Frame:
    """One frame as it came."""

    fin: bool
    reserved: int
    opcode: int
    masked: bool
    payload: bytes


class Socket:
    """A WebSocket that hides nothing and answers nothing by itself."""

    def __init__(self, sandbox: Running, url: str, fault: str | None = None, **headers: str) -> None:
        self.link = connected(sandbox, url)
        fields = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        self.key = base64.b64encode(os.urandom(16)).decode()
        fields |= {"Sec-WebSocket-Key": self.key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if fault is not None:
            fields["X-Sandbox-Fault"] = fault
        self.link.sendall(request_bytes(url, None, fields))
        self._data = b""
        self.head = b""
        while b"\r\n\r\n" not in self.head:
            more = self.link.recv(65_536)
            assert more, self.head
            self.head += more
        self.head, _, self._data = self.head.partition(b"\r\n\r\n")
        self.reads: list[bytes] = []

    def __enter__(self) -> "Socket":
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    @property
    def rest(self) -> bytes:
        """The body of a refused handshake."""
        length = int(self.head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(self._data) < length:
            self._data += self.link.recv(65_536)
        return self._data

    def ask(self, **body: Any) -> None:
        self.send(1, json.dumps({"prompt": "the sea", **ASK, **body}).encode())

    def send(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.link.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def frame(self) -> Frame | None:
        """The next frame, or None at the end of the connection."""
        try:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack("!H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self._take(8))[0]
            mask = self._take(4) if second & 0x80 else b"\0\0\0\0"
            payload = self._take(size)
        except EOFError:
            return None
        if any(mask):
            payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        return Frame(bool(first & 0x80), (first >> 4) & 7, first & 0x0F, bool(second & 0x80), payload)

    def message(self) -> bytes:
        """The next message's payload, its fragments joined, other frames skipped."""
        parts: list[bytes] = []
        while (frame := self.frame()) is not None:
            if frame.opcode < 8:
                parts.append(frame.payload)
                if frame.fin:
                    break
        return b"".join(parts)

    def turn(self) -> list[Frame]:
        """All frames up to the end of an answer, a close frame, or the end of the connection."""
        frames: list[Frame] = []
        while (frame := self.frame()) is not None:
            frames.append(frame)
            if frame.opcode == 8 or b"response.done" in frame.payload:
                break
        return frames

    def _take(self, size: int) -> bytes:
        while len(self._data) < size:
            more = self.link.recv(1 << 20)
            if not more:
                raise EOFError
            self.reads.append(more)
            self._data += more
        taken, self._data = self._data[:size], self._data[size:]
        return taken
