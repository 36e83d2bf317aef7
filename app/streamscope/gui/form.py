"""A form drawn from fields: it knows the kinds of fields and no kind of anything else."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from streamscope.gui.editors import EDITORS, Editor
from streamscope.gui.texts import told
from streamscope.model.field import Field


class Form(QWidget):
    """One row a field: its label, a mark where it is required, its editor."""

    changed = Signal()

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = tuple(fields)
        self._editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, field in enumerate(self.fields):
            self._add(grid, row, field)
        self._show_rows()

    def values(self) -> dict[str, str]:
        """What is entered, without the empty ones."""
        entered = {key: editor.value() for key, editor in self._editors.items()}
        return {key: value for key, value in entered.items() if value}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Fill the form; fields that are not named get their default."""
        for field in self.fields:
            self._editors[field.key].set_value(values.get(field.key, field.default))

    def hint(self, key: str, text: str) -> None:
        """Say in an empty editor where its value comes from."""
        self._editors[key].hint(text)

    def focus_first(self) -> None:
        """Put the focus into the first editor."""
        for editor in self._editors.values():
            if not editor.isHidden():
                editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def editor(self, key: str) -> Editor:
        """A field's editor."""
        return self._editors[key]

    def _add(self, grid: QGridLayout, row: int, field: Field) -> None:
        editor = EDITORS[field.kind](field, self)
        editor.set_value(field.default)
        mark = self.tr("{label} *") if field.required else "{label}"
        label = QLabel(mark.format(label=told(field.label)), self)
        label.setProperty("tone", "muted")
        label.setBuddy(editor)
        label.setToolTip(told(field.help))
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        grid.addWidget(
            label, row, 0, Qt.AlignmentFlag.AlignTop if field.kind in ("lines", "pairs") else Qt.AlignmentFlag(0)
        )
        grid.addWidget(editor, row, 1)
        self._editors[field.key] = editor
        self._labels[field.key] = label
        editor.changed.connect(self._edited)

    def _edited(self) -> None:
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        for field in self.fields:
            if field.shown_when is None:
                continue
            other, wanted = field.shown_when
            shown = other in self._editors and self._editors[other].value() == wanted
            self._editors[field.key].setVisible(shown)
            self._labels[field.key].setVisible(shown)
