"""Editors for the settings of a draft: the empty text is the default, which they show."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from streamscope.gui import editors
from streamscope.gui.editors import Editor, FileEditor, LinesEditor
from streamscope.gui.texts import told
from streamscope.model.field import Field, FieldKind
from streamscope.model.service import NO_PROXY


def _unless(field: Field) -> str:
    return told(field.choices[0][1]) if field.choices else ""


class LineEditor(editors.TextEditor):
    """One line; the default stands in it while it is empty."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self.line.setPlaceholderText(_unless(field) or field.default)

    def value(self) -> str:
        """The text."""
        return super().value().strip()


class PathEditor(FileEditor):
    """A file's path."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self.line.setPlaceholderText(_unless(field))


class TextEditor(LinesEditor):
    """Several lines."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self.text.setPlaceholderText(_unless(field))
        self.text.setMaximumHeight(72)


class SwitchEditor(Editor):
    """On or off, in words; the default is ''."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self._on = field.default == "on"
        self.check = QCheckBox()
        self.check.setChecked(self._on)
        self.check.toggled.connect(self._toggled)
        self.adopt(self.check, field)
        self._toggled(self._on)

    def value(self) -> str:
        """ "on" or "off" where it is not the default."""
        on = self.check.isChecked()
        return "" if on == self._on else "on" if on else "off"

    def set_value(self, value: str) -> None:
        """Set it."""
        self.check.setChecked(value in ("on", "true") if value else self._on)

    def _toggled(self, on: bool) -> None:
        self.check.setText(self.tr("On") if on else self.tr("Off"))
        self.changed.emit()


class ChoiceEditor(Editor):
    """One of several; a key that is none of them is added for as long as it is chosen."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self._default = field.default
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for key, label in field.choices:
            self.combo.addItem(told(label), key)
        self._known = self.combo.count()
        self.combo.setCurrentIndex(self.combo.findData(self._default))
        self.combo.currentTextChanged.connect(lambda _: self.changed.emit())
        self.adopt(self.combo, field)

    def value(self) -> str:
        """The chosen key, '' for the default."""
        key = str(self.combo.currentData() or "")
        return "" if key == self._default else key

    def set_value(self, value: str) -> None:
        """Choose a key."""
        key = value or self._default
        while self.combo.count() > self._known:
            self.combo.removeItem(self._known)
        if self.combo.findData(key) < 0:
            self.combo.addItem(key, key)
        self.combo.setCurrentIndex(self.combo.findData(key))


class OpenChoiceEditor(ChoiceEditor):
    """One of several, or a text of one's own."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)

    def value(self) -> str:
        """The chosen key, or what was typed."""
        text = self.combo.currentText()
        index = self.combo.findText(text.strip(), Qt.MatchFlag.MatchFixedString)
        return str(self.combo.itemData(index)) if index >= 0 else text.strip()

    def set_value(self, value: str) -> None:
        """Choose a key, or write a text."""
        index = self.combo.findData(value)
        self.combo.setCurrentIndex(index)
        self.combo.setEditText(self.combo.itemText(index) if index >= 0 else value)


class ProxyEditor(Editor):
    """As the workspace says, none, or an address."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)
        for text, key in ((_unless(field), ""), (self.tr("None"), NO_PROXY), (self.tr("This one:"), "url")):
            self.combo.addItem(text, key)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("http://host:port"))
        self.line.setAccessibleName(self.tr("Address of the proxy"))
        self.line.hide()
        self.adopt(self.combo, field)
        self.box.addWidget(self.line, 1)
        self.combo.currentIndexChanged.connect(self._chosen)
        self.line.textChanged.connect(lambda _: self.changed.emit())

    def value(self) -> str:
        """'' as the workspace says, "none", or an address."""
        key = str(self.combo.currentData())
        return self.line.text().strip() if key == "url" else key

    def set_value(self, value: str) -> None:
        """Show it."""
        known = self.combo.findData(value) if value != "url" else -1
        self.line.setText("" if known >= 0 else value)
        self.combo.setCurrentIndex(known if known >= 0 else 2)

    def _chosen(self, index: int) -> None:
        self.line.setVisible(index == 2)
        self.changed.emit()


_EDITORS: dict[FieldKind, type[Editor]] = {
    "text": LineEditor,
    "secret": LineEditor,
    "choice": ChoiceEditor,
    "switch": SwitchEditor,
    "number": LineEditor,
    "lines": TextEditor,
    "file": PathEditor,
    "pairs": TextEditor,
}

_OWN: dict[str, type[Editor]] = {"proxy": ProxyEditor, "dialect": OpenChoiceEditor}


def setting_editor(field: Field, parent: QWidget) -> Editor:
    """The editor of a setting."""
    return _OWN.get(field.key, _EDITORS[field.kind])(field, parent)
