"""What a person sends while a connection is open."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.language import retold
from streamscope.gui.live.conversation.past import Past, past_of, short
from streamscope.gui.marks import ElidedLabel, dress, muted_label, retone, tool_button
from streamscope.gui.texts import size_text
from streamscope.gui.theme import small_font
from streamscope.model.draft import Draft, Outgoing
from streamscope.model.errors import UsageError
from streamscope.model.redact import MASK

if TYPE_CHECKING:
    from streamscope.gui.composer.message_document import Spelling, Typed
    from streamscope.gui.live.conversation.box import BoxEdit
    from streamscope.gui.live.conversation.panels import PanelView
    from streamscope.kinds.protocols.base import Send

_SPELLINGS: "tuple[Spelling, ...]" = ("text", "json", "hex", "base64")
_LARGE = 100_000
"""Letters from which a text is not looked at with each key."""


class OutgoingView(QWidget):
    """A box for the next message with what was sent before, the draft's own messages, and frames by hand.

    What is seldom seen is made when it is first shown. `send_requested` gives what `OutgoingQueue.put` takes.
    """

    send_requested = Signal(object)

    def __init__(self, draft: Draft | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft or Draft()
        self._past, self._place = Past(), 0
        self._kept: Outgoing | None = None
        """What was being written when an older message was looked at."""
        self._typed: Typed | None = None
        self._box: BoxEdit | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(150)
        self._later.timeout.connect(self._tell)
        self.pongs = self._draft.protocol.values.get("pongs") != "off"
        self.send = QPushButton(self.tr("Send"))
        self.send.setAccessibleName(self.tr("Send the message"))
        self.send.setToolTip(self.tr("Send the message (Ctrl+Shift+Return)"))
        dress(self.send, "arrow-out", "accent")
        self.send.clicked.connect(self.send_text)
        self.ping = QPushButton(self.tr("Ping"))
        self.ping.setAccessibleName(self.tr("Send a ping"))
        self.ping.clicked.connect(lambda: self._ask_ping(b""))
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close the connection"))
        self.close_button.setToolTip(self.tr("Close the connection in order, with code 1000"))
        self.close_button.clicked.connect(lambda: self._ask_close(1000, ""))

    @property
    def text(self) -> "BoxEdit":
        """The box."""
        if self._box is None:
            self._build()
        return cast("BoxEdit", self._box)

    def belongs_to(self, key: str) -> None:
        """Share what was sent with the other exchanges of a request."""
        self._past = past_of(key) if key else Past()
        self._place = len(self._past.messages)

    def show_message(self, message: Outgoing) -> None:
        """Put a message into the box."""
        from streamscope.gui.composer.message_document import Typed

        box = self.text
        self._typed = typed = Typed(message)
        if typed.spelling == "utf8":
            typed.spell("hex")
        box.set_code_document(typed.code)
        box.fit()
        self._show_spelling()

    def edit(self, content: str | bytes) -> None:
        """Put content into the box, to be changed and sent."""
        self.show_message(Outgoing(content) if isinstance(content, str) else Outgoing(content=content, binary=True))
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def message(self) -> Outgoing:
        """What is in the box."""
        return self._typed_now().outgoing("", by_hand=False)

    def send_text(self) -> None:
        """Send what is written; it stays selected, so that typing replaces it."""
        if not (self.isEnabled() and self.isVisible()) or self.text.document().isEmpty():
            return
        if (payload := self._payload()) is not None:
            self.send_requested.emit(payload)
            self.text.selectAll()
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Qt's. Where nothing can be sent any more the timer ends, and what was being written is kept."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled() and self._box is not None:
            self.timer.stop()
            message = self.message()
            if not self._box.document().isEmpty() and message not in self._past.messages:
                self._past.unsent = message

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        self.text.fit()
        super().showEvent(event)

    def _payload(self) -> str | bytes | None:
        """What is written, as it is sent; it is noted as sent. None where it cannot be: then why is said."""
        if self._mistake():
            return None
        message = self.message()
        try:
            payload = message.payload
        except UsageError as error:
            self._say(retold(str(error.message)), "error")
            return None
        self._past.add(message)
        self._place, self._kept = len(self._past.messages), None
        return payload

    def _typed_now(self) -> "Typed":
        if self._typed is None:
            self.show_message(Outgoing())
        return cast("Typed", self._typed)

    def _build(self) -> None:
        from streamscope.gui.live.conversation.box import BoxEdit
        from streamscope.gui.live.conversation.panels import ClosePanel, PayloadPanel, TimerPanel

        self._box = box = BoxEdit(self.tr("Next message"), self)
        box.setPlaceholderText(self.tr("Next message; Ctrl+Shift+Return sends it"))
        box.past_requested.connect(self._step)
        box.textChanged.connect(self._edited)
        box.checked.connect(lambda _: self._tell())
        self.ping_panel = PayloadPanel(
            self.tr("Send a ping"), self.tr("The pong brings it back, with its round trip."), self
        )
        self.pong_panel = PayloadPanel(
            self.tr("Send a pong"), self.tr("Nobody has to ask for it: a heartbeat of one side."), self
        )
        self.close_panel = ClosePanel(self)
        self.timer = TimerPanel(self)
        self.ping_panel.chosen.connect(self._ask_ping)
        self.pong_panel.chosen.connect(self._ask_pong)
        self.close_panel.chosen.connect(self._ask_close)
        self.timer.started.connect(self._start_timer)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 10)
        column.setSpacing(6)
        column.addLayout(self._above())
        column.addWidget(box)
        self.said = muted_label("", wrap=True)
        self.said.hide()
        column.addWidget(self.said)
        for panel in self._panels():
            panel.hide()
            panel.closed.connect(lambda: self._open_panel(None))
            column.addWidget(panel)
        column.addLayout(self._below())
        shortcut = QShortcut(QKeySequence("Ctrl+Shift+Return"), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self.send_text)
        self.show_message(self._past.unsent or Outgoing())
        self._past.unsent = None

    def _panels(self) -> "tuple[PanelView, ...]":
        return self.ping_panel, self.pong_panel, self.close_panel, self.timer

    def _above(self) -> QHBoxLayout:
        self.spelling = QComboBox()
        for label in (self.tr("Text"), self.tr("JSON"), self.tr("Binary, hex"), self.tr("Binary, base64")):
            self.spelling.addItem(label)
        self.spelling.setAccessibleName(self.tr("Kind of the message"))
        self.spelling.setMinimumWidth(90)
        self.spelling.activated.connect(lambda at: self._spell(_SPELLINGS[at]))
        self.beautify = tool_button("format", self.tr("Lay the JSON out"), self)
        self.beautify.clicked.connect(self.text_format)
        self.from_file = tool_button("folder", self.tr("Take the bytes of a file"), self)
        self.from_file.clicked.connect(self._choose_file)
        self.clear = tool_button("close", self.tr("Empty the box"), self)
        self.clear.clicked.connect(lambda: self.show_message(Outgoing()))
        self.history = self._menu_button("clock", self.tr("Sent before (Alt+Up)"), self._fill_history)
        self.templates = self._menu_button("layers", self.tr("The request's own messages"), self._fill_templates)
        self.size_label = muted_label("")
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.spelling)
        for button in (self.beautify, self.from_file, self.history, self.templates):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.size_label)
        row.addWidget(self.clear)
        return row

    def _below(self) -> QHBoxLayout:
        self.more = self._menu_button("details", self.tr("Ping, pong, close, timer"), self._fill_more)
        self.more.setText(self.tr("More"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.more.setProperty("menu", True)
        self.silent = ElidedLabel(self.tr("Pings are not answered"), "muted")
        self.silent.setFont(small_font())
        self.silent.setVisible(not self.pongs)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.ping)
        below.addWidget(self.close_button)
        below.addWidget(self.more)
        below.addWidget(self.silent, 1)
        below.addStretch()
        below.addWidget(self.send)
        return below

    def _menu_button(self, icon: str, text: str, fill: Callable[[QMenu], None]) -> QToolButton:
        button = tool_button(icon, text, self)
        menu = QMenu(button)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        button.setPopupMode(button.ToolButtonPopupMode.InstantPopup)
        return button

    def text_format(self) -> None:
        """Lay JSON out, moving blanks only."""
        self.text.format_text()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_history(self, menu: QMenu) -> None:
        if not self._past.messages:
            menu.addAction(self.tr("Nothing was sent by hand yet")).setEnabled(False)
        for message in reversed(self._past.messages[-30:]):
            menu.addAction(short(message), partial(self._take, message))

    def _fill_templates(self, menu: QMenu) -> None:
        if not self._draft.messages:
            menu.addAction(self.tr("The request has no messages; write some on its sheet Messages")).setEnabled(False)
        for message in self._draft.messages:
            menu.addAction(short(message), partial(self._take, message))

    def _fill_more(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Ping with a payload…"), lambda: self._open_panel(self.ping_panel))
        menu.addAction(self.tr("Pong by hand…"), lambda: self._open_panel(self.pong_panel))
        menu.addAction(self.tr("Close with code and reason…"), lambda: self._open_panel(self.close_panel))
        menu.addAction(self.tr("Send on a timer…"), lambda: self._open_panel(self.timer))
        menu.addSeparator()
        answers = menu.addAction(self.tr("Answer pings"))
        answers.setCheckable(True)
        answers.setChecked(self.pongs)
        answers.toggled.connect(self.answer_pings)

    def answer_pings(self, on: bool) -> None:
        """Whether pings of the server are answered from now on."""
        from streamscope.kinds.protocols.base import AutoPong

        self.pongs = on
        self.silent.setVisible(not on)
        self._ask(AutoPong(on))

    def _open_panel(self, panel: "PanelView | None") -> None:
        for one in self._panels():
            one.setVisible(one is panel or (one is self.timer and self.timer.running))
        if panel is not None:
            panel.begin()
        else:
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, message: Outgoing) -> None:
        self.show_message(Outgoing(message.text, message.content, message.binary))
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, by: int) -> None:
        """Through what was sent before; at its end stands what was being written."""
        messages = self._past.messages
        place = self._place + by
        if not 0 <= place <= len(messages):
            return
        if self._place == len(messages):
            self._kept = self._typed_now().outgoing("", by_hand=False)
        self._place = place
        self.show_message(messages[place] if place < len(messages) else self._kept or Outgoing())
        cursor = self.text.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.text.setTextCursor(cursor)

    def _spell(self, spelling: "Spelling") -> None:
        self._typed_now().spell(spelling)
        self._show_spelling()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_spelling(self) -> None:
        from streamscope.gui.code.judge import ALWAYS, NEVER

        typed = self._typed_now()
        self.spelling.setCurrentIndex(_SPELLINGS.index(typed.spelling if typed.spelling != "utf8" else "hex"))
        self.spelling.setEnabled(not typed.fixed)
        json = typed.spelling == "json"
        self.beautify.setVisible(json)
        self.text.set_language("json" if json else "plain")
        self.text.judge_json(ALWAYS if json else NEVER)
        self._tell()

    def _mistake(self) -> str:
        from streamscope.gui.live.conversation.box import mistake_of

        return mistake_of(self._typed_now())

    def _edited(self) -> None:
        """What is large is looked at when the typing rests."""
        if self.text.document().characterCount() > _LARGE:
            self._later.start()
        else:
            self._tell()

    def _tell(self) -> None:
        """The size, and what is wrong."""
        typed = self._typed
        if typed is None or self._box is None or typed.code.loading:
            return
        empty = self._box.document().isEmpty()
        self.size_label.setText("" if empty else size_text(typed.size()))
        self.clear.setVisible(not empty)
        mistake = self._mistake()
        self.send.setEnabled(not mistake)
        if mistake:
            self._say(mistake, "error")
        elif MASK in self._box.text():
            self._say(self.tr("A secret is masked here: put it in again, or its variable."), "warn")
        elif typed.fixed:
            self._say(self.tr("Too large to be typed: the first bytes are shown, all are sent."))
        elif typed.spelling == "json" and not empty and self._box.mistake is not None:
            self._say(self._box.mistake.sentence(), "warn")
        else:
            self._say("")

    def _say(self, text: str, tone: str = "muted") -> None:
        retone(self.said, tone)
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _choose_file(self) -> None:
        from streamscope.gui.composer.file_look import chosen

        chosen(self, self.tr("Choose a file"), self._choose_file_taken)

    def _choose_file_taken(self, files: list[str]) -> None:
        from streamscope.gui.composer.file_look import content_of

        if files:
            content_of(files[0], self._file_read, self)

    def _file_read(self, path: str, content: bytes | None, why: str) -> None:
        if content is None:
            self._say(self.tr("{name} was not taken: {why}").format(name=Path(path).name, why=why), "error")
        else:
            self.edit(content)

    def _start_timer(self, every: float, times: int) -> None:
        from streamscope.kinds.protocols.base import Repeat, Rhythm

        if self.text.document().isEmpty():
            self._say(self.tr("Write the message first that is to be sent."), "error")
        elif (payload := self._payload()) is not None:
            rhythm = Rhythm()
            self.timer.watch(rhythm)
            self._ask(Repeat(payload, every, times, rhythm))

    def _ask_ping(self, payload: bytes) -> None:
        from streamscope.kinds.protocols.base import Ping

        self._ask(Ping(payload))

    def _ask_pong(self, payload: bytes) -> None:
        from streamscope.kinds.protocols.base import Pong

        self._ask(Pong(payload))

    def _ask_close(self, code: int | None, reason: str) -> None:
        from streamscope.kinds.protocols.base import Close

        self._ask(Close(code, reason))

    def _ask(self, item: "Send") -> None:
        self.send_requested.emit(item)
