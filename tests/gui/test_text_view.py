"""The Text view on recorded exchanges: what is shown, followed, copied, found, pointed at."""

# ruff: noqa: F811 - a fixture is imported, and named where it is used

from array import array

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story, opening
from tests.gui.said import MS, Seen, call, clipboard, said, seen, words  # noqa: F401 - a fixture
from tests.gui.test_theme import contrast

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.gui.live.text import paged_view
from streamscope.gui.live.text.call_card import formatted
from streamscope.gui.live.text.display import LEFT_OUT, LONGEST
from streamscope.gui.live.text.heat import TINTS
from streamscope.gui.live.text.view import SaidView
from streamscope.gui.theme import DARK, LIGHT, Tokens
from streamscope.model.event import Closed, Message

pytestmark = pytest.mark.window


def test_reasoning_is_folded_apart_and_streams_while_open(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(
        said(30, {"reasoning_content": "Let me "}), said(1530, {"reasoning_content": "think."}), done=False
    )
    fold = view.choices[0].reasoning
    assert fold is not None
    assert not fold.text.isVisible()
    assert fold.header.text() == "Reasoning · 13 characters · 1.50 s"
    qtbot.mouseClick(fold.header, Qt.MouseButton.LeftButton)
    assert fold.text.toPlainText() == "Let me think."
    exchange.append(said(1600, {"reasoning_content": " More."}))
    qtbot.waitUntil(lambda: fold.text.document().toPlainText() == "Let me think. More.")
    exchange.append(said(1700, {"content": "Answer"}))
    qtbot.waitUntil(lambda: view.toPlainText() == "Answer")
    view.copy_all()
    assert clipboard() == "Answer"
    view.copy_all(reasoning=True)
    assert clipboard() == "Let me think. More.\n\nAnswer"


def test_calls_are_cards(seen: Seen) -> None:
    view, _ = seen(
        *call(0, "weather", '{"city":"Köln","n":[1]}'), *call(1, "half", '{"a":"b'), *call(2, "bad", '{"a":]')
    )
    cards = list(view.choices[0].calls.values())
    assert [card.name.accessibleName() for card in cards] == ["weather", "half", "bad"]
    assert [card.state for card in cards] == ["whole", "partial", "broken"]
    assert cards[0].text.toPlainText() == '{\n  "city": "Köln",\n  "n": [\n    1\n  ]\n}'
    assert cards[1].text.toPlainText() == '{"a":"b'
    cards[0].copy()
    assert clipboard() == '{"city":"Köln","n":[1]}'
    assert not view.main.isVisible(), "cards have the place of a text that there is none of"
    assert formatted(b"[" * 10_000 + b"]" * 10_000) is None


def test_refusals_and_errors_are_marked(seen: Seen, qtbot: QtBot) -> None:
    error = Message(700 * MS, "in", (1, 1), b'{"error":{"message":"out of memory"}}', "event", "error")
    view, _ = seen(said(30, {"refusal": "I will "}), said(40, {"refusal": "not."}), error)
    refusal = view.choices[0].refusal
    assert refusal is not None
    qtbot.waitUntil(refusal.text.isVisible)
    assert refusal.text.toPlainText() == "I will not."
    assert view.text() == "I will not."
    assert ["out of memory" in text for text in view.problems.texts] == [True]
    button = next(one for one in view.problems.findChildren(type(view.heat_button)))
    with qtbot.waitSignal(view._spotlight.view_requested) as asked:
        button.click()
    assert asked.args == ["events"]
    assert view._spotlight.chosen == 4


def test_choices_stand_beside_each_other_where_there_is_room(seen: Seen, qtbot: QtBot) -> None:
    events = [said(30 + n, {"content": f"w{n} "}, n % 4) for n in range(80)]
    view, _ = seen(*events, size=(1000, 400))
    assert [choice.main.isVisible() for choice in view.choices] == [True] * 4
    assert [choice.main.toPlainText()[:3] for choice in view.choices] == ["w0 ", "w1 ", "w2 ", "w3 "]
    view.resize(360, 400)
    assert [choice.isVisible() for choice in view.choices] == [True, False, False, False]
    view.columns._group.button(2).click()
    assert [choice.isVisible() for choice in view.choices] == [False, False, True, False]
    view.copy_all()
    assert [text[:3] for text in clipboard().split("\n\n")] == ["w0 ", "w1 ", "w2 ", "w3 "]
    view.resize(720, 400)
    assert sum(choice.isVisible() for choice in view.choices) == 3


def test_a_choice_that_was_not_seen_is_there_when_it_is(seen: Seen, qtbot: QtBot) -> None:
    view, _ = seen(*(said(30 + n, {"content": f"w{n} "}, n % 3) for n in range(60)), size=(360, 400))
    view.columns._group.button(1).click()
    qtbot.waitUntil(lambda: view.choices[1].main.document().toPlainText().startswith("w1 w4 "))
    view._spotlight.look_at(2 + 5)
    assert view.choices[2].isVisible(), "the choice in which the event spoke"
    view.copy_all()
    assert clipboard().split("\n\n")[2].startswith("w2 w5 ")


def test_what_is_copied_is_what_came(seen: Seen, qtbot: QtBot) -> None:
    text = "a\u202eb\0 " + "x" * 5000 + " e" + "\u0301" * 40 + "\r\n\x1b[31m end"
    view, _ = seen(*words(text))
    main = view.main
    assert "\u202e" not in main.document().toPlainText()
    assert main.document().blockCount() > 3, "an unbroken line is broken for display"
    assert main.document().characterCount() - 1 == main.pages.length
    main.setFocus()
    QTest.keyClick(main, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(main, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == text
    cursor = QTextCursor(main.document())
    start = len(text[: text.index("x")].encode())
    cursor.setPosition(main.pages.place(start))
    cursor.setPosition(main.pages.place(start + 5000, end=True), QTextCursor.MoveMode.KeepAnchor)
    main.setTextCursor(cursor)
    main.copy()
    assert clipboard() == "x" * 5000


def test_a_long_text_is_laid_out_in_part_and_there_in_full(
    seen: Seen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paged_view, "FOLLOWED", 300_000)
    monkeypatch.setattr(paged_view, "MOST", 400_000)
    monkeypatch.setattr(paged_view, "STEP", 30_000)
    text = "".join(f"line {number} 漢字\n" for number in range(80_000))
    view, _ = seen(*words(text, size=50_000))
    main = view.main
    assert view.toPlainText() == text
    qtbot.waitUntil(lambda: not main.behind)
    assert main.pages.start > 0
    assert main.document().toPlainText().endswith("line 79999 漢字\n")
    bar = main.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert not main.following
    for _ in range(20):
        top = main.text(*main.seen()).split("\n")[1]
        start = main.pages.start
        bar.setValue(3)
        top = main.text(*main.seen()).split("\n")[1]
        qtbot.waitUntil(lambda start=start: main.pages.start < start)
        assert main.text(*main.seen()).split("\n")[1] == top, "what is read stays where it is"
        assert main.document().characterCount() - 1 == main.pages.length <= 450_000
    assert main._earlier.text().startswith("Earlier text: ")
    main.go_to_start()
    assert main.document().toPlainText().startswith("line 0 ")
    for _ in range(20):
        end = main.pages.end
        bar.setValue(bar.maximum() - 5)
        top = main.text(*main.seen()).split("\n")[1]
        qtbot.waitUntil(lambda end=end: main.pages.end > end)
        assert main.text(*main.seen()).split("\n")[1] == top
        assert main.document().characterCount() - 1 == main.pages.length <= 400_000
    assert main.pages.start > 0, "what is far above is laid out no more"
    middle = text.index("line 40000")
    byte = len(text[:middle].encode())
    main.reveal(byte, byte + 10, select=True)
    assert main.textCursor().selectedText() == "line 40000"
    main.go_to_end()
    assert main.following
    assert main.document().toPlainText().endswith("line 79999 漢字\n")


def test_the_reader_stays_while_the_text_goes_on(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(*words("line\n" * 400, size=5), done=False)
    main = view.main
    qtbot.waitUntil(lambda: main.verticalScrollBar().maximum() > 100)
    main.verticalScrollBar().setValue(50)
    before = main.seen()[0]
    for number in range(30):
        exchange.append(said(9000 + number, {"content": "more\n"}))
    qtbot.waitUntil(lambda: main.newer.text() == "30 new ↓")
    assert main.seen()[0] == before
    main.newer.click()
    assert main.following
    assert not main.newer.isVisible()


def test_nothing_moves_while_the_reader_selects(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(*words("line\n" * 400, size=5), done=False)
    main, port = view.main, view.main.viewport()
    qtbot.waitUntil(lambda: main.verticalScrollBar().maximum() > 100)
    for _ in range(5):  # all is laid out
        QApplication.processEvents()
    before = main.seen()[0]
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    exchange.append(said(9000, {"content": "more\n" * 9}))
    qtbot.waitUntil(lambda: main.newer.isVisible())
    assert main.seen()[0] == before
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    assert main.following, "a click alone selects nothing"
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    qtbot.mouseMove(port, QPoint(60, 100))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(60, 100))
    if main.textCursor().hasSelection():  # not every platform sends the move
        assert not main.following


def test_a_word_tells_its_event_its_time_and_its_gap(seen: Seen, qtbot: QtBot) -> None:
    view, _ = seen(*words("one two three four five six ", size=4, gap=25))
    main = view.main
    view.activateWindow()
    main.setFocus()
    qtbot.waitUntil(main.hasFocus)
    cursor = main.textCursor()
    cursor.setPosition(9)
    main.setTextCursor(cursor)
    assert view._words.accessibleName() == "Event 5 · 0.080 s after Send · gap 25 ms"
    QTest.keyClick(main, Qt.Key.Key_Return)
    assert view._spotlight.chosen == 4
    point = main.cursorRect(cursor).center() + QPoint(2, 0)
    cursor.setPosition(1)
    main.setTextCursor(cursor)
    qtbot.mouseClick(main.viewport(), Qt.MouseButton.LeftButton, pos=main.cursorRect(cursor).center() + QPoint(2, 0))
    assert view._spotlight.chosen == 2
    qtbot.mouseMove(main.viewport(), point)
    qtbot.waitUntil(lambda: view._words.accessibleName().startswith("Event 5 "))


def test_what_other_views_point_at_is_marked(seen: Seen, qtbot: QtBot) -> None:
    view, _ = seen(*words("word " * 3000, size=5))
    main, spotlight = view.main, view._spotlight
    spotlight.look_at(60)
    assert main.seen()[0] <= 58 * 5 < main.seen()[1], "it is brought into view"
    assert not main.following

    def marked(token: str) -> list[str]:
        background = [(mark.cursor.selectedText(), mark.format.background().color()) for mark in main.extraSelections()]
        return [text for text, found in background if found == QColor(getattr(lane_theme(), token))]

    qtbot.waitUntil(lambda: marked("selected") == ["word "])
    spotlight.point_out(array("I", [62, 63]))
    qtbot.waitUntil(lambda: marked("info_line") == ["word "] * 2)
    spotlight.narrow((630 * MS, 700 * MS))
    qtbot.waitUntil(lambda: view._span.isVisible() and len(main.extraSelections()) >= 5)
    dimmed = [mark for mark in main.extraSelections() if mark.format.foreground().color() == QColor(lane_theme().muted)]
    assert len(dimmed[0].cursor.selectedText().split()) > 5
    spotlight.narrow(None)
    assert not view._span.isVisible()


def lane_theme():  # type: ignore[no-untyped-def]
    from streamscope.gui.theme import theme

    return theme.tokens


def test_slow_tokens_are_coloured_on_demand(seen: Seen, qtbot: QtBot) -> None:
    events, t = [], 30
    for number in range(60):
        t += {20: 25, 30: 55, 40: 900}.get(number, 10)
        events.append(said(t, {"content": f"w{number} "}))
    view, _ = seen(*events)
    assert not view.main.extraSelections()
    view.heat_button.click()
    marks = view.main.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["w20 ", "w30 ", "w40 "]
    tokens = lane_theme()
    wanted = [QColor(one) for one in (tokens.warn_soft, tokens.warn_line, tokens.error_line)]
    assert [mark.format.background().color() for mark in marks] == wanted
    assert "10 ms" in view._legend._words.accessibleName()
    view.heat_button.click()
    assert not view.main.extraSelections()


def test_find_counts_and_goes_around(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(
        said(20, {"reasoning_content": "A Harbour thought."}),
        *words("The harbour. " + "x " * 3000 + "HARBOUR 漢 harbour", size=9),
        done=False,
    )
    view.open_find()
    QTest.keyClicks(view.bar.sought, "harbour")
    qtbot.waitUntil(lambda: view.bar.count.text() == "1 of 4")
    assert view.choices[0].reasoning.header.isChecked(), "a hit within a fold opens it"
    QTest.keyClick(view.bar.sought, Qt.Key.Key_Return)
    assert view.main.textCursor().selectedText() == "harbour"
    QTest.keyClick(view.bar.sought, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view.bar.sought, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.bar.count.text() == "4 of 4"
    assert view.main.textCursor().selectedText() == "harbour"
    exchange.append(said(9000, {"content": " harbour!"}))
    qtbot.waitUntil(lambda: view.bar.count.text() == "4 of 5")
    view.bar.case.click()
    qtbot.waitUntil(lambda: view.bar.count.text() == "1 of 3")
    QTest.keyClick(view.bar.sought, Qt.Key.Key_Escape)
    assert not view.bar.isVisible()


def test_text_of_no_event_has_its_place(seen: Seen) -> None:
    view, _ = seen()
    assert view.main.placeholderText().startswith("The answer brought no text")
    view.append_text("The body:\n\nno", 1)
    assert view.toPlainText() == "The body:\n\nno"
    assert view.main.document().toPlainText() == "The body:\n\nno"
    assert view.main.lane.event_at(2) == -1


def test_new_text_is_told_in_sentences(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(*words("One is told. Two is not y"), done=False)
    announcer = view._announcer
    announcer._told = 0
    announcer.follow = lambda **_: None  # nobody listens here: it would take all for told
    assert announcer.sentences() == "One is told."
    assert announcer.sentences() == ""
    exchange.append(said(9000, {"content": "et. \u202eThree"}))
    qtbot.waitUntil(lambda: view.toPlainText().endswith("Three"))
    assert announcer.sentences() == "Two is not yet."
    assert announcer.sentences(ended=True) == "⟨RLO⟩Three"
    exchange.append(said(9100, {"content": "Many. " * 2000}))
    qtbot.waitUntil(lambda: view.main.shown > 10_000)
    assert len(announcer.sentences()) <= 400


def test_an_unseen_view_shows_what_was_chosen_when_it_is_seen(seen: Seen, qtbot: QtBot) -> None:
    view, _ = seen(*words("word " * 3000, size=5))
    assert view.main.following
    view.hide()
    view._spotlight.look_at(60)
    assert view.main.following
    view.show()
    qtbot.waitUntil(lambda: view.main.seen()[0] <= 58 * 5 < view.main.seen()[1])


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_marked_text_can_be_read(tokens: Tokens) -> None:
    for tint in (*TINTS, "info_line", "warn_line", "selected", "hover", "error_soft", "window", "surface"):
        assert contrast(tokens.text, getattr(tokens, tint)) >= 4.5, tint


def test_a_paused_view_stands_still(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(*words("one two "), done=False)
    view._feed.pause(True)
    exchange.append(said(9000, {"content": "three"}))
    view._feed.pull()
    view.follow()
    assert view.toPlainText() == "one two "
    view._feed.pause(False)
    qtbot.waitUntil(lambda: view.toPlainText() == "one two three")


def test_ten_megabytes_in_one_line_and_floods(seen: Seen, qtbot: QtBot) -> None:
    flood = "e" + "\u0301" * 200_000
    view, _ = seen(said(30, {"content": "x" * 10_000_000}), said(40, {"content": flood}), said(50, {"content": "end"}))
    main = view.main
    assert view.toPlainText() == "x" * 10_000_000 + flood + "end"
    qtbot.waitUntil(lambda: not main.behind)
    shown = main.document().toPlainText()
    assert shown.endswith(LEFT_OUT + "end")
    assert max(map(len, shown.split("\n"))) <= LONGEST + 40
    assert main.pages.length < 300_000
    view.open_find()
    view.bar.sought.setText("xe")
    qtbot.waitUntil(lambda: view.bar.count.text() == "1 of 1")


def test_a_thousand_calls_and_choices_are_bounded(seen: Seen) -> None:
    calls = [{"index": n, "id": f"c{n}", "function": {"name": "f", "arguments": "{}"}} for n in range(1000)]
    view, _ = seen(said(30, {"tool_calls": calls}), *(said(40, {"content": "x"}, n * 1000) for n in range(100)))
    assert len(view.choices[0].calls) == 40
    assert view.choices[0]._more_calls.text() == "and 960 more calls: Events has them"
    assert len(view.choices) == 12
    assert view.columns._more.text().endswith(" more: Events has them")


def test_the_reader_stays_when_the_width_changes(seen: Seen, qtbot: QtBot) -> None:
    view, _ = seen(*words("".join(f"word{number} " * 40 + "\n\n" for number in range(300)), size=500))
    main = view.main
    qtbot.waitUntil(lambda: main.verticalScrollBar().maximum() > 100)
    main.verticalScrollBar().setValue(main.verticalScrollBar().maximum() // 2)
    top = main.text(*main.seen()).split()[0]
    for width in (400, 800, 640):
        view.resize(width, 480)
        for _ in range(5):
            QApplication.processEvents()
        assert main.text(*main.seen()).split()[0] == top
    main.go_to_end()
    view.resize(400, 480)
    QApplication.processEvents()
    assert main.verticalScrollBar().value() == main.verticalScrollBar().maximum()


def test_find_looks_into_calls(seen: Seen, qtbot: QtBot) -> None:
    view, exchange = seen(*words("text ", size=5), *call(0, "f", '{"city": "Oslo"'), done=False)
    view.open_find()
    view.bar.sought.setText("oslo")
    qtbot.waitUntil(lambda: view.bar.count.text() == "1 of 1")
    exchange.append(said(9000, {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}))
    card = view.choices[0].calls["0"]
    qtbot.waitUntil(lambda: card.state == "whole")
    qtbot.waitUntil(lambda: view.bar.count.text() == "– of 1")
    view.bar.go(1)
    assert card.text.textCursor().selectedText() == "Oslo"


def test_menus_copy(seen: Seen, qtbot: QtBot) -> None:
    view, _ = seen(said(25, {"reasoning_content": "Hm."}), *words("one two three "))

    def chosen(text: str) -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.close()

    copy = next(one for one in view.findChildren(QToolButton) if one.accessibleName() == "Copy the text")
    for text, wanted in (("Copy all text", "one two three "), ("Copy text with reasoning", "Hm.\n\none two three ")):
        copy.click()
        chosen(text)
        assert clipboard() == wanted
    point = view.main.cursorRect(view.main.textCursor()).center() - QPoint(20, 0)
    for text in ("Copy all text", "Select all", "Look at its event"):
        QApplication.clipboard().clear()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.main.viewport().mapToGlobal(point))
        QApplication.sendEvent(view.main.viewport(), event)
        chosen(text)
        if text == "Copy all text":
            assert clipboard() == "one two three "
    assert view.main.selected() == (0, 14)
    assert view._spotlight.chosen == 4


def test_everything_has_a_name_and_fits_a_narrow_pane(seen: Seen, qtbot: QtBot) -> None:
    error = Message(700 * MS, "in", (1, 1), b'{"error":{"message":"' + b"x" * 400 + b'"}}', "event", "error")
    letters = "iVBORw0KGgo" + "A" * 900
    view, _ = seen(
        said(25, {"reasoning_content": "Hm. " * 90}),
        *words("word " * 400, size=5),
        *(said(30, {"content": "other"}, choice) for choice in range(8)),
        *call(0, "name" * 80, '{"a":"' + "b" * 300 + '"}'),
        error,
        Message(800 * MS, "in", (1, 1), b'{"b64_json":"' + letters.encode() + b'"}', "event"),
        size=(360, 700),
    )
    view.show_heat(True)
    view.open_find()
    view._spotlight.narrow((0, 10**12))
    view.choices[0].reasoning.open()
    qtbot.waitUntil(lambda: view._files != [])
    qtbot.wait(1)
    assert view.minimumSizeHint().width() <= 360
    assert view.width() == 360
    nameless = [
        type(one).__name__
        for one in view.findChildren(QWidget)
        if one.isVisible() and one.focusPolicy() and not (one.accessibleName() or getattr(one, "text", str)())
    ]
    assert nameless == []


def test_what_is_over_is_read_from_its_beginning(qtbot: QtBot, dressed: QApplication, story: Story) -> None:
    exchange = story(*opening(), *words("word after word\n" * 3000, size=5), Closed(9_000 * MS, "server"))
    feed = Feed(derived_of(exchange))
    view = SaidView(feed, Spotlight(feed))
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    feed.finished.connect(view.follow)
    feed.begin()
    qtbot.waitUntil(lambda: feed.done)
    assert view.verticalScrollBar().value() == 0
    assert view.toPlainText().startswith("word after word")
    assert not view.main.newer.isVisible()
    feed.end()
