"""The body of a draft: its kind, and what of that kind is sent."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.code import CodeEdit
from streamscope.gui.code.colours import language_of
from streamscope.gui.code.judge import ALWAYS, AUTO
from streamscope.gui.composer.body_document import BodyDocument, BodyKind
from streamscope.gui.composer.body_file import SIGNED_MOST, BytesView, FileView
from streamscope.gui.composer.body_form import PartsView
from streamscope.gui.marks import muted_label, retone, tool_button
from streamscope.gui.switched_rows import SwitchedRowsModel, SwitchedRowsView
from streamscope.gui.texts import size_text
from streamscope.model.draft import Body

_CODE: tuple[BodyKind, ...] = ("json", "text")


class KindView(QWidget):
    """The kinds side by side; exactly one is chosen. The arrows go from one to the next."""

    chosen = Signal(str)

    def __init__(self, kinds: dict[str, tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key, (label, tip) in kinds.items():
            button = QToolButton()
            button.setText(label)
            button.setToolTip(tip)
            button.setAccessibleName(label)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setMinimumWidth(28)  # where it is narrow, words are shortened
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked, key=key: self.chosen.emit(key))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[key] = button
        row.addStretch(1)

    def show_kind(self, kind: str) -> None:
        """Mark another kind as chosen; nothing is told."""
        self.buttons[kind].setChecked(True)


class SaidLabel(QLabel):
    """A quiet line beneath an editor; a click on it is told while it leads somewhere."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        quiet = muted_label("")
        self.setFont(quiet.font())
        self.setWordWrap(True)
        self.setProperty("tone", "muted")
        self._leads = False
        self.stays = True  # where nothing is said its line is kept free

    def say(self, text: str, tone: str = "muted", *, leads: bool = False) -> None:
        """Say something; `leads` where a click goes somewhere."""
        self._leads = leads
        retone(self, tone)
        self.setText(text)
        self.setVisible(bool(text) or self.stays)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if self._leads and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()


