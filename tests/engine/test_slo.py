"""Objectives: read and printed, and figures held against them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import MS, stream

from streamscope.engine.figures import Figure
from streamscope.engine.report import report
from streamscope.engine.slo import holds, tally, verdicts, worst
from streamscope.model.errors import UsageError
from streamscope.model.objective import METRICS, PRESETS, Objectives, objectives
from streamscope.model.phrase import phrase


@given(st.dictionaries(st.sampled_from(sorted(METRICS)), st.floats(0, 1e12, allow_nan=False)))
def test_what_is_printed_is_read_again(limits: dict[str, float]) -> None:
    wanted = Objectives({key: abs(value) for key, value in limits.items()})
    assert dict(objectives(str(wanted)).limits) == dict(wanted.limits)


@given(st.text(max_size=60))
def test_whatever_is_given_is_read_or_refused(text: str) -> None:
    try:
        read = objectives(text)
    except UsageError as error:
        assert str(error.message)
    else:
        assert all(limit >= 0 for limit in read.limits.values())


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("ttft=500ms,tpot=40ms", {"ttft": 500, "tpot": 40}),
        ("ttft:500 tpot:40 e2el:10000", {"ttft": 500, "tpot": 40, "e2e": 10_000}),
        (" TTFT = 0.5 s ; itl-p99 <= 90 ; tokens_per_s >= 20 tok/s; stalls=0", {
            "ttft": 500, "itl_p99": 90, "tokens_per_s": 20, "stalls": 0,
        }),
        ("e2e=2min", {"e2e": 120_000}),
        ("mlperf-llama2-70b-interactive", {"ttft": 450, "tpot": 40}),
        ("", {}),
    ],
)  # fmt: skip
def test_ways_of_writing_limits(text: str, limits: dict[str, float]) -> None:
    assert dict(objectives(text).limits) == limits


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ttfd=5", "Did you mean 'ttft'?"),
        ("mlperf-llama2-70", "Did you mean 'mlperf-llama2-70b'?"),
        ("ttft=fast", "Write a name and a number"),
        ("ttft=5kg", "Use ms."),
        ("stalls=1s", "Use 1."),
        ("ttft=1e300", "too large"),
        ("ttft", "Write a name and a number"),
    ],
)
def test_what_is_refused_says_why(text: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        objectives(text)
    assert told in f"{refused.value.message} {refused.value.hint}"


def figure(key: str, value: float, **details: float) -> Figure:
    return Figure(key, phrase("x"), value, "ms", phrase("y"), details=details)


@pytest.mark.parametrize(
    ("value", "state"), [(0, "met"), (450, "met"), (450.1, "close"), (500, "close"), (501, "missed")]
)
def test_the_border_is_a_tenth_below_the_limit(value: float, state: str) -> None:
    (one,) = verdicts(objectives("ttft=500"), [figure("ttft", value)])
    assert (one.state, one.value) == (state, value)


@pytest.mark.parametrize(("value", "state"), [(19, "missed"), (20, "close"), (21.9, "close"), (22.1, "met")])
def test_a_speed_has_to_reach_its_limit(value: float, state: str) -> None:
    assert verdicts(objectives("tokens_per_s=20"), [figure("tokens_per_s", value)])[0].state == state


def test_details_and_counts() -> None:
    found = verdicts(
        objectives("itl_p99=50,itl_max=90,stalls=0"), [figure("itl", 20, p99=49, max=200), figure("stalls", 0)]
    )
    assert [row.state for row in found] == ["close", "missed", "met"]
    assert (worst(found), holds(found), str(tally(found))) == ("missed", False, "Meets 2 of 3, 1 close")


def test_what_waits_too_long_is_missed_before_it_comes() -> None:
    wanted = objectives("ttft=500,tpot=40,e2e=2s")
    early, late = verdicts(wanted, [], 400), verdicts(wanted, [], 600)
    assert [row.state for row in early] == ["unknown"] * 3
    assert (late[0].state, late[0].value, late[0].final) == ("missed", 600, False)
    assert [row.state for row in late[1:]] == ["unknown"] * 2
    assert str(tally(late)) == "Meets 0 of 3, 2 unknown"
    growing = verdicts(wanted, [figure("e2e", 1000)], 1200)[2]
    assert (growing.state, growing.final) == ("met", False)
    assert not holds(early)


def test_a_whole_exchange() -> None:
    figures = report(stream(tuple("abcdefgh"), gap=40 * MS)).figures
    found = verdicts(PRESETS["mlperf-llama2-70b-interactive"].objectives, figures)
    assert [(row.metric.key, row.state) for row in found] == [("ttft", "met"), ("tpot", "close")]
    assert holds(found)
    assert found[1].plain()["verdict"] == "close"
