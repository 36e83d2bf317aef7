"""The top of a service's page: what it is, how it is, where it is, and what can be done with it now."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, StateView, dress, retone, tool_button
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.facts import CopyLine
from streamscope.gui.services.names import one_line, shown_name, word
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.deployment import Action
from streamscope.model.phrase import Phrase
from streamscope.model.service import Service, State

TONES: dict[State, str] = {
    "running": "ok",
    "changing": "accent",
    "concerning": "warn",
    "stopped": "muted",
    "failed": "error",
    "unknown": "muted",
}
_WIDE = 46
"""Letters of width from which all buttons are seen."""
_BUTTONS: tuple[tuple[Action, str], ...] = (("start", "play"), ("stop", "stop"), ("update", ""), ("scale", ""))
_SPARED: tuple[Action, ...] = ("update", "scale")
Obstacle = Callable[[Action], Phrase]


class PageHeadView(QWidget):
    """`action_requested(action)`; what makes no sense now is disabled and says why."""

    action_requested = Signal(str)
    menu_requested = Signal(QPoint)
    use_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._down = False
        self._mark = StateView(self, 14)
        self.name = ElidedLabel()
        self.name.setFont(strong_font(3.0))
        self.word = QLabel()
        self.word.setTextFormat(Qt.TextFormat.PlainText)
        self.word.setFont(strong_font())
        self.word.setMaximumWidth(self.word.fontMetrics().horizontalAdvance("m") * 22)
        self.more = ElidedLabel("", "muted")
        self.address = CopyLine("", "", self.tr("Copy the address"))
        self.address.edit.setAccessibleName(self.tr("Address"))
        self.buttons: dict[Action, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(2)
        row.addWidget(self.name, 1)
        for action, icon in _BUTTONS:
            button = QPushButton(told(WORDS[action]))
            button.setAccessibleName(told(WORDS[action]))
            if icon:
                dress(button, icon, "text")
            button.clicked.connect(lambda _=False, one=action: self.action_requested.emit(one))
            self.buttons[action] = button
            row.addWidget(button)
        self.use = tool_button("arrow-out", self.tr("Use it in a request"), self)
        self.use.clicked.connect(self.use_requested)
        self.delete = tool_button("trash", told(WORDS["delete"]), self)
        self.delete.clicked.connect(lambda: self.action_requested.emit("delete"))
        self.menu = tool_button("more", self.tr("More to do with this service"), self)
        self.menu.clicked.connect(
            lambda: self.menu_requested.emit(self.menu.mapToGlobal(self.menu.rect().bottomLeft()))
        )
        for tool in (self.use, self.delete, self.menu):
            tool.setFixedSize(28, 28)
            row.addWidget(tool)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.setContentsMargins(22, 0, 0, 0)
        second.addWidget(self.word)
        second.addWidget(self.more, 1)
        third = QHBoxLayout()
        third.setContentsMargins(22, 0, 0, 0)
        third.addWidget(self.address)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 6)
        column.setSpacing(3)
        column.addLayout(row)
        column.addLayout(second)
        column.addLayout(third)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where it is narrow the name has the room; what has no button then is in the menu."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.fontMetrics().horizontalAdvance("m") * _WIDE
        for action in _SPARED:
            self.buttons[action].setVisible(self.width() >= wide)

    def show_service(self, service: Service, version: str, *, gone: bool = False) -> None:
        """Show the service as it is known now."""
        self._down = service.state in ("stopped", "failed")
        self._mark.show_state("unknown" if gone else service.state)
        self.name.set_text(shown_name(service))
        self.word.setText(self.tr("deleted") if gone else _short(word(service)))
        retone(self.word, "muted" if gone else TONES[service.state])
        parts = [one_line(service.generation), one_line(service.workspace)]
        if version:
            parts.insert(1, self.tr("version {version}").format(version=one_line(version)))
        self.more.set_text("  ·  ".join(part for part in parts if part))
        address = next(iter((*service.addresses.values(), *service.app_addresses.values())), "")
        self.address.show_value(address)
        self.use.setEnabled(not gone)
        self.address.setVisible(bool(address) and not gone)

    def show_actions(self, obstacle: Obstacle) -> None:
        """Offer what can be done; the rest says why not. Of start and stop only the one that makes sense is seen."""
        for action, button in self.buttons.items():
            _judge(button, obstacle(action), told(WORDS[action]))
        _judge(self.delete, obstacle("delete"), told(WORDS["delete"]))
        start = self.buttons["start"].isEnabled() or (self._down and not self.buttons["stop"].isEnabled())
        self.buttons["start"].setVisible(start)
        self.buttons["stop"].setVisible(not start)


def _judge(button: "QPushButton | QWidget", why: Phrase, text: str) -> None:
    button.setEnabled(not str(why))
    button.setToolTip(text if not str(why) else told(why))
    button.setAccessibleDescription("" if not str(why) else told(why))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
