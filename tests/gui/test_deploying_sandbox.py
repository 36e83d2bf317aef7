"""A model of one's own on the real sandbox, from the window: registered, deployed, let callers in."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.gui.scene import play, until

from streamscope.gui.desk import Desk
from streamscope.gui.dialogs import Dialogs
from streamscope.gui.services.access.apps import AppsDialog
from streamscope.gui.services.deploy.dialog import DeployDialog
from streamscope.gui.services.deploy.package import PackageDialog
from streamscope.model.service import Service

pytestmark = pytest.mark.window


def test_a_model_of_ones_own_runs_in_a_minute(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        from streamscope.engine import deploying

        window = QWidget()
        dialogs = Dialogs(desk, window, {}, list)
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
        await until(lambda: dialog.pages.pages and not dialog.asking.asking)
        await until(lambda: "mine" in dialog.says.text())
        made: list[Service] = []
        dialogs.deployed.connect(made.append)
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: made or dialog.asking.card)
        assert made, dialog.asking.card and dialog.asking.card.text
        assert made[0].name == "mine"
        core, workspace = desk.runtime.core, desk.bench.workspaces.get("sandbox")
        waiting = desk.runtime.run(deploying.wait(core, workspace, "mine", ("running",), 20))
        assert (await asyncio.wrap_future(waiting)).state == "running"
        apps = dialogs.apps("sandbox")
        assert isinstance(apps, AppsDialog)
        await until(lambda: not apps.asking.asking)
        apps.form.set_values({"name": "harbour"})
        apps.create_app()
        await until(lambda: (app := apps.value()) is not None and app.name == "harbour")
        dialogs.close()
        window.deleteLater()

    play(dressed, tmp_path / "profile", script)
