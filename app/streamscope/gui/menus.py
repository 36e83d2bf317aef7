"""The menu bar: the window's actions, each in its menu, and the looks to choose from."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from streamscope.gui.actions import ACTS, MENUS, VIEW, build
from streamscope.gui.texts import told
from streamscope.model.deployment import Action
from streamscope.model.phrase import NOTHING

if TYPE_CHECKING:
    from streamscope.gui.window import Window


def build_menus(window: "Window") -> dict[str, QAction]:
    """Fill the window's menu bar; gives its actions by name."""
    made = build(window, doings(window))
    bar = window.menuBar()
    menus = {str(title): bar.addMenu(told(title)) for title in MENUS}
    for act in ACTS:
        if act.name not in made:
            continue
        if act.menu is NOTHING:
            window.addAction(made[act.name])
            continue
        menu = menus[str(act.menu)]
        if act.apart and not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(made[act.name])
    translate = QCoreApplication.translate
    view = menus[str(VIEW)]
    view.addSeparator()
    _appearance(window, view.addMenu(translate("menus", "Appearance")))
    return made


def doings(window: "Window") -> dict[str, Callable[[], object]]:
    """What each action does in a window."""
    drafts, composer, sidebar = window.drafts, window.composer, window.sidebar
    return {
        "new": window.new_request,
        "window": window.another_requested.emit,
        "close_tab": window.close_front,
        "reopen": drafts.reopen,
        "close_window": window.close,
        "quit": window.quit_requested.emit,
        "palette": window.find_anything,
        "requests": lambda: window.find_anything(requests=True),
        "find": window.find_here,
        "open_collection": window.open_collection,
        "save": window.save,
        "save_as": window.save_as,
        "workspaces": lambda: window.session and window.session.dialogs.workspaces(),
        "credentials": lambda: window.session and window.session.dialogs.credentials(),
        "settings": lambda: window.session and window.session.dialogs.settings(),
        "environments": window.environments.edit,
        "environment": window.environments.choice.switch,
        "copy_curl": window.preview.copy_curl,
        "preview": lambda: composer.show_sheet(window.preview),
        "history": lambda: sidebar.show_pane("history"),
        "copy_answer": window.copy_answer,
        "collections": lambda: sidebar.show_pane("collections"),
        "duplicate": drafts.duplicate,
        "send": composer.request_send,
        "stop": window.stop,
        "again": window.again,
        "pause": window.pause,
        "afterwards": window.afterwards,
        "address": composer.focus_address,
        "auth": composer.auth.combo.showPopup,
        "channel": composer.channel.combo.showPopup,
        "protocol": composer.protocol.combo.showPopup,
        "add_service": lambda: window.services.add_requested.emit(""),
        "manage": functools.partial(_managed, window, "manage"),
        **{
            f"{action}_service": functools.partial(_act, window, action)
            for action in ("start", "stop", "update", "scale", "interrupt", "delete")
        },
        "deploy": functools.partial(_managed, window, "deploy"),
        "package": functools.partial(_managed, window, "package"),
        "apps": functools.partial(_managed, window, "apps"),
        "keys": functools.partial(_managed, window, "keys"),
        "details": window.services.toggle_details,
        "refresh": window.refresh,
        "matrix": window.open_matrix,
        "services": lambda: sidebar.show_pane("services"),
        "sidebar": lambda: sidebar.setVisible(sidebar.isHidden()),
        "side": window.change_side,
        "swap": window.swap,
        "answer_only": lambda: composer.sheets.setVisible(composer.sheets.isHidden()),
        "next_pane": lambda: window.walk(1),
        "previous_pane": lambda: window.walk(-1),
        "next_tab": lambda: drafts.step(1),
        "previous_tab": lambda: drafts.step(-1),
        **{f"tab_{number}": functools.partial(drafts.go, number - 1) for number in range(1, 9)},
        "tab_last": lambda: drafts.go(-1),
        **{f"view_{number}": functools.partial(window.show_view, number - 1) for number in range(1, 10)},
        "close_answer": window.live.close_current,
        "help": lambda: _shortcuts(window),
        "about": lambda: _about(window),
    }


def _managed(window: "Window", does: str) -> None:
    if window.session is not None:
        getattr(window.session.managing, does)()


def _act(window: "Window", action: Action) -> None:
    if window.session is not None:
        window.session.managing.act(action)


def _shortcuts(window: "Window") -> None:
    from streamscope.gui.about import ShortcutsDialog

    ShortcutsDialog(window, window.actions_by_name).open()


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
