"""Figures of an exchange, kept as its events come, and its outcome. Pure.

What can be asked at any moment is an attribute; what takes a look at all gaps is computed when it is asked for.
A gap takes four bytes, everything else of an event none.
"""

from array import array
from collections.abc import Callable
from typing import Any, ClassVar

from streamscope.engine.figures import Figure, figures
from streamscope.engine.gaps import Gaps
from streamscope.engine.pace import CONTENT, VISIBLE, Pace
from streamscope.engine.phases import Phases
from streamscope.engine.tokens import output_tokens, reasoning_tokens, server_times
from streamscope.engine.transcript import Transcript
from streamscope.model import errors
from streamscope.model.event import (
    Carried,
    Closed,
    Control,
    Event,
    Failed,
    Head,
    Message,
    Read,
    RequestSent,
    Trace,
)
from streamscope.model.exchange import EXIT_CODES, Outcome, Result, Timing, TokenSource

_NORMAL = (1000, 1001)
SWITCHED = 101
"""The status of a handshake that was accepted (RFC 6455, section 4.1)."""
_STREAMED = frozenset({"event", "line", "element", "frame"})
KEPT_ALIVE = frozenset({"ping", "heartbeat", "keepalive", "keep-alive"})
"""Event names of messages that say nothing but that the server lives."""


