"""The access matrix taken elsewhere: copied, or saved as a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from streamscope.gui.marks import dress

ENDINGS = {"markdown": ".md", "csv": ".csv", "json": ".json"}


def format_button(icon: str, text: str, said: str, chosen: Callable[[str], object], parent: QWidget) -> QToolButton:
    """A button with a menu of the formats; `chosen` is told which."""
    button = QToolButton(parent)
    button.setText(text)
    button.setToolTip(said)
    button.setAccessibleName(said)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setProperty("menu", True)
    dress(button, icon)
    menu = QMenu(button)
    translate = QCoreApplication.translate
    for key, label in (
        ("markdown", translate("matrix", "Markdown")),
        ("csv", translate("matrix", "CSV, one line a combination")),
        ("json", translate("matrix", "JSON")),
    ):
        menu.addAction(label).triggered.connect(lambda _checked, key=key: chosen(key))
    button.setMenu(menu)
    return button


def copy(text: str) -> None:
    """Put a text into the clipboard."""
    QGuiApplication.clipboard().setText(text)


def ask_for_file(parent: QWidget, name: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask where to save; `chosen` is told the path."""
    dialog = QFileDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ENDINGS[form].lstrip("."))
    dialog.selectFile(f"{name}{ENDINGS[form]}")
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog
