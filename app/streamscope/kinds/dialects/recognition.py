"""Which dialect the first payloads are of: the likeliest by what they hold; the address decides between equals."""

from collections.abc import Sequence
from typing import Any

from streamscope.kinds.dialects.base import Dialect
from streamscope.model.event import Message

_TIE = 0.001


class Recognition:
    """Show it payloads in order; it gives the likeliest dialect, and how sure that is, 0 to 1."""

    def __init__(self, dialects: Sequence[Dialect]) -> None:
        self._dialects = dialects
        self._scores = [0.0] * len(dialects)
        self._latest = [0.0] * len(dialects)
        self.looked = 0
        """How many payloads it was shown."""

    def add(self, value: Any, message: Message, path: str) -> tuple[Dialect, float]:
        """The likeliest after this payload, too; each dialect counts with the payload that fits it best."""
        self.looked += 1
        self._latest = [dialect.score(value, message, path) for dialect in self._dialects]
        self._scores = list(map(max, self._scores, self._latest))
        return self._best(path)

    def anew(self, path: str) -> tuple[Dialect, float]:
        """The likeliest by the latest payload alone; the ones before it count no more."""
        self._scores = list(self._latest)
        return self._best(path)

    def knows(self, dialect: Dialect) -> bool:
        """Whether the latest payload is one that this dialect knows."""
        return self._latest[self._dialects.index(dialect)] > 0

    def _best(self, path: str) -> tuple[Dialect, float]:
        rated = (
            (score + (_TIE if score and dialect.fits(path) else 0), -at)
            for at, (dialect, score) in enumerate(zip(self._dialects, self._scores, strict=True))
        )
        at = -max(rated)[1]
        return self._dialects[at], self._scores[at]
