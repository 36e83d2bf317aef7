"""A transcript: which dialect it reads, when it changes its mind, and what it keeps."""

# ruff: noqa: E501 - a payload is a line

import json
from typing import Any

import pytest
from tests.kinds.dialects.samples import SAMPLES, Sample, chunk, heard, sent

from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.event import Closed, Head, Message, RequestSent

PLAIN = {"error": {"message": "boo", "code": 500}}


def messages(*payloads: Any, event: str = "message") -> list[Message]:
    return Sample("", "", [(event, payload) for payload in payloads], []).messages()


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


def test_a_payload_is_decoded_once() -> None:
    transcript, _, _ = heard(SAMPLES[0].messages()[:4])
    value = transcript.value
    assert value["choices"][0]["delta"] == {"content": "Hello, "}
    assert transcript.value is value
    transcript.feed(Closed(9, "server"))
    assert (transcript.value, transcript.deltas) == (None, ())


def test_values_of_what_is_no_text_of_a_dialect() -> None:
    outgoing = Message(3, "out", (0, 0), b'{"a": 1}', "message", opcode="text")
    refused = Message(3, "in", (1, 1), b'{"error_code": "x"}')
    transcript = Transcript(DIALECTS.values())
    assert transcript.value is None
    assert (transcript.feed(outgoing), transcript.value) == ("", {"a": 1})
    transcript.feed(Head(1, 404, "HTTP/1.1", []))
    assert (transcript.feed(refused), transcript.value, transcript.errors) == ("", {"error_code": "x"}, [])
    raw, _, _ = heard(messages({"b": 2}), pinned="raw")
    assert raw.value == {"b": 2}


def test_arguments_are_checked_while_they_come() -> None:
    def calls(*pieces: str) -> list[Any]:
        return [
            chunk({"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": piece}}]}) for piece in pieces
        ]

    transcript = Transcript(DIALECTS.values())
    states = []
    for message in messages(*calls('{"a', '": [1', "]", "}", "!")):
        transcript.feed(message)
        states.append(transcript.calls[0].state)
    assert states == ["partial", "partial", "partial", "whole", "broken"]
    assert transcript.calls[0].arguments == '{"a": [1]}!'
    assert (transcript.calls[0].name, transcript.calls[0].choice) == ("f", 0)


def test_an_event_named_error_is_one_whatever_it_holds() -> None:
    transcript, text, _ = heard(messages(b"overloaded", event="error"))
    assert (transcript.errors, text) == (["overloaded"], "")
    transcript, text, _ = heard([*SAMPLES[0].messages()[:5], *messages(b"overloaded", event="error")])
    assert (transcript.errors, text) == (["overloaded"], "Hello, wörld")


def test_an_unfinished_event_and_a_body_of_an_error_are_no_text() -> None:
    cut = Message(1, "in", (1, 1), json.dumps(chunk({"content": "x"})).encode(), "event", unfinished=True)
    assert heard([cut])[1] == ""
    assert heard(SAMPLES[0].messages(), 500)[1] == ""
    transcript, text, _ = heard([*SAMPLES[0].messages()[:4], cut])
    assert text == transcript.text == "Hello, "


def test_what_nothing_is_known_of_is_somebodys_message_on_a_socket() -> None:
    payloads = messages(PLAIN, b"[DONE]", b"x")
    transcript, text, _ = heard(payloads, 101)
    assert (text, transcript.errors) == (f"{json.dumps(PLAIN)}\n[DONE]\nx", [])
    transcript, text, _ = heard(payloads)
    assert (text, transcript.errors, transcript.end) == ("x", ["boo"], "seen")


def test_the_sureness_is_told() -> None:
    assert heard(SAMPLES[0].messages())[0].sure == 1.0
    assert heard(messages(b"x"))[0].sure < 0.5
    assert 0.5 <= heard(messages({"choices": []}))[0].sure < 1
    assert Transcript(DIALECTS.values()).sure == 0


def test_choices_of_any_number_are_told_in_their_order() -> None:
    payloads = [chunk({"content": str(index)}, index=index) for index in (7, 0, 3)]
    transcript, text, _ = heard(messages(*payloads))
    assert [choice.text for choice in transcript.choices] == ["0", "3", "7"]
    assert text == transcript.text == "0"


