"""Model packages in the window: a Python file or a command is registered, changed, removed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from tests.gui.scene import gone, play, until

from streamscope.gui.desk import Desk
from streamscope.gui.services.deploy.package import PackageDialog
from streamscope.gui.services.deploy.sample import SAMPLE
from streamscope.sandbox.models.python_file import load
from streamscope.sandbox.packages import Package, Packages

pytestmark = pytest.mark.window


async def opened(desk: Desk) -> PackageDialog:
    dialog = PackageDialog(desk)
    dialog.open()
    await until(lambda: dialog.list.count())
    return dialog


def inner(dialog: PackageDialog, key: str) -> QWidget:
    assert dialog.form is not None
    widget = dialog.form.form.editor(key).focusProxy()
    assert widget is not None
    return widget


def typed(dialog: PackageDialog, key: str, text: str) -> None:
    widget = inner(dialog, key)
    assert isinstance(widget, QLineEdit)
    widget.selectAll()
    QTest.keyClicks(widget, text)


def click(button: QWidget) -> None:
    assert button.isVisible(), button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(dialog: PackageDialog, text: str) -> QPushButton:
    card = dialog.asking.card
    assert card is not None
    return next(button for button in card.findChildren(QPushButton) if button.text() == text)


def kept(desk: Desk) -> list[Package]:
    return [one for one in Packages(desk.bench.profile / "sandbox").all() if one.kind != "built-in"]


def test_the_sample_is_registered_and_deployed_at_once(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        assert dialog.focusWidget() is not dialog.list
        wanted: list[str] = []
        dialog.deploy_requested.connect(wanted.append)
        place = tmp_path / "predict.py"
        dialog.save_sample(place)
        await until(lambda: place.exists() and not dialog.asking.asking)
        assert place.read_text() == SAMPLE
        load(str(place))  # it is a model
        assert dialog.focusWidget() is dialog.register_button
        QTest.keyClick(dialog.register_button, Qt.Key.Key_Space)
        await until(lambda: kept(desk))
        await until(lambda: dialog.asking.card is not None)
        assert kept(desk)[0].file == str(place)
        value = dialog.value()
        assert value is not None
        assert value.key == "predict:0.0.1"
        click(offered(dialog, "Deploy it"))
        assert wanted == ["predict:0.0.1"]
        gone(dialog)

    play(dressed, tmp_path / "profile", script)


def test_a_command_is_shown_as_its_arguments(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        kind = inner(dialog, "kind")
        assert isinstance(kind, QComboBox)
        QTest.keyClick(kind, Qt.Key.Key_Down)
        typed(dialog, "command", "python -m http.server 'my port' $PORT")
        told = [label.text() for label in dialog.findChildren(QLabel)]
        assert "python  ·  -m  ·  http.server  ·  my port  ·  $PORT" in told
        typed(dialog, "command", "python 'open")
        assert dialog.form is not None
        form = dialog.form.form
        await until(lambda: form.problem("command") == "A quote is left open.")
        typed(dialog, "command", "no-such-program-here $PORT")
        typed(dialog, "name", "mine")
        await until(lambda: "no program 'no-such-program-here'" in dialog.verdict.text())
        typed(dialog, "command", "python -m http.server $PORT")
        await until(lambda: dialog.verdict.text() == "")
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: kept(desk))
        made = kept(desk)[0]
        assert made.command[1:] == ["-m", "http.server", "$PORT"]
        assert made.kind == "command"
        gone(dialog)

    play(dressed, tmp_path / "profile", script)


def test_what_is_missing_is_gone_to_and_what_is_refused_is_a_card(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        click(dialog.register_button)
        assert dialog.focusWidget() is inner(dialog, "file")
        broken = tmp_path / "broken.py"
        broken.write_text("def predict(inputs:\n")
        typed(dialog, "file", str(broken))
        name = inner(dialog, "name")
        assert isinstance(name, QLineEdit)
        assert name.text() == "broken"  # after the file
        await until(lambda: "is no Python" in dialog.verdict.text())
        click(dialog.register_button)
        await until(lambda: dialog.asking.card is not None)
        assert dialog.asking.card is not None
        assert "is no Python" in dialog.asking.card.text
        broken.write_text("def predict(inputs):\n    return inputs\n")
        typed(dialog, "name", "chat")  # a built-in one
        click(dialog.register_button)
        await until(lambda: dialog.asking.card is not None and "built-in" in dialog.asking.card.text)
        assert not kept(desk)
        gone(dialog)

    play(dressed, tmp_path / "profile", script)


def test_what_is_typed_stays_while_one_looks_at_others(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        typed(dialog, "name", "mine")
        dialog.list.setFocus()
        assert dialog.value() is None  # looking into the list chooses nothing
        QTest.keyClick(dialog.list, Qt.Key.Key_Down)
        assert dialog.value() is not None
        click(dialog.add_button)
        assert dialog.form is not None
        assert dialog.form.values()["name"] == "mine"
        gone(dialog)

    play(dressed, tmp_path / "profile", script)


def test_the_next_version_and_removing_one(dressed: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text("def predict(inputs):\n    return inputs\n")

    async def script(desk: Desk) -> None:
        Packages(desk.bench.profile / "sandbox").add(Package(name="mine", kind="python", file=str(file)))
        dialog = await opened(desk)
        changed: list[str] = []
        dialog.changed.connect(changed.append)
        dialog.list.setFocus()
        QTest.keyClick(dialog.list, Qt.Key.Key_Home)
        assert dialog.title.text() == "mine 0.0.1"
        assert dialog.register_button.text() == "Register the next version"
        click(dialog.register_button)
        await until(lambda: len(kept(desk)) == 2)
        await until(lambda: dialog.title.text() == "mine 0.0.2")
        QTest.keyClick(dialog, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        assert dialog.asking.card is not None
        assert "mine 0.0.2" in dialog.asking.card.text
        assert len(kept(desk)) == 2
        click(offered(dialog, "Remove"))
        await until(lambda: [one.version for one in kept(desk)] == ["0.0.1"])
        await until(lambda: len(changed) == 2)
        gone(dialog)

    play(dressed, tmp_path / "profile", script)


def test_a_built_in_model_can_be_deployed_and_not_changed(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        dialog.list.setFocus()
        QTest.keyClick(dialog.list, Qt.Key.Key_Home)
        assert not dialog.register_button.isVisible()
        assert not dialog.remove_button.isEnabled()
        wanted: list[str] = []
        dialog.deploy_requested.connect(wanted.append)
        click(dialog.deploy_button)
        assert wanted == ["chat:0.0.1"]
        gone(dialog)

    play(dressed, tmp_path / "profile", script)
