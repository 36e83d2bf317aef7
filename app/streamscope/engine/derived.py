"""All that is derived from an exchange while it goes on, in columns: one thread reads on, others look at what is there.

A stream may bring more than can be read in time; then the record has it, and it is read later. Nothing is left out.
"""

import threading
import time
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence

from streamscope.engine.reading import Reading
from streamscope.engine.timing import KEPT_ALIVE
from streamscope.model.delta import Delta, DeltaKind
from streamscope.model.event import (
    PAYLOAD,
    WIRE,
    Closed,
    Control,
    Event,
    Failed,
    Finding,
    Head,
    Message,
    RequestSent,
)
from streamscope.store.exchange import Exchange
from streamscope.store.rows import NOTES

Tone = int
TONES = ("", "text", "reasoning", "tool_call", "refusal", "usage", "finish", "error", "end", "alive")
"""What a message says, by its place here; '' says nothing that a dialect knows."""
_CODES = {name: code for code, name in enumerate(TONES)}
_TONE: dict[DeltaKind, Tone] = {
    "text": _CODES["text"],
    "transcript": _CODES["text"],
    "reasoning": _CODES["reasoning"],
    "tool_call": _CODES["tool_call"],
    "refusal": _CODES["refusal"],
    "usage": _CODES["usage"],
    "finish": _CODES["finish"],
    "error": _CODES["error"],
    "end": _CODES["end"],
}
_RANKS = tuple(
    _CODES[name] for name in ("error", "tool_call", "text", "refusal", "reasoning", "finish", "usage", "end")
)
"""What a message is called that says several things: the first of these."""
_TEXT, _ALIVE = _CODES["text"], _CODES["alive"]
_SAID = frozenset({"text", "transcript", "reasoning", "tool_call", "refusal"})
_WAITING = 20_000
"""Events that are handed over without asking the record again; of more, it has to be asked."""
_HEAVY = 1 << 25
"""Bytes of the record that those may hold in memory."""
_AT_ONCE = 256
_COMPACT = 16_384
"""Events after which pieces of text are joined: a million small strings would take ten times their text."""

LaneKey = tuple[int, str, str]
"""Choice, kind (text, reasoning, tool_call, refusal), and which call of the choice ('' for the others)."""


class Lane:
    """One of the texts that an exchange writes at the same time: an answer, its reasoning, a call's arguments.

    `text` is UTF-8; piece i, which event `events[i]` brought, ends before byte `ends[i]`.
    """

    __slots__ = ("ends", "events", "key", "name", "text")

    def __init__(self, key: LaneKey) -> None:
        self.key = key
        self.name = ""
        """The function's name, of a call."""
        self.text = bytearray()
        self.events = array("I")
        self.ends = array("I")

    @property
    def choice(self) -> int:
        """Which of several answers it belongs to."""
        return self.key[0]

    @property
    def kind(self) -> str:
        """What it is: text, reasoning, tool_call, refusal."""
        return self.key[1]

    def add(self, event: int, text: str) -> None:
        """Another piece."""
        self.text += text.encode(errors="replace")
        self.events.append(event)
        self.ends.append(len(self.text))

    def of(self, event: int) -> str:
        """What an event added; '' where it added nothing."""
        first, last = bisect_left(self.events, event), bisect_right(self.events, event)
        if first == last:
            return ""
        start = self.ends[first - 1] if first else 0
        return self.text[start : self.ends[last - 1]].decode(errors="replace")

    def since(self, byte: int) -> str:
        """The text from a byte on, which must be the border of a piece."""
        return self.text[byte:].decode(errors="replace")

    def event_at(self, byte: int) -> int:
        """The number of the event that brought this byte; -1 where there is none."""
        place = bisect_right(self.ends, byte)
        return self.events[place] if place < len(self.events) else -1


