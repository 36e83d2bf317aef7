"""Two exchanges side by side: texts aligned, curves on one scale, figures and findings; stopped and begun again."""

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.exchanges import ALL, MS, stream
from tests.gui.conftest import Story

from streamscope.engine.compare import Passage
from streamscope.engine.derived import Derived
from streamscope.engine.runs import curve_of
from streamscope.gui.live.compare import view as views
from streamscope.gui.live.compare.overlay import OverlayView, came, ticks, time_at
from streamscope.gui.live.compare.sides import title_of
from streamscope.gui.live.compare.text import DiffView
from streamscope.gui.live.compare.view import CompareView
from streamscope.gui.live.tab import derived_of
from streamscope.gui.theme import theme
from streamscope.model.draft import Draft
from streamscope.model.event import Control, Event, Message
from streamscope.store.recordings import Recordings

pytestmark = pytest.mark.window
A = ("The", " harbour", " wakes", " before", " the", " town", ".")
B = ("The", " harbour", " sleeps", " before", " the", " town", " does", ".")


def read(story: Story, events: list[Event]) -> Derived:
    derived = derived_of(story(*events))
    while derived.advance(1.0):
        pass
    return derived


def compared(qtbot: QtBot, a: Derived, b: Derived, width: int = 900) -> CompareView:
    view = CompareView(("POST /v1 · public", a), ("POST /v1 · direct", b))
    qtbot.addWidget(view)
    view.resize(width, 500)
    view.show()
    qtbot.waitUntil(lambda: not view.busy)
    return view


def cells(view: CompareView, part: str) -> dict[str, list[str]]:
    return {row[0].text: [cell.text for cell in row[1:]] for row in getattr(view, part).cells.rows}


