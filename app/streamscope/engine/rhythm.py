"""Where in time a stream stood still and where much came at once, found as its events come.

A stall is a gap after content that is longer than `gaps.stall_limit`, a burst three or more messages with content in
one read (`pace.BURST`). A gap ends with the next content or with what finishes the answer, and is none where this side
spoke in between.
"""

from array import array
from typing import TYPE_CHECKING

from streamscope.engine.derived import TONES
from streamscope.engine.gaps import STALL_MS, STALL_TIMES, Gaps, stall_limit
from streamscope.engine.pace import BURST
from streamscope.store.rows import MESSAGE, OUT_AT, WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTENT = tuple(TONES.index(tone) for tone in ("text", "reasoning", "tool_call", "refusal"))
"""Tones of messages that bring content."""
FINISH, END = TONES.index("finish"), TONES.index("end")
_SAMPLE = 65_536
"""Gaps that tell well enough whether the exact median is worth its time."""


class Rhythm:
    """Feed it rows of the record together with what they say, in order."""

    def __init__(self) -> None:
        self.first = self.last = -1
        """When content came first and last, ns since Send; -1 where none did."""
        self.content = 0
        """Messages that brought any."""
        self.bursts = array("q")
        """When they came."""
        self.running = False
        """Whether the next content would end a gap."""
        self._begun = array("q")
        self._ended = array("q")
        self._read = self._in_read = 0

    def feed(self, rows: "array[int]", tones: bytes) -> None:
        """The next events: their rows, and a tone each."""
        import numpy as np

        words = np.frombuffer(rows, np.uint64).reshape(-1, WORDS)[: len(tones)].astype(np.int64)
        tone = np.frombuffer(tones, np.uint8)
        message = (words[:, 2] & 15) == MESSAGE
        sent = message & ((words[:, 2] >> OUT_AT & 1) == 1)
        content = message & ~sent & (tone >= CONTENT[0]) & (tone <= CONTENT[-1])
        ending = message & ~sent & ((tone == FINISH) | (tone == END))
        pause = sent | (message & (tone == END))
        self._stalls(words[:, 0], content, ending, pause)
        if content.any():
            times = words[content, 0]
            self._reads(times, words[content, 3] & 0xFFFFFFFF)
            self.first = int(times[0]) if self.first < 0 else self.first
            self.last = int(times[-1])
            self.content += len(times)

    @property
    def candidates(self) -> int:
        """How many gaps may be stalls."""
        return len(self._ended)

    def stalls(self, gaps: Gaps) -> "NDArray[np.int64]":
        """Those so far, a row each: from, to (ns since Send); `gaps` are those between messages with content."""
        import numpy as np

        spans = np.stack([np.array(self._begun), np.array(self._ended)], 1).astype(np.int64)
        if not len(spans):
            return spans
        limit = self.limit(gaps)
        found: NDArray[np.int64] = spans[(spans[:, 1] - spans[:, 0]) / 1e6 > limit]
        return found

    def limit(self, gaps: Gaps) -> float:
        """The gap in ms beyond which this stream stands still."""
        import numpy as np

        if not len(gaps):
            return STALL_MS
        values = np.array(gaps.values(max(1, len(gaps) // _SAMPLE)))
        median = float(np.median(values))
        if len(values) < len(gaps) and median * STALL_TIMES > STALL_MS / 2:
            median = float(np.median(np.array(gaps.values())))
        return stall_limit(median)

    def _stalls(self, times: "NDArray[np.int64]", content: "NDArray[np.bool_]", ending: "NDArray[np.bool_]",
                pause: "NDArray[np.bool_]") -> None:  # fmt: skip
        import numpy as np

        runs: NDArray[np.int64] = np.cumsum(pause)
        marks = np.flatnonzero(content | ending)
        if len(marks):
            moments, run = times[marks], np.asarray(runs[marks] - pause[marks], np.int64)
            open_ = content[marks]
            if self.running:
                moments, run = np.append(self.last, moments), np.append(0, run)
                open_ = np.append(True, open_)
            gaps = np.diff(moments)
            long = np.flatnonzero((gaps > STALL_MS * 1e6) & open_[:-1] & (run[1:] == run[:-1]))
            self._begun.extend(moments[long].tolist())
            self._ended.extend(moments[long + 1].tolist())
            self.running = bool(open_[-1]) and run[-1] == runs[-1]
        elif runs.size and runs[-1]:
            self.running = False

    def _reads(self, times: "NDArray[np.int64]", reads: "NDArray[np.int64]") -> None:
        """Count the messages of each read; a read may go on from the events that were fed before."""
        import numpy as np

        starts = np.append(0, np.flatnonzero(np.diff(reads)) + 1)
        counts = np.diff(np.append(starts, len(reads)))
        before = self._in_read if reads[0] == self._read else 0
        counts[0] += before
        found = (counts >= BURST) & (reads[starts] > 0)
        found[0] &= before < BURST
        self.bursts.extend(times[starts[found]].tolist())
        self._read, self._in_read = int(reads[-1]), int(counts[-1])
