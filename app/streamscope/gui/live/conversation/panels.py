"""What is asked before a ping, a pong or a close frame leaves, and for messages on a timer."""

import re
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.composer.message_document import read
from streamscope.gui.language import retold
from streamscope.gui.marks import dress, muted_label, retone, tool_button
from streamscope.gui.texts import time_text, told

if TYPE_CHECKING:
    from streamscope.kinds.protocols.base import Rhythm

_LOOK = 100
"""Milliseconds between two looks at what came of a timer."""
_LONGEST_CONTROL = 125
_LEAST, _MOST = 0.001, 3600.0
"""Seconds between two messages."""
_TIME = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,6})?)\s*(ms|s)?")


class PanelView(QFrame):
    """A card above the buttons: a title line of editors, a sentence below, and a button that does it."""

    closed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(name)
        self.row = QHBoxLayout()
        self.row.setSpacing(6)
        self.said = muted_label("", wrap=True)
        self.said.setMinimumWidth(60)
        self.do = QPushButton()
        self.first: QWidget = self.do
        """What has the focus first."""
        self.leave = tool_button("close", self.tr("Close this (Esc)"), self)
        self.leave.clicked.connect(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 6, 6)
        column.setSpacing(4)
        column.addLayout(self.row)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.said, 1)
        below.addWidget(self.do, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(below)

    def say(self, text: str, tone: str = "muted") -> None:
        """Say something below."""
        retone(self.said, tone)
        self.said.setText(text)

    def begin(self) -> None:
        """It was opened: the first editor has the focus."""
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Qt's. Esc is for the panel: at the window it would stop the exchange."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and cast("QKeyEvent", event).key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's. Return does it, Esc leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.do.isEnabled():
            self.do.click()
        else:
            super().keyPressEvent(event)


class PayloadPanel(PanelView):
    """The payload of a ping or pong; `chosen` gives it."""

    chosen = Signal(bytes)

    def __init__(self, name: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._about = about
        self.payload = QLineEdit()
        self.payload.setPlaceholderText(self.tr("Payload, none is fine"))
        self.payload.setAccessibleName(self.tr("Payload"))
        self.hex = QCheckBox(self.tr("hex"))
        self.hex.setToolTip(self.tr("The payload is typed as hex digits"))
        self.first = self.payload
        self.row.addWidget(self.payload, 1)
        self.row.addWidget(self.hex)
        self.row.addWidget(self.leave)
        self.do.setText(name)
        self.do.setAccessibleName(name)
        self.do.clicked.connect(self._send)
        self.payload.textChanged.connect(lambda _: self._tell())
        self.hex.toggled.connect(lambda _: self._tell())
        self._tell()

    def content(self) -> tuple[bytes | None, str]:
        """The payload, or None and what is wrong with it."""
        text = self.payload.text()
        if self.hex.isChecked():
            content, wrong = read(text, "hex")
            if content is None:
                return None, wrong[1]
        else:
            try:
                content = text.encode()
            except UnicodeEncodeError:
                return None, self.tr("It holds half a character, which has no UTF-8.")
        if len(content) > _LONGEST_CONTROL:
            return None, self.tr("{size} bytes; a control frame has {most} at most.").format(
                size=len(content), most=_LONGEST_CONTROL
            )
        return content, ""

    def _tell(self) -> None:
        content, wrong = self.content()
        self.do.setEnabled(content is not None)
        if content is None:
            self.say(wrong, "error")
        else:
            self.say(
                self.tr("{size} of {most} bytes. {about}").format(
                    size=len(content), most=_LONGEST_CONTROL, about=self._about
                )
            )

    def _send(self) -> None:
        content, _ = self.content()
        if content is not None:
            self.chosen.emit(content)


class ClosePanel(PanelView):
    """The code and the reason of a close frame; `chosen` gives both, None for no code."""

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ClosePanel", "Close the connection"), parent)
        from streamscope.kinds.protocols.frames import CLOSE_NAMES, NEVER_SENT

        self.code = QComboBox()
        self.code.setEditable(True)
        self.code.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.code.setAccessibleName(self.tr("Close code"))
        for code, name in CLOSE_NAMES.items():
            if code not in NEVER_SENT:
                self.code.addItem(f"{code} {name}", code)
        self.code.addItem(self.tr("4000 private"), 4000)
        self.code.addItem(self.tr("no code"), None)
        self.code.setMinimumWidth(96)
        self.code.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.code.setMinimumContentsLength(8)
        self.typed = cast("QLineEdit", self.code.lineEdit())
        self.typed.setAccessibleName(self.tr("Close code"))
        self.code.activated.connect(lambda _: self.typed.home(False))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(self.tr("Reason, none is fine"))
        self.reason.setAccessibleName(self.tr("Reason"))
        self.first = self.code
        self.row.addWidget(self.code, 4)
        self.row.addWidget(self.reason, 5)
        self.row.addWidget(self.leave)
        self.do.setText(self.tr("Close"))
        self.do.setAccessibleName(self.tr("Close with this code"))
        self.do.clicked.connect(self._send)
        self.code.editTextChanged.connect(lambda _: self._tell())
        self.reason.textChanged.connect(lambda _: self._tell())
        self._tell()

    def begin(self) -> None:
        """It was opened."""
        super().begin()
        self.typed.home(False)

    def frame(self) -> tuple[int | None, str, str]:
        """Code, reason, and what is wrong, '' where nothing is."""
        from streamscope.kinds.protocols.frames import close_mistake

        text, reason = self.code.currentText().strip(), self.reason.text()
        word = text.partition(" ")[0]
        if text == self.tr("no code") or not text:
            code = None
        elif word.isascii() and word.isdigit() and len(word) < 10:
            code = int(word)
        else:
            return None, reason, self.tr("A close code is a number.")
        mistake = close_mistake(code, reason)
        return code, reason, "" if mistake is None else told(mistake)

    def _tell(self) -> None:
        code, reason, wrong = self.frame()
        self.do.setEnabled(not wrong)
        if wrong:
            self.say(wrong, "error")
        else:
            size = len(reason.encode())
            room = self.tr("{size} of 123 bytes.").format(size=size) if reason else ""
            self.say(" ".join(part for part in (_meaning(code), room) if part))

    def _send(self) -> None:
        code, reason, wrong = self.frame()
        if not wrong:
            self.chosen.emit(code, reason)


class TimerPanel(PanelView):
    """Send again and again; `started` gives seconds and how often, 0 for until it is stopped."""

    started = Signal(float, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("TimerPanel", "Send on a timer"), parent)
        self._rhythm: Rhythm | None = None
        self._times = 0
        self.every = self.first = QLineEdit("1000 ms")
        self.every.setAccessibleName(self.tr("Time between two messages"))
        self.every.setToolTip(self.tr("In ms or s: 20, 250 ms, 1.5 s"))
        self.times = QLineEdit()
        self.times.setPlaceholderText(self.tr("until stopped"))
        self.times.setAccessibleName(self.tr("How often; empty for until it is stopped"))
        for editor in (self.every, self.times):
            editor.setMinimumWidth(60)
            editor.textChanged.connect(lambda _: self._judge())
        self.row.addWidget(muted_label(self.tr("every")))
        self.row.addWidget(self.every, 2)
        self.row.addWidget(self.times, 2)
        self.row.addWidget(muted_label(self.tr("times")))
        self.row.addWidget(self.leave)
        self.do.clicked.connect(self._turn)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK)
        self._look.timeout.connect(self.look)
        self._dress()
        self._judge()

    def asked(self) -> tuple[float, int] | None:
        """Seconds and how often, as they are typed; None where they make no sense."""
        every = _TIME.fullmatch(self.every.text().strip())
        times = self.times.text().strip().replace(",", "")
        if every is None or not ((times.isascii() and times.isdigit()) or not times) or len(times) > 9:
            return None
        seconds = float(every[1]) * (1.0 if every[2] == "s" else 0.001)
        return (seconds, int(times or "0")) if _LEAST <= seconds <= _MOST and times != "0" else None

    @property
    def running(self) -> bool:
        """Whether messages are being sent."""
        return self._rhythm is not None and not self._rhythm.done

    def watch(self, rhythm: "Rhythm") -> None:
        """It has begun."""
        self._rhythm = rhythm
        self._look.start()
        self._dress()
        self.look()

    def stop(self) -> None:
        """Send no more."""
        if self._rhythm is not None:
            self._rhythm.stopped = True
        self.look()
        self._look.stop()
        self._rhythm = None
        self._dress()

    def look(self) -> None:
        """Tell how it goes."""
        rhythm = self._rhythm
        if rhythm is None:
            return
        if rhythm.failure is not None:
            self.say(retold(str(rhythm.failure.message)), "error")
        else:
            self.say(self._how(rhythm), "warn" if rhythm.late or rhythm.missed else "muted")
        if rhythm.done:
            self._look.stop()
            self._rhythm = None
            self._dress()

    def _how(self, rhythm: "Rhythm") -> str:
        sent = f"{rhythm.sent:,}"
        times = self._times
        parts = [
            self.tr("{sent} of {times} sent").format(sent=sent, times=f"{times:,}")
            if times
            else self.tr("{sent} sent").format(sent=sent)
        ]
        if (interval := rhythm.interval) is not None:
            parts.append(self.tr("every {time} measured").format(time=_exact(interval)))
        if rhythm.late:
            parts.append(
                self.tr("{count} late, by {time} at most").format(
                    count=f"{rhythm.late:,}", time=time_text(rhythm.worst * 1000)
                )
            )
        if rhythm.missed:
            parts.append(self.tr("{count} left out: no connection").format(count=f"{rhythm.missed:,}"))
        return " · ".join(parts)

    def _turn(self) -> None:
        if self.running:
            self.stop()
        elif (asked := self.asked()) is not None:
            self._times = asked[1]
            self.started.emit(*asked)

    def _judge(self) -> None:
        right = self.asked() is not None
        self.do.setEnabled(right or self.running)
        if right:
            self.say(self.tr("What is in the box is sent again and again; variables are filled each time."))
        else:
            self.say(self.tr("A time from 1 ms to an hour, and a number or nothing."), "error")

    def _dress(self) -> None:
        running = self.running
        text = self.tr("Stop") if running else self.tr("Start")
        self.do.setText(text)
        self.do.setAccessibleName(self.tr("Stop the timer") if running else self.tr("Start the timer"))
        dress(self.do, "stop" if running else "clock")
        for editor in (self.every, self.times):
            editor.setReadOnly(running)


def _exact(interval: float) -> str:
    """An interval with a digit more than it was asked for."""
    milliseconds = interval * 1000
    return f"{milliseconds:.2f} ms" if milliseconds < 100 else f"{milliseconds:,.1f} ms"


def _meaning(code: int | None) -> str:
    """What a close code means to who gets it (RFC 6455, section 7.4.1, and the registry)."""
    translate = QCoreApplication.translate
    words = {
        1000: translate("close codes", "All was done."),
        1001: translate("close codes", "This side goes away, as a page that is left."),
        1002: translate("close codes", "The other side broke the protocol."),
        1003: translate("close codes", "A kind of data came that is not taken."),
        1007: translate("close codes", "A message was not what its kind says: text that is no UTF-8."),
        1008: translate("close codes", "A message breaks a rule of this side."),
        1009: translate("close codes", "A message was too big."),
        1010: translate("close codes", "An extension that is needed was not agreed on."),
        1011: translate("close codes", "This side failed; it is a server that says so."),
        1012: translate("close codes", "The service restarts; it is a server that says so."),
        1013: translate("close codes", "Too busy: try again later; it is a server that says so."),
        1014: translate("close codes", "A gateway got no good answer."),
    }
    if code is None:
        return translate("close codes", "An empty close frame; the other side sees 1005.")
    if code >= 4000:
        return translate("close codes", "4000 to 4999 are for what both sides agreed on.")
    return words.get(code) or translate("close codes", "3000 to 3999 are registered with IANA.")
