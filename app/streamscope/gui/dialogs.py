"""The window's dialogs: each is opened once, beside the window, and tells the window what was changed in it."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from streamscope.gui import actions
from streamscope.gui.settings.wearing import wear
from streamscope.model.draft import Draft
from streamscope.store.workspaces import SANDBOX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QAction

    from streamscope.gui.composer.preparing import Prepare
    from streamscope.gui.desk import Desk
    from streamscope.gui.services.deploy.dialog import DeployDialog
    from streamscope.gui.services.listing import ListDialog
    from streamscope.model.service import Service

_LOOKS = ("appearance", "text_size")
Titled = tuple[str, Draft]


class Dialogs(QObject):
    """Opens workspaces, credentials, settings and the explanation of an authentication; what deploys, and what lets in.

    `deployed` and `service_updated` carry a service as its list tells it now; `access_changed` the name of the
    workspace whose Apps, keys or connections are others.
    """

    deployed = Signal(object)
    service_updated = Signal(object)
    packages_changed = Signal()
    access_changed = Signal(str)
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
        self._typed: dict[str, DeployDialog] = {}
        self.settings_model: SettingsModel = SettingsModel(desk.bench.settings, self)
        self.settings_model.changed.connect(self._setting_changed)
        self.settings_model.failed.connect(self.failed)
        self.settings_model.noticed.connect(self.noticed)
        self.workspaces_changed.connect(self._look_at_workspaces)
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

    def deploy(self, workspace: str = "", package: str = "") -> QDialog:
        """Open what deploys a service, in a workspace, of a package; what was typed before is still there."""
        from streamscope.gui.services.deploy.dialog import DeployDialog

        def make() -> DeployDialog:
            dialog = DeployDialog(self._desk, self._window, workspace=workspace)
            dialog.deployed.connect(self.deployed)
            dialog.package_requested.connect(self.package)
            return dialog

        dialog = self._kept("deploy", make)
        dialog.choose(workspace, package)
        return dialog

    def update_service(self, service: "Service") -> QDialog:
        """Open what changes a service; what was typed before is still there."""
        from streamscope.gui.services.deploy.dialog import DeployDialog

        def make() -> DeployDialog:
            dialog = DeployDialog(self._desk, self._window, service=service)
            dialog.updated.connect(self.service_updated)
            dialog.package_requested.connect(self.package)
            return dialog

        return self._kept(f"update {service.workspace} {service.id}", make)

    def package(self) -> QDialog:
        """Open the model packages of the sandbox."""
        from streamscope.gui.services.deploy.package import PackageDialog

        def make() -> QDialog:
            dialog = PackageDialog(self._desk, self._window)
            dialog.finished.connect(dialog.deleteLater)
            dialog.changed.connect(lambda _: self._packages_changed())
            dialog.deploy_requested.connect(lambda key: self.deploy(SANDBOX.name, key))
            return dialog

        return self._shown("package", make)

    def apps(self, workspace: str = "") -> QDialog:
        """Open the Apps of a workspace."""
        from streamscope.gui.services.access.apps import AppsDialog

        return self._shown("apps", lambda: self._access(AppsDialog(self._desk, self._window, workspace=workspace)))

    def keys(self, workspace: str = "") -> QDialog:
        """Open the API keys of a workspace."""
        from streamscope.gui.services.access.keys import KeysDialog

        return self._shown("keys", lambda: self._access(KeysDialog(self._desk, self._window, workspace=workspace)))

    def connections(self, workspace: str = "", service: "Service | None" = None) -> QDialog:
        """Open the intranet connections of a workspace; a new one leads to a service where one is meant."""
        from streamscope.gui.services.access.connections import ConnectionsDialog

        return self._shown(
            "connections",
            lambda: self._access(ConnectionsDialog(self._desk, self._window, workspace=workspace, service=service)),
        )

    def close(self) -> None:
        """Close what is open."""
        for dialog in [*self._open.values(), *self._typed.values()]:
            dialog.close()

    def _shown(self, name: str, make: "Callable[[], QDialog]") -> QDialog:
        dialog = self._open.get(name)
        if dialog is None:
            dialog = self._open[name] = make()
            dialog.finished.connect(lambda _: self._open.pop(name, None))
            dialog.open()
        dialog.show()  # one that is still at work when it is closed is only hidden
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _kept(self, name: str, make: "Callable[[], DeployDialog]") -> "DeployDialog":
        """A dialog that stays what it is when it is closed, until it has done what it is for."""
        dialog = self._typed.get(name)
        if dialog is None:
            dialog = self._typed[name] = make()
            dialog.finished.connect(lambda _: self._forget(name))
        dialog.open()
        dialog.raise_()
        return dialog

    def _look_at_workspaces(self) -> None:
        for dialog in self._typed.values():
            dialog.place.refresh()

    def _forget(self, name: str) -> None:
        dialog = self._typed.get(name)
        if dialog is not None and not dialog.typed:
            del self._typed[name]
            dialog.deleteLater()

    def _packages_changed(self) -> None:
        self.packages_changed.emit()
        for dialog in self._typed.values():
            dialog.read()

    def _access(self, dialog: "ListDialog[Any]") -> QDialog:
        dialog.finished.connect(dialog.deleteLater)
        dialog.changed.connect(self.access_changed)
        dialog.credentials_changed.connect(self.credentials_changed)
        return dialog

    def _setting_changed(self, key: str) -> None:
        app = QApplication.instance()
        if key == "keys":
            actions.bind(self._actions, self._desk.bench.settings.keys())
        elif key in _LOOKS and isinstance(app, QApplication):
            wear(app, self._desk.bench.settings)
        self.setting_changed.emit(key)
