"""Libraries that are loaded when they are first wanted, in a thread; and long looks at an exchange, in a thread, too.

A thread is given no widget: its last reference must not end there. Results are fetched by a timer of this thread.
"""

import importlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

_T = TypeVar("_T")
CHARTS = "streamscope.gui.live.timeline.charts"
"""What draws the analysis charts; it brings pyqtgraph, which takes a while."""
_LOOKS = 20
"""Milliseconds between two looks at whether a thread is done."""
_threads: dict[str, threading.Thread] = {}


def loaded(module: str) -> bool:
    """Whether a library is there; the first question has it loaded."""
    thread = _threads.get(module)
    if thread is None:
        if module in sys.modules:
            return True
        thread = _threads[module] = threading.Thread(
            target=importlib.import_module, args=(module,), name=f"load {module}", daemon=True
        )
        thread.start()
    return not thread.is_alive()


class Look(QObject, Generic[_T]):
    """One long look at a time: `start` begins it, `seen` is called with what it gave, in this thread.

    `spent` is how many seconds the last one took, for who repeats it.
    """

    def __init__(self, seen: Callable[[_T], None], parent: QObject) -> None:
        super().__init__(parent)
        self._seen = seen
        self._given: list[_T] = []
        self._thread: threading.Thread | None = None
        self._begun = 0.0
        self.spent = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOKS)
        self._timer.timeout.connect(self._fetch)

    @property
    def busy(self) -> bool:
        """Whether one goes on."""
        return self._thread is not None

    def start(self, look: Callable[[], _T]) -> bool:
        """Begin, unless one goes on; whether it began. The look must not hold anything of Qt's."""
        if self._thread is not None:
            return False
        given = self._given = []
        self._begun = time.monotonic()

        def run() -> None:
            given.append(look())

        self._thread = threading.Thread(target=run, name="look at an exchange", daemon=True)
        self._thread.start()
        self._timer.start()
        return True

    def _fetch(self) -> None:
        if self._thread is not None and not self._thread.is_alive():
            self._timer.stop()
            self._thread = None
            self.spent = time.monotonic() - self._begun
            if self._given:  # else it failed, and the thread said why
                self._seen(self._given.pop())
