"""The table of events: a hundred thousand rows of which only those looked at are made; it follows, sorts, stays put."""

import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story, ending, opening, token
from tests.store.events import EVENTS

from streamscope.gui.live.events import columns, figures
from streamscope.gui.live.events.columns import KEYS, NUMBER, SORTED, TIME, kept
from streamscope.gui.live.events.model import CACHED
from streamscope.gui.live.events.order import Order
from streamscope.gui.live.events.rows import UNREADABLE, row
from streamscope.gui.live.events.sorting import in_order
from streamscope.gui.live.events.view import PREVIEW, EventsModel, EventsView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.model.draft import Draft
from streamscope.model.event import Closed, Control, Event, Message, Read
from streamscope.store.exchange import Exchange
from streamscope.store.rows import WORDS

pytestmark = pytest.mark.window

MANY = 40_000


@pytest.fixture(autouse=True)
def arranged() -> None:
    """As a fresh program is."""
    kept.arrangement, kept.filters = columns.Arrangement(), []


def opened(qtbot: QtBot, exchange: Exchange, width: int = 700) -> tuple[EventsView, Feed]:
    feed = Feed(derived_of(exchange))
    view = EventsView(feed, Spotlight())
    qtbot.addWidget(view)
    view.resize(width, 500)
    view.show()
    feed.advanced.connect(lambda _: view.follow())
    while feed.stop < len(exchange) or feed.read < feed.stop:
        feed.pull()
    view.follow()
    return view, feed


def numbers(view: EventsView) -> list[int]:
    return [view.model.number(at) for at in range(view.model.rowCount())]


def test_many_rows_stay_bounded(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening(), *(token(number, "x") for number in range(MANY)), Closed(1, "server"))
    view = EventsView(feed := Feed(derived_of(exchange)), Spotlight())
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    feed.advanced.connect(lambda _: view.follow())
    feed.begin()
    qtbot.waitUntil(lambda: feed.done, timeout=60_000)
    assert view.model.rowCount() == MANY + 3
    for at in range(0, MANY, 997):
        assert view.model.index(at + 2, PREVIEW).data().startswith('{"id"')
    assert len(view.model._cache) <= CACHED
    assert len(feed.text_of(5_000)) == 1
    view.table.scrollToTop()
    view.grab()
    assert len(view.model._cache) <= CACHED
    view.table.selectAll()
    qtbot.waitUntil(lambda: view.bar.about.accessibleName().startswith(f"{MANY + 3:,} events"))


def test_the_model_keeps_qts_rules(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    feed = Feed(derived_of(story(*opening(), token(0, "a"), Closed(1, "server"))))
    model = EventsModel(feed)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    feed.advanced.connect(lambda batch: model.announce(batch.stop))
    feed.pull()
    assert model.rowCount(QModelIndex()) == 4
    model.show_kinds(frozenset({0}))
    assert model.rowCount() == 1
    model.show_found()
    model.add(array("I", [0, 3]), 4)
    assert model.rowCount() == 2
    model.show_sorted(array("I", [3, 0]))
    assert model.row_of(0) == 1
    assert tester.model() is model
    feed.end()


@given(st.lists(st.integers(0, 8), max_size=60), st.sets(st.integers(0, 8)), st.integers(1, 7))
def test_rows_are_those_of_the_kinds(codes: list[int], kinds: set[int], step: int) -> None:
    order, expected = Order(), [at for at, code in enumerate(codes) if code in kinds]
    order.show_kinds(frozenset(kinds))
    for stop in [*range(0, len(codes), step), len(codes)]:
        order.grow(order.fresh(bytearray(codes), stop), stop)
    assert list(order.numbers()) == expected
    assert [order.row_of(number) for number in expected] == list(range(len(expected)))
    assert all(order.row_of(number) == -1 for number in range(len(codes) + 2) if number not in expected)
    order.show_everything()
    order.grow(order.fresh(bytearray(codes), len(codes)), len(codes))
    assert list(order.numbers()) == list(range(len(codes)))


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from(sorted(SORTED)), st.booleans())
def test_sorting_is_stable_and_loses_nothing(events: list[Event], column: int, down: bool) -> None:
    exchange = Exchange(Draft())
    exchange.extend(events)
    marks = {number: "ab"[number % 2] for number in range(0, len(events), 3)}
    found = list(in_order(exchange, range(len(events)), column, down=down, marks=marks))
    assert sorted(found) == list(range(len(events)))
    times = exchange.rows()[::WORDS]
    by = {
        NUMBER: lambda number: number,
        TIME: lambda number: times[number],
        columns.GAP: lambda number: times[number] - times[number - 1] if number else 0,
        columns.SIZE: lambda number: events[number].size if isinstance(events[number], Message | Read) else -1,
        columns.COMMENT: lambda number: marks.get(number, "c"),
    }.get(column)
    if by is not None:
        assert [by(number) for number in found] == sorted(map(by, range(len(events))), reverse=down)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.data())
