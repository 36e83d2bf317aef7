"""The context menu of a row of the tree: all that can be done with it, each with its key."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from streamscope.gui import defaults
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.sections import Section
from streamscope.gui.texts import told
from streamscope.model.deployment import Action
from streamscope.model.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamscope.gui.services.pane import ServicesPane


ACTIONS: tuple[Action, ...] = ("start", "stop", "update", "scale", "delete")
"""What the menu of a service offers, in this order."""


def open_menu(pane: "ServicesPane", target: object, place: QPoint) -> QMenu:
    """Open the menu of a row."""
    menu = _menu(pane)
    fill_menu(menu, pane, target)
    menu.popup(place)
    return menu


def open_adding(pane: "ServicesPane") -> QMenu:
    """Open the menu of the button that adds, below it."""
    button, menu = pane.search.add_button, _menu(pane)
    fill_adding(menu, pane)
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    return menu


def _menu(pane: "ServicesPane") -> QMenu:
    menu = QMenu(pane)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    return menu


def fill_menu(menu: QMenu, pane: "ServicesPane", target: object) -> None:
    """Fill a menu for a section or a service."""
    translate = QCoreApplication.translate

    def add(text: str, does: "Callable[[], object]", key: str = "") -> None:
        action = menu.addAction(text)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _=False: does())

    if isinstance(target, Section):
        workspace = target.workspace
        if workspace is not None:
            add(
                translate("services", "Read its services again"),
                lambda: pane.workspace_refresh_requested.emit(workspace.name),
                "Shift+F5",
            )
            add(translate("services", "Workspace settings"), lambda: pane.workspace_requested.emit(workspace.name))
            menu.addSeparator()
        add(translate("services", "Add a service by its URL…"), lambda: pane.add_requested.emit(""))
        if workspace is not None and any(map(pane.manageable, target.services[:1])):
            add(translate("services", "Deploy a service…"), lambda: pane.deploy_requested.emit(workspace.name))
            _for_many(menu, pane, target)
    elif isinstance(target, Service):
        _for_service(menu, pane, target, add)


def fill_adding(menu: QMenu, pane: "ServicesPane") -> None:
    """Fill the menu of the button that adds: deploy, a URL, something that can be deployed."""
    translate = QCoreApplication.translate
    current = pane.tree.current()
    workspace = current.workspace if isinstance(current, Service) else pane.model.chosen[0]
    if isinstance(current, Section):
        workspace = current.workspace.name if current.workspace is not None else ""
    for text, does in (
        (translate("services", "Deploy a service…"), lambda: pane.deploy_requested.emit(workspace)),
        (translate("services", "Add a service by its URL…"), lambda: pane.add_requested.emit("")),
        (translate("services", "Add a model package…"), pane.package_requested.emit),
    ):
        menu.addAction(text).triggered.connect(lambda _=False, does=does: does())


def _for_many(menu: QMenu, pane: "ServicesPane", section: Section) -> None:
    """While something is looked for: what can be done with all that was found in a workspace."""
    translate = QCoreApplication.translate
    if not pane.model.query or len(section.shown) < 2:
        return
    menu.addSeparator()
    actions: tuple[tuple[str, Action], ...] = (
        (translate("services", "Stop the {count} that were found…"), "stop"),
        (translate("services", "Delete the {count} that were found…"), "delete"),
    )
    for text, action in actions:
        entry = menu.addAction(text.format(count=f"{len(section.shown):,}"))
        entry.triggered.connect(lambda _=False, one=action: pane.actions_requested.emit(one, [*section.shown]))


def _for_service(menu: QMenu, pane: "ServicesPane", service: Service, add: "Callable[..., None]") -> None:
    translate = QCoreApplication.translate
    add(translate("services", "Choose"), lambda: pane.tree.activated_service.emit(service), "Return")
    add(translate("services", "Details"), pane.show_details, "F4")
    starred = pane.model.is_favourite(service)
    text = (
        translate("services", "Remove from the favourites")
        if starred
        else translate("services", "Add to the favourites")
    )
    add(text, lambda: pane.tree.star_toggled.emit(service), "*")
    add(translate("services", "Access matrix"), lambda: pane.matrix_requested.emit(service))
    if pane.manageable(service) and pane.obstacle is not None:
        menu.addSeparator()
        add(translate("services", "Manage"), lambda: pane.manage_requested.emit(service), "Alt+Return")
        for action in ACTIONS:
            entry = menu.addAction(told(WORDS[action]))
            why = told(pane.obstacle(service, action))
            entry.setEnabled(not why)
            entry.setToolTip(why)
            if action == "delete":
                entry.setShortcut(QKeySequence("Del"))
                entry.setShortcutVisibleInContextMenu(True)
            entry.triggered.connect(lambda _=False, one=action: pane.action_requested.emit(one, service))
    menu.addSeparator()
    clipboard = QGuiApplication.clipboard()
    add(translate("services", "Copy the name"), lambda: clipboard.setText(service.name))
    add(translate("services", "Copy the id"), lambda: clipboard.setText(service.id))
    address = next(iter((*service.addresses.values(), *service.app_addresses.values())), "")
    if address:
        add(translate("services", "Copy the address"), lambda: clipboard.setText(address))
    branch = pane.model.branch(service.workspace)
    if branch is not None and branch.workspace is not None and branch.workspace.platform == defaults.BY_HAND:
        menu.addSeparator()
        add(translate("services", "Edit…"), lambda: pane.edit_requested.emit(service), "F2")
        add(translate("services", "Duplicate"), lambda: pane.duplicate_requested.emit(service))
        add(translate("services", "Remove"), lambda: pane.remove_requested.emit(service), "Del")
