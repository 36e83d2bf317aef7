"""The foot of the dialog that deploys: what will be made, the buttons, and the same as text to copy."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import dress, muted_label, tool_button
from streamscope.gui.texts import breakable


class FootView(QWidget):
    """A sentence over a row of buttons; the first one tells how many things are open."""

    def __init__(self, *, new: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._new = new
        self.says = QLabel()
        self.says.setWordWrap(True)
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        self.says.setAccessibleName(self.tr("What will be made"))
        self.deploy_button = QPushButton()
        self.deploy_button.setProperty("role", "primary")
        self.close_button = QPushButton(self.tr("Close"))
        self.afresh_button = QPushButton(self.tr("Start afresh"))
        dress(self.afresh_button, "undo")
        self.said = muted_label("")
        self.command_button = tool_button("copy", self.tr("Copy as a command line"))
        self.json_button = tool_button("braces", self.tr("Copy as JSON"))
        self.refresh_button = tool_button("refresh", self.tr("Read again what can be chosen (F5)"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.deploy_button, self.close_button, self.afresh_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        for thing in (self.said, self.command_button, self.json_button, self.refresh_button):
            buttons.addWidget(thing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(rule())
        column.addWidget(self.says)
        column.addLayout(buttons)

    def stops(self) -> list[QWidget]:
        """Where the focus goes on its way through."""
        first: list[QWidget] = [self.deploy_button, self.close_button, self.afresh_button]
        return [*first, self.command_button, self.json_button, self.refresh_button]

    def say(self, text: str) -> None:
        """What will be made."""
        self.says.setText(breakable(text))

    def show_state(self, problems: list[str], *, there: bool, changed: bool, acting: bool, typed: bool) -> None:
        """Whether there are pages, whether they hold something new, and what is open in them."""
        plain = self.tr("Deploy") if self._new else self.tr("Update")
        counted = self.tr("Deploy ({count} open)") if self._new else self.tr("Update ({count} open)")
        self.deploy_button.setText(counted.format(count=len(problems)) if problems and there else plain)
        self.deploy_button.setEnabled(there and changed and not acting)
        self.deploy_button.setToolTip("\n".join(problems) or self.tr("{action} (Ctrl+Enter)").format(action=plain))
        for button in (self.command_button, self.json_button, self.afresh_button):
            button.setEnabled(there)
        self.refresh_button.setEnabled(not acting)
        self.afresh_button.setVisible(typed)

    def copy(self, text: str, said: str) -> None:
        """Put a text into the clipboard, and say so."""
        QGuiApplication.clipboard().setText(text)
        self.said.setText(said)


def rule() -> QFrame:
    """A quiet line between what is chosen first, what is asked for, and what will be made."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line