def test_a_selection_comes_to_the_same_however_it_is_added_up(events: list[Event], data: st.DataObject) -> None:
    exchange = Exchange(Draft())
    exchange.extend(events)
    low = data.draw(st.integers(0, len(events) - 1))
    runs = [range(low), array("I", sorted(data.draw(st.sets(st.integers(low, len(events) - 1)))))]
    singly = figures.figures(exchange, runs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "_SINGLY", 0)
        assert figures.figures(exchange, runs) == singly
    chosen = [events[number] for run in runs for number in run]
    sizes = [event.size for event in chosen if isinstance(event, Message)]
    assert singly.count == len(chosen)
    assert singly.size == (sum(sizes) if sizes else sum(one.size for one in chosen if isinstance(one, Read)))
    if chosen:
        assert singly.span == max(event.t for event in chosen) - min(event.t for event in chosen)


def test_the_reader_is_not_pulled_along(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening(), *(token(number, "x") for number in range(100)))
    view, feed = opened(qtbot, exchange)
    bar = view.table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    exchange.append(token(100, "y"))
    feed.pull()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    assert not view.table.newer.isVisible()
    view.table.go_to_row(20)
    at = bar.value()
    exchange.extend([token(number, "z") for number in range(101, 1335)])
    feed.pull()
    qtbot.waitUntil(view.table.newer.isVisible)
    assert view.table.newer.text() == "1,234 new ↓"
    assert bar.value() == at
    assert view.table.current_number() == 20
    view.table.newer.click()
    assert bar.value() == bar.maximum()
    exchange.append(token(1335, "y"))
    feed.pull()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    assert not view.table.newer.isVisible()


def test_sorted_rows_wait_for_a_calm_moment(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening(), *(token(number, "x" * random.Random(number).randrange(99)) for number in range(50)))
    view, feed = opened(qtbot, exchange)
    view.table.go_to(10)
    view.table.heads.sectionClicked.emit(columns.SIZE)
    qtbot.waitUntil(lambda: view.model.sorted is not None)
    sizes = [view.model._row(number).size for number in numbers(view)[2:]]
    assert sizes == sorted(sizes, key=lambda size: int(size.split()[0]))
    assert view.table.current_number() == 10, "the chosen event stays chosen"
    exchange.extend([token(number, "") for number in range(50, 60)])
    feed.pull()
    assert view.model.rowCount() == 52
    assert "sorted; 10 new follow" in view.bar.about.accessibleName()

    def settled() -> bool:
        view.follow()
        return view.model.rowCount() == 62

    qtbot.waitUntil(settled)
    assert view.table.current_number() == 10
    view.table.heads.sectionClicked.emit(columns.SIZE)
    qtbot.waitUntil(lambda: view.model.number(0) not in (0, 1))
    view.table.heads.sectionClicked.emit(columns.SIZE)
    assert numbers(view) == list(range(62))
    view.table.heads.sectionClicked.emit(PREVIEW)
    assert view.model.sorted is None


