"""A form drawn from fields gives back what was put in, whatever the field's kind."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from streamscope.gui.editors import EDITORS, SecretEditor
from streamscope.gui.form import Form
from streamscope.model.field import Field
from streamscope.model.phrase import phrase

pytestmark = pytest.mark.window

FIELDS = (
    Field("name", phrase("Name"), required=True, help=phrase("How it is called.")),
    Field("password", phrase("Password"), "secret"),
    Field("mode", phrase("Mode"), "choice", choices=(("a", phrase("Easy")), ("b", phrase("Hard")))),
    Field("extra", phrase("Extra"), "number", shown_when=("mode", "b")),
    Field("loud", phrase("Loud"), "switch"),
    Field("notes", phrase("Notes"), "lines"),
    Field("file", phrase("File"), "file"),
    Field("tags", phrase("Tags"), "pairs"),
)
VALUES = {
    "name": "streamscope 流",
    "password": "p w",
    "mode": "b",
    "extra": "3.5",
    "loud": "true",
    "notes": "one\ntwo",
    "file": "/tmp/a b",
    "tags": "x: 1\ny: 2",
}


def test_every_kind_of_field_has_an_editor() -> None:
    assert {field.kind for field in FIELDS} == set(EDITORS)


def test_round_trip(qtbot: QtBot) -> None:
    form = Form(FIELDS)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.changed):
        form.set_values(VALUES)
    assert form.values() == VALUES
    form.set_values({})
    assert form.values() == {"mode": "b"}, "a choice keeps its last value: it has no empty one"


def test_a_secret_is_hidden_until_its_button_is_pressed(qtbot: QtBot) -> None:
    form = Form(FIELDS)
    qtbot.addWidget(form)
    editor = form.editor("password")
    assert isinstance(editor, SecretEditor)
    assert editor.line.echoMode() == QLineEdit.EchoMode.Password
    editor.line.actions()[-1].trigger()
    assert editor.line.echoMode() == QLineEdit.EchoMode.Normal


def test_a_field_is_shown_when_another_has_its_value(qtbot: QtBot) -> None:
    form = Form(FIELDS)
    qtbot.addWidget(form)
    form.show()
    assert not form.editor("extra").isVisible()
    form.set_values({"mode": "b"})
    assert form.editor("extra").isVisible()


def test_every_editor_says_its_name(qtbot: QtBot) -> None:
    form = Form(FIELDS)
    qtbot.addWidget(form)
    for field in FIELDS:
        inner = form.editor(field.key).focusProxy()
        assert inner is not None
        assert inner.accessibleName() == str(field.label)


def test_what_is_wrong_is_told_in_its_place(qtbot: QtBot, tmp_path: Path) -> None:
    form = Form(FIELDS)
    qtbot.addWidget(form)
    form.set_values({"mode": "b"})
    with qtbot.waitActive(form):
        form.show()
        form.activateWindow()
    number, file = form.editor("extra").focusProxy(), form.editor("file").focusProxy()
    assert number is not None
    assert file is not None
    number.setFocus()
    qtbot.keyClicks(number, "3,5x")
    file.setFocus()
    qtbot.keyClicks(file, str(tmp_path / "nowhere"))
    assert form.problem("extra") == "This is not a number."
    assert number.property("invalid") is True
    assert "not a number" in number.accessibleDescription()
    number.setFocus()
    assert form.problem("file") == "There is no such file."
    qtbot.keyClick(number, "a", Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(number, "{{budget}}")
    assert form.problem("extra") == ""
    form.set_values({"mode": "b", "file": str(tmp_path)})
    assert not form.complete()
    assert (form.problem("file"), form.problem("name")) == ("This is a folder.", "This is needed.")
    file.setFocus()
    assert form.problem("name") == "This is needed.", "leaving the empty editor does not mend it"
    form.hint("name", "from elsewhere")
    form.editor("file").set_value("")
    assert form.complete()


def test_the_focus_walks_from_field_to_field(qtbot: QtBot) -> None:
    form = Form(FIELDS)
    qtbot.addWidget(form)
    form.set_values({"mode": "b"})
    with qtbot.waitActive(form):
        form.show()
        form.activateWindow()
    form.focus_first()
    walked = []
    for _ in range(7):
        focused = QApplication.focusWidget()
        assert focused is not None
        walked.append(focused.accessibleName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert walked == [str(field.label) for field in FIELDS[:7]]


def test_a_text_with_choices_suggests_them_and_takes_anything_else(qtbot: QtBot) -> None:
    choices = (("cn-north-4", phrase("cn-north-4 — Beijing")), ("cn-south-1", phrase("cn-south-1 — Guangzhou")))
    form = Form((Field("region", phrase("Region"), choices=choices),))
    qtbot.addWidget(form)
    form.show()
    line = form.findChild(QLineEdit)
    assert line is not None
    line.setFocus()
    qtbot.keyClicks(line, "guang")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert form.values() == {"region": "cn-south-1"}
    form.set_values({"region": "zz-9"})
    assert form.values() == {"region": "zz-9"}
