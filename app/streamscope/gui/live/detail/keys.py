"""Keys that search, taken by the widget that has the focus before any shortcut around it has them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

OPEN, NEXT, PREVIOUS = 0, 1, -1


def asked(event: QEvent) -> int | None:
    """What a key asks of a search: to be opened, the next hit, the one before; None for another key."""
    if not isinstance(event, QKeyEvent):
        return None
    if event.matches(QKeySequence.StandardKey.Find):
        return OPEN
    if event.key() == Qt.Key.Key_F3 and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return PREVIOUS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else NEXT
    return None


class SearchKeys(QObject):
    """Watches widgets for these keys; `done` is told what is asked."""

    def __init__(self, done: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._done = done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's."""
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and (step := asked(event)) is not None:
            if kind == QEvent.Type.KeyPress:
                self._done(step)
            event.accept()
            return True
        return super().eventFilter(watched, event)
