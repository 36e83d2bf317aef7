"""The attempts of an exchange as bars in time: dns, connect, proxy, tls, send, wait, receive. Pure."""

from dataclasses import dataclass, field

from streamscope.engine.phases import WARM
from streamscope.model.event import Closed, Control, Detail, Event, Failed, Head, RequestSent, Trace

NAMES = ("dns", "connect", "proxy", "tls", "send", "wait", "receive")
_OPENING = frozenset({"dns", "connect", "proxy", "tls"})


@dataclass(slots=True)
class Bar:
    """A phase: when (ns since Send; `end` is None while it goes on), and which events tell of it (-1 for none)."""

    name: str
    begin: int
    begun_by: int
    end: int | None = None
    ended_by: int = -1
    detail: str = ""
    result: str = ""
    facts: Detail = field(default_factory=dict)
    certificates: list[bytes] = field(default_factory=list)
    told: bool = False
    """Whether facts were recorded of it: older recordings have none."""
    reused: bool = False
    """Of sending: whether it was on a kept connection."""

    @property
    def failed(self) -> str:
        """Why it failed, '' where it did not."""
        return str(self.facts.get("failed") or "")


@dataclass(slots=True)
class Attempt:
    """One sending within an exchange: what left, what came, and its bars in the order of their beginnings."""

    number: int
    event: int
    begin: int
    request: RequestSent | None = None
    head: Head | None = None
    head_event: int = -1
    end: int | None = None
    bars: list[Bar] = field(default_factory=list)
    interim: list[tuple[int, Control]] = field(default_factory=list)
    """Informational answers, with their events' numbers."""
    trailers: list[tuple[int, Control]] = field(default_factory=list)
    failed: Failed | None = None
    lost: str = ""
    """Why its connection was opened again, '' where it was not."""

    @property
    def facts(self) -> Detail:
        """All that is known of the connection that it was sent on last."""
        known: Detail = {}
        for bar in self.bars:
            if bar.name == "dns":
                known = {}  # another connection
            known.update({name: value for name, value in bar.facts.items() if name != "failed"})
        return known

    @property
    def encryption(self) -> Bar | None:
        """The bar that tells how its connection is encrypted: the handshake, or sending on a kept connection."""
        for bar in reversed(self.bars):
            if bar.name == "tls" or (bar.reused and "version" in bar.facts):
                return bar
        return None

    @property
    def told(self) -> bool:
        """Whether facts of the connection were recorded."""
        return any(bar.told for bar in self.bars)

    @property
    def reused(self) -> bool:
        """Whether it was sent on a kept connection in the end."""
        sent = [bar for bar in self.bars if bar.name == "send"]
        return bool(sent) and sent[-1].reused


class Waterfall:
    """Feed it events in order, with their numbers: all, or those that matter here (`wanted`).

    `last` is the time of the last event, for whoever leaves others out; it tells when an answer was over.
    """

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.last = 0
        self.version = 0
        """Grows with each change."""

    @property
    def end(self) -> int:
        """When the last of it was over, or what is known of it so far."""
        return max([self.last, *(attempt.end or 0 for attempt in self.attempts)])

    def feed(self, number: int, event: Event) -> None:
        """The next event."""
        match event:
            case RequestSent():
                self._over(self.last)
                self.attempts.append(Attempt(event.attempt, number, event.t, event))
            case Trace():
                self._trace(self._attempt(number, event.t), number, event)
            case Head():
                attempt = self._attempt(number, event.t)
                attempt.head, attempt.head_event = event, number
                _ended(attempt, "wait", event.t, number)
                attempt.bars.append(Bar("receive", event.t, number))
            case Control(name="informational"):
                self._attempt(number, event.t).interim.append((number, event))
            case Control(name="reconnect", data=data):
                self._attempt(number, event.t).lost = data if isinstance(data, str) and data else "lost"
            case Control(name="trailer"):
                self._attempt(number, event.t).trailers.append((number, event))
            case Closed() | Failed():
                if self.attempts:
                    self.attempts[-1].failed = event if isinstance(event, Failed) else None
                self._over(event.t, number)
        self.last = max(self.last, event.t)
        self.version += 1

    def _attempt(self, number: int, t: int) -> Attempt:
        if not self.attempts:
            self.attempts.append(Attempt(1, number, t))
        return self.attempts[-1]

    def _over(self, t: int, number: int = -1) -> None:
        """The attempt that goes on is over, and with it every phase."""
        if not self.attempts or self.attempts[-1].end is not None:
            return
        attempt = self.attempts[-1]
        attempt.end = max(t, attempt.begin)
        for bar in attempt.bars:
            if bar.end is None:
                bar.end, bar.ended_by = max(attempt.end, bar.begin), number
                if attempt.failed is not None and not bar.failed:
                    bar.facts = {**bar.facts, "failed": attempt.failed.message}

    def _trace(self, attempt: Attempt, number: int, trace: Trace) -> None:
        detail = trace.detail if isinstance(trace.detail, str) else ""
        facts = trace.facts if isinstance(trace.facts, dict) else {}
        shown = trace.certificates if isinstance(trace.certificates, list) else []
        if trace.phase == "begin":
            bar = Bar(trace.name, trace.t, number, detail=detail, facts=dict(facts), certificates=list(shown))
            bar.told = bool(facts)
            bar.reused = trace.name == "send" and (detail == WARM or bool(facts.get("reused")))
            attempt.bars.append(bar)
            return
        ended = _ended(attempt, trace.name, trace.t, number)
        if ended is not None:
            ended.result = detail
            ended.facts |= facts
            ended.certificates = list(shown) or ended.certificates
            ended.told = ended.told or bool(facts)


def _ended(attempt: Attempt, name: str, t: int, number: int) -> Bar | None:
    """The last bar of a name that goes on, which is over now."""
    for bar in reversed(attempt.bars):
        if bar.name == name and bar.end is None:
            bar.end, bar.ended_by = t, number
            return bar
    return None
