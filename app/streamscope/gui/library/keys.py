"""Keys that mean something of their own while a list has the focus, whatever the window's menus say of them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class Keys(QObject):
    """Watches a widget. A shortcut of its own would be ambiguous with the window's of the same keys, and do nothing."""

    def __init__(self, widget: QWidget, work: dict[str, Callable[[], object]]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._work = {QKeySequence(keys).toString(): done for keys, done in work.items()}
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's."""
        if isinstance(event, QKeyEvent) and watched is self._widget and self._widget.hasFocus():
            done = self._work.get(QKeySequence(event.keyCombination()).toString())
            if done is not None and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if done is not None and event.type() == QEvent.Type.KeyPress:
                done()
                return True
        return False
