"""Scenes of the gallery that have a page to themselves: the access matrix and the settings, in every state."""

import asyncio
import os

from PySide6.QtGui import QKeySequence
from tests.gallery.stage import Stage

from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.settings.dialog import SettingsDialog
from streamscope.gui.settings.model import SettingsModel

WRONG = "STREAMSCOPE_AKSK_ACCESS_KEY"


async def matrix(stage: Stage) -> None:
    """Empty, running, stopped, all green, with failures, everything with its reasons, what changed."""
    window = stage.window
    stage.close_answers()
    window.open_matrix()
    view = window.live.tabs.currentWidget()
    assert isinstance(view, MatrixView)
    await stage.grab("matrix empty")
    view.run()
    await stage.until(lambda: view.model.counts()[0] > 9)
    await stage.grab("matrix running")
    view.stop()
    await stage.until(lambda: not view.going)
    await stage.grab("matrix stopped")
    await _run(view)
    await stage.grab("matrix")
    os.environ[WRONG] = "nobody"
    await _run(view)
    del os.environ[WRONG]
    await stage.grab("matrix failed")
    for index, name in ((1, "everything"), (3, "changed")):
        view.head.rows.setCurrentIndex(index)
        await stage.grab(f"matrix {name}")
    view.head.rows.setCurrentIndex(0)
    window.actions_by_name["answer_only"].trigger()
    window.swap()
    await stage.grab("matrix alone", rest=0.2)
    window.actions_by_name["answer_only"].trigger()
    await stage.grab("answer below")
    window.swap()


async def settings(stage: Stage) -> None:
    """The page, values that make no sense, the keys with a conflict, a search."""
    window = stage.window
    dialog = SettingsDialog(SettingsModel(window.bench.settings), window.actions_by_name, window.bench.profile, window)
    pane = dialog.pane
    dialog.show()
    await stage.grab("settings")
    for key, value in (("text_size", "9"), ("proxy", "ftp://proxy.example")):
        pane.rows[key].editor.set_value(value)
    pane.flush()
    await stage.grab("settings wrong")
    keys = pane.shortcuts
    keys.list.setCurrentItem(keys.list.topLevelItem(0))
    keys.new.setKeySequence(QKeySequence("Ctrl+Q"))
    keys.add_new()
    pane.open_section(pane.tr("Keyboard"))
    await stage.grab("settings keys")
    pane.filter.setText("recordings")
    await stage.grab("settings search")
    for row in pane.rows.values():
        row.drop()
    dialog.close()


async def _run(view: MatrixView) -> None:
    done = asyncio.Event()
    view.finished.connect(done.set)
    view.run()
    await done.wait()
    await asyncio.sleep(0.2)
