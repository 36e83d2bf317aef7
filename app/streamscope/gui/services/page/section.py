"""One part of a service's page: what it reads while it is seen, and its place for being busy, empty or in error."""

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.messages import MessageView
from streamscope.model.errors import StreamscopeError
from streamscope.model.phrase import Phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core

PATIENCE = 500
"""Milliseconds of waiting after which it is shown that something is being read."""


class SectionView(QWidget):
    """Holds `body`; above it an error, in its place while nothing is known yet a word of that.

    `every` is the pause between two looks in seconds; 0: once, and again where somebody asks for it or the service
    became another.
    """

    key: ClassVar[str]
    title: ClassVar[Phrase]
    every: ClassVar[float] = 0.0

    again_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.service: Service | None = None
        self.known = False
        """Whether anything was read yet."""
        self.body = QWidget()
        self.card: MessageView | None = None
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(12, 8, 12, 0)
        self._empty = muted_label("", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(24, 28, 24, 24)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.body)
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._busy_row())
        column.addLayout(self._cards)
        column.addWidget(self._stack, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PATIENCE)
        self._soon.timeout.connect(self._slow)

    async def read(self, core: "Core", service: Service) -> Any:
        """What this part shows, asked for on the core's loop. Raises the tree of errors."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def show_service(self, service: Service) -> None:
        """The service as it is known now."""
        self.service = service

    def begin(self) -> None:
        """Something is being read: where that takes long it is said, and can be stopped."""
        if not self.known:
            self._soon.start()

    def finish(self, value: Any) -> None:
        """It was read."""
        self.calm()
        self.known = True
        self.show_value(value)

    def fail(self, error: StreamscopeError) -> None:
        """It could not be read: a card says why; what was known stays below it."""
        self.calm()
        self.card = MessageView("error", error.message, error.hint, cause=error.cause)
        self.card.offer(self.tr("Try again")).clicked.connect(self.again_requested)
        self._cards.addWidget(self.card)
        if not self.known:
            self.show_empty("")

    def show_stopped(self) -> None:
        """Somebody stopped the reading."""
        if not self.known:
            self.card = MessageView("info", self.tr("Reading was stopped."))
            self.card.offer(self.tr("Try again")).clicked.connect(self.again_requested)
            self._cards.addWidget(self.card)

    def calm(self) -> None:
        """Nothing is being read, and nothing went wrong."""
        self._soon.stop()
        self._busy.hide()
        if self.card is not None:
            self._cards.removeWidget(self.card)
            self.card.hide()
            self.card.deleteLater()
            self.card = None

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to show."""
        self._empty.setText(text)
        self._stack.setCurrentWidget(self._empty)

    def show_body(self) -> None:
        """There is something to show."""
        self._stack.setCurrentWidget(self.body)

    @property
    def empty_text(self) -> str:
        """What is said instead of a body; "" while there is one."""
        return self._empty.text() if self._stack.currentWidget() is self._empty else ""

    @property
    def busy(self) -> bool:
        """Whether it is shown that something is being read."""
        return not self._busy.isHidden()

    def _busy_row(self) -> QWidget:
        self._busy = QWidget()
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(self.tr("Being read"))
        self.stop_button = QPushButton(self.tr("Stop reading"))
        self.stop_button.setAccessibleName(self.tr("Stop reading"))
        self.stop_button.clicked.connect(self.stop_requested)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 2)
        row.addWidget(muted_label(self.tr("Being read…")), 1)
        row.addWidget(self.stop_button)
        column = QVBoxLayout(self._busy)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(row)
        self._busy.hide()
        return self._busy

    def _slow(self) -> None:
        self._busy.show()
