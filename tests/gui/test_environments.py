"""The dialog of environments and the choice in the corner, played by key and mouse."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from streamscope.gui.library.environment_choice import EnvironmentChoice
from streamscope.gui.library.environment_model import EnvironmentModel
from streamscope.gui.library.environments import EnvironmentsDialog
from streamscope.gui.library.import_variables import ImportDialog
from streamscope.gui.library.variables_table import NAME, ON, SECRET, VALUE
from streamscope.gui.messages import MessageView
from streamscope.model.environment import Environment, Scope, Variable
from streamscope.store.bench import open_bench
from streamscope.store.environments import GLOBALS, Environments
from streamscope.store.secrets import Secrets


class Played:
    """The dialog, with its coroutines run one after the other."""

    def __init__(self, qtbot: QtBot, store: Environments, collection: Path | None = None) -> None:
        self.store = store
        self.qtbot = qtbot
        self.dialog = EnvironmentsDialog(store, collection)
        self.form = self.dialog.form
        self._waiting: list[Coroutine[Any, Any, None]] = []
        self.dialog.started.connect(self._waiting.append)
        self.changes: list[None] = []
        self.dialog.environments_changed.connect(lambda: self.changes.append(None))
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)

    def turn(self) -> None:
        """Run what was started, and what that starts."""
        while self._waiting:
            asyncio.run(self._waiting.pop(0))
        QApplication.processEvents()

    def settled(self) -> None:
        """Wait until what was edited is saved."""
        self.qtbot.waitUntil(lambda: not self.dialog._calm.isActive())
        self.turn()

    def open(self, name: str = "") -> None:
        self.dialog.load(name)
        self.turn()

    def names(self) -> list[str]:
        items = self.dialog.items
        return [items.item(row).text() for row in range(items.rowCount())]

    def edit(self, row: int, column: int) -> QLineEdit:
        """Begin to edit a cell."""
        index = self.form.table.index(row, column)
        self.form.view.setCurrentIndex(index)
        self.form.view.edit(index)
        editor = self.form.view.indexWidget(index)
        assert isinstance(editor, QLineEdit)
        return editor

    def write(self, row: int, column: int, text: str) -> None:
        """Type into a cell, as a person does."""
        editor = self.edit(row, column)
        editor.selectAll()
        self.qtbot.keyClicks(editor, text)
        self.qtbot.keyClick(editor, Qt.Key.Key_Return)
        QApplication.processEvents()  # the view takes it up a moment later

    def switch(self, row: int, column: int) -> None:
        """Switch a cell with Space."""
        self.form.view.setFocus()
        self.form.view.setCurrentIndex(self.form.table.index(row, column))
        self.qtbot.keyClick(self.form.view, Qt.Key.Key_Space)

    def cards(self) -> list[str]:
        return [card.text for card in self.form.findChildren(MessageView) if card.isVisible()]

    def press(self, text: str) -> None:
        """Press the visible button of this text."""
        buttons = self.dialog.findChildren(QAbstractButton)
        (button,) = [one for one in buttons if one.isVisible() and text in (one.text(), one.toolTip())]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def store(tmp_path: Path) -> Environments:
    made = Environments(tmp_path / "environments", Secrets())
    made.save(Environment("Staging", (Variable("host", "a"), Variable("key", "sesame", secret=True))))
    made.save(Environment("Prod", (Variable("host", "p"),)))
    return made


@pytest.fixture
def play(dressed: QApplication, qtbot: QtBot) -> Iterator[Callable[..., Played]]:
    made: list[Played] = []

    def start(store: Environments, name: str = "", collection: Path | None = None) -> Played:
        made.append(Played(qtbot, store, collection))
        made[-1].open(name)
        return made[-1]

    yield start
    for one in made:
        one.dialog.close()
        one.turn()


Play = Callable[..., Played]


def test_an_empty_profile_teaches_and_the_first_variable_is_typed(play: Play, tmp_path: Path) -> None:
    played = play(Environments(tmp_path / "none", Secrets()))
    assert played.names() == ["Globals"]
    assert played.form.teaching.isVisible()
    assert "{{host}}" in played.form.teaching.text()
    assert not played.dialog.delete.isEnabled()
    played.press("Add variable")
    editor = played.form.view.indexWidget(played.form.table.index(0, NAME))
    played.qtbot.keyClicks(editor, "host")
    played.qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    played.write(0, VALUE, "https://a.example")
    played.settled()
    assert not played.form.teaching.isVisible()
    assert played.store.get(GLOBALS).variables == (Variable("host", "https://a.example"),)
    assert played.changes


def test_a_switched_secret_leaves_the_file(play: Play, store: Environments, tmp_path: Path) -> None:
    played = play(store, "Prod")
    played.write(0, VALUE, "open-sesame")
    played.settled()
    assert "open-sesame" in _files(tmp_path)
    played.switch(0, SECRET)
    played.settled()
    assert "open-sesame" not in _files(tmp_path)
    assert store.with_secrets(store.get("Prod")).variables == (Variable("host", "open-sesame", secret=True),)
    assert played.form.table.index(0, VALUE).data() == "••••••"
    assert any("keyring" in card for card in played.cards()), "there is none in tests, and it says so"


def _files(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*.yaml"))


def test_a_secret_is_typed_unseen_and_kept_when_it_is_not_touched(play: Play, store: Environments) -> None:
    played = play(store, "Staging")
    editor = played.edit(1, VALUE)
    assert editor.echoMode() == QLineEdit.EchoMode.Password
    assert editor.text() == ""
    played.qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    played.write(0, VALUE, "b")
    played.settled()
    assert store.with_secrets(store.get("Staging")).variables[1].value == "sesame"


def test_off_delete_and_undo(play: Play, store: Environments) -> None:
    played = play(store, "Staging")
    before = store.get("Staging").variables
    played.switch(0, ON)
    played.settled()
    assert not store.get("Staging").variables[0].on
    played.form.view.selectRow(0)
    played.qtbot.keyClick(played.form.view, Qt.Key.Key_Delete)
    played.settled()
    assert [one.name for one in store.get("Staging").variables] == ["key"]
    for _ in range(2):
        played.dialog.undo()
        played.turn()
    assert store.get("Staging").variables == before
    assert store.with_secrets(store.get("Staging")).variables[1].value == "sesame"


def test_an_environment_is_made_renamed_duplicated_and_deleted(play: Play, store: Environments) -> None:
    played = play(store)
    played.press("New environment")
    played.turn()
    assert played.form.name.hasFocus()
    played.form.name.insert("测试 1")
    played.qtbot.keyClick(played.form.name, Qt.Key.Key_Return)
    played.turn()
    assert played.names() == ["Globals", "Prod", "Staging", "测试 1"]
    played.open("Staging")
    played.press("Duplicate")
    played.turn()
    assert store.with_secrets(store.get("Staging copy")).variables[1].value == "sesame"
    played.press("Delete")
    played.turn()
    assert "Staging copy" not in played.names()
    assert any("was deleted" in card for card in played.cards())
    played.press("Undo")
    played.turn()
    assert store.with_secrets(store.get("Staging copy")).variables[1].value == "sesame"
    assert played.form.name.text() == "Staging copy"


def test_a_rename_to_a_name_that_is_taken_is_told_in_its_place(play: Play, store: Environments) -> None:
    played = play(store, "Prod")
    played.form.name.selectAll()
    played.qtbot.keyClicks(played.form.name, "Staging")
    played.qtbot.keyClick(played.form.name, Qt.Key.Key_Return)
    played.turn()
    assert any("already" in card for card in played.cards())
    assert played.form.name.text() == "Prod"


def test_a_name_that_cannot_stand_is_told_and_not_saved(play: Play, store: Environments) -> None:
    played = play(store, "Prod")
    played.write(0, NAME, "a b")
    played.settled()
    assert any("no name of a variable" in card for card in played.cards())
    assert store.get("Prod").variables[0].name == "host"
    played.write(0, NAME, "ab")
    played.settled()
    assert not played.cards()
    assert store.get("Prod").variables[0].name == "ab"


def test_closing_saves_what_was_typed_last(play: Play, store: Environments) -> None:
    played = play(store, "Prod")
    played.qtbot.keyClicks(played.edit(0, VALUE), "last")
    played.dialog.close()
    played.turn()
    assert store.get("Prod").variables[0].value == "last"


def test_a_folder_that_cannot_be_written_is_a_card(play: Play, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    played = play(Environments(tmp_path / "file" / "environments", Secrets()))
    played.write(0, NAME, "a")
    played.settled()
    assert any("cannot be written" in card for card in played.cards())


def test_a_file_that_cannot_be_read_is_named(play: Play, store: Environments) -> None:
    (store._folder / "broken.yaml").write_text("<<<<<<< ours\n")
    played = play(store)
    assert any("broken.yaml" in card for card in played.cards())
    assert played.names() == ["Globals", "Prod", "Staging"]


def test_a_collections_environments_are_in_the_list(play: Play, store: Environments, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    store.save(Environment("Staging", (Variable("host", "shop"),)), shop)
    played = play(store, collection=shop)
    assert played.names() == ["Globals", "Prod", "Staging", "shop (shared)", "Staging (shop)"]
    played.dialog.list.setCurrentIndex(played.dialog.items.index(3, 0))
    played.turn()
    played.write(0, NAME, "all")
    played.write(0, VALUE, "drafts")
    played.settled()
    assert (shop / "environment.yaml").is_file()
    assert store.variables(Scope("", shop)).known["all"].value == "drafts"
    played.dialog.list.setCurrentIndex(played.dialog.items.index(4, 0))
    played.turn()
    assert played.form.table.variables() == (Variable("host", "shop"),)


def test_lines_are_imported(play: Play, store: Environments, qtbot: QtBot) -> None:
    played = play(store, "Prod")
    QApplication.clipboard().setText("plain words")
    played.press("Import .env…")
    (dialog,) = played.dialog.findChildren(ImportDialog)
    assert dialog.editor.toPlainText() == ""
    assert not dialog.take.isEnabled()
    qtbot.keyClicks(dialog.editor, "host=new")
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.editor, "API_KEY=abcdef")
    assert "secret: 1" in dialog.said.text()
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    played.settled()
    saved = store.with_secrets(store.get("Prod")).variables
    assert saved == (Variable("host", "new"), Variable("API_KEY", "abcdef", secret=True))


def test_values_offer_the_names_of_others(play: Play, store: Environments) -> None:
    played = play(store, "Staging")
    editor = played.edit(0, VALUE)
    editor.selectAll()
    played.qtbot.keyClicks(editor, "{{k")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    played.qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert editor.text() == "{{key}}"
    played.qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    played.settled()
    assert store.get("Staging").variables[0].value == "{{key}}"


def test_every_control_has_a_name(play: Play, store: Environments) -> None:
    played = play(store, "Staging")
    for button in played.dialog.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName() or button.text()
    assert played.dialog.list.accessibleName()
    assert played.form.view.accessibleName()
    assert played.form.name.accessibleName()


def test_the_choice_in_the_corner(dressed: QApplication, qtbot: QtBot) -> None:
    choice = EnvironmentChoice()
    qtbot.addWidget(choice)
    choice.show_environments(["Prod", "x" * 300], "Prod")
    choice.show()
    assert choice.current() == "Prod"
    assert choice.width() <= 220
    told: list[str] = []
    choice.chosen.connect(told.append)
    choice.edit_requested.connect(lambda: told.append("edit"))
    choice.switch()
    qtbot.waitUntil(choice.view().isVisible)
    qtbot.keyClick(choice.view(), Qt.Key.Key_Down)
    qtbot.keyClick(choice.view(), Qt.Key.Key_Return)
    assert told == ["x" * 300]
    choice.switch()
    qtbot.keyClick(choice.view(), Qt.Key.Key_End)
    qtbot.keyClick(choice.view(), Qt.Key.Key_Return)
    assert told[1:] == ["edit"]
    assert choice.currentText() == "x" * 300
    choice.show_environments([], "gone")
    assert choice.currentText() == "gone"


def test_what_is_in_force_in_a_window(dressed: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    bench = open_bench(tmp_path / "profile")
    bench.environments.save(Environment("dev", (Variable("host", "a"), Variable("key", "kkkk", secret=True))))
    shop = tmp_path / "shop"
    bench.environments.save_shared(shop, Environment("shop", (Variable("path", "/v1"),)))
    window = QWidget()
    qtbot.addWidget(window)
    model = EnvironmentModel(bench, window)
    waiting: list[Coroutine[Any, Any, None]] = []
    model.started.connect(waiting.append)

    def turn() -> None:
        while waiting:
            asyncio.run(waiting.pop(0))

    model.refresh()
    turn()
    assert not model.variables.variables.strict
    model.choose("dev")
    model.show_collection(shop)
    turn()
    known = model.variables.variables.known
    assert set(known) == {"host", "key", "path"}
    assert known["key"].value is None
    assert model.scope() == Scope("dev", shop)
    assert model.choice.current() == "dev"
    assert open_bench(tmp_path / "profile").settings.get("environment") == "dev"
    model.edit()
    turn()
    (dialog,) = window.findChildren(EnvironmentsDialog)
    assert dialog.form.name.text() == "dev"
    dialog.form.table.add((Variable("new", "1"),))
    dialog.close()
    turn()
    assert "new" in model.variables.variables.known
    bench.environments.remove("dev")
    model.refresh()
    turn()
    assert model.variables.variables.strict, "it is gone: what was chosen is not sent without it unnoticed"
    assert model.choice.currentText() == "dev"
    bench.close()


def test_what_another_window_changed_meanwhile_stays(play: Play, store: Environments) -> None:
    played = play(store, "Prod")
    store.save(Environment("Prod", (Variable("host", "p"), Variable("theirs", "1"))))
    played.write(0, VALUE, "mine")
    played.settled()
    wanted = (Variable("host", "mine"), Variable("theirs", "1"))
    assert store.get("Prod").variables == wanted
    assert played.form.table.variables() == wanted


def test_a_name_of_several_lines_is_not_changed_by_looking_at_it(play: Play, store: Environments) -> None:
    store.save(Environment("two\nlines 🎈"))
    played = play(store, "two\nlines 🎈")
    played.form.name.setFocus()
    played.form.view.setFocus()
    played.turn()
    assert "two\nlines 🎈" in [one.name for one in store.all()]
