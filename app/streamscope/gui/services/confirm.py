"""The question before something that cannot be undone: what is lost, named; the way out is the default."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import IconView, muted_label
from streamscope.gui.services.facts import wrapped
from streamscope.gui.theme import strong_font

_NAMED = 8
"""Names that are written out; the rest is counted."""


class ConfirmDialog(QDialog):
    """`confirmed` when a person said yes."""

    confirmed = Signal()

    def __init__(
        self, question: str, losses: Sequence[str], yes: str, parent: QWidget | None = None, names: Sequence[str] = ()
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(yes)
        self.setMinimumWidth(420)
        self.setMaximumWidth(560)
        title = QLabel(question)
        title.setFont(strong_font(1.0))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(title)
        for name in names[:_NAMED]:
            words.addWidget(wrapped(f"·  {name}"))
        if len(names) > _NAMED:
            words.addWidget(muted_label(self.tr("and {count} more").format(count=f"{len(names) - _NAMED:,}")))
        for loss in losses:
            words.addWidget(wrapped(loss))
        self.text = "\n".join((question, *names, *losses))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(IconView("warning", "warn", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.no = QPushButton(self.tr("Cancel"))
        self.no.setDefault(True)
        self.no.setAutoDefault(True)
        self.no.clicked.connect(self.reject)
        self.yes = QPushButton(yes)
        self.yes.setAccessibleName(yes)
        self.yes.setProperty("role", "danger")
        self.yes.setAutoDefault(False)
        self.yes.clicked.connect(self._accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(16)
        column.addLayout(row)
        column.addLayout(buttons)
        self.no.setFocus()

    def _accept(self) -> None:
        self.confirmed.emit()
        self.accept()
