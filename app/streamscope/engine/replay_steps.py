"""What a server has to write to play a recording, and when: the very bytes where they are known, else made again. Pure.

The clock begins with the moment when the recorded request was sent, as a client of the server sees it.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Literal

from streamscope.engine.report import walk
from streamscope.engine.timing import SWITCHED
from streamscope.kinds.protocols.written import BodyWriter, frame
from streamscope.model.errors import StoreError
from streamscope.model.event import Closed, Control, Event, Failed, Head, Message, Read, RequestSent, Trace
from streamscope.model.phrase import phrase
from streamscope.store.recordings import Exchange

Ending = Literal["keep", "close", "reset", "hold"]
"""The connection after the last byte: kept for a next request, closed, reset, or held until the client leaves."""
Step = tuple[int, bytes]
"""A recorded time (ns since Send) and bytes."""

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_ACCEPT = re.compile(rb"(\r\nsec-websocket-accept:[ \t]*)([^\r\n]*)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_LINE_ENDS = re.compile(r"[\r\n\0]+")
_OF_A_CONNECTION = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "proxy-connection", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
_OF_A_HANDSHAKE = _OF_A_CONNECTION | {"sec-websocket-accept", "sec-websocket-extensions"}
_OPCODES = {"ping": 9, "pong": 10, "close": 8}
_NEVER_SENT = (1005, 1006, 1015)
_SILENCES = ("Silent", "TimedOut")


@dataclass(frozen=True, slots=True)
class Script:
    """How to play an exchange: its last attempt, from the event `start` on.

    `sent` is when its request had left, `as_received` whether the bytes of its reads are known, `duplex` whether it is
    a WebSocket, `end` when the recording ends (all in ns since Send).
    """

    exchange: Exchange
    start: int
    sent: int
    head: Head | None
    as_received: bool
    end: int
    ending: Ending
    close_code: int | None

    @property
    def duplex(self) -> bool:
        """Whether it is a WebSocket that was opened."""
        return self.head is not None and self.head.status == SWITCHED

    def events(self) -> Iterator[Event]:
        """The events of the answer that is played."""
        return islice(walk(self.exchange), self.start, None)

    def steps(self, key: str = "") -> Iterator[Step]:
        """What to write and when; `key` is the client's Sec-WebSocket-Key."""
        if self.as_received:
            reads = _reads(self.events())
            return _answering(reads, key) if self.duplex else reads
        return _frames(self, key) if self.duplex else _body(self)


def script(exchange: Exchange) -> Script:
    """How to play an exchange. Raises StoreError where there is nothing to play: it never had a connection."""
    start = sent = last = reads = bare = 0
    head: Head | None = None
    end: Closed | Failed | None = None
    for number, event in enumerate(walk(exchange)):
        last = max(last, event.t)
        match event:
            case RequestSent():  # what an earlier attempt or a proxy answered is not played
                start, sent, head, reads, bare = number + 1, event.t, None, 0, 0
            case Trace(name="proxy", phase="end"):
                start, reads, bare = number + 1, 0, 0
            case Trace(name="send", phase="end"):
                sent = event.t
            case Read():
                reads += 1
                bare += not event.data and event.size > 0
            case Head():
                head = event
            case Closed() | Failed():
                end = event
    if head is None and not reads and not (isinstance(end, Failed) and end.error == "NoAnswer"):
        raise StoreError(
            phrase("This recording has no answer that could be served."),
            phrase("It never had a connection: look at it with 'inspect'."),
        )
    known = reads > 0 and not bare and (head is None or head.http_version.startswith("HTTP/1"))
    ending = _ending(end, head, as_received=known)
    return Script(exchange, start, sent, head, known, last, ending, end.code if isinstance(end, Closed) else None)


def accept(key: str) -> bytes:
    """The answer to a client's key (RFC 6455, section 4.2.2)."""
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest)


def _ending(end: Closed | Failed | None, head: Head | None, *, as_received: bool) -> Ending:
    """Failures have no field for a reset: their message says so."""
    if isinstance(end, Failed):
        if end.error in _SILENCES:
            return "hold"
        return "reset" if "reset" in end.message else "close"
    if end is None or end.by != "server" or head is None or head.status == SWITCHED:
        return "close"
    return "keep" if not as_received or _delimited(head) else "close"


