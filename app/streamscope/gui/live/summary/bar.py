"""The line above the summary: whether the objectives are met, which they are, and a person's own in their text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from streamscope.gui.live.summary.chosen import NONE, OWN, ObjectivesModel
from streamscope.gui.live.summary.model import MARKS
from streamscope.gui.marks import STATES, ElidedLabel, StateView, retone
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font, strong_font
from streamscope.model.errors import UsageError
from streamscope.model.objective import METRICS, PRESETS

if TYPE_CHECKING:
    from streamscope.engine.slo import Verdict

_PATIENCE = 400
"""Milliseconds for which nobody types before the text counts."""


class ObjectivesView(QWidget):
    """Mark and words of the verdict at the left, the choice at the right; the person's own are edited below."""

    def __init__(self, model: ObjectivesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._mark = StateView(self, 13)
        self._told = ElidedLabel()
        self._told.setFont(strong_font())
        self.choice = self._choice()
        self.own = QLineEdit()
        self.own.setAccessibleName(self.tr("My own objectives"))
        self.own.setPlaceholderText("ttft=500ms, tpot=40ms")
        self.own.setToolTip(self.tr("Limits for: {names}").format(names=", ".join(METRICS)))
        self._problem = ElidedLabel("", "error")
        self._problem.setFont(small_font())
        self._problem.hide()
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._line.addWidget(self._told, 1)
        self._line.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(self._line)
        column.addWidget(self.own)
        column.addWidget(self._problem)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE)
        self._timer.timeout.connect(self._take)
        self.own.textEdited.connect(lambda _: self._timer.start())
        self.own.editingFinished.connect(self._take)
        model.changed.connect(self._show)
        self._show()
        self.show_verdicts([], live=False)

    def add(self, widget: QWidget) -> None:
        """Another widget at the right."""
        self._line.addWidget(widget)

    def show_verdicts(self, found: "Sequence[Verdict]", *, live: bool) -> None:
        """Tell what came of the objectives."""
        if not found:
            self._mark.hide()
            self._told.set_text(self.tr("Figures"))
            retone(self._told, "")
            return
        from streamscope.engine.slo import tally, worst

        state = MARKS[worst(found)]
        words = told(tally(found))
        self._mark.show()
        self._mark.show_state(state)
        self._told.set_text(self.tr("{verdict} so far").format(verdict=words) if live else words)
        retone(self._told, STATES[state][0])

    def words(self) -> str:
        """What is told of the objectives."""
        return self._told.accessibleName()

    def _choice(self) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(self.tr("Objectives"))
        combo.setToolTip(
            self.tr("Limits that the times are held against. MLPerf's are meant for the p99 of many answers.")
        )
        combo.addItem(self.tr("No objectives"), NONE)
        combo.addItem(self.tr("My own"), OWN)
        for key, preset in PRESETS.items():
            limits = ", ".join(str(preset.objectives).split(","))
            combo.addItem(told(preset.label), key)
            combo.setItemData(combo.count() - 1, limits, Qt.ItemDataRole.ToolTipRole)
        combo.setMinimumContentsLength(10)
        combo.setMaximumWidth(220)
        combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.view().setMinimumWidth(combo.view().sizeHintForColumn(0) + 24)
        combo.activated.connect(lambda _: self._model.choose(combo.currentData()))
        return combo

    def _show(self) -> None:
        self.choice.setCurrentIndex(max(0, self.choice.findData(self._model.choice)))
        own = self._model.choice == OWN
        self.own.setVisible(own)
        if not self.own.hasFocus():
            self.own.setText(self._model.own)
            self._complain("")
        if not own:
            self._complain("")

    def _take(self) -> None:
        self._timer.stop()
        try:
            self._model.write_own(self.own.text().strip())
        except UsageError as error:
            self._complain(" ".join(part for part in (told(error.message), told(error.hint)) if part))
        else:
            self._complain("")

    def _complain(self, text: str) -> None:
        if bool(text) != bool(self.own.property("invalid")):
            self.own.setProperty("invalid", bool(text))
            self.own.style().polish(self.own)
        self.own.setAccessibleDescription(text)
        self._problem.set_text(text)
        self._problem.setVisible(bool(text))
