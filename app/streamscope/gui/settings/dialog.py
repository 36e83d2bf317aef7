"""The settings in a window of their own."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from streamscope.gui.settings.model import SettingsModel
from streamscope.gui.settings.pane import SettingsPane


class SettingsDialog(QDialog):
    """Not modal: what is changed shows at once in the windows beside it."""

    def __init__(
        self, model: SettingsModel, actions: Mapping[str, QAction], profile: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.pane = SettingsPane(model, actions, profile, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pane)
        self.resize(720, 680)
        self.pane.filter.setFocus()

    def done(self, result: int) -> None:
        """Qt's: what is still being typed counts."""
        self.pane.flush()
        super().done(result)
