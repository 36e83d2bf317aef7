"""The pictures of the README: python -m tests.gallery.readme, or ./dev shots --readme."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from tests.gallery import filling, stories
from tests.gallery.looks import Look
from tests.gallery.play import play
from tests.gallery.stage import Stage
from tests.program import environment

from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.theme import theme

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "shots"
LARGEST = 200_000
"""Bytes of one picture."""


async def scenes(stage: Stage, folder: Path) -> None:
    """A stream in its middle, in light and dark; a service's details; a request's preview; the matrix."""
    window = stage.window
    filling.fill(window.bench, folder)
    window.environments.choice.chosen.emit("Staging")
    window.collections.refresh()
    await stage.ready()
    for appearance, name in (("light", "window"), ("dark", "dark")):
        _wear(appearance)
        window.composer.request_send()
        view = stage.view()
        await stage.until(lambda view=view: view.feed.meter.messages_in > 40)
        _keep(stage, name)
        window.stop()
        await stage.until(lambda view=view: not view.live)
    await _details(stage)
    await _views(stage)
    await _matrix(stage)
    await _deploying(stage)


async def _deploying(stage: Stage) -> None:
    """What is to be deployed, and the page of what was: three instances that answer calls."""
    from streamscope.gui.services.deploy.dialog import DeployDialog

    stage.close_answers()
    window, session = stage.window, stage.session
    window.actions_by_name["answer_only"].trigger()
    dialog = session.dialogs.deploy("sandbox")
    assert isinstance(dialog, DeployDialog)
    await stage.until(lambda: dialog.pages.portions is not None)
    dialog.choose("sandbox", "chat:0.0.1")
    portions = dialog.pages.portions
    assert portions is not None
    portions.cards[0].section.take("count", "3")
    next(one for one in dialog.pages.sections.values() if "name" in one.values()).take("name", "harbour-chat")
    dialog.check()
    await asyncio.sleep(0.3)
    _keep(stage, "deploy")
    dialog.deploy()
    known = window.services.model.known
    await stage.until(lambda: (found := known("sandbox", "harbour-chat")) is not None and found.state == "running")
    service = known("sandbox", "harbour-chat")
    assert service is not None
    page = session.managing.open(service)
    page.show_section("instances")
    await stage.until(lambda: page.instances.model.rowCount() == 3)
    await asyncio.sleep(0.5)
    _keep(stage, "service")


async def _details(stage: Stage) -> None:
    """What is known of a service beside what would be sent to it."""
    window = stage.window
    window.services.show_details()
    window.composer.show_sheet(window.preview)
    window.actions_by_name["swap"].trigger()
    await asyncio.sleep(0.8)
    _keep(stage, "preview")
    window.actions_by_name["swap"].trigger()
    window.services.show_details(False)


async def _views(stage: Stage) -> None:
    """Why a stream feels slow: its timeline, and its events in a span of time."""
    _wear("light")
    window = stage.window
    stage.close_answers()
    view = stage.session.sendings.reopen(stories.recorded(stories.stream()), "Tides")
    await stage.until(lambda: not view.live)
    window.actions_by_name["answer_only"].trigger()
    view.show_view("timeline")
    await asyncio.sleep(2)
    _keep(stage, "timeline")
    view.show_view("events")
    view.spotlight.narrow((1_900 * stories.MS, 4_800 * stories.MS))
    view.spotlight.look_at(123)
    await asyncio.sleep(0.5)
    _keep(stage, "events")
    window.actions_by_name["answer_only"].trigger()


async def _matrix(stage: Stage) -> None:
    """Every way into every service, called once."""
    _wear("light")
    window = stage.window
    stage.close_answers()
    window.open_matrix()
    view = window.live.tabs.currentWidget()
    assert isinstance(view, MatrixView)
    done = asyncio.Event()
    view.finished.connect(done.set)
    view.run()
    await done.wait()
    window.actions_by_name["answer_only"].trigger()
    await asyncio.sleep(0.3)
    _keep(stage, "matrix")


def _wear(appearance: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.wear(app, appearance)


def _keep(stage: Stage, name: str) -> None:
    """Write a picture as small as it gets: as it is where that suffices, else with 256 colours."""
    path = FOLDER / f"{name}.png"
    image = stage.picture().toImage().convertToFormat(QImage.Format.Format_RGB32)
    image.save(str(path), quality=0)
    if path.stat().st_size > LARGEST:
        image.convertToFormat(QImage.Format.Format_Indexed8).save(str(path), quality=0)
    print(f"{path}  {path.stat().st_size // 1000} kB", flush=True)


def pictures() -> int:
    """Make them in a process of its own, without this machine's keyring and settings."""
    command = [sys.executable, "-m", "tests.gallery.readme"]
    return abs(subprocess.run(command, env=environment(), check=False).returncode)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as nowhere:
        play(Look("readme", "light", "en"), Path(nowhere), scenes)
