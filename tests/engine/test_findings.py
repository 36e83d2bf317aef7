"""Each rule by a list of events that shows it and nothing else; clean lists show nothing; the evidence is right."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.findings_cases import (
    BEGUN,
    CASES,
    CLEAN,
    CUT,
    LATE,
    TOKEN_NOTE,
    after,
    numbered,
    refused,
    socket,
    tale,
)
from tests.engine.streams import Script, Tale, chunk

from streamscope.engine.findings import RULES, Watch, latest
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.delta import Delta
from streamscope.model.event import Closed, Event, Failed, Finding, Message

ORDER = ("info", "warning", "error")


def found(made: Tale) -> list[Finding]:
    watch = Watch()
    return [finding for event in made.events for finding in watch.feed(event)]


def one(made: Tale, rule: str) -> Finding:
    (finding,) = [finding for finding in latest(found(made)) if finding.rule == rule]
    return finding


@pytest.mark.parametrize("name", CASES)
def test_each_list_shows_its_rules_and_no_others(name: str) -> None:
    rules, script = CASES[name]
    findings = found(script())
    assert {finding.rule for finding in findings} == rules
    for finding in findings:
        assert finding.text
        assert ORDER.index(finding.severity) <= ORDER.index(RULES[finding.rule].worst)
        assert finding.remedy or finding.rule in ("unchecked_authentication", "compressed_frames", "retried")
        assert finding.events
        assert all(0 <= index < len(script().events) for index in finding.events)


def test_every_rule_has_a_list() -> None:
    shown = set().union(*(rules for rules, _ in CASES.values())) | {"text_shrunk"}  # by a test of its own
    assert shown == RULES.keys()
    assert all(key == rule.key and str(rule.about) for key, rule in RULES.items())


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_stream_has_no_finding_above_info(name: str) -> None:
    assert [finding for finding in found(CLEAN[name]()) if finding.severity != "info"] == []


@pytest.mark.parametrize(
    "name",
    ["chat", "chat, with 64 KB reads", "responses", "own ids", "messages", "lines", "json", "two in a conversation"],
)
def test_a_plain_clean_stream_has_no_finding_at_all(name: str) -> None:
    assert found(CLEAN[name]()) == []


def test_a_finding_comes_with_the_event_that_shows_it() -> None:
    made = tale().chat().message({"error": {"message": "full"}}).tokens(3)
    told = made.last - 6  # the message, before three reads with their messages
    watch = Watch()
    for at, event in enumerate(made.events):
        findings = watch.feed(event)
        assert bool(findings) == (at == told)
        if findings:
            assert isinstance(event, Message)
            assert (findings[0].events, findings[0].t) == ([told], event.t)


def test_what_happens_again_is_counted_and_replaces_what_was_told_first() -> None:
    made = tale().chat()
    first = made.last + 1
    for _ in range(1000):
        made.control("field", "oops", gap=0.1)
    findings = found(made.well())
    assert [finding.rule for finding in findings] == ["undefined_field"] * 2
    assert findings[0].events == [first]
    assert findings[1].events == list(range(first, first + 20))
    assert "1,000 times" in findings[1].text
    assert latest(findings) == [findings[1]]


def test_findings_among_the_events_are_counted_as_events() -> None:
    made = tale().chat()
    made.add(Finding(made.at(0), "recording_stopped", "warning", [], "full", ""))
    made.control("field", "oops")
    at = made.last
    assert found(made.well())[0].events == [at]


def test_a_stall_points_at_both_its_ends_and_at_what_came_between() -> None:
    made = tale().chat(8)
    before = made.last
    made.control("comment", "ping", gap=1000).control("comment", "ping", gap=1000).token(gap=1000)
    stall = one(made.tokens(2).well(), "stall")
    assert stall.events == [before, before + 1, before + 2, before + 4]
    assert stall.t == made.events[before + 4].t  # told with the token that ended it
    assert "3.0 s" in stall.text
    assert "2 keep-alives" in stall.text


def test_keep_alives_before_a_token_say_nothing_of_a_later_stall() -> None:
    made = tale().chat(8).control("comment", "ping").token()
    assert "Nothing came" in one(made.token(gap=3000).well(), "stall").text


def test_a_stall_among_few_tokens_is_told_at_the_end() -> None:
    made = tale().chat(3).token(gap=2000)
    assert found(made) == []
    assert one(made.tokens(2).well(), "stall").severity == "warning"


def test_a_stream_that_is_stopped_while_it_stands_still() -> None:
    made = tale().chat(8)
    last = made.last
    assert one(made.close("user", gap=8000), "stall").events == [last, last + 1]


def test_a_gap_that_is_long_for_nobody_but_the_clock_is_no_stall() -> None:
    made = tale().chat(0).tokens(10, gap=900).token(gap=8000).well()
    assert found(made) == []


def test_a_stall_before_the_finish_is_one() -> None:
    made = tale().chat(8)
    made.message(chunk({}, "stop"), gap=5000)
    assert one(made.done().close(), "stall")


def test_a_proxy_that_buffers_is_named_by_what_it_leaves() -> None:
    finding = one(CASES["held back"][1](), "buffering_proxy")
    assert "Via: 1.1 cache" in finding.text
    assert len(finding.events) == 2


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("1", "1 second,"),
        ("90", "90 seconds"),
        ("600", "10 minutes"),
        (after(45), "45 seconds, until 00:00:45 UTC"),
        ("soon", "Slow down"),
    ],
)
def test_retry_after_is_told_in_words(header: str, words: str) -> None:
    body = {"error_code": "ModelArts.4206", "error_msg": "Too many requests"}
    assert words in one(refused(429, body, Retry_After=header, Date=after(0)), "rate_limited").remedy


@pytest.mark.parametrize(("minutes", "severity", "words"), [(9, "warning", "9 min"), (-5, "error", "expired 5 min")])
def test_a_token_at_its_end(minutes: int, severity: str, words: str) -> None:
    notes = ((TOKEN_NOTE[0][0], (BEGUN + timedelta(minutes=minutes)).isoformat()),)
    finding = one(tale().chat(notes=notes).well(), "token_expires")
    assert (finding.severity, words in finding.text) == (severity, True)
    assert "token_expires" not in {f.rule for f in found(tale().chat(notes=(("Token expires", "tomorrow"),)).well())}


@pytest.mark.parametrize(
    ("payload", "cause"),
    [
        ('{"choices":[]}data: {"choices":[]}', "glued together"),
        ('{"choices":[]}{"choices":[]}', "several JSON values"),
        ('{"choices":[]}\n{"choices":[]}', "several JSON values"),
        ('{"choices":["a\nb"]}', "broken over several data lines"),
        ('{"choices":["a\u2028b}', "Unicode line separator"),
        ('{"choices":["a', "breaks off"),
        ("{'choices': []}", "property name"),
    ],
)
def test_broken_json_tells_why_and_where(payload: str, cause: str) -> None:
    finding = one(tale().chat().message(payload).well(), "invalid_json")
    assert cause in finding.text
    assert "character " in finding.text


def test_bytes_that_are_no_text_are_pointed_at() -> None:
    made = tale().chat().message(b'{"x":"gr\xfc"}', at=4000).well()
    assert "byte 8 of it, 4008 of the stream" in one(made, "invalid_utf8").text


def test_a_line_separator_in_good_json_is_fine() -> None:
    assert found(tale().chat().token("a\u2028b").well()) == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(40.8, "one prediction"), (60.9, "proxies"), (99.2, "content delivery"), (50, "")]
)
def test_gateways_let_connections_die_at_their_times(seconds: float, words: str) -> None:
    made = tale().chat()
    made.t = 0
    made.tokens(round(seconds * 10) - 20, gap=100)
    made.fail(gap=seconds * 1000 - made.t, body=CUT)
    rules = {finding.rule for finding in found(made)}
    assert rules == ({"gateway_time_limit"} if words else {"cut_body"})
    if words:
        finding = one(made, "gateway_time_limit")
        assert words in finding.text
        assert "734 bytes" in finding.text


def test_a_refusal_that_a_renewed_credential_answered_is_none() -> None:
    made = (
        tale().request().head("application/json", 401, Date=after(0)).message('{"error_code":"APIG.0307"}', form="body")
    )
    (finding,) = found(made.request(attempt=2, gap=30).head().tokens().well())
    assert (finding.rule, finding.severity) == ("retried", "info")
    assert "after the 401 of attempt 1" in finding.text


def test_a_resumed_stream_tells_where() -> None:
    made = tale().chat().control("retry", 250)
    made.request(attempt=2, headers=(("Last-Event-ID", "41"),)).head().tokens().well()
    finding = one(made, "retried")
    assert "event 41" in finding.text
    assert "250 ms" in finding.remedy


@pytest.mark.parametrize("ping", ["b", "c"])
def test_a_pong_answers_its_ping_and_all_before_it(ping: str) -> None:
    made = socket()
    for data in "abc":
        made.control("ping", data, way="out", gap=10)
    finding = [f for f in found(made.control("pong", ping).close(code=1000, gap=900)) if f.rule == "unanswered_ping"]
    assert len(finding) == (ping == "b")


def test_a_connection_that_closes_at_once_leaves_no_ping_unanswered() -> None:
    assert found(socket().control("ping", "a", way="out").close(code=1000, gap=5)) == []


def test_cumulative_text_only_grows() -> None:
    class Cumulative(Transcript):
        def feed(self, event: object) -> str:
            text = (event.text or "") if isinstance(event, Message) else ""
            self.deltas = (Delta("text", text, whole=not text.startswith("=")),) if text else ()
            return ""

    def told(*texts: str) -> list[Finding]:
        made, transcript = tale().request().head(), Cumulative(DIALECTS.values())
        watch = Watch(transcript)
        for text in texts:
            made.message(text)
        findings = []
        for event in made.events:
            transcript.feed(event)
            findings += watch.feed(event)
        return findings

    assert told("a", "a b", "a b", "a b c") == []
    assert told("=a", "=long", "a b c", "a") == []  # pieces, and repetitions of parts
    (finding,) = told("a", "a b", "a", "a b c")
    assert (finding.rule, finding.events) == ("text_shrunk", [8])


def test_numbers_of_a_second_response_begin_again() -> None:
    assert found(numbered(0, 1, 2, 0, 1, 2)) == []
    assert "3, 4" not in one(numbered(0, 1, 5), "sequence_missing").text
    assert "3 are missing" in one(numbered(0, 1, 5), "sequence_missing").text


def test_usage_that_came_is_not_missing() -> None:
    class Used(Transcript):
        @property
        def usage(self) -> dict[str, object]:
            return {"completion_tokens": 5}

        @usage.setter
        def usage(self, value: object) -> None:
            """It is told, whatever comes."""

    made, transcript = tale().chat(body=LATE).well(), Used(DIALECTS.values())
    watch, findings = Watch(transcript), []
    for event in made.events:
        transcript.feed(event)
        findings += watch.feed(event)
    assert findings == []


SCRIPTS: list[Script] = [*(script for _, script in CASES.values()), *CLEAN.values()]


@pytest.mark.parametrize("name", CASES)
def test_a_shared_transcript_shows_the_same(name: str) -> None:
    made, transcript = CASES[name][1](), Transcript(DIALECTS.values())
    watch, findings = Watch(transcript), []
    for event in made.events:
        transcript.feed(event)
        findings += watch.feed(event)
    assert findings == found(CASES[name][1]())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SCRIPTS), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_events_in_any_order_are_taken(scripts: list[Script], random: Random) -> None:
    """No list of events raises; a rule is told once, and once more with its number at each end."""
    events: list[Event] = [event for script in scripts for event in script().events][:400]
    random.shuffle(events)
    watch = Watch()
    findings = [finding for event in events for finding in watch.feed(event)]
    ends = sum(isinstance(event, Closed | Failed) for event in events)
    for rule in {finding.rule for finding in findings}:
        assert sum(finding.rule == rule for finding in findings) <= 1 + ends
    assert all(finding.rule in RULES and finding.events for finding in findings)
