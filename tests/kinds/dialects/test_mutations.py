"""Whatever a stream turns into, it is read without an error and in time that grows no faster than it."""

# ruff: noqa: E501 - a payload is a line

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kinds.dialects.samples import ERRORS, SAMPLES, Sample

from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.delta import Delta
from streamscope.model.event import Closed, Control, Head, Message, RequestSent

MUTATIONS = 250
HOSTILE = [
    b"", b" ", b"[DONE]", b"null", b"0", b"[]", b"{}", b'"x"', b"{", b"[" * 20_000, b'{"a":' * 5_000, b"1" * 5_000,
    b'{"choices":' + b"[" * 2_000 + b"]" * 2_000 + b"}", b'{"usage":{"completion_tokens":123456789012345678901234567890}}',
    b'{"choices":[{"index":99999999999999999999,"delta":{"content":"x"}}]}', b'{"choices":[{"index":-1,"delta":{"content":"x"}}]}',
    b'{"type":["x"]}', b'{"type":{"x":1}}', b'{"type":1e308,"event_type":[[]]}', b'{"error":1}', b'{"error":[[]]}', b"\xff\xfe\x00",
    b'{"usage":{"completion_tokens":1e308}}', b'{"a":"\\ud800"}', b'{"error":"\\ud800"}', b'{"message":[]}', b'[[],1,null,{"candidates":[1]}]',
]  # fmt: skip
WORDS = ("text", "content", "delta", "type", "index", "message", "choices", "usage", "error", "id")
VALUES: tuple[Any, ...] = (
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"1",
    b"-1",
    b"true",
    b"1e999",
    b"[{}]",
    b'{"text":[]}',
    b"[null]",
)


def mutated(messages: list[Message], dice: random.Random) -> list[Message]:
    """Messages dropped, doubled, swapped, replaced, and their bytes changed."""
    found = list(messages)
    for _ in range(dice.randint(1, 4)):
        if not found:
            break
        at = dice.randrange(len(found))
        match dice.randrange(6):
            case 0:
                del found[at]
            case 1:
                found.insert(at, found[at])
            case 2:
                other = dice.randrange(len(found))
                found[at], found[other] = found[other], found[at]
            case 3:
                found[at] = replaced(found[at], dice.choice(HOSTILE))
            case 4:
                found[at] = replaced(found[at], damaged(found[at].payload, dice))
            case 5:
                found[at] = replaced(found[at], misfit(found[at].payload, dice))
    return found


def replaced(message: Message, payload: bytes) -> Message:
    return Message(message.t, "in", message.reads, payload, message.form, message.event, opcode=message.opcode)


def damaged(payload: bytes, dice: random.Random) -> bytes:
    """Cut short, or with other bytes in it."""
    if not payload or dice.random() < 0.3:
        return payload[: dice.randint(0, len(payload))]
    data = bytearray(payload)
    for _ in range(dice.randint(1, 5)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def misfit(payload: bytes, dice: random.Random) -> bytes:
    """Still JSON, but a value is of a type that it should not have."""
    parts = payload.split(b": ")
    if len(parts) < 2:
        return payload
    at = dice.randrange(1, len(parts))
    value, comma, rest = parts[at].partition(b", ")
    closing = value[len(value.rstrip(b"}]")) :]
    parts[at] = dice.choice(VALUES) + closing + comma + rest
    return b": ".join(parts)


def read(messages: list[Message], status: int, pinned: str = "") -> Transcript:
    """Feed them, and look at everything that can be asked."""
    transcript = Transcript(DIALECTS.values(), pinned)
    transcript.feed(RequestSent(0, "2026-11-24T16:40:47+00:00", "POST", "/", [], "none", "address", "sse"))
    transcript.feed(Head(1, status, "HTTP/1.1", []))
    for message in messages:
        text = transcript.feed(message)
        assert isinstance(text, str)
        for delta in transcript.deltas:
            assert isinstance(delta, Delta)
            assert isinstance(delta.text, str)
            assert isinstance(delta.choice, int)
            assert isinstance(delta.call, str)
    transcript.feed(Closed(9, "server"))
    assert transcript.choices
    assert transcript.text == transcript.choices[0].text or 0 not in transcript._choices
    for told in (transcript.usage, transcript.calls, transcript.errors, transcript.end, transcript.value):
        assert told is None or isinstance(told, dict | list | str)
    return transcript


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_mutated_streams_are_read(sample: Sample) -> None:
    dice = random.Random(sample.name)
    for _ in range(MUTATIONS):
        pinned = sample.key if dice.random() < 0.3 else ""
        read(mutated(sample.messages(), dice), sample.status, pinned)


@settings(max_examples=400, deadline=None)
@given(sample=st.sampled_from(SAMPLES), other=st.sampled_from(SAMPLES), seed=st.integers(0, 2**40))
def test_mixed_streams_are_read(sample: Sample, other: Sample, seed: int) -> None:
    """Two dialects in one stream, both mutated."""
    dice = random.Random(seed)
    found = [*mutated(sample.messages(), dice), *mutated(other.messages(), dice)]
    dice.shuffle(found)
    read(found, dice.choice((101, 200)))


@pytest.mark.parametrize("key", DIALECTS)
@pytest.mark.parametrize("status", [101, 200])
def test_hostile_payloads_are_read(key: str, status: int) -> None:
    form = (DIALECTS[key].forms or ("event",))[0]
    for payload in HOSTILE:
        message = Message(1, "in", (1, 1), payload, form)
        read([message, message], status, key)
        read([*SAMPLES[0].messages()[:4], message], status)


@pytest.mark.parametrize(("key", "before", "error", "words"), ERRORS)
def test_mutated_errors_are_read(key: str, before: list[Any], error: Any, words: str) -> None:
    form = (DIALECTS[key].forms or ("event",))[0]
    dice = random.Random(key)
    for _ in range(MUTATIONS // 5):
        read(mutated(Sample("", key, [*before, error], [], form).messages(), dice), 200)


@pytest.mark.parametrize("line", ["{", "}", "[", "{}", "}" * 50, '{"error": "x"}', "x" * 100_000])
def test_stray_lines_without_end_are_read(line: str) -> None:
    transcript = Transcript(DIALECTS.values())
    for _ in range(5_000):
        transcript.feed(Control(1, "in", "field", line))
    assert sum(map(len, transcript._stray)) < 100_000


@pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if sample.form != "body"], ids=lambda sample: sample.name
)
def test_time_grows_with_the_stream_and_no_faster(sample: Sample) -> None:
    def took(times: int) -> float:
        messages = sample.messages() * times
        transcript = Transcript(DIALECTS.values())
        began = time.process_time()
        transcript.feed(Head(1, sample.status, "HTTP/1.1", []))
        for at, message in enumerate(messages):
            transcript.feed(message)
            if at % 1000 == 0:
                assert transcript.text is not None
        assert transcript.choices
        return (time.process_time() - began) / len(messages)

    took(20)
    assert min(took(1500), took(1500)) < 12 * max(took(100), took(100), took(100))


@pytest.mark.parametrize("key", ["openai.chat", "sglang.generate"])
def test_counts_larger_than_can_be_written_are_read(key: str) -> None:
    """Their difference has more digits than Python writes."""
    found = []
    for count in (b"-" + b"9" * 4300, b"9" * 4300, b"-1", b"1e400", b"9007199254740993"):
        usage = b'"completion_tokens":' + count
        found.append(b'{"choices":[{"index":0}],"usage":{' + usage + b'},"text":"x","meta_info":{' + usage + b"}}")
    read(Sample("", key, found, []).messages(), 200, key)
