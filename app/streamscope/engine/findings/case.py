"""What all rules look at, and how they tell what they found. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from streamscope.engine.phases import Phases
from streamscope.engine.transcript import Transcript
from streamscope.model.event import Closed, Control, Failed, Finding, Head, Message, Read, RequestSent, Severity, Trace
from streamscope.model.phrase import NOTHING, Phrase, phrase

EVIDENCE = 20
"""Numbers of events that one finding points at, at most."""
STREAMED = frozenset({"event", "line", "element", "frame"})
"""The forms of messages that are parts of a body."""
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class _Told:
    """A finding that was told, and how often its rule was met since."""

    first: Finding
    events: list[int]
    counted: bool
    count: int = 1


class Case:
    """One exchange as far as it has come; families read it and tell their findings to it."""

    __slots__ = (
        "_told",
        "asked",
        "bytes_in",
        "conversation",
        "duplex",
        "errors",
        "found",
        "head",
        "head_at",
        "index",
        "messages",
        "phases",
        "read_at",
        "reads",
        "request",
        "request_at",
        "streamed",
        "streams",
        "transcript",
        "unfinished",
        "value",
    )

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.index = -1
        """The number of the event that is looked at."""
        self.found: list[Finding] = []
        """What this event made plain."""
        self._told: dict[str, _Told] = {}
        self.request: RequestSent | None = None
        self.request_at = 0
        self.asked: Mapping[str, Any] = _NONE
        """The request's body where it is a JSON object."""
        self.streams = self.duplex = False
        """What the protocol is chosen for: answers that go on, messages both ways."""
        self._answer(0)

    def _answer(self, start: int) -> None:
        self.head: Head | None = None
        self.head_at = 0
        self.conversation = False
        """Whether this is an open WebSocket."""
        self.streamed = False
        """Whether the body came in parts, as an event stream or otherwise."""
        self.errors = len(self.transcript.errors)
        """How many errors of the transcript were told."""
        self.messages = 0
        self.read_at = start
        self.reads = self.bytes_in = 0
        self.value: Any = None
        """The JSON of the message that is looked at."""
        self.unfinished: tuple[int, int] | None = None
        """Number and size of the last event, where it is unfinished."""
        self.phases = Phases(start)

    def begin(self, request: RequestSent, *, streams: bool, duplex: bool) -> None:
        """An attempt begins."""
        self.request, self.request_at = request, self.index
        self.streams, self.duplex = streams, duplex
        self.asked = _object(request.content)
        self._answer(request.t)

    @property
    def status(self) -> int:
        """The answer's status, 0 before there is one."""
        return self.head.status if self.head is not None else 0

    @property
    def sent(self) -> int:
        """When the request was out, ns since Send."""
        if self.phases.sent is not None:
            return self.phases.sent
        return self.request.t if self.request is not None else 0

    @property
    def dialect(self) -> str:
        """The key of the dialect, '' before it is known."""
        dialect = self.transcript.dialect
        return dialect.key if dialect is not None else ""

    def again(self, rule: str) -> bool:
        """Whether this rule was told before; if so, it is counted."""
        told = self._told.get(rule)
        if told is None:
            return False
        told.count += 1
        if len(told.events) < EVIDENCE:
            told.events.append(self.index)
        return True

    def told(self, rule: str) -> bool:
        """Whether this rule was told before."""
        return rule in self._told

    def tell(
        self,
        t: int,
        rule: str,
        severity: Severity,
        text: Phrase,
        remedy: Phrase = NOTHING,
        events: list[int] | None = None,
        *,
        counted: bool = True,
    ) -> None:
        """Tell a finding at `t`; its evidence is this event unless others are named. A rule is told once."""
        if self.again(rule):
            return
        shown = [self.index] if events is None else events[:EVIDENCE]
        finding = Finding(t, rule, severity, shown, str(text), str(remedy))
        self._told[rule] = _Told(finding, list(shown), counted)
        self.found.append(finding)

    def count_up(self, t: int) -> None:
        """At the end: what happened more than once is told with its number, and replaces what was told first."""
        for told in self._told.values():
            if told.count > 1 and told.counted:
                first = told.first
                text = phrase("{finding} ({n} times)", finding=first.text, n=f"{told.count:,}")
                self.found.append(
                    msgspec.structs.replace(first, t=t, events=told.events, text=str(text), remedy=first.remedy)
                )


class Family:
    """Rules that look at the same things. A hook that is not overridden costs nothing."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def request(self, event: RequestSent) -> None:
        """An attempt begins."""

    def trace(self, event: Trace) -> None:
        """A phase of the connection."""

    def read(self, event: Read) -> None:
        """A socket read."""

    def head(self, event: Head) -> None:
        """The answer's head."""

    def opening(self, event: Message) -> None:
        """The first incoming message of an attempt, before `message`."""

    def message(self, event: Message) -> None:
        """An incoming message; this is the path that must be short."""

    def framed(self, event: Message) -> None:
        """An incoming message of a WebSocket, after `message`."""

    def sent(self, event: Message) -> None:
        """An outgoing message."""

    def control(self, event: Control) -> None:
        """What other tools hide."""

    def end(self, event: Closed | Failed) -> None:
        """The exchange is over."""


def seconds(nanoseconds: float) -> str:
    """A length of time for a person: 0.4 s, 41 s."""
    value = nanoseconds / 1e9
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def _object(body: bytes) -> Mapping[str, Any]:
    if body[:1] != b"{" and body.lstrip()[:1] != b"{":
        return _NONE
    try:
        read = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _NONE
    return read if isinstance(read, dict) else _NONE
