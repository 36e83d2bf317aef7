"""The detail of an event and the raw bytes: real widgets, keys and mouse on recorded exchanges."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QToolButton
from pytestqt.qtbot import QtBot
from tests.gui.conftest import WORDS, Story, ending, opening, token
from tests.gui.detailed import fed

from streamscope.gui.live.detail import view as views
from streamscope.gui.live.detail.bytes_view import BytesView
from streamscope.gui.live.detail.copying import Copy, copies, copy_menu
from streamscope.gui.live.detail.diff import DiffView
from streamscope.gui.live.detail.facts_view import FactsView
from streamscope.gui.live.detail.media import found_in, has_media
from streamscope.gui.live.detail.plain_bytes import PlainBytesView
from streamscope.gui.live.detail.pretty import PrettyView
from streamscope.gui.live.detail.preview import PreviewView
from streamscope.gui.live.detail.saving import SavingView
from streamscope.gui.live.detail.tree import JsonTreeView, TreeView
from streamscope.gui.live.detail.tree_model import PAGE
from streamscope.gui.live.detail.value_dialog import ValueDialog
from streamscope.gui.live.detail.view import EventDetailView
from streamscope.gui.live.spotlight import Spotlight
from streamscope.model.draft import Choice, Draft
from streamscope.model.event import (
    LARGEST_PAYLOAD,
    Closed,
    Control,
    Event,
    Finding,
    Message,
    Trace,
)

pytestmark = pytest.mark.window

Opened = Callable[..., EventDetailView]


@pytest.fixture(autouse=True)
def nothing_preferred() -> Iterator[None]:
    """Each test begins with the usual modes."""
    views.PREFERRED.clear()
    yield
    views.PREFERRED.clear()


@pytest.fixture
def detail(qtbot: QtBot, dressed: QApplication, story: Story) -> Opened:
    """The detail over an exchange with these events, all of them read."""

    def opened(*events: Event, draft: Draft | None = None) -> EventDetailView:
        feed = fed(qtbot, story(*events, draft=draft))
        made = EventDetailView(feed, Spotlight(feed))
        feed.setParent(made)
        qtbot.addWidget(made)
        made.resize(600, 400)
        made.show()
        return made

    return opened


def message(data: bytes, number: int = 0, name: str = "message") -> Message:
    return Message(30_000_000 + number, "in", (number + 1, number + 1), data, "event", name)


def choose(view: EventDetailView, number: int, mode: str = "") -> str:
    view._spotlight.look_at(number)
    if mode:
        view.show_mode(mode)
    return view.toPlainText()


def mode_of(view: EventDetailView, key: str) -> object:
    return view._modes[key]


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_the_modes_suit_the_event(detail: Opened) -> None:
    view = detail(*opening(), token(0, "hi"), message(b"\x89\x00\xff"), message(b"words", 3), *ending())
    assert "Choose an event" in view.toPlainText()

    def shown() -> list[str]:
        return [str(one.property("mode")) for one in view.segments.buttons() if not one.isHidden()]

    assert "POST https://host.example" in choose(view, 0)
    assert shown() == ["facts"]
    assert choose(view, 2).startswith('{\n  "id": "c"')
    assert shown() == ["pretty", "tree", "raw", "hex", "delta", "diff"]
    assert choose(view, 3).startswith("00000000  89 00 ff")
    assert "pretty" not in shown()
    assert choose(view, 4) == "words"
    assert "tree" not in shown()
    assert view.about.accessibleName().startswith("#5")
    view.show_mode("raw")
    choose(view, 3)
    assert view.mode == "raw", "a mode that was chosen stays"
    assert choose(view, 3) == "\\x89\\0\\xff"


def test_a_segment_is_reached_by_keys(detail: Opened, qtbot: QtBot) -> None:
    view = detail(*opening(), token(0, "hi"), *ending())
    choose(view, 2)
    button = next(one for one in view.segments.buttons() if one.isChecked())
    assert button.property("mode") == "pretty"
    view.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    qtbot.keyClick(button, Qt.Key.Key_Right)
    assert view.mode == "tree"
    assert all(one.accessibleName() for one in view.findChildren(QToolButton) if one.isVisibleTo(view))
    view.resize(360, 300)
    assert view.minimumSizeHint().width() <= 360


def test_an_unseen_detail_reads_nothing(detail: Opened) -> None:
    view = detail(*opening(), token(0, "hi"), *ending())
    view.hide()
    view._spotlight.look_at(2)
    assert view._looked is None
    view.show()
    assert view._looked is not None
    assert view._looked.number == 2


def test_the_tree_is_made_as_it_is_opened(detail: Opened, qtbot: QtBot) -> None:
    value = {"first": {"in": [1, 2, {"deep": "here"}]}, "many": [{"n": n} for n in range(3 * PAGE)], "long": "x" * 5000}
    view = detail(*opening(), message(json.dumps(value).encode()), *ending())
    choose(view, 2, "tree")
    mode = mode_of(view, "tree")
    assert isinstance(mode, TreeView)
    tree, model = mode.tree, mode.tree._model
    assert model is not None
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    tester.setUseFetchMore(False)
    many = model.index(1, 0)
    assert "many" in many.data()
    tree.expand(many)
    assert model.rowCount(many) == PAGE + 1
    more = model.index(PAGE, 0, many)
    tree.setCurrentIndex(more)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert model.rowCount(many) == 3 * PAGE, "the rest, without a line that makes more"
    tree.setCurrentIndex(model.index(0, 0))
    tree.open_below(model.node(model.index(0, 0)))
    shown = view.toPlainText()
    assert 'deep: "here"' in shown
    assert "5.0 kB" in shown
    place = shown.split("\n").index(next(line for line in shown.split("\n") if "deep:" in line))
    index = model.index(0, 0)
    for _ in range(place):
        index = tree.indexBelow(index)
    menu = tree.menu_of(index)
    assert menu is not None
    said = {action.text(): action for action in menu.actions()}
    for label, text in (
        ("Copy path (JSONPath)", "$.first.in[2].deep"),
        ("Copy path (jq)", ".first.in[2].deep"),
        ("Copy value", "here"),
        ("Copy as JSON", '"here"'),
        ("Copy name", "deep"),
    ):
        said[label].trigger()
        assert clipboard() == text
    qtbot.keyClick(tree, Qt.Key.Key_Slash)
    assert not tree.isExpanded(model.index(0, 0))
    menu.deleteLater()


def test_all_of_a_value_and_the_json_in_a_text(detail: Opened, qtbot: QtBot) -> None:
    inner = json.dumps({"city": "Bern", "days": [1, 2]})
    view = detail(*opening(), message(json.dumps({"arguments": inner, "long": "x" * 900 + "end"}).encode()), *ending())
    choose(view, 2, "tree")
    mode = mode_of(view, "tree")
    assert isinstance(mode, TreeView)
    menu = mode.tree.menu_of(mode.tree.model().index(0, 0))
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Show the JSON in it").trigger()
    dialog = mode.findChild(ValueDialog)
    assert isinstance(dialog, ValueDialog)
    assert isinstance(dialog.shown, JsonTreeView)
    assert 'city: "Bern"' in dialog.shown.lines()
    assert dialog.windowTitle() == "$.arguments"
    dialog.close()
    mode.tree.setCurrentIndex(mode.tree.model().index(1, 0))
    qtbot.keyClick(mode.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(isinstance(one.shown, BytesView) for one in mode.findChildren(ValueDialog)))
    dialog = next(one for one in mode.findChildren(ValueDialog) if isinstance(one.shown, BytesView))
    assert dialog.shown.shown_text().replace("\n", "").endswith("xend")
    dialog.close()
    menu.deleteLater()


def test_the_tree_is_searched(detail: Opened, qtbot: QtBot) -> None:
    data = json.dumps({"rows": [{"n": n, "name": f"row {n}"} for n in range(2_000)]}).encode()
    view = detail(*opening(), message(data), *ending())
    choose(view, 2, "tree")
    mode = mode_of(view, "tree")
    assert isinstance(mode, TreeView)
    mode.tree.setFocus()
    qtbot.keyClick(mode.tree, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert mode.bar.isVisible()
    qtbot.keyClicks(mode.bar.sought, "ROW 1500")
    qtbot.waitUntil(lambda: "1 of 1" in mode.bar.count.text())
    assert mode.tree.currentIndex().data() == 'name: "row 1500"'
    qtbot.keyClick(mode.bar.sought, Qt.Key.Key_Escape)
    assert mode.bar.isHidden()


def test_no_payload_is_too_bad(detail: Opened, qtbot: QtBot) -> None:
    bad = [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000,
        b'{"long":"' + b"x" * 2_000_000 + b'"}',
        b"y" * 5_000_000,
        "bidi \u202e nul \0 ansi \x1b[31m \u2028 flood e".encode() + "\u0301".encode() * 5_000,
        b"\xed\xa0\x80 lone surrogate",
        b"{\xff\xfe}",
        b'{"a":1}' * 3,
        b"[1,,2}}",
        b'{"big":1e999,"int":' + b"9" * 5_000 + b"}",
        b"\n" * 100_000,
    ]
    view = detail(*opening(), *(message(data, number) for number, data in enumerate(bad)), *ending())
    for mode in ("pretty", "tree", "raw", "hex", "delta", "diff"):
        view.show_mode(mode)
        for number in range(2, 2 + len(bad)):
            view._spotlight.look_at(number)
            qtbot.wait(1)
            view.grab()
            one = view._modes[view.mode]
            shown = one.bytes.shown_text(2_000) if isinstance(one, PlainBytesView) else one.seen()
            assert not any(char in shown for char in "\0\x1b\u202e\u2028"), (mode, number)


def test_large_text_is_laid_out_piece_by_piece(detail: Opened, qtbot: QtBot) -> None:
    text = json.dumps([{"number": number} for number in range(12_000)])
    view = detail(*opening(), message(text.encode()), *ending())
    choose(view, 2)
    mode = mode_of(view, "pretty")
    assert isinstance(mode, PrettyView)
    qtbot.waitUntil(lambda: mode.more.isVisible())
    before = len(mode.seen())
    mode.more.click()
    qtbot.waitUntil(lambda: len(mode.seen()) > before)


def test_a_message_larger_than_is_held(detail: Opened) -> None:
    view = detail(*opening(), message(b"[" + b"1," * (LARGEST_PAYLOAD // 2) + b"0]\nlast line", 1), *ending())
    choose(view, 2, "raw")
    mode = view._modes["raw"]
    assert isinstance(mode, PlainBytesView)
    mode.bytes.go_to(1 << 40)
    assert mode.bytes.seen_rows()[-1].end == mode.bytes.source.size() > LARGEST_PAYLOAD
    assert view._looked is not None
    assert not view._looked.whole


def test_what_an_event_says_and_where(detail: Opened) -> None:
    view = detail(*opening(), *(token(number, word) for number, word in enumerate(WORDS)), *ending())
    shown = choose(view, 4, "delta")
    assert "OpenAI" in shown
    assert "characters 12 to 16 of 32" in shown
    assert "Clear water runs past the clock." in shown
    assert "stop" in choose(view, 8, "delta")


def test_a_live_event_is_told_once_it_was_read(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening(), token(0, "first"))
    feed = fed(qtbot, exchange)
    view = EventDetailView(feed, Spotlight(feed))
    feed.setParent(view)
    qtbot.addWidget(view)
    view.show()
    exchange.append(token(1, " second"))
    feed._kinds(len(exchange))  # it is in the record, and not read
    view.show_mode("delta")
    assert "not known yet" in choose(view, 3)
    feed.pull()
    qtbot.waitUntil(lambda: "characters 6 to 12" in view.toPlainText())


def test_differences(detail: Opened) -> None:
    view = detail(
        *opening(),
        token(0, "one"),
        message(b'{"other":1}', 1, "other"),
        token(1, "two"),
        message(b"line\nsame", 2, "text"),
        message(b"line 2\nsame", 3, "text"),
        *ending(),
    )
    shown = choose(view, 4, "diff")
    assert "$.choices[0].delta.content" in shown
    assert '− "one"' in shown
    assert '+ "two"' in shown
    mode = mode_of(view, "diff")
    assert isinstance(mode, DiffView)
    assert mode.base.currentText().startswith("#3")
    assert "− line\n+ line 2\n" in choose(view, 6)
    view._spotlight.mark(3, "the odd one")
    shown = choose(view, 4)
    place = mode.base.findText("#4  Marked: the odd one")
    assert place >= 0
    mode.base.setCurrentIndex(place)
    mode.base.activated.emit(place)
    assert "$.other" in view.toPlainText()
    mode.beside.click()
    choose(view, 6)
    mode.base.setCurrentIndex(0)
    mode.base.activated.emit(0)
    assert mode._old.text() == "line\nsame\n"
    assert mode._new.text() == "line 2\nsame\n"
    assert not mode._text.view.isVisible()
    view.resize(400, 400)
    assert mode._text.view.isVisible(), "there is no room for both"
    choose(view, 4)
    mode.base.setCurrentIndex(place)
    mode.base.activated.emit(place)
    assert "− 1" in view.toPlainText()


def test_a_difference_far_behind_is_found(detail: Opened) -> None:
    line = b"the same line again and again\n"
    many = line * 20_000
    view = detail(
        *opening(),
        message(many + b"one end\n" + many, 1),
        message(many + b"other end\n" + many, 2),
        message(many + b"other end\n" + many, 3),
        message(bytes(range(256)) * 900, 4, "bytes"),
        message(bytes(range(256)) * 800 + b"\xff\0" + bytes(range(256)) * 100, 5, "bytes"),
        *ending(),
    )
    shown = choose(view, 3, "diff")
    assert "− one end\n+ other end\n" in shown
    assert choose(view, 4) == "Both say the same."
    shown = choose(view, 6)
    assert "− 00 01 02" in shown
    assert "+ ff 00 00 01" in shown


def test_events_that_are_no_payload(detail: Opened, qtbot: QtBot) -> None:
    view = detail(
        *opening(),
        token(0, "x"),
        Control(5, "in", "pong", "abc", detail={"rtt_ns": 2_500_000}),
        Finding(6, "stall", "warning", [2], "It stood still.", "Look at the server."),
        Closed(9, "server", 1000, "done"),
        Trace(10_000_000, "tls", "begin"),
        Trace(14_000_000, "tls", "end", "TLSv1.3"),
    )
    assert "TLSv1.3" in choose(view, 7)
    assert "took 4.0 ms" in view.about.accessibleName()
    assert "HTTP/1.1 200" in choose(view, 1)
    assert "Round trip: 2.5 ms" in choose(view, 3)
    shown = choose(view, 4)
    assert "It stood still." in shown
    assert "Look at the server." in shown
    assert "Shown by: #3" in shown
    mode = mode_of(view, "facts")
    assert isinstance(mode, FactsView)
    with qtbot.waitSignal(view._spotlight.evidence_changed):
        mode.evidence.click()
    assert view._spotlight.chosen == 2
    assert "Close code: 1000" in choose(view, 5)


def png(width: int = 30, height: int = 20) -> bytes:
    image, buffer = QImage(width, height, QImage.Format.Format_RGB32), QBuffer()
    image.fill(QColor("#4080ff"))
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # a device, as Qt has it
    return bytes(buffer.data().data())


def test_pictures_and_sounds(detail: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    import base64

    coded = base64.b64encode(png()).decode()
    value = {
        "data": [{"b64_json": coded}],
        "url": f"data:image/png;base64,{coded}",
        "wav": base64.b64encode(b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 100).decode(),
    }
    broken = b"\x89PNG\r\n\x1a\n" + b"\0" * 90
    view = detail(*opening(), message(json.dumps(value).encode()), message(png(), 1), message(broken, 2), *ending())
    shown = choose(view, 2, "preview")
    mode = mode_of(view, "preview")
    assert isinstance(mode, PreviewView)
    assert "30 × 20" in shown
    assert [mode.which.itemText(place) for place in range(3)] == ["PNG  $.data[0].b64_json", "PNG  $.url", "WAV  $.wav"]
    assert mode.picture.image.width() == 30
    mode.which.setCurrentIndex(2)
    assert "Sound" in view.toPlainText()
    assert mode.picture.image.isNull()
    assert "30 × 20" in choose(view, 3)
    assert "damaged" in choose(view, 4)
    search = found_in(png())
    with pytest.raises(StopIteration):
        next(search)
    large = b'{"b64_json":"' + base64.b64encode(png() + bytes(3_000_000))
    digest = json.dumps({"sha512": "0123456789abcdef" * 8, "audio": "short", "id": "x" * 180}).encode()
    pcm = json.dumps({"type": "response.audio.delta", "delta": base64.b64encode(bytes(900)).decode()}).encode()
    assert [has_media(data, text=True) for data in (large, digest, pcm)] == [True, False, True]


def test_a_payload_is_saved(detail: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    view = detail(*opening(), message(b"\0\xff exact", 1), *ending())
    choose(view, 2)
    target = tmp_path / "event.bin"
    assert view._looked is not None
    view.saving.save(view._looked.source, target)
    qtbot.waitUntil(lambda: view.saving.isVisible() and view.saving.job is None)
    assert target.read_bytes() == b"\0\xff exact"
    assert "Saved" in view.saving.said.accessibleName()
    qtbot.mouseClick(view.save, Qt.MouseButton.LeftButton)
    dialog = view.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles()[0].endswith("event-3.bin")
    dialog.fileSelected.emit(str(tmp_path / "chosen.bin"))
    dialog.close()
    qtbot.waitUntil(lambda: view.saving.job is None and (tmp_path / "chosen.bin").exists())
    view.saving.save(view._looked.source, tmp_path / "no folder" / "x")
    qtbot.waitUntil(lambda: view.saving.job is None)
    assert "cannot be written" in view.saving.said.accessibleName()


def test_saving_is_stopped_and_leaves_what_was(qtbot: QtBot, dressed: QApplication, tmp_path: Path) -> None:
    class Endless:
        def size(self) -> int:
            return 1 << 50

        def read(self, start: int, size: int) -> bytes:
            return b"x" * 1000

    target = tmp_path / "kept"
    target.write_text("before")
    view = SavingView()
    qtbot.addWidget(view)
    view.save(Endless(), target)
    qtbot.waitUntil(lambda: view.halt.isVisible())
    view.halt.click()
    qtbot.waitUntil(lambda: view.job is None)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def made(found: list[Copy], label: str) -> str:
    return next(one for one in found if one.label == label).make()


def test_copies(detail: Opened, qtbot: QtBot) -> None:
    secret = "sk-very-secret-value"
    draft = Draft(auth=Choice("bearer", {"token": secret}), headers=(("X-Api-Key", "another-secret"),))
    echo = message(json.dumps({"you sent": secret, "and": "another-secret"}).encode(), 1)
    view = detail(*opening(), token(0, "hi"), echo, message(b"\xff\x00", 2), *ending(), draft=draft)
    feed = view._feed
    one = copies(feed, [2])
    assert json.loads(made(one, "Copy row as JSON"))["kind"] == "message"
    assert made(one, "Copy the text it added") == "hi"
    curl = made(one, "Copy the request as cURL")
    assert "https://host.example/v1/chat/completions" in curl
    assert "STREAMSCOPE_X_AUTH_TOKEN" in curl
    assert made(copies(feed, [4]), "Copy payload as hex") == "ff 00"
    for copied in (*copies(feed, [3]), *copies(feed, [2, 3, 4])):
        text = copied.make()
        assert secret not in text, copied.label
        assert "another-secret" not in text, copied.label
    several = copies(feed, [2, 3, 4])
    assert len(made(several, "Copy rows as JSON lines").splitlines()) == 3
    table = made(copies(feed, [2, 3], [("N", str), ("T", feed.text_of)]), "Copy rows as CSV")
    assert table.splitlines() == ["N,T", "2,hi", "3,"]
    menu = QMenu(view)
    copy_menu(menu, feed, [2])
    assert all(action.text() for action in menu.actions())
    next(action for action in menu.actions() if action.text() == "Copy payload").trigger()
    assert clipboard().startswith('{"id":"c"')
    assert copies(feed, []) == []


def test_hex_is_selected_with_the_mouse(detail: Opened, qtbot: QtBot) -> None:
    data = bytes(range(256))
    view = detail(*opening(), message(data, 1), *ending())
    choose(view, 2, "hex")
    mode = mode_of(view, "hex")
    assert isinstance(mode, PlainBytesView)
    shown = mode.bytes
    cell, line = shown._cell, shown._line

    def place(byte: int) -> QPoint:
        column = shown._hex.hex_column(byte % 16)
        return QPoint(round(8 + (column + 0.5) * cell), 2 + byte // 16 * line + line // 2)

    qtbot.mousePress(shown.viewport(), Qt.MouseButton.LeftButton, pos=place(0x12))
    qtbot.mouseMove(shown.viewport(), place(0x25))
    qtbot.mouseRelease(shown.viewport(), Qt.MouseButton.LeftButton, pos=place(0x25))
    assert shown.selection() == (0x12, 0x25)
    menu = QMenu(view)
    from streamscope.gui.live.detail.bytes_copies import add_copies

    add_copies(menu, shown.selected)
    copied = []
    for action in menu.actions():
        action.trigger()
        copied.append(clipboard())
    assert copied[1] == data[0x12:0x25].hex(" ")
    assert copied[2] == "EhMUFRYXGBkaGxwdHh8gISIjJA=="
    assert "0x12, 0x13" in copied[3]
    assert not QModelIndex().isValid()
