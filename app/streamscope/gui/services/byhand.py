"""The form of a service by hand: its URL and its name."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label, retone
from streamscope.gui.texts import told
from streamscope.model.errors import UsageError
from streamscope.model.url import parse_url


class AddressDialog(QDialog):
    """Asks for a URL and a name; `accepted_entry(url, name)` when both can be used."""

    accepted_entry = Signal(str, str)

    def __init__(self, parent: QWidget | None, url: str = "", name: str = "", *, edits: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Edit the service") if edits else self.tr("Add a service by its URL"))
        self.url = QLineEdit(url)
        self.url.setAccessibleName(self.tr("URL"))
        self.url.setPlaceholderText("https://host:port/v1/chat/completions")
        self.url.setMinimumWidth(420)
        self.name = QLineEdit(name)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setPlaceholderText(self.tr("the host, where nothing is typed"))
        self._note = muted_label("", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.setMinimumHeight(2 * self._note.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        form = QFormLayout()
        form.addRow(QLabel(self.tr("URL")), self.url)
        form.addRow(QLabel(self.tr("Name")), self.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addWidget(self.buttons)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.url.textChanged.connect(self._judge)
        self._judge()

    def _judge(self) -> None:
        """Say under the fields what the URL means, or why it cannot be called."""
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        text = self.url.text().strip()
        try:
            url = parse_url(text) if text else None
        except UsageError as error:
            save.setEnabled(False)
            self._note.setText(f"{told(error.message)} {told(error.hint)}".strip())
            retone(self._note, "error")
            return
        usable = url is not None and " " not in text
        save.setEnabled(usable)
        retone(self._note, "muted")
        if url is None:
            say = self.tr("Any URL is a service. A secret does not belong into it: it is kept as typed.")
        elif url.scheme in ("ws", "wss"):
            say = self.tr("Called over WebSocket; any authentication can be chosen.")
        else:
            say = self.tr("Called over HTTP, answers may stream; any authentication can be chosen.")
        self._note.setText(say)

    def _accept(self) -> None:
        self.accepted_entry.emit(self.url.text().strip(), self.name.text().strip())
        self.accept()
