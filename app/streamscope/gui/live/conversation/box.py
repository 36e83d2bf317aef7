"""The editor of the next message: the payload editor without line numbers, that grows with what is written."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from streamscope.gui.code import CodeEdit
from streamscope.gui.composer.message_document import Typed, read

_LEAST, _MOST = 2, 8


class BoxEdit(CodeEdit):
    """`past_requested` asks for the message before (-1) or after (1): Alt with an arrow, or Up where nothing is
    written."""

    past_requested = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.margin.hide()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.blockCountChanged.connect(lambda _: self.fit())
        self.fit()

    def fit(self) -> None:
        """As high as its lines, within limits; the log above it wants room, too."""
        window = self.window().height()
        most = max(_LEAST, min(_MOST, window // 80))
        lines = max(_LEAST, min(most, self.document().blockCount()))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 22)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        alone = held == Qt.KeyboardModifier.NoModifier and self.document().isEmpty()
        if step and (alone or held == Qt.KeyboardModifier.AltModifier):
            self.past_requested.emit(step)
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Qt's: it may be narrow."""
        return QSize(80, super().minimumSizeHint().height())

    def _make_room(self) -> None:
        self.setViewportMargins(0, 0, 0, 0)
        if hasattr(self, "margin"):
            self.margin.hide()


def mistake_of(typed: Typed) -> str:
    """What keeps a message from being sent, '' where nothing does; JSON may be wrong, bytes may not."""
    if typed.fixed or typed.spelling not in ("hex", "base64"):
        return ""
    content, wrong = read(typed.code.text(), typed.spelling)
    return "" if content is not None else wrong[1]
