"""The phases of a connection: how long each took, and whether it was a kept one. Pure."""

from streamscope.model.event import Trace

WARM = "on a warm connection"
"""What a `send` phase says where no connection had to be opened (`kinds/net`)."""

_OPENING = ("dns", "connect", "proxy", "tls")


class Phases:
    """Feed it the traces of one attempt."""

    __slots__ = ("_begun", "_spent", "_start", "lag_ms", "resent", "sent", "warm")

    def __init__(self, start: int = 0) -> None:
        self._start = start
        self._begun: dict[str, int] = {}
        self._spent: dict[str, int] = {}
        self.warm: bool | None = None
        """Whether what was sent last went on a kept connection; None where nothing was sent."""
        self.resent = False
        """Whether it was sent again because a kept connection turned out to be closed."""
        self.lag_ms: float | None = None
        """From Send to the first byte that was sent, less what the connection took: this side's own delay."""
        self.sent: int | None = None
        """When the request's last byte was handed to the socket, ns since Send."""

    def feed(self, trace: Trace) -> None:
        """A phase begins or ends; one that comes twice is added up."""
        name = trace.name
        if trace.phase == "begin":
            self._begun[name] = trace.t
            if name == "send":
                self.resent = self.resent or self.warm is True
                self.warm = trace.detail == WARM
                if self.lag_ms is None:
                    opened = sum(self._spent.get(phase, 0) for phase in _OPENING)
                    self.lag_ms = max(0.0, (trace.t - self._start - opened) / 1e6)
        elif name in self._begun:
            self._spent[name] = self._spent.get(name, 0) + trace.t - self._begun.pop(name)
            if name == "send":
                self.sent = trace.t

    def spent(self) -> dict[str, float]:
        """Milliseconds by phase, in the order in which they ended; a phase that is still going on is none."""
        return {name: spent / 1e6 for name, spent in self._spent.items()}
