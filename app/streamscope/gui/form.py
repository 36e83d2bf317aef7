"""A form drawn from fields: it knows the kinds of fields and no kind of anything else."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from streamscope.gui.editors import EDITORS, Editor
from streamscope.gui.marks import retone
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font
from streamscope.model.field import Field

_TALL = ("lines", "pairs")


class Form(QWidget):
    """One row a field: its label, a mark where it is required, its editor, and below it what is wrong with its value.

    A number that is none and a file that is not there are told when the editor is left; a required field that is empty
    only by `complete()`, and not where a hint says that its value comes from elsewhere.
    """

    changed = Signal()

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None, *, label_width: int = 0) -> None:
        super().__init__(parent)
        self._label_width = label_width
        self.fields = tuple(fields)
        self._editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._problems: dict[str, QLabel] = {}
        self._hinted: set[str] = set()
        self._folded: frozenset[str] = frozenset()
        self._wrong: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        before: Editor | None = None
        for row, field in enumerate(self.fields):
            self._add(grid, row * 2, field)
            editor = self._editors[field.key]
            if before is not None:
                QWidget.setTabOrder(before.last_focus(), editor.first_focus())
            before = editor
        self._show_rows()

    def values(self) -> dict[str, str]:
        """What is entered, without the empty ones."""
        entered = {key: editor.value() for key, editor in self._editors.items()}
        return {key: value for key, value in entered.items() if value}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Fill the form; fields that are not named get their default."""
        for field in self.fields:
            self._editors[field.key].set_value(values.get(field.key, field.default))
            self.mark(field.key, "")

    def fold(self, keys: Collection[str]) -> None:
        """Hide the rows of some fields; what they hold stays. Those of before that are not named are shown again."""
        self._folded = frozenset(keys)
        self._show_rows()

    def shown(self) -> list[str]:
        """The keys of the fields that count: those whose condition holds, folded or not."""
        return [field.key for field in self.fields if self._counts(field)]

    def label_width(self) -> int:
        """How wide the labels are: what stands above a form can stand in its columns."""
        return max((label.sizeHint().width() for label in self._labels.values()), default=0)

    def hint(self, key: str, text: str) -> None:
        """Say in an empty editor where its value comes from; '' takes that back."""
        self._editors[key].hint(text)
        if text:
            self._hinted.add(key)
        else:
            self._hinted.discard(key)

    def mark(self, key: str, problem: str) -> None:
        """Say below an editor what is wrong with its value; '' takes that back."""
        self._editors[key].mark(problem)
        self._wrong[key] = problem
        self._show_words(key)

    def note(self, key: str, text: str) -> None:
        """Say quietly below an editor what its value means, as long as nothing is wrong with it; '' takes that back."""
        self._notes[key] = text
        self._show_words(key)

    def problem(self, key: str) -> str:
        """What is told to be wrong with a field."""
        return self._wrong.get(key, "")

    def complete(self) -> bool:
        """Judge every field that is shown, put the focus into the first that is wrong; True where none is."""
        wrong = [field.key for field in self.fields if not self._judged(field, required=True)]
        if wrong:
            self._editors[wrong[0]].setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

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
        label.setMinimumHeight(28)
        label.setMinimumWidth(self._label_width)  # several forms below each other stand in one column
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        problem = QLabel(self)
        problem.setFont(small_font())
        problem.setWordWrap(True)
        retone(problem, "error")
        problem.hide()
        top = Qt.AlignmentFlag.AlignTop if field.kind in _TALL else Qt.AlignmentFlag(0)
        grid.addWidget(label, row, 0, top)
        grid.addWidget(editor, row, 1)
        grid.addWidget(problem, row + 1, 1)
        self._editors[field.key] = editor
        self._labels[field.key] = label
        self._problems[field.key] = problem
        editor.changed.connect(lambda: self._edited(field))
        editor.left.connect(lambda: self._judged(field, required=bool(self.problem(field.key))))

    def _edited(self, field: Field) -> None:
        if self.problem(field.key):
            self._judged(field, required=False)
        self._show_rows()
        self.changed.emit()

    def _judged(self, field: Field, *, required: bool) -> bool:
        editor = self._editors[field.key]
        problem = "" if editor.isHidden() else editor.problem()
        lacks = field.required and not editor.value() and field.key not in self._hinted
        if not problem and required and lacks and not editor.isHidden():
            problem = self.tr("This is needed.")
        self.mark(field.key, problem)
        return not problem

    def _show_words(self, key: str) -> None:
        label, problem = self._problems[key], self._wrong.get(key, "")
        label.setText(problem or self._notes.get(key, ""))
        retone(label, "error" if problem else "muted")
        label.setVisible(bool(label.text()) and not self._editors[key].isHidden())

    def _counts(self, field: Field) -> bool:
        if field.shown_when is None:
            return True
        other, wanted = field.shown_when
        return other in self._editors and self._editors[other].value() == wanted

    def _show_rows(self) -> None:
        for field in self.fields:
            if field.shown_when is None and not self._folded and not self._labels[field.key].isHidden():
                continue
            shown = self._counts(field) and field.key not in self._folded
            for widget in (self._editors[field.key], self._labels[field.key]):
                widget.setVisible(shown)
            self._problems[field.key].setVisible(shown and bool(self._problems[field.key].text()))
