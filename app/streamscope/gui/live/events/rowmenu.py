"""The menu of chosen rows."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from streamscope.gui.live.events.view import EventsView


def row_menu(view: "EventsView", *, marked: bool) -> QMenu:
    """What can be done with the chosen events."""
    translate = QCoreApplication.translate
    menu, acts = QMenu(view), view.acts
    chosen = view.table.chosen_count() > 0
    _add(menu, translate("events", "Copy rows"), acts.copy_rows, "Ctrl+C", on=chosen)
    for one in acts.copies() if chosen else ():
        _add(menu, one.label, partial(acts.copy, one.make))
    menu.addSeparator()
    mark = translate("events", "Take the mark away") if marked else translate("events", "Mark")
    _add(menu, mark, acts.mark, "M", on=chosen)
    _add(menu, translate("events", "Comment…"), acts.comment, "Shift+M", on=chosen)
    menu.addSeparator()
    _add(menu, translate("events", "Go to event…"), acts.go_to, "Ctrl+G")
    _add(menu, translate("events", "Filter…"), view.open_find, "Ctrl+F")
    return menu


def _add(menu: QMenu, text: str, call: Callable[[], object], keys: str = "", *, on: bool = True) -> None:
    action = menu.addAction(text)
    action.triggered.connect(lambda _=False: call())
    action.setEnabled(on)
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutVisibleInContextMenu(True)
