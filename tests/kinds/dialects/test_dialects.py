"""Every dialect: recognised without its address, read whole and streamed, its errors and its end."""

import json
from typing import Any

import pytest
from tests.kinds.dialects.samples import ERRORS, SAMPLES, Sample, heard

from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.event import Control, Head

ENDING = [sample for sample in SAMPLES if sample.end == "seen" and sample.form != "body"]


def named(sample: Any) -> str:
    return str(sample.name)


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_is_recognised_and_read(sample: Sample) -> None:
    transcript, text, deltas = heard(sample.messages(), sample.status)
    assert transcript.dialect is DIALECTS[sample.key]
    assert transcript.choices == sample.choices
    assert transcript.text == sample.choices[0].text
    assert (transcript.usage, transcript.end, transcript.errors) == (sample.usage, sample.end, sample.errors)
    assert transcript.transcript == sample.transcript
    assert transcript.finish == sample.choices[0].finish_reason
    flat = [delta for some in deltas for delta in some]
    assert [int(delta.text) for delta in flat if delta.kind == "tokens"] == sample.tokens
    served = [json.loads(delta.text) for delta in flat if delta.kind == "served"]
    assert served == ([sample.served] if sample.served is not None else [])
    if "1100" not in transcript.text:  # what was taken for the whole text at first cannot be unsaid
        assert text == transcript.text
    calls = transcript.calls
    assert [call.state for call in calls] == ["whole"] * len(calls)


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_is_read_the_same_when_chosen(sample: Sample) -> None:
    transcript, _, _ = heard(sample.messages(), sample.status, sample.key)
    assert (transcript.choices, transcript.usage, transcript.sure) == (sample.choices, sample.usage, 1.0)
    assert transcript.end == sample.end


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_is_no_other_dialect(sample: Sample) -> None:
    scores = {key: dialect.guess(sample.messages()[:5], "") for key, dialect in DIALECTS.items()}
    best = max(scores, key=lambda key: scores[key])
    assert best == sample.key
    others = [score for key, score in scores.items() if key != sample.key]
    assert max(others) < scores[sample.key]


def test_every_dialect_has_a_stream_and_a_whole_answer() -> None:
    streamed = {sample.key for sample in SAMPLES if sample.form != "body"}
    whole = {sample.key for sample in SAMPLES if sample.form == "body"}
    assert set(DIALECTS) - streamed == {"modelarts.classic"}
    assert set(DIALECTS) - whole == {"openai.realtime", "gemini.live", "raw"}
    assert set(DIALECTS) - {key for key, *_ in ERRORS} == {"raw"}


@pytest.mark.parametrize("sample", ENDING, ids=named)
def test_a_stream_without_its_end_is_missing_it(sample: Sample) -> None:
    messages = sample.messages()
    until = next(at for at in range(len(messages), 0, -1) if heard(messages[:at], sample.status)[0].end != "seen")
    transcript, _, _ = heard(messages[:until], sample.status)
    assert transcript.dialect is DIALECTS[sample.key]
    assert (transcript.end, transcript.ended) == ("missing", False)


@pytest.mark.parametrize(("key", "before", "error", "words"), ERRORS)
def test_an_error_under_status_200_is_told(key: str, before: list[Any], error: Any, words: str) -> None:
    sample = Sample(
        "", key, [*before, error], [], DIALECTS[key].forms[0] if DIALECTS[key].forms else "event", named=True
    )
    transcript, text, _ = heard(sample.messages())
    assert transcript.dialect is DIALECTS[key]
    assert transcript.errors == [words]
    assert words not in text


PLAIN = {"error": {"message": "boo", "code": 500}}


@pytest.mark.parametrize("key", [key for key, dialect in DIALECTS.items() if dialect.paths])
def test_the_address_decides_whose_an_error_is(key: str) -> None:
    """Alone it says nothing: it is an error all the same."""
    place = {
        "triton.generate_stream": "/v2/models/m/generate_stream", "sglang.generate": "/generate",
        "gemini.generate": "/v1beta/models/m:streamGenerateContent", "gemini.live": "/ws/x.BidiGenerateContent",
    }.get(key, DIALECTS[key].paths[0])  # fmt: skip
    message = Sample("", key, [PLAIN], []).messages()
    transcript, text, _ = heard(message, url=f"https://127.0.0.1{place}")
    assert (transcript.dialect, transcript.errors, text) == (DIALECTS[key], ["boo"], "")
    transcript, text, _ = heard(message)
    assert (transcript.dialect, transcript.errors, text) == (None, ["boo"], "")


def test_an_error_in_plain_json_among_the_lines_is_told() -> None:
    """As Gemini sends it: not a field of the event stream, over many lines."""
    transcript = Transcript(DIALECTS.values())
    transcript.feed(Head(1, 200, "HTTP/1.1", []))
    for line in json.dumps([PLAIN], indent=2).splitlines():
        transcript.feed(Control(2, "in", "field", line))
    assert transcript.errors == ["boo"]
