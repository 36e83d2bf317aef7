"""Curves and distributions: the figures' own gaps, every character counted, decimated without a lie."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import MS, delta, recorded, request

from streamscope.engine import series
from streamscope.engine.derived import Derived
from streamscope.engine.reading import Reading
from streamscope.model.event import Closed, Event, Head, Message, Read


def chat(texts: list[tuple[int, str]], *more: Event) -> list[Event]:
    """A stream of these texts, each at its millisecond and in a read of its own."""
    events: list[Event] = [request(), Head(MS, 200, "HTTP/1.1", [("Content-Type", "text/event-stream")])]
    for number, (t, text) in enumerate(texts, 1):
        events += [
            Read(t * MS, number, 10, b"0123456789"),
            Message(t * MS, "in", (number, number), delta(text), "event"),
        ]
    return [*events, *more]


def derived(events: list[Event]) -> Derived:
    made = Derived(recorded(events), Reading())
    while made.advance(1.0):
        pass
    return made


TEXTS = [(10, "Hello"), (30, "wörld"), (30, "中文"), (70, "!")]


def test_what_came_by_when() -> None:
    of = derived(chat(TEXTS, Closed(90 * MS, "server")))
    times, counts = series.cumulative(of)
    assert (times // MS).tolist() == [10, 30, 30, 70]
    assert counts.tolist() == [1, 2, 3, 4]
    times, counts = series.cumulative(of, "characters")
    assert counts.tolist() == [5, 10, 12, 13]
    times, counts = series.cumulative(of, "reads")
    assert len(times) == 4
    times, counts = series.cumulative(of, "tokens")
    assert series.spread(of)
    assert counts[-1] == pytest.approx(4)  # nothing tells of tokens: messages are counted
    assert series.gaps_ms(of).tolist() == [20, 0, 40]
    assert series.gaps_ms(of, "reads").tolist() == [20, 40]
    assert series.gaps_ms(of, "tokens").tolist() == []


def test_tokens_as_payloads_tell_of_them() -> None:
    events = chat([])
    for number, (t, ids) in enumerate([(10, [1, 2]), (20, [3]), (40, [4, 5, 6])], 1):
        choice = {"index": 0, "delta": {"content": "ab"}, "token_ids": ids}
        data = json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode()
        events.append(Message(t * MS, "in", (number, number), data, "event"))
    of = derived(events)
    assert not series.spread(of)
    times, counts = series.cumulative(of, "tokens")
    assert (times // MS).tolist() == [10, 20, 40]
    assert counts.tolist() == [2, 3, 6]


def test_of_nothing_there_is_nothing() -> None:
    of = derived([request()])
    for by in ("messages", "characters", "tokens", "reads"):
        times, counts = series.cumulative(of, by)  # type: ignore[arg-type]
        assert len(times) == len(counts) == 0
        assert len(series.stepped(times, counts)[0]) == 0
    assert series.histogram(series.gaps_ms(of)) is None


def test_the_percentiles_are_those_of_the_figures() -> None:
    of = derived(chat([(10 + number * number, "x") for number in range(60)]))
    told = of.meter.pace.gaps.percentiles()
    found = series.histogram(series.gaps_ms(of))
    assert told is not None
    assert found is not None
    assert [value for _, value in found.quantiles] == pytest.approx([told.p50, told.p90, told.p95, told.p99], abs=1e-3)
    assert found.longest == pytest.approx(told.max, abs=1e-3)
    assert found.total == told.count


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=200))
def test_every_gap_is_in_one_bin(gaps: list[float]) -> None:
    found = series.histogram(np.array(gaps))
    assert found is not None
    assert found.total == len(gaps)
    assert found.zeros == gaps.count(0)
    inner = [gap for gap in gaps if found.edges[0] <= gap < found.edges[-1]]
    places = np.searchsorted(found.edges, inner, "right") - 1
    assert all(found.edges[place] <= gap < found.edges[place + 1] for place, gap in zip(places, inner, strict=True))


@given(st.lists(st.integers(0, 10**12), max_size=400), st.integers(2, 50))
def test_points_of_a_curve_lie_on_it(moments: list[int], points: int) -> None:
    times: Any = np.sort(np.array(moments, np.int64))
    counts = np.arange(1.0, len(times) + 1)
    fewer, of = series.decimated(times, counts, points)
    assert len(fewer) <= max(points + 1, 2) or len(times) <= points
    known = set(zip(times.tolist(), counts.tolist(), strict=True))
    assert set(zip(fewer.tolist(), of.tolist(), strict=True)) <= known
    if len(times):
        assert (fewer[0], fewer[-1], of[-1]) == (times[0], times[-1], len(times))
