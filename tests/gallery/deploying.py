"""Scenes of deploying and of what lets callers in: every dialog empty, filled, busy, refused and in error."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog
from tests.gallery.dialogs import close
from tests.gallery.stage import Stage

from streamscope.gui.services.access.apps import AppsDialog
from streamscope.gui.services.access.connections import ConnectionsDialog
from streamscope.gui.services.access.keys import KeysDialog
from streamscope.gui.services.access.view import AccessView
from streamscope.gui.services.asking import AskingView
from streamscope.gui.services.deploy.dialog import DeployDialog
from streamscope.gui.services.deploy.package import PackageDialog
from streamscope.model.errors import PlatformRefusal
from streamscope.model.phrase import phrase

LONG = "港口推理服务-" + "harbour" * 40


async def deploy(stage: Stage) -> None:
    """Both generations: at first, filled, several models, something open, refused, waiting."""
    dialogs = stage.session.dialogs
    dialog = dialogs.deploy("sandbox")
    assert isinstance(dialog, DeployDialog)
    await _still(stage, dialog.asking)
    await stage.grab("deploy old", rest=0.2)
    dialog.choose("sandbox", "chat:0.0.1")
    portions = dialog.pages.portions
    assert portions is not None
    portions.add()
    portions.share()
    dialog.deploy()
    await stage.grab("deploy old open", rest=0.2)
    dialog.resize(dialog.width(), 760)
    section = portions.cards[0].section
    section.more.click()
    section.take("environment", "\n".join(f"NAME_{number}: {LONG}" for number in range(3)))
    await stage.grab("deploy old more", rest=0.2)
    dialog.start_afresh()
    dialog.place.choose("sandbox", "v2")
    await _still(stage, dialog.asking)
    dialog.choose("sandbox", "chat:0.0.1")
    await stage.grab("deploy new", rest=0.3)
    refused = phrase("The platform refused to deploy a service (400): The flavor is sold out.")
    dialog._refused(PlatformRefusal(refused, phrase("Choose another specification."), "flavor is sold out", 400))
    await stage.grab("deploy refused", rest=0.2)
    await _waiting(stage, dialog.asking, "deploy waiting")
    dialog._typed = False
    close()


async def packages(stage: Stage) -> None:
    """What can be deployed: the built-in ones, a long command, the sample, a file that is no Python."""
    dialog = stage.session.dialogs.package()
    assert isinstance(dialog, PackageDialog)
    await _still(stage, dialog.asking)
    await stage.grab("packages", rest=0.2)
    form = dialog.form
    assert form is not None
    form.take("kind", "command")
    form.take(
        "command", "python -m uvicorn 'my app':app --host 127.0.0.1 --port $PORT --log-level warning " + "-x " * 60
    )
    dialog._edited("command")
    form.more.click()
    await stage.grab("packages command", rest=0.5)
    with tempfile.TemporaryDirectory() as folder:
        dialog.new()
        dialog.save_sample(Path(folder) / "predict.py")
        await _still(stage, dialog.asking)
        await asyncio.sleep(0.1)
        dialog.register()
        await stage.until(lambda: dialog.value() is not None)
        await stage.grab("packages registered", rest=0.2)
        (Path(folder) / "predict.py").write_text("def predict(inputs:\n")
        dialog._edited("file")
        await stage.grab("packages wrong", rest=0.6)
        dialog.remove()
        await stage.grab("packages remove", rest=0.1)
    close()


async def access(stage: Stage) -> None:
    """Apps, keys, connections: a new one, one that is there, a question, an error."""
    dialogs = stage.session.dialogs
    apps = dialogs.apps("sandbox")
    assert isinstance(apps, AppsDialog)
    await _still(stage, apps.asking)
    await stage.grab("apps", rest=0.2)
    apps.list.setCurrentRow(0)
    await stage.grab("apps one", rest=0.2)
    apps.remove()
    await stage.grab("apps delete", rest=0.1)
    await _waiting(stage, apps.asking, "apps waiting")
    close()
    keys = dialogs.keys("sandbox")
    assert isinstance(keys, KeysDialog)
    await _still(stage, keys.asking)
    await stage.grab("keys", rest=0.2)
    keys.form.set_values({"name": "灯塔的密钥-lighthouse", "description": LONG[:250]})
    keys.create_key()
    await stage.until(lambda: keys.given is not None and keys.given.kept)
    await _still(stage, keys.asking)
    await stage.grab("keys given", rest=0.2)
    close()
    connections = dialogs.connections("sandbox")
    assert isinstance(connections, ConnectionsDialog)
    await _still(stage, connections.asking)
    await stage.grab("connections", rest=0.2)
    form = connections.form
    assert form is not None
    form.set_values({**form.values(), "vpc_id": "vpc-harbour", "subnet_id": "net-quay"})
    connections.create_connection()
    await stage.until(lambda: connections.value() is not None or connections.asking.card is not None)
    await stage.grab("connection one", rest=0.2)
    close()
    await _views(stage)


async def _views(stage: Stage) -> None:
    """What lets callers into one service, of each generation."""
    desk = stage.window.desk
    assert desk is not None
    rows = list(desk.runtime.core.services["sandbox"].values())
    for generation in ("v1", "v2"):
        service = next(one for one in rows if one.generation == generation)
        holder = QDialog(stage.window)
        view = AccessView(desk, service, holder)
        holder.resize(640, 420)
        view.setGeometry(16, 16, 608, 388)
        holder.show()
        await _still(stage, view.asking)
        await stage.grab(f"access {generation}", rest=0.3)
        holder.close()
        holder.deleteLater()


async def _still(stage: Stage, asking: AskingView) -> None:
    await stage.until(lambda: not asking.asking)
    await asyncio.sleep(0.1)


async def _waiting(stage: Stage, asking: AskingView, name: str) -> None:
    """A question that takes long, with its Stop."""

    async def long() -> None:
        await asyncio.sleep(60)

    def made() -> Coroutine[Any, Any, None]:
        return long()

    asking.ask(made, "Reading what can be chosen…", lambda _: None)
    await stage.grab(name, rest=0.7)
    asking.stop()
    await stage.until(lambda: not asking.asking)
