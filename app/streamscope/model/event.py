"""The timed things of an exchange, as they are recorded, printed and exported: one JSON object each.

`t` is nanoseconds since Send on the monotonic clock; for a message, of the read that completed it. Values hold bytes;
`encode` and `decode` are their JSON, where a payload is `data` (text, never repaired) or `data_base64`.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from streamscope.model.text import whole

VERSION = 1
"""Of the JSON lines and of recordings; readers take every older one and refuse a newer one by name."""
LARGEST_PAYLOAD = 16 << 20
"""Bytes of one message that are held in memory and written into JSON lines; the record itself has all of them."""

Direction = Literal["in", "out"]
Severity = Literal["info", "warning", "error"]
Form = Literal["event", "message", "line", "element", "frame", "chunk", "body"]
"""An SSE event, a WebSocket message, a JSON line, an array's element, a framed event, text as it came, a whole body."""
Opcode = Literal["text", "binary"]
WIRE, PAYLOAD = 0, 1
"""The two byte streams of a record: as received, and after transfer, content and frame decoding."""


class RequestSent(msgspec.Struct, frozen=True, tag_field="kind", tag="request"):
    """What leaves, secrets masked; once for each attempt.

    `secrets` names the credentials that were used, `dialect` is the one that the draft pins ('' finds it out).
    """

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
    body: str | UnsetType = UNSET
    body_base64: bytes | UnsetType = UNSET
    secrets: list[str] = []
    dialect: str = ""

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        if isinstance(self.body, str):
            return self.body.encode()
        return self.body_base64 if isinstance(self.body_base64, bytes) else b""

    def header(self, name: str) -> str:
        """The first value of a header, '' where there is none."""
        return _header(self.headers, name)


Detail = dict[str, str | int | float | bool | None]


class Trace(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="trace"):
    """A phase of the connection begins or ends: dns, connect, proxy, tls, send, wait.

    `facts` are what is known of it beside its short `detail` (`kinds.net.facts` names them), `certificates` (DER) what
    a server showed, its own first. Older recordings have neither.
    """

    t: int
    name: str
    phase: Literal["begin", "end"]
    detail: str | UnsetType = UNSET
    facts: Detail | UnsetType = UNSET
    certificates: list[bytes] | UnsetType = msgspec.field(default=UNSET, name="certificates_base64")


class Read(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="read"):
    """One socket read: its number (from 1 in each exchange), how many bytes, and the bytes as received."""

    t: int
    read: int
    size: int = msgspec.field(name="bytes")
    data: bytes = msgspec.field(default=b"", name="data_base64")


class Head(msgspec.Struct, frozen=True, tag_field="kind", tag="head"):
    """Status and headers of the answer, or of the WebSocket handshake's answer."""

    t: int
    status: int
    http_version: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> str:
        """The first value of a header, '' where there is none."""
        return _header(self.headers, name)

    @property
    def essence(self) -> str:
        """The content type without its parameters, lower-cased (MIME Sniffing standard, section 4.4)."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One WebSocket frame (RFC 6455, section 5.2): header bits, bytes of payload on the wire and after inflating.

    `size` is -1 for all but the last fragment of a compressed message: only the whole of it can be inflated.
    """

    fin: bool
    rsv: int
    opcode: int
    masked: bool
    length: int
    size: int


class Message(msgspec.Struct, frozen=True, gc=False):
    """One unit of meaning, and the reads (first, last) that it came in; (0, 0) for what was sent.

    `payload` is all of it, unless `length` (bytes) says that it is longer: then it is its beginning. `at` is its place
    in the record's stream `stream` (WIRE or PAYLOAD), -1 where it has none there. `event` and `id` are an SSE event's
    type and last event ID. `frames` is empty for a WebSocket message of one plain frame.
    """

    t: int
    direction: Direction
    reads: tuple[int, int]
    payload: bytes
    form: Form = "body"
    event: str = ""
    id: str = ""
    opcode: Opcode | None = None
    retry: int | None = None
    unfinished: bool = False
    at: int = -1
    stream: int = PAYLOAD
    length: int = -1
    frames: tuple[Frame, ...] = ()

    @property
    def size(self) -> int:
        """The number of bytes of the message."""
        return len(self.payload) if self.length < 0 else self.length

    @property
    def whole(self) -> bool:
        """Whether `payload` is all of it."""
        return self.length < 0 or self.length == len(self.payload)

    @property
    def text(self) -> str | None:
        """The payload as text, None where it is not UTF-8: never repaired."""
        try:
            return self.payload.decode()
        except UnicodeDecodeError:
            return None


class Control(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="control"):
    """What other tools hide. `data` is its text, `detail` what more is known of it.

    ping, pong, close: a WebSocket's (detail: code, name, reason, automatic, rtt_ns, the frame's bits and lengths);
    reconnect, reconnected: its connection was lost and is tried again (by, code, name, reason, or error and message,
    or status; connection, try, tries, wait_ns), and is open again (connection, gap_ns, tries);
    comment, retry, field: of an event stream, `field` is a line that the rules ignore;
    trailer, informational: an HTTP trailer or an interim answer.
    """

    t: int
    direction: Direction
    name: str
    data: str | int | UnsetType = UNSET
    data_base64: bytes | UnsetType = UNSET
    detail: Detail = {}


class Finding(msgspec.Struct, frozen=True, tag_field="kind", tag="finding"):
    """Something a person should know: the rule, the numbers of the events that show it, and a remedy."""

    t: int
    rule: str
    severity: Severity
    events: list[int]
    text: str
    remedy: str


