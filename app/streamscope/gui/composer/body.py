"""The body and the messages of a draft: plain text, JSON in colours, a mistake marked at its place."""

import json

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.code import CodeEdit
from streamscope.gui.marks import muted_label, retone
from streamscope.gui.texts import size_text


class BodyView(QWidget):
    """The editor of the body, its size and its mistake beneath."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = CodeEdit(self.tr("Body"))
        self.editor.setPlaceholderText(self.tr("Nothing is sent: the request has no body."))
        self.editor.textChanged.connect(self.changed)
        self.editor.checked.connect(self._checked)
        self.said = muted_label("", wrap=True)
        self.format = QPushButton(self.tr("Format"))
        self.format.setToolTip(self.tr("Lay the JSON out, two blanks a level"))
        self.format.setAccessibleName(self.tr("Format the JSON"))
        self.format.clicked.connect(self._format)
        row = QHBoxLayout()
        row.setContentsMargins(2, 0, 0, 0)
        row.addWidget(self.said, 1)
        row.addWidget(self.format)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.editor, 1)
        column.addLayout(row)
        self._checked("")

    def text(self) -> str:
        """What is written."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace what is written."""
        self.editor.setPlainText(text)
        self.editor.check()

    def _checked(self, mistake: str) -> None:
        retone(self.said, "error" if mistake else "muted")
        self.said.setText(mistake or size_text(len(self.text().encode(errors="surrogatepass"))))
        self.format.setEnabled(not mistake and self.text().lstrip()[:1] in ("{", "["))

    def _format(self) -> None:
        try:
            pretty = json.dumps(json.loads(self.text()), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            return
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(pretty)  # through the cursor, so that it can be undone


class MessagesEdit(QWidget):
    """The messages that are sent once a connection is open: blocks of text between empty lines."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = CodeEdit(self.tr("Messages"))
        self.editor.setPlaceholderText(self.tr("Nothing is sent by itself. An empty line separates two messages."))
        self.editor.textChanged.connect(self._edited)
        self.said = muted_label("")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.editor, 1)
        column.addWidget(self.said)
        self._edited()

    def messages(self) -> tuple[str, ...]:
        """The blocks."""
        blocks: list[list[str]] = [[]]
        for line in self.editor.toPlainText().split("\n"):
            if line.strip():
                blocks[-1].append(line)
            elif blocks[-1]:
                blocks.append([])
        return tuple("\n".join(block) for block in blocks if block)

    def set_messages(self, messages: tuple[str, ...]) -> None:
        """Replace all; empty lines inside of a message are dropped, they would cut it."""
        kept = ("\n".join(line for line in message.split("\n") if line.strip()) for message in messages)
        self.editor.setPlainText("\n\n".join(kept))

    def _edited(self) -> None:
        count = len(self.messages())
        self.said.setText(self.tr("Sent when the connection is open: {count}").format(count=count))
        self.changed.emit()