class BodyView(QWidget):
    """The body: read with `body()`, filled with `set_body()`; a `document()` keeps all of it with its past."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = BodyDocument()
        self._showing = False
        self.kinds = KindView(
            {
                "none": (self.tr("None"), self.tr("Nothing is sent: the request has no body")),
                "json": (self.tr("JSON"), self.tr("Sent as it is written, as application/json")),
                "text": (self.tr("Text"), self.tr("Sent as it is written")),
                "form": (self.tr("Form"), self.tr("Names and values, as application/x-www-form-urlencoded")),
                "multipart": (self.tr("Multipart"), self.tr("Values and files, as multipart/form-data")),
                "file": (self.tr("File"), self.tr("The bytes of a file, read when it is sent")),
                "bytes": (self.tr("Bytes"), self.tr("The bytes that came with this draft")),
            },
            self.tr("Kind of the body"),
        )
        self.editor = CodeEdit(self.tr("Body"))
        self.form = SwitchedRowsView(
            self.tr("Form"),
            SwitchedRowsModel((self.tr("Name"), self.tr("Value")), (self.tr("name"), self.tr("value"))),
        )
        self.parts = PartsView()
        self.file = FileView()
        self.bytes = BytesView()
        self.said = SaidLabel()
        self.size_label = muted_label("")
        self.wrap = tool_button("wrap", "", self)
        self.search = tool_button("search", "", self)
        self.format = tool_button("format", "", self)
        self.minify = tool_button("minify", "", self)
        self._lay_out()
        self._connect()
        self.set_document(self._document)

    def body(self) -> Body:
        """What is sent, of the chosen kind, exactly as it was given or written."""
        return self.document().body()

    def set_body(self, body: Body) -> None:
        """Show another body, with no past."""
        self.set_document(BodyDocument(body))

    def document(self) -> BodyDocument:
        """All that is held here, to be shown again later."""
        document = self._document
        self.editor.code_document()
        document.entries = self.form.rows_model.past()
        document.parts = self.parts.model.past()
        document.file = self.file.file()
        return document

    def set_document(self, document: BodyDocument | None) -> None:
        """Show what another draft holds, nothing yet with None; what was here stays in its document."""
        document = document or BodyDocument()
        if document is not self._document:
            self.document()
        self._showing = True
        self._document = document
        self.editor.set_code_document(document.code)
        self.form.rows_model.set_past(document.entries)
        self.parts.model.set_past(document.parts)
        self.file.set_file(document.file)
        self.bytes.show_bytes(document.content, document.origin)
        self._showing = False
        self._show_kind()
        self.changed.emit()

    def text(self) -> str:
        """What is written, where the kind is JSON or text; else ''."""
        return self.editor.text() if self._document.kind in _CODE else ""

    def set_text(self, text: str) -> None:
        """Show another text: as JSON where it looks like it, as no body where it is empty."""
        kind: BodyKind = "none" if not text else "json" if language_of(text) == "json" else "text"
        self.set_body(Body(kind, text))

    def choose_kind(self, kind: BodyKind) -> None:
        """Choose a kind; what the others hold stays."""
        if kind != self._document.kind:
            self._document.kind = kind
            self._show_kind()
            self.changed.emit()

    def _lay_out(self) -> None:
        none = muted_label(
            self.tr(
                "This request has no body. Choose a kind above: what one kind holds stays while another is chosen."
            ),
            wrap=True,
        )
        none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        none.setContentsMargins(32, 0, 32, 0)
        self.editor.setPlaceholderText(self.tr("Type or paste; {{variables}} are filled when it is sent."))
        self.pages = QStackedWidget()
        self._pages: dict[BodyKind, QWidget] = {
            "none": none,
            "json": self.editor,
            "text": self.editor,
            "form": self.form,
            "multipart": self.parts,
            "file": self.file,
            "bytes": self.bytes,
        }
        for page in dict.fromkeys(self._pages.values()):
            self.pages.addWidget(page)
        above = QHBoxLayout()
        above.setSpacing(2)
        above.addWidget(self.kinds, 1)
        below = QHBoxLayout()
        below.setContentsMargins(2, 0, 2, 0)
        below.setSpacing(2)
        below.addWidget(self.said, 1)
        below.addWidget(self.size_label)
        below.addSpacing(8)
        for button in (self.search, self.wrap, self.format, self.minify):
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(above)
        column.addWidget(self.pages, 1)
        column.addLayout(below)
        order = (self.kinds, self.editor, self.search, self.wrap, self.format, self.minify)
        for first, second in pairwise(order):
            self.setTabOrder(first, second)

    def _connect(self) -> None:
        self.kinds.chosen.connect(self.choose_kind)
        self.editor.textChanged.connect(self._edited)
        self.editor.checked.connect(self._checked)
        self.said.clicked.connect(self.editor.go_to_mistake)
        self.form.changed.connect(self._edited)
        self.parts.changed.connect(self._edited)
        self.parts.looked.connect(self._tell)
        self.file.changed.connect(self._edited)
        self.bytes.text_asked.connect(self._as_text)
        for button, text, name, does in (
            (self.search, self.tr("Find and replace"), "find", lambda: self.editor.do("replace")),
            (self.wrap, self.tr("Wrap long lines"), "wrap", lambda: self.editor.do("wrap")),
            (self.format, self.tr("Format: lay the JSON out"), "format", lambda: self.editor.do("format")),
            (self.minify, self.tr("Minify: take the blanks out"), "minify", lambda: self.editor.do("minify")),
        ):
            key = QKeySequence(self.editor.keys[name]).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{text} ({key})")
            button.setAccessibleName(text)
            button.clicked.connect(does)

    def _show_kind(self) -> None:
        kind = self._document.kind
        self.kinds.buttons["bytes"].setVisible(bool(self._document.content) or kind == "bytes")
        self.kinds.show_kind(kind)
        self.pages.setCurrentWidget(self._pages[kind])
        code = kind in _CODE
        for button in (self.search, self.wrap, self.format, self.minify):
            button.setVisible(code)
        if code:
            self.editor.set_language("json" if kind == "json" else "")
            self.editor.judge_json(ALWAYS if kind == "json" else AUTO)
        self._tell()

    def _edited(self) -> None:
        if not self._showing and not self._document.code.loading:
            if self._document.kind not in _CODE:
                self._tell()
            self.changed.emit()

    def _checked(self, _mistake: str) -> None:
        self._tell()

    def _tell(self) -> None:
        """The lines beneath: a mistake, what counts, and the size."""
        kind, mistake = self._document.kind, self.editor.mistake
        self.size_label.setText("")
        if kind in _CODE:
            text = self.editor.text()
            jsonlike = language_of(text) == "json"
            self.format.setEnabled(jsonlike)
            self.minify.setEnabled(jsonlike)
            size = len(text.encode(errors="surrogatepass"))
            large = size > SIGNED_MOST
            told = size_text(size) + (" · CR LF" if self._document.code.line_end == "\r\n" else "")
            if mistake is not None:
                self.said.say(mistake.sentence(), "error", leads=True)
            elif large:
                self.said.say(self.tr("Larger than the 12 MB that a signed request may carry."), "warn")
            else:
                self.said.say(told if text else "")
                told = ""
            self.size_label.setText(told if text else "")
        elif kind in ("form", "multipart"):
            rows = (self.form.rows_model if kind == "form" else self.parts.model).rows()
            on = sum(row.on for row in rows)
            said = self.tr("{on} of {count} are sent").format(on=on, count=len(rows))
            size = self.parts.model.size() if kind == "multipart" else 0
            self._say_sized(said if rows else self.tr("Empty: it is sent with no field"), size)
        else:
            self._say_sized("", len(self._document.content) if kind == "bytes" else 0)

    def _say_sized(self, said: str, size: int) -> None:
        if size > SIGNED_MOST:
            limit = self.tr("Larger than the 12 MB that a signed request may carry.")
            said = f"{said} · {limit}" if said else limit
        self.said.say(said, "warn" if size > SIGNED_MOST else "muted")
        self.size_label.setText(size_text(size) if size else "")

    def _as_text(self, text: str) -> None:
        self.editor.put(text)
        self.choose_kind("json" if language_of(text) == "json" else "text")


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
        for line in self.editor.text().split("\n"):
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
