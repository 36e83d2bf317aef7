"""A filter at work on an exchange: a few milliseconds at a time, so that the window answers in between."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.model.errors import StoreError

if TYPE_CHECKING:
    from streamscope.engine.filter import Wanted
    from streamscope.engine.filter_rows import Sieve

SLICE = 0.005
"""Seconds that it may take at once."""


class Sifting(QObject):
    """Tells what it finds as it goes on; `position` is how far it came."""

    found = Signal(object)
    caught_up = Signal()
    failed = Signal(str)

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed, self._spotlight = feed, spotlight
        self._sieve: Sieve | None = None
        self._asks: frozenset[str] = frozenset()
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self.advance)

    @property
    def position(self) -> int:
        """The events before this were looked at."""
        return self._sieve.position if self._sieve is not None else 0

    @property
    def stop(self) -> int:
        """How far it can look now."""
        return self._feed.read if "tone" in self._asks else self._feed.stop

    @property
    def busy(self) -> bool:
        """Whether it has not caught up."""
        return self._sieve is not None and self.position < self.stop

    @property
    def looks_at_marks(self) -> bool:
        """Whether what it finds depends on marks."""
        return bool(self._asks & {"marked", "comment"})

    def look_for(self, wanted: "Wanted | None") -> None:
        """Begin anew with an expression; None: look for nothing any more."""
        from streamscope.engine.filter import asks
        from streamscope.engine.filter_rows import Sieve

        self._more.stop()
        self._sieve, self._asks = None, frozenset()
        if wanted is not None:
            self._asks = asks(wanted)
            tones = self._feed.derived.tones
            marks = dict(self._spotlight.marks)
            self._sieve = Sieve(self._feed.exchange, wanted, lambda start, stop: bytes(tones[start:stop]), marks)

    def advance(self) -> None:
        """Look on for a few milliseconds, and again in the next turn of the loop while there is more."""
        if self._sieve is None:
            return
        if self.position < self.stop:
            try:
                hits = self._sieve.advance(self.stop, SLICE)
            except (OSError, StoreError, ValueError) as error:
                self._sieve = None
                self.failed.emit(str(error))
                return
            self.found.emit(hits)
            if not self.busy:
                self.caught_up.emit()
        if self.busy and not self._more.isActive():
            self._more.start()