class Derived:
    """Text, figures, findings and tones of an exchange, as far as it was read: the events before `position`.

    `advance` is for one thread; others look at any time, and hold `lock` where they ask for more than a number.
    """

    def __init__(self, exchange: Exchange, reading: Reading) -> None:
        self.exchange = exchange
        self.reading = reading
        self.transcript, self.meter = reading.transcript, reading.meter
        self.lock = threading.Lock()
        self.position = 0
        self.tones = bytearray()
        self.lanes: dict[LaneKey, Lane] = {}
        self.findings: list[Finding] = []
        self.heads: list[RequestSent | Head] = []
        self.end: Closed | Failed | None = None
        self.done = False
        """Whether the exchange has ended and all of it was read, or nothing more can be."""
        self.error: Exception | None = None
        """The first that was raised while it was read: a fault of the program or of the disk."""
        self._told: deque[tuple[int, Sequence[Event], int]] = deque()
        """The number of the first event, the events, and how many bytes the record had then."""
        self._handed = self._taken = 0
        """How many events were handed over, and taken: each counted by one thread only."""
        self._eased = 0
        """How many bytes the record had when those were handed over that were taken last."""
        self._next = 0
        self._joined = 0

    def follow(self) -> None:
        """Have events handed over as they are recorded; call it before the exchange begins."""
        self.exchange.listeners.append(self._tell)

    @property
    def share(self) -> float:
        """How much of what is recorded was read, 0 to 1."""
        count = len(self.exchange)
        return min(1.0, self.position / count) if count else 1.0

    @property
    def behind(self) -> int:
        """How many events are recorded and were not read."""
        return len(self.exchange) - self.position

    def _tell(self, events: Sequence[Event]) -> None:
        exchange = self.exchange
        size = exchange.stream_size(WIRE) + exchange.stream_size(PAYLOAD) + exchange.stream_size(NOTES)
        if self._handed - self._taken < _WAITING and (not self._told or size - self._eased < _HEAVY):
            self._told.append((self._next, events, size))
            self._handed += len(events)
        self._next += len(events)

    def advance(self, seconds: float) -> bool:
        """Read on for so long; whether there is more at once. What cannot be read is left out, and `error` says why."""
        if self.done:
            return False
        over = self.exchange.ended  # asked first: what is appended after this answer is read the next time
        until = time.perf_counter() + seconds
        more = True
        while more and time.perf_counter() < until:
            try:
                events = self._more()
            except Exception as error:  # noqa: BLE001 - whatever it is, the thread goes on for other exchanges
                self.give_up(error)
                return False
            with self.lock:
                for event in events:
                    try:
                        self._take(event)
                    except Exception as error:  # noqa: BLE001 - the event is in the record, and shown there
                        self._left_out(error)
            more = bool(events)
        if over and not more and self.position >= len(self.exchange):
            self.done = True
        return more

    def give_up(self, error: Exception) -> None:
        """Nothing more can be read."""
        self.error = self.error or error
        self._told.clear()
        self.done = True

    def _left_out(self, error: Exception) -> None:
        self.error = self.error or error
        del self.tones[self.position :]
        self.tones.append(0)
        self.position += 1

    def _more(self) -> Sequence[Event]:
        """The events that follow, some of them."""
        position, stop = self.position, self.position + _AT_ONCE
        while self._told:
            start, events, size = self._told[0]
            if start > position:
                stop = min(stop, start)
                break
            end = start + len(events)
            if end <= stop:  # the rest of them is taken at once
                self._told.popleft()
                self._taken += len(events)
                self._eased = size
            if position < end:
                return events[position - start : stop - start]
        return self.exchange.events(position, stop)

    def of(self, event: int) -> str:
        """All that an event added to any of the texts."""
        return "".join(lane.of(event) for lane in list(self.lanes.values()))

    def lane(self, choice: int = 0, kind: str = "text", call: str = "") -> Lane | None:
        """One of the texts, None where nothing was said there so far."""
        return self.lanes.get((choice, kind, call))

    def _take(self, event: Event) -> None:
        text = self.reading.feed(event)
        number, tone = self.position, 0
        if type(event) is Message:
            deltas = self.transcript.deltas
            if len(deltas) == 1 and deltas[0].kind == "text" and not deltas[0].choice:
                tone = _TEXT if deltas[0].text else 0
            elif deltas:
                tone = self._said(number, deltas)
            elif event.event in KEPT_ALIVE:
                tone = _ALIVE
            if text:
                self._lane((0, "text", "")).add(number, text)
        else:
            self._other(event)
        self.tones.append(tone)
        self.position = number + 1
        if self.reading.findings:
            self.findings += self.reading.findings
        if number - self._joined > _COMPACT:
            self._joined = number
            _ = self.transcript.text  # asking for it joins it

    def _said(self, number: int, deltas: Sequence[Delta]) -> Tone:
        """Note what else was said than the first answer's text, which the transcript itself has; and the tone."""
        tones = set()
        for delta in deltas:
            kind = delta.kind
            if kind in _TONE and (delta.text or delta.name or kind == "end"):
                tones.add(_TONE[kind])
            if kind in _SAID:
                lane = "text" if kind == "transcript" else kind
                if lane != "text" or delta.choice:
                    self._piece(number, (delta.choice, lane, delta.call), delta)
        return next((rank for rank in _RANKS if rank in tones), 0)

    def _piece(self, number: int, key: LaneKey, delta: Delta) -> None:
        lane = self._lane(key)
        lane.name = delta.name or lane.name
        new = delta.text
        if delta.whole:
            before = lane.text.decode(errors="replace")
            new = new[len(before) :] if new.startswith(before) else "" if before.startswith(new) else new
        if new:
            lane.add(number, new)

    def _lane(self, key: LaneKey) -> Lane:
        found = self.lanes.get(key)
        if found is None:
            found = self.lanes[key] = Lane(key)
        return found

    def _other(self, event: Event) -> None:
        match event:
            case Finding():
                self.findings.append(event)
            case RequestSent() | Head():
                self.heads.append(event)
            case Closed() | Failed():
                self.end = event
            case Control():
                pass
