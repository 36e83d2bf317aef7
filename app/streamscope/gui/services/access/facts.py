"""Labelled rows of one thing: what it is called, when it was made, its secret values."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from streamscope.gui.texts import breakable
from streamscope.gui.workspaces.sections import LABELS


class FactsView(QWidget):
    """Rows below each other, in the column of the forms' labels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._rows = 0

    def say(self, label: str, text: str) -> None:
        """A row of plain text, nothing where there is none."""
        if not text:
            return
        words = QLabel(breakable(text))
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setMinimumWidth(40)
        words.setAccessibleName(f"{label}: {text}")
        self.put(label, words)

    def put(self, label: str, widget: QWidget) -> None:
        """A row of a widget."""
        told = QLabel(label)
        told.setProperty("tone", "muted")
        told.setMinimumWidth(LABELS)
        told.setMinimumHeight(28)
        told.setBuddy(widget)
        self._grid.addWidget(told, self._rows, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(widget, self._rows, 1)
        self._rows += 1
