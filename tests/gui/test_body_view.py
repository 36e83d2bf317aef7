"""The body: every kind comes back as it was given, none loses what another holds, files are looked at and not read."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.body import BodyView
from streamscope.gui.composer.body_file import SIGNED_MOST
from streamscope.kinds import catalog
from streamscope.model.draft import Body, Entry, Part

pytestmark = pytest.mark.window

ANY = st.text(alphabet=st.characters(exclude_categories=[]), max_size=20)
PATHS = st.sampled_from(["", "/nowhere/a.bin", "relative/ü.wav"])
BODIES = st.one_of(
    st.just(Body()),
    st.builds(Body, st.sampled_from(["json", "text"]), text=ANY),
    st.builds(
        Body, st.just("form"), entries=st.lists(st.builds(Entry, ANY, ANY, st.booleans()), max_size=3).map(tuple)
    ),
    st.builds(
        Body,
        st.just("multipart"),
        parts=st.lists(
            st.builds(Part, ANY, ANY, PATHS, st.none() | st.binary(max_size=9), ANY, st.booleans()), max_size=3
        ).map(tuple),
    ),
    st.builds(Body, st.just("file"), file=PATHS),
    st.builds(Body, st.just("bytes"), file=PATHS, content=st.binary(max_size=40)),
)


@pytest.fixture
def view(qtbot: QtBot, dressed: QApplication) -> BodyView:
    made = BodyView()
    qtbot.addWidget(made)
    made.resize(600, 360)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def choose(view: BodyView, kind: str) -> None:
    QTest.mouseClick(view.kinds.buttons[kind], Qt.MouseButton.LeftButton)


def drop(widget: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(widget.rect().center())
    enter = QDragEnterEvent(place.toPoint(), Qt.DropAction.CopyAction, data, buttons, held)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, held))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(BODIES)
def test_every_body_comes_back_as_it_was_given(view: BodyView, body: Body) -> None:
    view.set_body(body)
    assert view.body() == body
    view.grab()
    assert view.body() == body


def test_no_kind_loses_what_another_holds(view: BodyView) -> None:
    choose(view, "json")
    QTest.keyClicks(view.editor, "[1]")
    choose(view, "form")
    view.form.rows_model.setData(view.form.rows_model.index(0, 1), "name")
    choose(view, "file")
    view.file.path.setText("/nowhere/x")
    choose(view, "multipart")
    view.parts.model.setData(view.parts.model.index(0, 1), "part")
    choose(view, "none")
    assert view.body() == Body()
    choose(view, "json")
    assert view.body() == Body("json", "[1]")
    choose(view, "form")
    assert view.body() == Body("form", entries=(Entry("name"),))
    choose(view, "file")
    assert view.body() == Body("file", file="/nowhere/x")
    choose(view, "multipart")
    assert view.body() == Body("multipart", parts=(Part("part"),))
    choose(view, "text")
    assert view.body() == Body("text", "[1]"), "JSON and text are two readings of one text"


def test_a_document_brings_all_kinds_back_with_their_past(view: BodyView) -> None:
    view.set_body(Body("form", entries=(Entry("a", "1"), Entry("b"))))
    view.form.rows_model.remove([0])
    choose(view, "json")
    QTest.keyClicks(view.editor, "x")
    kept = view.document()
    view.set_document(None)
    assert view.body() == Body()
    view.set_document(kept)
    assert view.body() == Body("json", "x")
    view.editor.undo()
    assert view.body() == Body("json", "")
    choose(view, "form")
    view.form.rows_model.undo()
    assert view.body() == Body("form", entries=(Entry("a", "1"), Entry("b")))


def test_edits_are_told_and_looking_is_not(view: BodyView, qtbot: QtBot) -> None:
    view.set_body(Body("json", '{"a": 1}'))
    heard: list[int] = []
    view.changed.connect(lambda: heard.append(1))
    view.grab()
    view.editor.check()
    view.parts.look()
    assert heard == []
    QTest.keyClicks(view.editor, " ")
    assert heard == [1]


def test_the_limit_of_a_signed_request_is_that_of_the_signing_auths(view: BodyView) -> None:
    limits = {auth.body_limit for auth in catalog.AUTH.values() if getattr(auth, "body_limit", 0)}
    assert limits == {SIGNED_MOST}
    view.set_body(Body("text", ("x" * 99 + "\n") * (SIGNED_MOST // 100 + 1)))
    view.editor.code_document().finish()
    view.editor.check()
    assert "12 MB" in view.said.text()


def test_the_mistake_beneath_leads_to_its_place(view: BodyView, qtbot: QtBot) -> None:
    view.set_body(Body("json", '{\n  "a": 1\n  "b": 2\n}'))
    assert view.said.text().startswith("Line 3, column 3: a comma is missing")
    QTest.mouseClick(view.said, Qt.MouseButton.LeftButton)
    assert view.editor.textCursor().blockNumber() == 2
    assert view.editor.hasFocus()
    view.set_body(Body("text", "words"))
    assert view.said.text() == "5 B"


def test_a_file_is_looked_at_and_never_read(view: BodyView, tmp_path: Path) -> None:
    large = tmp_path / "model.bin"
    with large.open("wb") as file:
        os.truncate(file.fileno(), 1_000_000_000)  # a hole: reading it would take a gigabyte of memory
    choose(view, "file")
    drop(view.file, large)
    assert view.body() == Body("file", file=str(large))
    assert "1.0 GB" in view.file.told.text()
    assert "12 MB" in view.file.told.text()
    large.unlink()
    view.file.look()
    assert "cannot be read" in view.file.told.text()
    assert view.body() == Body("file", file=str(large)), "a path whose file is missing is kept"
    view.file.path.setText(str(tmp_path))
    assert "no file" in view.file.told.text()


def test_files_become_parts(view: BodyView, tmp_path: Path) -> None:
    sound, other = tmp_path / "sound.wav", tmp_path / "other.txt"
    sound.write_bytes(b"12345")
    other.write_bytes(b"1")
    view.set_body(Body("multipart", parts=(Part("model", "m"), Part("gone", file="/nowhere/x.wav", on=False))))
    drop(view.parts.table.viewport(), sound, other)
    assert view.body().parts[2:] == (Part("file", file=str(sound)), Part("other", file=str(other)))
    model = view.parts.model
    assert view.size_label.text() == "7 B"
    assert view.said.text() == "3 of 4 are sent"
    assert model.index(2, 2).data() == "sound.wav · 5 B"
    assert model.index(1, 2).data() == "x.wav is missing"
    model.setData(model.index(2, 2), "")
    assert view.body().parts[2] == Part("file"), "a path that is emptied makes a value of it"
    model.undo()
    model.undo()
    assert len(view.body().parts) == 2


def test_bytes_are_shown_and_kept(view: BodyView) -> None:
    view.set_body(Body("bytes", content=b"\x00\xffabc", file="curl"))
    assert view.bytes.told.text() == "5 bytes from curl, sent as they are."
    assert "00 ff 61 62 63" in view.bytes.preview.toPlainText()
    assert view.bytes.as_text.isHidden()
    choose(view, "json")
    choose(view, "bytes")
    assert view.size_label.text() == "5 B"
    assert view.body() == Body("bytes", content=b"\x00\xffabc", file="curl")
    view.set_body(Body("bytes", content=b"[1]"))
    view.bytes.as_text.click()
    assert view.body() == Body("json", "[1]")
    assert not view.kinds.buttons["bytes"].isHidden(), "the bytes are still there"


def test_the_kinds_are_chosen_with_the_keyboard(view: BodyView) -> None:
    view.kinds.buttons["none"].setFocus()
    QTest.keyClick(view.kinds.buttons["none"], Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert view.body().kind == "json"


def test_everything_has_a_name(view: BodyView) -> None:
    for kind in ("json", "form", "multipart", "file", "bytes"):
        view.choose_kind(kind)  # type: ignore[arg-type]
        for widget in view.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert widget.accessibleName() or widget.objectName().startswith("qt_"), (kind, widget)
