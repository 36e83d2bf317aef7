"""A secret value in a row: masked, shown on asking, copied without being shown."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from streamscope.gui.marks import dress, tool_button
from streamscope.gui.theme import code_font

_MASK = "•" * 16


class SecretView(QWidget):
    """One value with its buttons; further ones stand behind them. `copied` when it went to the clipboard."""

    copied = Signal()

    def __init__(self, name: str, value: str, parent: QWidget | None = None, *, masked: bool = True) -> None:
        super().__init__(parent)
        self._value = value
        self.line = QLineEdit()
        self.line.setReadOnly(True)
        self.line.setFont(code_font())
        self.line.setAccessibleName(name)
        self.reveal = tool_button("eye", self.tr("Show {what}").format(what=name))
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._show)
        self.copy = tool_button("copy", self.tr("Copy {what}").format(what=name))
        self.copy.clicked.connect(self._copy)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.line, 1)
        self._row.addWidget(self.reveal)
        self._row.addWidget(self.copy)
        self.reveal.setVisible(masked)
        self.reveal.setChecked(not masked)
        self._show(not masked)

    def add(self, button: QWidget) -> None:
        """One more button at the end."""
        self._row.addWidget(button)

    def _show(self, shown: bool) -> None:
        """The mask is as long for every value: not even its length is told."""
        self.line.setText(self._value if shown else _MASK)
        self.line.setCursorPosition(0)
        dress(self.reveal, "eye-off" if shown else "eye")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)
        self.copied.emit()
