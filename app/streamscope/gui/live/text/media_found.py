"""Looks through an exchange's payloads and texts for pictures and sound, a bounded part of them in each frame."""

import re
import time
from array import array
from typing import TYPE_CHECKING

from streamscope.gui.live.text.media import Media, found_in
from streamscope.gui.live.text.places import reached
from streamscope.model.event import Message
from streamscope.store.rows import KINDS, OUT_AT, WORDS

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane, LaneKey
    from streamscope.gui.live.feed import Feed

MOST = 64
"""Files that get a card; of more the number is told."""
_AT_ONCE = 4096
_SMALLEST = 512
"""Bytes of a payload from which it is looked through: a token alone is smaller, and there may be a million of them."""
_BUDGET = 0.003
_LARGEST = 8 << 20
"""Bytes of a payload that are looked through; a file that begins there is followed to its end."""
_SIZE_AT, _KIND, _OUT = 24, 15, 1 << OUT_AT
_MESSAGE = KINDS.index(Message)
_MARK = b";base64,"
_HEAD = re.compile(rb"data:([\w.+-]{1,40}/[\w.+-]{1,60})(?:;[\w.=+-]{0,40})*$")
_LETTERS = re.compile(rb"[A-Za-z0-9+/=_-]*")
_CHUNK = 1 << 16


class MediaFound:
    """`files` grows as the record is looked through."""

    def __init__(self, feed: "Feed") -> None:
        self._feed = feed
        self._at = self._known = 0
        self._sound: Media | None = None
        self._lanes: dict[LaneKey, _InText] = {}
        self.files: list[Media] = []
        self.more = 0
        """How many files beyond those."""

    @property
    def behind(self) -> bool:
        """Whether there are events that were not looked at."""
        return self._at < self._feed.read

    def follow(self) -> None:
        """Look on, for a few milliseconds."""
        until = time.perf_counter() + _BUDGET
        lanes = self._feed.derived.lanes
        if len(lanes) != self._known:
            self._known = len(lanes)
            for key, lane in list(lanes.items()):
                if key[1] == "text" and key not in self._lanes:
                    self._lanes[key] = _InText(lane, self)
        for looked in self._lanes.values():
            looked.follow(reached(looked.lane, self._feed.read)[1], until)
        while self._at < self._feed.read and time.perf_counter() < until:
            stop = min(self._feed.read, self._at + _AT_ONCE)
            packed = self._feed.exchange.rows(self._at, stop)[2::WORDS]
            if max(packed, default=0) >> _SIZE_AT < _SMALLEST:
                self._at = stop
            else:
                self._look(packed, until)

    def keep(self, media: Media) -> None:
        """One more."""
        if len(self.files) < MOST:
            self.files.append(media)
        else:
            self.more += 1

    def _look(self, packed: "array[int]", until: float) -> None:
        for word in packed:
            large = word >> _SIZE_AT >= _SMALLEST and word & _KIND == _MESSAGE and not word & _OUT
            if large:
                self._payload(self._at, word >> _SIZE_AT)
            self._at += 1
            if large and time.perf_counter() > until:
                return

    def _payload(self, event: int, size: int) -> None:
        payload = self._feed.exchange.payload(event, 0, _LARGEST)
        for mime, start, end in found_in(payload):
            if end >= _LARGEST:
                end = self._end_of(event, end, size)
            sound = mime.startswith("audio/")
            if sound and self._sound is not None and self._sound.mime == mime:
                self._sound.add(event, start, end)
                continue
            media = Media(mime)
            media.add(event, start, end)
            self.keep(media)
            if sound:
                self._sound = media  # speech comes in many pieces

    def _end_of(self, event: int, at: int, size: int) -> int:
        while at < size:
            part = self._feed.exchange.payload(event, at, _LARGEST)
            found = part.find(b'"')
            if found >= 0:
                return at + found
            at += len(part)
        return size


class _InText:
    """Data URIs in one text, as far as it was looked through."""

    def __init__(self, lane: "Lane", found: MediaFound) -> None:
        self.lane, self._found = lane, found
        self._at = 0
        self._open: Media | None = None

    def follow(self, stop: int, until: float) -> None:
        while self._at < stop and time.perf_counter() < until:
            if self._open is not None:
                self._letters(self._open, stop)
                continue
            mark = self.lane.text.find(_MARK, self._at, stop)
            if mark < 0:
                self._at = max(self._at, stop - len(_MARK) + 1)
                return
            self._at = mark + len(_MARK)
            head = _HEAD.search(bytes(self.lane.text[max(0, mark - 120) : mark]))
            if head is not None:
                self._open = Media(head.group(1).decode(), self.lane)
                self._open.add(0, self._at, self._at)
                self._found.keep(self._open)

    def _letters(self, media: Media, stop: int) -> None:
        part = bytes(self.lane.text[self._at : min(stop, self._at + _CHUNK)])
        run = _LETTERS.match(part)
        length = run.end() if run is not None else 0
        self._at += length
        media.ends[0] = self._at
        if length < len(part):
            self._open = None
