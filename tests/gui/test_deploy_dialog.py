"""Deploying and changing services in the window: by keys and mouse, whatever the platform says."""

import asyncio
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget
from tests.gui.deploying import WORKSPACE, Story, invented, refusal, service, settled
from tests.gui.scene import gone, play, until

from streamscope.gui.desk import Desk
from streamscope.gui.dialogs import Dialogs
from streamscope.gui.services.deploy.dialog import DeployDialog
from streamscope.model.deployment import Configuration
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

pytestmark = pytest.mark.window


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    return invented(monkeypatch)


async def opened(desk: Desk, **options: object) -> DeployDialog:
    settled(desk)
    dialog = DeployDialog(desk, workspace=WORKSPACE.name, **options)  # type: ignore[arg-type]
    dialog.open()
    await until(lambda: dialog.pages.pages)
    return dialog


def inner(dialog: DeployDialog, key: str, number: int = -1) -> QWidget:
    """The widget of a field, of a portion where a number is given."""
    if number >= 0:
        assert dialog.pages.portions is not None
        section = dialog.pages.portions.cards[number].section
    else:
        found = dialog.pages.section_of(key)
        assert found is not None
        section = found
    widget = section.form.editor(key).focusProxy()
    assert widget is not None
    return widget


def typed(widget: QWidget, text: str) -> None:
    assert isinstance(widget, QLineEdit)
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def chosen(widget: QWidget, steps: int) -> None:
    """Choose in a list of choices with the arrow keys."""
    assert isinstance(widget, QComboBox)
    for _ in range(steps):
        QTest.keyClick(widget, Qt.Key.Key_Down)


def click(button: QWidget) -> None:
    assert button.isVisible(), button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(dialog: DeployDialog, text: str) -> QPushButton:
    card = dialog.asking.card
    assert card is not None
    return next(button for button in card.findChildren(QPushButton) if button.text() == text)


def focus_walk(dialog: DeployDialog, until_: Callable[[QWidget], bool]) -> QWidget:
    """Tab until the focus is where it is wanted."""
    for _ in range(60):
        here = dialog.focusWidget()
        if here is not None and until_(here):
            return here
        QTest.keyClick(here or dialog, Qt.Key.Key_Tab)
    raise AssertionError("the keyboard does not reach it")


def walk_to(dialog: DeployDialog, wanted: QWidget) -> None:
    focus_walk(dialog, lambda here: here is wanted)


