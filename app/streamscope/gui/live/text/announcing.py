"""New text told to assistive technology, at a rate that can be listened to."""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from streamscope.gui.live.text.display import displayed
from streamscope.gui.live.text.pages import border

if TYPE_CHECKING:
    from streamscope.gui.live.text.lane_view import LaneView

EVERY = 3000
"""Milliseconds between two announcements."""
LONGEST = 400
"""Characters of one; of more that came meanwhile, the last are told."""
_END = re.compile(r"[.!?…。！？]['\"”’)]*\s|[。！？]|\n")


class Announcer(QObject):
    """Tells whole sentences of one text while its end is seen and followed. Costs nothing while nobody listens."""

    def __init__(self, view: "LaneView") -> None:
        super().__init__(view)
        self._view = view
        self._told = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._tell)

    def follow(self, *, ended: bool) -> None:
        """There may be new text."""
        if not QAccessible.isActive() or not self._view.isVisible():
            self._told = self._view.shown
        elif ended:
            self._tell(ended=True)
        elif self._view.shown > self._told and not self._timer.isActive():
            self._timer.start()

    def sentences(self, *, ended: bool = False) -> str:
        """What is to be told now: whole sentences, or all where the text has ended. It is told once."""
        start, stop = self._told, self._view.shown
        if stop - start > 4 * LONGEST:  # nobody can listen as fast
            start = border(self._view.bytes_of, stop - 2 * LONGEST)
        text = self._view.text(start, stop)
        if not ended:
            last = None
            for last in _END.finditer(text):  # noqa: B007 - the last one is wanted
                pass
            text = text[: last.end()] if last is not None else text if len(text) > LONGEST else ""
        self._told = start + len(text.encode())
        return displayed(text)[0].strip()[-LONGEST:]

    def _tell(self, *, ended: bool = False) -> None:
        if not self._view.following or not self._view.isVisible():
            self._told = self._view.shown
            return
        text = self.sentences(ended=ended)
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, text))
