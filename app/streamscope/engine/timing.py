"""Figures of an exchange, kept as its events come, and its outcome. Pure."""

from typing import Any

from streamscope.engine.transcript import Transcript
from streamscope.model import errors
from streamscope.model.event import Closed, Event, Failed, Head, Message, Read, RequestSent, Trace
from streamscope.model.exchange import EXIT_CODES, Outcome, Result, Timing

_NORMAL = (1000, 1001)
SWITCHED = 101
"""The status of a handshake that was accepted (RFC 6455, section 4.1)."""


class Meter:
    """Feed it events in order, each with the visible text that it added; times in ms since Send."""

    def __init__(self, transcript: Transcript | None = None) -> None:
        self._transcript = transcript
        self._streams = False
        self._handshake = False
        self.phase = "idle"
        self.status: int | None = None
        self.ttfb_ms: float | None = None
        self.ttft_ms: float | None = None
        self.total_ms: float | None = None
        self.messages_in = 0
        self.messages_out = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.closed: Closed | None = None
        self.failed: Failed | None = None

    def feed(self, event: Event, text: str = "") -> None:
        """Take up an event."""
        match event:
            case Read(size=size):
                self.bytes_in += size
            case Message():
                self._message(event)
            case Trace(name=name, phase=phase):
                self.phase = name if phase == "begin" else self.phase
            case RequestSent(url=url):
                self.phase = "send"
                self._handshake = url.startswith(("ws://", "wss://"))
                self.status = self.ttfb_ms = self.ttft_ms = None
                self.messages_in = 0
            case Head(status=status, t=t):
                self.status, self.ttfb_ms, self.phase = status, t / 1e6, "open"
                self._streams = "event-stream" in event.header("Content-Type").lower()
            case Closed() | Failed():
                self._end(event)
        first = self._transcript.first_token if self._transcript is not None else event.t if text else None
        if self.ttft_ms is None and first is not None:
            self.ttft_ms = first / 1e6

    def _message(self, message: Message) -> None:
        if message.direction == "in":
            self.messages_in += 1
        else:
            self.messages_out += 1
            self.bytes_out += message.size

    def _end(self, event: Closed | Failed) -> None:
        self.phase, self.total_ms = "ended", event.t / 1e6
        if isinstance(event, Closed):
            self.closed = event
        else:
            self.failed = event

    def result(self) -> Result:
        """How it came out."""
        if self.failed is not None:
            return self._failure(self.failed)
        if self.closed is None or self.closed.by == "user":
            return "stopped"
        if self.status is not None and (self.status >= 400 or (self._handshake and self.status != SWITCHED)):
            return "error"
        if self.closed.by == "client":
            return "complete"
        if self.closed.code is not None and self.closed.code not in _NORMAL:
            return "early" if self.closed.code == 1006 else "error"
        return self._told_by_the_stream()

    def _told_by_the_stream(self) -> Result:
        """What the payloads say of the end: an error under status 200, or an end mark that never came."""
        transcript = self._transcript
        if transcript is None:
            return "complete"
        conversation = self.status == SWITCHED  # an error in a conversation concerns one turn of it
        if transcript.errors and not conversation:
            return "error"
        dialect = transcript.dialect
        if self._streams and dialect is not None and dialect.ends and not transcript.ended:
            return "early"
        return "complete"

    def _failure(self, failed: Failed) -> Result:
        kind: Any = getattr(errors, failed.error, errors.ExchangeError)
        if self.status is None and issubclass(kind, errors.ConnectError | errors.CredentialError | errors.SandboxError):
            return "no connection"
        return "early" if self.status is not None or issubclass(kind, errors.TimedOut) else "error"

    def exit_code(self) -> int:
        """The exit code of a command that made this exchange."""
        kind: Any = getattr(errors, self.failed.error, None) if self.failed is not None else None
        if kind is not None and issubclass(kind, errors.StreamscopeError) and self.status is None:
            return int(kind.exit_code)
        return EXIT_CODES[self.result()]

    def outcome(self, text: str) -> Outcome:
        """One object that says it all."""
        closed, failed = self.closed, self.failed
        return Outcome(
            self.result(),
            self.status,
            self.messages_in,
            self.messages_out,
            self.bytes_in,
            self.bytes_out,
            text,
            Timing(self.ttfb_ms, self.ttft_ms, self.total_ms),
            {"by": closed.by, "code": closed.code, "reason": closed.reason} if closed else None,
            {"error": failed.error, "message": failed.message, "hint": failed.hint} if failed else None,
        )
