"""Figures against values worked out by hand, percentiles against the standard library, any events against nothing."""

import math
import statistics
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.findings_cases import CASES, CLEAN, frames, socket, tale
from tests.engine.streams import MS, Script, Tale, chunk

from streamscope.engine.figures import Figure
from streamscope.engine.gaps import Gaps, percentile, stall_limit
from streamscope.engine.timing import Meter
from streamscope.engine.tokens import output_tokens, reasoning_tokens, server_times
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Carried, Event, Message
from streamscope.model.exchange import Timing


def measured(made: Tale) -> Meter:
    """A meter that was fed a list as the real transcript reads it."""
    transcript = Transcript(DIALECTS.values())
    meter = Meter(transcript)
    for event in made.events:
        meter.feed(event, transcript.feed(event))
    return meter


class Told(Transcript):
    """A transcript whose deltas, usage and values are given, payload by payload."""

    def __init__(
        self, deltas: dict[bytes, Deltas], usage: dict[str, object] | None = None, value: object = None
    ) -> None:
        self._given, self._usage_given, self._value_given = deltas, usage, value
        super().__init__(DIALECTS.values())

    def feed(self, event: Event) -> str:
        self.deltas = self._given.get(event.payload, ()) if isinstance(event, Message) else ()
        text = "".join(delta.text for delta in self.deltas if delta.kind == "text")
        if self.deltas and self.first_token is None and isinstance(event, Message):
            self.first_token = event.t
        return text

    @property
    def usage(self) -> dict[str, object] | None:
        return self._usage_given

    @usage.setter
    def usage(self, value: object) -> None:
        """It is given."""

    @property
    def value(self) -> object:
        return self._value_given


def told(made: Tale, transcript: Told) -> Meter:
    meter = Meter(transcript)
    for event in made.events:
        meter.feed(event, transcript.feed(event))
    return meter


def figure(meter: Meter, key: str) -> Figure:
    (found,) = [each for each in meter.figures() if each.key == key]
    return found


def test_the_moments_of_a_chat() -> None:
    made = tale().request()
    made.phase("dns", 2).phase("connect", 3).phase("tls", 5).phase("send", 1).phase("wait", 0)
    made.head()  # at 31 ms
    made.message(chunk({"role": "assistant", "content": ""}), gap=9)  # 40
    made.message(chunk({"reasoning_content": "hm"}), gap=10)  # 50
    made.token("ä", gap=10).token("b", gap=20).token("c", gap=40)  # 60, 80, 120
    made.message(chunk({}, "stop"), gap=5).message(b"[DONE]", shared=True).close(gap=15)  # 125, 140
    timing = measured(made).timing()
    assert (timing.ttfb_ms, timing.ttfe_ms, timing.ttft_ms, timing.ttfo_ms) == (31, 40, 50, 60)
    assert (timing.e2e_ms, timing.total_ms, timing.tail_ms) == (120, 140, 20)
    assert timing.phases == {"dns": 2, "connect": 3, "tls": 5, "send": 1, "wait": 0}
    assert (timing.warm, timing.send_lag_ms) == (False, 0)
    assert (timing.reads, timing.content_messages, timing.coalescing, timing.bursts) == (7, 4, 1, 0)
    assert timing.itl_ms is not None
    assert (timing.itl_ms.count, timing.itl_ms.p50, timing.itl_ms.max) == (3, 20, 40)
    assert (timing.itl_ms.p90, timing.itl_ms.p99) == pytest.approx((36, 39.6))
    assert (timing.tokens, timing.token_source) == (4, "chunks")
    assert timing.tpot_ms == pytest.approx(70 / 3, abs=1e-4)
    assert timing.tokens_per_s == pytest.approx(3000 / 70, abs=1e-3)
    assert timing.tokens_per_s_e2e == pytest.approx(4000 / 120, abs=1e-3)
    assert timing.wire_per_text == pytest.approx(700 / 6, abs=1e-4)
    assert (timing.stalls, timing.keep_alives) == (0, 0)


