"""What a selection of events comes to: how many, bytes, from first to last, and how many a second."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamscope.store.exchange import Exchange
from streamscope.store.rows import MESSAGE, READ, WORDS

_SINGLY = 1000
"""Events of a selection up to which they are looked up one by one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some events: their number, bytes of messages (of reads, where there are only these), and ns from the first to
    the last."""

    count: int
    size: int
    span: int

    def rate(self) -> float | None:
        """Events a second: those after the first, over the time that they took; None where it took none."""
        return (self.count - 1) / (self.span / 1e9) if self.span > 0 and self.count > 1 else None

    def bytes_rate(self) -> float | None:
        """Bytes a second over the same time."""
        return self.size / (self.span / 1e9) if self.span > 0 and self.count > 1 else None


def figures(exchange: Exchange, runs: Sequence[Sequence[int]]) -> Figures:
    """Of the events with these numbers; each run is a range or an array. Raises OSError."""
    count = sum(len(run) for run in runs)
    times: list[int] = []
    messages = reads = 0
    any_message = False
    for run in runs:
        if len(run) > _SINGLY:
            first, last, of_messages, of_reads, has_message = _columns(exchange, run)
            times += (first, last)
            messages += of_messages
            reads += of_reads
            any_message = any_message or has_message
            continue
        for number in run:
            row = exchange.rows(number, number + 1)
            if len(row) == WORDS:
                times.append(row[0])
                messages += row[2] >> 24 if row[2] & 15 == MESSAGE else 0
                reads += row[2] >> 24 if row[2] & 15 == READ else 0
                any_message = any_message or row[2] & 15 == MESSAGE
    span = max(times) - min(times) if times else 0
    return Figures(count, messages if any_message else reads, span)


def _columns(exchange: Exchange, run: Sequence[int]) -> tuple[int, int, int, int, bool]:
    """The earliest and the latest time, bytes of messages and of reads, and whether there is a message."""
    import numpy as np

    of = slice(run.start, run.stop) if isinstance(run, range) else np.array(run, np.int64)
    times = np.frombuffer(exchange.column(0), np.uint64)[of]
    packed = np.frombuffer(exchange.column(2), np.uint64)[of]
    code, size = packed & np.uint64(15), packed >> np.uint64(24)
    return (
        int(times.min()),
        int(times.max()),
        int(size[code == MESSAGE].sum()),
        int(size[code == READ].sum()),
        bool((code == MESSAGE).any()),
    )
