"""A body that another program captured (`curl -N` and the like), made into an exchange without times.

The form is told by the first bytes: an event stream, JSON lines, an array, one value, or anything else as one body; a
head in front (`curl -i`) and gzip are taken off first.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

from streamscope.interop.bodies import EVENT_STREAM, cut, sniffed
from streamscope.interop.lines import Problem
from streamscope.model.event import Closed, Event, Head, RequestSent
from streamscope.model.phrase import phrase

GZIP = b"\x1f\x8b"
_HEAD = b"HTTP/"
_PIECE = 1 << 10
"""Bytes unpacked at a time: of damaged data, all steps before the damage are kept."""


def events_of(body: bytes, name: str, changed: float, dialect: str = "") -> Iterator[Event | Problem]:
    """The events of a captured body, all at t = 0.

    `name` stands in the request's URL, `changed` is when the file was written (seconds since 1970), `dialect` the key
    of the one to read it with ('' finds it out).
    """
    head: Head | None = None
    if body.startswith(_HEAD):
        head, body = _split(body)
    if body.startswith(GZIP):
        body, broken = unpacked(body)
        if broken:
            yield Problem(1, phrase("the gzip data ends too early or is damaged; what could be unpacked is shown"))
    essence = (head.essence if head is not None else "") or sniffed(body)
    streams = essence == EVENT_STREAM
    started = datetime.fromtimestamp(changed, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    url = f"file:///{name}"
    yield RequestSent(0, started, "GET", url, [], "none", "address", "sse" if streams else "https", dialect=dialect)
    yield head or Head(0, 200, "HTTP/1.1", [("Content-Type", essence)] if essence else [])
    yield from cut(body, essence, 0)
    yield Closed(0, "server")


def unpacked(body: bytes) -> tuple[bytes, bool]:
    """Gzip data (RFC 1952) unpacked, member after member, and whether it was damaged: then what came before."""
    pieces: list[bytes] = []
    member = zlib.decompressobj(31)
    rest = body
    try:
        while rest:
            pieces.append(member.decompress(rest, _PIECE))
            rest = member.unconsumed_tail
            if member.eof and member.unused_data.startswith(GZIP):
                rest, member = member.unused_data, zlib.decompressobj(31)
    except zlib.error:
        return b"".join(pieces), True
    return b"".join(pieces), not member.eof


def _split(body: bytes) -> tuple[Head | None, bytes]:
    """The last head in front of a body (interim and redirected answers come before it), and the body."""
    head: Head | None = None
    while body.startswith(_HEAD):
        ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := body.find(mark, 0, 1 << 20)) >= 0]
        if not ends:
            break
        at, size = min(ends)
        first, *lines = body[:at].decode("latin-1").splitlines()
        version, _, status = first.partition(" ")
        code = status[:3]
        rows = (line.partition(":") for line in lines)
        pairs = [(name.strip(), value.strip()) for name, colon, value in rows if colon and name.strip()]
        head = Head(0, int(code) if code.isascii() and code.isdigit() else 200, version, pairs)
        body = body[at + size :]
    return head, body
