"""The two small dialogs: what this program is, and its keys."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.actions import keys_text
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
        listed = QWidget()
        grid = QGridLayout(listed)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        for row, (text, keys) in enumerate(_rows(actions)):
            grid.addWidget(QLabel(text), row, 0)
            key = QLabel(keys)
            key.setObjectName("key")
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignLeft)
        scrolled = QScrollArea()
        scrolled.setAccessibleName(self.tr("Shortcuts"))
        scrolled.setFrameShape(QScrollArea.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(listed)
        scrolled.setMinimumWidth(listed.sizeHint().width() + scrolled.verticalScrollBar().sizeHint().width())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 16, 16)
        column.setSpacing(16)
        column.addWidget(scrolled, 1)
        column.addWidget(_close(self))
        self.resize(self.sizeHint().width(), min(720, parent.height() - 40))


def _rows(actions: Mapping[str, QAction]) -> list[tuple[str, str]]:
    """What each key does; the tabs' numbers in one line."""
    rows = []
    for name, action in actions.items():
        if name == "tab_1" or (not action.shortcut().isEmpty() and not name.startswith("tab_")):
            text, keys = action.text().replace("&", ""), keys_text(action)
            if name == "tab_1" and (last := actions.get("tab_8")) is not None and keys:
                text = QCoreApplication.translate("ShortcutsDialog", "Go to a request by its number")
                keys = f"{keys} – {keys_text(last)}"
            rows.append((text, keys))
    following = QKeySequence("Ctrl+Shift+Return").toString(QKeySequence.SequenceFormat.NativeText)
    return [*rows, (QCoreApplication.translate("ShortcutsDialog", "Send the next message"), following)]


def _close(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    return box
