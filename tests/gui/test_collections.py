"""The pane of collections: browsed, filtered, renamed, moved, deleted and brought back by keys and mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from tests.gui.running import runner

from streamscope.gui.library.collections import CollectionsPane
from streamscope.model.draft import Choice, Draft
from streamscope.store import library
from streamscope.store.bench import Bench, open_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path / "profile")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path, bench: Bench) -> Path:
    place = tmp_path / "requests"
    (place / "inner").mkdir(parents=True)
    library.save(place / "chat.yaml", Draft(name="chat", method="POST", path="/v1"))
    library.save(place / "live.yaml", Draft(name="live", protocol=Choice("websocket")))
    library.save(place / "inner" / "list.yaml", Draft(name="list", method="GET"))
    (place / "merge.yaml").write_text("a: b\n<<<<<<< HEAD\na: c\n")
    return bench.collections.open(place)


@pytest.fixture
def pane(dressed: QApplication, qtbot: QtBot) -> CollectionsPane:
    made = CollectionsPane()
    qtbot.addWidget(made)
    made.started.connect(runner())
    made.resize(260, 600)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def filled(pane: CollectionsPane, bench: Bench, folder: Path) -> CollectionsPane:
    pane.settle(bench.collections)
    return pane


def shown(pane: CollectionsPane, parent: QModelIndex | None = None) -> list[object]:
    """The open rows as lists."""
    parent = parent if parent is not None else QModelIndex()
    found: list[object] = []
    for row in range(pane.model.rowCount(parent)):
        index = pane.model.index(row, 0, parent)
        found.append(index.data())
        if pane.tree.isExpanded(index):
            found.append(shown(pane, index))
    return found


def test_the_first_collection_is_open_and_its_folders_are_not(filled: CollectionsPane) -> None:
    assert shown(filled) == ["requests", ["inner", "chat", "live", "merge"]]


def test_without_a_collection_the_pane_says_what_one_is(pane: CollectionsPane, bench: Bench, tmp_path: Path) -> None:
    pane.settle(bench.collections)
    assert not pane.tree.isVisible()
    pane.create_collection(tmp_path / "fresh")
    assert shown(pane) == ["fresh", []]
    assert pane.tree.isVisible()


def test_a_request_is_opened_by_mouse_and_by_keys(filled: CollectionsPane, folder: Path) -> None:
    opened: list[Path] = []
    sent: list[Path] = []
    filled.open_requested.connect(opened.append)
    filled.send_requested.connect(sent.append)
    place = filled.tree.visualRect(filled.model.find(folder / "chat.yaml")).center()
    QTest.mouseClick(filled.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [folder / "chat.yaml"]
    QTest.keyClick(filled.tree, Qt.Key.Key_Down)
    QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    QTest.keyClick(filled.tree, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened[1:] == [folder / "live.yaml"]
    assert sent == [folder / "live.yaml"]


def test_f2_renames(filled: CollectionsPane, folder: Path) -> None:
    went: list[tuple[Path, Path]] = []
    filled.moved.connect(lambda old, new: went.append((old, new)))
    filled.set_current(folder / "chat.yaml")
    filled.tree.setFocus()
    QTest.keyClick(filled.tree, Qt.Key.Key_F2)
    editor = filled.tree.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "spoken")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert went == [(folder / "chat.yaml", folder / "spoken.yaml")]
    assert library.opened(folder / "spoken.yaml").draft.name == "spoken"
    assert filled.node().path == folder / "spoken.yaml"  # type: ignore[union-attr]


def test_what_is_deleted_comes_back(filled: CollectionsPane, folder: Path) -> None:
    removed: list[Path] = []
    filled.removed.connect(removed.append)
    filled.set_current(folder / "chat.yaml")
    filled.tree.setFocus()
    QTest.keyClick(filled.tree, Qt.Key.Key_Delete)
    assert removed == [folder / "chat.yaml"]
    assert "chat" not in shown(filled)[1]  # type: ignore[operator]
    assert filled.undo.isVisible()
    QTest.mouseClick(filled.undo.button, Qt.MouseButton.LeftButton)
    assert (folder / "chat.yaml").is_file()
    assert "chat" in shown(filled)[1]  # type: ignore[operator]
    assert not filled.undo.isVisible()


def test_duplicate_new_request_and_new_folder(filled: CollectionsPane, folder: Path) -> None:
    opened: list[Path] = []
    filled.open_requested.connect(opened.append)
    filled.set_current(folder / "chat.yaml")
    filled.tree.setFocus()
    QTest.keyClick(filled.tree, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert library.opened(folder / "chat copy.yaml").draft.path == "/v1"
    filled.set_current(folder / "inner" / "list.yaml")
    filled.new_request()
    filled.new_folder()
    assert opened == [folder / "inner" / "New request.yaml"]
    assert (folder / "inner" / "New folder").is_dir()


def test_a_request_is_dragged_into_a_folder(filled: CollectionsPane, folder: Path) -> None:
    data = filled.model.mimeData([filled.model.find(folder / "chat.yaml")])
    target = filled.model.find(folder / "inner")
    assert not filled.model.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, target)
    assert (folder / "inner" / "chat.yaml").is_file()
    assert shown(filled) == ["requests", ["inner", ["chat", "list"], "live", "merge"]]


def test_the_filter_leaves_what_was_asked_for(filled: CollectionsPane) -> None:
    QTest.keyClicks(filled.filter, "inner get")
    assert shown(filled) == ["requests", ["inner", ["list"]]]
    filled.filter.clear()
    assert shown(filled) == ["requests", ["inner", "chat", "live", "merge"]]


def test_marks_are_words_for_a_screen_reader(filled: CollectionsPane, folder: Path) -> None:
    filled.set_unsaved([folder / "chat.yaml"])
    role = Qt.ItemDataRole.AccessibleTextRole
    assert filled.model.find(folder / "chat.yaml").data(role) == "POST, chat, not saved"
    assert "conflict marks" in filled.model.find(folder / "merge.yaml").data(role)


def test_changes_from_outside_are_shown_and_told(filled: CollectionsPane, folder: Path) -> None:
    altered: list[set[Path]] = []
    filled.altered.connect(altered.append)
    filled.set_watched([folder / "chat.yaml"])
    filled.look_now()
    (folder / "pulled.yaml").write_text("path: /x\n")
    with (folder / "chat.yaml").open("a") as file:
        file.write("# theirs\n")
    filled.look_now()
    assert altered == [{folder / "chat.yaml"}]
    assert "pulled" in shown(filled)[1]  # type: ignore[operator]


def test_what_goes_wrong_is_a_card(filled: CollectionsPane, folder: Path) -> None:
    (folder / "chat.yaml").unlink()
    filled.set_current(folder / "chat.yaml")
    filled.delete()
    assert filled._cards.count() == 1
    assert "chat" not in shown(filled)[1]  # type: ignore[operator]


def test_the_menus_offer_what_can_be_done(filled: CollectionsPane, folder: Path) -> None:
    from streamscope.gui.library.menus import row_menu

    row = row_menu(filled, filled.model.node(filled.model.find(folder / "chat.yaml")))
    words = [action.text().partition("\t")[0] for action in row.actions() if action.text()]
    assert words == ["Open", "Send", "Copy as cURL", "Duplicate", "New request", "New folder", "Rename",
                     "Show in the file manager", "Delete"]  # fmt: skip
    asked: list[Path] = []
    filled.curl_requested.connect(asked.append)
    row.actions()[2].trigger()
    assert asked == [folder / "chat.yaml"]
    beside = row_menu(filled, None)
    assert "Open a folder…" in [action.text() for action in beside.actions()]
    assert filled.tree.indexAt(QPoint(5, 590)) == QModelIndex()


def test_a_changed_tree_keeps_the_rows_that_stay(filled: CollectionsPane, folder: Path, bench: Bench) -> None:
    tester = QAbstractItemModelTester(filled.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    filled.tree.expandAll()
    resets: list[bool] = []
    filled.model.modelReset.connect(lambda: resets.append(True))
    filled.set_current(folder / "live.yaml")
    (folder / "chat.yaml").unlink()
    (folder / "merge.yaml").write_text("path: /mended\n")
    library.save(folder / "a new one.yaml", Draft(name="a new one"))
    (folder / "outer" / "deep").mkdir(parents=True)
    library.save(folder / "outer" / "deep" / "x.yaml", Draft(name="x"))
    library.save(folder / "inner" / "zoo.yaml", Draft(name="zoo"))
    filled.refresh()
    assert shown(filled) == ["requests", ["inner", ["list", "zoo"], "outer", "a new one", "live", "merge"]]
    assert filled.node().path == folder / "live.yaml"  # type: ignore[union-attr]
    assert filled.model.find(folder / "merge.yaml").data(Qt.ItemDataRole.AccessibleTextRole) == "GET, merge"
    (folder / "outer").rename(folder / "Zebra")
    filled.refresh()
    assert shown(filled)[1][2] == "Zebra"  # type: ignore[index]
    bench.collections.close(folder)
    filled.refresh()
    assert shown(filled) == []
    assert resets == []
    del tester
