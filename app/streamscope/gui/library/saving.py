"""Saving a draft: where it goes and what it is called, and what to do where its file changed outside."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.library.menus import ask_folder
from streamscope.gui.marks import ElidedLabel, muted_label
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.store.names import free_path

if TYPE_CHECKING:
    from streamscope.store.collections import Folder
    from streamscope.store.library import Conflict

translate = QCoreApplication.translate


class SaveDialog(QDialog):
    """Name and folder of a draft that has no file yet; opened with `open()`.

    `chosen` gives the path for the new file and the name; `collection_chosen` a folder that is no collection yet: the
    window opens it, gives the dialog the new folders, and it goes on.
    """

    chosen = Signal(object, str)
    collection_chosen = Signal(object)

    def __init__(
        self, folders: Iterable["Folder"], name: str, folder: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save the request"))
        self.setMinimumWidth(500)
        self.name = QLineEdit(name)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.selectAll()
        self.folder = QComboBox()
        self.folder.setAccessibleName(self.tr("Folder"))
        self.other = QPushButton(self.tr("Other folder…"))
        self.other.setAutoDefault(False)
        self.other.clicked.connect(self._ask)
        self.place = ElidedLabel(tone="muted")
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.folder, 1)
        where.addWidget(self.other)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Folder"), where)
        form.addRow("", self.place)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(muted_label(self.tr("Secrets are not written into the file."), wrap=True), 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        self.save_button.clicked.connect(self._save)
        self.name.textChanged.connect(self._tell)
        self.folder.currentIndexChanged.connect(self._tell)
        self.set_folders(folders, folder)

    def set_folders(self, folders: Iterable["Folder"], folder: Path | None = None) -> None:
        """Offer these collections and the folders in them, one of them chosen."""
        self.folder.blockSignals(True)
        self.folder.clear()
        for collection in folders:
            self._offer(collection, "")
        self.folder.setCurrentIndex(max(0, self.folder.findData(str(folder)) if folder is not None else 0))
        self.folder.blockSignals(False)
        self.folder.setEnabled(self.folder.count() > 0)
        self._tell()

    def path(self) -> Path | None:
        """The file as it would be called; None while a name or folder is missing."""
        folder = self.folder.currentData()
        return free_path(Path(folder), self.name.text()) if folder and self.name.text().strip() else None

    def _offer(self, folder: "Folder", above: str) -> None:
        if folder.trouble is None and folder.writable:
            trail = above + " ".join(folder.name.split())[:60]
            self.folder.addItem(trail, str(folder.path))
            for inner in folder.folders:
                self._offer(inner, f"{trail} / ")

    def _tell(self) -> None:
        path = self.path()
        self.save_button.setEnabled(path is not None)
        if path is not None:
            self.place.set_text(str(path))
        elif self.folder.count() == 0:
            self.place.set_text(self.tr("No collection is open: choose a folder to keep requests in."))
        else:
            self.place.set_text(self.tr("A name is missing."))

    def _save(self) -> None:
        path = self.path()
        if path is not None:
            self.accept()
            self.chosen.emit(path, self.name.text().strip())

    def _ask(self) -> None:
        self.asking = ask_folder(self, self.tr("Choose a folder for requests"), self.collection_chosen.emit)


class ConflictView(MessageView):
    """A card: the file of a draft changed outside. `mine`, `theirs` and `both` say what a person chose."""

    mine = Signal()
    theirs = Signal()
    both = Signal()

    def __init__(self, conflict: "Conflict", parent: QWidget | None = None) -> None:
        self.conflict = conflict
        name = conflict.path.name
        if not conflict.stamp:
            said = translate("ConflictView", "{name} was deleted outside of Streamscope.").format(name=name)
            hint = translate("ConflictView", "The draft here is all there is of it.")
        elif conflict.theirs is None and conflict.trouble is not None:
            said = translate("ConflictView", "{name} changed outside and cannot be read any more.").format(name=name)
            hint = told(conflict.trouble.message)
        else:
            said = translate("ConflictView", "{name} changed outside of Streamscope.").format(name=name)
            hint = translate("ConflictView", "Nothing was overwritten. Which one is to be kept?")
        super().__init__("warning", said, hint, closable=True, parent=parent)
        if not conflict.stamp:
            self.offer(self.tr("Save it again")).clicked.connect(self._mine)
        else:
            self.offer(self.tr("Keep both")).clicked.connect(self._both)
            self.offer(self.tr("Keep mine")).clicked.connect(self._mine)
            if conflict.theirs is not None:
                self.offer(self.tr("Take theirs")).clicked.connect(self._theirs)

    def _mine(self) -> None:
        self.mine.emit()
        self.dismiss()

    def _theirs(self) -> None:
        self.theirs.emit()
        self.dismiss()

    def _both(self) -> None:
        self.both.emit()
        self.dismiss()
