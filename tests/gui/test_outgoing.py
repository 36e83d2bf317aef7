"""The box of the next message: what is written, sent before, prepared, repeated, and frames by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Played
from tests.gui.scene import until
from tests.program import Sandbox

from streamscope.gui.code.find import FindView
from streamscope.gui.composer.message_document import MessagesDocument
from streamscope.gui.live.conversation.outgoing import OutgoingView
from streamscope.gui.live.conversation.past import Past, past_of
from streamscope.gui.window import Window
from streamscope.kinds.protocols.base import AutoPong, Close, Ping, Pong, Repeat, Rhythm
from streamscope.model.draft import Choice, Draft, Outgoing
from streamscope.model.errors import UsageError
from streamscope.model.event import Control, Event, Message
from streamscope.model.phrase import phrase

pytestmark = pytest.mark.window
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
DRAFT = Draft(
    protocol=Choice("websocket"),
    messages=(
        Outgoing("hello {{name}}", name="Greeting"),
        Outgoing('{"type":"response.create"}', by_hand=True),
        Outgoing(content=b"\x00\x01", binary=True),
        Outgoing("as bytes", binary=True),
    ),
)


class Box:
    """The box with what it asked for."""

    def __init__(self, view: OutgoingView) -> None:
        self.view = view
        self.sent: list[object] = []
        view.send_requested.connect(self.sent.append)

    def write(self, text: str) -> None:
        self.view.text.selectAll()
        self.view.text.insertPlainText(text)

    def send(self) -> object:
        """Press the keys for it; what was asked for."""
        before = len(self.sent)
        QTest.keyClick(self.view.text, Qt.Key.Key_Return, CONTROL | SHIFT)
        return self.sent[-1] if len(self.sent) > before else None

    def spell(self, place: int) -> None:
        self.view.spelling.setCurrentIndex(place)
        self.view.spelling.activated.emit(place)


@pytest.fixture
def box(qtbot: QtBot, dressed: QApplication) -> Iterator[Box]:
    view = OutgoingView(DRAFT)
    qtbot.addWidget(view)
    view.resize(380, 300)
    view.show()
    view.activateWindow()
    qtbot.waitActive(view)
    yield Box(view)


def entries(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if action.text()]


def pick(menu: QMenu, place: int) -> None:
    menu.aboutToShow.emit()
    [action for action in menu.actions() if action.text()][place].trigger()


def test_text_is_sent_exactly(box: Box) -> None:
    for text in ("hello", "a\n\nb", " \u00a0x\t", "日本 🙂", "\n"):
        box.write(text)
        assert box.send() == text
    box.write("")
    assert box.send() is None


def test_an_empty_line_stays_in_the_messages_of_a_request(dressed: QApplication) -> None:
    made = MessagesDocument.of([Outgoing("a\n\nb\n"), Outgoing("c")])
    assert [message.text for message in made.messages()] == ["a\n\nb\n", "c"]


def test_half_a_character_is_told_in_its_place(box: Box) -> None:
    box.view.show_message(Outgoing("x\ud83d"))
    assert box.send() is None
    assert box.view.said.isVisible()
    assert "half a character" in box.view.said.text()


def test_json_is_judged_and_laid_out_and_sent_all_the_same(box: Box, qtbot: QtBot) -> None:
    box.spell(1)
    box.write('{"a":[1,2],}')
    box.view.text.check()
    assert "comma" in box.view.said.text()
    assert box.send() == '{"a":[1,2],}'
    box.write('{"a":[1,2]}')
    box.view.text.check()
    assert not box.view.said.isVisible()
    QTest.mouseClick(box.view.beautify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "\n" in box.view.text.text())
    assert box.send() == '{\n  "a": [\n    1,\n    2\n  ]\n}'


def test_bytes_as_hex_and_base64(box: Box) -> None:
    box.spell(2)
    box.write("00 ff:0a")
    assert box.view.size_label.text() == "3 B"
    assert box.send() == b"\x00\xff\x0a"
    box.spell(3)
    assert box.view.text.text() == "AP8K"
    box.write("AP8=")
    assert box.send() == b"\x00\xff"
    for place, wrong, why in (
        (2, "0g", "no hex digit"),
        (2, "abc", "half a byte"),
        (3, "A*", "base64"),
        (3, "AAA", "not complete"),
    ):
        box.spell(place)
        box.write(wrong)
        assert why in box.view.said.text()
        assert not box.view.send.isEnabled()
        assert box.send() is None
    box.write("AAAA")
    assert box.view.send.isEnabled()


def test_a_file_is_sent_as_it_is(box: Box, tmp_path: Path) -> None:
    large = bytes(range(256)) * 47_000
    (tmp_path / "large.bin").write_bytes(large)
    (tmp_path / "too.bin").touch()
    box.view._choose_file_taken([str(tmp_path / "large.bin")])
    assert box.view.size_label.text() == "12.0 MB"
    assert box.view.text.isReadOnly()
    assert box.send() == large
    box.view._choose_file_taken([str(tmp_path / "gone.bin")])
    assert "gone.bin" in box.view.said.text()
    QTest.mouseClick(box.view.clear, Qt.MouseButton.LeftButton)
    assert box.view.text.text() == ""
    assert not box.view.text.isReadOnly()


def test_what_was_sent_before_comes_back(box: Box) -> None:
    for text in ("one", "two", "one"):
        box.write(text)
        box.send()
    box.write("being written")
    keys = [(Qt.Key.Key_Up, "one"), (Qt.Key.Key_Up, "two"), (Qt.Key.Key_Up, "two"), (Qt.Key.Key_Down, "one")]
    for key, text in (*keys, (Qt.Key.Key_Down, "being written"), (Qt.Key.Key_Down, "being written")):
        QTest.keyClick(box.view.text, key, ALT)
        assert box.view.text.text() == text
    box.view.show_message(Outgoing())
    QTest.keyClick(box.view.text, Qt.Key.Key_Up)
    assert box.view.text.text() == "one", "in an empty box the arrow alone will do"
    assert entries(box.view.history.menu()) == ["one", "two"]
    pick(box.view.history.menu(), 1)
    assert box.view.text.text() == "two"


def test_the_past_is_shared_by_the_exchanges_of_a_request_and_has_an_end(box: Box) -> None:
    box.view.belongs_to("a request of this test")
    box.write("kept {{token}}")
    box.send()
    assert past_of("a request of this test").messages == [Outgoing("kept {{token}}")], "as it was typed: no secret"
    past = Past()
    for number in range(300):
        past.add(Outgoing(content=bytes(1 << 20), binary=True, name=str(number)))
    assert len(past.messages) == 8
    for number in range(300):
        past.add(Outgoing(str(number)))
    assert len(past.messages) == 100
    assert past.messages[-1].text == "299"


def test_what_was_being_written_when_the_connection_ended_is_there_in_the_next(box: Box, qtbot: QtBot) -> None:
    box.view.belongs_to("another request of this test")
    box.write("half a thou")
    box.view.setEnabled(False)
    following = OutgoingView(DRAFT)
    qtbot.addWidget(following)
    following.belongs_to("another request of this test")
    assert following.text.text() == "half a thou"
    later = OutgoingView(DRAFT)
    qtbot.addWidget(later)
    later.belongs_to("another request of this test")
    assert later.text.text() == ""


def test_the_requests_own_messages_are_templates(box: Box) -> None:
    menu = box.view.templates.menu()
    assert entries(menu) == ["Greeting:  hello {{name}}", '{"type":"response.create"}', "2 B  00 01", "as bytes"]
    sent = []
    for place in range(4):
        pick(menu, place)
        sent.append(box.send())
    assert sent == ["hello {{name}}", '{"type":"response.create"}', b"\x00\x01", b"as bytes"]


def test_frames_by_hand(box: Box) -> None:
    view = box.view
    QTest.mouseClick(view.ping, Qt.MouseButton.LeftButton)
    pick(view.more.menu(), 0)
    QTest.keyClicks(view.ping_panel.payload, "beat")
    QTest.keyClick(view.ping_panel.payload, Qt.Key.Key_Return)
    pick(view.more.menu(), 1)
    assert view.ping_panel.isHidden()
    view.pong_panel.hex.setChecked(True)
    view.pong_panel.payload.setText("00 ff")
    QTest.mouseClick(view.pong_panel.do, Qt.MouseButton.LeftButton)
    QTest.mouseClick(view.close_button, Qt.MouseButton.LeftButton)
    assert box.sent == [Ping(b""), Ping(b"beat"), Pong(b"\x00\xff"), Close(1000, "")]
    QTest.keyClick(view.pong_panel.payload, Qt.Key.Key_Escape)
    assert view.pong_panel.isHidden()
    for text, hexed, wrong in (
        ("é" * 63, False, "126 bytes"),
        ("x" * 125, False, ""),
        ("0", True, "half a byte"),
    ):
        view.pong_panel.hex.setChecked(hexed)
        view.pong_panel.payload.setText(text)
        assert view.pong_panel.do.isEnabled() is not bool(wrong)
        assert wrong in view.pong_panel.said.text()


@pytest.mark.parametrize(
    ("code", "reason", "wrong"),
    [
        ("1000 normal closure", "", ""),
        ("1001", "x" * 123, ""),
        ("1011", "", ""),
        ("3000", "", ""),
        ("4999", "é" * 61, ""),
        ("no code", "", ""),
        ("no code", "because", "needs a code"),
        ("1005", "", "never sent"),
        ("1006", "", "never sent"),
        ("1004", "", "never sent"),
        ("1015", "", "never sent"),
        ("1016", "", "not defined"),
        ("2999", "", "not defined"),
        ("999", "", "1000 to 4999"),
        ("5000", "", "1000 to 4999"),
        ("99999999999", "", "number"),
        ("bye", "", "number"),
        ("1000", "é" * 62, "124 bytes"),
    ],
)
def test_a_close_frame_is_judged_before_it_leaves(box: Box, code: str, reason: str, wrong: str) -> None:
    panel = box.view.text and box.view.close_panel
    panel.typed.setText(code)
    panel.reason.setText(reason)
    assert wrong in panel.said.text()
    assert panel.do.isEnabled() is not bool(wrong)
    panel.do.click()
    word = code.split(" ")[0]
    assert box.sent == ([] if wrong else [Close(int(word) if word.isdigit() else None, reason)])


def test_pings_are_answered_or_not(box: Box) -> None:
    view = box.view
    assert view.silent.isHidden()
    pick(view.more.menu(), 4)
    assert box.sent == [AutoPong(on=False)]
    assert view.silent.isVisible()
    pick(view.more.menu(), 4)
    assert box.sent[-1] == AutoPong(on=True)
    assert view.silent.isHidden()


def test_a_timer_is_started_watched_and_stopped(box: Box, qtbot: QtBot) -> None:
    view = box.view
    pick(view.more.menu(), 3)
    panel = view.timer
    for every, times, right in (
        ("20", "", True),
        ("1.5 s", "3", True),
        ("0", "", False),
        ("2 h", "", False),
        ("", "", False),
        ("20", "0", False),
        ("20", "-1", False),
        ("20", "x", False),
        ("4000 s", "", False),
        ("250ms", "1,000", True),
    ):
        panel.every.setText(every)
        panel.times.setText(times)
        assert panel.do.isEnabled() is right, (every, times)
    panel.do.click()
    assert box.sent == [], "there is nothing to send"
    assert not panel.running
    box.write("tick {{n}}")
    panel.do.click()
    (repeat,) = box.sent
    assert isinstance(repeat, Repeat)
    assert (repeat.item, repeat.every, repeat.count) == ("tick {{n}}", 0.25, 1000)
    assert panel.running
    rhythm = repeat.rhythm
    rhythm.sent, rhythm.first, rhythm.last, rhythm.late, rhythm.worst, rhythm.missed = 11, 5.0, 7.5, 2, 0.03, 4
    qtbot.waitUntil(lambda: panel.said.text().startswith("11 of 1,000 sent"))
    told = panel.said.text()
    assert "every 250.0 ms measured" in told
    assert "2 late, by 30 ms at most" in told
    assert "4 left out: no connection" in told
    QTest.keyClick(panel.every, Qt.Key.Key_Escape)
    assert panel.isVisible(), "what runs stays in sight"
    panel.do.click()
    assert rhythm.stopped
    assert not panel.running


def test_a_timer_that_fails_says_why_and_one_ends_with_its_exchange(box: Box, qtbot: QtBot) -> None:
    panel = box.view.text and box.view.timer
    rhythm = Rhythm(failure=UsageError(phrase("Nobody knows {{x}}.")), done=True)
    panel.watch(rhythm)
    assert "Nobody knows" in panel.said.text()
    assert not panel.running
    other = Rhythm()
    panel.watch(other)
    box.view.setEnabled(False)
    assert other.stopped


def test_every_control_has_a_name_and_keys_reach_it(box: Box) -> None:
    controls = [
        one
        for one in box.view.findChildren(QWidget)
        if isinstance(one, QAbstractButton | QLineEdit | QComboBox | QPlainTextEdit)
        and not one.objectName().startswith("qt_")
    ]
    assert len(controls) > 20
    for one in controls:
        text = one.text() if isinstance(one, QAbstractButton) else ""
        assert one.accessibleName() or text, (type(one).__name__, one.parent())
        assert one.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(one.parent(), FindView), one.accessibleName()
    assert box.view.minimumSizeHint().width() <= 360


def said(events: list[Event], direction: str) -> list[str | None]:
    return [event.text for event in events if isinstance(event, Message) and event.direction == direction]


def test_in_the_window_variables_are_filled_each_time_and_timers_keep_their_pace(
    sandbox: Sandbox, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMSCOPE_VARIABLE_WORD", "one")

    async def script(window: Window) -> None:
        await until(lambda: window.services.choose("sandbox", "chat-live"))
        await until(lambda: window.composer.service.name == "chat-live" and window.composer.service.complete)
        window.composer.choose(auth="aksk", protocol="websocket")
        window.composer.address.path.setText("/echo")
        window.composer.messages.set_messages(("first",))
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        assert view is not None
        view.show_view("conversation")
        await until(lambda: view.feed.meter.messages_in == 1)
        box = view.outgoing
        QTest.keyClicks(box.text, "at {{word}}")
        pick(box.more.menu(), 3)
        box.timer.every.setText("10 ms")
        box.timer.times.setText("20")
        box.timer.do.click()
        await until(lambda: view.feed.meter.messages_in > 3)
        monkeypatch.setenv("STREAMSCOPE_VARIABLE_WORD", "two")
        await until(lambda: view.feed.meter.messages_in == 21)
        events = view.exchange.events(0, len(view.exchange))
        assert set(said(events, "out")) == {"first", "at one", "at two"}
        assert said(events, "in") == said(events, "out")
        await until(lambda: box.timer.said.text().startswith("20 of 20 sent"))
        await until(lambda: not box.timer.running)
        pick(box.more.menu(), 0)
        QTest.keyClick(box.ping_panel.payload, Qt.Key.Key_Escape)
        assert box.ping_panel.isHidden()
        pick(box.more.menu(), 0)
        box.ping_panel.payload.setText("beat")
        box.ping_panel.do.click()
        await until(
            lambda: any(
                "pong after" in view.view("conversation").log._of(row).text
                for row in range(view.view("conversation").lines.count)
            )
        )  # type: ignore[attr-defined]
        pick(box.more.menu(), 2)
        box.close_panel.typed.setText("4001")
        box.close_panel.reason.setText("enough")
        box.close_panel.do.click()
        await until(lambda: not view.live)
        closes = [
            event.data
            for event in view.exchange.events(0, len(view.exchange))
            if isinstance(event, Control) and event.name == "close"
        ]
        assert closes[0] == "4001 enough"
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        again = window.live.current()
        assert again is not view
        await until(lambda: again.feed.meter.messages_in == 1)
        QTest.keyClick(again.outgoing.text, Qt.Key.Key_Up)
        assert again.outgoing.text.text() == "at {{word}}", "what was sent stays with the request"
        QTest.mouseClick(again.outgoing.close_button, Qt.MouseButton.LeftButton)
        await until(lambda: not again.live)

    played(sandbox.profile, script)
