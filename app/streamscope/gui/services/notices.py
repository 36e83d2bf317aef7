"""What the pane has to say for a while: a mark that could not be kept, something that can be undone."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.messages import MessageView
from streamscope.model.errors import StreamscopeError

_UNDO = 12_000
"""Milliseconds in which what was done can be undone."""
_MOST = 3


class NoticesView(QWidget):
    """Cards, the latest last; nothing is shown while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[MessageView] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 8)
        self._column.setSpacing(6)
        self.hide()

    def tell(self, error: StreamscopeError) -> None:
        """Say what went wrong, until it is closed."""
        self._add(MessageView("error", error.message, error.hint, cause=error.cause, closable=True))

    def offer_undo(self, text: str, undo: Callable[[], object]) -> None:
        """Say what was done, with a button that takes it back; it leaves by itself."""
        card = MessageView("info", text, closable=True)
        button = card.offer(self.tr("Undo"))

        def taken() -> None:
            undo()
            self._drop(card)

        button.clicked.connect(taken)
        leave = QTimer(card)
        leave.setSingleShot(True)
        leave.timeout.connect(lambda: self._drop(card))
        leave.start(_UNDO)
        self._add(card)

    def _add(self, card: MessageView) -> None:
        card.dismissed.connect(lambda: self._drop(card))
        if len(self.cards) >= _MOST:
            self._drop(self.cards[0])
        self.cards.append(card)
        self._column.addWidget(card)
        self.show()

    def _drop(self, card: MessageView) -> None:
        if card in self.cards:
            self.cards.remove(card)
            card.hide()
            self._column.removeWidget(card)
            card.deleteLater()
            self.setVisible(bool(self.cards))
