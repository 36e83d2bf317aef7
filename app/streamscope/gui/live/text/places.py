"""Where and when a piece of text came: its event, its time, the gap before it. All of it is asked of the record."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from streamscope.gui.live.spotlight import Span
from streamscope.gui.texts import time_text
from streamscope.store.rows import WORDS

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane
    from streamscope.gui.live.feed import Feed

_NEAR = 20_000
"""Events whose times are copied at once; pieces further apart are asked for one by one."""
SAMPLED = 2000
"""Gaps of which the median is found: it stands still long before."""


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a lane: its event, its bytes, when it came and how long after the piece before it (ns; -1 unknown)."""

    event: int
    start: int
    end: int
    t: int
    gap: int


def reached(lane: "Lane", read: int) -> tuple[int, int]:
    """How many pieces, and how many bytes, the events before `read` brought."""
    pieces = bisect_left(lane.events, read, 0, len(lane.ends))
    if pieces:
        return pieces, lane.ends[pieces - 1]
    return 0, 0 if lane.events else len(lane.text)  # text that no event brought is there at once


def time_of(feed: "Feed", event: int) -> int:
    """When an event happened, ns since Send; -1 where it is not known."""
    found = feed.exchange.rows(event, event + 1)
    return found[0] if found else -1


def place_at(feed: "Feed", lane: "Lane", byte: int) -> Place | None:
    """The piece that this byte belongs to."""
    piece = bisect_right(lane.ends, byte)
    if byte < 0 or piece >= len(lane.ends):
        return None
    event = lane.events[piece]
    t = time_of(feed, event)
    gap = t - time_of(feed, lane.events[piece - 1]) if piece else -1
    return Place(event, lane.ends[piece - 1] if piece else 0, lane.ends[piece], t, gap)


def bytes_of(lane: "Lane", event: int) -> tuple[int, int] | None:
    """Which bytes an event brought."""
    first, last = bisect_left(lane.events, event), bisect_right(lane.events, event)
    last = min(last, len(lane.ends))
    return (lane.ends[first - 1] if first else 0, lane.ends[last - 1]) if first < last else None


def bytes_within(feed: "Feed", lane: "Lane", span: Span) -> tuple[int, int]:
    """Which bytes came within a span of time."""
    pieces = len(lane.ends)
    first = bisect_left(range(pieces), span[0], key=lambda piece: time_of(feed, lane.events[piece]))
    last = bisect_right(range(pieces), span[1], key=lambda piece: time_of(feed, lane.events[piece]))
    return (lane.ends[first - 1] if first else 0), (lane.ends[last - 1] if last else 0)


def gaps_of(feed: "Feed", lane: "Lane", first: int, stop: int) -> list[int]:
    """The gap before each of these pieces, ns; 0 before the first of all."""
    events = lane.events[max(0, first - 1) : stop]
    if not events:
        return []
    if events[-1] - events[0] < _NEAR:
        column = feed.exchange.rows(events[0], events[-1] + 1)[::WORDS]
        times = [column[event - events[0]] for event in events]
    else:
        times = [time_of(feed, event) for event in events]
    gaps = [after - before for before, after in pairwise(times)]
    return [0, *gaps] if first == 0 else gaps


def median_gap(feed: "Feed", lane: "Lane") -> float:
    """The median of the gaps that took time, ns; 0 of none. Of a long lane parts that lie evenly in it are asked."""
    pieces = len(lane.ends)
    size = 100
    step = max(size, pieces * size // SAMPLED)
    found = [
        gap
        for at in range(0, pieces, step)
        for gap in gaps_of(feed, lane, max(1, at), min(pieces, at + size))
        if gap > 0
    ]
    found.sort()
    return found[len(found) // 2] if found else 0.0


def described(place: Place) -> str:
    """A piece in a person's words: event, time, gap."""
    translate = QCoreApplication.translate
    words = translate("text", "Event {number}").format(number=f"{place.event + 1:,}")
    if place.t >= 0:
        words += " · " + translate("text", "{time} after Send").format(time=f"{place.t / 1e9:.3f} s")
    if place.gap >= 0:
        words += " · " + translate("text", "gap {time}").format(time=time_text(place.gap / 1e6))
    return words
