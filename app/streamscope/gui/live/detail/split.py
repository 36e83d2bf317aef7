"""A list and the detail of what is chosen in it: below it, or beside it where there is room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

WIDE = 900
"""Pixels from which on the detail stands beside the list."""


class DetailSplitView(QSplitter):
    """Both, with a handle between them; each way of standing keeps its own sizes."""

    def __init__(self, rows: QWidget, detail: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.addWidget(rows)
        self.addWidget(detail)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        detail.setMinimumHeight(96)
        rows.setMinimumHeight(72)
        self._sizes = {Qt.Orientation.Vertical: [300, 200], Qt.Orientation.Horizontal: [520, 480]}
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setSizes(self._sizes[Qt.Orientation.Vertical])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: stand as there is room."""
        orientation = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if orientation != self.orientation():
            self._sizes[self.orientation()] = self.sizes()
            self.setOrientation(orientation)
            self.setSizes(self._sizes[orientation])
        super().resizeEvent(event)
