"""Rows that can be switched off: edited in place with keys and the mouse, and every change can be undone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui.switched_rows import Row, SwitchedRowsModel, SwitchedRowsView

pytestmark = pytest.mark.window

TWO = (Row(True, ("a", "1")), Row(False, ("b", "2"), "held"))


@pytest.fixture
def view(qtbot: QtBot, dressed: QApplication) -> SwitchedRowsView:
    made = SwitchedRowsView("Rows", SwitchedRowsModel(("Name", "Value"), ("name",)))
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.rows_model.set_past(made.rows_model.past()._replace(rows=TWO))
    made.setFocus()
    return made


def at(view: SwitchedRowsView, row: int, column: int) -> None:
    view.setCurrentIndex(view.rows_model.index(row, column))


def test_the_last_row_adds_one(view: SwitchedRowsView, qtbot: QtBot) -> None:
    at(view, 2, 1)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "c")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), "3")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.rows_model.rows() == (*TWO, Row(True, ("c", "3"))))
    assert view.rows_model.rowCount() == 4


def test_space_and_click_switch(view: SwitchedRowsView) -> None:
    at(view, 0, 0)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert not view.rows_model.rows()[0].on
    where = view.visualRect(view.rows_model.index(1, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert view.rows_model.rows()[1] == Row(True, ("b", "2"), "held")


def test_delete_move_undo_redo(view: SwitchedRowsView) -> None:
    at(view, 0, 1)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert view.rows_model.rows() == TWO[::-1]
    assert view.currentIndex().row() == 1
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert view.rows_model.rows() == TWO[1:]
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.rows_model.rows() == TWO
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert view.rows_model.rows() == TWO[::-1]


def test_the_cross_takes_a_row_away(view: SwitchedRowsView) -> None:
    where = view.visualRect(view.rows_model.index(0, 3)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert view.rows_model.rows() == TWO[1:]


def test_an_emptied_row_does_not_count_but_a_given_empty_one_does(view: SwitchedRowsView) -> None:
    model = view.rows_model
    model.setData(model.index(0, 1), "")
    assert model.rows()[0] == Row(True, ("", "1"))
    model.setData(model.index(0, 2), "")
    assert model.rows() == TWO[1:]
    model.setData(model.index(0, 2), "new")
    assert model.rows()[0] == Row(True, ("", "new"))
    model.replace([Row(True, ("", ""))])
    assert model.rows() == (Row(True, ("", "")),)


def test_line_breaks_and_long_values_are_kept(view: SwitchedRowsView) -> None:
    model = view.rows_model
    rows = (Row(True, ("n", "a\r\nb\tc")), Row(True, ("long", "x" * 20_000)))
    model.replace(rows)
    at(view, 0, 2)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert model.rows() == rows
    assert not model.index(1, 2).flags() & Qt.ItemFlag.ItemIsEditable


def test_undo_stays_with_its_rows(view: SwitchedRowsView) -> None:
    model = view.rows_model
    model.remove([0])
    kept = model.past()
    model.set_past(SwitchedRowsModel(("Name", "Value")).past())
    assert model.rows() == ()
    model.set_past(kept)
    model.undo()
    assert model.rows() == TWO


def test_rows_are_copied_and_pasted(view: SwitchedRowsView) -> None:
    at(view, 0, 1)
    QApplication.clipboard().setText("X-One: 1:2\n\ntwo=2=2\nthree\t3\nfour")
    QTest.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    cells = [row.cells for row in view.rows_model.rows()]
    assert cells == [("a", "1"), ("X-One", "1:2"), ("two", "2=2"), ("three", "3"), ("four", ""), ("b", "2")]
    view.selectRow(1)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "X-One\t1:2"
    view.rows_model.undo()
    assert view.rows_model.rows() == TWO
    at(view, 0, 2)
    QApplication.clipboard().setText("only words")
    view.paste()
    assert view.rows_model.rows()[0].cells == ("a", "only words")