class Meter:
    """Feed it events in order, each with the visible text that it added; times in ms since Send.

    The transcript is fed each event before. Without one, any visible text counts as content.
    """

    def __init__(self, transcript: Transcript | None = None) -> None:
        self._transcript = transcript
        self._handshake = self._again = False
        self.phase = "idle"
        self.messages_out = self.bytes_in = self.bytes_out = 0
        self.closed: Closed | None = None
        self.failed: Failed | None = None
        self._begin(0)

    def _begin(self, start: int) -> None:
        """An attempt begins: nothing of an earlier one counts but what was carried."""
        self._streams = False
        self.status: int | None = None
        self.ttfb_ms: float | None = None
        self.ttfe_ms: float | None = None
        self.ttft_ms: float | None = None
        self.ttfo_ms: float | None = None
        self.total_ms: float | None = None
        self.messages_in = self.reads = self.keep_alives = 0
        self.text_bytes = 0
        self.unfolded = [0, 0]
        """Bytes of WebSocket messages on the wire and after inflating, where they came in more than plain frames."""
        self.tokens = self.first_tokens = 0
        """Output tokens that payloads told of themselves, and how many of them came with the first content."""
        self.token_times, self.token_sums = array("q"), array("Q")
        """When payloads told of tokens, and how many there were then."""
        self.exact = False
        """Whether these were told by token ids."""
        self.reasoned = False
        self.pace = Pace()
        self.token_gaps = Gaps()
        self.reads_gap = Gaps()
        self.pings = Gaps()
        self.phases = Phases(start)
        self.started = start
        """When this attempt began, ns since Send."""
        self.server: dict[str, float] = {}
        """What the server tells of its own times, in ms: total, load, queue, prefill, decode."""
        self._read_at = -1

    def feed(self, event: Event, text: str = "") -> None:
        """Take up an event."""
        take = self._takes.get(type(event))
        if take is not None:
            take(self, event, text)

    def _read(self, event: Read, _: str) -> None:
        t = event.t
        self.bytes_in += event.size
        self.reads += 1
        if self._read_at >= 0:
            self.reads_gap.add((t - self._read_at) / 1e6)
        self._read_at = t

    def _message(self, event: Message, text: str) -> None:
        if event.direction != "in":
            self.messages_out += 1
            self.bytes_out += event.size
            self.pace.pause()
            return
        self.messages_in += 1
        if event.frames:
            self.unfolded[0] += sum(frame.length for frame in event.frames)
            self.unfolded[1] += event.size
        if self.messages_in == 1:
            self.ttfe_ms = event.t / 1e6
            self._streams = self._streams or event.form in _STREAMED
        tokens = 0
        if self._transcript is None:
            content = visible = bool(text)
            self.text_bytes += _size(text)
        else:
            content = visible = False
            for delta in self._transcript.deltas:
                kind = delta.kind
                if kind in CONTENT:
                    said = delta.text
                    if (said or delta.name) and (text or not delta.whole):
                        content = True
                        self.text_bytes += len(said) if said.isascii() else _size(said)
                        visible = visible or kind in VISIBLE
                        self.reasoned = self.reasoned or kind == "reasoning"
                elif kind == "tokens":
                    tokens += self._tokens(delta.text)
                    self.token_times.append(event.t)
                    self.token_sums.append(self.tokens)
                elif kind == "served":
                    self.server |= server_times(delta.text)
                elif kind == "end":
                    self.pace.pause()
        if content:
            gap = self.pace.content(event.t, event.reads[1])
            if self.ttft_ms is None or (visible and self.ttfo_ms is None):
                self._first(event.t, visible, tokens)
            if tokens and gap >= 0:
                self.token_gaps.add(gap / 1e6 / tokens)
        elif event.event in KEPT_ALIVE:
            self.keep_alives += 1

    def _first(self, t: int, visible: bool, tokens: int) -> None:
        """The first content, or the first of it that is visible."""
        if self.ttft_ms is None:
            known = self._transcript.first_token if self._transcript is not None else None
            self.ttft_ms = (t if known is None else min(known, t)) / 1e6
            self.first_tokens = tokens
        if visible and self.ttfo_ms is None:
            self.ttfo_ms = t / 1e6

    def _tokens(self, told: str) -> int:
        count = int(told) if told.isdecimal() and len(told) < 10 else 0
        if count and not self.tokens and self._transcript is not None:
            self.exact = _has_ids(self._transcript.value)
        self.tokens += count
        return count

    def _control(self, event: Control, _: str) -> None:
        if event.name == "comment" or (event.name == "ping" and event.direction == "in"):
            self.keep_alives += 1
        elif event.name == "pong" and event.direction == "in":
            rtt = event.detail.get("rtt_ns")
            if isinstance(rtt, int | float):
                self.pings.add(min(rtt, 1e18) / 1e6)
        elif event.name == "reconnect":
            self._again, self.phase = True, "reconnect"
            self.pace.pause()

    def _trace(self, event: Trace, _: str) -> None:
        self.phase = event.name if event.phase == "begin" else self.phase
        self.phases.feed(event)

    def _request(self, event: RequestSent, _: str) -> None:
        if not self._again:  # another connection of the same conversation goes on with what was counted
            self._begin(event.t)
        self.phase = "send"
        self._handshake = event.url.startswith(("ws://", "wss://"))

    def _head(self, event: Head, _: str) -> None:
        self.status, self.phase = event.status, "open"
        if not self._again or self.ttfb_ms is None:
            self.ttfb_ms = event.t / 1e6
        self._streams = event.essence == "text/event-stream"

    def _end(self, event: Closed | Failed, _: str) -> None:
        self.phase, self.total_ms = "ended", event.t / 1e6
        if isinstance(event, Closed):
            self.closed = event
        else:
            self.failed = event

    _takes: ClassVar[dict[type, Callable[["Meter", Any, str], None]]] = {
        Read: _read,
        Message: _message,
        Control: _control,
        Trace: _trace,
        RequestSent: _request,
        Head: _head,
        Closed: _end,
        Failed: _end,
    }

    @property
    def carried(self) -> Carried | None:
        """How the body was carried, once that is known."""
        end = self.closed or self.failed
        return end.body if end is not None and isinstance(end.body, Carried) else None

    def counted(self) -> tuple[int, TokenSource] | None:
        """How many tokens were written and who says so; None where nobody does: one message alone is no measure."""
        usage = self._transcript.usage if self._transcript is not None else None
        final = output_tokens(usage)
        if self.tokens and (self.exact or final is None or self.tokens >= final):
            return self.tokens, "ids" if self.exact else "usage in each payload"
        if final:
            return final, "final usage"
        return (self.pace.messages, "chunks") if self.pace.messages > 1 else None

    def hidden_reasoning(self) -> int:
        """Tokens of reasoning that were counted and never shown."""
        usage = self._transcript.usage if self._transcript is not None else None
        return 0 if self.reasoned else reasoning_tokens(usage)

    def choices(self) -> int:
        """How many choices were written so far."""
        return len(self._transcript.choices) if self._transcript is not None else 0

    def tpot_ms(self) -> float | None:
        """Time for one token after the first message's, None where there is no second."""
        counted = self.counted()
        if counted is None or self.pace.messages < 2:
            return None
        rest = counted[0] - max(self.pace.runs, self.first_tokens)
        return self.pace.spent / 1e6 / rest if rest > 0 and self.pace.spent > 0 else None

    def figures(self) -> list[Figure]:
        """Every figure that can be told, with its formula, its source and what is wrong with it."""
        return figures(self)

    def timing(self) -> Timing:
        """All of it in one value."""
        pace, counted, tpot = self.pace, self.counted(), self.tpot_ms()
        e2e = pace.last / 1e6 if pace.messages else None
        return Timing(
            ttfb_ms=self.ttfb_ms,
            ttft_ms=self.ttft_ms,
            total_ms=self.total_ms,
            ttfe_ms=self.ttfe_ms,
            ttfo_ms=self.ttfo_ms,
            e2e_ms=e2e,
            tail_ms=self.total_ms - e2e if self.total_ms is not None and e2e is not None else None,
            tpot_ms=_rounded(tpot),
            tokens=counted[0] if counted else None,
            token_source=counted[1] if counted else None,
            tokens_per_s=_rounded(1000 / tpot) if tpot else None,
            tokens_per_s_e2e=_rounded(counted[0] * 1000 / e2e) if counted and e2e else None,
            itl_ms=pace.gaps.percentiles(),
            itl_token_ms=self.token_gaps.percentiles(),
            reads_gap_ms=self.reads_gap.percentiles(),
            stalls=pace.stalls(),
            bursts=pace.bursts,
            coalescing=_rounded(pace.coalescing()),
            wire_per_text=_rounded(self.bytes_in / self.text_bytes) if self.text_bytes else None,
            reads=self.reads,
            content_messages=pace.messages,
            keep_alives=self.keep_alives,
            phases=self.phases.spent(),
            warm=self.phases.warm,
            send_lag_ms=self.phases.lag_ms,
            ping_ms=self.pings.percentiles(),
            server={name: round(value, 3) for name, value in self.server.items()},
        )

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
        if transcript is None or self.status == SWITCHED:  # an error in a conversation concerns one turn of it
            return "complete"
        if transcript.errors:
            return "error"
        return "early" if self._streams and transcript.end == "missing" else "complete"

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
        closed, failed, transcript = self.closed, self.failed, self._transcript
        return Outcome(
            self.result(),
            self.status,
            self.messages_in,
            self.messages_out,
            self.bytes_in,
            self.bytes_out,
            text,
            self.timing(),
            {"by": closed.by, "code": closed.code, "reason": closed.reason} if closed else None,
            {"error": failed.error, "message": failed.message, "hint": failed.hint} if failed else None,
            transcript.dialect.key if transcript is not None and transcript.dialect is not None else "",
            transcript.choices if transcript is not None else [],
            transcript.usage if transcript is not None else None,
            list(transcript.errors) if transcript is not None else [],
            transcript.end if transcript is not None else "none needed",
        )


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _has_ids(value: Any) -> bool:
    """Whether a payload brings the ids of its tokens (vLLM's `token_ids`, TGI's `token.id`, llama.cpp's `tokens`)."""
    if not isinstance(value, dict):
        return False
    choices = value.get("choices")
    token = value.get("token")
    named = isinstance(choices, list) and any(isinstance(c, dict) and c.get("token_ids") for c in choices)
    return named or (isinstance(token, dict) and "id" in token) or isinstance(value.get("tokens"), list)
