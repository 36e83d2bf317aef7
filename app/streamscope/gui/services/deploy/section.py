"""The fields of one page or portion: what matters first, all the rest behind "More"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.editors import Editor
from streamscope.gui.form import Form
from streamscope.gui.marks import dress
from streamscope.gui.workspaces.sections import LABELS
from streamscope.model.field import Field
from streamscope.model.phrase import phrase


class SectionForm(QWidget):
    """A form whose quiet fields are folded; problems are told at the fields that somebody has touched, or at all.

    `edited` tells the key of a field that a person changed.
    """

    edited = Signal(str)

    def __init__(
        self,
        fields: Sequence[Field],
        values: Mapping[str, str],
        parent: QWidget | None = None,
        *,
        whole: bool = False,
        title: str = "",
    ) -> None:
        super().__init__(parent)
        self.title = title
        keys = {field.key for field in fields if _matters(field, values, whole=whole)}
        keys |= {field.key for field in fields if _belongs(field, keys)}
        first = [field for field in fields if field.key in keys]
        ordered = _beside([*first, *(field for field in fields if field.key not in keys)])
        self.form = Form([_offering(field, values) for field in ordered], label_width=LABELS)
        self._rest = frozenset(field.key for field in ordered) - keys
        self.folded = not first
        """Whether nothing of it is shown at first: then its title is what unfolds it."""
        self._apart: frozenset[str] = frozenset()
        self._touched: set[str] = set()
        self._typed: set[str] = set()
        self._told: Mapping[str, str] = {}
        self._filling = False
        self.more = QToolButton()
        self.more.setObjectName("more")
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.toggled.connect(lambda _: self._show_fold())
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.more)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if self.folded:
            column.addLayout(line)
        column.addWidget(self.form)
        if not self.folded:
            column.addLayout(line)
        self.form.set_values({**_defaults(fields), **values})
        for field in self.form.fields:
            editor = self.form.editor(field.key)
            editor.changed.connect(lambda key=field.key: self._change(key))
            editor.left.connect(lambda key=field.key: self._tell(key))
        self._show_fold()

    def values(self) -> dict[str, str]:
        """What every field holds that counts, also where that is nothing."""
        entered = self.form.values()
        return {key: entered.get(key, "") for key in self.form.shown()}

    def set_value(self, key: str, value: str) -> None:
        """Fill one field, as if it had always been so."""
        self._filling = True
        self.form.editor(key).set_value(value)
        self._filling = False

    def take(self, key: str, value: str) -> None:
        """Fill one field as if a person had."""
        self.set_value(key, value)
        self._touched.add(key)
        self._typed.add(key)

    def touched(self, key: str) -> bool:
        """Whether a person has changed a field."""
        return key in self._typed

    def touch(self, keys: Iterable[str]) -> None:
        """These were typed by a person before."""
        self._typed.update(keys)

    def edits(self) -> bool:
        """Whether a person has changed anything."""
        return bool(self._typed)

    def forget_edits(self) -> None:
        """What is entered is kept elsewhere now."""
        self._typed.clear()

    def keep_apart(self, keys: Sequence[str]) -> None:
        """Hide some fields altogether, for as long as there is nothing to choose."""
        self._apart = frozenset(keys)
        self._show_fold()

    def problems(self, found: Mapping[str, str]) -> dict[str, str]:
        """What is wrong, by key: what was found out by rules, what is no number or file, and what is missing."""
        wrong = {key: found[key] for key in self.form.shown() if found.get(key)}
        for field in self.form.fields:
            if field.key in wrong or field.key not in self.form.shown() or field.key in self._apart:
                continue
            editor = self.form.editor(field.key)
            problem = editor.problem()
            if not problem and field.required and not editor.value():
                problem = self.tr("This is needed.")
            if problem:
                wrong[field.key] = problem
        return wrong

    def tell(self, problems: Mapping[str, str], *, everything: bool) -> None:
        """Show what is wrong, where somebody was already or everywhere."""
        self._told = problems
        if everything:
            self._touched.update(problems)
            if self._rest & problems.keys():
                self.more.setChecked(True)
        for field in self.form.fields:
            self._tell(field.key)
        self._show_fold()

    def stops(self) -> list[QWidget]:
        """Where the focus goes on its way through, in the order in which it is seen."""
        editors = [self.form.editor(field.key) for field in self.form.fields]
        fields = [stop for editor in editors for stop in dict.fromkeys((editor.first_focus(), editor.last_focus()))]
        return [self.more, *fields] if self.folded else [*fields, self.more]

    def last_stop(self) -> QWidget:
        """Where the focus leaves."""
        return self.form.editor(self.form.fields[-1].key).last_focus() if self.folded else self.more

    def focus_first(self) -> bool:
        """Put the focus into the first field that is seen; False where none is."""
        shown = [field.key for field in self.form.fields if not self.form.editor(field.key).isHidden()]
        if shown:
            self.focus(shown[0])
        return bool(shown)

    def focus(self, key: str) -> Editor:
        """Put the focus into a field."""
        if key in self._rest:
            self.more.setChecked(True)
        editor = self.form.editor(key)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return editor

    def _change(self, key: str) -> None:
        if not self._filling:
            self._touched.add(key)
            self._typed.add(key)
            self.edited.emit(key)

    def _tell(self, key: str) -> None:
        problem = self._told.get(key, "") if key in self._touched else ""
        if problem != self.form.problem(key):
            self.form.mark(key, problem)

    def _show_fold(self) -> None:
        open_ = self.more.isChecked()
        rest = [key for key in self._rest - self._apart if key in self.form.shown()]
        self.form.fold(self._apart | (frozenset() if open_ else self._rest))
        self.more.setVisible(bool(rest))
        closed = self.tr("{title} ({count})") if self.folded else self.tr("More ({count})")
        opened = self.title if self.folded else self.tr("Less")
        self.more.setText(opened if open_ else closed.format(title=self.title, count=len(rest)))
        dress(self.more, "chevron-up" if open_ else "chevron-down")


def _matters(field: Field, values: Mapping[str, str], *, whole: bool) -> bool:
    """Whether a field is shown at first: it is needed, or it holds what it does not hold by itself.

    Numbers and texts that are needed but have a good default can wait, except where the `whole` of it is wanted.
    """
    settled = bool(field.default) and field.kind != "choice" and not whole
    return (field.required and not settled) or values.get(field.key, field.default) != field.default


def _beside(fields: Sequence[Field]) -> list[Field]:
    """The same with what depends on a field right behind it."""
    keys = {field.key for field in fields}
    own = [field for field in fields if field.shown_when is None or field.shown_when[0] not in keys]
    left = [field for field in fields if field not in own]
    ordered: list[Field] = []
    for field in own:
        ordered += [field, *(one for one in left if one.shown_when is not None and one.shown_when[0] == field.key)]
    return [*ordered, *(field for field in left if field not in ordered)]


def _belongs(field: Field, keys: set[str]) -> bool:
    return field.shown_when is not None and field.shown_when[0] in keys


def _defaults(fields: Sequence[Field]) -> dict[str, str]:
    """Without a default a choice still stands at its first one."""
    return {field.key: field.default for field in fields if field.default}


def _offering(field: Field, values: Mapping[str, str]) -> Field:
    """A choice offers what is chosen already, even where the platform offers it no more."""
    value = values.get(field.key, "")
    if field.kind != "choice" or not value or value in dict(field.choices):
        return field
    return replace(field, choices=(*field.choices, (value, phrase("{value} (not offered any more)", value=value))))