@pytest.mark.parametrize(
    ("path", "key"),
    [("/v1beta/models/m:generateContent", "gemini.generate"), ("/ws/x.BidiGenerateContent", "gemini.live")],
)
def test_the_address_decides_between_equals(path: str, key: str) -> None:
    body = Message(1, "in", (1, 1), b'{"usageMetadata": {"totalTokenCount": 3}}')
    assert heard([body], url=f"https://127.0.0.1{path}")[0].dialect is DIALECTS[key]
    chat = heard(SAMPLES[0].messages(), url=f"https://127.0.0.1{path}")[0]
    assert chat.dialect is DIALECTS["openai.chat"]


def test_events_of_a_conversation_that_are_not_numbered_are_realtime() -> None:
    payloads = [
        {"type": "response.created"},
        {"type": "response.output_text.delta", "delta": "x"},
        {"type": "response.done"},
    ]
    turn = Sample("", "", payloads, [], "message").messages()
    transcript, text, _ = heard([*turn, *turn[:2]], 101)
    assert (transcript.dialect, text, transcript.end) == (DIALECTS["openai.realtime"], "xx", "missing")
    assert heard([*turn, *turn], 101)[0].end == "seen"


def test_a_dialect_may_be_doubted_more_than_once() -> None:
    """Each time what came is read again, and once only."""
    first, second = {"usageMetadata": {"promptTokenCount": 1}}, {"choices": [], "usage": {"prompt_tokens": 2}}
    third = {"object": "text_completion", "choices": [{"index": 0, "text": "x"}]}
    transcript, text, _ = heard(messages(first, second, second, third))
    assert (transcript.dialect, text, transcript.usage) == (DIALECTS["openai.completions"], "x", {"prompt_tokens": 2})


def test_reasoning_before_any_text_is_timed_and_joined() -> None:
    payloads = [chunk({"reasoning": str(at)}) for at in range(9)] + [chunk({"content": "x"})]
    transcript, text, _ = heard(messages(*payloads))
    assert (transcript.first_token, transcript.first_text, text) == (100, 109, "x")
    assert transcript.choices[0].reasoning == "012345678"


@pytest.mark.parametrize(
    "first",
    [{"type": "ping"}, {"choices": []}, {"usageMetadata": {}}, {"type": "session.hello"}, {"type": "response.x"}],
)
def test_what_only_began_like_a_dialect_is_not_lost(first: Any) -> None:
    """Little speaks for it, and what follows is of another kind: all of it is shown."""
    rest = [{"text": "a"}, {"text": "b"}]
    transcript, text, _ = heard(messages(first, *rest))
    assert transcript.dialect is DIALECTS["raw"]
    assert text == transcript.text == "\n".join(json.dumps(payload) for payload in (first, *rest))
    assert transcript.sure < 0.5


def test_what_follows_may_be_of_another_dialect_that_is_no_surer() -> None:
    transcript, text, _ = heard(messages({"usageMetadata": {}}, {"type": "ping"}, {"type": "ping"}))
    assert (transcript.dialect, text) == (DIALECTS["anthropic.messages"], "")


def test_a_dialect_that_is_sure_stays_whatever_follows() -> None:
    transcript, text, _ = heard([*SAMPLES[0].messages()[:2], *messages({"x": 1}, b"x"), *SAMPLES[0].messages()[2:]])
    assert (transcript.dialect, text) == (DIALECTS["openai.chat"], "Hello, wörld")


LOOKALIKES: list[Any] = [
    {"choices": ["a", "b"]}, {"choices": []}, {"done": True, "message": "x"}, {"text_output": 3}, {"candidates": [{"name": "x"}]},
    {"goAway": 1}, {"object": "response"}, {"type": "message", "content": "x"}, {"type": "ping"}, {"finish_reason": "x", "message": {}},
    {"type": "session.x"}, {"content": 1, "stop": True}, {"token": "x"}, {"data": {"resp": []}}, {"jsonrpc": "2.0"}, {"generated_text": 1},
    {"type": "response.x"}, {"event_type": "step"}, {"meta_info": {}}, {"metadata": 1}, {"output": {"message": {}}}, {"usageMetadata": {}},
]  # fmt: skip


@pytest.mark.parametrize("payload", LOOKALIKES, ids=str)
def test_a_body_that_only_looks_like_an_answer_is_shown_as_it_is(payload: Any) -> None:
    transcript, text, _ = heard([Message(1, "in", (1, 1), json.dumps(payload).encode())])
    assert (text, transcript.dialect) == (json.dumps(payload), DIALECTS["raw"])


def test_a_url_that_is_none_is_no_obstacle() -> None:
    transcript = Transcript(DIALECTS.values())
    request = RequestSent(0, "2026-01-01T00:00:00Z", "GET", "ws://[", [], "none", "address", "websocket")
    assert transcript.feed(request) == ""
