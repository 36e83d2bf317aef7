"""The fields of the chosen channel, above the path: the URL of one that is typed by hand, an endpoint's address."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from streamscope.gui.composer.target import curl
from streamscope.gui.form import Form
from streamscope.model.field import Field


class ChannelForm(QWidget):
    """A form that is made anew where the channel is another one; nothing where a channel has no fields.

    `url_given` tells a URL that was typed into the field for it, `curl_pasted` a command that came there,
    `made` the first and the last widget of a new form that take the focus.
    """

    changed = Signal()
    url_given = Signal(str)
    curl_pasted = Signal(str)
    made = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._form: Form | None = None
        self._line: QLineEdit | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_fields(self, kind: str, fields: tuple[Field, ...], values: Mapping[str, str]) -> None:
        """Show a channel's fields with these values."""
        if kind != self._kind:
            self._make(kind, fields)
        if self._form is not None and values != self._form.values():
            self._form.set_values(values)

    def values(self) -> dict[str, str]:
        """What is entered."""
        return self._form.values() if self._form is not None else {}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Enter something."""
        if self._form is not None:
            self._form.set_values(values)

    @property
    def wants_address(self) -> bool:
        """Whether the channel cannot do without an address that is typed."""
        return self._line is not None

    def set_address(self, text: str) -> None:
        """Enter the address, as a step that can be undone."""
        if self._line is not None and self._line.text() != text:
            self._line.selectAll()
            self._line.insert(text)

    def focus_first(self) -> None:
        """Put the focus into the first field."""
        if self._form is not None:
            self._form.focus_first()

    def _make(self, kind: str, fields: tuple[Field, ...]) -> None:
        self._kind = kind
        if self._form is not None:
            self._column.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        self._form = self._line = None
        self.setVisible(bool(fields))
        if not fields:
            return
        self._form = Form(fields)
        self._column.addWidget(self._form)
        required = next((field.key for field in fields if field.required), "")
        line = self._form.editor(required).focusProxy() if required else None
        if isinstance(line, QLineEdit):
            line.setMaxLength(1 << 20)
            line.editingFinished.connect(lambda: self.url_given.emit(line.text()) if line.isModified() else None)
            self._line = line
        self._form.changed.connect(self._edited)
        self.made.emit(self._form.editor(fields[0].key).first_focus(), self._form.editor(fields[-1].key).last_focus())

    def _edited(self) -> None:
        if self._line is not None and len(command := curl(self._line.text())) > len("curl x"):
            self._line.undo()
            self.curl_pasted.emit(command)
            return
        self.changed.emit()
