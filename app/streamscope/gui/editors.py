"""One editor for each kind of field: text in, text out, one signal."""

from abc import abstractmethod
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)

from streamscope.gui.marks import dress, tool_button
from streamscope.gui.pairs import PairsEditor
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font
from streamscope.gui.variables import VariableMarks
from streamscope.model.field import Field, FieldKind
from streamscope.model.phrase import Phrase

_CHOICE = 12
"""Characters of a choice that are always seen."""


class Editor(QWidget):
    """What every editor of a field can do."""

    changed = Signal()
    left = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QHBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(4)
        self._inner: QWidget = self
        self._help = told(field.help)
        self.build(field)

    @abstractmethod
    def build(self, field: Field) -> None:
        """Make the widgets."""

    @abstractmethod
    def value(self) -> str:
        """What is entered."""

    @abstractmethod
    def set_value(self, value: str) -> None:
        """Enter something."""

    def hint(self, text: str) -> None:
        """Say in the empty editor what happens when nothing is entered."""

    def problem(self) -> str:
        """What is wrong with the value, '' where nothing is."""
        return ""

    def mark(self, problem: str) -> None:
        """Show that something is wrong, also to those who hear instead of see; '' takes that back."""
        self._inner.setAccessibleDescription(f"{problem} {self._help}".strip())
        if bool(problem) != bool(self._inner.property("invalid")):
            self._inner.setProperty("invalid", bool(problem))
            self._inner.style().polish(self._inner)

    def first_focus(self) -> QWidget:
        """The widget that the focus enters."""
        return self._inner

    def last_focus(self) -> QWidget:
        """The widget that the focus leaves from."""
        return self._inner

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the editor is left."""
        if watched is self._inner and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)

    def adopt(self, widget: QWidget, field: Field) -> None:
        """Take a widget in as the one that has the focus and the field's name."""
        widget.setAccessibleName(told(field.label))
        if help_text := told(field.help):
            widget.setToolTip(help_text)
            widget.setAccessibleDescription(help_text)
        self.box.addWidget(widget, 1)
        self._inner = widget
        widget.installEventFilter(self)
        self.setFocusProxy(widget)


