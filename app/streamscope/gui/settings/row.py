"""One setting on the page: its name, its editor, what it is for, whether it was changed, what is wrong with it."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from streamscope.gui.editors import EDITORS
from streamscope.gui.marks import muted_label, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font
from streamscope.model.phrase import NOTHING
from streamscope.store.settings_table import Setting

_PATIENCE_MS = 500
"""How long nobody types before a text counts."""
LABEL_WIDTH = 168
_EDITOR_WIDTH = 380


class SettingRowView(QWidget):
    """`edited` carries a good value, once it counts."""

    edited = Signal(str)
    reset_requested = Signal()

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        field = setting.field
        switch = field.kind == "switch"
        self.editor = EDITORS[field.kind](field if switch else replace(field, help=NOTHING), self)
        self.editor.setMaximumWidth(_EDITOR_WIDTH)
        self._showing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0 if field.kind in ("choice", "switch") else _PATIENCE_MS)
        self._timer.timeout.connect(self.take)
        self.editor.changed.connect(self._typed)
        label = QLabel(told(field.label))
        label.setBuddy(self.editor)
        label.setWordWrap(True)
        label.setFixedWidth(LABEL_WIDTH)
        self.reset = tool_button("undo", self.tr("Reset {setting}").format(setting=told(field.label)), self)
        self.reset.clicked.connect(self.reset_requested)
        kept = self.reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(kept)
        self.problem = QLabel()
        self.problem.setProperty("tone", "error")
        self.problem.setFont(small_font())
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out(label, "" if switch else told(field.help))

    def show_value(self, value: str, *, changed: bool) -> None:
        """Show what is set, unless somebody is typing here; mark it where it is not the default."""
        self.reset.setVisible(changed)
        if self._timer.isActive() or (not self.problem.isHidden() and self.editor.focusWidget() is not None):
            return
        if self.editor.value() != value:
            self._showing = True
            self.editor.set_value(value)
            self._showing = False
        self._complain("")

    def words(self) -> str:
        """What the search looks at."""
        field = self.setting.field
        choices = [told(label) for _, label in field.choices]
        return " ".join(
            (told(self.setting.section), told(field.label), told(field.help), field.key, *choices)
        ).casefold()

    def take(self) -> None:
        """Let what is typed count now, where it makes sense."""
        self._timer.stop()
        value = self.editor.value().strip()
        problem = self.setting.problem(value)
        self._complain(told(problem) if problem is not None else "")
        if problem is None:
            self.edited.emit(value)

    def drop(self) -> None:
        """Forget what is being typed."""
        self._timer.stop()
        self._complain("")

    def flush(self) -> None:
        """Do not wait any longer."""
        if self._timer.isActive():
            self.take()

    def _typed(self) -> None:
        if not self._showing:
            self._timer.start()

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        if text:
            self.reset.show()
        self.editor.setAccessibleDescription(text or told(self.setting.field.help))

    def _lay_out(self, label: QLabel, help_text: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.editor, 20)
        if self.setting.folder:
            button = tool_button("folder", self.tr("Choose a folder"), self)
            button.clicked.connect(self._choose_folder)
            line.addWidget(button)
        line.addWidget(self.reset)
        line.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label, 0, 0)
        grid.addLayout(line, 0, 1)
        if help_text:
            grid.addWidget(muted_label(help_text, wrap=True), 1, 1)
        grid.addWidget(self.problem, 2, 1)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.editor.set_value)
        dialog.open()
