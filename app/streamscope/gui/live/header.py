"""The line above an exchange: its state in word, shape and colour, and its figures as they are now."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, StateView, SteadyView, dress, retone, tool_button
from streamscope.gui.texts import size_text, time_text, told
from streamscope.gui.theme import small_font, strong_font
from streamscope.model.phrase import Phrase, phrase

if TYPE_CHECKING:
    from streamscope.engine.timing import Meter

PHASES: dict[str, Phrase] = {
    "idle": phrase("preparing"),
    "dns": phrase("looking the name up"),
    "connect": phrase("connecting"),
    "proxy": phrase("asking the proxy"),
    "tls": phrase("agreeing on encryption"),
    "send": phrase("sending"),
    "wait": phrase("waiting for the answer"),
    "open": phrase("receiving"),
    "reconnect": phrase("waiting to reconnect"),
}

# What came out -> state mark, tone of the word, word.
RESULTS: dict[str, tuple[str, str, Phrase]] = {
    "complete": ("complete", "ok", phrase("Complete")),
    "error": ("error", "error", phrase("Error")),
    "early": ("early", "warn", phrase("Ended early")),
    "stopped": ("stopped-here", "muted", phrase("Stopped")),
    "no connection": ("error", "error", phrase("No connection")),
}


class HeaderView(QWidget):
    """State and figures of one exchange, and what can be done with it."""

    pause_requested = Signal(bool)
    again_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, wait: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wait = wait
        self._begun = time.monotonic()
        self._said_at = 0.0
        self.state = "waiting"
        self._mark = StateView(self, 13)
        self._word = QLabel()
        self._word.setFont(strong_font(1.0))
        self._word.setTextFormat(Qt.TextFormat.PlainText)
        self._more = ElidedLabel("", "muted")
        self._figures: dict[str, QLabel] = {}
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._word)
        line.addWidget(self._more, 1)
        self.pause = tool_button("pause", self.tr("Let the views stand still; the recording goes on"))
        self.pause.setCheckable(True)
        self.pause.clicked.connect(self.pause_requested)
        self.again = tool_button("refresh", self.tr("Send again"))
        self.again.clicked.connect(self.again_requested)
        self.menu = tool_button("more", self.tr("More to do with this exchange"))
        self.menu.clicked.connect(
            lambda: self.menu_requested.emit(self.menu.mapToGlobal(self.menu.rect().bottomLeft()))
        )
        for button in (self.pause, self.again, self.menu):
            button.setFixedSize(24, 24)
            line.addWidget(button)
        figures = QHBoxLayout()
        figures.setSpacing(8)
        for key, title in (
            ("status", self.tr("Status")),
            ("elapsed", self.tr("Elapsed")),
            ("ttfb", self.tr("First byte")),
            ("ttft", self.tr("First token")),
            ("bytes", self.tr("Received")),
            ("messages", self.tr("Messages")),
        ):
            figures.addLayout(self._figure(key, title), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(line)
        column.addLayout(figures)
        self._say(self.state, self.tr("Waiting"), "accent", "")

    def show_meter(self, meter: "Meter", *, done: bool, now: bool = False) -> None:
        """Show the figures; at most ten times a second, a person reads no faster."""
        moment = time.monotonic()
        if not now and not done and moment - self._said_at < 0.1:
            return
        self._said_at = moment
        elapsed = meter.total_ms if meter.total_ms is not None else (moment - self._begun) * 1000
        self._show_state(meter, elapsed, done=done)
        self._set("status", "–" if meter.status is None else str(meter.status), self._status_tone(meter.status))
        self._set("elapsed", time_text(elapsed))
        self._set("ttfb", time_text(meter.ttfb_ms))
        self._set("ttft", time_text(meter.ttft_ms), "accent" if meter.ttft_ms is not None else "")
        self._set("bytes", size_text(meter.bytes_in))
        messages = self.tr("{received} in · {sent} out").format(received=meter.messages_in, sent=meter.messages_out)
        self._set("messages", messages if meter.messages_out else str(meter.messages_in))

    def show_paused(self, paused: bool, waiting: int = 0) -> None:
        """Whether the views stand still, and how many events wait behind them."""
        self.pause.setChecked(paused)
        dress(self.pause, "play" if paused else "pause", "accent" if paused else "muted")
        if paused:
            told = self.tr("Paused: {count} more events are recorded").format(count=f"{waiting:,}")
            self._more.set_text(told)
            self.pause.setToolTip(self.tr("Go on"))
        else:
            self.pause.setToolTip(self.tr("Let the views stand still; the recording goes on"))

    def text_of(self, key: str) -> str:
        """A figure as it is shown."""
        return self._figures[key].text()

    def word(self) -> str:
        """The state as it is shown."""
        return self._word.text()

    def _figure(self, key: str, title: str) -> QVBoxLayout:
        value = QLabel("–")
        value.setFont(strong_font())
        value.setAccessibleName(title)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._figures[key] = value
        column = QVBoxLayout()
        column.setSpacing(1)
        caption = ElidedLabel(title, "muted")
        caption.setFont(small_font())
        column.addWidget(caption)
        column.addWidget(SteadyView(value))
        return column

    def _show_state(self, meter: "Meter", elapsed: float, *, done: bool) -> None:
        self.pause.setVisible(not done)
        if done:
            state, tone, word = RESULTS[meter.result()]
            self._say(state, told(word), tone, self._ending(meter))
        elif meter.phase == "open":
            self._say("live", self.tr("Live"), "ok", told(PHASES["open"]))
        elif meter.phase == "reconnect":
            self._say("waiting", self.tr("Waiting"), "accent", told(PHASES["reconnect"]))
        else:
            text = self.tr("{phase}, {seconds} s of {limit} s").format(
                phase=told(PHASES.get(meter.phase, PHASES["idle"])),
                seconds=int(elapsed / 1000),
                limit=f"{self._wait:g}",
            )
            self._say("waiting", self.tr("Waiting"), "accent", text)

    def _say(self, state: str, word: str, tone: str, more: str) -> None:
        self.state = state
        self._mark.show_state(state)
        self._word.setText(word)
        retone(self._word, tone)
        self._more.set_text(more)

    def _ending(self, meter: "Meter") -> str:
        closed = meter.closed
        if closed is None:
            return ""
        by = {
            "server": self.tr("closed by the server"),
            "client": self.tr("closed from here"),
            "user": self.tr("stopped by you"),
            "network": self.tr("the connection was lost"),
        }[closed.by]
        code = "" if closed.code is None else str(closed.code)
        return " · ".join(part for part in (by, code, closed.reason) if part)

    def _set(self, key: str, text: str, tone: str = "") -> None:
        label = self._figures[key]
        if label.text() != text:
            label.setText(text)
        retone(label, tone)

    def _status_tone(self, status: int | None) -> str:
        if status is None:
            return ""
        return "error" if status >= 400 else "ok"
