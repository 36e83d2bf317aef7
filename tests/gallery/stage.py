"""The window on stage: pictures of it with all that stands over it, and waiting for what is seen."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from tests.gallery.looks import Look

from streamscope.gui.live.tab import ExchangeView
from streamscope.gui.theme import colour
from streamscope.gui.window import Window
from streamscope.model.draft import Draft

if TYPE_CHECKING:
    from streamscope.gui.session import Session


class Stage:
    """One window, one folder for its pictures."""

    def __init__(self, window: Window, folder: Path, look: Look) -> None:
        self.window = window
        self.folder = folder
        self.look = look
        self.taken: list[Path] = []

    @property
    def session(self) -> "Session":
        """The window's work with the core."""
        assert self.window.session is not None
        return self.window.session

    async def grab(self, name: str, *, rest: float = 0.06) -> None:
        """Keep a picture of the window and of the dialogs and lists over it, once they are laid out."""
        await asyncio.sleep(rest)
        number = len(self.taken) + 1
        path = self.folder / f"{number:03} {name}.png"
        self.picture().save(str(path), quality=70)  # packed a little only: packing 4K costs more than playing does
        self.taken.append(path)

    def picture(self) -> QPixmap:
        """The window as it is seen now."""
        seen = self.window.grab()
        over = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not self.window]
        over.sort(key=lambda one: not isinstance(one, QDialog))  # lists and menus belong to dialogs
        painter = QPainter(seen)
        painter.setPen(QPen(colour("line_strong"), 1))
        for widget in over:
            corner = self._place(widget)
            painter.drawPixmap(corner, widget.grab())
            if isinstance(widget, QDialog) and widget.objectName() != "palette":  # the desktop's frame
                painter.drawRect(corner.x() - 1, corner.y() - 1, widget.width() + 1, widget.height() + 1)
        painter.end()
        return seen

    def _place(self, widget: QWidget) -> QPoint:
        """Where something stands over the window: dialogs are put into its middle, as desktops do."""
        if isinstance(widget, QDialog) and widget.objectName() != "palette":
            room = self.window.size() - widget.size()
            return QPoint(max(0, room.width() // 2), max(0, room.height() // 2))
        return widget.mapToGlobal(QPoint()) - self.window.mapToGlobal(QPoint())

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what is seen."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - a screen is looked at
                await asyncio.sleep(0.02)

    async def ready(self) -> None:
        """The first service is chosen and all of it is known."""
        composer = self.window.composer
        await self.until(lambda: composer.service is not None and composer.service.complete)
        await self.until(lambda: composer.address.resolved.full.startswith("http"))

    async def chosen(self, name: str) -> None:
        """Choose a service of the sandbox and wait until all of it is known."""
        composer = self.window.composer
        assert self.window.services.choose("sandbox", name)
        await self.until(lambda: composer.service is not None and composer.service.name == name)
        await self.until(lambda: composer.service is not None and composer.service.complete)

    async def sent(self, draft: Draft) -> ExchangeView:
        """Send and see the end."""
        self.window.send(draft)
        view = self.view()
        await self.until(lambda: not view.live)
        return view

    def view(self) -> ExchangeView:
        """The exchange in front."""
        view = self.window.live.current()
        assert view is not None
        return view

    def close_answers(self) -> None:
        """Close every answer."""
        while self.window.live.tabs.count():
            self.window.live.close_current()

    def compose(self, draft: Draft) -> None:
        """Show a draft in the request in front."""
        front = self.window.drafts.current()
        assert front is not None
        self.window.drafts.change(front, draft)
