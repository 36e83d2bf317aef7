"""The strip of tabs of the open requests, which stays quick with hundreds of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from streamscope.gui.marks import tool_button

_CLOSE = 18
_EDGE = 5


class DraftBarView(QTabBar):
    """Tabs that can be moved. The one in front bears the close button; `tab_closed` tells the index of one that the
    middle button hit.

    The close button lies above the bar instead of in a tab, whose style leaves room for it: QTabBar lays out all tabs
    when a tab gets or loses a button, which is most of what a switch among 200 would cost.
    """

    tab_closed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drafts")
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(self.tr("Open requests"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.close_button = tool_button("close", self.tr("Close this request (Ctrl+W)"), self)
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

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Qt's: tabs are scrolled, not shrunk to three letters. One that is shrunk has all laid out at every switch."""
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
