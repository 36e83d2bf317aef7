"""An event that is no payload, in words; a finding's events can be pointed out."""

from array import array

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from streamscope.gui.live.detail import facts
from streamscope.gui.live.detail.looked import Looked
from streamscope.gui.live.detail.marked_text import MarkedText
from streamscope.model.event import Finding


class FactsView(QWidget):
    """Names and values of an event."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = MarkedText(self.tr("The chosen event"))
        self._looked: Looked | None = None
        self.evidence = QPushButton(self.tr("Show the events in question"))
        self.evidence.clicked.connect(self._point_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._text.view, 1)
        column.addWidget(self.evidence, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self._text.view)
        self.evidence.hide()

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self._looked = looked
        self._text.show_parts(facts.parts(looked.event))
        self.evidence.setVisible(isinstance(looked.event, Finding) and bool(looked.event.events))

    def seen(self) -> str:
        """What is shown."""
        return self._text.text()

    def search(self) -> None:
        """It is short."""

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def _point_out(self) -> None:
        one = self._looked
        if one is not None and isinstance(one.event, Finding):
            one.spotlight.point_out(array("I", [number for number in one.event.events if number >= 0]))
            one.spotlight.look_at(one.event.events[0])