def test_each_figure_has_its_formula_and_chunks_are_no_tokens() -> None:
    meter = measured(tale().chat(8).well())
    figures = meter.figures()
    assert len({each.key for each in figures}) == len(figures)
    assert all(str(each.label) and str(each.formula) for each in figures)
    speed, tpot = figure(meter, "tokens_per_s"), figure(meter, "tpot")
    assert (speed.unit, tpot.unit) == ("chunks/s", "ms/chunk")
    assert "n = 8, n1 = 1" in str(tpot.formula)
    assert speed.value == pytest.approx(50)
    assert any("No usage" in str(warning) for warning in speed.warnings)
    plain = figure(meter, "itl").plain()
    assert plain["details"] == {"p50": 20, "p90": 20, "p95": 20, "p99": 20, "max": 20, "count": 7}
    assert set(plain) == {"key", "label", "value", "unit", "formula", "details"}


TEXT = (Delta("text", "word"),)


def four(gap: float = 10) -> Tale:
    made = tale().request().head()
    for payload in (b"1", b"2", b"3", b"4"):
        made.message(payload, gap=gap)
    return made.close()


def test_tokens_by_ids_win_over_all_other_counts() -> None:
    deltas = {payload: (*TEXT, Delta("tokens", "3")) for payload in (b"1", b"2", b"3", b"4")}
    usage = {"completion_tokens": 90, "completion_tokens_details": {"reasoning_tokens": 80}}
    meter = told(four(), Told(deltas, usage, {"choices": [{"token_ids": [1, 2, 3]}]}))
    timing = meter.timing()
    assert (timing.tokens, timing.token_source) == (12, "ids")
    assert timing.tpot_ms == pytest.approx(30 / 9, abs=1e-4)  # three of the tokens came with the first message
    assert timing.itl_token_ms is not None
    assert timing.itl_token_ms.p50 == pytest.approx(10 / 3, abs=1e-4)
    assert timing.itl_token_ms.count == 3
    assert figure(meter, "tpot").warnings == ()


def test_tokens_by_each_payloads_usage_unless_the_last_one_knows_of_more() -> None:
    deltas = {payload: (*TEXT, Delta("tokens", "2")) for payload in (b"1", b"2", b"3", b"4")}
    assert told(four(), Told(deltas, {"completion_tokens": 8})).counted() == (8, "usage in each payload")
    assert told(four(), Told(deltas)).counted() == (8, "usage in each payload")
    assert told(four(), Told(deltas, {"completion_tokens": 9})).counted() == (9, "final usage")


def test_hidden_reasoning_makes_the_formula_wrong_and_says_so() -> None:
    deltas = dict.fromkeys((b"1", b"2", b"3", b"4"), TEXT)
    usage: dict[str, object] = {"completion_tokens": 31, "completion_tokens_details": {"reasoning_tokens": 20}}
    meter = told(four(), Told(deltas, usage))
    assert meter.timing().tpot_ms == 1.0
    for key in ("tokens", "tpot", "tokens_per_s", "tokens_per_s_e2e"):
        assert any("Reasoning was counted" in str(warning) for warning in figure(meter, key).warnings)
    deltas[b"1"] = (Delta("reasoning", "hm"),)
    assert figure(told(four(), Told(deltas, usage)), "tpot").warnings == ()
    timing = told(four(), Told(deltas, usage)).timing()
    assert (timing.ttft_ms, timing.ttfo_ms) == (30, 40)


def test_a_stream_in_one_read_says_so() -> None:
    made = tale().request().head().token()
    meter = measured(made.token(shared=True).token(shared=True).token(shared=True).well())
    timing = meter.timing()
    assert (timing.coalescing, timing.bursts, timing.tpot_ms) == (4, 1, None)
    for key in ("ttft", "itl", "stalls"):
        assert any("one read" in str(warning) for warning in figure(meter, key).warnings)


def test_bursts_are_reads_with_three_or_more() -> None:
    made = tale().chat(3)
    made.token(gap=50).token(shared=True)
    made.token(gap=50).token(shared=True).token(shared=True)
    made.token(gap=50).token(shared=True).token(shared=True).token(shared=True)
    timing = measured(made.well()).timing()
    assert (timing.bursts, timing.content_messages) == (2, 12)
    assert timing.coalescing == pytest.approx(12 / 6, abs=1e-4)


