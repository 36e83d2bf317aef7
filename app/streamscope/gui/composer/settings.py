"""The settings of a draft that are rarely touched, each with its default, marked where it differs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.composer.setting_values import SETTINGS, applied, given, mistake
from streamscope.gui.composer.settings_editors import setting_editor
from streamscope.gui.marks import muted_label, retone, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.draft import Draft
from streamscope.model.field import Field
from streamscope.model.phrase import Phrase

_LABEL = 132


class Section(NamedTuple):
    """A heading and its rows."""

    title: QLabel
    rows: "dict[str, SettingView]"


class SettingView(QWidget):
    """One setting: label, editor, what it means; a dot and a button to reset where it differs from its default."""

    changed = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._label = QLabel(told(field.label))
        self._label.setWordWrap(True)
        self._label.setFixedWidth(_LABEL)
        self.editor = setting_editor(field, self)
        self._label.setBuddy(self.editor)
        self._reset = tool_button("undo", self.tr("Back to the default: {label}").format(label=told(field.label)), self)
        self._reset.clicked.connect(lambda: self.set_value("", telling=True))
        keep = self._reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(keep)
        self._said = muted_label(told(field.help), wrap=True)
        self._said.setVisible(bool(told(field.help)))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        top = field.kind == "lines"
        grid.addWidget(self._label, 0, 0, Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.editor, 0, 1)
        grid.addWidget(self._reset, 0, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._said, 1, 1, 1, 2)
        self.editor.changed.connect(self._edited)
        self.set_value("")

    def value(self) -> str:
        """What is chosen, '' for the default."""
        return self.editor.value()

    @property
    def said(self) -> str:
        """What stands beneath: what the setting means, or what is wrong with its value."""
        return self._said.text()

    def set_value(self, value: str, *, telling: bool = False) -> None:
        """Show a value, '' for the default."""
        if value != self.editor.value():
            blocked = self.editor.blockSignals(not telling)
            self.editor.set_value(value)
            self.editor.blockSignals(blocked)
        self._dress()

    def _edited(self) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        value = self.editor.value()
        name = told(self.field.label)
        self._label.setText(f"● {name}" if value else name)
        retone(self._label, "accent" if value else "muted")
        self._reset.setVisible(bool(value))
        wrong = mistake(self.field, value)
        help_text = told(self.field.help)
        retone(self._said, "error" if wrong else "muted")
        self._said.setText(told(wrong) if wrong else help_text)
        self._said.setVisible(bool(wrong or help_text))


class SettingsForm(QScrollArea):
    """The sheet. It is built when it is looked at for the first time: most drafts never need it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Settings of this request"))
        self._given: dict[str, str] = {}
        self._read: dict[SettingView, str] = {}
        self._dialects: tuple[tuple[str, Phrase], ...] = ()
        self._fields: tuple[Field, ...] = ()
        self._label: Phrase | None = None
        self._protocol: Mapping[str, str] = {}
        self._stale = True
        self._rows: dict[str, SettingView] = {}
        self._own: Section | None = None
        self._column: QVBoxLayout | None = None

    def set_dialects(self, dialects: tuple[tuple[str, Phrase], ...]) -> None:
        """The dialects that can be chosen."""
        self._dialects = dialects

    def show_settings(self, draft: Draft) -> None:
        """Show another draft's settings."""
        self._given = given(draft)
        self._stale = True
        if self.isVisible():
            self._fill()

    def applied(self, draft: Draft) -> Draft:
        """A draft with what was changed here since; what makes no sense is marked here and changes nothing."""
        return applied(draft, self._changes(self._rows))

    def values(self) -> dict[str, str]:
        """What is chosen by setting, '' for the default."""
        return self._given | self._changes(self._rows)

    def _changes(self, rows: "Mapping[str, SettingView]") -> dict[str, str]:
        """What was entered since the rows were filled."""
        if self._stale:
            return {}
        return {key: value for key, row in rows.items() if (value := row.value()) != self._read[row]}

    def show_protocol(self, label: Phrase, fields: tuple[Field, ...], values: Mapping[str, str]) -> None:
        """Show the fields of a protocol."""
        if fields != self._fields:
            self._drop_protocol()
            self._fields = fields
        self._label = label
        self._protocol = dict(values)
        self._stale = True
        if self.isVisible():
            self._fill()

    def protocol_values(self) -> dict[str, str]:
        """What is chosen for the protocol."""
        changes = self._changes(self._own.rows if self._own is not None else {})
        whole = {**self._protocol, **changes}
        return {key: value for key, value in whole.items() if value or key not in changes}

    def count(self) -> int:
        """How many settings differ from their default."""
        own = self.protocol_values()
        differing = [own.get(field.key, "") not in ("", field.default) for field in self._fields]
        return sum(bool(value) for value in self.values().values()) + sum(differing)

    def row(self, key: str) -> SettingView:
        """The row of a setting, or of a protocol's field."""
        self._fill()
        return self._rows.get(key) or self._own.rows[key] if self._own is not None else self._rows[key]

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        self._fill()
        super().showEvent(event)

    def _fill(self) -> None:
        if not self._stale:
            return
        if self._column is None:
            self._build()
        if self._own is None and self._fields:
            self._build_protocol()
        for key, row in self._rows.items():
            row.set_value(self._given.get(key, ""))
        rows = list(self._rows.values())
        if self._own is not None:
            self._own.title.setText(told(self._label) if self._label else "")
            for key, row in self._own.rows.items():
                value = self._protocol.get(key, "")
                row.set_value("" if value == row.field.default else value)
                rows.append(row)
        self._read = {row: row.value() for row in rows}
        self._stale = False

    def _build(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 4, 12, 12)
        self._column.setSpacing(8)
        for title, fields in SETTINGS:
            self._column.addWidget(_heading(told(title)))
            for field in fields:
                choices = (*field.choices, *self._dialects) if field.key == "dialect" else field.choices
                row = SettingView(replace(field, choices=choices))
                row.changed.connect(self.changed)
                self._rows[field.key] = row
                self._column.addWidget(row)
        self._column.addStretch(1)
        self.setWidget(inside)

    def _build_protocol(self) -> None:
        assert self._column is not None  # noqa: S101 - built before
        title = _heading("")
        rows = {field.key: SettingView(field) for field in self._fields}
        for at, widget in enumerate((title, *rows.values())):
            self._column.insertWidget(at, widget)
        for row in rows.values():
            row.changed.connect(self.changed)
        self._own = Section(title, rows)

    def _drop_protocol(self) -> None:
        if self._own is not None and self._column is not None:
            for widget in (self._own.title, *self._own.rows.values()):
                self._column.removeWidget(widget)
                widget.deleteLater()
        self._own = None


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(strong_font())
    label.setContentsMargins(0, 8, 0, 0)
    return label
