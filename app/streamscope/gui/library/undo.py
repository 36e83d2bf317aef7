"""What was just deleted, and the button that brings it back."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from streamscope.gui.marks import ElidedLabel, tool_button

_SHOWN_MS = 20_000


class UndoView(QFrame):
    """A strip that says what is gone; `undone` gives back the thing that it was shown for."""

    undone = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("undo")
        self.thing: object = None
        self._text = ElidedLabel()
        self.button = QPushButton(self.tr("Undo"))
        self.button.setAccessibleName(self.tr("Bring back what was deleted"))
        self.button.clicked.connect(self.undo)
        close = tool_button("close", self.tr("Close"), self)
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, name: str, thing: object) -> None:
        """Say that something of that name is gone."""
        self.thing = thing
        self._text.set_text(self.tr("Deleted {name}").format(name=name))
        self.show()
        self._timer.start()

    def undo(self) -> None:
        """Ask for the last deleted thing, once."""
        thing, self.thing = self.thing, None
        self.hide()
        if thing is not None:
            self.undone.emit(thing)