def test_stalls_are_gaps_over_a_second_and_ten_medians() -> None:
    made = tale().chat(9).token(gap=999).token(gap=1001).tokens(5).token(gap=4000)
    assert measured(made.well()).timing().stalls == 2
    slow = tale().chat(0).tokens(9, gap=300).token(gap=2900).token(gap=3100)
    assert measured(slow.well()).timing().stalls == 1
    assert (stall_limit(20), stall_limit(300)) == (1000, 3000)


def test_a_conversation_counts_no_pause_of_the_person() -> None:
    made = socket().say("hi").frame("a", gap=30).frame("b", gap=10).say("and?", gap=9000).frame("c", gap=40)
    made.frame("d", gap=20).control("ping", "k", way="out").control("pong", "k", rtt_ns=4 * MS).close(code=1000)
    timing = measured(made).timing()
    assert timing.itl_ms is not None
    assert (timing.itl_ms.count, timing.itl_ms.max, timing.stalls) == (2, 20, 0)
    assert timing.tpot_ms == pytest.approx(15)  # 30 ms for two of four, the first of each turn left out
    assert timing.ping_ms is not None
    assert (timing.ping_ms.count, timing.ping_ms.p50) == (1, 4)


def test_keep_alives_of_all_kinds() -> None:
    made = tale().chat(2).control("comment", "ping").message({"type": "ping"}, event="ping").well()
    assert measured(made).timing().keep_alives == 2
    assert measured(socket().control("ping").control("pong", way="out").close()).timing().keep_alives == 1


def test_the_servers_own_figures_stand_beside_the_clients() -> None:
    made = tale().request().phase("send", 10).head()
    for payload in (b"1", b"2"):
        made.message(payload, gap=100)
    served = Delta("served", '{"total_duration":150000000,"prompt_eval_duration":60000000,"eval_duration":80000000}')
    meter = told(made.close(), Told({b"1": TEXT, b"2": (*TEXT, served)}))
    assert meter.timing().server == {"total": 150, "prefill": 60, "decode": 80}
    total, prefill, decode = (figure(meter, f"server_{name}") for name in ("total", "prefill", "decode"))
    assert total.details == {"client": 220, "network and queue": 70}
    assert prefill.details == {"client": 120, "network and queue": 60}
    assert decode.details == {"client": 100, "network and queue": 20}
    assert "network and queue" in str(total.formula)


@pytest.mark.parametrize(
    ("served", "times"),
    [
        ('{"timings":{"prompt_ms":12.5,"predicted_ms":80}}', {"prefill": 12.5, "decode": 80}),
        ('{"prompt_ms":12.5}', {"prefill": 12.5}),
        ('{"latencyMs":700}', {"total": 700}),
        ('{"e2e_latency":0.25,"queue_time":0.125}', {"total": 250, "queue": 125}),
        ('{"total_duration":"x","eval_duration":true,"prompt_ms":-1}', {}),
        ("[1]", {}),
        ("{", {}),
        ("[" * 100_000, {}),
    ],
)
def test_times_that_servers_tell(served: str, times: dict[str, float]) -> None:
    assert server_times(served) == times


