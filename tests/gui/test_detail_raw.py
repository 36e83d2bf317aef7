"""The raw bytes of an exchange: a real widget, keys and mouse on recorded streams."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import WORDS, Story, opening, token
from tests.gui.detailed import fed

from streamscope.gui.live.detail.raw import RawView, offset_of
from streamscope.gui.live.detail.view import EventDetailView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.model.draft import Draft
from streamscope.model.event import (
    PAYLOAD,
    WIRE,
    Closed,
    Event,
    Message,
    Read,
)
from streamscope.store.recordings import Exchange

pytestmark = pytest.mark.window


def wired(count: int) -> list[Event]:
    """Reads of two messages each, the messages runs of the wire."""
    events: list[Event] = list(opening())
    at = 0
    for number in range(count):
        data = [token(number, WORDS[(number + place) % 6]).payload for place in range(2)]
        lines = [b"data: " + one + b"\n\n" for one in data]
        t = 30_000_000 + number * 1_000_000
        events.append(Read(t, number + 1, sum(map(len, lines)), b"".join(lines)))
        for one, line in zip(data, lines, strict=True):
            events.append(Message(t, "in", (number + 1,) * 2, one, "event", "message", at=at + 6, stream=WIRE))
            at += len(line)
    return [*events, Closed(99_000_000, "server")]


@pytest.fixture
def raw(qtbot: QtBot, dressed: QApplication, story: Story) -> RawView:
    feed = fed(qtbot, story(*wired(300)))
    view = RawView(feed, Spotlight(feed))
    feed.setParent(view)
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show()
    view.follow()
    return view


def test_the_raw_bytes_and_their_events(raw: RawView, qtbot: QtBot) -> None:
    exchange = raw._feed.exchange
    whole = exchange.stream(WIRE, 0, 1 << 30)
    for number in range(2, len(exchange) - 1, 37):
        event = exchange.event(number)
        raw._spotlight.look_at(number)
        span = raw.bytes.spans[-1]
        expected = event.payload if isinstance(event, Message) else event.data if isinstance(event, Read) else b""
        assert whole[span.start : span.end] == expected
        assert raw.bytes._seen(span.start)
        if isinstance(event, Message):
            assert raw.bytes.event_at(span.start + 3) == number
            brought = raw.bytes.spans[0]
            assert whole[brought.start : brought.end].count(b"data:") == 2
    raw.activateWindow()
    raw.bytes.go_to(0)
    qtbot.mouseClick(raw.bytes.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(raw.bytes.gutter + 120, 6))
    assert raw._spotlight.chosen == 3
    assert "event #4" in raw.about.accessibleName()
    assert "read 1" in raw.about.accessibleName()
    raw.bytes.setFocus()
    qtbot.waitUntil(raw.bytes.hasFocus)
    for key, chosen in (
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Up, 4),
        (Qt.Key.Key_Up, 3),
        (Qt.Key.Key_Up, 3),
    ):
        qtbot.keyClick(raw.bytes, key, Qt.KeyboardModifier.AltModifier)
        assert raw._spotlight.chosen == chosen
    assert not raw.payload.isEnabled(), "every payload lies on the wire"
    assert raw.minimumSizeHint().width() <= 360


def test_the_raw_bytes_are_searched_and_gone_through(raw: RawView, qtbot: QtBot) -> None:
    whole = raw._feed.exchange.stream(WIRE, 0, 1 << 30)
    raw.bytes.setFocus()
    qtbot.keyClick(raw.bytes, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(raw.bar.sought, "0d0a")
    raw.bar.hex.click()
    qtbot.waitUntil(lambda: raw.bar.count.text() == "None")
    raw.bar.sought.setText("0a0a")
    qtbot.waitUntil(lambda: raw.bar.count.text() == f"1 of {whole.count(bytes((10, 10)))}")
    qtbot.keyClick(raw.bar.sought, Qt.Key.Key_F3)
    first = whole.index(b"\n\n")
    assert raw.bytes.selection()[0] == whole.index(b"\n\n", first + 1)
    qtbot.keyClick(raw.bar.sought, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert raw.bytes.selection()[0] == first
    raw.bytes.go_to(len(whole) // 2)
    raw.bar.look()
    qtbot.waitUntil(lambda: raw.bytes.selection()[0] == whole.index(b"\n\n", len(whole) // 2))
    qtbot.keyClick(raw.bar.sought, Qt.Key.Key_Escape)
    raw.offset.setText("0x100")
    qtbot.keyClick(raw.offset, Qt.Key.Key_Return)
    assert raw.bytes.caret == 256
    raw.show_hex(True)
    qtbot.keyClick(raw.bytes, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(raw.bytes, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(raw.bytes, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == whole[256:258].hex(" ")
    qtbot.keyClick(raw.bytes, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert raw.bytes.caret == len(whole)
    qtbot.keyClick(raw.bytes, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert (raw.bytes.caret, raw.bytes.top) == (0, 0)
    qtbot.keyClick(raw.bytes, Qt.Key.Key_PageDown)
    qtbot.keyClick(raw.bytes, Qt.Key.Key_Up)
    assert raw.bytes.caret % 16 == 0
    assert raw.bytes.caret > 0


def test_decoded_bytes_are_shown_where_they_are_others(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening())
    wire = b"\x81\x05masked and deflated"
    exchange.append(Read(1, 1, len(wire), wire))
    for number, word in enumerate((b"first", b"second")):
        at = exchange.keep(word)
        exchange.append(Message(2 + number, "in", (1, 1), word, "message", opcode="text", at=at, stream=PAYLOAD))
    exchange.append(Closed(9, "server"))
    feed = fed(qtbot, exchange)
    view = RawView(feed, Spotlight(feed))
    feed.setParent(view)
    qtbot.addWidget(view)
    view.resize(500, 200)
    view.show()
    view.follow()
    view._spotlight.look_at(4)
    assert [(span.start, span.end) for span in view.bytes.spans] == [(0, len(wire))], "what brought it"
    qtbot.mouseClick(view.payload, Qt.MouseButton.LeftButton)
    assert view.bytes.shown_text() == "firstsecond"
    assert [(span.start, span.end) for span in view.bytes.spans] == [(5, 11)]
    assert view.bytes.event_at(2) == 3
    view.bytes.clicked.emit(2)
    assert view._spotlight.chosen == 3


def test_offsets_as_people_write_them() -> None:
    for text, offset in (
        ("1234", 1234),
        ("0x4d2", 1234),
        ("4d2h", 1234),
        ("1,234", 1234),
        ("50 %", 5000),
        ("-100", 9900),
        ("99999", 10_000),
        ("", None),
        ("x", None),
        ("nan%", None),
    ):
        assert offset_of(text, 10_000) == offset, text


def test_the_raw_bytes_follow_what_comes(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening())
    feed = Feed(derived_of(exchange))
    view = RawView(feed, Spotlight(feed))
    feed.setParent(view)
    qtbot.addWidget(view)
    view.resize(500, 200)
    view.show()
    view.follow()
    assert view.note.isVisible()
    for number in range(40):
        line = b"line %d\n" % number
        exchange.append(Read(number, number + 1, len(line), line))
        feed.pull()
        view.follow()
    assert view.note.isHidden()
    assert view.bytes.seen_rows()[-1].end == exchange.stream_size(WIRE)
    view.bytes.scroll_rows(-20)
    top = view.bytes.top
    exchange.append(Read(99, 99, 5, b"more\n"))
    feed.pull()
    view.follow()
    assert view.bytes.top == top, "who reads is not pulled along"
    exchange.append(Closed(100, "server"))
    qtbot.waitUntil(lambda: (feed.pull(), feed.done)[1])
    feed.end()


def test_a_recording_that_is_gone(
    qtbot: QtBot, dressed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: int) -> None:
        raise OSError(5, "Input/output error")

    folder = tmp_path / "recording"
    exchange = Exchange(Draft(), folder)
    for event in wired(50):
        exchange.append(event)
    exchange.close()
    shutil.rmtree(folder)
    feed = fed(qtbot, exchange)
    spotlight = Spotlight(feed)
    view, bytes_ = EventDetailView(feed, spotlight), RawView(feed, spotlight)
    for one in (view, bytes_):
        qtbot.addWidget(one)
        one.show()
    spotlight.look_at(5)
    assert view.toPlainText()
    exchange._tapes[0].close()
    for tape in exchange._tapes:
        tape._descriptor = 1 << 20  # as where a disk was taken away: reading fails
    monkeypatch.setattr(exchange, "rows", gone)
    spotlight.look_at(7)
    assert "cannot be read any more" in view.toPlainText()
    bytes_.bytes.go_to(0)
    bytes_.show_hex(True)
    bytes_.bytes.clicked.emit(3)
    bytes_.grab()
    assert "cannot be read any more" in bytes_.note.text()
    for tape in exchange._tapes:
        tape._descriptor = None
