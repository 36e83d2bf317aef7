"""Which events a conversation's log shows, how high each line is and where: columns that grow, for millions."""

from typing import TYPE_CHECKING, NamedTuple

from streamscope.gui.live.feed import Feed
from streamscope.model.event import Closed, Control, Failed, Head, Message
from streamscope.store.rows import CODES, OPCODE_AT, OUT_AT, WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUIET, RECEIVED, SENT, GAP = range(4)
"""What a line is: something told in the middle, a message of either side, or a time in which nothing came."""
GAP_NS = 1_000_000_000
"""Nanoseconds without an event of the conversation from which they are told."""
MOST_LINES = 3
"""Lines of a message that are shown until more is asked for."""
AT_ONCE = 50_000
"""Events that are taken up in one go."""
_OPENED = 101
_LARGEST = (1 << 16) - 1
"""Bytes from which sizes make no difference here."""


class Measures(NamedTuple):
    """What heights are made of, in pixels: a quiet line, a message without its text, a line of text; its letters."""

    quiet: int
    frame: int
    line: int
    letters: int


class Lines:
    """The lines so far: `numbers` (of events), `kinds`, `sizes` (bytes of a message) and `tops` (pixels), each `count`.

    A gap has the number of the event that ends it. `tops` has one more: where the next line will be.
    """

    def __init__(self, feed: Feed, measures: Measures) -> None:
        import numpy as np

        self._np = np
        self._feed = feed
        self._measures = measures
        self.count = 0
        self.seen = 0
        """Events before this were looked at."""
        self.messages = 0
        self.numbers: NDArray[np.uint32] = np.zeros(256, np.uint32)
        self.kinds: NDArray[np.uint8] = np.zeros(256, np.uint8)
        self.sizes: NDArray[np.uint16] = np.zeros(256, np.uint16)
        self.tops: NDArray[np.int64] = np.zeros(257, np.int64)
        self.opened: dict[int, int] = {}
        """Lines of which more is shown, and how many lines of text each has then."""
        self._last = -1
        self._last_t = 0
        self._connected = False
        codes = CODES
        self._shown = np.zeros(16, bool)
        self._shown[[codes[Message], codes[Control], codes[Closed], codes[Failed]]] = True

    @property
    def height(self) -> int:
        """Pixels of all lines."""
        return int(self.tops[self.count])

    def extend(self) -> int:
        """Take up events that the feed has, so many at most; how many lines with messages came."""
        np, feed = self._np, self._feed
        first, stop = self.seen, min(feed.stop, self.seen + AT_ONCE)
        if stop <= first:
            return 0
        self.seen = stop
        codes = np.frombuffer(bytes(feed.codes[first:stop]), np.uint8)
        picked = self._shown[codes]
        for at in np.flatnonzero(codes == CODES[Head]).tolist():
            picked[at] = self._told(first + at)
        chosen = np.flatnonzero(picked)
        if not len(chosen):
            return 0
        words = np.array(feed.exchange.rows(first, stop), np.uint64).reshape(-1, WORDS)[chosen]
        times = words[:, 0].astype(np.int64)
        flags = words[:, 2]
        message = codes[chosen] == CODES[Message]
        kinds = np.where(message, np.where(flags >> np.uint64(OUT_AT) & np.uint64(1), SENT, RECEIVED), QUIET)
        sizes = np.where(message, np.minimum(flags >> np.uint64(24), _LARGEST), 0)
        binary = message & ((flags >> np.uint64(OPCODE_AT) & np.uint64(3)) == 2)
        sizes = np.where(binary, np.minimum(sizes * np.uint64(3), _LARGEST), sizes)
        numbers = chosen + first
        before = np.concatenate(([self._last_t if self._last >= 0 else times[0]], times[:-1]))
        gaps = [at for at in np.flatnonzero(times - before > GAP_NS).tolist() if not self._explained(numbers, at)]
        self._last, self._last_t = int(numbers[-1]), int(times[-1])
        if gaps:
            numbers = np.insert(numbers, gaps, numbers[gaps])
            kinds, sizes = np.insert(kinds, gaps, GAP), np.insert(sizes, gaps, 0)
        self._append(numbers, kinds, sizes)
        self.messages += int(message.sum())
        return int(message.sum())

    def measure(self, measures: Measures) -> None:
        """Other heights: the font or the width is another one."""
        if measures == self._measures:
            return
        self._measures = measures
        count = self.count
        heights = self._heights(self.kinds[:count], self.sizes[:count])
        for index, lines in self.opened.items():
            heights[index] = measures.frame + lines * measures.line
        self._np.cumsum(heights, out=self.tops[1 : count + 1])

    def open(self, index: int, lines: int) -> None:
        """Show so many lines of text of a message; 0 for as many as of any other."""
        before = int(self.tops[index + 1] - self.tops[index])
        if lines:
            self.opened[index] = lines
            after = self._measures.frame + lines * self._measures.line
        else:
            self.opened.pop(index, None)
            after = int(self._heights(self.kinds[index : index + 1], self.sizes[index : index + 1])[0])
        self.tops[index + 1 : self.count + 1] += after - before

    def kind(self, index: int) -> int:
        """What a line is."""
        return int(self.kinds[index])

    def at(self, y: int) -> int:
        """The line at a height; the last one below all."""
        found = int(self._np.searchsorted(self.tops[: self.count + 1], y, side="right")) - 1
        return max(0, min(found, self.count - 1))

    def of(self, event: int) -> int:
        """The line of an event, -1 where it has none."""
        found = int(self._np.searchsorted(self.numbers[: self.count], event, side="right")) - 1
        return found if found >= 0 and int(self.numbers[found]) == event and self.kinds[found] != GAP else -1

    def silence(self, index: int) -> int:
        """Nanoseconds of a gap."""
        if not 0 < index < self.count:
            return 0
        ends, begins = int(self.numbers[index]), int(self.numbers[index - 1])
        rows = self._feed.exchange.rows
        return int(rows(ends, ends + 1)[0]) - int(rows(begins, begins + 1)[0])

    def _told(self, event: int) -> bool:
        """Whether the head of an answer is told: a refused handshake, and the first that was taken."""
        head = self._feed.exchange.event(event)
        if not isinstance(head, Head) or head.status != _OPENED:
            return True
        first, self._connected = not self._connected, True
        return first

    def _explained(self, numbers: "NDArray[np.int64]", at: int) -> bool:
        """Whether what came before a gap says why: the connection was lost."""
        before = int(numbers[at - 1]) if at else self._last
        if before < 0 or self._feed.codes[before] != CODES[Control]:
            return before < 0
        event = self._feed.exchange.event(before)
        return isinstance(event, Control) and event.name == "reconnect"

    def _heights(self, kinds: "NDArray[np.uint8]", sizes: "NDArray[np.uint16]") -> "NDArray[np.int64]":
        np, (quiet, frame, line, letters) = self._np, self._measures
        lines = 1 + (sizes > letters) + (sizes > 2 * letters) * (MOST_LINES - 2)
        message = (kinds == RECEIVED) | (kinds == SENT)
        heights: NDArray[np.int64] = np.where(message, frame + lines * line, quiet)  # type: ignore[name-defined]  # numpy is imported where it is used
        return heights

    def _append(self, numbers: "NDArray[np.int64]", kinds: "NDArray[np.uint8]", sizes: "NDArray[np.uint16]") -> None:
        np, count = self._np, self.count
        whole = count + len(numbers)
        if whole > len(self.numbers):
            room = max(whole, len(self.numbers) * 3 // 2)
            for name in ("numbers", "kinds", "sizes", "tops"):
                old = getattr(self, name)
                made = np.empty(room + (name == "tops"), old.dtype)
                made[: len(old)] = old
                setattr(self, name, made)
        self.numbers[count:whole], self.kinds[count:whole], self.sizes[count:whole] = numbers, kinds, sizes
        heights = self._heights(self.kinds[count:whole], self.sizes[count:whole])
        self.tops[count + 1 : whole + 1] = self.tops[count] + np.cumsum(heights)
        self.count = whole