@pytest.mark.parametrize(
    ("usage", "written", "reasoned"),
    [
        ({"completion_tokens": 7, "completion_tokens_details": {"reasoning_tokens": 3}}, 7, 3),
        ({"output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 2}}, 7, 2),
        ({"candidatesTokenCount": 7, "thoughtsTokenCount": 5}, 12, 5),
        ({"eval_count": 7}, 7, 0),
        ({"tokens": {"output_tokens": 7.0}, "billed_units": {"output_tokens": 8}}, 7, 0),
        ({"generated_tokens": 7}, 7, 0),
        ({"completion_tokens": True, "outputTokens": 3}, 3, 0),
        ({"completion_tokens_details": [1]}, None, 0),
        (None, None, 0),
    ],
)
def test_counts_that_usage_tells(usage: object, written: int | None, reasoned: int) -> None:
    assert (output_tokens(usage), reasoning_tokens(usage)) == (written, reasoned)


def test_a_second_attempt_begins_anew_and_a_second_sending_is_seen() -> None:
    made = tale().request().phase("send", 1).head("application/json", 401).message("{}", form="body")
    made.request(attempt=2, gap=500).phase("send", 2, "on a warm connection").head().tokens(2)
    meter = measured(made.well())
    timing = meter.timing()
    assert (timing.warm, timing.phases, timing.content_messages) == (True, {"send": 2}, 2)
    assert timing.send_lag_ms == 0
    assert timing.ttft_ms == timing.e2e_ms - 20 if timing.e2e_ms else False


def test_sizes_before_and_after_decoding() -> None:
    body = Carried("chunked", "gzip", 100, 450, 3, True)
    compression = figure(measured(tale().chat().finish().done().close(body=body)), "compression")
    assert (compression.value, compression.source) == (4.5, "gzip")
    assert compression.details == {"wire": 100, "decoded": 450}
    made = socket().frame("x" * 90, frames=frames(10, 20, rsv=4, size=90)).close(code=1000)
    assert figure(measured(made), "frame_compression").details == {"wire": 30, "decoded": 90}


def test_nothing_came() -> None:
    meter = measured(tale().request().fail("Refused"))
    assert meter.timing() == Timing(total_ms=1)
    assert {each.key for each in meter.figures()} == {
        "total", "bytes_in", "reads", "messages", "content_messages", "keep_alives",
    }  # fmt: skip
    assert (meter.result(), meter.exit_code()) == ("no connection", 3)


@pytest.mark.parametrize(
    ("made", "result"),
    [
        (lambda: tale().chat().well(), "complete"),
        (lambda: tale().chat().finish().close(), "early"),
        (lambda: tale().chat().message({"error": {"message": "full"}}).done().close(), "error"),
        (lambda: tale().chat().close("user"), "stopped"),
        (lambda: tale().chat().close("client"), "complete"),
        (lambda: tale().chat().fail(), "early"),
        (lambda: socket().frame("hi").close(code=1000), "complete"),
        (lambda: socket().frame("hi").close("network", 1006), "early"),
        (lambda: socket().frame("hi").close(code=1011), "error"),
        (CLEAN["lines"], "complete"),
        (CLEAN["json"], "complete"),
    ],
)
def test_how_it_came_out(made: Script, result: str) -> None:
    meter = measured(made())
    assert meter.result() == result
    outcome = meter.outcome("text")
    assert outcome.outcome == result
    assert outcome.dialect == (meter._transcript.dialect.key if meter._transcript and meter._transcript.dialect else "")
    assert (outcome.errors != []) == (result == "error" and outcome.status == 200)


def test_lines_without_their_end_are_early() -> None:
    made = tale().request("https").head("application/x-ndjson")
    made.message({"model": "m", "message": {"content": "a"}, "done": False}, form="line").close()
    assert measured(made).result() == "early"


@given(st.lists(st.floats(0, 1e6, width=32), min_size=2, max_size=200))
def test_percentiles_are_those_of_the_standard_library(values: list[float]) -> None:
    gaps = Gaps()
    for value in values:
        gaps.add(value)
    spread = gaps.percentiles()
    assert spread is not None
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    wanted = (statistics.median(values), cuts[89], cuts[94], cuts[98], max(values))
    assert (spread.p50, spread.p90, spread.p95, spread.p99, spread.max) == pytest.approx(wanted, rel=1e-9, abs=1e-4)
    assert spread.count == len(values)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.floats(0, 100))
def test_a_percentile_lies_between_its_neighbours(values: list[int], q: float) -> None:
    ranked = sorted(values)
    place = (len(ranked) - 1) * q / 100
    assert ranked[math.floor(place)] <= percentile(ranked, q) <= ranked[math.ceil(place)]


SCRIPTS: list[Script] = [*(script for _, script in CASES.values()), *CLEAN.values()]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(SCRIPTS), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_events_in_any_order_are_measured(scripts: list[Script], random: Random) -> None:
    """No list raises, and asking in between changes nothing."""
    events = [event for script in scripts for event in script().events][:300]
    random.shuffle(events)
    asked, quiet = Transcript(DIALECTS.values()), Transcript(DIALECTS.values())
    curious, patient = Meter(asked), Meter(quiet)
    for at, event in enumerate(events):
        curious.feed(event, asked.feed(event))
        patient.feed(event, quiet.feed(event))
        if at % 50 == 0:
            curious.figures()
    assert curious.outcome("") == patient.outcome("")
    assert [each.plain() for each in curious.figures()] == [each.plain() for each in patient.figures()]
