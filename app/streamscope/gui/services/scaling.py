"""The form of how many instances a service's portions are to have."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import ElidedLabel, muted_label, tool_button
from streamscope.gui.services.names import one_line
from streamscope.gui.theme import strong_font

MOST = 128
"""Instances of a portion at most (API reference of both generations)."""


class CountEdit(QLineEdit):
    """A whole number within bounds; the arrow keys count."""

    def __init__(self, least: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self.setValidator(QIntValidator(least, most, self))
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * 8))

    def value(self) -> int:
        """The number; 0 where what is typed is none that is allowed."""
        return int(self.text()) if self.hasAcceptableInput() else 0

    def set_value(self, value: int) -> None:
        """Show another number."""
        self.setText(str(max(self._least, min(value, self._most))))

    def step(self, by: int) -> None:
        """Count up or down."""
        self.set_value(self.value() + by)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if (step := by.get(Qt.Key(event.key()))) is not None:
            self.step(step)
        else:
            super().keyPressEvent(event)


class ScaleDialog(QDialog):
    """Asks for a portion, where there are several, and a count; `chosen(portion, count)`."""

    chosen = Signal(str, int)

    def __init__(self, name: str, portions: Mapping[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Scale {name}").format(name=one_line(name)[:60]))
        self._portions = dict(portions) or {"": 1}
        self.portion = QComboBox()
        self.portion.setAccessibleName(self.tr("Portion"))
        self.portion.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.portion.setMinimumContentsLength(20)
        for key in self._portions:
            self.portion.addItem(one_line(key) or self.tr("the only one"), key)
        self.count = CountEdit(1, MOST)
        self.count.setAccessibleName(self.tr("Instances"))
        self.note = muted_label("", wrap=True)
        counted = QHBoxLayout()
        counted.setSpacing(4)
        for icon, text, step in (("minus", self.tr("One less"), -1), ("plus", self.tr("One more"), 1)):
            button = tool_button(icon, text, self)
            button.clicked.connect(lambda _=False, step=step: self.count.step(step))
            counted.addWidget(button)
        counted.insertWidget(1, self.count)
        counted.addStretch(1)
        title = ElidedLabel(self.tr("How many instances of “{name}”?").format(name=one_line(name)))
        title.setFont(strong_font(1.0))
        form = QFormLayout()
        if len(self._portions) > 1:
            form.addRow(QLabel(self.tr("Portion")), self.portion)
        form.addRow(QLabel(self.tr("Instances")), counted)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Scale"))
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self.setMinimumWidth(380)
        self.portion.currentIndexChanged.connect(self._turned)
        self.count.textChanged.connect(lambda _: self._judge())
        self._turned()
        self.count.setFocus()
        self.count.selectAll()

    def _turned(self) -> None:
        self.count.set_value(self._portions[self.portion.currentData()])
        self._judge()

    def _judge(self) -> None:
        """Say what the count means; the same as now is nothing to do."""
        now, wanted = self._portions[self.portion.currentData()], self.count.value()
        if not wanted:
            text = self.tr("1 to {most}.").format(most=MOST)
        elif wanted < now:
            text = self.tr("Now {now}. Instances that go finish what they are answering first.").format(now=now)
        elif wanted > now:
            text = self.tr("Now {now}. New instances take calls as soon as they are ready.").format(now=now)
        else:
            text = self.tr("Now {now}.").format(now=now)
        self.note.setText(text)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(wanted not in (0, now))

    def _accept(self) -> None:
        self.chosen.emit(self.portion.currentData(), self.count.value())
        self.accept()
