"""The settings page: searched, changed, refused, reset, edited by hand; and the keys of actions."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QMainWindow,
    QWidget,
)
from tests.gui.test_window import until

from streamscope.gui import actions as acts
from streamscope.gui import loop
from streamscope.gui.messages import MessageView
from streamscope.gui.settings import keys
from streamscope.gui.settings.dialog import SettingsDialog
from streamscope.gui.settings.model import KEYS, SettingsModel
from streamscope.gui.settings.pane import SettingsPane
from streamscope.gui.settings.wearing import wear
from streamscope.gui.theme import strong_font, theme
from streamscope.store.settings import Settings
from streamscope.store.settings_table import SETTINGS

pytestmark = pytest.mark.window

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Script = Callable[[SettingsPane], Awaitable[None]]
Paged = Callable[[Script], None]


@pytest.fixture
def paged(dressed: QApplication, tmp_path: Path) -> Iterator[Paged]:
    """Open the settings page of a profile and play a coroutine on it."""
    owner = QMainWindow()

    def play(script: Script) -> None:
        settings = Settings(tmp_path / "settings.toml", [])
        actions = acts.build(owner, {act.name: lambda: None for act in acts.ACTS})

        async def main() -> None:
            model = SettingsModel(settings)
            model.changed.connect(lambda key: acts.bind(actions, settings.keys()) if key == KEYS else None)
            dialog = SettingsDialog(model, actions, tmp_path)
            dialog.show()
            try:
                await script(dialog.pane)
                dialog.close()
                await until(lambda: not model.busy)
            finally:
                model.deleteLater()

        loop.run(dressed, main())

    yield play
    owner.deleteLater()


def test_what_is_chosen_is_kept_at_once_and_marked(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        told: list[str] = []
        pane.model.changed.connect(told.append)
        row = pane.rows["appearance"]
        assert not row.reset.isVisible()
        combo = row.findChild(QComboBox)
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_End)
        await until(lambda: told)
        assert told == ["appearance"]
        assert pane.model.settings.path.read_text() == 'version = 1\nappearance = "dark"\n'
        assert row.reset.isVisible()
        QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
        await until(lambda: len(told) == 2)
        assert (combo.currentData(), row.reset.isVisible()) == ("system", False)
        assert "appearance" not in pane.model.settings.path.read_text()

    paged(script)


def test_a_value_that_makes_no_sense_is_said_and_not_kept(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        row = pane.rows["text_size"]
        line = row.findChild(QLineEdit)
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, "5000")
        await until(row.problem.isVisible)
        assert "between 70 and 200" in row.problem.text()
        assert row.editor.accessibleDescription() == row.problem.text()
        assert not pane.model.settings.path.exists()
        pane.refresh()
        assert line.text() == "5000", "what is typed stays until it is mended"
        QTest.keyClick(line, Qt.Key.Key_Backspace)
        QTest.keyClick(line, Qt.Key.Key_Backspace)
        row.flush()
        QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
        await until(lambda: not pane.model.busy)
        assert (line.text(), row.problem.isVisible()) == ("100", False)

    paged(script)


def test_what_is_being_typed_counts_when_the_page_is_closed(paged: Paged, tmp_path: Path) -> None:
    async def script(pane: SettingsPane) -> None:
        line = pane.rows["proxy"].findChild(QLineEdit)
        line.setFocus()
        QTest.keyClicks(line, "http://proxy.example:3128")

    paged(script)
    assert 'proxy = "http://proxy.example:3128"' in (tmp_path / "settings.toml").read_text()


def test_settings_are_searched(paged: Paged) -> None:
    def seen(pane: SettingsPane) -> set[str]:
        return {key for key, row in pane.rows.items() if row.isVisible()}

    async def script(pane: SettingsPane) -> None:
        assert seen(pane) == {setting.key for setting in SETTINGS}
        QTest.keyClicks(pane.filter, "recordings day")
        assert seen(pane) == {"recordings_days"}
        assert not pane.shortcuts.isVisible()
        pane.filter.setText("简体")
        assert seen(pane) == {"language"}
        pane.filter.setText("find anything ctrl+k")
        assert (seen(pane), pane.shortcuts.isVisible()) == (set(), True)
        pane.filter.setText("no such thing at all")
        assert (seen(pane), pane.nothing.isVisible()) == (set(), True)
        QTest.keyClick(pane.filter, Qt.Key.Key_A, CONTROL)
        QTest.keyClick(pane.filter, Qt.Key.Key_Delete)
        assert len(seen(pane)) == len(SETTINGS)

    paged(script)


def test_a_file_that_is_edited_by_hand_is_taken_up(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        told: list[str] = []
        pane.model.changed.connect(told.append)
        pane.model.settings.path.write_text('text_size = 130\nlive_tabs = -1\n[keys]\nsend = ["F8"]\n')
        pane.model.look()
        await until(lambda: not pane.model.busy)
        assert told == ["text_size", "keys"]
        assert pane.rows["text_size"].editor.value() == "130"
        (card,) = pane.findChildren(MessageView)
        assert "live_tabs" in card.text
        pane.model.settings.path.write_text("text_size = = 1")
        pane.rows["live_tabs"].editor.set_value("12")
        pane.flush()
        await until(lambda: not pane.model.busy)
        cards = pane.findChildren(MessageView)
        assert "is not TOML" in cards[-1].text, "what cannot be written is a card"
        assert pane.model.settings.path.read_text() == "text_size = = 1"

    paged(script)


def test_an_action_gets_other_keys_by_pressing_them(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        view = pane.shortcuts
        choose(pane, "send")
        assert view.current().keys == ("Ctrl+Return", "Ctrl+Enter")
        QTest.keyClick(view.new, Qt.Key.Key_F8)
        QTest.mouseClick(view.add_button, Qt.MouseButton.LeftButton)
        await until(lambda: view.current().changed)
        assert view.current().keys == ("Ctrl+Return", "Ctrl+Enter", "F8")
        assert 'send = ["Ctrl+Return", "Ctrl+Enter", "F8"]' in pane.model.settings.path.read_text()
        action: QAction = view._actions["send"]
        assert [one.toString() for one in action.shortcuts()][-1] == "F8"
        away = next(
            one for one in view.findChildren(QAbstractButton) if one.accessibleName() == "Take Ctrl+Return away"
        )
        QTest.mouseClick(away, Qt.MouseButton.LeftButton)
        await until(lambda: view.current().keys == ("Ctrl+Enter", "F8"))
        QTest.mouseClick(view.reset_button, Qt.MouseButton.LeftButton)
        await until(lambda: not view.current().changed)
        assert pane.model.settings.keys() == {}
        assert "[keys]" not in pane.model.settings.path.read_text()

    paged(script)


def test_a_key_that_somebody_has_is_said_and_can_be_taken(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        view = pane.shortcuts
        choose(pane, "save")
        QTest.keyClick(view.new, Qt.Key.Key_K, CONTROL)
        view.add_new()
        await until(lambda: cards(view))
        (card,) = cards(view)
        assert card.text == "Ctrl+K belongs to “Find anything…”."
        assert pane.model.settings.keys() == {}
        take = card.findChild(QAbstractButton)
        QTest.mouseClick(take, Qt.MouseButton.LeftButton)
        await until(lambda: len(pane.model.settings.keys()) == 2 and not pane.model.busy)
        assert pane.model.settings.keys() == {"palette": [], "save": ["Ctrl+S", "Ctrl+K"]}
        choose(pane, "palette")
        view.reset_button.click()
        await until(lambda: cards(view))
        (card,) = cards(view)
        assert "“Save”" in card.text, "its own key is another's now"
        QTest.mouseClick(view.reset_all_button, Qt.MouseButton.LeftButton)
        await until(lambda: not pane.model.busy)
        assert pane.model.settings.keys() == {}
        assert not view.reset_all_button.isEnabled()

    paged(script)


def test_actions_are_found_by_name_and_by_key(paged: Paged) -> None:
    def seen(pane: SettingsPane) -> list[str]:
        view = pane.shortcuts.list
        items = [view.topLevelItem(row) for row in range(view.topLevelItemCount())]
        return [item.text(0) for item in items if not item.isHidden()]

    async def script(pane: SettingsPane) -> None:
        assert len(seen(pane)) == len(acts.ACTS)
        QTest.keyClicks(pane.shortcuts.filter, "cURL")
        assert seen(pane) == ["Copy as cURL"]
        pane.shortcuts.filter.clear()
        QTest.keyClick(pane.shortcuts.pressed, Qt.Key.Key_F5)
        assert seen(pane) == ["Read the services again"]
        pane.shortcuts.pressed.clear()
        assert len(seen(pane)) == len(acts.ACTS)

    paged(script)


def test_a_key_that_types_is_refused(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        view = pane.shortcuts
        choose(pane, "save")
        for key, modifier in ((Qt.Key.Key_A, SHIFT), (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)):
            QTest.keyClick(view.new, key, modifier)
            view.add_new()
            await until(lambda: cards(view))
            view.new.clear()
            assert not cards(view)
        assert pane.model.settings.keys() == {}

    paged(script)
    assert keys.unfit("F8") == keys.unfit("Ctrl+A") == keys.unfit("Esc") == keys.unfit("Shift+F3") == ""
    assert keys.unfit("Left")


def test_every_control_of_the_page_has_a_name(paged: Paged) -> None:
    async def script(pane: SettingsPane) -> None:
        choose(pane, "send")
        kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QKeySequenceEdit)
        found = [one for one in pane.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible()]
        inner = (QComboBox, QLineEdit, QAbstractItemView)
        nameless = [one for one in found if not _name(one) and not isinstance(one.parent(), inner)]
        assert not nameless, [(type(one).__name__, type(one.parent()).__name__) for one in nameless]

    paged(script)


def test_text_size_and_theme_are_worn_by_what_is_open(dressed: QApplication, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.toml", [])
    label = QLabel("text")
    label.setFont(strong_font(1.0))
    label.show()
    whole, own = dressed.font().pointSizeF(), label.font().pointSizeF()
    try:
        for percent, look in (("150", "dark"), ("80", "light"), ("200", "dark")):
            settings.set("text_size", percent)
            settings.set("appearance", look)
            wear(dressed, settings)
            ratio = int(percent) / 100
            assert dressed.font().pointSizeF() == pytest.approx(whole * ratio)
            assert label.font().pointSizeF() == pytest.approx(own * ratio)
            assert theme.tokens.name == look
    finally:
        settings.reset("text_size")
        settings.set("appearance", "light")
        wear(dressed, settings)
        label.close()
    assert dressed.font().pointSizeF() == pytest.approx(whole)


def choose(pane: SettingsPane, name: str) -> None:
    """Make an action the chosen one."""
    view = pane.shortcuts
    row = next(at for at, one in enumerate(view._bound) if one.name == name)
    view.list.setCurrentItem(view.list.topLevelItem(row))


def cards(view: QWidget) -> list[MessageView]:
    """What is said in its place."""
    return [one for one in view.findChildren(MessageView) if one.isVisible()]


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
