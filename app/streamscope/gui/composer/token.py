"""The life of a token that an authentication got: how long it is still good, got anew, forgotten."""

import time
from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import IconView, muted_label, retone
from streamscope.gui.messages import MessageView
from streamscope.gui.texts import told
from streamscope.model.errors import StreamscopeError

_MINUTE = 60
_HOUR = 3600


class TokenView(QFrame):
    """A card: remaining life, two buttons, what went wrong below."""

    renew_requested = Signal()
    forget_requested = Signal()
    looked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Token"))
        self._expires: float | None = None
        self._problem: MessageView | None = None
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.more = muted_label("", wrap=True)
        self.renew = QPushButton(self.tr("Get a new one now"))
        self.forget = QPushButton(self.tr("Forget"))
        self.forget.setAccessibleName(self.tr("Forget the token"))
        self.renew.clicked.connect(self.renew_requested)
        self.forget.clicked.connect(self.forget_requested)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconView("clock", "muted", 14))
        head.addWidget(self.words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.renew)
        buttons.addWidget(self.forget)
        buttons.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(self.more)
        self._column.addLayout(buttons)
        self._tick = QTimer(self)
        self._tick.setInterval(20_000)
        self._tick.timeout.connect(self.looked)
        self.show_token(None, 0.0)

    def show_token(self, expires: float | None, fetched: float) -> None:
        """Show a token's end and when it was got (seconds since the epoch, 0: not known), or that there is none."""
        self._expires = expires
        left = 0.0 if expires is None else expires - time.time()
        if expires is None:
            self.words.setText(self.tr("No token in this session yet"))
            self.more.setText(self.tr("It is got with the first call."))
        elif left <= 0:
            self.words.setText(self.tr("The token's life is over"))
            self.more.setText(self.tr("A new one is got with the next call."))
        else:
            long, short = self.tr("{hours} h {minutes} min left"), self.tr("{minutes} min left")
            self.words.setText(_life(long, short, left))
            until = self.tr("until {until}").format(until=_clock(expires))
            if fetched:
                until = self.tr("fetched {fetched}, until {until}").format(
                    fetched=_clock(fetched), until=_clock(expires)
                )
            self.more.setText(until)
        retone(self.words, "ok" if left > _HOUR else "warn" if expires is not None else "")
        self.forget.setEnabled(expires is not None)
        self.setAccessibleDescription(f"{self.words.text()} {self.more.text()}")

    def set_busy(self, busy: bool) -> None:
        """A new one is being got."""
        self.renew.setEnabled(not busy)
        self.renew.setText(self.tr("Getting a new one…") if busy else self.tr("Get a new one now"))

    def tell(self, error: StreamscopeError | None) -> None:
        """Say what went wrong, or take that back."""
        if self._problem is not None:
            self._problem.deleteLater()
            self._problem = None
        if error is not None:
            self._problem = MessageView("error", told(error.message), told(error.hint), cause=error.cause)
            self._column.addWidget(self._problem)

    def set_watching(self, watching: bool) -> None:
        """Look at the clock now and then while somebody sees it."""
        if watching:
            self._tick.start()
        else:
            self._tick.stop()


def _life(long: str, short: str, left: float) -> str:
    hours, minutes = int(left // _HOUR), int(left % _HOUR // _MINUTE)
    return long.format(hours=hours, minutes=minutes) if hours else short.format(minutes=minutes)


def _clock(moment: float) -> str:
    then = datetime.fromtimestamp(min(moment, 253_402_300_799.0)).astimezone()
    today = datetime.now().astimezone().date() == then.date()
    return f"{then:%H:%M}" if today else f"{then:%Y-%m-%d %H:%M}"
