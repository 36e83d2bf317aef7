"""The thread that reads exchanges on, so that neither the network nor a face waits for what is derived from them."""

import threading
import time

from streamscope.engine.derived import Derived

TURN = 0.016
"""Seconds between two turns, while anything goes on."""
SELDOM = 6
"""An exchange that nobody looks at is read in every so many-th turn,"""
_MUCH = 4096
"""but in each where so many of its events wait and the others leave time for it."""
_SLICE = 0.004
"""Seconds that one exchange is read at once; then the others have their turn."""
_BREATH = 0.001
"""Seconds in which others get the interpreter, while much waits to be read."""


class Readers:
    """Reads those that were given, in turn, until each has ended; a daemon thread that sleeps while there is none."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._open: dict[Derived, bool] = {}
        self._ended = False
        self._thread: threading.Thread | None = None

    def add(self, derived: Derived, *, in_front: bool = True) -> None:
        """Read an exchange from now on; one that is in front each turn."""
        with self._wake:
            self._open[derived] = in_front
            if self._thread is None and not self._ended:
                self._thread = threading.Thread(target=self._run, name="streamscope readers", daemon=True)
                self._thread.start()
            self._wake.notify()

    def show(self, derived: Derived, *, in_front: bool) -> None:
        """Whether somebody looks at it."""
        with self._wake:
            if derived in self._open:
                self._open[derived] = in_front

    def remove(self, derived: Derived) -> None:
        """Read it no further."""
        with self._wake:
            self._open.pop(derived, None)

    def stop(self) -> None:
        """End the thread."""
        with self._wake:
            self._ended = True
            self._open.clear()
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        turn = 0
        while True:
            with self._wake:
                while not self._open and not self._ended:
                    self._wake.wait()
                if self._ended:
                    return
                chosen = [
                    one
                    for place, (one, front) in enumerate(self._open.items())
                    if front or (turn + place) % SELDOM == 0  # not all of them in one turn
                ]
                behind = [one for one, front in self._open.items() if not front]
            begun = time.perf_counter()
            turn += 1
            more = False
            for derived in chosen:
                more = self._read(derived) or more
            if not more and behind and (late := max(behind, key=lambda derived: derived.behind)).behind > _MUCH:
                self._read(late)
            spent = time.perf_counter() - begun
            with self._wake:
                if not self._ended:
                    self._wake.wait(_BREATH if more else max(_BREATH, TURN - spent))

    def _read(self, derived: Derived) -> bool:
        """Read one a little further; whether there is more of it at once."""
        try:
            more = derived.advance(_SLICE)
        except Exception as error:  # noqa: BLE001 - the others are read on, and a face says what went wrong
            derived.give_up(error)
            more = False
        if derived.done:
            self.remove(derived)
        return more
