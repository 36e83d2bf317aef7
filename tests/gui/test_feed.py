"""How far views may look: paused, hidden, of many exchanges at once, of a large recording, and where reading fails."""

import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import WORDS, Story, opening, token

from streamscope.engine.derived import Derived
from streamscope.engine.readers import Readers
from streamscope.engine.reading import Reading
from streamscope.gui.live import feed as module
from streamscope.gui.live.feed import BEHIND, FRAME, Batch, Feed
from streamscope.model.event import Closed, Event, Message
from streamscope.store.rows import KINDS

pytestmark = pytest.mark.window
MESSAGE = KINDS.index(Message)
Make = Callable[..., Feed]


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.stop()


@pytest.fixture
def feed(dressed: QApplication, story: Story, readers: Readers) -> Iterator[Make]:
    """Feeds of exchanges that go on, with these events to begin with."""
    made: list[Feed] = []

    def make(*events: Event, threaded: bool = True) -> Feed:
        derived = Derived(story(*events), Reading())
        one = Feed(derived, readers if threaded else None)
        made.append(one)
        return one

    yield make
    for one in made:
        one.end()


def looked(feed: Feed) -> list[Batch]:
    """What it tells from now on."""
    told: list[Batch] = []
    feed.advanced.connect(told.append)
    return told


@pytest.mark.parametrize("threaded", [True, False])
def test_it_tells_each_event_once_and_in_order(feed: Make, qtbot: QtBot, threaded: bool) -> None:
    one = feed(*opening(), threaded=threaded)
    told = looked(one)
    one.begin()
    for number, word in enumerate(WORDS):
        one.exchange.append(token(number, word))
        qtbot.waitUntil(lambda: one.read == len(one.exchange))
    one.exchange.append(Closed(1, "server"))
    qtbot.waitUntil(lambda: one.done)
    assert [batch.first for batch in told[1:]] == [batch.stop for batch in told[:-1]]
    assert (told[0].first, told[-1].stop) == (0, len(one.exchange))
    assert "".join(batch.text for batch in told) == "".join(WORDS)
    assert isinstance(told[-1].end, Closed)
    assert [code == MESSAGE for code in one.codes] == [
        isinstance(event, Message) for event in one.exchange.events(0, one.stop)
    ]
    assert one.times().tolist() == [event.t for event in one.exchange.events(0, one.stop)]
    assert one.times(1, 2).tolist() == [one.exchange.event(1).t]


def test_a_pause_stops_the_view_and_never_the_recording(feed: Make, qtbot: QtBot) -> None:
    one = feed(*opening())
    told = looked(one)
    one.begin()
    qtbot.waitUntil(lambda: one.read == len(one.exchange))
    one.pause(True)
    stop, read, codes, count = one.stop, one.read, bytes(one.codes), len(told)
    for number, word in enumerate(WORDS):
        one.exchange.append(token(number, word))
    one.exchange.append(Closed(1, "server"))
    qtbot.waitUntil(lambda: one.derived.done)
    with qtbot.waitSignal(one.ticked, raising=False, timeout=3 * FRAME):
        pass
    assert len(one.exchange) == stop + len(WORDS) + 1
    assert one.behind() == len(WORDS) + 1
    assert (one.stop, one.read, bytes(one.codes), len(told)) == (stop, read, codes, count)
    assert not one.done
    one.pause(False)
    qtbot.waitUntil(lambda: one.done)
    assert one.stop == one.read == len(one.exchange)
    assert "".join(batch.text for batch in told) == "".join(WORDS)


def test_pausing_tells_and_is_told_once(feed: Make) -> None:
    one = feed(*opening())
    heard: list[bool] = []
    one.paused_changed.connect(heard.append)
    for paused in (True, True, False, False):
        one.pause(paused)
    assert heard == [True, False]


def test_what_is_not_in_front_is_looked_at_less_often(feed: Make, qtbot: QtBot) -> None:
    one, other = feed(*opening()), feed(*opening())
    one.show(in_front=True)
    other.show(in_front=False)
    one.begin()
    other.begin()
    assert (one.interval, other.interval) == (FRAME, BEHIND)
    for number, word in enumerate(WORDS):
        for each in (one, other):
            each.exchange.append(token(number, word))
    qtbot.waitUntil(lambda: one.read == len(one.exchange) and other.read == len(other.exchange))
    other.exchange.append(token(99, "more"))
    qtbot.waitUntil(lambda: other.derived.position == len(other.exchange))
    other.show(in_front=True)
    assert other.interval == FRAME
    assert other.read == len(other.exchange), "at once, not with the next frame"


def test_several_feeds_of_one_exchange(feed: Make, qtbot: QtBot) -> None:
    """Two windows may show the same; one of them closed does not stop the other."""
    one = feed(*opening())
    two = Feed(one.derived)
    one.begin()
    two._timer.start()
    one.exchange.append(token(1, "word"))
    qtbot.waitUntil(lambda: one.read == two.read == len(one.exchange))
    two.end()
    one.exchange.append(token(2, "more"))
    qtbot.waitUntil(lambda: one.read == len(one.exchange))
    assert two.read == len(one.exchange) - 1


def test_a_feed_that_ended_looks_no_more(feed: Make, qtbot: QtBot) -> None:
    one = feed(*opening())
    one.begin()
    qtbot.waitUntil(lambda: one.read == len(one.exchange))
    one.end()
    assert not one._timer.isActive()
    assert one.derived not in one._readers._open  # type: ignore[union-attr]


def test_of_a_large_recording_the_events_are_there_at_once(
    feed: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 500)
    events = [*opening(), *(token(number, f" {number}") for number in range(1500)), Closed(1, "server")]
    one = feed(*events)
    one._readers = None
    monkeypatch.setattr(module, "_BUDGET", 0.0)
    one.begin()
    assert (one.stop, one.read) == (500, 0)
    assert one.reading_share == 0.0
    qtbot.waitUntil(lambda: one.stop == len(events))
    assert not one.done
    monkeypatch.setattr(module, "_BUDGET", 10.0)
    qtbot.waitUntil(lambda: one.done)
    assert one.reading_share == 1.0
    assert one.lane() is not None


@pytest.mark.parametrize("where", ["an event", "the record"])
def test_a_fault_of_the_program_is_told_once_and_the_exchange_goes_on(
    feed: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    mourned: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: mourned.append(error))
    one = feed(*opening())

    def failing(*_: object) -> str:
        raise ValueError("a bug")

    monkeypatch.setattr(*((one.reading, "feed") if where == "an event" else (one.exchange, "events")), failing)
    one.begin()
    qtbot.waitUntil(lambda: bool(mourned))
    for number, word in enumerate(WORDS):
        one.exchange.append(token(number, word))
    qtbot.waitUntil(lambda: one.stop == len(one.exchange))
    one.exchange.append(Closed(1, "server"))
    qtbot.waitUntil(lambda: one.done)
    assert one.stop == len(one.exchange)
    assert len(mourned) == 1
