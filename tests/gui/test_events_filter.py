"""The filter of the table of events: typed, completed, refused, run live; and what is highlighted, gone to, marked."""

from array import array

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story, opening, token

from streamscope.engine.filter import EVERYTHING
from streamscope.engine.filter_completion import FIELDS, offers, taken
from streamscope.engine.filter_reading import read
from streamscope.gui.live.events import columns
from streamscope.gui.live.events.asking import LineView
from streamscope.gui.live.events.bar import ChipView
from streamscope.gui.live.events.columns import COMMENT, NUMBER, kept
from streamscope.gui.live.events.going import target
from streamscope.gui.live.events.rowmenu import row_menu
from streamscope.gui.live.events.view import EventsView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.model.event import Control, Event, Message, Read
from streamscope.store.exchange import Exchange

pytestmark = pytest.mark.window
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def arranged() -> None:
    """As a fresh program is."""
    kept.arrangement, kept.filters = columns.Arrangement(), []


@pytest.fixture
def told(story: Story) -> Exchange:
    """Two heads, then 200 times a read, a message, and now and then a ping; every tenth message says "error"."""
    events: list[Event] = [*opening()]
    for number in range(200):
        message = token(number, "error" if number % 10 == 9 else "word")
        events += [Read(message.t, number + 2, 10, b"0123456789"), message]
        if number % 50 == 49:
            events.append(Control(message.t, "in", "comment", "still here"))
    return story(*events)


def opened(qtbot: QtBot, exchange: Exchange) -> tuple[EventsView, Feed, Spotlight]:
    feed, spotlight = Feed(derived_of(exchange)), Spotlight()
    view = EventsView(feed, spotlight)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    feed.advanced.connect(lambda _: view.follow())
    while feed.stop < len(exchange) or feed.read < feed.stop:
        feed.pull()
    view.follow()
    return view, feed, spotlight


def numbers(view: EventsView) -> list[int]:
    return [view.model.number(at) for at in range(view.model.rowCount())]


def said(view: EventsView) -> str:
    return view.bar.about.accessibleName()


def errors(exchange: Exchange) -> list[int]:
    return [
        number
        for number, event in enumerate(exchange.events(0, len(exchange)))
        if isinstance(event, Message) and b"error" in event.payload
    ]


