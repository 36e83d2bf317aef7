"""What the palette finds in a window: its actions, open and saved requests, services, recent exchanges."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from streamscope.gui.actions import keys_text
from streamscope.gui.palette_dialog import Found, PaletteDialog
from streamscope.gui.services.names import shown_name, word
from streamscope.gui.texts import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamscope.gui.window import Window

_NOT_FOUND = ("palette", "requests", "stop")
"""Actions that make no sense out of the palette itself."""


def open_palette(window: "Window", *, requests: bool = False) -> PaletteDialog:
    """Open the palette over a window; `requests` leaves out actions and services."""
    translate = QCoreApplication.translate
    things = [*_open_requests(window), *_saved_requests(window)]
    if requests:
        hint = translate("palette", "Find a request")
    else:
        things += [*_exchanges(window), *_services(window), *_actions(window)]
        hint = translate("palette", "Find an action, a service, a request or an exchange")
    dialog = PaletteDialog(window, things, hint)
    dialog.show()
    dialog.line.setFocus()
    return dialog


def _actions(window: "Window") -> "Iterator[Found]":
    for name, action in window.actions_by_name.items():
        if name not in _NOT_FOUND and not name.startswith(("tab_", "view_")):
            yield Found("keyboard", plain(action.text()), keys_text(action), action.trigger, 4)


def _services(window: "Window") -> "Iterator[Found]":
    for branch in window.services.model.branches:
        for service in branch.services:
            aside = f"{service.workspace} · {word(service)}"
            choose = partial(window.services.choose, service.workspace, service.id)
            yield Found("server", shown_name(service), aside, choose)


def _open_requests(window: "Window") -> "Iterator[Found]":
    for request in window.drafts.requests:
        if request is not window.drafts.current():
            aside = QCoreApplication.translate("palette", "open request")
            yield Found("send", request.title or request.key, aside, partial(window.drafts.show_request, request), 8)


def _saved_requests(window: "Window") -> "Iterator[Found]":
    if window.session is None:
        return
    for node in window.collections.model.requests():
        folder = node.parent.name if node.parent is not None else ""
        does = partial(window.session.keeping.open_file, node.path)
        yield Found("folder", node.name, f"{folder} · {node.method}".strip(" ·"), does, 2)


def _exchanges(window: "Window") -> "Iterator[Found]":
    tabs = window.live.tabs
    for view in reversed(window.live.views()):
        index = tabs.indexOf(view)
        yield Found("pulse", tabs.tabText(index), view.header.word(), partial(tabs.setCurrentWidget, view))
