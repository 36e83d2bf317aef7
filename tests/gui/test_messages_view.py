"""The messages of a WebSocket draft: every value comes back as it was given, and what is done to the list is undone."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.message_document import read, spelt
from streamscope.gui.composer.messages import MessagesView
from streamscope.model.draft import Outgoing

pytestmark = pytest.mark.window

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=[]), max_size=40)
OUTGOING = st.builds(
    Outgoing, ANY_TEXT, st.none() | st.binary(max_size=40), st.booleans(), st.just(""), ANY_TEXT, st.booleans()
)


@pytest.fixture
def view(qtbot: QtBot, dressed: QApplication) -> MessagesView:
    made = MessagesView()
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def texts(view: MessagesView) -> list[str]:
    return [message.text for message in view.messages()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(OUTGOING, max_size=4))
def test_every_message_comes_back_as_it_was_given(view: MessagesView, messages: list[Outgoing]) -> None:
    view.set_messages(messages)
    assert view.messages() == tuple(messages)
    for row in range(len(messages)):
        view.list.setCurrentRow(row)
    assert view.messages() == tuple(messages)


def test_empty_lines_are_part_of_a_message(view: MessagesView) -> None:
    view.set_messages(("one\n\n\ntwo\n", "three"))
    assert texts(view) == ["one\n\n\ntwo\n", "three"]
    QTest.keyClicks(view.editor, "x")
    assert texts(view) == ["xone\n\n\ntwo\n", "three"]
    view.editor.undo()
    assert view.messages() == (Outgoing("one\n\n\ntwo\n"), Outgoing("three"))


def test_the_list_is_worked_with_keys(view: MessagesView, qtbot: QtBot) -> None:
    view.set_messages(("a", "b", "c"))
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_Down, ALT)
    assert texts(view) == ["b", "a", "c"]
    QTest.keyClick(view.list, Qt.Key.Key_D, CONTROL)
    assert texts(view) == ["b", "a", "a", "c"]
    QTest.keyClicks(view.editor, "!")
    assert texts(view) == ["b", "a", "!a", "c"]
    QTest.keyClick(view.list, Qt.Key.Key_Delete)
    assert texts(view) == ["b", "a", "c"]
    QTest.keyClick(view.list, Qt.Key.Key_Z, CONTROL)
    assert texts(view) == ["b", "a", "!a", "c"]
    QTest.keyClick(view.list, Qt.Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "hello")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "hello" in [message.name for message in view.messages()])


def test_drag_changes_the_order(view: MessagesView, qtbot: QtBot) -> None:
    view.set_messages(("a", "b", "c"))
    assert view.list.model().moveRow(view.list.rootIndex(), 0, view.list.rootIndex(), 3)
    qtbot.waitUntil(lambda: texts(view) == ["b", "c", "a"])
    view.undo()
    assert texts(view) == ["a", "b", "c"]


def test_one_waits_for_the_hand_and_is_sent_while_connected(view: MessagesView, qtbot: QtBot) -> None:
    view.set_messages(("a", "b"))
    view.list.setCurrentRow(1)
    view.on_connect.setChecked(False)
    assert view.messages() == (Outgoing("a"), Outgoing("b", by_hand=True))
    assert not view.send.isEnabled()
    view.set_connected(True)
    with qtbot.waitSignal(view.send_requested) as asked:
        QTest.keyClick(view.editor, Qt.Key.Key_Return, ALT)
    assert asked.args == [Outgoing("b", by_hand=True)]
    view.set_connected(False)
    assert not view.send.isEnabled()


def test_binary_is_typed_as_hex_and_what_is_wrong_is_said(view: MessagesView) -> None:
    view.set_messages((Outgoing("hi é"),))
    QTest.mouseClick(view.kinds.buttons["binary"], Qt.MouseButton.LeftButton)
    assert view.messages() == (Outgoing(content="hi é".encode(), binary=True),)
    assert view.editor.text() == "68 69 20 c3 a9"
    view.editor.put("68 69 f")
    assert view.messages() == (Outgoing("68 69 f", b"hi", binary=True),)
    assert "half a byte" in view.said.text()
    view.set_messages(view.messages())
    assert view.editor.text() == "68 69 f", "what was typed is still there"
    view.editor.put("0x68,0x69")
    assert view.messages()[0].payload == b"hi"
    assert view.said.text() == ""
    view.spelling.activated.emit(1)
    assert view.editor.text() == "aGk="


@given(st.binary(max_size=60), st.sampled_from(["hex", "base64"]))
def test_bytes_are_read_as_they_are_spelt(content: bytes, spelling: str) -> None:
    assert read(spelt(content, spelling), spelling) == (content, (0, ""))


def test_the_bytes_of_a_file_become_a_message(view: MessagesView, tmp_path: Path) -> None:
    file = tmp_path / "sound.raw"
    file.write_bytes(bytes(range(256)) * 1000)
    view.set_messages(("a",))
    view._choose_file_taken([str(file)])
    assert view.messages() == (Outgoing(content=bytes(range(256)) * 1000, binary=True, name="sound.raw"),)
    assert view.editor.isReadOnly()
    view._choose_file_taken([str(tmp_path / "nothing")])
    assert "not taken" in view.said.text()
    view.undo()
    assert texts(view) == ["a"]


def test_a_document_brings_list_and_texts_back_with_their_past(view: MessagesView) -> None:
    view.set_messages(("a", "b"))
    view.list.setCurrentRow(1)
    QTest.keyClicks(view.editor, "xy")
    view.delete()
    kept = view.document()
    view.set_document(None)
    assert view.messages() == ()
    assert view.pages.currentIndex() == 0
    view.set_document(kept)
    view.undo()
    view.list.setCurrentRow(1)
    assert texts(view) == ["a", "xyb"]
    view.editor.undo()
    assert texts(view) == ["a", "b"]
