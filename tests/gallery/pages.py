"""Scenes of the gallery that have a page to themselves: the access matrix and the settings, in every state."""

import asyncio
import os
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.settings.dialog import SettingsDialog
from streamscope.gui.settings.model import SettingsModel

if TYPE_CHECKING:
    from tests.gallery.scenes import Gallery

WRONG = "STREAMSCOPE_AKSK_ACCESS_KEY"


async def matrix(gallery: "Gallery") -> None:
    """Empty, running, stopped, all green, with failures, everything with its reasons, what changed."""
    window = gallery.window
    window.live.setMinimumWidth(620)
    window.open_matrix()
    view = window.live.tabs.currentWidget()
    assert isinstance(view, MatrixView)
    await asyncio.sleep(0.2)
    gallery.grab("matrix empty")
    view.run()
    await gallery.until(lambda: view.model.counts()[0] > 9)
    gallery.grab("matrix running")
    view.stop()
    await gallery.until(lambda: not view.going)
    gallery.grab("matrix stopped")
    await _run(gallery, view)
    gallery.grab("matrix")
    os.environ[WRONG] = "nobody"
    await _run(gallery, view)
    del os.environ[WRONG]
    gallery.grab("matrix failed")
    for index, name in ((1, "everything"), (3, "changed")):
        view.head.rows.setCurrentIndex(index)
        await asyncio.sleep(0.1)
        gallery.grab(f"matrix {name}")


async def settings(gallery: "Gallery") -> None:
    """The page, values that make no sense, the keys with a conflict, a search."""
    window = gallery.window
    dialog = SettingsDialog(SettingsModel(window.bench.settings), window.actions_by_name, window.bench.profile, window)
    pane = dialog.pane
    dialog.show()
    await asyncio.sleep(0.2)
    gallery.keep(dialog, "settings")
    for key, value in (("text_size", "9"), ("proxy", "ftp://proxy.example")):
        pane.rows[key].editor.set_value(value)
    pane.flush()
    await asyncio.sleep(0.1)
    gallery.keep(dialog, "settings wrong")
    keys = pane.shortcuts
    keys.list.setCurrentItem(keys.list.topLevelItem(0))
    keys.new.setKeySequence(QKeySequence("Ctrl+Q"))
    keys.add_new()
    await asyncio.sleep(0.1)
    pane.open_section(pane.tr("Keyboard"))
    gallery.keep(dialog, "settings keys")
    pane.filter.setText("recordings")
    await asyncio.sleep(0.1)
    gallery.keep(dialog, "settings search")
    for row in pane.rows.values():
        row.drop()
    dialog.close()


async def _run(gallery: "Gallery", view: MatrixView) -> None:
    done = asyncio.Event()
    view.finished.connect(done.set)
    view.run()
    await done.wait()
    await asyncio.sleep(0.2)
