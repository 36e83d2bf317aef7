"""The chosen authentication's form; what is typed stays with its workspace and kind while the program runs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.form import Form
from streamscope.gui.marks import muted_label
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font

if TYPE_CHECKING:
    from streamscope.kinds.auth.base import Auth


class AuthForm(QWidget):
    """Label, help and fields of an authentication; `keep_requested` tells workspace, kind and secret values."""

    changed = Signal()
    keep_requested = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[tuple[str, str], dict[str, str]] = {}
        self._shown: tuple[str, str] = ("", "")
        self._auth: Auth | None = None
        self._form: Form | None = None
        self._title = QLabel()
        self._title.setFont(strong_font())
        self._help = muted_label("", wrap=True)
        self._kept = muted_label("", wrap=True)
        self._keep = QPushButton(self.tr("Keep in the keyring"))
        self._keep.clicked.connect(self._keep_secrets)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._column.addWidget(self._title)
        self._column.addWidget(self._help)
        self._column.addSpacing(4)
        row = QHBoxLayout()
        row.addWidget(self._keep)
        row.addWidget(self._kept, 1)
        self._column.addLayout(row)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_auth(self, workspace: str, auth: "Auth") -> None:
        """Show another authentication's form, or the same one for another workspace."""
        if self._shown == (workspace, auth.key):
            return
        self._remember()
        self._shown = (workspace, auth.key)
        self._auth = auth
        self._title.setText(told(auth.label))
        self._help.setText(told(auth.help))
        if self._form is not None:
            self._column.removeWidget(self._form)
            self._form.deleteLater()
        self._form = Form(auth.fields)
        self._form.set_values(self._values.get(self._shown, {}))
        self._form.changed.connect(self._edited)
        self._column.insertWidget(3, self._form)
        self._keep.setVisible(any(field.kind == "secret" for field in auth.fields))
        self._kept.setText("")
        self._edited()

    def values(self) -> dict[str, str]:
        """What is entered for the authentication that is shown."""
        return self._form.values() if self._form is not None else {}

    def set_values(self, values: dict[str, str]) -> None:
        """Fill the form that is shown."""
        if self._form is not None:
            self._form.set_values(values)

    def explain(self, workspace: str, auth: str, hints: dict[str, str], note: str, *, keepable: bool = True) -> None:
        """Say where empty fields get their values from, if that authentication is still the one shown."""
        if (workspace, auth) != self._shown or self._form is None:
            return
        for key, hint in hints.items():
            self._form.hint(key, hint)
        self._kept.setText(note)
        if not keepable:
            self._keep.hide()

    def _secrets(self) -> dict[str, str]:
        if self._auth is None:
            return {}
        secret = {field.key for field in self._auth.fields if field.kind == "secret"}
        return {key: value for key, value in self.values().items() if key in secret}

    def _keep_secrets(self) -> None:
        if secrets := self._secrets():
            self.keep_requested.emit(*self._shown, secrets)

    def _edited(self) -> None:
        self._keep.setEnabled(bool(self._secrets()))
        self.changed.emit()

    def _remember(self) -> None:
        if self._form is not None:
            self._values[self._shown] = self._form.values()
