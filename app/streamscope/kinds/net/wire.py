"""The clock of one exchange, and where what happens on its connection is told."""

import time
from collections.abc import Callable
from contextvars import ContextVar

from streamscope.model.event import Event, Read, Trace


class Wire:
    """Stamps in nanoseconds since Send (monotonic), and the number of the read that is being looked at.

    Socket reads and phases of the connection are told to `emit` the moment they are known.
    """

    __slots__ = ("connected", "emit", "on_payload", "read_at", "reads", "start")

    def __init__(self, emit: Callable[[Event], None], start: int | None = None) -> None:
        self.emit = emit
        self.start = time.perf_counter_ns() if start is None else start
        self.reads = 0
        self.read_at = 0
        self.connected = False
        self.on_payload: Callable[[bytes], None] | None = None
        """Told the body's bytes after transfer and content decoding."""

    def now(self) -> int:
        """Nanoseconds since Send."""
        return time.perf_counter_ns() - self.start

    def read(self, stamp: int, size: int) -> None:
        """A socket read was taken up; `stamp` is the monotonic clock when it returned."""
        self.reads += 1
        self.read_at = max(0, stamp - self.start)
        self.emit(Read(self.read_at, self.reads, size))

    def begin(self, name: str, detail: str = "") -> None:
        """A phase of the connection begins."""
        self._trace(name, True, detail)

    def end(self, name: str, detail: str = "") -> None:
        """A phase of the connection is over."""
        self._trace(name, False, detail)

    def _trace(self, name: str, begins: bool, detail: str) -> None:
        phase = "begin" if begins else "end"
        event = Trace(self.now(), name, phase, detail) if detail else Trace(self.now(), name, phase)  # type: ignore[arg-type]
        self.emit(event)


# The connection pool calls the socket layer in the task of the request, so the task's context tells whose read it is.
WIRE: ContextVar[Wire | None] = ContextVar("streamscope_wire", default=None)
