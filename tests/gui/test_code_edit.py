"""The editor: exact text, keys, folding, finding, judging, large texts, and undo that stays with its document."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from streamscope.gui.code import CodeDocument, CodeEdit
from streamscope.gui.code.folding import folded

pytestmark = pytest.mark.window

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
ANY = st.text(alphabet=st.characters(exclude_categories=[]), max_size=40)
LAID = '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {\n    "c": "x"\n  }\n}'


@pytest.fixture
def edit(qtbot: QtBot, dressed: QApplication) -> CodeEdit:
    made = CodeEdit("Body")
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    return made


def put_cursor(edit: CodeEdit, position: int, anchor: int | None = None) -> None:
    cursor = edit.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)


def shown_lines(edit: CodeEdit) -> list[str]:
    document, lines = edit.document(), []
    block = document.begin()
    while block.isValid():
        if block.isVisible():
            lines.append(block.text())
        block = block.next()
    return lines


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(ANY)
def test_a_text_is_kept_exactly(edit: CodeEdit, text: str) -> None:
    edit.set_text(text)
    assert edit.text() == text
    edit.selectAll()
    edit.grab()
    assert edit.text() == text, "being painted changes nothing"


@pytest.mark.parametrize(
    "text",
    ["a\r\nb\r\n", "a\r\nb\n", "a\rb", "a\u2028b\u2029c", "a\u00a0b", "\0", "\ud800x\udc00", "\u202eשלום e\u0301 😀\t"],
)
def test_editing_keeps_what_is_strange(edit: CodeEdit, text: str) -> None:
    edit.set_text(text)
    put_cursor(edit, 0)
    QTest.keyClicks(edit, "zz")
    assert edit.text() == "zz" + text
    edit.undo()
    assert edit.text() == text


def test_painting_is_no_change(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text(LAID)
    heard: list[int] = []
    edit.textChanged.connect(lambda: heard.append(1))
    edit.grab()
    edit.fold()
    edit.grab()
    edit.unfold()
    QTest.qWait(1)
    assert heard == []


def test_copy_and_paste_are_exact(edit: CodeEdit) -> None:
    edit.set_text("a\u00a0b\nc\u2028d")
    edit.selectAll()
    edit.copy()
    assert QGuiApplication.clipboard().text() == "a\u00a0b\nc\u2028d"
    other = QMimeData()
    other.setText("1\r\n2")
    edit.insertFromMimeData(other)
    assert edit.text() == "1\n2"
    assert "LF" in edit.notice.text(), "the change is said"
    edit.undo()
    assert edit.text() == "a\u00a0b\nc\u2028d"


def test_brackets_and_quotes_come_in_pairs(edit: CodeEdit) -> None:
    QTest.keyClicks(edit, '{"a":[1]}')
    assert edit.text() == '{"a":[1]}'
    edit.set_text("")
    QTest.keyClick(edit, "{")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "{\n  \n}"
    QTest.keyClicks(edit, '"it\\"s')
    assert edit.text() == '{\n  "it\\"s"\n}'
    edit.set_text("")
    QTest.keyClick(edit, "[")
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert edit.text() == ""
    edit.set_text("word,")
    put_cursor(edit, 4, 0)
    QTest.keyClick(edit, '"')
    assert edit.text() == '"word",'
    assert edit.textCursor().selectedText() == "word"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(alphabet='ab{}[]":, \\{é', max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='k{["', max_size=3), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_json_that_is_typed_over_a_selection_comes_out_as_typed(edit: CodeEdit, value: object) -> None:
    text = json.dumps(value)
    edit.set_text('{"old": 1}')
    edit.selectAll()
    QTest.keyClicks(edit, text)
    assert edit.text() == text


def test_a_new_line_is_indented(edit: CodeEdit) -> None:
    edit.set_text('{\n  "a": 1,')
    put_cursor(edit, len(edit.text()))
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "x")
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClick(edit, "}")
    assert edit.text() == '{\n  "a": 1,\n}'


def test_tab_indents_where_it_is_meant_and_else_moves_on(qtbot: QtBot, dressed: QApplication) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    edit, after = CodeEdit("Body"), QLineEdit()
    column.addWidget(edit)
    column.addWidget(after)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after, "an empty editor is passed through"
    edit.set_text("{\n1\n}")
    edit.setFocus()
    put_cursor(edit, 2)
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.text() == "{\n  1\n}"
    QTest.keyClick(edit, Qt.Key.Key_Backtab, SHIFT)
    assert edit.text() == "{\n1\n}"
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.text() == "  {\n  1\n  }"
    edit.undo()
    assert edit.text() == "{\n1\n}"
    put_cursor(edit, 3)
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert after.hasFocus()
    edit.setFocus()
    put_cursor(edit, 2)
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert after.hasFocus(), "Esc, Tab leaves from everywhere"
    assert edit.text() == "{\n1\n}"


def test_the_editors_keys_win_over_the_windows(qtbot: QtBot, dressed: QApplication) -> None:
    window, page = QMainWindow(), QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(page)
    edit = CodeEdit("Body")
    column.addWidget(edit)
    window.setCentralWidget(page)
    heard: list[str] = []
    for keys in ("Ctrl+F", "Esc", "Ctrl+L"):
        action = QAction(window)
        action.setShortcut(keys)
        action.triggered.connect(lambda _checked=False, keys=keys: heard.append(keys))
        window.addAction(action)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_F, CONTROL)
    assert edit.bar.isVisible()
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_Escape)
    assert not edit.bar.isVisible()
    assert heard == []
    QTest.keyClick(edit, Qt.Key.Key_L, CONTROL)
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert heard == ["Ctrl+L", "Esc"]


def test_folding_with_keys_and_the_margin(edit: CodeEdit) -> None:
    edit.set_text(LAID)
    put_cursor(edit, LAID.index("1"))
    QTest.keyClick(edit, Qt.Key.Key_BracketLeft, CONTROL | SHIFT)
    assert shown_lines(edit) == ["{", '  "a": [', "  ],", '  "b": {', '    "c": "x"', "  }", "}"]
    assert edit.textCursor().block().text() == '  "a": ['
    assert edit.text() == LAID
    QTest.keyClick(edit, Qt.Key.Key_BraceRight, CONTROL | SHIFT)
    assert shown_lines(edit) == LAID.split("\n")
    rect = edit.blockBoundingGeometry(edit.document().firstBlock()).translated(edit.contentOffset())
    arrow = QPoint(edit.margin.width() - 8, round(rect.center().y()))
    QTest.mouseClick(edit.margin, Qt.MouseButton.LeftButton, pos=arrow)
    assert shown_lines(edit) == ["{", "}"]
    edit.grab()
    QTest.mouseClick(edit.margin, Qt.MouseButton.LeftButton, pos=arrow)
    assert shown_lines(edit) == LAID.split("\n")


def test_nothing_stays_hidden_when_its_bracket_goes(edit: CodeEdit) -> None:
    edit.set_text(LAID)
    edit.toggle_fold(edit.document().findBlockByNumber(1))
    assert folded(edit.document().findBlockByNumber(1))
    put_cursor(edit, LAID.index("[") + 1)
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert len(shown_lines(edit)) == len(LAID.split("\n"))
    edit.undo()
    edit.toggle_fold(edit.document().findBlockByNumber(1))
    edit.show_place(LAID.index("2"))
    assert len(shown_lines(edit)) == len(LAID.split("\n")), "what is shown is unfolded"


def test_brackets_that_belong_together_are_marked(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text(LAID)
    put_cursor(edit, 1)
    qtbot.waitUntil(lambda: len(edit.extraSelections()) == 2)
    assert [mark.cursor.selectionStart() for mark in edit.extraSelections()] == [0, len(LAID) - 1]
    put_cursor(edit, LAID.index("]"))
    qtbot.waitUntil(
        lambda: {m.cursor.selectionStart() for m in edit.extraSelections()} == {LAID.index("["), LAID.index("]")}
    )


def test_find_counts_goes_round_and_follows_the_text(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text("one two One 😀 one\nbone")
    QTest.keyClick(edit, Qt.Key.Key_F, CONTROL)
    assert edit.bar.isVisible()
    QTest.keyClicks(edit.bar.sought, "one")
    assert edit.bar.count.text() == "1 of 4"
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_Return)
    assert edit.bar.count.text() == "2 of 4"
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_F3)
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_F3)
    assert edit.bar.count.text() == "4 of 4"
    assert edit.textCursor().blockNumber() == 1
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_F3)
    assert edit.bar.count.text() == "1 of 4"
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_F3, SHIFT)
    assert edit.bar.count.text() == "4 of 4"
    edit.bar.word.click()
    assert edit.bar.count.text().endswith("of 3")
    edit.bar.case.click()
    assert edit.bar.count.text().endswith("of 2")
    edit.bar.word.click()
    edit.bar.regex.click()
    edit.bar.sought.setText("(")
    assert edit.bar.count.text() == "Not a pattern"
    edit.set_text("a" * 3000 + "b")
    edit.bar.sought.setText("(a+)+$")
    assert edit.bar.count.text() == "Not a pattern", "one without an end does not stop the window"
    edit.set_text("one two\nbone")
    edit.bar.sought.setText("^b")
    assert edit.bar.count.text() == "1 of 1"
    edit.put("bb\nb")
    qtbot.waitUntil(lambda: edit.bar.count.text() == "– of 2")
    QTest.keyClick(edit.bar.sought, Qt.Key.Key_Escape)
    assert not edit.bar.isVisible()
    assert edit.hasFocus()


def test_replace_one_and_all_as_one_step(edit: CodeEdit) -> None:
    edit.set_text("a1 b2 😀 c3")
    QTest.keyClick(edit, Qt.Key.Key_H, CONTROL)
    edit.bar.regex.click()
    edit.bar.sought.setText(r"([a-c])(\d)")
    edit.bar.replacement.setText(r"$2\1")
    QTest.keyClick(edit.bar.replacement, Qt.Key.Key_Return)
    assert edit.text() == "1a b2 😀 c3"
    assert edit.bar.count.text() == "1 of 2"
    edit.bar._all.click()
    assert edit.text() == "1a 2b 😀 3c"
    edit.undo()
    assert edit.text() == "1a b2 😀 c3"
    edit.undo()
    assert edit.text() == "a1 b2 😀 c3"


def test_format_and_minify_are_steps_that_can_be_undone(edit: CodeEdit) -> None:
    text = '{"b":[1.0,{{x}}],"a":12345678901234567890,"a":"\\u00e9"}'
    edit.set_text(text)
    QTest.keyClick(edit, Qt.Key.Key_F, CONTROL | SHIFT)
    assert edit.text().split("\n")[1:4] == ['  "b": [', "    1.0,", "    {{x}}"]
    QTest.keyClick(edit, Qt.Key.Key_F, CONTROL | ALT)
    assert edit.text() == text
    edit.undo()
    edit.undo()
    assert edit.text() == text
    edit.set_text('{"a": "not closed\n  , "b": 1}')
    QTest.keyClick(edit, Qt.Key.Key_F, CONTROL | SHIFT)
    assert edit.text() == '{"a": "not closed\n  , "b": 1}'
    assert "not closed" in edit.notice.text()


def test_a_mistake_is_marked_told_and_gone_to(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text('{\n  "😀": 1\n  "b": 2\n}')
    assert edit.mistake is not None
    assert (edit.mistake.line, edit.mistake.column) == (3, 3)
    QTest.keyClick(edit, Qt.Key.Key_F8)
    assert edit.textCursor().positionInBlock() == 2
    put_cursor(edit, edit.document().findBlockByNumber(1).position() + 9)
    with qtbot.waitSignal(edit.checked, check_params_cb=lambda told: told == ""):
        QTest.keyClicks(edit, ",")
    assert edit.mistake_block() == -1
    edit.set_text('["\ud800"]')
    assert edit.mistake is not None
    assert "U+D800" in edit.mistake.what
    edit.set_text("no json")
    assert edit.mistake is None
    edit.judge_json("always")
    assert edit.mistake is not None


def test_undo_goes_with_its_document(edit: CodeEdit) -> None:
    edit.set_text("first")
    put_cursor(edit, 5)
    QTest.keyClicks(edit, "!")
    kept = edit.code_document()
    edit.set_code_document(CodeDocument("second"))
    QTest.keyClicks(edit, "?")
    assert edit.text() == "?second"
    edit.set_code_document(kept)
    assert edit.text() == "first!"
    assert edit.textCursor().position() == 6
    edit.undo()
    assert edit.text() == "first"
    assert not kept.isUndoAvailable()


def test_a_large_paste_comes_in_pieces_says_so_and_is_one_step(edit: CodeEdit, qtbot: QtBot) -> None:
    text = '  {"role": "user", "content": "Clear water runs past the clock"},\n' * 20_000
    edit.set_text("[😀\n]")
    put_cursor(edit, 4)
    data = QMimeData()
    data.setText(text)
    edit.insertFromMimeData(data)
    assert edit.code_document().busy
    assert edit.text() == "[😀\n" + text + "]", "what is asked for meanwhile is all of it"
    qtbot.waitUntil(lambda: "%" in edit.notice.text())
    QTest.keyClicks(edit, "x")
    qtbot.waitUntil(lambda: not edit.code_document().busy, timeout=20_000)
    assert edit.text() == "[😀\n" + text + "]"
    assert edit.notice.isHidden()
    assert not edit.isReadOnly()
    edit.undo()
    assert edit.text() == "[😀\n]"


def test_a_large_paste_can_be_stopped(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text("before")
    edit.selectAll()
    data = QMimeData()
    data.setText("x\n" * 1_000_000)
    edit.insertFromMimeData(data)
    assert edit.code_document().busy
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.code_document().busy
    assert edit.text() == "before"
    assert not edit.isReadOnly()


def test_a_large_text_that_is_set_counts_at_once(edit: CodeEdit, qtbot: QtBot) -> None:
    text = "[" + "1,\r\n" * 300_000 + "1]"
    heard: list[str] = []
    edit.set_text(text)
    assert edit.text() == text
    assert edit.code_document().busy
    assert edit.isReadOnly()
    edit.checked.connect(heard.append)
    qtbot.waitUntil(lambda: not edit.code_document().busy, timeout=20_000)
    assert edit.text() == text
    assert not edit.code_document().isUndoAvailable()
    qtbot.waitUntil(lambda: heard == [""])
    put_cursor(edit, 1)
    QTest.keyClicks(edit, "7")
    edit.undo()
    assert edit.text() == text


def test_a_very_long_line_stays_plain_and_says_so(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text("[" + "1," * 20_000 + "1]")
    edit.grab()
    assert not edit.document().firstBlock().layout().formats()
    assert "not coloured" in edit.notice.text()
    edit.format_text()
    qtbot.waitUntil(lambda: edit.blockCount() > 1)
    edit.grab()
    assert edit.document().findBlockByNumber(1).layout().formats()
    assert edit.notice.isHidden()


def test_only_what_is_seen_is_coloured(edit: CodeEdit) -> None:
    edit.set_text("[\n" + '  "text",\n' * 5000 + "]")
    edit.grab()
    assert edit.document().findBlockByNumber(1).layout().formats()
    assert not edit.document().findBlockByNumber(3000).layout().formats()
    edit.show_place(edit.document().findBlockByNumber(3000).position())
    edit.grab()
    assert edit.document().findBlockByNumber(3000).layout().formats()
