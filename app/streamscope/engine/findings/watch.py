"""Feeds every family of rules with what it looks at."""

from collections.abc import Callable, Iterable
from typing import Any

from streamscope.engine.findings.answering import Answering
from streamscope.engine.findings.case import STREAMED, Case, Family
from streamscope.engine.findings.ending import Ending
from streamscope.engine.findings.exposure import Exposure
from streamscope.engine.findings.identity import Identity
from streamscope.engine.findings.pacing import Pacing
from streamscope.engine.findings.payloads import Payloads
from streamscope.engine.findings.sequence import Sequence
from streamscope.engine.findings.syntax import Syntax
from streamscope.engine.findings.websocket import WebSocket
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS, PROTOCOLS
from streamscope.model.event import (
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
)

FAMILIES: tuple[type[Family], ...] = (
    Exposure,
    Answering,
    Syntax,
    Payloads,
    Sequence,
    Identity,
    Pacing,
    WebSocket,
    Ending,
)
_HOOKS: dict[type, str] = {
    RequestSent: "request",
    Trace: "trace",
    Read: "read",
    Head: "head",
    Control: "control",
    Closed: "end",
    Failed: "end",
}
_CONVERSATION = 101
_JSON = (b"{", b"[")
"""How a payload begins whose JSON rules look at; trying to decode plain text would cost more than all rules."""

Hook = Callable[[Any], None]


class Watch:
    """Feed it an exchange's events in order; it gives the findings that each makes plain.

    A transcript that is fed the same events already, each before this, is shared instead of reading everything twice.
    Findings among the events are counted as events and left alone.
    """

    def __init__(self, transcript: Transcript | None = None) -> None:
        self._transcript = transcript or Transcript(DIALECTS.values())
        self._shared = transcript is not None
        self._case = Case(self._transcript)
        families = [family(self._case) for family in FAMILIES]
        self._hooks = {kind: tuple(_overridden(families, name)) for kind, name in _HOOKS.items()}
        self._opening = tuple(_overridden(families, "opening"))
        self._incoming = tuple(_overridden(families, "message"))
        self._framed = tuple(_overridden(families, "framed"))
        self._outgoing = tuple(_overridden(families, "sent"))

    def feed(self, event: Event) -> list[Finding]:
        """The findings of this event."""
        case = self._case
        case.index += 1
        if not self._shared:
            self._transcript.feed(event)
        if type(event) is Message:
            self._message(event)
        elif type(event) is Read:
            case.read_at = event.t
            case.reads += 1
            case.bytes_in += event.size
            for hook in self._hooks[Read]:
                hook(event)
        elif type(event) is not Finding:
            self._other(event)
        found = case.found
        if not found:
            return []
        case.found = []
        return found

    def _message(self, event: Message) -> None:
        case = self._case
        if event.direction != "in":
            for hook in self._outgoing:
                hook(event)
            return
        case.value = self._transcript.value if event.payload[:1] in _JSON else None
        case.messages += 1
        if case.messages == 1:
            case.streamed = case.streamed or event.form in STREAMED
            for hook in self._opening:
                hook(event)
        for hook in self._incoming:
            hook(event)
        if event.opcode is not None:
            for hook in self._framed:
                hook(event)

    def _other(self, event: Event) -> None:
        case = self._case
        if type(event) is RequestSent:
            protocol = PROTOCOLS.get(event.protocol)
            case.begin(
                event,
                streams=protocol is not None and protocol.streams,
                duplex=protocol is not None and protocol.duplex,
            )
        elif type(event) is Trace:
            case.phases.feed(event)
        elif type(event) is Head:
            case.head, case.head_at = event, case.index
            case.conversation = event.status == _CONVERSATION
            case.streamed = event.essence == "text/event-stream"
        for hook in self._hooks[type(event)]:
            hook(event)
        if isinstance(event, Closed | Failed):
            case.count_up(event.t)


def latest(findings: Iterable[Finding]) -> list[Finding]:
    """One finding of each rule, the last that was told, in the order in which rules were first told."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        kept[finding.rule] = finding
    return list(kept.values())


def _overridden(families: Iterable[Family], name: str) -> Iterable[Hook]:
    """The hooks of a name that families really have."""
    for family in families:
        if getattr(type(family), name) is not getattr(Family, name):
            yield getattr(family, name)
