"""What a person sends while a connection is open."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.code import JsonHighlighter
from streamscope.gui.marks import dress
from streamscope.gui.theme import code_font

if TYPE_CHECKING:
    from streamscope.kinds.protocols.base import Send


class OutgoingView(QWidget):
    """A box for the next message, and buttons for ping and close."""

    send_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit()
        self.text.setFont(code_font())
        self.text.setAccessibleName(self.tr("Next message"))
        self.text.setPlaceholderText(self.tr("Next message; Ctrl+Shift+Return sends it"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(64)
        self.highlighter = JsonHighlighter(self.text.document())
        self.send = QPushButton(self.tr("Send"))
        self.send.setAccessibleName(self.tr("Send the message"))
        self.send.setToolTip(self.tr("Send the message (Ctrl+Shift+Return)"))
        dress(self.send, "arrow-out", "accent")
        self.send.clicked.connect(self.send_text)
        self.ping = QPushButton(self.tr("Ping"))
        self.ping.setAccessibleName(self.tr("Send a ping"))
        self.ping.clicked.connect(self._send_ping)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close the connection"))
        self.close_button.setToolTip(self.tr("Close the connection in order, with code 1000"))
        self.close_button.clicked.connect(self._send_close)
        shortcut = QShortcut(QKeySequence("Ctrl+Shift+Return"), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self.send_text)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.ping)
        below.addWidget(self.close_button)
        below.addStretch(1)
        below.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addLayout(below)

    def send_text(self) -> None:
        """Send what is written; it stays selected, so that typing replaces it."""
        if self.isEnabled() and self.isVisible() and (text := self.text.toPlainText()):
            self.send_requested.emit(text)
            self.text.selectAll()
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send_ping(self) -> None:
        from streamscope.kinds.protocols.base import Ping

        self._ask(Ping())

    def _send_close(self) -> None:
        from streamscope.kinds.protocols.base import Close

        self._ask(Close())

    def _ask(self, item: "Send") -> None:
        self.send_requested.emit(item)
