"""The conversation's log, fed by recorded exchanges: what was said on either side, and what the protocol did."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story

from streamscope.gui.live.conversation.lines import GAP, QUIET, RECEIVED, SENT
from streamscope.gui.live.conversation.view import ConversationView
from streamscope.gui.live.pane import LivePane
from streamscope.gui.live.tab import ExchangeView, derived_of
from streamscope.gui.sendings import spoken
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import Closed, Control, Event, Failed, Frame, Head, Message, RequestSent
from streamscope.model.redact import MASK
from streamscope.store.recordings import Exchange

pytestmark = pytest.mark.window
SECOND = 1_000_000_000


def asked(t: float = 0.0, attempt: int = 1) -> RequestSent:
    url = "ws://host.example/live"
    return RequestSent(ns(t), "2026-01-01T00:00:00Z", "GET", url, [], "none", "address", "websocket", attempt=attempt)


def ns(t: float) -> int:
    return round(t * SECOND)


def opened(t: float = 0.02, status: int = 101) -> Head:
    return Head(ns(t), status, "HTTP/1.1", [("Sec-WebSocket-Protocol", "realtime.v1")])


def came(t: float, content: str | bytes, **more: object) -> Message:
    return _message(t, "in", content, more)


def went(t: float, content: str | bytes, **more: object) -> Message:
    return _message(t, "out", content, more)


def _message(t: float, direction: str, content: str | bytes, more: dict[str, object]) -> Message:
    payload, opcode = (content.encode(), "text") if isinstance(content, str) else (content, "binary")
    return Message(ns(t), direction, (1, 1), payload, "message", **{"opcode": opcode, **more})  # type: ignore[arg-type]


def control(t: float, direction: str, name: str, data: str = "", /, **detail: str | int | bool) -> Control:
    return Control(ns(t), direction, name, data, detail=detail)  # type: ignore[arg-type]


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication) -> Iterator[LivePane]:
    made = LivePane()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    for view in made.views():
        view.feed.end()


def shown(pane: LivePane, exchange: Exchange) -> ConversationView:
    tab = ExchangeView(derived_of(exchange), duplex=True)
    pane.add(tab, "story")
    tab.show_view("conversation")
    view = tab.view("conversation")
    assert isinstance(view, ConversationView)
    view.follow()
    return view


def tab_of(pane: LivePane) -> ExchangeView:
    tab = pane.current()
    assert tab is not None
    return tab


def told(view: ConversationView) -> list[tuple[int, str]]:
    """Every line: what it is and what it says."""
    return [(int(view.lines.kinds[index]), view.log._of(index).text) for index in range(view.lines.count)]


def test_both_sides_and_what_the_protocol_did(pane: LivePane, story: Story) -> None:
    events = (
        asked(),
        opened(),
        went(0.03, "hello"),
        came(0.05, "hi there"),
        control(2.0, "in", "ping", "alive"),
        control(2.0, "out", "pong", "alive", automatic=True),
        control(2.1, "out", "ping", "x"),
        control(2.15, "in", "pong", "x", rtt_ns=50_000_000),
        control(2.2, "out", "pong", "", automatic=False),
        control(2.3, "in", "pong", "unasked"),
        went(2.4, b"\x00\xff"),
        control(2.5, "in", "close", "4000 tired", code=4000, name="private", reason="tired"),
        control(2.5, "out", "close", "4000 tired", code=4000, name="private", reason="tired"),
        Closed(ns(2.6), "server", 4000, "tired"),
    )
    assert told(shown(pane, story(*events))) == [
        (QUIET, "Connection open · realtime.v1"),
        (SENT, "hello"),
        (RECEIVED, "hi there"),
        (GAP, "1.95 s without a message"),
        (QUIET, "ping from the server “alive”"),
        (QUIET, "answered with a pong “alive”"),
        (QUIET, "ping sent “x”"),
        (QUIET, "pong after 50 ms “x”"),
        (QUIET, "pong sent by hand"),
        (QUIET, "pong that nobody asked for “unasked”"),
        (SENT, "00 ff"),
        (QUIET, "close frame from the server: 4000 private – tired"),
        (QUIET, "close frame sent: 4000 private – tired"),
        (QUIET, "Closed by the server: 4000 private – tired"),
    ]


def test_a_lost_connection_is_a_gap(pane: LivePane, story: Story) -> None:
    lost: dict[str, str | int | bool] = {"connection": 2, "tries": 3, "wait_ns": 1_000_000_000}
    events = (
        asked(),
        opened(),
        came(0.1, "one"),
        control(0.2, "out", "reconnect", "1006", **lost, **{"try": 1}, code=1006, name="abnormal closure", reason=""),
        asked(1.2, 2),
        opened(1.3, 503),
        control(1.3, "out", "reconnect", "503", **lost, **{"try": 2}, status=503),
        asked(2.4, 3),
        opened(2.5),
        control(2.5, "out", "reconnected", "2.3 s", connection=2, gap_ns=2_300_000_000, tries=2),
        came(2.6, "two"),
        Failed(ns(2.7), "Refused", "Nothing listens there.", ""),
    )
    assert told(shown(pane, story(*events)))[2:] == [
        (QUIET, "Lost: 1006 abnormal closure · try 1 of 3 in 1.00 s"),
        (QUIET, "The handshake was answered with 503"),
        (QUIET, "Lost: the handshake was answered with 503 · try 2 of 3 in 1.00 s"),
        (QUIET, "Gap of 2.30 s: connection 2"),
        (RECEIVED, "two"),
        (QUIET, "Failed: Nothing listens there."),
    ]


def test_the_header_says_that_it_waits_to_reconnect(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    exchange = story(asked(), opened(), came(0.1, "one"), control(0.2, "out", "reconnect", "1006", code=1006))
    shown(pane, exchange)
    header = tab_of(pane).header
    qtbot.waitUntil(lambda: header.word() == "Waiting")
    assert header.state == "waiting"
    exchange.extend([asked(1.0, 2), opened(1.1), control(1.1, "out", "reconnected", "0.9 s", gap_ns=900_000_000)])
    qtbot.waitUntil(lambda: header.word() == "Live")


def test_fragments_compression_and_cuts_are_told(pane: LivePane, story: Story) -> None:
    frames = (Frame(False, 4, 1, False, 5, -1), Frame(True, 0, 0, False, 3, 12))
    view = shown(
        pane,
        story(asked(), opened(), came(0.1, "x" * 12, frames=frames), came(0.2, "half", unfinished=True)),
    )
    assert [view.log._of(index).about for index in (1, 2)] == [
        "0.100 s · 12 B · text · 2 fragments · compressed to 8 B",
        "0.200 s · 4 B · text · cut off",
    ]


def test_what_would_deceive_or_break_is_shown_as_it_is(pane: LivePane, story: Story) -> None:
    many = tuple(Frame(number == 9_999, 0, 1, False, 1, 1) for number in range(10_000))
    events = (
        came(0.1, "a\u202eb\0c\x1b[31m\r\n\ud7ff"),
        came(0.2, b"\xff\xfe", opcode="text"),
        came(0.3, ""),
        came(0.4, "e" + "\u0301" * 5_000),
        went(0.5, bytes(12_000_000)),
        came(0.6, "x" * 10_000, frames=many),
        came(0.7, "<b>bold</b><img src='file:///etc/passwd'>"),
        came(0.8, "é" * 5_000),
    )
    view = shown(pane, story(asked(), opened(), *events))
    says = told(view)
    assert says[1] == (RECEIVED, "a⟨U+202E⟩b\\x00c\\x1b[31m↵\ud7ff")
    assert view.log._of(2).about.endswith("text · no UTF-8")
    assert says[3] == (RECEIVED, "")
    assert view.log._of(5).about == "0.500 s · 12.0 MB · binary"
    assert says[5][1].startswith("00 00 00")
    assert "many fragments" in view.log._of(6).about
    assert "\ufffd" not in says[8][1], "a character that is cut is left out"
    view.log.go_to_end()
    for index in range(view.lines.count):
        view.log.toggle(index)
        assert not view.grab().isNull()
    assert view.lines.height < 100_000


def test_it_follows_until_the_reader_scrolls(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    exchange = story(asked(), opened(), *(came(0.1, f"message {number}") for number in range(200)))
    view = shown(pane, exchange)
    bar = view.log.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    exchange.append(came(0.2, "another"))
    qtbot.waitUntil(lambda: view.lines.count == 202)
    assert bar.value() == bar.maximum()
    assert view.newer.isHidden()
    bar.setValue(40)
    for number in range(12):
        exchange.append(came(0.3, f"later {number}"))
    exchange.append(control(0.3, "in", "ping"))
    qtbot.waitUntil(lambda: view.lines.count == 215)
    assert bar.value() == 40
    assert view.newer.isVisible()
    assert view.newer.text() == "12 new ↓"
    assert view.childAt(view.newer.geometry().center()) is view.newer, "nothing lies over it"
    QTest.mouseClick(view.newer, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum()
    assert view.newer.isHidden()
    view.log.resize(view.log.width(), 200)
    assert bar.value() == bar.maximum(), "another height is not the reader's doing"


def test_paused_it_stands_still(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    exchange = story(asked(), opened(), came(0.1, "one"))
    view = shown(pane, exchange)
    feed = tab_of(pane).feed
    feed.pause(True)
    exchange.append(came(0.2, "two"))
    with qtbot.waitSignals([feed.ticked] * 3):
        pass
    assert view.lines.count == 2
    feed.pause(False)
    qtbot.waitUntil(lambda: view.lines.count == 3)


def test_keys_choose_open_and_copy(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    text = json.dumps({"type": "hello", "list": [1, 2]})
    view = shown(pane, story(asked(), opened(), went(0.1, text), came(0.2, b"\x01\x02"), control(0.3, "in", "ping")))
    spotlight = tab_of(pane).spotlight
    log = view.log
    log.setFocus()
    QTest.keyClick(log, Qt.Key.Key_Up)
    assert (log.chosen, spotlight.chosen) == (3, 4)
    QTest.keyClick(log, Qt.Key.Key_Home)
    QTest.keyClick(log, Qt.Key.Key_Down)
    assert spotlight.chosen == 2
    assert log.accessibleDescription() == f"sent 0.100 s · {len(text)} B · text {text}"
    view.copy_text()
    assert QGuiApplication.clipboard().text() == text
    before = view.lines.height
    QTest.keyClick(log, Qt.Key.Key_Return)
    assert log.is_open(1)
    assert log._texts[1] == json.dumps(json.loads(text), indent=2).split("\n")
    assert view.lines.height > before
    QTest.keyClick(log, Qt.Key.Key_Space)
    assert view.lines.height == before
    QTest.keyClick(log, Qt.Key.Key_Down)
    view.copy_text()
    assert QGuiApplication.clipboard().text() == "01 02"
    view.copy_base64()
    assert QGuiApplication.clipboard().text() == "AQI="
    QTest.keyClick(log, Qt.Key.Key_End)
    view.copy_text()
    assert "ping from the server" in QGuiApplication.clipboard().text()
    view.copy_json()
    assert json.loads(QGuiApplication.clipboard().text())["name"] == "ping"


def test_the_mouse_chooses_a_line(pane: LivePane, story: Story) -> None:
    view = shown(pane, story(asked(), opened(), *(came(0.1, f"message {number}") for number in range(3))))
    middle = int(view.lines.tops[2] + view.lines.tops[3]) // 2 + view.log._lead()
    QTest.mouseClick(view.log.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, middle))
    assert view.log.chosen == 2
    QTest.mouseDClick(view.log.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, middle))
    assert view.log.is_open(2)


def test_other_views_point_here(pane: LivePane, story: Story) -> None:
    from array import array

    view = shown(pane, story(asked(), opened(), *(came(number, f"message {number}") for number in range(1, 40))))
    spotlight = tab_of(pane).spotlight
    spotlight.look_at(5)
    assert int(view.lines.numbers[view.log.chosen]) == 5
    assert view.log.verticalScrollBar().value() <= int(view.lines.tops[view.log.chosen])
    spotlight.point_out(array("I", [30, 31]))
    assert spotlight.chosen == 30
    spotlight.narrow((ns(3), ns(5)))
    assert view.log.span == (4, 7)
    spotlight.narrow(None)
    assert view.log.span is None
    spotlight.look_at(0)
    assert spotlight.chosen == 0, "an event that is no line here changes nothing"


def test_a_view_that_is_made_later_shows_what_others_point_at(pane: LivePane, story: Story) -> None:
    tab = ExchangeView(
        derived_of(story(asked(), opened(), *(came(0.1, str(number)) for number in range(9)))), duplex=True
    )
    pane.add(tab, "story")
    tab.spotlight.look_at(7)
    tab.spotlight.narrow((0, ns(0.05)))
    view = tab.view("conversation")
    assert isinstance(view, ConversationView)
    assert int(view.lines.numbers[view.log.chosen]) == 7
    assert view.log.span == (0, 2)


def test_a_sent_message_is_sent_again_or_edited(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    exchange = story(asked(), opened(), went(0.1, "hello\n\nyou"), went(0.2, b"\x01\x02"), went(0.3, f"key {MASK}"))
    view, tab = shown(pane, exchange), tab_of(pane)
    for index, sent in ((1, "hello\n\nyou"), (2, b"\x01\x02")):
        view.log.choose(index)
        with qtbot.waitSignal(tab.outgoing_requested) as asked_for:
            view.send_again()
        assert asked_for.args == [sent]
    view.log.choose(1)
    view.edit()
    assert tab.outgoing.text.text() == "hello\n\nyou"
    view.log.choose(3)
    with qtbot.assertNotEmitted(tab.outgoing_requested):
        view.send_again()
    assert tab.outgoing.text.text() == f"key {MASK}", "a masked secret is not sent: it is put into the box"
    assert "masked" in tab.outgoing.said.text()
    actions = {action.text(): action.isEnabled() for action in view.menu().actions() if action.text()}
    assert actions["Send again"]
    exchange.append(Closed(ns(1), "server", 1000))
    qtbot.waitUntil(lambda: not tab.live)
    assert not {action.text(): action.isEnabled() for action in view.menu().actions()}["Send again"]


def test_one_column_where_it_is_narrow(pane: LivePane, story: Story) -> None:
    exchange = story(asked(), opened(), *(went(0.1, "x" * 200) for _ in range(50)))
    view = shown(pane, exchange)
    view.log.verticalScrollBar().setValue(300)
    first = view.log.line_at(QPoint(10, 20))
    assert not view.log.narrow
    pane.resize(370, 700)
    QApplication.processEvents()
    assert view.log.narrow
    assert view.width() <= 370
    assert abs(view.log.line_at(QPoint(10, 20)) - first) <= 1, "what was at the top stays there"


def test_a_body_of_a_refusal_and_nothing_at_all(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    refused = Message(ns(0.1), "in", (1, 1), b'{"error": "no"}')
    view = shown(pane, story(asked(), opened(0.05, 401), refused, Closed(ns(0.2), "server")))
    assert told(view)[:2] == [(QUIET, "The handshake was answered with 401"), (RECEIVED, '{"error": "no"}')]
    empty = shown(pane, story(asked(), opened(), Closed(ns(0.2), "user")))
    qtbot.waitUntil(lambda: not tab_of(pane).live)
    assert empty.empty.isVisible()
    assert "No message" in empty.empty.text()


def test_a_hundred_thousand_messages_are_all_there(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    exchange = story(asked(), opened())
    for start in range(0, 120_000, 1000):
        exchange.extend([came(1 + number / 1e6, str(number)) for number in range(start, start + 1000)])
    view = shown(pane, exchange)
    qtbot.waitUntil(lambda: view.lines.messages == 120_000)
    assert told_of(view, 0) == "0"
    assert told_of(view, 119_999) == "119999"
    assert told_of(view, 77_777) == "77777"
    assert view.lines.at(view.lines.height - 1) == view.lines.count - 1


def told_of(view: ConversationView, number: int) -> str:
    return view.log._of(view.lines.of(number + 2)).text


def test_a_recording_is_the_same(pane: LivePane, tmp_path: Path) -> None:
    live = Exchange(Draft(protocol=Choice("websocket")), tmp_path / "kept")
    events: list[Event] = [asked(), opened(), went(0.1, "a"), came(3.0, "b"), Closed(ns(3.1), "server", 1000)]
    live.extend(events)
    view = shown(pane, live)
    says = told(view)
    live.close()
    opened_again = Exchange.opened(tmp_path / "kept")
    assert spoken(opened_again) == "websocket", "so that it has a conversation"
    assert told(shown(pane, opened_again)) == says
