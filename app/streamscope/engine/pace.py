"""The rhythm of a stream: when content came, in which reads, and how regularly. Pure.

Content is what a token makes: text, reasoning, a tool call's arguments, a refusal, a transcript. Roles, usage, finish
reasons, end marks and keep-alives are none.
"""

from streamscope.engine.gaps import Gaps, stall_limit
from streamscope.model.delta import Deltas

VISIBLE = frozenset({"text", "transcript", "refusal"})
CONTENT = VISIBLE | {"reasoning", "tool_call"}
BURST = 3
"""Messages with content in one read that make a burst."""


class Pace:
    """Feed it each message with content; a run of them ends where a turn does, or where this side spoke."""

    __slots__ = (
        "_best",
        "_in_read",
        "_read",
        "_running",
        "_second",
        "bursts",
        "first",
        "gaps",
        "in_bursts",
        "last",
        "messages",
        "reads",
        "runs",
        "spent",
    )

    def __init__(self) -> None:
        self.gaps = Gaps()
        """Between messages with content, within runs."""
        self.messages = self.reads = self.runs = self.bursts = self.in_bursts = 0
        self.first = self.last = -1
        """When content came first and last, ns since Send; -1 where none did."""
        self._running = False
        self.spent = 0
        """Nanoseconds from the first to the last message with content, over all runs."""
        self._read = self._in_read = self._best = self._second = 0

    def content(self, t: int, read: int) -> int:
        """A message with content came, completed by this read; the gap before it in ns, -1 where a run begins."""
        self.messages += 1
        gap = -1
        if self._running:
            gap = t - self.last
            self.spent += gap
            self.gaps.add(gap / 1e6)
        else:
            self._running = True
            self.runs += 1
            if self.first < 0:
                self.first = t
        self.last = t
        if read == self._read and read:
            self._in_read += 1
            if self._in_read == BURST:
                self.bursts += 1
                self.in_bursts += BURST
            elif self._in_read > BURST:
                self.in_bursts += 1
        else:
            self._new_read(read)
        return gap

    def pause(self) -> None:
        """The run is over: the next gap says nothing about the model's pace."""
        self._running = False

    @property
    def read_gaps(self) -> Gaps:
        """Between reads that brought content, within runs."""
        return self.gaps.apart()

    def share_of_two_reads(self) -> float:
        """Which share of the content came in the two reads that brought most of it."""
        top = sorted((self._best, self._second, self._in_read))[1:]
        return sum(top) / self.messages if self.messages else 0.0

    def stalls(self) -> int:
        """Gaps that are stalls, by the median of all."""
        return self.gaps.over(stall_limit(self.gaps.median()))

    def coalescing(self) -> float | None:
        """Messages with content for each read that brought any; None without content."""
        return self.messages / self.reads if self.reads else None

    def _new_read(self, read: int) -> None:
        count = self._in_read
        if count > self._second:
            self._best, self._second = (count, self._best) if count > self._best else (self._best, count)
        self.reads += 1
        self._read, self._in_read = read, 1


def content_of(deltas: Deltas, text: str) -> bool:
    """Whether a message brought content; `text` is the visible text that it added.

    What replaces (`whole`) counts only where it made something new visible: final repetitions are no content.
    """
    for delta in deltas:  # noqa: SIM110 - a generator would cost three times as much for each message
        if delta.kind in CONTENT and (delta.text or delta.name) and (not delta.whole or text):
            return True
    return False
