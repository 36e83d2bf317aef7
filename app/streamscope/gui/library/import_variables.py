"""Pasting variables: lines NAME=VALUE as .env files have them."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label, retone
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font
from streamscope.model.environment import Variable, from_lines
from streamscope.model.errors import UsageError

_LARGEST = 1_000_000


class ImportDialog(QDialog):
    """A place to paste into; says at once what will be taken up."""

    imported = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import variables"))
        self.resize(520, 360)
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName(self.tr("Lines NAME=VALUE"))
        self.editor.setFont(code_font())
        self.editor.setPlaceholderText("HOST=https://staging.example\nAPI_KEY=…")
        self.said = muted_label("", wrap=True)
        self.take = QPushButton(self.tr("Import"))
        self.take.setProperty("role", "primary")
        self.take.clicked.connect(self.accept)
        leave = QPushButton(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        row.addWidget(leave)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(muted_label(self.tr("Paste the lines of a .env file. Keys and passwords become secrets.")))
        column.addWidget(self.editor, 1)
        column.addLayout(row)
        self.editor.textChanged.connect(self._look)
        pasted = QGuiApplication.clipboard().text()[:_LARGEST]
        try:
            fitting = bool(from_lines(pasted))
        except UsageError:
            fitting = False
        if fitting:
            self.editor.setPlainText(pasted)
        self._look()

    def variables(self) -> tuple[Variable, ...]:
        """What is written. Raises UsageError."""
        return from_lines(self.editor.toPlainText())

    def accept(self) -> None:
        """Qt's."""
        try:
            found = self.variables()
        except UsageError:
            return
        self.imported.emit(found)
        super().accept()

    def _look(self) -> None:
        try:
            found = self.variables()
        except UsageError as error:
            retone(self.said, "error")
            self.said.setText(f"{told(error.message)} {told(error.hint)}")
            self.take.setEnabled(False)
            return
        secret = sum(one.secret for one in found)
        retone(self.said, "muted")
        self.said.setText(self.tr("Variables: {count}, secret: {secret}").format(count=len(found), secret=secret))
        self.take.setEnabled(bool(found))
