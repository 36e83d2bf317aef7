"""One word of a row of words of which one holds."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget


class SegmentView(QToolButton):
    """As wide as its word, so that many of them stand in a narrow pane."""

    def __init__(self, text: str, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setToolTip(said)
        self.setAccessibleName(said)
        self.setCheckable(True)
        self.setProperty("segment", True)

    def sizeHint(self) -> QSize:
        """Qt's, without the blanks that it adds."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 14, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return self.sizeHint()
