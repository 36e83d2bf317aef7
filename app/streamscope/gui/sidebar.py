"""The left side: several panes, one of them shown, chosen by a row of buttons above."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import dress
from streamscope.gui.walking import enter

_AROUND = 18
"""Room beside a button's words."""
_ICON = 24


class SidebarPane(QWidget):
    """Panes by name; `shown` tells which one came to the front."""

    shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stack = QStackedWidget()
        self._buttons = QButtonGroup(self)
        self._names: list[str] = []
        self._panes: list[QWidget] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(8, 8, 8, 0)
        self._row.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self.stack, 1)
        self._buttons.idToggled.connect(self._toggled)

    def add(self, name: str, title: str, icon_name: str, pane: QWidget) -> None:
        """Add a pane and its button."""
        button = QToolButton()
        button.setText(title)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setToolTip(title)
        button.setObjectName("segment")
        button.setAccessibleName(title)
        dress(button, icon_name)
        self._names.append(name)
        self._panes.append(pane)
        self._buttons.addButton(button, self.stack.addWidget(pane))
        self._row.addWidget(button, 1)
        button.setChecked(self.stack.count() == 1)

    def button(self, name: str) -> QToolButton:
        """A pane's button."""
        found = self._buttons.button(self._names.index(name))
        assert isinstance(found, QToolButton)  # noqa: S101 - only such are added
        return found

    def show_pane(self, name: str) -> QWidget:
        """Bring a pane to the front and give it the focus."""
        self.show()
        self.button(name).setChecked(True)
        enter(self.front)
        return self.front

    @property
    def front(self) -> QWidget:
        """The pane that is shown."""
        return self._panes[self.stack.currentIndex()]

    def name(self) -> str:
        """The pane in front."""
        return self._names[self.stack.currentIndex()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's. Icons and words where there is room for both, words where it is narrow, icons where it is narrower."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        buttons = [button for button in self._buttons.buttons() if isinstance(button, QToolButton)]
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        room = self.width() - margins.left() - margins.right() - gap * (len(buttons) - 1)
        wide = [button.fontMetrics().horizontalAdvance(button.text()) + _AROUND for button in buttons]
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if sum(wide) + _ICON * len(wide) > room:
            narrow = sum(wide) > room
            style = Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextOnly
        for button, width in zip(buttons, wide, strict=True):
            button.setToolButtonStyle(style)
            self._row.setStretchFactor(button, width if style != Qt.ToolButtonStyle.ToolButtonIconOnly else 1)

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: other letters need other room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _toggled(self, number: int, on: bool) -> None:
        if on:
            self.stack.setCurrentIndex(number)
            self.shown.emit(self._names[number])
