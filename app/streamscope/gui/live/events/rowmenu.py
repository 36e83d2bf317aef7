"""The menu of chosen rows."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from streamscope.gui.live.events.view import EventsView


def row_menu(view: "EventsView", marked: bool) -> QMenu:
    """What can be done with the chosen events."""
    menu, acts = QMenu(view), view.acts
    chosen = view.table.chosen_count() > 0
    for text, keys, call, wants in (
        (view.tr("Copy rows"), "Ctrl+C", lambda: acts.copy("rows"), True),
        (view.tr("Copy as JSON"), "", lambda: acts.copy("json"), True),
        (view.tr("Copy payload"), "", lambda: acts.copy("payload"), True),
        ("", "", None, False),
        (view.tr("Take the mark away") if marked else view.tr("Mark"), "M", acts.mark, True),
        (view.tr("Comment…"), "Shift+M", acts.comment, True),
        ("", "", None, False),
        (view.tr("Go to event…"), "Ctrl+G", acts.go_to, False),
        (view.tr("Filter…"), "Ctrl+F", view.open_find, False),
    ):
        if call is None:
            menu.addSeparator()
            continue
        action = menu.addAction(text)
        action.triggered.connect(lambda _=False, call=call: call())
        action.setEnabled(chosen or not wants)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
    return menu
