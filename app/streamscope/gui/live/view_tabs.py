"""The tabs of an exchange's views: those that have no room are in a menu at the end, none is cut."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from streamscope.gui.marks import tool_button


class ViewTabs(QWidget):
    """A bar of titles over places for views. `turned` tells the place that came to the front."""

    turned = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = _Bar()
        self.bar.setObjectName("views")
        self.bar.setAccessibleName(name)
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setUsesScrollButtons(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self._more = tool_button("chevron-down", self.tr("All views"))
        self._more.setFixedSize(24, 24)
        self._more.clicked.connect(self._show_menu)
        self._stack = QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(0)
        row.addWidget(self.bar, 1)
        row.addWidget(self._more)
        head = QWidget()
        head.setObjectName("bar")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._turn)

    def add(self, title: str) -> None:
        """Another tab, with a place for its view."""
        place = QWidget()
        QStackedLayout(place)
        self._stack.addWidget(place)
        self.bar.addTab(title)

    def hold(self, number: int, view: QWidget) -> None:
        """Put a view into its place."""
        place = self._stack.widget(number)
        layout = place.layout() if place is not None else None
        if layout is not None:
            layout.addWidget(view)

    def tabBar(self) -> QTabBar:
        """The bar, as a QTabWidget calls it."""
        return self.bar

    def currentIndex(self) -> int:
        """The place in front."""
        return self.bar.currentIndex()

    def setCurrentIndex(self, number: int) -> None:
        """Bring a place to the front."""
        self.bar.setCurrentIndex(number)

    def count(self) -> int:
        """How many there are."""
        return self.bar.count()

    def set_title(self, number: int, title: str) -> None:
        """Say something else on a tab."""
        if self.bar.tabText(number) != title:
            self.bar.setTabText(number, title)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _turn(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._fit()
        self.turned.emit(number)

    def _fit(self) -> None:
        """Hide what has no room, from the end; the one in front is always seen."""
        bar, room = self.bar, self.width() - 36
        widths = [bar.natural(number) for number in range(bar.count())]
        front = bar.currentIndex()
        left = room - (widths[front] if 0 <= front < len(widths) else 0)
        full = False
        for number, width in enumerate(widths):
            full = full or (number != front and width > left)
            shown = number == front or not full
            left -= width if shown and number != front else 0
            if bar.isTabVisible(number) != shown:
                bar.setTabVisible(number, shown)
        self._more.setVisible(sum(widths) > room)

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number in range(self.bar.count()):
            action = menu.addAction(self.bar.tabText(number))
            action.setCheckable(True)
            action.setChecked(number == self.bar.currentIndex())
            action.triggered.connect(lambda _, number=number: self._go(number))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _go(self, number: int) -> None:
        self.bar.setTabVisible(number, True)
        self.bar.setCurrentIndex(number)


class _Bar(QTabBar):
    """A bar that tells how wide a tab wants to be, hidden or not, and that may be as narrow as it must."""

    def natural(self, number: int) -> int:
        """The width of a tab in pixels."""
        return self.tabSizeHint(number).width()

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(40, super().minimumSizeHint().height())
