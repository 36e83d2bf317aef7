"""The parameters sheet and the path keep step, and nothing is encoded anew that nobody touched."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.query import cut, merged, piece_of, row_of, unsent_of, with_unsent, written
from streamscope.gui.composer.shelves import Shelves
from streamscope.model.draft import Draft, Unsent

pytestmark = pytest.mark.window

PIECE = st.sampled_from(["a", "a=", "=", "", "=b", "a=b", "a=b=c", "+", "%zz", "%20=%2B", "流=水", "{{v}}={{ w }}"])
PATH = st.text() | st.lists(PIECE, max_size=6).map(lambda pieces: "/p?" + "&".join(pieces) + "#f")
QUICKLY = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> ComposerPane:
    made = ComposerPane()
    qtbot.addWidget(made)
    made.resize(620, 700)
    made.show()
    made.fill(shelves)
    made.sheets.setCurrentWidget(made.parameters)
    return made


@given(PATH)
def test_any_path_is_cut_and_joined_to_the_letter(path: str) -> None:
    query = cut(path)
    assert str(query) == path
    assert tuple(piece_of(row_of(piece)) for piece in query.pieces) == query.pieces


@given(st.text(), st.booleans())
def test_what_is_written_into_a_cell_stays_in_its_cell(text: str, name: bool) -> None:
    """Encoded once it is left alone, and it adds no piece."""
    once = written(text, name=name)
    assert written(once, name=name) == once
    query = cut(f"/?{once}" if name else f"/?n={once}")
    assert len(query.pieces) <= 1
    assert not query.after


@given(st.lists(PIECE, max_size=6), st.lists(PIECE, max_size=6), st.sets(st.integers(0, 8)))
def test_typing_in_the_path_loses_nothing_that_is_switched_off(old: list[str], new: list[str], off: set[int]) -> None:
    rows = with_unsent(map(row_of, old), [Unsent("query", at, f"off{at}") for at in sorted(off)])
    after = merged(rows, new)
    assert [piece_of(row) for row in after if row.on] == new
    assert [row.cells[0] for row in after if not row.on] == [f"off{at}" for at in sorted(off)]
    assert merged(rows, old) == rows


def test_what_is_switched_off_stays_beside_its_neighbours() -> None:
    rows = with_unsent(map(row_of, ["a", "b", "c"]), [Unsent("query", 2, "off")])
    names = [row.cells[0] for row in merged(rows, ["new", "a", "b", "c"])]
    assert names == ["new", "a", "b", "off", "c"]
    assert [row.cells[0] for row in merged(rows, ["a", "b", "c", "d"])] == ["a", "b", "off", "c", "d"]


def test_a_row_is_switched_off_and_on_again(pane: ComposerPane) -> None:
    """Whatever it is, the path is the same again to the letter."""

    @QUICKLY
    @given(st.lists(PIECE, min_size=1, max_size=5), st.data())
    def switched(pieces: list[str], data: st.DataObject) -> None:
        path = "/p?" + "&".join(pieces)
        pane.show_draft(Draft(path=path))
        model = pane.parameters.model
        if not model.rows():
            return
        index = model.index(data.draw(st.integers(0, len(model.rows()) - 1)), 0)
        row = model.row(index.row())
        assert row is not None
        model.setData(index, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
        assert pane.draft().unsent == (Unsent("query", index.row(), *row.cells),)
        rest = "&".join(pieces[: index.row()] + pieces[index.row() + 1 :])
        assert cut(pane.draft().path).pieces == cut(f"?{rest}").pieces
        model.setData(index, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
        assert pane.draft() == Draft(path=path)

    switched()


def test_editing_one_row_leaves_the_others_as_they_were_typed(pane: ComposerPane) -> None:
    pane.show_draft(Draft(path="/p?x=%zz&%61=+&流&a=#frag"))
    model = pane.parameters.model
    model.setData(model.index(1, 2), "a b&c#d%20")
    assert pane.draft().path == "/p?x=%zz&%61=a%20b%26c%23d%20&流&a=#frag"
    pane.address.path.undo()
    assert pane.draft().path == "/p?x=%zz&%61=+&流&a=#frag"
    assert model.rows()[1].cells == ("%61", "+"), "the table follows"


def test_the_path_follows_while_a_cell_is_typed_in(pane: ComposerPane, qtbot: QtBot) -> None:
    """With keys and mouse, as a person does it; the table follows the path in the same way."""
    pane.show_draft(Draft(path="/p"))
    table = pane.parameters.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 1))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    editor = table.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    for typed, path in (("q", "/p?q="), (" ", "/p?q%20="), ("x", "/p?q%20x=")):
        qtbot.keyClicks(editor, typed)
        assert pane.draft().path == path
    assert editor.text() == "q x", "what is being typed is not written over"
    pane.address.path.setFocus()
    pane.address.path.setText("")
    for letter in "/p?a=1&b":
        qtbot.keyClicks(pane.address.path, letter)
    assert [row.cells for row in pane.parameters.model.rows()] == [("a", "1"), ("b", "")]
    pane.judge()
    assert pane.sheets.tabText(0) == "Params 2"


def test_places_of_what_is_not_sent() -> None:
    unsent = (Unsent("query", 0, "first"), Unsent("query", 2, "third", "3"))
    rows = with_unsent([row_of("a")], unsent)
    assert [row.cells[0] for row in rows] == ["first", "a", "third"]
    assert unsent_of(rows, "query") == unsent
