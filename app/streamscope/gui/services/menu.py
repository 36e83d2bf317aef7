"""The context menu of a row of the tree: all that can be done with it, each with its key."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from streamscope.gui import defaults
from streamscope.gui.services.sections import Section
from streamscope.model.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamscope.gui.services.pane import ServicesPane


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
    elif isinstance(target, Service):
        _for_service(menu, pane, target, add)


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
