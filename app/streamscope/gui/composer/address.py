"""Method, path and the URL that comes of it; Send and Stop."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from streamscope.gui.composer.target import curl, target
from streamscope.gui.marks import ElidedEdit, dress, tool_button
from streamscope.gui.texts import size_text
from streamscope.gui.theme import code_font

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
LONGEST = 1 << 16
"""Characters of a path that can be edited on one line; servers take far less. A longer one is kept as it is."""
_SHOWN = 2000


class PathEdit(QLineEdit):
    """A line for the path. A whole URL and a cURL command that are pasted into it are told instead of inserted; the
    path that comes of it can be undone."""

    url_given = Signal(str)
    curl_pasted = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = self._read = ""
        self._pasted = False
        self.setMaxLength(2**31 - 1)
        self.setFont(code_font())
        self.editingFinished.connect(self.settle)

    def path(self) -> str:
        """What is written; what nobody touched is given back to the letter."""
        return self._given if self.text() == self._read else self.text().strip()

    def show_path(self, path: str, *, undoable: bool = False) -> None:
        """Show another path. Of one that is too long for a line the beginning is shown, and it cannot be edited."""
        long = len(path) > LONGEST
        shown = path[:_SHOWN] + "…" if long else path
        self.setReadOnly(long)
        self.setToolTip(
            self.tr("{size}: too long to be edited here. It is sent as it is.").format(size=size_text(len(path)))
            if long
            else self.tr("Path and query behind the service's address (Ctrl+L)")
        )
        if (undoable or self._pasted) and shown != self.text():
            self.selectAll()
            self.insert(shown)
        elif shown != self.text():
            self.setText(shown)
            self.setCursorPosition(0)
        self._given, self._read = path, self.text()
        self._pasted = False

    def settle(self) -> None:
        """A whole URL that was typed is told."""
        if self.text() != self._read and target(self.text()) is not None:
            self.url_given.emit(self.text().strip())

    def take(self, text: str) -> None:
        """Insert what is pasted or dropped, unless it is more than a piece of a path."""
        if command := curl(text):
            self._pasted = True
            self.curl_pasted.emit(command)
            return
        at = self.selectionStart() if self.hasSelectedText() else self.cursorPosition()
        whole = self.text()[:at] + text + self.text()[at + len(self.selectedText()) :]
        if len(whole) > LONGEST:
            told = self.tr("{size} are too much for a path. Nothing was pasted.")
            self.refused.emit(told.format(size=size_text(len(text))))
        elif self.isReadOnly() or target(whole) is None:
            self.insert(text) if not self.isReadOnly() else None
        else:
            self.url_given.emit(whole.strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        self._pasted = False
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take(QGuiApplication.clipboard().text())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: the middle button pastes the selection where the desktop has one."""
        clipboard = QGuiApplication.clipboard()
        if event.button() == Qt.MouseButton.MiddleButton and clipboard.supportsSelection():
            self.deselect()
            self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
            self.take(clipboard.text(clipboard.Mode.Selection))
        else:
            super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt's."""
        if event.source() is self or not event.mimeData().hasText():
            super().dropEvent(event)
            return
        self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
        self.take(event.mimeData().text())
        event.acceptProposedAction()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                self._replace(action)
        menu.popup(event.globalPos())

    def _replace(self, action: QAction) -> None:
        action.triggered.disconnect()
        action.triggered.connect(lambda: self.take(QGuiApplication.clipboard().text()))


class AddressView(QWidget):
    """The address row of the composer."""

    changed = Signal()
    send_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = QComboBox()
        self.method.setEditable(True)
        self.method.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.method.setAccessibleName(self.tr("Method"))
        self.method.setToolTip(self.tr("Method, chosen or typed; automatic: GET without a body, else POST"))
        self.method.addItem(self.tr("Auto"), "")
        for name in METHODS:
            self.method.addItem(name, name)
        self.method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.method.setMinimumContentsLength(7)
        self.method.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.method.currentTextChanged.connect(lambda _: self.changed.emit())
        self._given_method = ("", self.method.currentText())
        self.resolved = ElidedEdit()
        self.resolved.setAccessibleName(self.tr("The URL that will be called"))
        self.path = PathEdit()
        self.path.setAccessibleName(self.tr("Path"))
        self.path.setPlaceholderText(self.tr("/path, a whole URL, or a cURL command"))
        self.path.setMinimumWidth(80)
        self.path.textChanged.connect(lambda _: self.changed.emit())
        self.path.refused.connect(lambda why: self.resolved.set_text(why, wrong=True))
        self.send = QPushButton(self.tr("Send"))
        self.send.setProperty("role", "primary")
        self.send.setToolTip(self.tr("Send (Ctrl+Return)"))
        self.send.setAccessibleName(self.tr("Send"))
        self.send.setMinimumWidth(96)
        dress(self.send, "send", "on_accent")
        self.send.clicked.connect(self.send_requested)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop (Esc)"))
        self.stop.setAccessibleName(self.tr("Stop"))
        dress(self.stop, "stop")
        self.stop.setEnabled(False)
        self.stop.clicked.connect(self.stop_requested)
        self.copy = tool_button("copy", self.tr("Copy the URL"))
        self.copy.clicked.connect(self._copy)
        self._lay_out()

    def set_running(self, running: bool) -> None:
        """Whether there is something to stop."""
        if running != self.stop.isEnabled():
            self.stop.setEnabled(running)
            dress(self.stop, "stop", "error" if running else "muted")

    def method_text(self) -> str:
        """The method, '' for automatic; one that nobody touched is given back to the letter."""
        given, shown = self._given_method
        text = self.method.currentText()
        if text == shown:
            return given
        index = self.method.findText(text.strip(), Qt.MatchFlag.MatchFixedString)
        return str(self.method.itemData(index)) if index >= 0 else text.strip()

    def choose_method(self, method: str) -> None:
        """Choose a method, '' for automatic; any other may be given."""
        index = self.method.findData(method)
        if index >= 0:
            self.method.setCurrentIndex(index)
        if index < 0 or self.method.currentText() != self.method.itemText(index):
            self.method.setEditText(method[:64] if index < 0 else self.method.itemText(index))
        self._given_method = (method, self.method.currentText())

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
        chain = (self.method, self.path, self.send, self.stop, self.resolved, self.copy)
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.resolved.full)