class Carried(msgspec.Struct, frozen=True):
    """How a body was carried (RFC 9112, section 6.3): its framing, its content coding, and its sizes in bytes.

    `wire` is after transfer decoding, `decoded` after content decoding, `chunks` the number of HTTP chunks; `whole` is
    False where it was cut, None where its framing cannot tell.
    """

    framing: Literal["length", "chunked", "close", "none", "http2"]
    coding: str
    wire: int
    decoded: int
    chunks: int
    whole: bool | None


class Closed(msgspec.Struct, frozen=True, tag_field="kind", tag="closed"):
    """How it ended: by whom, and the WebSocket close code and reason where there are any."""

    t: int
    by: Literal["server", "client", "user", "network"]
    code: int | None = None
    reason: str = ""
    body: Carried | UnsetType = UNSET


class Failed(msgspec.Struct, frozen=True, tag_field="kind", tag="failed"):
    """It ended with an error: its name, what happened, what to try."""

    t: int
    error: str
    message: str
    hint: str
    body: Carried | UnsetType = UNSET


Event = RequestSent | Trace | Read | Head | Message | Control | Finding | Closed | Failed
End = (Closed, Failed)


class _Line(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="message"):
    """A message as a JSON line."""

    t: int
    direction: Direction
    reads: tuple[int, int]
    data: str | UnsetType = UNSET
    data_base64: bytes | UnsetType = UNSET
    form: Form | UnsetType = UNSET
    event: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    retry: int | UnsetType = UNSET
    opcode: Opcode | UnsetType = UNSET
    unfinished: bool = False
    size: int | UnsetType = UNSET
    frames: tuple[Frame, ...] = ()


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    RequestSent | Trace | Read | Head | _Line | Control | Finding | Closed | Failed
)


def encode(event: Event) -> bytes:
    """The event's JSON, without a line end."""
    line = _line(event) if type(event) is Message else event
    try:
        return _encoder.encode(line)
    except UnicodeEncodeError:  # an error that quotes half a character, which JSON cannot carry
        return _encoder.encode(_mended(msgspec.to_builtins(line)))


def _mended(value: Any) -> Any:
    """The value with a question mark for each half of a surrogate pair in its texts."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list | tuple) else value


def encode_lines(events: Iterable[Event]) -> bytes:
    """The JSON of events, a line each; faster than one by one."""
    lines = [_line(event) if type(event) is Message else event for event in events]
    try:
        return _encoder.encode_lines(lines)
    except UnicodeEncodeError:
        return _encoder.encode_lines([_mended(msgspec.to_builtins(line)) for line in lines])


def decode(line: bytes) -> Event:
    """Read an event's JSON. Raises msgspec.DecodeError."""
    read = _decoder.decode(line)
    return _message(read) if type(read) is _Line else read


def text_or_bytes(payload: bytes) -> tuple[str | UnsetType, bytes | UnsetType]:
    """A payload as the pair (data, data_base64): text where it is UTF-8, never repaired, else its bytes."""
    try:
        return payload.decode(), UNSET
    except UnicodeDecodeError:
        return UNSET, payload


def _line(message: Message) -> _Line:
    payload, length = message.payload, message.length
    if len(payload) > LARGEST_PAYLOAD:
        payload, length = payload[:LARGEST_PAYLOAD], message.size
    whole = length < 0 or length == len(payload)
    data: str | UnsetType = UNSET
    data_base64: bytes | UnsetType = UNSET
    try:
        data = payload.decode()
    except UnicodeDecodeError:
        data_base64 = payload
    frames, opcode = message.frames, message.opcode
    if not frames and opcode is not None and not message.unfinished:
        frames = _plain_frame(opcode, message.direction, message.size)
    of_stream = message.form == "event"
    return _Line(
        message.t,
        message.direction,
        message.reads,
        data,
        data_base64,
        message.form,
        message.event if of_stream else UNSET,
        message.id if of_stream else UNSET,
        UNSET if message.retry is None else message.retry,
        UNSET if opcode is None else opcode,
        message.unfinished,
        UNSET if whole else message.size,
        frames,
    )


def _message(line: _Line) -> Message:
    payload = line.data.encode() if isinstance(line.data, str) else b""
    payload = line.data_base64 if isinstance(line.data_base64, bytes) else payload
    form = line.form if isinstance(line.form, str) else _former(line)
    message = Message(
        line.t,
        line.direction,
        line.reads,
        payload,
        form,
        line.event if isinstance(line.event, str) else "",
        line.id if isinstance(line.id, str) else "",
        line.opcode if isinstance(line.opcode, str) else None,
        line.retry if isinstance(line.retry, int) else None,
        line.unfinished,
        length=line.size if isinstance(line.size, int) else -1,
        frames=line.frames,
    )
    if message.frames and message.opcode is not None and not message.unfinished:
        plain = _plain_frame(message.opcode, message.direction, message.size)
        return msgspec.structs.replace(message, frames=()) if message.frames == plain else message
    return message


@lru_cache(1024)
def _plain_frame(opcode: Opcode, direction: Direction, size: int) -> tuple[Frame, ...]:
    """The one frame of a message of one plain frame, which only its JSON spells out; many have the same."""
    return (Frame(True, 0, 1 if opcode == "text" else 2, direction == "out", size, size),)


def _former(line: _Line) -> Form:
    """The form of a message in lines of version 1, which did not say."""
    if line.opcode is not UNSET:
        return "message"
    return "body" if line.event is UNSET else "event"


def _header(pairs: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in pairs if key.lower() == name.lower()), "")
