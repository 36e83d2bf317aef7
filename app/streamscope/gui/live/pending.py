"""A tab of before: its recording is opened when somebody looks at it."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label


class PendingView(QWidget):
    """Stands for the exchange of a recording; `wanted` is told once, when it is seen."""

    wanted = Signal()

    def __init__(self, path: Path, title: str, owner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path, self.title, self.owner = path, title, owner
        self._asked = False
        label = muted_label(self.tr("Opening the recording…"))
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addWidget(label)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._ask)

    def _ask(self) -> None:
        if self.isVisible() and not self._asked:  # while tabs are filled, the first is in front for a moment
            self._asked = True
            self.wanted.emit()
