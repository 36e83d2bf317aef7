"""Several choices: side by side where there is room, else chosen by a small row of buttons."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.live.text.choice import ChoiceView
from streamscope.gui.marks import muted_label

BESIDE = 700
"""From this width on choices stand side by side."""
NARROWEST = 220
"""The least width of one of them."""
MOST = 12
"""Choices that can be seen; nobody asks for more, and Events has them."""


class ColumnsView(QWidget):
    """The choices. `turned` tells that other ones are seen."""

    turned = Signal()

    def __init__(self, make: Callable[[int], ChoiceView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.choices: list[ChoiceView] = []
        self._lines: list[QFrame] = []
        self._first = 0
        self._told = (0, 0)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.choose)
        self.bar = QWidget()
        self.bar.setObjectName("choices")
        self._buttons = QHBoxLayout(self.bar)
        self._buttons.setContentsMargins(12, 4, 12, 4)
        self._buttons.setSpacing(2)
        self._more = muted_label("")
        self._buttons.addWidget(self._more)
        self._buttons.addStretch(1)
        self.bar.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(self._row, 1)
        self.grow(1)

    @property
    def seen(self) -> list[ChoiceView]:
        """The choices that are seen."""
        return self.choices[self._first : self._first + self._count()]

    def grow(self, count: int) -> None:
        """There are so many choices."""
        if count > MOST:
            more = f"{count - MOST:,}"
            self._more.setText(self.tr("and {count} more: Events has them").format(count=more))
        count = min(count, MOST)
        while len(self.choices) < count:
            number = len(self.choices)
            choice = self._make(number)
            if number:
                line = QFrame()
                line.setObjectName("rule")
                line.setFixedWidth(1)
                self._row.addWidget(line)
                self._lines.append(line)
            self._row.addWidget(choice, 1)
            self.choices.append(choice)
            button = QToolButton()
            button.setText(str(number + 1))
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setAccessibleName(self.tr("Choice {number}").format(number=number + 1))
            button.setToolTip(button.accessibleName())
            self._group.addButton(button, number)
            self._buttons.insertWidget(number, button)
        self._arrange()

    def choose(self, number: int) -> None:
        """Bring a choice into view."""
        if not self._first <= number < self._first + self._count():
            self._first = max(0, min(number, len(self.choices) - self._count()))
        self._arrange()

    def show_choice(self, number: int) -> None:
        """Bring a choice into view where it is not."""
        if number < len(self.choices) and self.choices[number] not in self.seen:
            self.choose(number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._arrange()

    def _count(self) -> int:
        return max(1, min(len(self.choices), self.width() // NARROWEST)) if self.width() >= BESIDE else 1

    def _arrange(self) -> None:
        count = self._count()
        self._first = max(0, min(self._first, len(self.choices) - count))
        stop = self._first + count
        for number, choice in enumerate(self.choices):
            seen = self._first <= number < stop
            choice.title.setVisible(count > 1)
            choice.setVisible(seen)
            if number:
                self._lines[number - 1].setVisible(seen and number > self._first)
            button = self._group.button(number)
            button.setChecked(number == self._first)
        self.bar.setVisible(len(self.choices) > count)
        if (self._first, count) != self._told:
            self._told = (self._first, count)
            self.turned.emit()
