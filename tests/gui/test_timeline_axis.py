"""Time across a width: places and moments are each other's, zooming stands still where it is meant, marks are round."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.gui.live.timeline.axis import LEAST, Scale, marks, moment, text

pytestmark = pytest.mark.window
SCALES = st.builds(
    lambda start, span, width: Scale(start, start + span, width),
    st.integers(-(10**9), 10**14),
    st.integers(1, 10**14),
    st.floats(1, 4000),
)


@given(SCALES, st.floats(0, 1))
def test_places_and_moments_are_each_others(scale: Scale, part: float) -> None:
    t = scale.start + round(part * scale.span)
    assert -1e-6 <= scale.x(t) <= scale.width + 1e-6
    assert abs(scale.t(scale.x(t)) - t) <= 1 + scale.span * 1e-9


@given(SCALES, st.floats(0.01, 100), st.floats(0, 1))
def test_zooming_stands_still_where_it_is_meant(whole: Scale, factor: float, part: float) -> None:
    x = part * whole.width
    scale = whole
    for _ in range(3):
        before = scale.t(x)
        scale = scale.zoomed(factor, x, whole)
        assert whole.start <= scale.start < scale.stop <= whole.stop
        assert scale.span >= min(LEAST, whole.span)
        ideal = before - scale.span * x / scale.width
        inner = whole.start <= ideal and ideal + scale.span <= whole.stop
        assert not inner or abs(scale.x(before) - x) <= 1 + 3 * scale.width / scale.span


@given(SCALES, st.integers(-(10**15), 10**15))
def test_panning_goes_as_far_as_there_is_anything(whole: Scale, by: int) -> None:
    part = Scale(whole.start, whole.start + max(1, whole.span // 3), whole.width)
    moved = part.panned(by, whole)
    assert moved.span == part.span
    assert whole.start <= moved.start
    assert moved.stop <= whole.stop


@given(SCALES)
def test_marks_are_round_and_do_not_touch(scale: Scale) -> None:
    found = marks(scale, lambda told: 7.0 * len(told))
    assert all(scale.start <= t < scale.stop and t >= 0 for t, _ in found)
    steps = {later[0] - earlier[0] for earlier, later in pairwise(found)}
    assert len(steps) <= 1
    for step in steps:
        whole = step // 60_000_000_000 if step % 60_000_000_000 == 0 else step
        assert str(whole).rstrip("0") in ("1", "2", "5", "6", "12", "3", "144", "288", "72") or whole in (10, 20, 60)
        room = step * scale.width / scale.span
        assert room >= max(7.0 * len(told) for _, told in found)
    assert len({told for _, told in found}) == len(found)


def test_what_moments_are_called() -> None:
    assert text(0, 1_000_000) == "0 ms"
    assert text(250_000_000, 50_000_000) == "250 ms"
    assert text(1_500_000_000, 500_000_000) == "1.5 s"
    assert text(90_000_000_000, 10_000_000_000) == "90 s"
    assert text(120_000_000_000, 60_000_000_000) == "2 min"
    assert text(5_400_000_000_000, 600_000_000_000) == "1 h 30 min"
    assert text(12_340, 10) == "12.34 µs"
    assert moment(0) == "0.0 ms"
    assert moment(1_234_567_890) == "1.235 s"
    assert moment(2_500) == "2.5 µs"


def test_no_width_has_no_marks() -> None:
    assert marks(Scale(0, 1000, 0.0), len) == []
