"""Looks for words in a text that may still grow, a bounded part of it at once. Pure."""

import re
import time
from typing import TYPE_CHECKING

from streamscope.gui.live.text.pages import border

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane

CHUNK = 1 << 17
MOST = 20_000
"""Hits that are told apart in one text; of more it is known only that there are more."""


class LaneSearch:
    """Where the words stand in a lane: `hits` are byte ranges in order. It goes on as the lane grows."""

    def __init__(self, lane: "Lane", words: str, *, case: bool) -> None:
        self.lane = lane
        self.hits: list[tuple[int, int]] = []
        self.more = False
        """Whether there are hits beyond `MOST`."""
        self._pattern = re.compile(re.escape(words), 0 if case else re.IGNORECASE)
        self._over = 4 * len(words) + 4
        """Bytes in which a hit lies that begins before them."""
        self._at = 0
        self._looked = 0

    def step(self, stop: int, until: float) -> bool:
        """Look on in the text before `stop`; whether there is more to look through."""
        while self._looked < stop and not self.more:
            if time.perf_counter() > until:
                return True
            self._chunk(stop)
        return False

    def _chunk(self, stop: int) -> None:
        at = self._at
        last = stop - at <= CHUNK
        end = stop if last else border(self._bytes, at + CHUNK)
        upto = stop if last else border(self._bytes, min(stop, end + self._over))
        data = self._bytes(at, upto)
        text = data.decode(errors="replace")
        plain = len(text) == len(data)
        char, byte = 0, at
        for found in self._pattern.finditer(text):
            start = at + found.start() if plain else byte + len(text[char : found.start()].encode())
            if start >= end:
                break
            stops = start + (len(found.group()) if plain else len(found.group().encode()))
            if len(self.hits) == MOST:
                self.more = True
                return
            self.hits.append((start, stops))
            char, byte = found.end(), stops
        self._looked = end
        follows = max(at, end - self._over) if last else end  # what is cut off at the end is looked at again
        self._at = border(self._bytes, max(follows, self.hits[-1][1] if self.hits else 0))

    def _bytes(self, start: int, end: int) -> bytes:
        return bytes(self.lane.text[start:end])
