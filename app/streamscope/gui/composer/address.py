"""Method, path and the URL that comes of it; Send and Stop."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedEdit, dress, tool_button
from streamscope.gui.theme import code_font

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class AddressView(QWidget):
    """The address row of the composer."""

    changed = Signal()
    send_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = QComboBox()
        self.method.setAccessibleName(self.tr("Method"))
        self.method.setToolTip(self.tr("Method; automatic: GET without a body, else POST"))
        self.method.addItem(self.tr("Auto"), "")
        for name in METHODS:
            self.method.addItem(name, name)
        self.method.setMinimumWidth(96)
        self.method.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.path = QLineEdit()
        self.path.setFont(code_font())
        self.path.setAccessibleName(self.tr("Path"))
        self.path.setPlaceholderText(self.tr("/path of the service"))
        self.path.setToolTip(self.tr("Path and query behind the service's address (Ctrl+L)"))
        self.path.textChanged.connect(lambda _: self.changed.emit())
        self.send = QPushButton(self.tr("Send"))
        self.send.setProperty("role", "primary")
        self.send.setToolTip(self.tr("Send (Ctrl+Return)"))
        self.send.setAccessibleName(self.tr("Send"))
        self.send.setMinimumWidth(104)
        dress(self.send, "send", "on_accent")
        self.send.clicked.connect(self.send_requested)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop (Esc)"))
        self.stop.setAccessibleName(self.tr("Stop"))
        dress(self.stop, "stop")
        self.stop.setEnabled(False)
        self.stop.clicked.connect(self.stop_requested)
        self.resolved = ElidedEdit()
        self.resolved.setAccessibleName(self.tr("The URL that will be called"))
        self.copy = tool_button("copy", self.tr("Copy the URL"))
        self.copy.clicked.connect(self._copy)
        self._lay_out()

    def set_running(self, running: bool) -> None:
        """Whether there is something to stop."""
        if running != self.stop.isEnabled():
            self.stop.setEnabled(running)
            dress(self.stop, "stop", "error" if running else "muted")

    def choose_method(self, method: str) -> None:
        """Choose a method, '' for automatic; an unusual one is added."""
        if self.method.findData(method) < 0:
            self.method.addItem(method, method)
        self.method.setCurrentIndex(self.method.findData(method))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.method)
        row.addWidget(self.path, 1)
        row.addWidget(self.send)
        row.addWidget(self.stop)
        below = QHBoxLayout()
        below.setSpacing(2)
        below.addWidget(self.resolved, 1)
        below.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addLayout(below)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.resolved.full)