def test_columns_are_chosen_moved_and_remembered(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view, _feed = opened(qtbot, story(*opening(), token(0, "a"), *ending()))
    heads = view.table.heads
    assert heads.isSectionHidden(columns.READS)
    choices = {action.text(): action for action in heads.menu().actions() if action.isCheckable()}
    choices["Reads"].toggle()
    choices["Time of day"].trigger()
    assert not heads.isSectionHidden(columns.READS)
    assert view.model.index(2, columns.READS).data() == "2"
    assert view.model.headerData(TIME, Qt.Orientation.Horizontal) == "Time of day"
    assert view.model.index(0, TIME).data().count(":") == 2
    heads.moveSection(heads.visualIndex(columns.SIZE), 0)
    heads.resizeSection(columns.KIND, 133)
    state = kept.state()
    kept.arrangement = columns.Arrangement()
    for broken in ("", "[]", "{", '{"order": 3}', '{"order": [], "hidden": [], "widths": 3, "clock": 1}'):
        kept.restore(broken)
        assert kept.arrangement == columns.Arrangement()
    kept.restore(state)
    other, _ = opened(qtbot, story(*opening()))
    heads = other.table.heads
    assert heads.visualIndex(columns.SIZE) == 0
    assert heads.sectionSize(columns.KIND) == 133
    assert not heads.isSectionHidden(columns.READS)
    heads.as_at_first()
    assert heads.visualIndex(columns.SIZE) == columns.USUAL.index(columns.SIZE)
    assert heads.isSectionHidden(columns.READS)


def test_a_narrow_table_shows_what_matters(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view, _ = opened(qtbot, story(*opening(), token(0, "a"), *ending()), width=360)
    shown = [KEYS[column] for column in range(len(KEYS)) if not view.table.heads.isSectionHidden(column)]
    assert shown == ["number", "time", "direction", "kind", "preview"]
    assert view.table.horizontalScrollBar().maximum() == 0
    assert view.minimumSizeHint().width() <= 360


def test_times_follow_the_monotonic_clock(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view, _ = opened(qtbot, story(Message(0, "in", (1, 1), b"a"), Message(61_500_000_000, "in", (2, 2), b"b")))
    view.table.heads.tell_time("clock")
    first, last = (view.model.index(at, TIME).data() for at in (0, 1))
    seconds = [float(text[-6:]) + 60 * int(text[3:5]) for text in (first, last)]
    assert (seconds[1] - seconds[0]) % 3600 == pytest.approx(61.5, abs=0.002)
    view.table.heads.tell_time("previous")
    assert [view.model.index(at, TIME).data() for at in (0, 1)] == ["", "61,500.0"]


def test_hostile_text_is_spelt_in_one_line(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    evil = "\u202egnp.exe\0\x1b[31m\nsecond\r\nline\ud83d".encode(errors="surrogatepass")
    view, _ = opened(
        qtbot,
        story(
            Message(0, "in", (1, 1), evil[:-3]),
            Message(1, "in", (1, 1), evil),
            Message(2, "in", (1, 1), b"", event="<img src=x>\u202eb\nc"),
            Control(3, "in", "comment", "\0\u2028x" * 5000),
            Message(4, "in", (1, 1), ("e" + "\u0301" * 5000).encode()),
        ),
    )
    shown = [[str(view.model.index(at, column).data()) for column in range(len(KEYS))] for at in range(5)]
    for cells in shown:
        for cell in cells:
            assert not set(cell) & set("\0\x1b\n\r\u202e\u2028")
            assert len(cell) < 1500
    tip = view.model.index(2, columns.KIND).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip, "a name is never taken for HTML"
    assert "\\u202e" in shown[0][PREVIEW]
    assert shown[1][PREVIEW].startswith("e2 80 ae"), "what is no UTF-8 is shown as bytes"
    view.grab()


def test_a_record_that_is_gone_says_so(
    qtbot: QtBot, dressed: QApplication, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, feed = opened(qtbot, story(*opening(), token(0, "a"), *ending()))

    def gone(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(feed.exchange, "payload", gone)
    monkeypatch.setattr(feed.exchange, "events", gone)
    monkeypatch.setattr(feed.exchange, "stream", gone)
    view.model._cache.clear()
    assert row(feed.exchange, 0).code == UNREADABLE
    assert "cannot be read" in view.model.index(0, PREVIEW).data()
    view.table.selectAll()
    view.acts.copy_rows()
    view.acts.copy(lambda: feed.exchange.events(0, 1)[0].url)
    assert "cannot be copied" in view.bar.about.accessibleName()
    view.look_for("error")
    assert "cannot be read" in view.bar.about.accessibleName()
    view.grab()


def test_letters_search_no_rows_and_keys_walk(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view, _ = opened(qtbot, story(*opening(), *(token(number, "x") for number in range(300))))
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Home)
    assert view.table.current_number() == 0
    QTest.keyClicks(view.table, "xyz")
    assert view.table.current_number() == 0
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert view.table.current_number() == 1
    QTest.keyClick(view.table, Qt.Key.Key_End)
    assert view.table.current_number() == 301
    assert view.table.following
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 40))
    assert not view.table.following
