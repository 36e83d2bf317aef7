"""A desk without a window: what dialogs stand on, played by a coroutine on the window's loop."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from streamscope.gui import desk as desks
from streamscope.gui import loop
from streamscope.gui.desk import Desk
from streamscope.store.bench import open_bench


def play(app: QApplication, profile: Path, script: Callable[[Desk], Awaitable[None]]) -> None:
    """Open a desk on a profile, play a coroutine, close the desk."""

    async def main() -> None:
        desk = await asyncio.to_thread(desks.opened, open_bench(profile))
        try:
            await script(desk)
        finally:
            await asyncio.to_thread(desk.close)

    loop.run(app, main())


async def until(condition: Callable[[], object]) -> None:
    """Wait for what is seen."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a screen is looked at
            await asyncio.sleep(0.01)


def gone(widget: QWidget) -> None:
    """Close a widget and let Qt forget it."""
    widget.hide()
    widget.deleteLater()
