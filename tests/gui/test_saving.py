"""Where a new request is saved, and the card for a file that changed outside."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from streamscope.gui.library.saving import ConflictView, SaveDialog
from streamscope.model.draft import Draft
from streamscope.store import library
from streamscope.store.bench import open_bench
from streamscope.store.collections import Folder
from streamscope.store.library import Conflict, Saved


@pytest.fixture
def folders(tmp_path: Path) -> list[Folder]:
    collections = open_bench(tmp_path / "profile").collections
    place = tmp_path / "requests"
    (place / "inner").mkdir(parents=True)
    library.save(place / "chat.yaml", Draft(name="chat"))
    return [collections.tree(collections.open(place))]


def test_a_name_and_a_folder_make_a_path(
    dressed: QApplication, qtbot: QtBot, folders: list[Folder], tmp_path: Path
) -> None:
    dialog = SaveDialog(folders, "chat", tmp_path / "requests")
    qtbot.addWidget(dialog)
    dialog.open()
    chosen: list[tuple[Path, str]] = []
    dialog.chosen.connect(lambda path, name: chosen.append((path, name)))
    assert dialog.path() == tmp_path / "requests" / "chat 2.yaml"
    assert [dialog.folder.itemText(row) for row in range(dialog.folder.count())] == [
        "requests",
        "requests / inner",
    ]
    dialog.folder.setCurrentIndex(1)
    QTest.keyClicks(dialog.name, "a/b")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert chosen == [(tmp_path / "requests" / "inner" / "a b.yaml", "a/b")]
    assert not dialog.isVisible()


def test_what_is_missing_is_told(dressed: QApplication, qtbot: QtBot, folders: list[Folder]) -> None:
    dialog = SaveDialog([], "x")
    qtbot.addWidget(dialog)
    assert not dialog.save_button.isEnabled()
    assert "No collection" in dialog.place.accessibleName()
    dialog.set_folders(folders)
    assert dialog.save_button.isEnabled()
    dialog.name.clear()
    assert not dialog.save_button.isEnabled()


def buttons(card: ConflictView) -> dict[str, QPushButton]:
    """The card's buttons by their text."""
    return {button.text(): button for button in card.findChildren(QPushButton)}


def test_a_conflict_offers_each_way_out(dressed: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    first = library.save(path, Draft(path="/1"))
    assert isinstance(first, Saved)
    for content, expected in (
        ("path: /2\n", ["Keep both", "Keep mine", "Take theirs"]),
        ("path: 'broken\n", ["Keep both", "Keep mine"]),
        (None, ["Save it again"]),
    ):
        if content is None:
            path.unlink()
        else:
            path.write_text(content)
        conflict = library.save(path, Draft(path="/mine"), base=first.stamp)
        assert isinstance(conflict, Conflict)
        card = ConflictView(conflict)
        qtbot.addWidget(card)
        assert list(buttons(card)) == expected
        chosen: list[str] = []
        card.mine.connect(partial(chosen.append, "mine"))
        card.theirs.connect(partial(chosen.append, "theirs"))
        card.both.connect(partial(chosen.append, "both"))
        for button in buttons(card).values():
            button.click()
        wanted = {"Keep both": "both", "Keep mine": "mine", "Take theirs": "theirs", "Save it again": "mine"}
        assert chosen == [wanted[text] for text in expected]
