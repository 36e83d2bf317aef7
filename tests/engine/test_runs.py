"""Many runs: what is kept of each, how figures are spread, what stands out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import ALL, MS, recorded, stream

from streamscope.engine.compare import Stopped
from streamscope.engine.derived import Derived
from streamscope.engine.reading import Reading
from streamscope.engine.report import pieces_of, report, report_of, walk
from streamscope.engine.runs import POINTS, Curve, counts_of, curve_of, run_of, spread


def test_a_row_says_what_the_report_says() -> None:
    events = stream(tuple("abcdefgh"), gap=40 * MS)
    run, told = run_of("first", events), report(events)
    assert (run.title, run.outcome, run.status, run.started) == (
        "first",
        "complete",
        200,
        "2026-11-24T08:30:00.123456Z",
    )
    for figure in told.figures:
        if figure.key in ("ttft", "tpot", "e2e", "tokens"):
            assert run.figures[figure.key] == figure.value
        if figure.key == "itl":
            assert run.figures["itl.p99"] == figure.details["p99"]
    assert run.curve.total == 8
    assert run.curve.times[0] == run.figures["ttft"]
    assert run.curve.times[-1] == run.figures["e2e"]


@pytest.mark.parametrize("name", ALL)
def test_every_exchange_makes_a_row(name: str) -> None:
    run = run_of(name, ALL[name])
    assert run.outcome == report(ALL[name]).outcome.outcome
    assert list(run.curve.times) == sorted(run.curve.times)
    if name == "retried":
        assert run.curve.total == 4


def test_reading_stops_where_nobody_waits() -> None:
    with pytest.raises(Stopped):
        run_of("x", stream(), stopped=lambda: True)


@given(st.lists(st.floats(0, 1e9), max_size=400))
def test_a_curve_keeps_its_ends_and_its_order(times: list[float]) -> None:
    times.sort()
    curve = curve_of(times)
    assert len(curve.times) == min(len(times), POINTS)
    assert list(curve.times) == sorted(curve.times)
    assert curve.total == len(times)
    if times:
        assert (curve.times[0], curve.times[-1]) == (times[0], times[-1])
        counts = counts_of(curve)
        assert (counts[-1], len(counts)) == (len(times), len(curve.times))
        assert list(counts) == sorted(counts)


def test_outliers_are_far_from_the_median() -> None:
    values = [100.0, 101, 99, 102, 98, 100, 103, 900, None, 100]
    found = spread(values)
    assert found is not None
    assert (found.count, found.median, found.least, found.most) == (9, 100, 98, 900)
    assert found.outliers == {7}
    same = spread([5.0] * 20 + [50.0])
    assert same is not None
    assert same.outliers == {20}
    assert spread([1.0, 900.0]).outliers == frozenset()  # type: ignore[union-attr]
    assert spread([5.0] * 9).outliers == frozenset()  # type: ignore[union-attr]
    assert spread([None, None]) is None
    assert counts_of(Curve()) == ()


def test_a_report_without_reading_again() -> None:
    events = stream(("Hello", ", ", "wörld", "!"))
    exchange = recorded(events)
    derived = Derived(exchange, Reading())
    derived.advance(5)
    made, read = report_of(derived), report(walk(exchange), with_pieces=True)
    exchange.close()
    assert made.pieces == read.pieces
    assert (made.outcome, made.figures, made.findings, made.head) == (
        read.outcome, read.figures, read.findings, read.head,
    )  # fmt: skip
    lane = derived.lanes[0, "text", ""]
    joined = pieces_of(lane, 2)
    assert [piece.text for piece in joined] == ["Hello, ", "wörld!"]
    assert report_of(derived, (3, "text", "")).pieces == ()
