"""Bodies that are bytes: a file on the disk, and bytes that came with the draft."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.code import code_view
from streamscope.gui.composer.file_look import Look, chosen, dropped, looked
from streamscope.gui.marks import IconView, dress, muted_label, retone
from streamscope.gui.texts import size_text
from streamscope.gui.theme import code_font

SIGNED_MOST = 12 * 1024 * 1024
"""Bytes of the largest body of a signed request (the platform's limit: `body_limit` of the signing auths)."""
_PREVIEW = 4096


def hex_lines(content: bytes, most: int = _PREVIEW) -> str:
    """Sixteen bytes a line: place, bytes, and what of them can be read."""
    lines = []
    for at in range(0, min(len(content), most), 16):
        piece = content[at : at + 16]
        readable = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in piece)
        lines.append(f"{at:08x}  {piece[:8].hex(' '):<23}  {piece[8:].hex(' '):<23}  {readable}")
    return "\n".join(lines) + ("\n…" if len(content) > most else "")


class FileView(QFrame):
    """One file as the body: its path, chosen, typed or dropped, and what is known of it. It is read when it is sent."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.seen: Look | None = None
        self.path = QLineEdit()
        self.path.setFont(code_font())
        self.path.setAccessibleName(self.tr("File to send"))
        self.path.setPlaceholderText(self.tr("Path of a file"))
        self.path.textChanged.connect(self._edited)
        self.choose = QPushButton(self.tr("Choose…"))
        self.choose.setAccessibleName(self.tr("Choose a file"))
        dress(self.choose, "folder")
        self.choose.clicked.connect(lambda: chosen(self, self.tr("Choose a file"), self._take))
        self.mark = IconView("file", "muted", 28)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = QHBoxLayout()
        line.addWidget(self.path, 1)
        line.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        column.addStretch(1)
        column.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignCenter)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addStretch(2)
        self._show()

    def file(self) -> str:
        """The path."""
        return self.path.text()

    def set_file(self, path: str) -> None:
        """Another path."""
        self.path.setText(path)
        self.look()

    def look(self) -> None:
        """Look at the file again."""
        path = self.file()
        looked([path] if path else [], lambda found: self._found(path, found), self)

    def _found(self, path: str, found: dict[str, Look]) -> None:
        if path == self.file():
            self.seen = found.get(path)
            self._show()

    def _edited(self) -> None:
        self.seen = None
        self.look()
        self.changed.emit()

    def _take(self, files: list[str]) -> None:
        if files:
            self.path.setText(files[0])

    def _show(self) -> None:
        seen = self.seen
        tone, icon = "muted", "file"
        if not self.file():
            said = self.tr("Drop a file here, or choose one.")
        elif seen is None:
            said = ""
        elif not seen.there:
            tone, icon = "error", "warning"
            said = self.tr("This file cannot be read: {why}. The path is kept.").format(why=seen.why)
        else:
            said = self.tr("{size}, changed {when}").format(size=size_text(seen.size), when=seen.when())
            if seen.size > SIGNED_MOST:
                tone = "warn"
                said += "\n" + self.tr("Larger than the 12 MB that a signed request may carry.")
        self.mark.show_icon(icon, "error" if tone == "error" else "muted")
        retone(self.told, tone)
        self.told.setText(said)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self.look()

    def event(self, event: QEvent) -> bool:
        """Qt's. The file may have changed while another program was in front."""
        if event.type() == QEvent.Type.WindowActivate:
            self.look()
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt's."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()
            self._over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt's."""
        self._over(over=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt's."""
        self._over(over=False)
        if files := dropped(event.mimeData()):
            event.acceptProposedAction()
            self._take(files)

    def _over(self, *, over: bool) -> None:
        self.setProperty("over", over)
        self.style().polish(self)


class BytesView(QWidget):
    """Bytes that came with the draft: kept as they are, the first of them shown."""

    text_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content, self._origin = b"", ""
        self.told = muted_label("", wrap=True)
        self.as_text = QPushButton(self.tr("Edit as text"))
        self.as_text.setAccessibleName(self.tr("Edit the bytes as text"))
        self.as_text.clicked.connect(lambda: self.text_asked.emit(self._content.decode()))
        self.preview = code_view(self.tr("The first bytes"))
        self.preview.setLineWrapMode(self.preview.LineWrapMode.NoWrap)
        line = QHBoxLayout()
        line.addWidget(self.told, 1)
        line.addWidget(self.as_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.preview, 1)

    def show_bytes(self, content: bytes, origin: str) -> None:
        """Show other bytes, and where they came from, if that is known."""
        if (content, origin) == (self._content, self._origin):
            return
        self._content, self._origin = content, origin
        size = self.tr("{count} bytes").format(count=f"{len(content):,}")
        said = self.tr("{size} from {origin}, sent as they are.") if origin else self.tr("{size}, sent as they are.")
        self.told.setText(said.format(size=size, origin=origin))
        self.preview.setPlainText(hex_lines(content))
        self.as_text.setVisible(_readable(content))


def _readable(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content
