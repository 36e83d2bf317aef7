"""A model of one's own on the real sandbox, from the window: registered, deployed, changed, callers let in."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from tests.gui.scene import gone, play, until

from streamscope.gui.desk import Desk
from streamscope.gui.dialogs import Dialogs
from streamscope.gui.services.access.apps import AppsDialog
from streamscope.gui.services.access.keys import KeysDialog
from streamscope.gui.services.access.view import AccessView
from streamscope.gui.services.deploy.dialog import DeployDialog
from streamscope.gui.services.deploy.package import PackageDialog
from streamscope.model.service import Service

pytestmark = pytest.mark.window
_T = TypeVar("_T")


async def asked(desk: Desk, coroutine: Coroutine[Any, Any, _T]) -> _T:
    return await asyncio.wrap_future(desk.runtime.run(coroutine))


async def running(desk: Desk, name: str) -> Service:
    from streamscope.engine import deploying

    workspace = desk.bench.workspaces.get("sandbox")
    return await asked(desk, deploying.wait(desk.runtime.core, workspace, name, ("running",), 20))


def entered(dialog: DeployDialog, key: str, value: str, number: int = 0) -> None:
    """Type into a portion's field."""
    assert dialog.pages.portions is not None
    editor = dialog.pages.portions.cards[number].section.form.editor(key)
    line = editor.focusProxy()
    assert line is not None
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, value)


async def done(dialog: DeployDialog, told: list[Service]) -> Service:
    """Press the button by its keys and wait for what comes of it."""
    await until(lambda: dialog.deploy_button.text() in ("Deploy", "Update") and dialog.deploy_button.isEnabled())
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: told or dialog.asking.card)
    assert told, dialog.asking.card.text if dialog.asking.card is not None else ""
    return told.pop()


def test_a_model_of_ones_own_is_registered_deployed_and_changed(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        window = QWidget()
        dialogs = Dialogs(desk, window, {}, list)
        deployed: list[Service] = []
        dialogs.deployed.connect(deployed.append)
        packages = dialogs.package()
        assert isinstance(packages, PackageDialog)
        await until(lambda: packages.list.count())
        packages.save_sample(tmp_path / "mine.py")
        await until(lambda: packages.form is not None and packages.form.values().get("file"))
        QTest.keyClick(packages, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: packages.title.text() == "mine 0.0.1" and not packages.asking.asking)
        packages.deploy_button.click()
        dialog = dialogs.deploy("sandbox")
        assert isinstance(dialog, DeployDialog)
        await until(lambda: "mine 0.0.1" in dialog.says.text())
        made = await done(dialog, deployed)
        assert (made.name, made.state) == ("mine", "changing")
        service = await running(desk, "mine")
        updated: list[Service] = []
        dialogs.service_updated.connect(updated.append)
        change = dialogs.update_service(service)
        assert isinstance(change, DeployDialog)
        await until(lambda: change.pages.pages)
        entered(change, "count", "2")
        await until(lambda: "Instances: 1 → 2" in change.says.text())
        await done(change, updated)
        await running(desk, "mine")
        apps = dialogs.apps("sandbox")
        assert isinstance(apps, AppsDialog)
        await until(lambda: not apps.asking.asking)
        apps.form.set_values({"name": "harbour"})
        apps.create_app()
        await until(lambda: (app := apps.value()) is not None and app.name == "harbour")
        dialogs.close()
        gone(window)

    play(dressed, tmp_path / "profile", script)


def test_a_key_is_made_and_lets_into_a_service(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        from streamscope.engine import deploying

        window = QWidget()
        dialogs = Dialogs(desk, window, {}, list)
        deployed: list[Service] = []
        dialogs.deployed.connect(deployed.append)
        dialog = dialogs.deploy("sandbox", "chat-live:0.0.1")
        assert isinstance(dialog, DeployDialog)
        dialog.place.choose("sandbox", "v2")
        await until(lambda: "chat-live" in dialog.says.text() and not dialog.asking.asking)
        assert "wss" in dialog.says.text()  # a package that is called over WebSocket is deployed for it
        dialog.choose("sandbox", "classify:0.0.1")
        await until(lambda: "classify" in dialog.says.text() and not dialog.asking.asking)
        assert "wss" not in dialog.says.text()
        section = dialog.pages.section_of("auth_type")
        assert section is not None
        section.take("auth_type", "API_KEY")
        made = await done(dialog, deployed)
        assert made.generation == "v2"
        keys = dialogs.keys("sandbox")
        assert isinstance(keys, KeysDialog)
        await until(lambda: not keys.asking.asking)
        keys.form.set_values({"name": "lighthouse"})
        keys.create_key()
        await until(lambda: keys.given is not None and keys.given.kept and not keys.asking.asking)
        held = await asyncio.to_thread(desk.bench.credentials.secrets, "lighthouse")
        assert held["api_key"]
        service = await running(desk, made.name)
        view = AccessView(desk, service)
        view.show()
        await until(lambda: [one for one in view.findChildren(QPushButton) if one.text() == "Bind"])
        choice = next(one for one in view.choices.values() if one.findText("lighthouse") >= 0)
        choice.setCurrentIndex(choice.findText("lighthouse"))
        next(one for one in view.findChildren(QPushButton) if one.text() == "Bind").click()
        unbind = "Unbind lighthouse"
        await until(lambda: [one for one in view.findChildren(QPushButton) if one.accessibleName() == unbind])
        generation, site = await asked(desk, deploying.managed(desk.runtime.core, service))
        assert generation.keys is not None
        accepted = await asked(desk, generation.keys.all(site, service.id))
        assert "lighthouse" in [key.name for key in accepted]
        gone(view)
        dialogs.close()
        gone(window)

    play(dressed, tmp_path / "profile", script)
