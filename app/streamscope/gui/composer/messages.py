"""The messages of a WebSocket draft: a list of them, and the chosen one to edit."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.code import CodeEdit
from streamscope.gui.code.judge import ALWAYS, NEVER
from streamscope.gui.composer.body import KindView, SaidLabel
from streamscope.gui.composer.file_look import chosen, content_of
from streamscope.gui.composer.message_document import Item, MessagesDocument, Spelling, Typed, read
from streamscope.gui.composer.message_list import MessageListView
from streamscope.gui.marks import dress, muted_label, tool_button
from streamscope.gui.texts import size_text
from streamscope.model.draft import Outgoing

_NARROW = 560
_BINARY: tuple[Spelling, ...] = ("hex", "base64", "utf8")


class MessagesView(QWidget):
    """Messages in order: read with `messages()`, filled with `set_messages()`; a `document()` keeps their past too.

    `send_requested` asks to send the chosen one now, which can be done while `set_connected(True)`.
    """

    changed = Signal()
    send_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = MessagesDocument()
        self._showing = False
        self._connected = False
        self.list = MessageListView()
        self.editor = CodeEdit(self.tr("Message"))
        self.kinds = KindView(
            {
                "text": (self.tr("Text"), self.tr("A text message, as it is written")),
                "json": (self.tr("JSON"), self.tr("A text message, as it is written, judged as JSON")),
                "binary": (
                    self.tr("Binary"),
                    self.tr("A binary message, typed as hex, base64 or text, or from a file"),
                ),
            },
            self.tr("Kind of the message"),
        )
        self.spelling = QComboBox()
        self.from_file = tool_button("folder", self.tr("Take the bytes of a file"), self)
        self.on_connect = QCheckBox(self.tr("Send on connect"))
        self.send = QPushButton(self.tr("Send now"))
        self.said = SaidLabel()
        self.said.stays = False
        self.size_label = muted_label("")
        self.pages = QStackedWidget()
        self.split = QSplitter(Qt.Orientation.Vertical)
        self._buttons: dict[str, QWidget] = {}
        self._does: dict[str, Callable[[], None]] = {
            "add": self.add,
            "duplicate": self.duplicate,
            "delete": self.delete,
            "up": lambda: self.shift(-1),
            "down": lambda: self.shift(1),
            "undo": self.undo,
            "redo": self.redo,
        }
        self._lay_out()
        self._connect()
        self.set_document(self._document)

    def messages(self) -> tuple[Outgoing, ...]:
        """All messages in order, exactly as they were given or written."""
        return self._document.messages()

    def set_messages(self, messages: Iterable[Outgoing | str]) -> None:
        """Show other messages, with no past; a bare text is a text message."""
        self.set_document(MessagesDocument.of(messages))

    def document(self) -> MessagesDocument:
        """All that is held here, to be shown again later."""
        self.editor.code_document()
        return self._document

    def set_document(self, document: MessagesDocument | None) -> None:
        """Show what another draft holds, nothing yet with None; what was here stays in its document."""
        self.document()
        self._document = document or MessagesDocument()
        self._fill()
        self.changed.emit()

    def set_connected(self, connected: bool) -> None:
        """Whether a connection is open, over which a message can be sent by hand."""
        self._connected = connected
        self._show_send()

    def item(self) -> Item | None:
        """The chosen message."""
        items = self._document.items
        return items[self._document.current] if 0 <= self._document.current < len(items) else None

    def add(self) -> None:
        """A new message behind the chosen one."""
        self._insert(Item(Typed(Outgoing())))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def duplicate(self) -> None:
        """The chosen message once more."""
        if (item := self.item()) is not None:
            name = self.tr("{name} copy").format(name=item.name) if item.name else ""
            self._insert(Item(item.typed.copy(), name, item.by_hand))

    def delete(self) -> None:
        """Take the chosen message away; Ctrl+Z brings it back."""
        at, items = self._document.current, self._document.items
        if self.item() is not None:
            self._change((*items[:at], *items[at + 1 :]), max(0, min(at, len(items) - 2)))

    def shift(self, by: int) -> None:
        """Move the chosen message up (-1) or down (1)."""
        at, items = self._document.current, list(self._document.items)
        if self.item() is not None and 0 <= at + by < len(items):
            items[at], items[at + by] = items[at + by], items[at]
            self._change(tuple(items), at + by)

    def undo(self) -> None:
        """Take back the last change of the list."""
        if self._document.undo():
            self._fill()
            self.changed.emit()

    def redo(self) -> None:
        """Make it again."""
        if self._document.redo():
            self._fill()
            self.changed.emit()

    def request_send(self) -> None:
        """Ask to send the chosen message now."""
        if self._connected and (item := self.item()) is not None:
            self.send_requested.emit(item.outgoing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's. Where it is narrow the list stands above the editor."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Vertical if self.width() < _NARROW else Qt.Orientation.Horizontal
        if wanted != self.split.orientation():
            self.split.setOrientation(wanted)
            upright = wanted == Qt.Orientation.Vertical
            self._left.setContentsMargins(0, 0, 0 if upright else 6, 6 if upright else 0)
            self._right.setContentsMargins(0 if upright else 6, 6 if upright else 0, 0, 0)
            self.split.setSizes([120, 300] if upright else [190, 500])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's. Alt+Return sends the chosen message from everywhere in here."""
        alone = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        if alone and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.request_send()
        else:
            super().keyPressEvent(event)

    def _insert(self, item: Item) -> None:
        items, at = self._document.items, self._document.current + 1 if self._document.items else 0
        self._change((*items[:at], item, *items[at:]), at)

    def _change(self, items: tuple[Item, ...], current: int) -> None:
        self._document.change(items)
        self._document.current = current
        self._fill()
        self.changed.emit()

    def _replace(self, item: Item) -> None:
        at, items = self._document.current, self._document.items
        self._change((*items[:at], item, *items[at + 1 :]), at)

    def _fill(self) -> None:
        """Show the list and the chosen message."""
        document = self._document
        document.current = max(0, min(document.current, len(document.items) - 1))
        self._showing = True
        self.list.fill(document.items, document.current)
        self.pages.setCurrentIndex(1 if document.items else 0)
        self._show_item()
        self._showing = False

    def _show_item(self) -> None:
        item = self.item()
        for name in ("duplicate", "delete"):
            self._buttons[name].setEnabled(item is not None)
        self._show_send()
        if item is None:
            return
        if self.editor.code_document() is not item.typed.code:
            self.editor.set_code_document(item.typed.code)
        spelling = item.typed.spelling
        self.kinds.show_kind("binary" if spelling in _BINARY else spelling)
        for button in self.kinds.buttons.values():
            button.setEnabled(not item.typed.fixed)
        self.spelling.setVisible(spelling in _BINARY and not item.typed.fixed)
        self.from_file.setVisible(spelling in _BINARY)
        if spelling in _BINARY:
            self.spelling.setCurrentIndex(_BINARY.index(spelling))
        self.on_connect.setChecked(not item.by_hand)
        self.editor.set_language("json" if spelling == "json" else "plain")
        self.editor.judge_json(ALWAYS if spelling == "json" else NEVER)
        self._tell()

    def _show_send(self) -> None:
        self.send.setEnabled(self._connected and self.item() is not None)
        tip = self.tr("Send this message over the open connection (Alt+Return)")
        self.send.setToolTip(tip if self._connected else self.tr("There is no open connection"))

    def _tell(self) -> None:
        item = self.item()
        if item is None:
            return
        typed, mistake = item.typed, self.editor.mistake
        self.size_label.setText(size_text(typed.size()))
        if typed.fixed:
            self.said.say(self.tr("Too large to be typed: the first bytes are shown, all are sent."))
        elif typed.spelling in ("hex", "base64"):
            content, wrong = read(typed.code.text(), typed.spelling)
            told = self.tr("{what}. What stands before it is sent.")
            self.said.say("" if content is not None else told.format(what=wrong[1]), "error")
        elif mistake is not None:
            self.said.say(mistake.sentence(), "error", leads=True)
        else:
            self.said.say("")

    def _edited(self) -> None:
        item = self.item()
        if self._showing or item is None or item.typed.code.loading:
            return
        self.list.refresh(self._document.current, item)
        if item.typed.spelling in ("hex", "base64"):
            self._tell()
        self.changed.emit()

    def _choose(self, row: int) -> None:
        if row >= 0 and not self._showing:
            self._document.current = row
            self._showing = True
            self._show_item()
            self._showing = False

    def _choose_kind(self, kind: str) -> None:
        spelling: Spelling = "hex" if kind == "binary" else "json" if kind == "json" else "text"
        self._spell(spelling)

    def _spell(self, spelling: Spelling) -> None:
        item = self.item()
        if item is None or self._showing:
            return
        item.typed.spell(spelling)
        self._fill()
        self.changed.emit()

    def _switch(self, checked: bool) -> None:
        item = self.item()
        if item is not None and not self._showing and item.by_hand == checked:
            self._replace(item._replace(by_hand=not checked))

    def _named(self, row: int, name: str) -> None:
        self._document.current = row
        if (item := self.item()) is not None:
            self._replace(item._replace(name=name))

    def _moved(self, order: list[int]) -> None:
        items, current = self._document.items, self._document.current
        if sorted(order) == list(range(len(items))):
            self._change(tuple(items[number] for number in order), order.index(current))

    def _choose_file(self) -> None:
        chosen(self, self.tr("Choose a file"), self._choose_file_taken)

    def _choose_file_taken(self, files: list[str]) -> None:
        if files:
            content_of(files[0], self._take, self)

    def _take(self, path: str, content: bytes | None, why: str) -> None:
        item = self.item()
        if content is None:
            self.said.say(self.tr("{name} was not taken: {why}").format(name=Path(path).name, why=why), "error")
        elif item is not None:
            self._replace(
                Item(Typed(Outgoing(content=content, binary=True)), item.name or Path(path).name, item.by_hand)
            )

    def _lay_out(self) -> None:
        for label in (self.tr("hex"), self.tr("base64"), self.tr("UTF-8 text")):
            self.spelling.addItem(label)
        self.spelling.setAccessibleName(self.tr("How the bytes are typed"))
        self.on_connect.setToolTip(
            self.tr("Sent as soon as the connection is open; otherwise it waits until you send it")
        )
        self.send.setAccessibleName(self.tr("Send this message now"))
        dress(self.send, "arrow-out", "accent")
        left = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(2)
        for icon, text, name in (
            ("plus", self.tr("New message (Insert)"), "add"),
            ("copy", self.tr("Duplicate (Ctrl+D)"), "duplicate"),
            ("trash", self.tr("Delete (Delete); Ctrl+Z in the list brings it back"), "delete"),
        ):
            button = tool_button(icon, text, self)
            button.clicked.connect(self._does[name])
            self._buttons[name] = button
            bar.addWidget(button)
        bar.addStretch(1)
        self._left = column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addLayout(bar)
        column.addWidget(self.list, 1)
        right = QWidget()
        above = QHBoxLayout()
        above.setSpacing(4)
        above.addWidget(self.kinds, 1)
        above.addWidget(self.spelling)
        above.addWidget(self.from_file)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.on_connect)
        below.addWidget(self.size_label, 1)
        below.addWidget(self.send)
        self._right = inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 6, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(above)
        inside.addWidget(self.editor, 1)
        inside.addWidget(self.said)
        inside.addLayout(below)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(right)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([120, 300])
        self.pages.addWidget(self._empty())
        self.pages.addWidget(self.split)
        page = QVBoxLayout(self)
        page.setContentsMargins(12, 8, 12, 8)
        page.addWidget(self.pages)

    def _empty(self) -> QWidget:
        page = QWidget()
        told = muted_label(
            self.tr("No message is prepared. A message can be sent as soon as the connection is open, or by hand."),
            wrap=True,
        )
        told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        add = QPushButton(self.tr("New message"))
        add.setAccessibleName(self.tr("New message"))
        dress(add, "plus")
        add.clicked.connect(self.add)
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(told)
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(2)
        return page

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._choose)
        self.list.moved.connect(self._moved, Qt.ConnectionType.QueuedConnection)
        self.list.named.connect(self._named, Qt.ConnectionType.QueuedConnection)
        self.list.asked.connect(lambda name: self._does[name]())
        self.kinds.chosen.connect(self._choose_kind)
        self.spelling.activated.connect(lambda at: self._spell(_BINARY[at]))
        self.from_file.clicked.connect(self._choose_file)
        self.on_connect.toggled.connect(self._switch)
        self.send.clicked.connect(self.request_send)
        self.editor.textChanged.connect(self._edited)
        self.editor.checked.connect(lambda _: self._tell())
        self.said.clicked.connect(self.editor.go_to_mistake)
