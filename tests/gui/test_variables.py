"""{{variables}} in editors: colours, hover and the names that are offered."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from streamscope.gui.code import CodeEdit
from streamscope.gui.theme import theme
from streamscope.gui.variables import VariableMarks, VariablesModel
from streamscope.model.environment import Known, Variables

KNOWN = Variables(
    {
        "host": Known("https://{{name}}.example", "Staging"),
        "name": Known("a", "Globals"),
        "key": Known(None, "Staging", secret=True),
        "holder": Known("Bearer {{key}}", "Staging"),
        "loop": Known("{{loop}}", "Staging"),
        "model name.1": Known("", "x"),
        "model": Known("<b>qwen</b>", "this call"),
    },
    chosen=True,
)
Marked = tuple[str, str]


@pytest.fixture
def model(dressed: QApplication) -> VariablesModel:
    made = VariablesModel()
    made.know(KNOWN)
    return made


@pytest.fixture
def line(qtbot: QtBot, model: VariablesModel) -> QLineEdit:
    edit = QLineEdit()
    edit.resize(500, 28)
    edit.marks = VariableMarks(edit, model)
    qtbot.addWidget(edit)
    edit.show()
    edit.activateWindow()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    return edit


@pytest.fixture
def text(qtbot: QtBot, model: VariablesModel) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.resize(500, 200)
    edit.marks = VariableMarks(edit, model)
    qtbot.addWidget(edit)
    edit.show()
    edit.activateWindow()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    return edit


def marked(edit: QPlainTextEdit) -> list[Marked]:
    """The texts of the selections and their colours."""
    return [(one.cursor.selectedText(), one.format.foreground().color().name()) for one in edit.extraSelections()]


def pick(edit: QLineEdit | QPlainTextEdit) -> list[str]:
    """The names that are offered, [] where the list is closed."""
    names = edit.marks._names
    if names is None or not names._view.isVisible():
        return []
    shown = names.completionModel()
    return [shown.index(row, 0).data() for row in range(shown.rowCount())]


def test_known_and_unknown_ones_have_their_colours(text: QPlainTextEdit, qtbot: QtBot) -> None:
    text.setPlainText('{"a": "{{host}}", \\{{host}}\n{{nothing}}')
    tokens = theme.tokens
    qtbot.waitUntil(lambda: marked(text) == [("{{host}}", tokens.accent), ("{{nothing}}", tokens.error)])
    unknown = text.extraSelections()[1]
    assert unknown.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline


def test_without_an_environment_they_are_quiet(text: QPlainTextEdit, model: VariablesModel, qtbot: QtBot) -> None:
    model.know(Variables())
    text.setPlainText("{{host}}")
    qtbot.waitUntil(lambda: marked(text) == [("{{host}}", theme.tokens.muted)])
    assert "sent as it is" in text.marks.told("host")


def test_only_what_is_seen_is_marked(text: QPlainTextEdit, qtbot: QtBot) -> None:
    text.setPlainText("\n".join(f"{{{{v{number}}}}}" for number in range(50_000)))
    qtbot.waitUntil(lambda: 0 < len(marked(text)) < 100 and marked(text)[0][0] == "{{v0}}")
    text.verticalScrollBar().setValue(30_000)
    qtbot.waitUntil(lambda: 0 < len(marked(text)) < 100 and marked(text)[0][0] == "{{v30000}}")


def test_marks_of_others_stay_and_ours_come_back(text: QPlainTextEdit, qtbot: QtBot) -> None:
    text.setPlainText("{{host}} other")
    qtbot.waitUntil(lambda: len(marked(text)) == 1)
    other = QTextEdit.ExtraSelection()
    other.cursor = QTextCursor(text.document())
    other.cursor.setPosition(9)
    other.cursor.setPosition(14, QTextCursor.MoveMode.KeepAnchor)
    other.format.setForeground(QColor("red"))
    text.setExtraSelections([other])
    qtbot.waitUntil(lambda: [what for what, _ in marked(text)] == ["other", "{{host}}"])
    text.setPlainText("plain")
    qtbot.waitUntil(lambda: [what for what, _ in marked(text)] == [""])


def test_a_line_is_coloured_and_typing_is_not_disturbed(line: QLineEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(line, "a{{host}}b")
    qtbot.waitUntil(lambda: len(line.marks._marked) == 1)
    assert _inks(line, theme.tokens.accent)
    line.setCursorPosition(1)
    qtbot.keyClicks(line, "xy")
    assert line.text() == "axy{{host}}b"
    line.selectAll()
    line.marks.mark()
    assert line.selectedText() == "axy{{host}}b"
    line.deselect()
    line.undo()
    assert line.text() == "a{{host}}b"
    line.setText("plain")
    qtbot.waitUntil(lambda: not line.marks._marked)
    assert not _inks(line, theme.tokens.accent)


def _inks(line: QLineEdit, wanted: str) -> bool:
    """Whether something inside of the frame is drawn in a colour."""
    image = line.grab().toImage()
    inner = [(x, y) for x in range(4, image.width() - 4) for y in range(4, image.height() - 4)]
    return any(image.pixelColor(x, y).name() == wanted for x, y in inner)


@pytest.mark.parametrize(
    ("name", "words", "hidden"),
    [
        ("host", ["https://a.example", "from Staging"], []),
        ("key", ["••••••", "secret", "from Staging"], []),
        ("holder", ["Bearer ••••••"], ["circle"]),
        ("loop", ["circle"], []),
        ("model", ["&lt;b&gt;qwen", "this call"], ["<b>qwen"]),
        ("nothing", ["has no value"], []),
    ],
)
def test_hover_tells_value_and_source(text: QPlainTextEdit, name: str, words: list[str], hidden: list[str]) -> None:
    told = text.marks.told(name)
    assert all(word in told for word in words), told
    assert not any(word in told for word in hidden)


def test_the_hole_under_the_mouse(text: QPlainTextEdit, line: QLineEdit) -> None:
    text.setPlainText("{{host}}    and {{key}}")
    at = text.cursorRect(_cursor(text, 20)).center()
    assert text.marks._hole_at(at).name == "key"
    assert text.marks._hole_at(text.cursorRect(_cursor(text, 11)).center()) is None
    line.setText("{{host}}")
    assert line.marks._hole_at(QPoint(20, 10)).name == "host"


def _cursor(text: QPlainTextEdit, at: int) -> QTextCursor:
    cursor = QTextCursor(text.document())
    cursor.setPosition(at)
    return cursor


Edit = Callable[[], str]


@pytest.mark.parametrize("kind", ["line", "text"])
def test_names_are_offered_and_taken(kind: str, request: pytest.FixtureRequest, qtbot: QtBot) -> None:
    edit: QLineEdit | QPlainTextEdit = request.getfixturevalue(kind)
    content: Edit = edit.text if isinstance(edit, QLineEdit) else edit.toPlainText
    qtbot.keyClicks(edit, "x {")
    assert pick(edit) == []
    qtbot.keyClicks(edit, "{")
    assert pick(edit) == sorted(KNOWN.known, key=str.casefold)
    qtbot.keyClicks(edit, "ho")
    assert pick(edit) == ["holder", "host"]
    qtbot.keyClick(edit.marks._names._view, Qt.Key.Key_Down)
    qtbot.keyClick(edit.marks._names._view, Qt.Key.Key_Return)
    assert content() == "x {{host}}"
    assert pick(edit) == []
    qtbot.keyClicks(edit, " {{k")
    qtbot.keyClick(edit.marks._names._view, Qt.Key.Key_Tab)
    assert content() == "x {{host}} {{key}}"
    qtbot.keyClicks(edit, "{{")
    qtbot.keyClick(edit.marks._names._view, Qt.Key.Key_Escape)
    assert pick(edit) == []
    assert content() == "x {{host}} {{key}}{{"


@pytest.mark.parametrize("kind", ["line", "text"])
def test_closed_braces_are_not_closed_twice(kind: str, request: pytest.FixtureRequest, qtbot: QtBot) -> None:
    edit: QLineEdit | QPlainTextEdit = request.getfixturevalue(kind)
    if isinstance(edit, QLineEdit):
        edit.setText("{{}} end")
        edit.setCursorPosition(2)
    else:
        edit.setPlainText("{{}} end")
        edit.setTextCursor(_cursor(edit, 2))
    qtbot.keyClicks(edit, "key")
    assert pick(edit) == []  # it is written whole already
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert pick(edit) == ["key"]
    qtbot.keyClick(edit.marks._names._view, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "!")
    assert (edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText()) == "{{key}}! end"


def test_editors_find_what_their_window_knows(dressed: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    edit = QPlainTextEdit("{{host}}")
    edit.marks = VariableMarks(edit)
    QVBoxLayout(window).addWidget(edit)
    model = VariablesModel(window)
    window.show()
    qtbot.waitUntil(lambda: marked(edit) == [("{{host}}", theme.tokens.muted)])
    model.know(KNOWN)
    qtbot.waitUntil(lambda: marked(edit) == [("{{host}}", theme.tokens.accent)])


def test_the_editor_of_bodies(dressed: QApplication, qtbot: QtBot, model: VariablesModel) -> None:
    edit = CodeEdit("Body")
    edit.marks = VariableMarks(edit, model)
    qtbot.addWidget(edit)
    edit.resize(500, 200)
    edit.show()
    edit.activateWindow()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    edit.setPlainText('{"a": }')
    edit.setTextCursor(_cursor(edit, 6))
    qtbot.keyClicks(edit, '"{{ho')
    assert pick(edit) == ["holder", "host"]
    qtbot.keyClick(edit.marks._names._view, Qt.Key.Key_Tab)
    assert "{{holder}}" in edit.toPlainText()
    assert "}}}" not in edit.toPlainText()
    qtbot.waitUntil(lambda: ("{{holder}}", theme.tokens.accent) in marked(edit))
    edit.undo()
    assert "{{holder}}" not in edit.toPlainText()
