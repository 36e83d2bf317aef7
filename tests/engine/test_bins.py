"""Bins and rhythm: every event counts once at any zoom, however its row came; stalls and bursts are the figures'."""

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import MS

from streamscope.engine.bins import (
    BYTES_IN,
    BYTES_OUT,
    BYTES_READ,
    CLASSES,
    CONTROL,
    CONTROL_SENT,
    OTHER,
    READ,
    RECEIVED,
    SENT,
    UNREAD,
    Bins,
)
from streamscope.engine.gaps import Gaps, stall_limit
from streamscope.engine.pace import Pace
from streamscope.engine.rhythm import END, FINISH, Rhythm
from streamscope.store.rows import CODES, KINDS, MESSAGE, OUT_AT

READ_KIND, CONTROL_KIND = 2, 5

Row = tuple[int, int, int, int, int]
"""t, kind, size, out, tone."""
ROWS = st.lists(
    st.tuples(
        st.integers(0, 5000) | st.sampled_from([0, 7, 1 << 50, (1 << 64) - 1]),
        st.sampled_from([READ_KIND, MESSAGE, MESSAGE, CONTROL_KIND, 1]),
        st.integers(0, 1 << 33),
        st.integers(0, 1),
        st.integers(0, 9),
    ),
    max_size=300,
)


def words(rows: list[Row], reads: int = 0) -> "array[int]":
    """As a record keeps them."""
    packed = array("Q")
    for t, kind, size, out, _ in rows:
        packed.extend((t, 0, size << 24 | out << OUT_AT | kind, reads, 0))
    return packed


def class_of(row: Row, *, told: bool = True) -> int:
    """The class of an event, the slow way."""
    _, kind, _, out, tone = row
    if kind == MESSAGE:
        return SENT if out else tone if told else UNREAD
    if kind == CONTROL_KIND:
        return CONTROL_SENT if out else CONTROL
    return READ if kind == READ_KIND else OTHER


def fed(rows: list[Row], cuts: list[int], told: list[int]) -> Bins:
    """Bins that were fed in these pieces."""
    bins = Bins()
    tones = bytes(row[4] if row[1] == MESSAGE and not row[3] else 0 for row in rows)
    at = 0
    for cut, read in zip([*cuts, len(rows)], [*told, len(rows)], strict=False):
        cut = max(at, min(cut, len(rows)))
        bins.extend(words(rows[at:cut]))
        at = cut
        bins.tell(tones[bins.told : min(read, cut)])
    bins.extend(words(rows[at:]))
    bins.tell(tones[bins.told :])
    return bins


@given(ROWS, st.lists(st.integers(0, 300), max_size=6), st.lists(st.integers(0, 300), max_size=6),
       st.integers(-10, 6000), st.integers(1, 1 << 51), st.integers(1, 40))  # fmt: skip
def test_every_event_is_counted_once_at_any_zoom(
    rows: list[Row], cuts: list[int], told: list[int], start: int, span: int, count: int
) -> None:
    bins = fed(rows, sorted(cuts), sorted(told))
    columns = bins.columns(start, start + span, count)
    edges = columns.edges.tolist()
    assert edges[0] == start
    assert edges[-1] == start + span
    expected = np.zeros((CLASSES, count), np.int64)
    sizes = np.zeros((3, count))
    for row in rows:
        t = min(row[0], 1 << 61)
        if not start <= t < start + span:
            continue
        column = int(np.searchsorted(columns.edges, t, "right")) - 1
        kind = class_of(row)
        expected[kind, column] += 1
        lane = {SENT: BYTES_OUT, READ: BYTES_READ}.get(kind, BYTES_IN if kind in RECEIVED else -1)
        if lane >= 0:
            sizes[lane, column] += min(row[2], (1 << 32) - 1)
    assert (columns.counts == expected).all()
    assert np.allclose(columns.sizes, sizes)
    assert (np.diff(columns.places) == expected.sum(0)).all()


@given(st.integers(1, 60_000), st.integers(1, 900), st.randoms(use_true_random=False))
def test_many_events_are_counted_by_blocks_and_singly_alike(span: int, count: int, random: object) -> None:
    times = np.sort(np.random.default_rng(random.getrandbits(32)).integers(0, span, 25_000))  # type: ignore[attr-defined]
    bins = Bins()
    packed = np.zeros((len(times), 5), np.uint64)
    packed[:, 0] = times
    packed[:, 2] = (np.arange(len(times), dtype=np.uint64) % np.uint64(9)) | np.uint64(3 << 24)
    for piece in np.array_split(packed, 7):
        bins.extend(array("Q", piece.tobytes()))
    columns = bins.columns(0, span, count)
    assert columns.counts.sum() == len(times)
    assert (columns.counts.sum(0) == np.histogram(times, columns.edges)[0]).sum() >= count - 1  # its last bin is closed
    assert columns.sizes.sum() == 3 * sum((np.arange(len(times)) % 9 == kind).sum() for kind in (READ_KIND, MESSAGE))


