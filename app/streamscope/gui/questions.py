"""What the core asks of the person: one question after the other, in a dialog beside the window."""

import asyncio
import concurrent.futures
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font

if TYPE_CHECKING:
    from streamscope.kinds.auth.base import Question

    Asked = tuple[Question, concurrent.futures.Future[str]]

_CALM = 60.0
"""Seconds in which a question that was waved away is not put again: what watches in the background asks often."""


class QuestionDialog(QDialog):
    """A question with one line for the answer; not modal."""

    def __init__(self, question: "Question", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(told(question.label))
        about = QLabel(told(question.about))
        about.setFont(strong_font())
        about.setWordWrap(True)
        about.setTextFormat(Qt.TextFormat.PlainText)
        self.line = QLineEdit()
        self.line.setAccessibleName(told(question.label))
        self.line.setPlaceholderText(told(question.label))
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.line.textChanged.connect(self._typed)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(self.tr("Sign in"))
        self._ok.setProperty("role", "primary")
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Not now"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addWidget(self.line)
        column.addWidget(muted_label(self.tr("It is used once and kept nowhere."), wrap=True))
        column.addWidget(self.buttons)
        self.setMinimumWidth(380)
        self._typed("")

    def _typed(self, text: str) -> None:
        self._ok.setEnabled(bool(text.strip()))


class Questions(QObject):
    """Stands between the core's thread, where `ask` is awaited, and the window."""

    _came = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: deque[Asked] = deque()
        self._declined: dict[str, float] = {}
        self.dialog: QuestionDialog | None = None
        self._came.connect(self._next)

    async def ask(self, question: "Question") -> str:
        """The answer, '' where none is given; cancelling it takes the question back. On the core's loop."""
        answer: concurrent.futures.Future[str] = concurrent.futures.Future()
        self._waiting.append((question, answer))
        self._came.emit()
        return await asyncio.wrap_future(answer)

    def close(self) -> None:
        """Nobody answers any more."""
        waiting, self._waiting = list(self._waiting), deque()
        for _, answer in waiting:
            _give(answer, "")
        if self.dialog is not None:
            self.dialog.reject()

    def _next(self) -> None:
        if self.dialog is not None or not self._waiting:
            return
        question, answer = self._waiting.popleft()
        words = str(question.about)
        if answer.done() or time.monotonic() - self._declined.get(words, -_CALM) < _CALM:
            _give(answer, "")
            self._next()
            return
        self.dialog = dialog = QuestionDialog(question, self._window)

        def done(result: int) -> None:
            self.dialog = None
            given = dialog.line.text().strip() if result else ""
            if not given:
                self._declined[words] = time.monotonic()
            _give(answer, given)
            self._next()

        dialog.finished.connect(done)
        dialog.open()
        dialog.line.setFocus()


def _give(answer: "concurrent.futures.Future[str]", text: str) -> None:
    """Whoever asked may have stopped waiting meanwhile."""
    with suppress(concurrent.futures.InvalidStateError):
        if not answer.cancelled():
            answer.set_result(text)
