"""Which credential fills an authentication: typed here, one by its name, or a new one kept under a name."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label, retone
from streamscope.gui.theme import small_font
from streamscope.model.credential import Credential

_TYPED, _NEW, _MANAGE = "typed", "new", "manage"
_WHAT = Qt.ItemDataRole.UserRole
_NAME = Qt.ItemDataRole.UserRole + 1


class CredentialView(QWidget):
    """A dropdown, and the line in which a new credential gets its name; `chosen` tells a name, '' for typed."""

    chosen = Signal(str)
    keep_requested = Signal(str)
    manage_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._known: list[str] = []
        self.combo = QComboBox()
        self.combo.setAccessibleName(self.tr("Credential"))
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(10)
        self.combo.activated.connect(self._activated)
        self._label = label = QLabel(self.tr("Credential"))
        label.setProperty("tone", "muted")
        label.setBuddy(self.combo)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label)
        head.addWidget(self.combo, 1)
        self.more = muted_label("", wrap=True)
        self.more.hide()
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Name of the new credential"))
        self.line.setPlaceholderText(self.tr("Name of the new credential"))
        self.line.returnPressed.connect(self._keep)
        self.line.textChanged.connect(lambda _: self.tell(""))
        self.save = QPushButton(self.tr("Keep"))
        self.save.setAccessibleName(self.tr("Keep what is typed under this name"))
        self.save.clicked.connect(self._keep)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.end)
        self.row = QWidget()
        inside = QHBoxLayout(self.row)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.line, 1)
        inside.addWidget(self.save)
        inside.addWidget(cancel)
        self.row.hide()
        self.problem = QLabel()
        self.problem.setFont(small_font())
        self.problem.setWordWrap(True)
        retone(self.problem, "error")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.more)
        column.addWidget(self.row)
        column.addWidget(self.problem)

    def align(self, width: int) -> None:
        """Let the dropdown begin where the editors of the form below do; `width` is that of its labels."""
        self._label.setMinimumWidth(width)

    def fill(self, known: Sequence[Credential], *, manageable: bool = True) -> None:
        """The credentials to choose from; the one that is named stays, also where it is gone."""
        names = [credential.name for credential in known]
        if names == self._known and self.combo.count() and self._name in ("", *names):
            self._show()
            return
        self._known = names
        self.combo.clear()
        self.combo.addItem(self.tr("Typed here"), _TYPED)
        for credential in known:
            self._add(credential.name, credential.name)
        if self._name and self._name not in self._known:
            self._add(self.tr("{name} (not there any more)").format(name=self._name), self._name)
        self.combo.insertSeparator(self.combo.count())
        self.combo.addItem(self.tr("Keep what is typed as…"), _NEW)
        if manageable:
            self.combo.addItem(self.tr("Credentials…"), _MANAGE)
        self._show()

    def name(self) -> str:
        """The chosen credential's name, '' for typed values."""
        return self._name

    def choose(self, name: str) -> None:
        """Choose without telling."""
        self._name = name
        if name and self.combo.findData(name, _NAME) < 0:
            self._add(self.tr("{name} (not there any more)").format(name=name), name, at=1)
        self._show()

    def describe(self, text: str) -> None:
        """Say more of the chosen one."""
        self.more.setText(text)
        self.more.setVisible(bool(text))
        self.combo.setAccessibleDescription(text)

    def begin(self, suggestion: str) -> None:
        """Ask for a new credential's name."""
        self.row.show()
        self.line.setText(suggestion)
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Ask no more."""
        self.row.hide()
        self.tell("")

    def tell(self, problem: str) -> None:
        """Say what is wrong with the name."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Escape ends the asking."""
        if event.key() == Qt.Key.Key_Escape and self.row.isVisible():
            self.end()
            self.combo.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _add(self, text: str, name: str, at: int = -1) -> None:
        row = self.combo.count() if at < 0 else at
        self.combo.insertItem(row, " ".join(text.split()), "named")
        self.combo.setItemData(row, name, _NAME)
        self.combo.setItemData(row, name, Qt.ItemDataRole.ToolTipRole)

    def _show(self) -> None:
        row = self.combo.findData(self._name, _NAME) if self._name else 0
        self.combo.setCurrentIndex(max(row, 0))

    def _activated(self, index: int) -> None:
        what = self.combo.itemData(index, _WHAT)
        if what in (_NEW, _MANAGE):
            self._show()
            if what == _NEW:
                self.begin(self.line.text())
            else:
                self.manage_requested.emit()
            return
        name = str(self.combo.itemData(index, _NAME) or "")
        if name != self._name:
            self._name = name
            self.chosen.emit(name)

    def _keep(self) -> None:
        if self.row.isVisible():
            self.keep_requested.emit(self.line.text().strip())
