"""Every dialect: recognised without its address, read whole and streamed, its errors and its end."""

import json
from typing import Any

import pytest
from tests.kinds.dialects.samples import ERRORS, SAMPLES, Sample

from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.delta import Deltas
from streamscope.model.event import Control, Head, Message, RequestSent

ENDING = [sample for sample in SAMPLES if sample.end == "seen" and sample.form != "body"]


def sent(url: str = "https://127.0.0.1/", dialect: str = "") -> RequestSent:
    return RequestSent(0, "2026-11-24T16:40:47+00:00", "POST", url, [], "none", "address", "sse", dialect=dialect)


def heard(
    messages: list[Message], status: int = 200, pinned: str = "", url: str = "https://127.0.0.1/"
) -> tuple[Transcript, str, list[Deltas]]:
    """A transcript of these messages, the text that it gave on the way, and the deltas."""
    transcript = Transcript(DIALECTS.values(), pinned)
    transcript.feed(sent(url))
    transcript.feed(Head(1, status, "HTTP/1.1", []))
    text, deltas = "", []
    for message in messages:
        text += transcript.feed(message)
        deltas.append(transcript.deltas)
    return transcript, text, deltas


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


@pytest.mark.parametrize("choose", ["constructor", "request"])
def test_a_chosen_dialect_stays(choose: str) -> None:
    pinned = "ollama"
    transcript = Transcript(DIALECTS.values(), pinned if choose == "constructor" else "")
    transcript.feed(sent(dialect=pinned if choose == "request" else "raw"))
    transcript.feed(Head(1, 200, "HTTP/1.1", []))
    for message in SAMPLES[0].messages():
        assert transcript.feed(message) == ""
    assert transcript.dialect is DIALECTS["ollama"]


def test_raw_chosen_shows_errors_and_marks_as_they_are() -> None:
    transcript, text, _ = heard(Sample("", "raw", [PLAIN, b"[DONE]"], []).messages(), pinned="raw")
    assert text == f"{json.dumps(PLAIN)}\n[DONE]"
    assert (transcript.errors, transcript.end) == ([], "none needed")


def test_an_unknown_key_is_found_out() -> None:
    transcript, _, _ = heard(SAMPLES[0].messages(), pinned="nothing")
    assert transcript.dialect is DIALECTS["openai.chat"]


def test_a_likelier_dialect_reads_again_what_came_before() -> None:
    first = {"choices": [], "usage": {"prompt_tokens": 1}}
    second = {"object": "text_completion", "choices": [{"index": 0, "text": "x"}]}
    transcript, text, _ = heard(Sample("", "", [first, second], []).messages())
    assert (transcript.dialect, text) == (DIALECTS["openai.completions"], "x")
    assert transcript.usage == {"prompt_tokens": 1}


def test_a_greeting_of_another_kind_comes_first() -> None:
    sample = SAMPLES[0]
    messages = [*Sample("", "", [{"position": 3}, {"position": 2}], []).messages(), *sample.messages()]
    transcript, _, _ = heard(messages)
    assert transcript.dialect is DIALECTS["openai.chat"]
    assert transcript.text.endswith("Hello, wörld")


def test_two_turns_of_a_conversation_need_two_ends() -> None:
    sample = next(sample for sample in SAMPLES if sample.name == "realtime")
    messages = sample.messages()
    transcript, _, _ = heard([*messages, *messages[1:6]], 101)
    assert transcript.end == "missing"
    transcript, _, _ = heard([*messages, *messages[1:]], 101)
    assert transcript.end == "seen"


def test_times_of_the_first_token_and_the_first_text() -> None:
    transcript, _, _ = heard(SAMPLES[0].messages())
    assert (transcript.first_token, transcript.first_text) == (101, 103)


def test_a_whole_text_takes_the_place_of_what_came() -> None:
    """What a server takes back is gone from the text; what was given already cannot be unsaid."""
    samples = [{"text": text, "meta_info": {}} for text in ("He", "Hell", "Hello", "Help", "Help!")]
    transcript, text, _ = heard(Sample("", "", samples, []).messages())
    assert transcript.text == "Help!"
    assert text == "Hellop!"
