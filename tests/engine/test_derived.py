"""What is derived while an exchange goes on is what a reading of the whole says, however it came and was read."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.findings_cases import CASES, CLEAN, tale
from tests.engine.streams import Script, Tale, chunk

from streamscope.engine import derived as module
from streamscope.engine.derived import TONES, Derived, Lane
from streamscope.engine.readers import Readers
from streamscope.engine.reading import Reading
from streamscope.model.draft import Draft
from streamscope.model.event import Closed, Event, Finding, Message
from streamscope.model.exchange import Outcome
from streamscope.store.exchange import Exchange

SCRIPTS: list[Script] = [*(script for _, script in CASES.values()), *CLEAN.values()]
LONG = 60.0


@dataclass
class Said:
    """All that is derived from an exchange."""

    lanes: dict[tuple[int, str, str], tuple[str, str, list[int], list[int]]]
    tones: bytes
    findings: list[Finding]
    heads: list[Event]
    end: Event | None
    outcome: Outcome


def said(derived: Derived) -> Said:
    """What a derived says, in values that can be compared."""
    lanes = {
        key: (lane.name, lane.since(0), lane.events.tolist(), lane.ends.tolist()) for key, lane in derived.lanes.items()
    }
    assert derived.error is None
    assert len(derived.tones) == derived.position == len(derived.exchange)
    return Said(
        lanes,
        bytes(derived.tones),
        derived.findings,
        list(derived.heads),
        derived.end,
        derived.reading.outcome(),
    )


def afterwards(events: Sequence[Event]) -> Said:
    """Read from the record, once all of it is there."""
    exchange = Exchange(Draft())
    exchange.extend(events)
    derived = Derived(exchange, Reading())
    while derived.advance(LONG):
        pass
    assert derived.done == exchange.ended
    return said(derived)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """A script of the rules' own, or an answer of several choices that think, speak, call and end as they like."""
    if draw(st.booleans()):
        return draw(st.sampled_from(SCRIPTS))().events
    made = tale().chat(0)
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    for _ in range(draw(st.integers(0, 25))):
        choice = draw(st.integers(0, 2))
        delta: dict[str, object] = draw(
            st.one_of(
                st.builds(lambda said: {"content": said}, text),
                st.builds(lambda said: {"reasoning_content": said}, text),
                st.builds(lambda said: {"refusal": said}, text),
                st.builds(
                    lambda index, name, said: {
                        "tool_calls": [{"index": index, "function": {"name": name, "arguments": said}}]
                    },
                    st.integers(0, 1),
                    st.sampled_from(["", "look", "say"]),
                    text,
                ),
                st.just({}),
            )
        )
        value = chunk(delta)
        value["choices"][0]["index"] = choice
        made.message(value)
    if draw(st.booleans()):
        made.message(b"[DONE]").close()
    return made.events


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    events=stories(),
    cuts=st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=40),
    waiting=st.sampled_from([0, 1, 5, 20_000]),
    heavy=st.sampled_from([0, 300, 1 << 25]),
    at_once=st.sampled_from([1, 3, 256]),
)
def test_live_and_read_afterwards_are_the_same(
    events: list[Event], cuts: list[tuple[int, bool]], waiting: int, heavy: int, at_once: int
) -> None:
    """Handed over in any batches, some of them lost to the waiting room, read on at any time or only at the end."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_WAITING", waiting)
        patched.setattr(module, "_HEAVY", heavy)
        patched.setattr(module, "_AT_ONCE", at_once)
        exchange = Exchange(Draft())
        derived = Derived(exchange, Reading())
        derived.follow()
        at = 0
        for size, reads in cuts:
            if at < len(events):
                exchange.extend(events[at : at + size])
                at += size
            if reads:
                derived.advance(LONG)
                assert derived.position == len(exchange)
        if at < len(events):
            exchange.extend(events[at:])
        while derived.advance(LONG):
            pass
        assert derived.done == exchange.ended
        assert said(derived) == afterwards(events)


@settings(max_examples=50, deadline=None)
@given(events=stories())
def test_it_says_what_a_reading_says(events: list[Event]) -> None:
    """Event by event: the text, and with it the first lane, the findings, the tones; at the end the other lanes."""
    found = afterwards(events)
    reading = Reading()
    text, pieces, findings, choices = "", [], [], {0}
    for number, event in enumerate(events):
        new = reading.feed(event)
        choices |= {delta.choice for delta in reading.transcript.deltas}
        text += new
        if new:
            pieces.append(number)
        findings += reading.findings + ([event] if isinstance(event, Finding) else [])
        tone = TONES[found.tones[number]]
        kinds = {delta.kind for delta in reading.transcript.deltas}
        if tone in ("text", "reasoning", "tool_call", "refusal", "usage", "finish", "error", "end"):
            assert tone in kinds or (tone == "text" and "transcript" in kinds)
        if not isinstance(event, Message) or event.direction == "out":
            assert tone == ""
    _, first, where, _ = found.lanes.get((0, "text", ""), ("", "", [], []))
    assert (first, where) == (text, pieces)
    assert found.findings == findings
    assert found.outcome == reading.outcome()
    for (choice, kind, call), (name, told, _, _) in found.lanes.items():
        outcome = reading.transcript.choices[sorted(choices).index(choice)]
        if kind == "text" and choice:
            assert told == outcome.text
        elif kind == "reasoning":
            assert told == outcome.reasoning
        elif kind == "refusal":
            assert told == outcome.refusal
        elif kind == "tool_call":
            of = [one for one in reading.transcript.calls if (one.choice, one.call) == (choice, call)]
            assert [(one.name, one.arguments) for one in of] == [(name, told)]


@given(pieces=st.lists(st.tuples(st.integers(0, 3), st.text(st.characters(exclude_categories=["Cs"]), max_size=4))))
def test_a_lane_knows_who_said_what(pieces: list[tuple[int, str]]) -> None:
    lane, event, whole, by = Lane((0, "text", "")), 0, "", {}
    for step, text in pieces:
        event += step
        if text:
            lane.add(event, text)
            whole += text
            by[event] = by.get(event, "") + text
    assert lane.since(0) == whole
    assert all(lane.of(number) == by.get(number, "") for number in range(event + 2))
    at = 0
    for number, text in by.items():
        for byte in range(at, at + len(text.encode())):
            assert lane.event_at(byte) == number
        at += len(text.encode())
    assert lane.event_at(at) == -1


def words(count: int) -> Iterator[Event]:
    made = Tale().chat(0)
    yield from made.events
    for number in range(count):
        before = len(made.events)
        made.message(chunk({"content": f" {number}"}))
        yield from made.events[before:]


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.stop()
    assert made._thread is None or not made._thread.is_alive()


def until(reached: Callable[[], object]) -> None:
    """Wait for a condition."""
    moment = threading.Event()
    for _ in range(20_000):
        if reached():
            return
        moment.wait(0.001)
    raise AssertionError("it never came")


def test_a_thread_reads_on_whoever_looks(readers: Readers) -> None:
    exchanges = [Exchange(Draft()) for _ in range(4)]
    many = [Derived(exchange, Reading()) for exchange in exchanges]
    for number, derived in enumerate(many):
        derived.follow()
        readers.add(derived, in_front=number == 0)
    for event in words(300):
        for exchange in exchanges:
            exchange.append(event)
    until(lambda: all(derived.position == len(derived.exchange) for derived in many))
    assert not any(derived.done for derived in many)
    readers.show(many[1], in_front=True)
    for exchange in exchanges:
        exchange.append(Closed(1 << 40, "server"))
    until(lambda: all(derived.done for derived in many))
    expected = "".join(f" {number}" for number in range(300))
    assert all((lane := derived.lane()) is not None and lane.since(0) == expected for derived in many)
    assert not readers._open


def test_what_nobody_looks_at_is_read_when_there_is_time(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamscope.engine.readers.SELDOM", 1 << 30)
    monkeypatch.setattr("streamscope.engine.readers._MUCH", 100)
    unseen = Derived(Exchange(Draft()), Reading())
    seen = Derived(Exchange(Draft()), Reading())
    readers.add(seen)
    readers.add(unseen, in_front=False)
    unseen.exchange.extend(list(words(2000)))
    until(lambda: unseen.behind <= 100)
    assert unseen.share > 0.9


def test_an_event_that_cannot_be_read_is_left_out(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    events = list(words(20))
    bad = [number for number, event in enumerate(events) if isinstance(event, Message)][10]
    broken = Derived(Exchange(Draft()), Reading())
    feed, wrong = broken.reading.feed, ValueError("a bug")

    def failing(event: Event) -> str:
        if event is events[bad]:
            raise wrong
        return feed(event)

    monkeypatch.setattr(broken.reading, "feed", failing)
    broken.follow()
    readers.add(broken)
    broken.exchange.extend([*events, Closed(1 << 40, "server")])
    until(lambda: broken.done)
    assert broken.error is wrong
    assert broken.position == len(broken.tones) == len(broken.exchange)
    assert broken.tones[bad] == 0
    lane = broken.lane()
    assert lane is not None
    assert lane.of(bad) == ""
    assert lane.since(0) == "".join(f" {number}" for number in range(20) if number != 9)


def test_a_record_that_cannot_be_read_stops_no_other(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = Derived(Exchange(Draft()), Reading()), Derived(Exchange(Draft()), Reading())

    def failing(_start: int, _stop: int) -> list[Event]:
        raise OSError("the disk is gone")

    monkeypatch.setattr(broken.exchange, "events", failing)
    broken.exchange.extend(list(words(5)))
    readers.add(broken)
    until(lambda: broken.done)
    assert isinstance(broken.error, OSError)
    whole.exchange.extend([*words(5), Closed(1 << 40, "server")])
    readers.add(whole)
    until(lambda: whole.done)
    assert whole.error is None
