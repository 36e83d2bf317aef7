"""One look's pictures: python -m tests.gallery.play DIR LOOK."""

import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from tests.gallery import answers, browsing, composing, deploying, dialogs, filling, pages, services, sheet, views
from tests.gallery.looks import LOOKS, Look
from tests.gallery.stage import Stage

from streamscope.gui import language, loop
from streamscope.gui.app import application, living
from streamscope.gui.settings.wearing import wear
from streamscope.gui.window import Window
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

Script = Callable[[Stage, Path], Coroutine[Any, Any, None]]
SCENES = (
    answers.streaming,
    answers.conversation,
    answers.errors,
    views.views,
    views.talking,
    browsing.services,
    browsing.library,
    browsing.history,
    composing.empty,
    composing.filled,
    composing.bodies,
    composing.auths,
    composing.tabs,
    dialogs.small,
    dialogs.large,
    dialogs.messages,
    pages.settings,
    pages.matrix,
    services.page,
    services.states,
    services.asking,
    services.stopped,
    deploying.deploy,
    deploying.packages,
    deploying.access,
)


async def scenes(stage: Stage, folder: Path) -> None:
    """Every scene in turn: first what a person sees who has nothing yet."""
    await stage.grab("first paint", rest=0)
    await stage.ready()
    await browsing.empty(stage)
    filling.fill(stage.window.bench, folder)
    stage.window.environments.choice.chosen.emit("Staging")
    for scene in SCENES:
        await scene(stage)


def play(look: Look, folder: Path, script: Script) -> None:
    """Play a script in a look, on a profile of its own; the pictures go into the folder."""
    app = application()
    qInstallMessageHandler(_heard)
    with tempfile.TemporaryDirectory() as place:
        bench = open_bench(Path(place) / "profile")
        bench.settings.set("appearance", look.appearance)
        bench.settings.set("language", look.language)
        bench.settings.set("text_size", str(look.percent))
        language.speak(look.language)
        wear(app, bench.settings)
        window = Window(bench)
        window.resize(look.width, look.height)
        window.show()
        stage = Stage(window, folder, look)

        async def whole() -> None:
            playing = spawn(script(stage, Path(place)), name="gallery")
            playing.add_done_callback(lambda _: window.close())
            await living(window, bench)
            playing.result()

        try:
            loop.run(app, whole())
        finally:
            sheet.write(stage.taken, folder)


def _heard(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's words, but not those of its screenless platform about what it cannot do."""
    if "plugin does not support" not in text:
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    wanted = next(look for look in LOOKS if look.name == sys.argv[2])
    play(wanted, Path(sys.argv[1]), scenes)
