"""The timed things of an exchange, as they are recorded, printed and exported: one JSON object each.

`t` is nanoseconds since Send on the monotonic clock; for a message, of the read that completed it.
"""

import base64
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

VERSION = 1

Direction = Literal["in", "out"]
Severity = Literal["info", "warning", "error"]


class RequestSent(msgspec.Struct, frozen=True, tag_field="kind", tag="request"):
    """What leaves, secrets masked; once for each attempt."""

    t: int
    started: str
    method: str
    url: str
    headers: list[tuple[str, str]]
    auth: str
    channel: str
    protocol: str
    version: int = VERSION
    attempt: int = 1
    notes: list[tuple[str, str]] = []


class Trace(msgspec.Struct, frozen=True, tag_field="kind", tag="trace"):
    """A phase of the connection begins or ends: dns, connect, proxy, tls, send, wait."""

    t: int
    name: str
    phase: Literal["begin", "end"]
    detail: str | UnsetType = UNSET


class Read(msgspec.Struct, frozen=True, tag_field="kind", tag="read"):
    """One socket read: its number (from 1 in each exchange) and its bytes."""

    t: int
    read: int
    bytes: int


class Head(msgspec.Struct, frozen=True, tag_field="kind", tag="head"):
    """Status and headers of the answer, or of the WebSocket handshake's answer."""

    t: int
    status: int
    http_version: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> str:
        """The first value of a header, '' where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Message(msgspec.Struct, frozen=True, tag_field="kind", tag="message"):
    """One SSE event, WebSocket message, line of JSON lines, or whole body, and the reads that it came in."""

    t: int
    direction: Direction
    reads: tuple[int, int]
    data: str | UnsetType = UNSET
    data_base64: str | UnsetType = UNSET
    event: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    retry: int | UnsetType = UNSET
    opcode: Literal["text", "binary"] | UnsetType = UNSET
    unfinished: bool | UnsetType = UNSET

    @property
    def payload(self) -> bytes:
        """The bytes of the message."""
        if self.data is not UNSET:
            return self.data.encode()
        return base64.b64decode(self.data_base64) if self.data_base64 is not UNSET else b""

    @property
    def size(self) -> int:
        """The number of bytes of the message."""
        if self.data is not UNSET:
            return len(self.data) if self.data.isascii() else len(self.data.encode())
        return len(self.payload)


class Control(msgspec.Struct, frozen=True, tag_field="kind", tag="control"):
    """What other tools hide: ping, pong, close, comment, retry; `field` is an SSE line without a known field."""

    t: int
    direction: Direction
    name: str
    data: str | int = ""


class Finding(msgspec.Struct, frozen=True, tag_field="kind", tag="finding"):
    """Something a person should know: the rule, the numbers of the events that show it, and a remedy."""

    t: int
    rule: str
    severity: Severity
    events: list[int]
    text: str
    remedy: str


class Closed(msgspec.Struct, frozen=True, tag_field="kind", tag="closed"):
    """How it ended: by whom, and the WebSocket close code and reason where there are any."""

    t: int
    by: Literal["server", "client", "user", "network"]
    code: int | None = None
    reason: str = ""


class Failed(msgspec.Struct, frozen=True, tag_field="kind", tag="failed"):
    """It ended with an error: its name, what happened, what to try."""

    t: int
    error: str
    message: str
    hint: str


Event = RequestSent | Trace | Read | Head | Message | Control | Finding | Closed | Failed
End = (Closed, Failed)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """The event's JSON, without a line end."""
    return _encoder.encode(event)


def decode(line: bytes) -> Event:
    """Read an event's JSON. Raises msgspec.DecodeError."""
    return _decoder.decode(line)


def content(payload: bytes) -> tuple[str | UnsetType, str | UnsetType]:
    """A payload as the pair (data, data_base64): text where it is UTF-8, never repaired, else Base64."""
    try:
        return payload.decode(), UNSET
    except UnicodeDecodeError:
        return UNSET, base64.b64encode(payload).decode()
