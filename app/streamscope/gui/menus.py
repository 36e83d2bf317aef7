"""The menus and keys of the window: every action by name, once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamscope.gui.window import Window


def build_menus(window: "Window") -> dict[str, QAction]:
    """Fill the window's menu bar."""
    made: dict[str, QAction] = {}

    def add(menu: QMenu, name: str, text: str, keys: str, does: "Callable[[], object]") -> QAction:
        action = QAction(text, window)
        if keys:
            action.setShortcuts([QKeySequence(one) for one in keys.split()])
        action.triggered.connect(lambda _checked: does())
        menu.addAction(action)
        made[name] = action
        return action

    bar = window.menuBar()
    translate = QCoreApplication.translate
    file = bar.addMenu(translate("menus", "&File"))
    add(file, "close_tab", translate("menus", "Close tab"), "Ctrl+W", window.live.close_current)
    file.addSeparator()
    add(file, "quit", translate("menus", "Quit"), "Ctrl+Q", window.close)
    request = bar.addMenu(translate("menus", "&Request"))
    add(request, "send", translate("menus", "Send"), "Ctrl+Return Ctrl+Enter", window.composer.request_send)
    add(request, "stop", translate("menus", "Stop"), "Esc", window.stop)
    request.addSeparator()
    add(request, "address", translate("menus", "Go to the address"), "Ctrl+L", window.composer.focus_address)
    add(request, "refresh", translate("menus", "Read the services again"), "F5", window.refresh)
    add(request, "matrix", translate("menus", "Access matrix"), "Ctrl+M", window.open_matrix)
    view = bar.addMenu(translate("menus", "&View"))
    _appearance(window, view.addMenu(translate("menus", "Appearance")))
    add(view, "filter", translate("menus", "Filter the services"), "Ctrl+F", window.services.filter.setFocus)
    help_menu = bar.addMenu(translate("menus", "&Help"))
    add(help_menu, "shortcuts", translate("menus", "Shortcuts"), "F1", lambda: _shortcuts(window, made))
    add(help_menu, "about", translate("menus", "About Streamscope"), "", lambda: _about(window))
    return made


def _shortcuts(window: "Window", actions: dict[str, QAction]) -> None:
    from streamscope.gui.about import ShortcutsDialog

    ShortcutsDialog(window, actions).open()


def _about(window: "Window") -> None:
    from streamscope.gui.about import AboutDialog

    AboutDialog(window).open()


def _appearance(window: "Window", menu: QMenu) -> None:
    translate = QCoreApplication.translate
    group = QActionGroup(window)
    now = window.bench.settings.get("appearance")
    for key, text in (
        ("system", translate("menus", "As the system")),
        ("light", translate("menus", "Light")),
        ("dark", translate("menus", "Dark")),
    ):
        action = QAction(text, group)
        action.setCheckable(True)
        action.setChecked(key == now)
        action.triggered.connect(lambda _checked, chosen=key: window.wear(chosen))
        menu.addAction(action)