class TextEditor(Editor):
    """One line of text; the field's choices, where it has any, are suggestions."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self.line = QLineEdit()
        self.line.setPlaceholderText(told(field.help))
        self.line.textChanged.connect(lambda _: self.changed.emit())
        VariableMarks(self.line)
        self.adopt(self.line, field)
        self._suggested: dict[str, str] = {}
        self.suggestions: QCompleter | None = None
        if field.kind == "text" and field.choices:
            self.suggest(field.choices)

    def suggest(self, choices: Sequence[tuple[str, Phrase]]) -> None:
        """Offer values while one types and all of them by a button; anything else may be typed."""
        self._suggested = {told(label) or value: value for value, label in choices}
        if self.suggestions is None:
            self._begin_to_suggest()
        if self.suggestions is not None:
            self.suggestions.setModel(QStringListModel(list(self._suggested), self.suggestions))

    def offer(self, text: str = "") -> None:
        """Show the suggestions with a text in them, or all."""
        if self.suggestions is not None:
            self.suggestions.setCompletionPrefix(text)
            popup = self.suggestions.popup()
            if self.suggestions.completionCount():
                self.suggestions.complete()
            elif popup is not None:
                popup.hide()

    def _offer_all(self) -> None:
        self.offer()

    def _begin_to_suggest(self) -> None:
        self.suggestions = completer = QCompleter(self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        # Of what is shown only the value is taken over: the line's own completion would take the whole label.
        completer.setWidget(self.line)
        completer.activated.connect(lambda label: self.set_value(self._suggested.get(label or "", "")))
        self.line.textEdited.connect(self.offer)
        every = QAction(self.tr("Suggestions"), self)
        every.setShortcut(QKeySequence(Qt.Key.Key_Down))
        every.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        every.triggered.connect(self._offer_all)
        dress(every, "chevron-down")
        self.line.addAction(every, QLineEdit.ActionPosition.TrailingPosition)

    def value(self) -> str:
        """The text."""
        return self.line.text()

    def set_value(self, value: str) -> None:
        """Replace the text."""
        self.line.setText(value)
        self.line.setCursorPosition(0)

    def hint(self, text: str) -> None:
        """As a placeholder."""
        self.line.setPlaceholderText(text or self._help)


class SecretEditor(TextEditor):
    """One line of text, hidden until its button is pressed."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._reveal = QAction(self.tr("Show {field}").format(field=told(field.label)), self)
        self._reveal.setCheckable(True)
        self._reveal.toggled.connect(self._show)
        dress(self._reveal, "eye")
        self.line.addAction(self._reveal, QLineEdit.ActionPosition.TrailingPosition)

    def _show(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        dress(self._reveal, "eye-off" if shown else "eye")


class NumberEditor(TextEditor):
    """A number; anything may be typed, what is no number is refused when it is used."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self.line.setMaximumWidth(160)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.box.addStretch(1)

    def problem(self) -> str:
        """Whether it is a number, with a point; variables are filled in later."""
        value = self.value().strip()
        if not value or "{{" in value:
            return ""
        try:
            return "" if isfinite(float(value)) else self.tr("This is not a number.")
        except ValueError:
            return self.tr("This is not a number.")


class ChoiceEditor(Editor):
    """One of several."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(_CHOICE)  # a form is not as wide as the longest name in it
        for key, label in field.choices:
            self.combo.addItem(told(label), key)
        self.combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.adopt(self.combo, field)

    def value(self) -> str:
        """The chosen key."""
        return str(self.combo.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose a key; an unknown one leaves the choice as it is."""
        index = self.combo.findData(value)
        if index >= 0:
            self.combo.setCurrentIndex(index)


class SwitchEditor(Editor):
    """Yes or no, kept as "true" or ""."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self.check = QCheckBox(told(field.help))
        self.check.toggled.connect(lambda _: self.changed.emit())
        self.adopt(self.check, field)

    def value(self) -> str:
        """ "true" or nothing."""
        return "true" if self.check.isChecked() else ""

    def set_value(self, value: str) -> None:
        """Set it."""
        self.check.setChecked(value.lower() in ("true", "yes", "on", "1"))


class LinesEditor(Editor):
    """Several lines of text."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self.text = QPlainTextEdit()
        self.text.setFont(code_font())
        self.text.setPlaceholderText(told(field.help))
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setMaximumHeight(96)
        self.text.textChanged.connect(self.changed)
        self.adopt(self.text, field)
        self.adding: QToolButton | None = None
        if field.choices:
            self._offer(field)

    def _offer(self, field: Field) -> None:
        """A button that adds one of the field's choices as a line of its own."""
        adding = self.adding = tool_button("plus", self.tr("Add to {field}").format(field=told(field.label)), self)
        adding.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(adding)
        for key, label in field.choices:
            menu.addAction(told(label) or key).triggered.connect(lambda _=False, key=key: self._add(key))
        adding.setMenu(menu)
        self.box.addWidget(adding, 0, Qt.AlignmentFlag.AlignTop)

    def _add(self, line: str) -> None:
        lines = self.value().splitlines()
        if line not in lines:
            self.set_value("\n".join([*lines, line]))

    def last_focus(self) -> QWidget:
        """The button beside the text, where there is one."""
        return self.adding or self._inner

    def value(self) -> str:
        """The text."""
        return self.text.toPlainText()

    def set_value(self, value: str) -> None:
        """Replace the text."""
        self.text.setPlainText(value)


class FileEditor(TextEditor):
    """A file's path, typed or chosen."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        super().build(field)
        self._button = tool_button("folder", self.tr("Choose a file for {field}").format(field=told(field.label)), self)
        self._button.clicked.connect(self._choose)
        self.box.addWidget(self._button)

    def last_focus(self) -> QWidget:
        """The button behind the line."""
        return self._button

    def problem(self) -> str:
        """Whether the file is there; variables are filled in later."""
        value = self.value()
        if not value or "{{" in value:
            return ""
        try:
            path = Path(value).expanduser()
            if path.is_dir():
                return self.tr("This is a folder.")
            return "" if path.is_file() else self.tr("There is no such file.")
        except (OSError, ValueError, RuntimeError):
            return self.tr("There is no such file.")

    def _choose(self) -> None:
        dialog = QFileDialog(self)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.set_value)
        dialog.open()


class PairsFieldEditor(Editor):
    """Names and values, kept as one `name: value` a line."""

    def build(self, field: Field) -> None:
        """Qt widgets for it."""
        self.pairs = PairsEditor(told(field.label))
        self.pairs.setMaximumHeight(120)
        self.pairs.changed.connect(self.changed)
        self.adopt(self.pairs, field)

    def value(self) -> str:
        """The lines."""
        return "\n".join(f"{name}: {value}" for name, value in self.pairs.pairs())

    def set_value(self, value: str) -> None:
        """Read the lines."""
        cut = (line.partition(":") for line in value.splitlines() if line.strip())
        self.pairs.set_pairs([(name.strip(), rest.strip()) for name, _, rest in cut])


EDITORS: dict[FieldKind, type[Editor]] = {
    "text": TextEditor,
    "secret": SecretEditor,
    "choice": ChoiceEditor,
    "switch": SwitchEditor,
    "number": NumberEditor,
    "lines": LinesEditor,
    "file": FileEditor,
    "pairs": PairsFieldEditor,
}