def test_two_exchanges_side_by_side(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    slow = stream(B, gap=80 * MS)
    slow.insert(-1, Control(slow[-1].t, "in", "field", "strange"))
    view = compared(qtbot, read(story, stream(A)), read(story, slow))
    assert view.words() == "Differences in the text: 2"
    assert [edit.toPlainText() for edit in view.text.both] == ["".join(A), "".join(B)]
    assert view.text.one.toPlainText() == "The harbour wakes sleeps before the town does."
    figures = cells(view, "figures")
    assert figures["First token"] == ["71 ms", "111 ms", "+40 ms", "1.56 ×", "A"]
    assert figures["Speed for one user"][-1] == "A"
    assert figures["First byte"][2:] == ["0 ms", "1.00 ×", ""]
    moments = cells(view, "moments")
    assert moments["First"] == ["71 ms", "111 ms", "+40 ms", "B is later"]
    assert len(moments) == 7
    found = [[cell.text for cell in row] for row in view.findings.cells.rows]
    assert ["only B", "Warning"] in [row[:2] for row in found]
    assert "both" in {row[0] for row in found}
    for index in range(view.tabs.count()):
        view.tabs.setCurrentIndex(index)
        view.grab()


def test_steps_go_from_one_difference_to_the_next(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view = compared(qtbot, read(story, stream(A)), read(story, stream(B)))
    view.activateWindow()
    view.text.on.click()
    assert view.text._told.accessibleName() == "Difference 1 of 2 · A #19, 151 ms · B #19, 151 ms"
    assert view.text.both[0].extraSelections()[0].cursor.selectedText() == " wakes"
    assert view.text.both[1].extraSelections()[0].cursor.selectedText() == " sleeps"
    view.text.on.click()
    assert view.text._told.accessibleName().startswith("Difference 2 of 2")
    view.text.on.click()
    assert view.text._told.accessibleName().startswith("Difference 1 of 2")
    view.text.back.click()
    assert view.text._told.accessibleName().startswith("Difference 2 of 2")
    view.resize(380, 500)
    qtbot.waitUntil(view.text.one.isVisible)
    theme.changed.emit()
    assert view.text.one.toPlainText() == "The harbour wakes sleeps before the town does."


def test_what_an_exchange_is_called_beside_others(story: Story) -> None:
    title = title_of(read(story, stream(A)))
    assert title.startswith("POST /v1/chat/completions · ")
    assert "127.0.0.1:8000" in title
    assert title_of(read(story, [])) == "An exchange without a request"


def test_the_same_text_and_no_text(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view = compared(qtbot, read(story, stream(A)), read(story, stream(tuple("".join(A)))))
    assert view.words() == "The same text, 34 characters"
    assert not view.text.on.isEnabled()
    view.text.go(0)
    nothing = compared(qtbot, read(story, ALL["refused"]), read(story, ALL["conversation"]), 380)
    assert nothing.words().startswith(("The same text", "Differences"))
    for index in range(4):
        nothing.tabs.setCurrentIndex(index)
        nothing.grab()


def test_it_can_be_stopped_and_begun_again(
    qtbot: QtBot, dressed: QApplication, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    real = views._compared

    def slowly(*arguments: object) -> object:
        go.wait(20)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "_compared", slowly)
    view = CompareView(("A", read(story, stream(A))), ("B", read(story, stream(B))))
    qtbot.addWidget(view)
    view.show()
    assert view.busy
    assert view.stop.isVisible()
    view.stop.click()
    go.set()
    assert not view.busy
    assert "Stopped" in view.words()
    assert view.compared is None
    view.compare()
    qtbot.waitUntil(lambda: view.compared is not None)
    assert not view.stop.isVisible()


def test_a_recording_that_is_gone_is_told(qtbot: QtBot, dressed: QApplication, story: Story, tmp_path: Path) -> None:
    exchange = Recordings(tmp_path).new(Draft())
    for event in stream(A):
        exchange.append(event)
    exchange.close()
    derived = derived_of(exchange)
    while derived.advance(1.0):
        pass
    assert exchange.path is not None
    shutil.rmtree(exchange.path)
    view = compared(qtbot, derived, read(story, stream(B)))
    assert view.words()
    view.text.go(0)
    view.grab()


def test_a_long_text_that_takes_too_long_says_so(
    qtbot: QtBot, dressed: QApplication, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_SECONDS", -1.0)
    view = compared(qtbot, read(story, stream(A)), read(story, stream(B)))
    assert "took too long" in view.words()
    assert view.text.both[1].toPlainText() == "".join(B)


def test_reasoning_is_compared_too(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    def thinking(word: str) -> list[Event]:
        events = stream(A)
        at = next(n for n, event in enumerate(events) if isinstance(event, Message))
        data = b'{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"reasoning_content":"%s"}}]}'
        message = Message(events[at].t, "in", (3, 3), data % word.encode(), "event", "message")
        return [*events[:at], message, *events[at:]]

    view = compared(qtbot, read(story, thinking("Hm yes")), read(story, thinking("Hm no")))
    assert [view.lane.itemText(at) for at in range(view.lane.count())] == ["Text", "Reasoning"]
    assert view.words().startswith("The same text")
    view.lane.setCurrentIndex(1)
    view.lane.activated.emit(1)
    qtbot.waitUntil(lambda: not view.busy)
    assert view.text.one.toPlainText() == "Hm yes no"


def test_texts_that_would_steer_the_layout(qtbot: QtBot, dressed: QApplication) -> None:
    view = DiffView()
    qtbot.addWidget(view)
    view.resize(800, 300)
    view.show()
    evil = "a\x00b\u202ec\u2028d\x1b[31m"
    view.show_passages([Passage("replace", evil, "x" * 5000, 0, 0), Passage("equal", "y\n" * 3000, "y\n" * 3000, 1, 1)])
    qtbot.waitUntil(lambda: view.full)
    assert view.both[0].document().firstBlock().text() == "a␀b␦c⏎d␛[31my"
    assert max(len(line) for line in view.both[1].toPlainText().split("\n")) <= 1000
    bar = view.both[0].verticalScrollBar()
    bar.setValue(2000)
    tops = [edit.cursorForPosition(QPoint(14, 2)).position() for edit in view.both]
    starts = [view._starts[side][1] for side in (0, 1)]
    assert abs((tops[0] - starts[0]) - (tops[1] - starts[1])) <= 8


def test_curves_are_read_off_with_keys_and_pointer(qtbot: QtBot, dressed: QApplication) -> None:
    view = OverlayView()
    qtbot.addWidget(view)
    view.resize(500, 240)
    view.grab()
    view.show_curves((curve_of([10.0, 20, 30, 40]), curve_of([100.0, 400])))
    view.show()
    assert view.read(25.0) == "25 ms · A 2 · B 0"
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription().startswith("29 ms")
    QTest.mouseMove(view, QPoint(480, 100))
    view.grab()
    assert view.as_csv().splitlines() == [
        "side,ms,messages", "A,10.0000,1", "A,20.0000,2", "A,30.0000,3", "A,40.0000,4", "B,100.0000,1", "B,400.0000,2",
    ]  # fmt: skip
    copies = {action.text(): action for action in view.actions()}
    copies["Copy picture"].trigger()
    assert QGuiApplication.clipboard().image().width() >= 500
    assert came(curve_of([]), 5) == 0
    assert time_at(curve_of([]), 0.5) is None
    assert ticks(100, 4) == [0, 50, 100]
    assert ticks(3, 5) == [0, 1, 2, 3]


def test_figures_are_copied_as_csv(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    view = compared(qtbot, read(story, stream(A)), read(story, stream(B)))
    view.tabs.setCurrentIndex(2)
    view.activateWindow()
    view.figures.setFocus()
    qtbot.waitUntil(view.figures.hasFocus)
    view.figures.selectRow(0)
    QTest.keyClick(view.figures, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Figure,A,B,B − A,B ÷ A,Better", "First byte,30 ms,30 ms,0 ms,1.00 ×,",
    ]  # fmt: skip
