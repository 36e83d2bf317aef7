"""Asking in its place what is to become of unsaved edits when a dialog is closed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from streamscope.gui.theme import strong_font


class UnsavedView(QWidget):
    """A bar with three buttons, hidden until it asks; the third one hides it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = QLabel()
        self.words.setFont(strong_font())
        self.save = QPushButton(self.tr("Save all"))
        self.save.setProperty("role", "primary")
        self.discard = QPushButton(self.tr("Discard"))
        stay = QPushButton(self.tr("Keep editing"))
        stay.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.save, self.discard, stay):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.hide()

    def ask(self, count: int) -> None:
        """Ask about so many unsaved things."""
        self.words.setText(self.tr("Unsaved changes: {count}").format(count=count))
        self.show()
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)