def test_a_service_is_deployed_with_keys_alone(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        service(story, name="chat")
        dialog = await opened(desk)
        desk.runtime.core.services[WORKSPACE.name] = {"x": Service("x", "chat", WORKSPACE.name)}
        made: list[Service] = []
        dialog.deployed.connect(made.append)
        assert dialog.focusWidget() is inner(dialog, "name")
        chosen(focus_walk(dialog, lambda here: here.accessibleName() == "Model"), 1)
        name = inner(dialog, "name")
        assert isinstance(name, QLineEdit)
        assert name.text() == "chat-2"  # a free one, after what is deployed
        await until(lambda: dialog.deploy_button.text() == "Deploy")
        assert "1 × chat 0.0.1 on modelarts.vm.cpu.2u" in dialog.says.text()
        walk_to(dialog, dialog.deploy_button)
        QTest.keyClick(dialog.deploy_button, Qt.Key.Key_Space)
        await until(lambda: made)
        assert made[0].name == "chat-2"
        assert made[0].workspace == WORKSPACE.name
        assert story.deployed[0].values["name"] == "chat-2"
        assert story.deployed[0].portions[0]["model"] == "chat-1"
        assert not dialog.isVisible()
        await until(lambda: desk.bench.settings.get("deploy_workspace") == WORKSPACE.name)
        gone(dialog)

    play(dressed, tmp_path, script)


def test_what_is_open_is_counted_and_gone_to(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        assert dialog.deploy_button.text() == "Deploy (2 open)"  # name and model
        section = dialog.pages.section_of("name")
        assert section is not None
        assert section.form.problem("name") == ""  # nobody was there yet
        typed(inner(dialog, "name"), "my chat")
        await until(lambda: "make a name" in section.form.problem("name"))
        typed(inner(dialog, "name"), "my-chat")
        await until(lambda: section.form.problem("name") == "")
        click(dialog.deploy_button)
        assert not story.deployed
        assert dialog.focusWidget() is inner(dialog, "model", 0)
        assert dialog.pages.portions is not None
        assert dialog.pages.portions.cards[0].section.form.problem("model") == "This is needed."
        chosen(inner(dialog, "model", 0), 2)
        assert dialog.pages.section_of("name").values()["name"] == "my-chat"  # type: ignore[union-attr]
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: story.deployed)
        gone(dialog)

    play(dressed, tmp_path, script)


def test_a_quiet_field_is_behind_more_and_shown_when_it_is_wrong(
    dressed: QApplication, tmp_path: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        section = dialog.pages.section_of("stop_after")
        assert section is not None
        assert not inner(dialog, "stop_after").isVisible()
        click(section.more)
        assert inner(dialog, "stop_after").isVisible()
        typed(inner(dialog, "stop_after"), "soon")
        QTest.keyClick(section.more, Qt.Key.Key_Space)
        assert not inner(dialog, "stop_after").isVisible()
        click(dialog.deploy_button)
        await until(lambda: inner(dialog, "stop_after").isVisible())
        assert "number" in section.form.problem("stop_after")
        gone(dialog)

    play(dressed, tmp_path, script)


def test_portions_are_cards_whose_weights_make_a_hundred(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        portions = dialog.pages.portions
        assert portions is not None
        assert not inner(dialog, "weight", 0).isVisible()  # alone it gets all calls
        chosen(inner(dialog, "model", 0), 1)
        click(portions.add_button)
        click(portions.add_button)
        assert not portions.add_button.isEnabled()  # three at most
        await until(lambda: portions.cards[2].isVisible())
        inner(dialog, "model", 0).setFocus()
        for wanted in (inner(dialog, "model", 1), inner(dialog, "model", 2)):  # the keyboard goes as the eye does
            walk_to(dialog, wanted)
        walk_to(dialog, dialog.deploy_button)
        chosen(inner(dialog, "model", 1), 2)
        chosen(inner(dialog, "model", 2), 3)
        typed(inner(dialog, "weight", 1), "30")
        await until(lambda: "130" in portions.sum.text())
        await until(lambda: "1 open" in dialog.deploy_button.text())
        click(portions.share_button)
        assert [portion["weight"] for portion in portions.values()] == ["34", "33", "33"]
        await until(lambda: dialog.deploy_button.text() == "Deploy")
        click(portions.cards[1].remove_button)
        assert [portion["model"] for portion in portions.values()] == ["chat-1", "sort-1"]
        click(portions.cards[1].remove_button)
        assert [portion["weight"] for portion in portions.values()] == ["100"]
        click(dialog.deploy_button)
        await until(lambda: story.deployed)
        gone(dialog)

    play(dressed, tmp_path, script)


def test_a_refusal_is_told_above_and_at_its_field(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        chosen(inner(dialog, "model", 0), 1)
        story.trouble = refusal("specification is sold out")
        click(dialog.deploy_button)
        await until(lambda: dialog.asking.card is not None)
        assert dialog.asking.card is not None
        assert "sold out" in dialog.asking.card.text
        assert dialog.pages.portions is not None
        assert "sold out" in dialog.pages.portions.cards[0].section.form.problem("specification")
        click(offered(dialog, "Try again"))
        await until(lambda: story.deployed)
        gone(dialog)

    play(dressed, tmp_path, script)


def test_deploying_can_be_stopped_and_goes_on_when_the_dialog_is_closed(
    dressed: QApplication, tmp_path: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        chosen(inner(dialog, "model", 0), 1)
        story.gate = asyncio.Event()
        click(dialog.deploy_button)
        assert not dialog.deploy_button.isEnabled()
        await until(lambda: dialog.asking.line.isVisible())
        click(dialog.asking.stop_button)
        await until(lambda: not dialog.asking.asking)
        assert not story.deployed
        assert dialog.deploy_button.isEnabled()
        made: list[Service] = []
        dialog.deployed.connect(made.append)
        click(dialog.deploy_button)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        story.trouble = refusal("no quota")
        desk.runtime.call(story.gate.set)
        await until(lambda: dialog.isVisible())  # what went wrong is not lost with it
        assert dialog.asking.card is not None
        click(dialog.deploy_button)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: made)
        assert not dialog.isVisible()
        gone(dialog)

    play(dressed, tmp_path, script)


def test_pages_that_cannot_be_read_are_a_card_with_retry(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        story.unread = refusal("no right to list models")
        dialog = DeployDialog(desk, workspace=WORKSPACE.name)
        dialog.open()
        await until(lambda: dialog.asking.card is not None)
        assert not dialog.deploy_button.isEnabled()
        story.unread = None
        click(offered(dialog, "Try again"))
        await until(lambda: dialog.pages.pages)
        gone(dialog)

    play(dressed, tmp_path, script)


def test_reading_that_is_stopped_can_be_begun_again(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        story.gate = asyncio.Event()
        dialog = DeployDialog(desk, workspace=WORKSPACE.name)
        dialog.open()
        await until(lambda: dialog.asking.line.isVisible())
        click(dialog.asking.stop_button)
        await until(lambda: dialog.asking.card is not None)
        story.gate = None
        await until(lambda: offered(dialog, "Read again").isVisible())
        click(offered(dialog, "Read again"))
        await until(lambda: dialog.pages.pages)
        gone(dialog)

    play(dressed, tmp_path, script)


def test_another_generation_asks_for_other_things_and_the_name_stays(
    dressed: QApplication, tmp_path: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        typed(inner(dialog, "name"), "harbour-chat")
        combo = next(one for one in dialog.place.findChildren(QComboBox) if one.accessibleName() == "Generation")
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Down)
        combo.activated.emit(combo.currentIndex())
        await until(lambda: [page.key for page in dialog.pages.pages] == ["basics", "runs", "access", "limits"])
        assert dialog.pages.configuration().values["name"] == "harbour-chat"
        typed(inner(dialog, "image", 0), "chat:0.0.1")
        click(dialog.deploy_button)
        await until(lambda: story.deployed)
        assert story.deployed[0].values["rate"] == "200"  # folded, and sent all the same
        gone(dialog)

    play(dressed, tmp_path, script)


def test_what_was_typed_is_still_there_when_the_dialog_is_opened_again(
    dressed: QApplication, tmp_path: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        window = QWidget()
        dialogs = Dialogs(desk, window, {}, list)
        dialog = dialogs.deploy(WORKSPACE.name)
        assert isinstance(dialog, DeployDialog)
        await until(lambda: dialog.pages.pages)
        chosen(inner(dialog, "model", 0), 3)
        typed(inner(dialog, "name"), "mine")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        again = dialogs.deploy(WORKSPACE.name)
        assert again is dialog
        await until(lambda: not dialog.asking.asking)
        assert dialog.pages.configuration().values["name"] == "mine"
        assert dialog.pages.configuration().portions[0]["model"] == "sort-1"
        click(dialog.foot.afresh_button)
        await until(lambda: dialog.pages.pages)
        assert dialog.pages.configuration().values["name"] == ""
        made: list[Service] = []
        dialogs.deployed.connect(made.append)
        chosen(inner(dialog, "model", 0), 1)
        click(dialog.deploy_button)
        await until(lambda: made)
        fresh = dialogs.deploy(WORKSPACE.name)
        assert isinstance(fresh, DeployDialog)
        assert fresh is not dialog
        await until(lambda: fresh.pages.pages)
        typed(inner(fresh, "name"), "other")
        dialogs.deploy(WORKSPACE.name, "sort:0.0.1")
        assert fresh.pages.configuration().values["name"] == "other"
        click(offered(fresh, "Deploy sort:0.0.1 instead"))
        await until(lambda: "1 × sort 0.0.1" in fresh.says.text())
        dialogs.close()
        gone(window)

    play(dressed, tmp_path, script)


def test_an_update_says_what_changes_and_keeps_what_is_offered_no_more(
    dressed: QApplication, tmp_path: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        one = service(story)
        portion = {"model": "chat-0", "specification": "cpu.2u", "count": "1", "weight": "100"}
        story.configuration = Configuration({"description": "Answers."}, (portion,), {"kept": True})
        dialog = await opened(desk, service=one)
        assert not dialog.deploy_button.isEnabled()
        assert dialog.focusWidget() is not dialog.foot.close_button
        assert dialog.says.text() == "Nothing is changed yet."
        model = inner(dialog, "model", 0)
        assert isinstance(model, QComboBox)
        assert model.currentText() == "chat-0 (not offered any more)"
        typed(inner(dialog, "count", 0), "2")
        await until(lambda: "Instances: 1 → 2" in dialog.says.text())
        updated: list[Service] = []
        dialog.updated.connect(updated.append)
        click(dialog.deploy_button)
        await until(lambda: updated)
        name, sent = story.changed[0]
        assert name == one.id
        assert sent.origin == {"kept": True}
        assert sent.portions[0]["model"] == "chat-0"
        assert sent.portions[0]["count"] == "2"
        assert sent.values["description"] == "Answers."
        gone(dialog)

    play(dressed, tmp_path, script)


def test_the_same_as_a_command_line_and_as_json(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        dialog = await opened(desk)
        chosen(inner(dialog, "model", 0), 1)
        typed(inner(dialog, "name"), "a-b")
        click(dialog.foot.command_button)
        words = shlex.split(QGuiApplication.clipboard().text())
        assert words[:4] == ["streamscope", "services", "deploy", "a-b"]
        assert words[-2:] == ["--model", "chat:0.0.1"]
        click(dialog.foot.json_button)
        read = json.loads(QGuiApplication.clipboard().text())
        assert read["values"]["name"] == "a-b"
        assert read["portions"][0]["model"] == "chat-1"
        gone(dialog)

    play(dressed, tmp_path, script)


def test_nothing_to_deploy_says_what_to_do(dressed: QApplication, tmp_path: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        basics, models, *rest = story.old
        nothing = (("", phrase("Choose…")),)
        fields = tuple(replace(field, choices=nothing) if field.key == "model" else field for field in models.fields)
        story.old = (basics, replace(models, fields=fields), *rest)
        dialog = await opened(desk)
        await until(lambda: dialog.asking.card is not None)
        assert dialog.asking.card is not None
        assert dialog.asking.card.text == "There is nothing to deploy yet."
        gone(dialog)

    play(dressed, tmp_path, script)
