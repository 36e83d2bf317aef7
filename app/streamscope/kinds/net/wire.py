"""The clock of one exchange, and where what happens on its connection is told."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Literal

from msgspec import UNSET

from streamscope.kinds.net.facts import Road
from streamscope.model.event import Carried, Control, Detail, Event, Read, Trace
from streamscope.model.phrase import phrase
from streamscope.model.redact import MASK, masked_header

_LAG_TOLD = 1_000_000_000


class Wire:
    """Stamps in nanoseconds since Send (monotonic), and the number of the read that is being looked at.

    Socket reads and phases of the connection are told to `emit` the moment they are known. `keep` adds decoded bytes
    to the record's payload and gives their offset there.
    """

    __slots__ = (
        "_lag_told",
        "carried",
        "connected",
        "emit",
        "keep",
        "on_payload",
        "proxy_by",
        "read_at",
        "reads",
        "received",
        "road",
        "start",
    )

    def __init__(
        self, emit: Callable[[Event], None], start: int | None = None, keep: Callable[[bytes], int] | None = None
    ) -> None:
        self.emit = emit
        self.start = time.perf_counter_ns() if start is None else start
        self.keep: Callable[[bytes], int] = keep or _nowhere
        self.reads = 0
        self.read_at = 0
        self.received = 0
        """Bytes of all reads so far: what is read now ends at this offset of the record's wire."""
        self.connected = False
        self._lag_told = -_LAG_TOLD
        self.carried: Callable[[], Carried] | None = None
        """How the body is carried, once there is one."""
        self.on_payload: Callable[[bytes], None] | None = None
        """Told the body's bytes after transfer and content decoding."""
        self.proxy_by = ""
        """Who chose the proxy, where there is one."""
        self.road = Road()
        """The connection that the request is sent on."""

    def now(self) -> int:
        """Nanoseconds since Send."""
        return time.perf_counter_ns() - self.start

    def read(self, stamp: int, data: bytes) -> None:
        """A socket read was taken up; `stamp` is the monotonic clock when it returned."""
        size = len(data)
        self.reads += 1
        self.received += size
        self.read_at = max(0, stamp - self.start)
        self.emit(Read(self.read_at, self.reads, size, data))

    def lag(self, nanoseconds: int) -> None:
        """A read waited so long until it was taken up: told once a second at most, since the stamps stay true."""
        now = self.now()
        if now - self._lag_told > _LAG_TOLD:
            self._lag_told = now
            detail: Detail = {"lag_ms": round(nanoseconds / 1e6, 1)}
            self.emit(Control(self.read_at, "in", "stream", detail=detail))

    def begin(
        self, name: str, detail: str = "", facts: Detail | None = None, certificates: Sequence[bytes] = ()
    ) -> None:
        """A phase of the connection begins."""
        self._trace(name, "begin", detail, facts, certificates)

    def end(self, name: str, detail: str = "", facts: Detail | None = None, certificates: Sequence[bytes] = ()) -> None:
        """A phase of the connection is over."""
        self._trace(name, "end", detail, facts, certificates)

    def sending(self, *, warm: bool) -> None:
        """A request begins to be sent on the connection `road`; what is known of a kept one is told again."""
        road = self.road
        if warm:
            self.begin("send", str(phrase("on a warm connection")), {**road.facts, "reused": True}, road.certificates)
        else:
            told = ("http", "proxy", "proxy_by", "proxy_signed_in")
            self.begin("send", "", {name: road.facts[name] for name in told if name in road.facts})

    def informational(self, status: int, reason: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        """An interim answer came (RFC 9110, section 15.2); its headers are kept as lines, without secret values."""
        lines = [
            f"{name}: {MASK if name.lower() == 'set-cookie' else masked_header(name, value)}" for name, value in headers
        ]
        detail: Detail = {"headers": "\n".join(lines)} if lines else {}
        self.emit(Control(self.read_at, "in", "informational", f"{status} {reason}".strip(), detail=detail))

    def _trace(
        self,
        name: str,
        phase: Literal["begin", "end"],
        detail: str,
        facts: Detail | None,
        certificates: Sequence[bytes],
    ) -> None:
        self.emit(Trace(self.now(), name, phase, detail or UNSET, facts or UNSET, list(certificates) or UNSET))


def _nowhere(_: bytes) -> int:
    return -1


# The connection pool calls the socket layer in the task of the request, so the task's context tells whose read it is.
WIRE: ContextVar[Wire | None] = ContextVar("streamscope_wire", default=None)