@given(ROWS.filter(bool), st.integers(0, 299), st.integers(0, 6000))
def test_places_numbers_and_the_nearest(rows: list[Row], number: int, t: int) -> None:
    bins = fed(rows, [len(rows) // 2], [])
    number %= len(rows)
    (place,) = bins.places(array("I", [number]))
    assert bins.number(place) == number
    assert bins.time(place) == min(rows[number][0], 1 << 61) == bins.times(array("I", [number]))[0]
    assert bins.class_at(place) == class_of(rows[number])
    messages = [min(row[0], 1 << 61) for row in rows if row[1] == MESSAGE]
    found = bins.nearest(t)
    assert (found >= 0) == bool(messages)
    if messages:
        assert abs(bins.time(found) - t) == min(abs(one - t) for one in messages)
    seen, at = 0, -1
    while (at := bins.step(at, 1)) >= 0:
        seen += 1
    assert seen == len(messages)


def test_a_million_events_at_one_instant() -> None:
    bins = Bins()
    packed = np.zeros((250_000, 5), np.uint64)
    packed[:, 0], packed[:, 2] = 77, MESSAGE
    for _ in range(4):
        bins.extend(array("Q", packed.tobytes()))
    columns = bins.columns(0, 100, 1000)
    assert columns.counts.sum() == 1_000_000
    assert columns.counts[UNREAD].max() == 1_000_000
    assert bins.columns(77, 78, 1).counts[UNREAD, 0] == 1_000_000


def test_what_comes_very_late_stands_where_it_can() -> None:
    bins = Bins()
    packed = np.zeros((50_000, 5), np.uint64)
    packed[:, 0], packed[:, 2] = np.arange(50_000), MESSAGE
    bins.extend(array("Q", packed.tobytes()))
    bins.extend(words([(0, MESSAGE, 1, 0, 0)]))
    (place,) = bins.places(array("I", [50_000]))
    assert 30_000 < place < 50_000
    assert bins.columns(0, 60_000, 7).counts.sum() == 50_001


Beat = tuple[int, int, int, bool]
"""Milliseconds since the one before, tone, read since the one before, sent."""


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 0, 0, 1, 20, 1500, 3000]),
            st.sampled_from([1, 1, 1, 2, 3, 4, 0, 5, FINISH, END, 9]),
            st.sampled_from([0, 0, 0, 1]),
            st.sampled_from([False, False, False, True]),
        ),
        max_size=60,
    ),
    st.lists(st.integers(0, 30), max_size=5),
)
def test_stalls_and_bursts_are_those_of_the_figures(beats: list[Beat], cuts: list[int]) -> None:
    pace, rhythm = Pace(), Rhythm()
    packed, tones = array("Q"), bytearray()
    t = read = 0
    tails = 0
    ended: list[int] = []
    open_ = False
    for wait, tone, more, sent in beats:
        t, read = t + wait * MS, read + more
        sent = sent and tone == 0
        tones.append(tone)
        packed.extend((t, 0, 1 << 24 | sent << OUT_AT | MESSAGE, read << 32 | read, 0))
        if sent:
            pace.pause()
            open_ = False
        elif 1 <= tone <= 4:
            pace.content(t, read)
            open_ = True
        elif tone in (FINISH, END):
            if open_ and t - pace.last > 1000 * MS:
                ended.append((t - pace.last) // MS)
            if tone == END:
                pace.pause()
                open_ = False
            open_ = False
            tails += 1
    at = 0
    for cut in [*sorted(cuts), len(beats)]:
        cut = max(at, min(cut, len(beats)))
        rhythm.feed(packed[at * 5 : cut * 5], bytes(tones[at:cut]))
        at = cut
    assert len(rhythm.bursts) == pace.bursts
    assert rhythm.content == pace.messages
    assert (rhythm.first, rhythm.last) == (pace.first, pace.last)
    limit = stall_limit(pace.gaps.median())
    finishing = sum(1 for gap in ended if gap > limit)
    if tails == sum(1 for tone in tones if tone == END):  # a gap over a finish reason is told as the one before it
        assert len(rhythm.stalls(pace.gaps)) == pace.stalls() + finishing


def test_the_limit_of_a_stall_is_exact_where_it_matters() -> None:
    rhythm = Rhythm()
    assert rhythm.limit(Gaps()) == 1000
    assert rhythm.limit(Gaps([20.0] * 200_000)) == 1000
    slow = Gaps([300.0, 400.0] * 70_000 + [400.0])
    assert rhythm.limit(slow) == stall_limit(slow.median()) == 4000


def test_kinds_are_those_of_the_record() -> None:
    assert KINDS[READ_KIND].__name__ == "Read"
    assert KINDS[CONTROL_KIND].__name__ == "Control"
    assert len(CODES) <= 16
