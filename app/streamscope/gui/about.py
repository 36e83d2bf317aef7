"""The two small dialogs: what this program is, and its keys."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QMargins, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

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


_GAP = 2
"""The column between the two halves of the keys."""


class ShortcutsDialog(QDialog):
    """Every action that has a key."""

    def __init__(self, parent: QWidget, actions: Mapping[str, QAction]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Shortcuts"))
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(24, 20, 24, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(_GAP, 24)
        rows = _rows(actions)
        half = (len(rows) + 1) // 2
        for number, (text, keys) in enumerate(rows):
            row, side = number % half, number // half * (_GAP + 1)
            grid.addWidget(QLabel(text), row, side)
            key = QLabel(keys)
            key.setObjectName("key")
            grid.addWidget(key, row, side + 1, Qt.AlignmentFlag.AlignRight)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setAccessibleName(self.windowTitle())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(8)
        column.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.addWidget(_close(self))
        column.addLayout(foot)
        room = page.sizeHint().grownBy(QMargins(4, 4, 20, 72))
        self.resize(room.boundedTo(parent.size() - QSize(48, 48)))


def _rows(actions: Mapping[str, QAction]) -> list[tuple[str, str]]:
    """What each key does; the tabs' numbers in one line."""
    rows = []
    numbered = {
        "tab_1": ("tab_8", QCoreApplication.translate("ShortcutsDialog", "Go to a request by its number")),
        "view_1": ("view_9", QCoreApplication.translate("ShortcutsDialog", "Go to a view of the exchange")),
    }
    for name, action in actions.items():
        if action.shortcut().isEmpty() or (name.startswith(("tab_", "view_")) and name not in numbered):
            continue
        text, keys = action.text().replace("&", ""), keys_text(action)
        if name in numbered:
            last, text = numbered[name]
            keys = f"{keys} – {keys_text(actions[last])}" if last in actions else keys
        rows.append((text, keys))
    following = QKeySequence("Ctrl+Shift+Return").toString(QKeySequence.SequenceFormat.NativeText)
    return [*rows, (QCoreApplication.translate("ShortcutsDialog", "Send the next message"), following)]


def _close(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    return box
