"""The live pane: a tab for each exchange, and what to do while there is none."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, IconView, muted_label, paint_state, tool_button
from streamscope.gui.theme import small_font, strong_font, theme

if TYPE_CHECKING:  # the first exchange brings it along, after the first paint
    from streamscope.gui.live.tab import ExchangeView

MOST = 30
"""Tabs that stay open unless the settings say otherwise; the oldest finished ones go first, their recordings stay."""


class LivePane(QStackedWidget):
    """Exchanges as tabs, the newest in front."""

    state_changed = Signal()
    closed = Signal(object)
    menu_requested = Signal(object, QPoint)
    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabWidget()
        self.tabs.setMovable(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName(self.tr("Exchanges"))
        self.tabs.tabBar().setAccessibleName(self.tr("Exchanges"))
        self.tabs.currentChanged.connect(self._turned)
        self.tabs.tabBar().setExpanding(False)
        self.tabs.tabBar().tabMoved.connect(lambda *_: self.arranged.emit())
        self.tabs.tabBar().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tabs.tabBar().customContextMenuRequested.connect(self._menu)
        self.addWidget(EmptyView())
        self.addWidget(self.tabs)
        self._number = 0
        self.most = MOST
        self._exchanges: list[ExchangeView] = []
        theme.changed.connect(self._redress)

    def minimumSizeHint(self) -> QSize:
        """Qt's: no view of it makes the window higher than a small screen."""
        return super().minimumSizeHint().boundedTo(QSize(10_000, 200))

    def add(self, view: "ExchangeView", title: str, instead: QWidget | None = None) -> None:
        """Open a tab for an exchange, in front, and follow it; `instead` of another view where it stood for it."""
        self._number += 1
        view.setProperty("title", title)
        self._exchanges.append(view)
        view.state_changed.connect(lambda: self._mark(view))
        view.menu_requested.connect(lambda place: self.menu_requested.emit(view, place))
        place = self.tabs.indexOf(instead) if instead is not None else -1
        front = instead is None or instead is self.tabs.currentWidget()
        self.add_view(view, f"{self._number}  {title}", place=place, front=front)
        if instead is not None:
            self.close_view(instead)
        self._mark(view)
        self._tidy()
        view.begin()

    def _turned(self, _index: int) -> None:
        """Another tab came to the front."""
        front = self.tabs.currentWidget()
        for view in self._exchanges:
            view.feed.show(in_front=view is front)
        self.state_changed.emit()
        self.arranged.emit()

    def _menu(self, place: QPoint) -> None:
        bar = self.tabs.tabBar()
        view = self.tabs.widget(bar.tabAt(place))
        if view is not None:
            self.menu_requested.emit(view, bar.mapToGlobal(place))

    def add_view(self, view: QWidget, title: str, *, place: int = -1, front: bool = True) -> None:
        """Open a tab for any view: at a place, else behind all others."""
        index = self.tabs.insertTab(place if place >= 0 else self.tabs.count(), view, title)
        close = tool_button("close", self.tr("Close this tab (Ctrl+W)"), self)
        close.setObjectName("close")
        close.setFixedSize(20, 20)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self.close_view(view))
        bar = self.tabs.tabBar()
        bar.setTabButton(index, bar.ButtonPosition.RightSide, close)
        self.setCurrentWidget(self.tabs)
        if front:
            self.tabs.setCurrentIndex(index)
        self.state_changed.emit()
        self.arranged.emit()

    def current(self) -> "ExchangeView | None":
        """The exchange in front."""
        front = self.tabs.currentWidget()
        return next((view for view in self._exchanges if view is front), None)

    def show_owner(self, key: str) -> None:
        """Bring the newest exchange of a request to the front, where there is one."""
        for view in reversed(self._exchanges):
            if view.property("owner") == key:
                self.tabs.setCurrentWidget(view)
                return

    def views(self) -> "list[ExchangeView]":
        """Every exchange that is open."""
        return list(self._exchanges)

    def close_current(self) -> None:
        """Close the tab in front."""
        if (view := self.tabs.currentWidget()) is not None:
            self.close_view(view)

    def close_view(self, view: QWidget) -> None:
        """Close a tab; an exchange that is still live is told to stop."""
        index = self.tabs.indexOf(view)
        if index < 0:
            return
        self.tabs.removeTab(index)
        for exchange in [known for known in self._exchanges if known is view]:
            self._exchanges.remove(exchange)
            exchange.feed.end()
            self.closed.emit(exchange)
        view.deleteLater()
        if self.tabs.count() == 0:
            self.setCurrentIndex(0)
        self.state_changed.emit()
        self.arranged.emit()

    def close_others(self, view: QWidget) -> None:
        """Close every tab but one."""
        for place in reversed(range(self.tabs.count())):
            other = self.tabs.widget(place)
            if other is not None and other is not view:
                self.close_view(other)

    def close_ended(self) -> None:
        """Close the exchanges that are over."""
        for view in self.views():
            if not view.live:
                self.close_view(view)

    def _tidy(self) -> None:
        finished = [view for view in self.views() if not view.live]
        for view in finished[: max(0, self.tabs.count() - self.most)]:
            self.close_view(view)

    def _mark(self, view: "ExchangeView") -> None:
        index = self.tabs.indexOf(view)
        if index >= 0:
            if view.property("shown") != (shown := f"{view.header.state} {theme.tokens.name}"):
                view.setProperty("shown", shown)
                self.tabs.setTabIcon(index, state_icon(view.header.state))
            title, word = view.property("title"), view.header.word()
            if view.feed.paused:
                word = self.tr("Paused")
            if view.rate:
                word = self.tr("{state}, {rate} messages/s").format(state=word, rate=f"{view.rate:,}")
            self.tabs.setTabToolTip(index, f"{title}: {word}")
            self.tabs.tabBar().setAccessibleTabName(index, f"{title}: {word}")
            number = self.tabs.tabText(index).partition(" ")[0]
            rate = f"  {short(view.rate)}/s" if view.rate else ""
            if (text := f"{number}  {title}{rate}") != self.tabs.tabText(index):
                self.tabs.setTabText(index, text)
        self.state_changed.emit()

    def _redress(self) -> None:
        for view in self.views():
            self._mark(view)


