"""A line that is asked for in its place: where to go, or what to say about a mark."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label, retone
from streamscope.gui.theme import small_font

_WIDTH = 280


class LineView(QFrame):
    """A small sheet over a view: Enter answers, Escape or a click elsewhere leaves it."""

    answered = Signal(str)

    def __init__(self, title: str, hint: str, over: QWidget, judge: Callable[[str], str] | None = None) -> None:
        super().__init__(over, Qt.WindowType.Popup)
        self.setObjectName("ask")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._over, self._judge = over, judge
        self._hint_text = hint
        self._hint = muted_label(hint, wrap=True)
        heading = QLabel(title)
        heading.setFont(small_font())
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.setMaxLength(10_000)
        self.edit.textEdited.connect(lambda: self._say(""))
        self.edit.returnPressed.connect(self._answer)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addWidget(self.edit)
        column.addWidget(self._hint)
        self.setFixedWidth(_WIDTH)

    def ask(self, at: QPoint, text: str = "") -> None:
        """Appear at a point of the view below, holding a text."""
        self.edit.setText(text)
        self.edit.selectAll()
        self.adjustSize()
        over = self._over
        place = over.mapToGlobal(at)
        right = over.mapToGlobal(QPoint(over.width(), 0)).x() - self.width() - 4
        self.move(max(over.mapToGlobal(QPoint(0, 0)).x() + 4, min(place.x(), right)), place.y())
        self.show()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _answer(self) -> None:
        text = self.edit.text()
        wrong = self._judge(text) if self._judge is not None else ""
        if wrong:
            self._say(wrong)
            return
        self.answered.emit(text)
        self.close()

    def _say(self, wrong: str) -> None:
        self._hint.setText(wrong or self._hint_text)
        retone(self._hint, "error" if wrong else "muted")
        self.adjustSize()
