"""The left side: several panes, one of them shown, chosen by a row of buttons above."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.marks import dress
from streamscope.gui.walking import enter


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
        self._row.setContentsMargins(8, 6, 8, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
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
        button.setObjectName("segment")
        button.setAccessibleName(title)
        dress(button, icon_name)
        self._names.append(name)
        self._panes.append(pane)
        self._buttons.addButton(button, self.stack.addWidget(pane))
        self._row.insertWidget(self._row.count() - 1, button)
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

    def _toggled(self, number: int, on: bool) -> None:
        if on:
            self.stack.setCurrentIndex(number)
            self.shown.emit(self._names[number])
