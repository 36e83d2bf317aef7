"""What can be done in the pane of collections, as menus; and asking for a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from streamscope.gui.library.tree import Node
from streamscope.model.draft import Draft

if TYPE_CHECKING:
    from streamscope.gui.library.collections import CollectionsPane

translate = QCoreApplication.translate


def row_menu(pane: "CollectionsPane", node: Node | None) -> QMenu:
    """What can be done with a row, or beside all rows."""
    menu = QMenu(pane)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if node is not None and node.kind == "request":
        path = node.path
        _add(menu, translate("library", "Open"), lambda: pane.open_requested.emit(path))
        _add(menu, translate("library", "Send"), lambda: pane.send_requested.emit(path), "Ctrl+Return")
        _add(menu, translate("library", "Copy as cURL"), lambda: pane.curl_requested.emit(path))
        menu.addSeparator()
        _add(menu, translate("library", "Duplicate"), pane.duplicate, "Ctrl+D")
    if pane.folder() is not None:
        _add(menu, translate("library", "New request"), pane.new_request)
        _add(menu, translate("library", "New folder"), pane.new_folder)
    if node is None:
        _add(menu, translate("library", "New collection…"), pane.choose_place)
        _add(menu, translate("library", "Open a folder…"), pane.choose_folder)
        return menu
    menu.addSeparator()
    if node.kind != "collection":
        _add(menu, translate("library", "Rename"), lambda: pane.tree.edit(pane.tree.currentIndex()), "F2")
    folder = node.path.parent if node.kind == "request" else node.path
    url = QUrl.fromLocalFile(str(folder))
    _add(menu, translate("library", "Show in the file manager"), lambda: QDesktopServices.openUrl(url))
    _add(
        menu,
        translate("library", "Close collection") if node.kind == "collection" else translate("library", "Delete"),
        pane.delete,
        "Del",
    )
    return menu


def add_menu(pane: "CollectionsPane", parent: QWidget) -> QMenu:
    """What can be made or opened."""
    menu = QMenu(parent)
    inside = [
        _add(menu, translate("library", "New request"), pane.new_request),
        _add(menu, translate("library", "New folder"), pane.new_folder),
    ]
    menu.addSeparator()
    _add(menu, translate("library", "New collection…"), pane.choose_place)
    _add(menu, translate("library", "Open a folder…"), pane.choose_folder)

    def allow() -> None:
        for action in inside:
            action.setEnabled(pane.folder() is not None)

    menu.aboutToShow.connect(allow)
    return menu


def ask_folder(parent: QWidget, title: str, then: Callable[[Path], None], *, new: bool = False) -> QFileDialog:
    """Ask for a folder, or for the name of a new one, without stopping anything meanwhile."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    mode = QFileDialog.AcceptMode.AcceptSave if new else QFileDialog.AcceptMode.AcceptOpen
    dialog.setAcceptMode(mode)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile if new else QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    if new:
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, translate("library", "Create"))
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog.setDirectory(documents if Path(documents).is_dir() else str(Path.home()))
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()
    return dialog


def fresh(folder: Path, name: str) -> Path:
    """A new, empty request in a folder. Raises StoreError."""
    from streamscope.store import library
    from streamscope.store.names import free_path

    path = free_path(folder, name)
    library.save(path, Draft(name=path.stem))
    return path


def _add(menu: QMenu, text: str, work: Callable[[], object], keys: str = "") -> QAction:
    """An entry; its keys are shown only, since the tree has them bound."""
    action = menu.addAction(f"{text}\t{keys}" if keys else text)
    action.triggered.connect(lambda _: work())
    return action
