"""What went wrong or should be known, as a row in its place: what, what to try, and a button that does it."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import IconView, muted_label, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.phrase import NOTHING, Phrase

# A fingerprint or a URL has no blank to wrap at: it may wrap behind its punctuation.
_LONG = re.compile(r"\S{22,}")
_BREAKS = re.compile(r"([:/&?=,._-])")

_ICONS = {"error": ("error", "error"), "warning": ("warning", "warn"), "info": ("info", "info")}


_AROUND = 56
"""What stands beside the words: the icon and the room around."""


class MessageView(QFrame):
    """One message with its severity, remedy and buttons; `dismissed` when it was closed."""

    dismissed = Signal()

    def __init__(
        self,
        severity: str,
        message: Phrase | str,
        hint: Phrase | str = NOTHING,
        *,
        cause: str = "",
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setProperty("severity", severity)
        self.text = told(message) if isinstance(message, Phrase) else message
        remedy = told(hint) if isinstance(hint, Phrase) else hint
        self.setAccessibleName(f"{self.text} {remedy}".strip())
        self.setToolTip(cause)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 8, 8)
        row.setSpacing(9)
        row.addWidget(IconView(*_ICONS[severity]), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_wrapped(self.text, strong=True))
        if remedy:
            words.addWidget(_wrapped(remedy))
        holder = QWidget()  # an empty layout of its own would keep the texts from growing
        self._buttons = QHBoxLayout(holder)
        self._buttons.setContentsMargins(0, 4, 0, 0)
        self._buttons.addStretch(1)
        self._holder = holder
        holder.setMinimumWidth(40)
        holder.hide()
        self._share: QProgressBar | None = None
        self._words = words
        words.addWidget(holder)
        row.addLayout(words, 1)
        copy = QAction(self.tr("Copy"), self)
        said = f"{self.text}\n{remedy}".strip()
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(said))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        if closable:
            close = tool_button("close", self.tr("Close this message"), self)
            close.clicked.connect(self.dismiss)
            row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's. Buttons that do not fit beside each other stand below each other."""
        super().resizeEvent(event)
        wide = sum(button.sizeHint().width() + 8 for button in self._holder.findChildren(QPushButton))
        beside = wide <= self.width() - _AROUND
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if direction != self._buttons.direction():
            self._buttons.setDirection(direction)

    def dismiss(self) -> None:
        """Close the message."""
        self.dismissed.emit()
        self.deleteLater()

    def show_share(self, share: float) -> None:
        """How much of the work that it tells of is done, 0 to 1."""
        if self._share is None:
            self._share = QProgressBar()
            self._share.setRange(0, 1000)
            self._share.setTextVisible(False)
            self._share.setFixedHeight(4)
            self._share.setAccessibleName(self.tr("Progress"))
            self._words.insertWidget(self._words.count() - 1, self._share)
        self._share.setValue(round(share * 1000))

    def offer(self, text: str) -> QPushButton:
        """Add a button that does what the remedy says."""
        button = QPushButton(text)
        button.setAccessibleName(text)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        self._holder.show()
        return button


class MessagesView(QWidget):
    """The window's own messages, one below the other; nothing is shown while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 0)
        self._column.setSpacing(6)
        self._count = 0
        self.hide()

    def tell(
        self, severity: str, message: Phrase | str, hint: Phrase | str = NOTHING, *, cause: str = ""
    ) -> MessageView:
        """Show a message until it is closed."""
        view = MessageView(severity, message, hint, cause=cause, closable=True)
        self.show_message(view)
        return view

    def show_message(self, view: MessageView) -> None:
        """Show a message until it is gone."""
        view.dismissed.connect(self._gone)
        self._column.addWidget(view)
        self._count += 1
        self.show()

    def _gone(self) -> None:
        self._count -= 1
        self.setVisible(self._count > 0)


def _wrapped(text: str, *, strong: bool = False) -> QLabel:
    shown = _LONG.sub(lambda word: _BREAKS.sub("\\1\u200b", word.group()), text)
    label = QLabel(shown) if strong else muted_label(shown)
    if strong:
        label.setFont(strong_font())
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setMinimumWidth(40)
    return label
