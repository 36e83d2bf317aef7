"""A pane with nothing in it says what would be there and how it gets there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import IconView, muted_label
from streamscope.gui.theme import strong_font


class EmptyView(QWidget):
    """An icon, what belongs here, a line of explanation, and buttons that begin."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = QLabel(title)
        name.setFont(strong_font())
        name.setWordWrap(True)
        name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        told = muted_label(text, wrap=True)
        told.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 24, 20, 16)
        self._column.setSpacing(8)
        self._column.addWidget(IconView(icon, size=24), 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(name)
        self._column.addWidget(told)
        self._column.addSpacing(4)
        self._column.addStretch(1)

    def offer(self, text: str) -> QPushButton:
        """Add a button."""
        button = QPushButton(text)
        button.setAccessibleName(text)
        self._column.insertWidget(self._column.count() - 1, button)
        return button