def test_what_is_typed_is_shown_and_followed(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, feed, _ = opened(qtbot, told)
    view.open_find()
    QTest.keyClicks(view.bar.edit, "error")
    qtbot.waitUntil(lambda: numbers(view) == errors(told))
    assert said(view) == f"20 of {len(told)} events"
    told.extend([token(300, "error"), token(301, "word")])
    feed.pull()
    qtbot.waitUntil(lambda: numbers(view) == errors(told))
    QTest.keyClick(view.bar.edit, Qt.Key.Key_Return)
    assert kept.filters == ["error"]
    QTest.keyClick(view.bar.edit, Qt.Key.Key_Escape)
    assert view.bar.edit.text() == ""
    assert view.model.rowCount() == len(told) - 200
    QTest.keyClick(view.bar.edit, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: numbers(view) == errors(told))


def test_a_filter_that_is_changed_forgets_the_one_before(
    qtbot: QtBot, dressed: QApplication, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamscope.gui.live.events.sifting.SLICE", 0.0)
    monkeypatch.setattr("streamscope.engine.filter_rows._MOST", 64)
    monkeypatch.setattr("streamscope.engine.filter_rows._FIRST", 64)
    exchange = story(*opening(), *(token(number, f"word{number % 7}") for number in range(3000)))
    view, _, _ = opened(qtbot, exchange)
    view.look_for("word3")
    assert view.searching
    assert 0 < view.model.rowCount() < 300
    view.look_for("word4 number>100")
    assert view.searching
    qtbot.waitUntil(lambda: not view.searching)
    assert numbers(view) == [number + 2 for number in range(99, 3000) if number % 7 == 4]
    view.table.go_to(numbers(view)[200])
    view.look_for("word4")
    qtbot.waitUntil(lambda: not view.searching)
    assert view.table.current_number() == [number for number in numbers(view) if number > 100][200]


def test_a_filter_that_names_kinds_shows_them(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, _ = opened(qtbot, told)
    view.look_for("kind:read")
    assert view.model.rowCount() == 200
    view.look_for("read:5")
    assert view.model.rowCount() == 1, "socket reads are left out unless they are asked for"
    view.kinds.setCurrentIndex(view.kinds.count() - 1)
    assert view.model.rowCount() == 2
    view.look_for("tone:text")
    assert view.model.rowCount() == 200


def test_what_cannot_be_understood_is_told_and_changes_nothing(
    qtbot: QtBot, dressed: QApplication, told: Exchange
) -> None:
    view, _, _ = opened(qtbot, told)
    view.look_for("error")
    before = numbers(view)
    view.look_for("error size>1x")
    assert view.bar._wrong.isVisible()
    assert '"x" is no unit of size (at character 13)' in view.bar._wrong.text()
    assert numbers(view) == before
    view.grab()
    view.look_for("error size>1k")
    assert not view.bar._wrong.isVisible()
    view.bar.as_regex.click()
    view.look_for("w.rd")
    assert view.model.rowCount() == 180
    view.look_for("(")
    assert view.bar._wrong.isVisible()


def test_hits_are_highlighted_and_walked(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, feed, spotlight = opened(qtbot, told)
    view.bar.only.click()
    view.look_for("error")
    hits = errors(told)
    assert view.model.rowCount() == len(told) - 200
    assert said(view).startswith("hits: 20 · ")
    view.table.setFocus()
    for expected in (hits[0], hits[1], hits[2]):
        QTest.keyClick(view.table, Qt.Key.Key_F3)
        assert view.table.current_number() == spotlight.chosen == expected
    assert said(view).startswith("hit 3 of 20 · ")
    for expected in (hits[1], hits[0], hits[-1]):
        QTest.keyClick(view.table, Qt.Key.Key_F3, SHIFT)
        assert view.table.current_number() == expected
    ground = view.model.index(view.model.row_of(hits[3]), NUMBER).data(Qt.ItemDataRole.BackgroundRole)
    assert ground is not None
    told.append(token(300, "error"))
    feed.pull()
    assert said(view).startswith("hit 20 of 21")
    view.sort_by(columns.SIZE, down=True)
    qtbot.waitUntil(lambda: view.model.sorted is not None)
    QTest.keyClick(view.table, Qt.Key.Key_Home)
    first = view.table.current_number()
    QTest.keyClick(view.table, Qt.Key.Key_F3)
    assert view.table.current_number() in errors(told)
    assert view.table.current_number() != first
    view.bar.only.click()
    assert set(numbers(view)) == set(errors(told))


def test_what_the_reader_looks_at_stays(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, _ = opened(qtbot, told)
    hit = errors(told)[10]
    view.table.go_to(hit)
    height = view.table.visualRect(view.table.currentIndex()).top()
    view.look_for("error")
    assert view.table.current_number() == hit
    view.look_for("")
    assert view.table.current_number() == hit
    assert view.table.visualRect(view.table.currentIndex()).top() == pytest.approx(height, abs=40)
    assert view.table.chosen_count() == 1
    view.table.go_to(errors(told)[5] - 2)
    view.look_for("error")
    assert view.table.chosen_count() == 0


def test_the_spotlight_narrows_points_out_and_chooses(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, spotlight = opened(qtbot, told)
    spotlight.narrow((100_000_000, 200_000_000))
    inside = numbers(view)
    assert inside
    assert all(100_000_000 <= told.event(number).t <= 200_000_000 for number in inside)
    chip = view.findChild(ChipView)
    assert chip is not None
    assert "100 ms – 200 ms" in chip.accessibleName()
    view.look_for("error")
    assert set(numbers(view)) == set(inside) & set(errors(told))
    chip.click()
    assert spotlight.span is None
    assert numbers(view) == errors(told)
    view.look_for("")
    spotlight.point_out(array("I", [7, 301]))
    assert view.table.rowAt(0) <= view.model.row_of(7) <= view.table.rowAt(view.table.viewport().height() - 1)
    assert view.model.lit(7)
    view.step(1)
    assert view.table.current_number() == 7
    assert spotlight.chosen == 7
    spotlight.look_at(errors(told)[12])
    assert view.table.current_number() == errors(told)[12]
    view.look_for("error")
    spotlight.look_at(2)
    assert "not among those shown" in said(view)


def test_events_are_marked_and_commented(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, spotlight = opened(qtbot, told)
    view.table.setFocus()
    view.table.go_to(5)
    QTest.keyClick(view.table, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(view.table, Qt.Key.Key_M)
    assert spotlight.marks == {5: "", 7: ""}
    assert view.model.index(view.model.row_of(5), NUMBER).data(Qt.ItemDataRole.DecorationRole) is not None
    view.look_for("marked")
    assert numbers(view) == [5, 7]
    view.table.go_to(5)
    QTest.keyClick(view.table, Qt.Key.Key_M, SHIFT)
    sheet = view.findChild(LineView)
    assert sheet is not None
    QTest.keyClicks(sheet.edit, "slow here")
    QTest.keyClick(sheet.edit, Qt.Key.Key_Return)
    assert spotlight.marks[5] == "slow here"
    assert view.model.index(0, COMMENT).data() == "slow here"
    view.look_for("comment:slow")
    assert numbers(view) == [5]
    view.table.go_to(5)
    QTest.keyClick(view.table, Qt.Key.Key_M)
    assert spotlight.marks == {7: ""}
    assert numbers(view) == []


def test_going_to_a_number_or_a_time(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, _ = opened(qtbot, told)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_G, CONTROL)
    sheet = view.findChild(LineView)
    assert sheet is not None
    QTest.keyClicks(sheet.edit, "nowhere")
    QTest.keyClick(sheet.edit, Qt.Key.Key_Return)
    assert sheet.isVisible(), "what is neither is told, and can be mended"
    sheet.edit.clear()
    QTest.keyClicks(sheet.edit, "100")
    QTest.keyClick(sheet.edit, Qt.Key.Key_Return)
    assert view.table.current_number() == 99
    view.acts.go("0.5s")
    number = view.table.current_number()
    assert told.event(number).t >= 500_000_000 > told.event(number - 3).t
    view.acts.go("999,999")
    assert view.table.current_number() == numbers(view)[-1]
    view.table.heads.sort_requested.emit(NUMBER, True)
    qtbot.waitUntil(lambda: view.model.sorted is not None)
    view.acts.go("100")
    assert view.table.current_number() == 99


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120000", ("number", 119_999)),
        (" #120,000 ", ("number", 119_999)),
        ("0", ("number", 0)),
        ("2.5s", ("time", 2_500_000_000)),
        ("300 ms", ("time", 300_000_000)),
        ("2.5", None),
        ("", None),
        ("5 apples", None),
        ("9" * 400, ("number", 10**18 - 2)),
    ],
)
def test_targets(text: str, expected: tuple[str, int] | None) -> None:
    assert target(text) == expected


def test_a_selection_is_reckoned_up_and_copied(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, _ = opened(qtbot, told)
    view.look_for("kind:message")
    view.table.setFocus()
    view.table.go_to_row(0)
    for _ in range(4):
        QTest.keyClick(view.table, Qt.Key.Key_Down, SHIFT)
    qtbot.waitUntil(lambda: said(view).startswith("5 events · "))
    assert said(view) == "5 events · 635 B · 20 ms · 200 events/s · 31.8 kB/s"
    QTest.keyClick(view.table, Qt.Key.Key_C, CONTROL)
    lines = QApplication.clipboard().text().split("\n")
    assert len(lines) == 5
    assert lines[0].split("\t")[:4] == ["4", "30.0", "in", "message"]
    assert said(view) == "5 events were copied"
    menu = row_menu(view, marked=False)
    labels = {action.text(): action for action in menu.actions()}
    assert {"Copy rows", "Copy rows as JSON lines", "Copy payloads", "Mark", "Go to event…"} <= set(labels)
    labels["Copy payloads"].trigger()
    assert QApplication.clipboard().text().count("chat.completion.chunk") == 5
    view.table.go_to_row(0)
    labels = {action.text(): action for action in row_menu(view, marked=False).actions()}
    labels["Copy the request as cURL"].trigger()
    assert QApplication.clipboard().text().count("\ncurl ") == 1
    assert view.findChildren(QMenu)


def test_what_can_follow_is_offered(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, _ = opened(qtbot, told)
    edit = view.bar.edit
    view.open_find()
    QTest.keyClicks(edit, "ki")
    assert edit.offers.shown
    QTest.keyClick(edit.offers.popup(), Qt.Key.Key_Tab)
    assert edit.text() == "kind:"
    assert edit.offers.shown, "the kinds are offered at once"
    QTest.keyClicks(edit.offers.popup(), "mess")
    QTest.keyClick(edit.offers.popup(), Qt.Key.Key_Tab)
    assert edit.text() == "kind:message "
    view.grab()
    QTest.keyClicks(edit, "t")
    QTest.keyClick(edit.offers.popup(), Qt.Key.Key_Return)
    assert edit.text() == "kind:message t", "Enter takes nothing that was not chosen"
    assert not edit.offers.shown
    assert view.bar.wanted == read("kind:message t")
    edit.clear()
    QTest.keyClick(edit, Qt.Key.Key_Space, CONTROL)
    assert edit.offers.shown
    QTest.keyClick(edit.offers.popup(), Qt.Key.Key_Escape)
    assert not edit.offers.shown


def test_offers_are_of_the_language() -> None:
    assert [one.text for one in offers("name:del", 8, ["delta", "ping", "a b", "delta2"]).offers] == ["delta", "delta2"]
    assert [one.text for one in offers("name:a", 6, ["a b"]).offers] == ['"a b"']
    assert offers('x "kin', 6).offers == ()
    assert offers("-ton", 4).start == 1
    assert taken("kind:mes size>1", offers("kind:mes size>1", 8), offers("kind:mes", 8).offers[0]) == (
        "kind:message size>1",
        12,
    )
    for key in FIELDS:
        whole = {"data~": 'data~"a"'}.get(key.rstrip('"'), key)
        values = {"kind:": "read", "dir:": "in", "tone:": "text", "form:": "event", "opcode:": "text", "t>": "1s",
                  "gap>": "1s", "name:": "a", "data:": "a", "comment:": "a", "not ": "a"}  # fmt: skip
        text = "a or b" if key == "or " else whole + values.get(key, "5" if key[-1:] in ">:=" else "")
        assert read(text) != EVERYTHING


def test_the_bar_is_reached_by_key_and_fits(qtbot: QtBot, dressed: QApplication, told: Exchange) -> None:
    view, _, _ = opened(qtbot, told)
    view.resize(360, 500)
    bar = view.bar
    assert bar.minimumSizeHint().width() <= 360
    reached: list[QWidget] = []
    bar.edit.setFocus()
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.append(focus)
        QTest.keyClick(reached[-1], Qt.Key.Key_Tab)
    assert reached == [bar.edit, bar.as_regex, bar.only, bar.up, bar.down, bar.kinds]
    assert all(widget.accessibleName() for widget in reached)
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert view.table.hasFocus()
