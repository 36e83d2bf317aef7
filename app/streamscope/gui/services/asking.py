"""Asking the core for something without the window waiting: a quiet line with Stop, and a card where it fails."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from streamscope.gui.marks import StateView, muted_label
from streamscope.gui.messages import MessageView
from streamscope.model.errors import StreamscopeError
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_T = TypeVar("_T")
_SOON = 500
"""Milliseconds after which waiting is worth a word."""
Made = Callable[[], Coroutine[Any, Any, _T]]


class AskingView(QWidget):
    """Hidden while there is nothing to say. One question at a time: another one replaces the one that waits.

    `busy` tells when a question begins and ends.
    """

    busy = Signal(bool)

    def __init__(self, desk: "Desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._future: Future[Any] | None = None
        self.card: MessageView | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self._show_line)
        self.line = QWidget()
        self.words = muted_label("", wrap=True)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.stop)
        state = StateView(size=10)
        state.show_state("changing")
        row = QHBoxLayout(self.line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(state)
        row.addWidget(self.words, 1)
        row.addWidget(self.stop_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.line)
        self.line.hide()
        self.hide()

    @property
    def asking(self) -> bool:
        """Whether an answer is waited for."""
        return self._future is not None

    def ask(
        self,
        make: Made[_T],
        words: str,
        then: Callable[[_T], object],
        *,
        failed: Callable[[StreamscopeError], object] | None = None,
        stopped: Callable[[], object] | None = None,
    ) -> None:
        """Run a coroutine in the core and give its answer to `then`.

        `words` tell what is waited for. A failure is a card that offers to ask again, unless `failed` returns True; a
        question that is stopped or replaced gives no answer, and `stopped` is called.
        """
        self._drop()
        self.clear()
        self._future = future = self._desk.runtime.run(make())
        self.words.setText(words)
        self.stop_button.setAccessibleName(self.tr("Stop: {words}").format(words=words))
        self._soon.start()
        self.busy.emit(True)

        async def follow() -> None:
            try:
                answer = await asyncio.wrap_future(future)
            except asyncio.CancelledError:
                if self._ended(future) and stopped is not None:
                    stopped()
                if not future.cancelled():
                    raise
            except StreamscopeError as error:
                if self._ended(future) and (failed is None or not failed(error)):
                    self.tell(error, lambda: self.ask(make, words, then, failed=failed, stopped=stopped))
            except BaseException:
                self._ended(future)
                raise
            else:
                if self._ended(future):
                    then(answer)

        spawn(follow(), name=words)

    def tell(self, error: StreamscopeError, again: Callable[[], object] | None = None) -> None:
        """Show what went wrong, with a button that tries again where that makes sense."""
        self.clear()
        self.card = card = MessageView("error", error.message, error.hint, cause=error.cause, closable=True)
        card.dismissed.connect(self.clear)
        if again is not None:
            card.offer(self.tr("Try again")).clicked.connect(lambda _=False: again())
        self._put(card)

    def say(self, severity: str, words: str, hint: str = "") -> MessageView:
        """Show a card of another kind, in the place of the one that is there."""
        self.clear()
        self.card = card = MessageView(severity, words, hint, closable=True)
        card.dismissed.connect(self.clear)
        self._put(card)
        return card

    def say_stopped(self, again: Callable[[], object]) -> None:
        """Say that nothing was read, with a button that reads again."""
        card = self.say("info", self.tr("Stopped before anything was read."))
        card.offer(self.tr("Read again")).clicked.connect(lambda _=False: again())

    def clear(self) -> None:
        """Take the card away."""
        card, self.card = self.card, None
        if card is not None:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.setVisible(self.line.isVisibleTo(self))

    def stops(self) -> list[QWidget]:
        """Where the focus goes on its way through."""
        return [self.stop_button, *(self.card.findChildren(QAbstractButton) if self.card is not None else ())]

    def stop(self) -> None:
        """Stop waiting; what was asked for is cancelled."""
        if self._future is not None:
            self._desk.runtime.cancel(self._future)

    def _put(self, card: MessageView) -> None:
        self._column.addWidget(card)
        self.show()

    def _drop(self) -> None:
        """Forget the question that waits."""
        future, self._future = self._future, None
        if future is not None:
            self._desk.runtime.cancel(future)

    def _ended(self, future: "Future[Any]") -> bool:
        """A question has ended; whether it is still the one that somebody waits for."""
        if not isValid(self) or self._future is not future:
            return False
        self._future = None
        self._soon.stop()
        self.line.hide()
        self.setVisible(self.card is not None)
        self.busy.emit(False)
        return True

    def _show_line(self) -> None:
        self.line.show()
        self.show()
