"""Rules about time: stalls, proxies that hold back, steps, bursts, a slow start, a client that does not keep up. Pure.

A stall is a gap between messages with content above max(1 s, 10 × median). While few gaps are known it is left open
until the end; later it is told at once, by the median so far.
"""

from streamscope.engine.findings.case import Case, Family, seconds
from streamscope.engine.gaps import stall_limit
from streamscope.engine.pace import CONTENT, Pace
from streamscope.model.event import Closed, Control, Failed, Message, RequestSent, Severity
from streamscope.model.phrase import Phrase, phrase

_SECOND = 1_000_000_000
_FEW = 4
"""Gaps that say too little of a stream's pace."""
_ENOUGH = 8
"""Messages, or reads, with content that a rule about their pattern wants."""
_HELD = _SECOND // 2
"""A start that is faster than this was held back by nobody."""
_ACK = (35.0, 45.0)
"""Milliseconds around the 40 of a delayed acknowledgement (Linux)."""
_STEP = 50.0
_SLOW_START = 2 * _SECOND
_TINY = 16
"""Bytes of an average read that are too few to be worth a read."""
_PROXIES = ("Via", "X-Cache", "X-Accel-Buffering", "Content-Encoding", "Server")


class Pacing(Family):
    """stall, buffering_proxy, periodic_coalescing, bursts, jitter, slow_first_token, tiny_reads, client_too_slow."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._begin()

    def _begin(self) -> None:
        self.pace = Pace()
        self._first_at = self._at = self._burst_at = -1
        self._alive = 0
        self._alive_at: list[int] = []
        self._finished = self._pieces = False
        self._limit = 0.0
        self._measured = 0
        self._open: list[tuple[int, list[int], int]] = []

    def request(self, event: RequestSent) -> None:  # noqa: ARG002 - the outline
        """An attempt begins."""
        self._begin()

    def message(self, event: Message) -> None:
        """Content, or what ends it."""
        deltas = self.case.transcript.deltas
        for delta in deltas:
            kind = delta.kind
            if kind in CONTENT:
                if delta.whole and self._pieces:
                    continue  # a final repetition; where all is cumulative, there are no pieces
                if delta.text or delta.name:
                    self._pieces = not delta.whole
                    self._content(event)
                    return
            elif kind == "finish" or kind == "end":
                self._finish(event, kind == "end")
        if not deltas and event.event == "ping":
            self._keeps_alive()

    def _content(self, event: Message) -> None:
        pace, at = self.pace, self._at
        self._at = self.case.index
        gap = pace.content(event.t, event.reads[1])
        if gap > _SECOND:
            self._gap(event.t, gap, [at, *self._alive_at, self._at])
        if self._alive:
            self._alive, self._alive_at = 0, []
        if pace.bursts and self._burst_at < 0:
            self._burst_at = self._at
        if self._first_at < 0:
            self._first_at = self._at

    def _finish(self, event: Message, end: bool) -> None:
        gap = event.t - self.pace.last
        if not self._finished and self.pace.messages and gap > _SECOND and not self.case.conversation:
            self._gap(event.t, gap, [self._at, *self._alive_at, self.case.index])
        self._finished = True
        if end and self.case.conversation:
            self.pace.pause()

    def sent(self, event: Message) -> None:  # noqa: ARG002 - the outline
        """This side spoke: what comes now is another turn."""
        self.pace.pause()
        self._finished = False

    def control(self, event: Control) -> None:
        """Signs of life, and what the client tells of itself."""
        if event.name == "comment" or (event.name == "ping" and event.direction == "in"):
            self._keeps_alive()
        elif event.name == "stream":
            for name in ("lag_ms", "paused_ms"):
                lag = event.detail.get(name)
                if isinstance(lag, int | float):
                    too_slow(self.case, event.t, lag, [self.case.index])

    def _keeps_alive(self) -> None:
        if self.pace.messages:
            self._alive += 1
            if self._alive <= _ENOUGH:
                self._alive_at.append(self.case.index)

    def _gap(self, t: int, gap: int, events: list[int]) -> None:
        """A gap that may be a stall."""
        known = len(self.pace.gaps)
        if known <= _FEW:
            self._open.append((gap, events, self._alive))
            return
        if known >= 2 * self._measured:
            self._measured, self._limit = known, stall_limit(self.pace.gaps.median())
        if gap / 1e6 > self._limit:
            self._stalled(t, gap, events, self._alive)

    def _stalled(self, t: int, gap: int, events: list[int], alive: int) -> None:
        span = seconds(gap)
        if alive:
            text = phrase(
                "No token came for {span}, but {n} keep-alives: the server lives, the model stood still.",
                span=span,
                n=alive,
            )
            remedy = phrase("Look at the model: a long queue, a tool that is waited for, or memory that ran out.")
        else:
            text = phrase("Nothing came for {span}.", span=span)
            remedy = phrase("The model stood still, or something on the way held the stream back.")
        severity: Severity = "info" if self.case.dialect in ("", "raw") else "warning"  # there nobody promises a pace
        self.case.tell(t, "stall", severity, text, remedy, events)

    def end(self, event: Closed | Failed) -> None:
        """What only the whole stream can tell."""
        pace, case = self.pace, self.case
        silent = event.t - pace.last
        stopped = isinstance(event, Closed) and event.by in ("user", "client")
        if pace.messages and stopped and not self._finished and not case.conversation and silent > _SECOND:
            self._open.append((silent, [self._at, *self._alive_at, case.index], self._alive))
        if self._open:
            limit = stall_limit(pace.gaps.median())
            for gap, events, alive in self._open:
                if gap / 1e6 > limit:
                    self._stalled(event.t, gap, events, alive)
        if not case.conversation and pace.messages >= _ENOUGH:
            self._pattern(event.t)
        if case.reads >= 50 and case.bytes_in <= _TINY * case.reads:
            text = phrase("Reads brought {n} bytes on average.", n=round(case.bytes_in / case.reads, 1))
            remedy = phrase("The server writes in tiny pieces: each one costs a packet.")
            case.tell(event.t, "tiny_reads", "info", text, remedy, [case.index])

    def _pattern(self, t: int) -> None:
        pace, case = self.pace, self.case
        start, whole = pace.first - case.sent, pace.last - case.sent
        if pace.share_of_two_reads() >= 0.8 and start > 0.8 * whole and start >= _HELD:
            self._held_back(t, start)
        elif not self._steps(t) and pace.reads >= 3 and 2 * pace.in_bursts >= pace.messages:
            text = phrase(
                "Messages came in bursts: {n} of {all} shared their read with others.",
                n=pace.in_bursts,
                all=pace.messages,
            )
            remedy = phrase("A content filter, the server's own batching or a proxy releases them in blocks.")
            case.tell(t, "bursts", "info", text, remedy, [self._burst_at])
        elif start >= _SLOW_START and 2 * start >= whole:
            text = phrase("The first token took {span}, as long as all the rest or longer.", span=seconds(start))
            remedy = phrase("A long prompt, a queue, or a model that is being loaded.")
            case.tell(t, "slow_first_token", "info", text, remedy, [self._first_at])
        elif not case.told("stall"):
            self._uneven(t)

    def _held_back(self, t: int, start: int) -> None:
        pace, head = self.pace, self.case.head
        named = [f"{name}: {head.header(name)}" for name in _PROXIES if head is not None and head.header(name)]
        signs: Phrase | str = phrase("; the answer names {headers}", headers=", ".join(named)) if named else ""
        text = phrase(
            "Nearly all of {n} messages came at once, {span} after the request{signs}: something held the stream back.",
            n=pace.messages,
            span=seconds(start),
            signs=signs,
        )
        remedy = phrase("A buffering proxy on the way: switch its buffering off (nginx: 'X-Accel-Buffering: no').")
        self.case.tell(t, "buffering_proxy", "warning", text, remedy, [self._first_at, self._at])

    def _steps(self, t: int) -> bool:
        pace = self.pace
        if pace.reads <= _ENOUGH or pace.messages < 2 * pace.reads:
            return False
        gaps = pace.read_gaps
        median = gaps.median()
        acknowledged = _ACK[0] <= median <= _ACK[1]
        if not (acknowledged or median >= _STEP) or gaps.near(median, 0.2) < 0.8 * len(gaps):
            return False
        text = phrase(
            "Messages came in steps of {ms} ms, {n} at a time.",
            ms=round(median),
            n=round(pace.messages / pace.reads, 1),
        )
        remedy = phrase("Something collects them for a fixed time before it sends.")
        if acknowledged:
            remedy = phrase("40 ms is TCP's delayed acknowledgement: the server should set TCP_NODELAY.")
        self.case.tell(t, "periodic_coalescing", "info", text, remedy, [self._first_at, self._at])
        return True

    def _uneven(self, t: int) -> None:
        spread = self.pace.gaps.percentiles()
        if spread is None or spread.count < 20 or spread.p50 < 1 or spread.p95 <= 5 * spread.p50:
            return
        text = phrase(
            "Tokens came unevenly: half of the gaps are under {p50} ms, one in twenty is over {p95} ms.",
            p50=round(spread.p50),
            p95=round(spread.p95),
        )
        remedy = phrase("The server is busy with others, or the network's delay varies.")
        self.case.tell(t, "jitter", "info", text, remedy, [self._first_at, self._at])


def too_slow(case: Case, t: int, lag_ms: float, events: list[int]) -> None:
    """Tell that this side was late by so much; a fifth of a second is worth a warning, since times suffer."""
    if lag_ms <= 20:
        return
    text = phrase("This program was late by {ms} ms: times of messages may be late, too.", ms=round(min(lag_ms, 1e9)))
    remedy = phrase("Close other streams or programs; the times of socket reads suffer least.")
    case.tell(t, "client_too_slow", "warning" if lag_ms > 200 else "info", text, remedy, events)
