"""The three choices side by side, the heart of the window, and why a combination of them is not offered."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from streamscope.gui.composer.choice import ChoiceView
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.marks import ElidedLabel, IconView
from streamscope.gui.texts import told
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service


class ChoicesView(QWidget):
    """Authentication, channel, protocol; `turned` when a person turned one of them."""

    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.auth = ChoiceView(self.tr("Authentication"), "key")
        self.channel = ChoiceView(self.tr("Channel"), "route")
        self.protocol = ChoiceView(self.tr("Protocol"), "wave")
        self.all = (self.auth, self.channel, self.protocol)
        self.why = QWidget()
        self.why_text = ElidedLabel("", "warn")
        line = QHBoxLayout(self.why)
        line.setContentsMargins(2, 0, 2, 0)
        line.setSpacing(7)
        line.addWidget(IconView("warning", "warn", 14))
        line.addWidget(self.why_text, 1)
        self.why.hide()
        row = QHBoxLayout()
        row.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.why)
        for view in self.all:
            row.addWidget(view, 1)
            view.changed.connect(lambda _: self.turned.emit())
        self.setTabOrder(self.auth.combo, self.channel.combo)
        self.setTabOrder(self.channel.combo, self.protocol.combo)

    def fill(self, shelves: Shelves) -> None:
        """The kinds to choose from."""
        self.auth.fill(shelves.auth)
        self.channel.fill(shelves.channels)
        self.protocol.fill(shelves.protocols)

    def judge(self, shelves: Shelves, service: Service | None, gone: str = "") -> None:
        """Mark what the service does not offer; `gone` names a service that is no longer there."""
        keys = (self.auth.key(), self.channel.key(), self.protocol.key())
        for view, found in zip(self.all, shelves.marks(service, *keys), strict=True):
            unknown = {} if view.key() in found else {view.key(): shelves.unknown(view.key())}
            view.mark(found | unknown)
        why = phrase("{service} is not in its workspace any more.", service=gone) if gone else None
        known = shelves.known(*keys)
        self._say(why or shelves.why(service, *keys), sendable=known)

    def _say(self, why: Phrase | None, *, sendable: bool) -> None:
        self.why.setVisible(why is not None)
        if why is not None:
            text = self.tr("{reason} It can be sent all the same.") if sendable else "{reason}"
            self.why_text.set_text(text.format(reason=told(why)))