class EmptyView(QWidget):
    """What to do while nothing was sent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Nothing was sent yet"))
        title.setFont(strong_font(3.0))
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title.setWordWrap(True)
        hint = muted_label(self.tr("Choose how to prove who you are, which way to go and how to talk; then send."))
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        hint.setWordWrap(True)
        self._keys = QWidget()
        grid = QGridLayout(self._keys)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        for row, (keys, text) in enumerate(
            (
                (self.tr("Ctrl+Return"), self.tr("send, and watch the answer come in")),
                (self.tr("Esc"), self.tr("stop")),
                (self.tr("Ctrl+L"), self.tr("go to the address")),
                (self.tr("F5"), self.tr("read the services again")),
                (self.tr("Ctrl+M"), self.tr("try every combination: the access matrix")),
            )
        ):
            key = QLabel(keys)
            key.setObjectName("key")
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignRight)
            words = ElidedLabel(text, "muted")
            words.setFont(small_font())
            grid.addWidget(words, row, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        mark = IconView("wave", "line_strong", 56)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title)
        column.addWidget(hint)
        column.addSpacing(14)
        column.addWidget(self._keys)
        column.addStretch(3)

    def minimumSizeHint(self) -> QSize:
        """Qt's: without the keys, which leave where it is low."""
        return QSize(300, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._keys.setVisible(self.height() > self._keys.sizeHint().height() + 180)


def short(count: int) -> str:
    """A count in few characters: 950, 1.2k, 20k."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 10_000 else f"{count // 1000:,}k"


def state_icon(state: str) -> QIcon:
    """A state's mark as an icon."""
    made = QIcon()
    for size in (16, 32):
        drawn = QPixmap(size, size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        paint_state(painter, QRectF(size / 8, size / 8, size * 0.75, size * 0.75), state)
        painter.end()
        made.addPixmap(drawn)
    return made
