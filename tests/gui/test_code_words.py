"""Words without an end, such as pictures in base64: an editor breaks them anywhere, and only them."""

import pytest
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui.code import CodeEdit
from streamscope.gui.code.document import CodeDocument

pytestmark = pytest.mark.window


def test_a_word_of_a_megabyte_is_broken_anywhere_and_others_are_not(qtbot: QtBot, dressed: QApplication) -> None:
    picture = '{"image": "' + "iVBORw0KGgo=" * 90_000 + '"}'
    edit = CodeEdit("text")
    qtbot.addWidget(edit)
    edit.resize(400, 300)
    edit.show()
    edit.put(picture)
    qtbot.waitUntil(lambda: not edit.code_document().busy, timeout=20_000)
    assert edit.text() == picture
    assert edit.wordWrapMode() == QTextOption.WrapMode.WrapAnywhere
    first = edit.code_document()
    edit.set_code_document(CodeDocument("plain words"))
    assert edit.wordWrapMode() == QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
    edit.set_code_document(first)
    assert edit.wordWrapMode() == QTextOption.WrapMode.WrapAnywhere
    assert edit.text() == picture
