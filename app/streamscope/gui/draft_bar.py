"""The strip's bar: tabs as wide as their words within bounds, which scroll where there are too many of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from streamscope.gui.marks import tool_button

_NARROWEST, _WIDEST = 88, 208
_BESIDE = 48
"""What stands beside a tab's words: the room before them, and the close button's behind them."""
_CLOSE = 20
_EDGE = 5


class DraftBarView(QTabBar):
    """Tabs keep their width when they are chosen, although only the one in front has a close button.

    `tab_closed` tells the index of one that the middle button hit. `name` and `close` are what the bar and its button
    are called.

    The close button lies above the bar instead of in a tab, whose style leaves room for it: QTabBar lays out all tabs
    when a tab gets or loses a button, which is most of what a switch among 200 would cost.
    """

    tab_closed = Signal(int)

    def __init__(self, name: str, close: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drafts")
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(name)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.close_button = tool_button("close", close, self)
        self.close_button.setObjectName("close")
        self.close_button.setFixedSize(_CLOSE, _CLOSE)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.lower()  # the buttons that scroll the tabs lie above all of them
        self.currentChanged.connect(self._place)  # before it is painted, which would paint once more

    @contextmanager
    def filling(self) -> Iterator[None]:
        """While this lasts, tabs can be added without all of them being laid out for each one."""
        shown = not self.isHidden()
        self.hide()
        try:
            yield
        finally:
            self.setVisible(shown)

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
        """Qt's: nothing is pressed together; the rest is scrolled to.

        A tab that is pressed has all of them laid out at every switch.
        """
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: whatever moves the tabs, it paints them."""
        self._place()
        super().paintEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: a tab that is dragged leaves the place where its button is."""
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.close_button.hide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: the middle button closes the tab under it."""
        super().mouseReleaseEvent(event)
        self.close_button.show()
        if event.button() == Qt.MouseButton.MiddleButton and (index := self.tabAt(event.position().toPoint())) >= 0:
            self.tab_closed.emit(index)

    def _place(self) -> None:
        """Put the close button into the right end of the tab in front."""
        tab = self.tabRect(self.currentIndex())
        self.close_button.move(tab.right() - _EDGE - _CLOSE, tab.center().y() - _CLOSE // 2 + 1)
