"""Handing workspaces on and taking them in, by files that are chosen in a dialog."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from streamscope.gui.marks import tool_button
from streamscope.gui.texts import told
from streamscope.model.phrase import Phrase

if TYPE_CHECKING:
    from streamscope.store.bench import Bench

Tell = Callable[[str, str, str], None]
"""Shows a card: its severity, a sentence, and more about it."""
_ENDING = ".toml"


class Handing(QObject):
    """Two buttons: import, and export of the workspace that is shown or of all."""

    def __init__(self, bench: "Bench", dialog: QWidget, tell: Tell, taken: Callable[[str], None]) -> None:
        super().__init__(dialog)
        self._bench = bench
        self._dialog = dialog
        self._tell = tell
        self._taken = taken
        self.import_button = tool_button("arrow-in", self.tr("Import workspaces from a file"))
        self.import_button.clicked.connect(lambda: self._choose(export=False))
        self.export_button = tool_button("export", self.tr("Export workspaces, without secrets"))
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.export_button)
        self.export_button.setMenu(self.menu)
        self._name = ""
        self.show_name("")

    def show_name(self, name: str) -> None:
        """Which workspace is shown."""
        self._name = name
        self.menu.clear()
        if name:
            one = self.menu.addAction(self.tr("This one: {name}").format(name=" ".join(name.split())[:60]))
            one.triggered.connect(lambda _=False: self._choose(export=True, names=(name,)))
        every = self.menu.addAction(self.tr("All of them"))
        every.triggered.connect(lambda _=False: self._choose(export=True))

    def export(self, path: str, names: tuple[str, ...] = ()) -> None:
        """Write a file. Raises the tree of errors."""
        from streamscope.engine import handing
        from streamscope.store import files

        text, left_out = handing.exported(self._bench, names)
        files.write_shared(Path(path), text.encode())
        self._tell("info", self.tr("Exported to {path}.").format(path=path), _lines(left_out))

    def take_in(self, path: str) -> None:
        """Read a file. Raises the tree of errors."""
        from streamscope.engine import handing

        taken = handing.taken_in(self._bench, handing.read(Path(path)))
        said = [told(note) for note in taken.notes]
        if taken.credentials:
            names = ", ".join(taken.credentials)
            said.append(self.tr("Type the secrets of these credentials: {names}").format(names=names))
        count = len(taken.workspaces)
        self._taken(taken.workspaces[0] if taken.workspaces else "")
        self._tell(
            "warning" if said else "info", self.tr("Workspaces imported: {count}").format(count=count), "\n".join(said)
        )

    def _choose(self, *, export: bool, names: tuple[str, ...] = ()) -> None:
        chooser = QFileDialog(self._dialog)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setNameFilters([self.tr("Workspaces (*.toml)"), self.tr("All files (*)")])
        if export:
            chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            chooser.setDefaultSuffix(_ENDING[1:])
            chooser.selectFile(f"{names[0] if names else 'workspaces'}{_ENDING}".replace("/", "-"))
            chooser.fileSelected.connect(partial(self._did, partial(self.export, names=names)))
        else:
            chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
            chooser.fileSelected.connect(partial(self._did, self.take_in))
        chooser.open()

    def _did(self, does: Callable[[str], None], path: str) -> None:
        from streamscope.model.errors import StreamscopeError

        try:
            does(path)
        except StreamscopeError as error:
            self._tell("error", told(error.message), told(error.hint))


def _lines(said: list[Phrase]) -> str:
    return "\n".join(told(one) for one in said)
