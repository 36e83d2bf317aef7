"""The window's dialogs: each is opened once, beside the window, and tells the window what was changed in it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from streamscope.gui import actions
from streamscope.gui.settings.wearing import wear
from streamscope.model.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QAction

    from streamscope.gui.composer.preparing import Prepare
    from streamscope.gui.desk import Desk

_LOOKS = ("appearance", "text_size")
Titled = tuple[str, Draft]


class Dialogs(QObject):
    """Opens workspaces, credentials, settings and the explanation of an authentication."""

    workspaces_changed = Signal()
    credentials_changed = Signal()
    credential_renamed = Signal(str, str)
    failed = Signal(object)
    noticed = Signal(object)
    setting_changed = Signal(str)

    def __init__(
        self, desk: "Desk", window: QWidget, acts: "Mapping[str, QAction]", drafts: "Callable[[], Sequence[Titled]]"
    ) -> None:
        super().__init__(window)
        from streamscope.gui.live.summary.chosen import chosen
        from streamscope.gui.settings.model import SettingsModel

        self._desk = desk
        self._window = window
        self._actions = acts
        self._drafts = drafts
        self._open: dict[str, QDialog] = {}
        self.settings_model: SettingsModel = SettingsModel(desk.bench.settings, self)
        self.settings_model.changed.connect(self._setting_changed)
        self.settings_model.failed.connect(self.failed)
        self.settings_model.noticed.connect(self.noticed)
        chosen.keep_in(self.settings_model)
        actions.bind(acts, desk.bench.settings.keys())

    def workspaces(self, workspace: str = "") -> QDialog:
        """Open the workspaces, at one of them."""
        from streamscope.gui.workspaces.dialog import WorkspacesDialog

        def make() -> QDialog:
            dialog = WorkspacesDialog(self._desk, self._window, workspace=workspace)
            dialog.changed.connect(self.workspaces_changed)
            dialog.credentials_requested.connect(self.credentials)
            return dialog

        return self._shown("workspaces", make)

    def credentials(self, credential: str = "") -> QDialog:
        """Open the credentials, at one of them."""
        from streamscope.gui.workspaces.credentials import CredentialsDialog

        def make() -> QDialog:
            dialog = CredentialsDialog(self._desk, self._drafts, self._window, credential=credential)
            dialog.changed.connect(self.credentials_changed)
            dialog.renamed.connect(self.credential_renamed)
            return dialog

        return self._shown("credentials", make)

    def settings(self) -> QDialog:
        """Open the settings."""
        from streamscope.gui.settings.dialog import SettingsDialog

        return self._shown(
            "settings",
            lambda: SettingsDialog(self.settings_model, self._actions, self._desk.bench.profile, self._window),
        )

    def explanation(self, prepare: "Prepare") -> QDialog:
        """Open the explanation of what the authentication does."""
        from streamscope.gui.composer.explain import ExplainDialog

        return self._shown("explanation", lambda: ExplainDialog(prepare, self._window))

    def close(self) -> None:
        """Close what is open."""
        for dialog in list(self._open.values()):
            dialog.close()

    def _shown(self, name: str, make: "Callable[[], QDialog]") -> QDialog:
        dialog = self._open.get(name)
        if dialog is None:
            dialog = self._open[name] = make()
            dialog.finished.connect(lambda _: self._open.pop(name, None))
            dialog.open()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _setting_changed(self, key: str) -> None:
        app = QApplication.instance()
        if key == "keys":
            actions.bind(self._actions, self._desk.bench.settings.keys())
        elif key in _LOOKS and isinstance(app, QApplication):
            wear(app, self._desk.bench.settings)
        self.setting_changed.emit(key)
