"""The strip's bar: tabs as wide as their words within bounds, which scroll where there are too many of them."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTabBar, QWidget

_NARROWEST, _WIDEST = 88, 208
_BESIDE = 48
"""What stands beside a tab's words: the room before them, and the close button's behind them."""


class DraftBarView(QTabBar):
    """Tabs keep their width when they are chosen, although only the one in front has a close button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drafts")
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)

    def name_tab(self, index: int, text: str) -> None:
        """Give a tab its words; the bar is as wide as they need."""
        if self.tabText(index) != text:
            self.setTabText(index, text)
            self.updateGeometry()

    def tabSizeHint(self, index: int) -> QSize:
        """Qt's."""
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(self.tabText(index)) + _BESIDE
        return QSize(max(_NARROWEST, min(wide, _WIDEST)), metrics.height() + 20)

    def sizeHint(self) -> QSize:
        """Qt's: as wide as all tabs, so that what stands behind them follows the last one."""
        sizes = [self.tabSizeHint(index) for index in range(self.count())]
        return QSize(sum(size.width() for size in sizes), max((size.height() for size in sizes), default=36))

    def minimumSizeHint(self) -> QSize:
        """Qt's: no wider than its tabs; with more of them it is for the arrows to scroll."""
        return super().minimumSizeHint().boundedTo(self.sizeHint())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Qt's: nothing is pressed together; the rest is scrolled to."""
        return self.tabSizeHint(index)
