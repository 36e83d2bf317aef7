"""Rows in another order than the record's: keys in columns, sorted by numpy in a thread of its own."""

import threading
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from streamscope.gui.live.events.columns import COMMENT, DIRECTION, GAP, NUMBER, READS, SIZE, TIME
from streamscope.store.exchange import Exchange
from streamscope.store.rows import KINDS as TYPES
from streamscope.store.rows import LARGEST_NAME, MESSAGE, NAME_AT, OUT_AT, READ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Keys = NDArray[np.int64]

CALM = 1.0
"""Seconds between two sortings of what goes on; longer where one takes long."""
_POLL = 15


class Sorting(QObject):
    """Sorts rows, one job at a time; a job that is no longer wanted is forgotten."""

    sorted = Signal(object)
    failed = Signal(str)

    def __init__(self, exchange: Exchange, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._exchange = exchange
        self._job: _Job | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL)
        self._poll.timeout.connect(self._look)
        self._next = 0.0

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    @property
    def rested(self) -> bool:
        """Whether it is time for the next of many."""
        return not self.busy and time.monotonic() >= self._next

    def sort(self, numbers: Sequence[int], column: int, *, down: bool, marks: Mapping[int, str]) -> None:
        """Sort events, given in the record's order, by a column; `sorted` tells their numbers."""
        kept, exchange = dict(marks), self._exchange
        self._job = _Job(lambda: in_order(exchange, numbers, column, down=down, marks=kept))
        self._poll.start()

    def forget(self) -> None:
        """What is being sorted is not wanted any more."""
        self._job = None
        self._poll.stop()

    def _look(self) -> None:
        job = self._job
        if job is None or job.running:
            return
        self.forget()
        self._next = time.monotonic() + max(CALM, 10 * job.seconds)
        if job.answer is None:
            self.failed.emit(job.error)
        else:
            self.sorted.emit(job.answer)


class _Job:
    """A call in a thread of its own, which nobody waits for."""

    def __init__(self, call: "Callable[[], array[int]]") -> None:
        self.answer: array[int] | None = None
        self.error = ""
        self.seconds = 0.0
        self._call = call
        self._thread = threading.Thread(target=self._run, name="streamscope sorting", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        begun = time.perf_counter()
        try:
            self.answer = self._call()
        except Exception as error:  # noqa: BLE001 - told by who looks
            self.error = str(error) or type(error).__name__
        self.seconds = time.perf_counter() - begun


def in_order(
    exchange: Exchange, numbers: Sequence[int], column: int, *, down: bool, marks: Mapping[int, str]
) -> "array[int]":
    """Events sorted by a column; those that are equal stay in the record's order, also where it goes down."""
    import numpy as np

    of = np.arange(numbers.start, numbers.stop) if isinstance(numbers, range) else np.array(numbers, np.int64)
    made = array("I")
    if len(of):
        keys = _keys(exchange, of, column, marks)
        made.frombytes(of[np.argsort(-keys if down else keys, kind="stable")].astype(np.uint32).tobytes())
    return made


def _keys(exchange: Exchange, of: "Keys", column: int, marks: Mapping[int, str]) -> "Keys":
    """What the rows are sorted by, a number each."""
    import numpy as np

    if column == NUMBER:
        return of
    if column == COMMENT:
        known = sorted(marks.items(), key=lambda one: one[1].casefold())
        ranks = {number: rank for rank, (number, _) in enumerate(known)}
        return np.fromiter((ranks.get(number, len(ranks)) for number in of.tolist()), np.int64, len(of))
    whole = np.frombuffer(exchange.column({TIME: 0, GAP: 0, READS: 3}.get(column, 2)), np.uint64)[of]
    if column in (TIME, GAP):
        times: Keys = whole.astype(np.int64)
        return times if column == TIME else np.diff(times, prepend=times[:1])
    if column == READS:
        return _numbers(whole >> np.uint64(32))
    code = _numbers(whole & np.uint64(15))
    if column == SIZE:
        return np.where((code == MESSAGE) | (code == READ), _numbers(whole >> np.uint64(24)), -1)
    shift, most = (OUT_AT, 1) if column == DIRECTION else (NAME_AT, LARGEST_NAME)
    detail = np.where(code == MESSAGE, _numbers(whole >> np.uint64(shift) & np.uint64(most)), 0)
    if column == DIRECTION:
        return detail
    places: Keys = _ranks(exchange)[code * (LARGEST_NAME + 1) + detail]
    return places


def _numbers(words: "NDArray[np.uint64]") -> "Keys":
    """Machine words that are small enough as numbers with a sign."""
    return words.astype("int64")


def _ranks(exchange: Exchange) -> "Keys":
    """For each kind of event and each type of a message: its place in the alphabet."""
    import numpy as np

    labels = {code * (LARGEST_NAME + 1): kind.__name__.lower() for code, kind in enumerate(TYPES)}
    labels |= {MESSAGE * (LARGEST_NAME + 1) + number: name.casefold() for number, name in enumerate(exchange.names, 1)}
    ranks = np.zeros(16 * (LARGEST_NAME + 1), np.int64)
    for rank, place in enumerate(sorted(labels, key=lambda place: labels[place])):
        ranks[place] = rank
    return ranks