def _delimited(head: Head) -> bool:
    """Whether the answer's end shows without an end of the connection (RFC 9112, section 6.3)."""
    if head.http_version == "HTTP/1.0" or "close" in head.header("Connection").lower():
        return False
    chunked = "chunked" in head.header("Transfer-Encoding").lower()
    return chunked or head.header("Content-Length") != "" or _bodiless(head.status)


def _bodiless(status: int) -> bool:
    return status in (204, 304) or status < 200


def _reads(events: Iterator[Event]) -> Iterator[Step]:
    for event in events:
        if isinstance(event, Read):
            yield event.t, event.data


def _answering(reads: Iterator[Step], key: str) -> Iterator[Step]:
    """The reads with the handshake's answer to this client's key; they stay cut where they were cut."""
    held: list[Step] = []
    begun = b""
    for step in reads:
        held.append(step)
        begun += step[1]
        if _HEAD_END in begun:
            break
    found = _ACCEPT.search(begun, 0, begun.find(_HEAD_END) + 2)
    if found is not None:
        answer = accept(key)
        at, grown = found.start(2), len(answer) - len(found[2])
        begun = begun[:at] + answer + begun[found.end(2) :]
        start, border = 0, 0
        for t, data in held:
            border += len(data)
            end = border + grown if border > at else border
            yield t, begun[start:end]
            start = max(start, end)
    else:
        yield from held
    yield from reads


def _body(script: Script) -> Iterator[Step]:
    """An answer made again of head and messages: chunked, each message a chunk."""
    head = script.head
    if head is None:
        return
    chunked = not _bodiless(head.status)
    framing = [("Transfer-Encoding", "chunked")] if chunked else []
    yield head.t, _head_bytes(head, _OF_A_CONNECTION, framing)
    if not chunked:
        return
    writer = BodyWriter()
    for event in script.events():
        if data := writer.feed(event):
            yield event.t, _chunk(data)
    if data := writer.finish():
        yield script.end, _chunk(data)
    if script.ending == "keep":
        yield script.end, b"0\r\n\r\n"


def _frames(script: Script, key: str) -> Iterator[Step]:
    """A conversation made again of messages and controls: each a frame of its own, uncompressed."""
    head = script.head
    if head is None:
        return
    framing = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept(key).decode())]
    yield head.t, _head_bytes(head, _OF_A_HANDSHAKE, framing)
    closed = False
    for event in script.events():
        if isinstance(event, Message) and event.direction == "in":
            yield event.t, frame(2 if event.opcode == "binary" else 1, event.payload)
        elif isinstance(event, Control) and event.direction == "in" and event.name in _OPCODES:
            closed = closed or event.name == "close"
            yield event.t, frame(_OPCODES[event.name], _control_payload(event))
    code = script.close_code
    if not closed and code is not None and 1000 <= code < 5000 and code not in _NEVER_SENT:
        yield script.end, frame(8, code.to_bytes(2))


def _control_payload(control: Control) -> bytes:
    """At most 125 bytes; a close's code and reason are in its detail, else at the beginning of its text."""
    data = control.data_base64 if isinstance(control.data_base64, bytes) else b""
    text = str(control.data) if isinstance(control.data, str | int) else ""
    if control.name != "close" or data:
        return (data or text.encode())[:125]
    first, _, rest = text.partition(" ")
    code, reason = control.detail.get("code"), control.detail.get("reason", rest)
    if code is None and first.isascii() and first.isdigit():
        code = int(first)
    if not isinstance(code, int) or not 1000 <= code < 5000 or code in _NEVER_SENT:
        return b""
    return code.to_bytes(2) + str(reason or "").encode()[:123].decode(errors="ignore").encode()


def _head_bytes(head: Head, without: frozenset[str], framing: list[tuple[str, str]]) -> bytes:
    try:
        reason = HTTPStatus(head.status).phrase
    except ValueError:
        reason = ""
    kept = [pair for pair in head.headers if pair[0].lower() not in without and _NAME.fullmatch(pair[0])]
    lines = [f"HTTP/1.1 {head.status:03} {reason}"]
    lines += [f"{name}: {_LINE_ENDS.sub(' ', value)}" for name, value in (*kept, *framing)]
    return "\r\n".join([*lines, "", ""]).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
