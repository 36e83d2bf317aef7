"""What went wrong with an exchange, above its views, each with what to try."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.language import retold
from streamscope.gui.messages import MessageView
from streamscope.model.event import Finding

_ORDER = {"error": 0, "warning": 1, "info": 2}
_TALLEST = 190


class CardsView(QScrollArea):
    """A stack of messages that takes no more than its share of the pane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Findings"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setObjectName("sheet")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 0, 12, 8)
        self._column.setSpacing(6)
        self._column.addStretch(1)
        self._inside = inside
        self.setWidget(inside)
        self._severities: list[str] = []
        self._rules: dict[str, MessageView] = {}
        self.hide()

    def count(self) -> int:
        """How many there are."""
        return len(self._severities)

    def tell(self, finding: Finding) -> MessageView:
        """Show a finding; one of the same rule that came before gives way to it, since it counts that one, too."""
        if (before := self._rules.pop(finding.rule, None)) is not None:
            at = self._column.indexOf(before)
            self._column.removeWidget(before)
            del self._severities[at]
            before.hide()
            before.deleteLater()
        view = self._rules[finding.rule] = self.show_message(
            finding.severity, retold(finding.text), retold(finding.remedy)
        )
        return view

    def card(self, rule: str) -> MessageView | None:
        """The card of a rule, where there is one."""
        return self._rules.get(rule)

    def show_message(self, severity: str, text: str, remedy: str) -> MessageView:
        """Show a message at the place of its severity."""
        view = MessageView(severity, text, remedy)
        at = sum(1 for known in self._severities if _ORDER[known] <= _ORDER[severity])
        self._severities.insert(at, severity)
        self._column.insertWidget(at, view)
        self.show()
        self.fit()
        return view

    def fit(self) -> None:
        """Take the height that the messages need, up to a limit."""
        width = max(self.viewport().width(), 200)
        wanted = (
            self._column.heightForWidth(width) if self._column.hasHeightForWidth() else self._inside.sizeHint().height()
        )
        self.setFixedHeight(min(wanted, _TALLEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        if self._severities:
            self.fit()
