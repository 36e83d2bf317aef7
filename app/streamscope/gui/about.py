"""The two small dialogs: what this program is, and its keys."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from streamscope.gui.assets import pixmap
from streamscope.gui.marks import muted_label
from streamscope.gui.theme import strong_font


class AboutDialog(QDialog):
    """Name, version and licence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("streamscope")
        except PackageNotFoundError:
            number = ""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Streamscope"))
        mark = QLabel()
        mark.setPixmap(pixmap("streamscope", "", 56, self.devicePixelRatioF()))
        title = QLabel(self.tr("Streamscope {version}").format(version=number).strip())
        title.setFont(strong_font(3.0))
        text = muted_label(
            self.tr("Explore and debug real-time inference services: any authentication, any channel, any protocol."),
            wrap=True,
        )
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 18)
        column.setSpacing(10)
        for widget in (mark, title):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text)
        licence = muted_label(self.tr("Apache License 2.0. Qt is used under the LGPL 3."))
        column.addWidget(licence, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6)
        column.addWidget(_close(self))
        self.setFixedWidth(380)


class ShortcutsDialog(QDialog):
    """Every action that has a key."""

    def __init__(self, parent: QWidget, actions: Mapping[str, QAction]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Shortcuts"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        rows = [(action.text(), action.shortcut()) for action in actions.values() if not action.shortcut().isEmpty()]
        rows.append((self.tr("Send the next message"), QKeySequence("Ctrl+Shift+Return")))
        for row, (text, keys) in enumerate(rows):
            grid.addWidget(QLabel(text), row, 0)
            key = QLabel(keys.toString(QKeySequence.SequenceFormat.NativeText))
            key.setObjectName("key")
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addWidget(_close(self))


def _close(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    return box
