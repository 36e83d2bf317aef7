"""{{variables}} in an editor: coloured where seen, their value and source on hover, names offered after `{{`."""

import html
import re

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QInputMethodEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QToolTip

from streamscope.gui.language import retold
from streamscope.gui.theme import colour, theme
from streamscope.gui.variable_names import NamesPopup
from streamscope.model.environment import NO_VARIABLES, Hole, Known, Variables, holes
from streamscope.model.errors import UsageError
from streamscope.model.redact import MASK

_LONGEST = 50_000
"""Characters of a line that are looked through: in a longer one holes stay plain, so that typing costs nothing."""
_LATE = 16
"""Milliseconds after which what is painted is looked through: never between a key and its character."""
_SHOWN = 400
_OWN = QTextFormat.Property.UserProperty.value + 7
"""The property that tells our extra selections from those of others."""
_BEGUN = re.compile(r"\{\{\s*([\w.-]*)$")


class VariablesModel(QObject):
    """What is known of variables now, for all editors of a window; secret values are not in it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.variables = NO_VARIABLES

    def know(self, variables: Variables) -> None:
        """Take up what is known from now on."""
        if variables != self.variables:
            self.variables = variables
            self.changed.emit()


_NOTHING = VariablesModel()
"""Stands for the window's model until there is one."""


class VariableMarks(QObject):
    """Shows an editor's variables; lives as long as the editor.

    Where no model is given, that of the window which the editor stands in is found once it is shown.
    """

    def __init__(self, editor: QLineEdit | QPlainTextEdit, model: VariablesModel | None = None) -> None:
        super().__init__(editor)
        self._editor = editor
        self._model = model or _NOTHING
        self._names: NamesPopup | None = None
        self._composing = False
        self._marked: list[Hole] = []
        self._looks: object = None
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATE)
        self._late.timeout.connect(self.mark)
        editor.installEventFilter(self)
        if isinstance(editor, QPlainTextEdit):
            editor.viewport().installEventFilter(self)
            editor.updateRequest.connect(self._seen)
            editor.textChanged.connect(self._typed)
        else:
            editor.textChanged.connect(self._late.start)
            editor.textEdited.connect(self._typed)
        self._model.changed.connect(self._late.start)
        theme.changed.connect(self._late.start)
        self._late.start()

    def mark(self) -> None:
        """Colour the variables that are seen."""
        self._find()
        if isinstance(self._editor, QPlainTextEdit):
            self._mark_blocks(self._editor)
        elif not self._composing and self._editor.echoMode() == QLineEdit.EchoMode.Normal:
            self._mark_line(self._editor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hover, what an input method composes, and the end of a list of names."""
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._hovered(event)
        if kind == QEvent.Type.Show and watched is self._editor:
            self._late.start()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent) and watched is self._editor:
            self._composing = bool(event.preeditString())
        if isinstance(event, QFocusEvent) and kind == QEvent.Type.FocusOut and self._names is not None:
            self._names.left(event.reason())
        return super().eventFilter(watched, event)

    def _find(self) -> None:
        """Take the window's model, once there is a window."""
        if self._model is _NOTHING:
            found = self._editor.window().findChild(VariablesModel)
            if found is not None:
                self._model = found
                found.changed.connect(self._late.start)

    def _mark_line(self, editor: QLineEdit) -> None:
        """A line edit takes formats only as an input method gives them: counted from the cursor."""
        text = editor.text()
        found = holes(text) if len(text) <= _LONGEST else []
        if not found and not self._marked:
            return
        self._marked = found
        at = editor.cursorPosition()
        kind = QInputMethodEvent.AttributeType.TextFormat
        formats = [
            QInputMethodEvent.Attribute(kind, hole.start - at, hole.end - hole.start, self._format(hole.name))
            for hole in found
        ]
        QCoreApplication.sendEvent(editor, QInputMethodEvent("", formats))

    def _mark_blocks(self, editor: QPlainTextEdit) -> None:
        """Mark what is seen, unless it is marked already: the selections move along with the text."""
        selections = editor.extraSelections()
        others = [one for one in selections if not one.format.hasProperty(_OWN)]
        places = self._places(editor)
        looks = (self._model.variables, theme.tokens.name, [name for _, _, name in places])
        if looks == self._looks and len(places) == len(selections) - len(others):
            ours = (one.cursor for one in selections if one.format.hasProperty(_OWN))
            if all(
                (cursor.selectionStart(), cursor.selectionEnd()) == place[:2]
                for cursor, place in zip(ours, places, strict=True)
            ):
                return
        self._looks = looks
        own = []
        for start, end, name in places:
            one = QTextEdit.ExtraSelection()
            one.cursor = QTextCursor(editor.document())
            one.cursor.setPosition(start)
            one.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            one.format = self._format(name)
            own.append(one)
        editor.setExtraSelections([*others, *own])

    def _places(self, editor: QPlainTextEdit) -> list[tuple[int, int, str]]:
        """Where variables stand in the blocks that are seen: positions in the document, and the name."""
        found = []
        block = editor.firstVisibleBlock()
        left = editor.viewport().height() // max(1, editor.fontMetrics().lineSpacing()) + 2
        while block.isValid() and left > 0:
            if block.isVisible():
                left -= 1
                if block.length() <= _LONGEST:
                    at = block.position()
                    found += [(at + hole.start, at + hole.end, hole.name) for hole in holes(block.text())]
            block = block.next()
        return found

    def _seen(self, _rect: QRect, _dy: int) -> None:
        """Something was painted or moved: look, once that is done, whether other variables are seen now."""
        if not self._late.isActive():
            self._late.start()

    def _format(self, name: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setProperty(_OWN, 1)
        variables = self._model.variables
        if name in variables.known:
            made.setForeground(colour("accent"))
            made.setBackground(colour("info_soft"))
        elif variables.strict:
            made.setForeground(colour("error"))
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(colour("error"))
        else:
            made.setForeground(colour("muted"))
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            made.setUnderlineColor(colour("muted"))
        return made

    def _hovered(self, event: QHelpEvent) -> bool:
        hole = self._hole_at(event.pos())
        if hole is None:
            return False
        QToolTip.showText(event.globalPos(), self.told(hole.name), self._editor)
        return True

    def _hole_at(self, pos: QPoint) -> Hole | None:
        editor = self._editor
        if isinstance(editor, QPlainTextEdit):
            cursor = editor.cursorForPosition(pos)
            block = cursor.block()
            text, at = (block.text() if block.length() <= _LONGEST else ""), cursor.positionInBlock()
        elif editor.echoMode() == QLineEdit.EchoMode.Normal:
            text, at = editor.text(), editor.cursorPositionAt(pos)
        else:
            return None
        return next((hole for hole in holes(text) if hole.start <= at <= hole.end), None)

    def told(self, name: str) -> str:
        """What is shown of a variable: its value, masked where it is secret, and where it comes from."""
        variables = self._model.variables
        known = variables.known.get(name)
        if known is None:
            if variables.strict:
                said = self.tr("'{name}' has no value: the request cannot be sent.").format(name=name)
            else:
                said = self.tr("No environment is chosen: {text} is sent as it is.").format(text="{{" + name + "}}")
            return f"<p style='white-space:pre-wrap'>{html.escape(said)}</p>"
        if known.secret:
            value = f"{MASK}  {self.tr('secret, kept in the keyring')}"
        else:
            try:
                value = _without_secrets(variables).worth(name)
            except UsageError as error:
                value = str(error)
            value = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
        value = html.escape(value) or f"<i>{html.escape(self.tr('empty'))}</i>"
        source = html.escape(self.tr("from {source}").format(source=retold(known.source)))
        return f"<p style='white-space:pre-wrap'><b>{html.escape(name)}</b><br>{value}<br><i>{source}</i></p>"

    def _typed(self) -> None:
        """Offer names where a variable is begun."""
        editor = self._editor
        if not editor.hasFocus() or editor.isReadOnly():
            return
        begun = _BEGUN.search(self._before())
        if begun is None:
            if self._names is not None:
                self._names.left()
            return
        if self._names is None:
            self._names = NamesPopup(editor)
            self._names.chosen.connect(self._insert)
        self._names.offer(self._model.variables, begun.group(1))

    def _before(self) -> str:
        """What stands right before the cursor, in its line."""
        editor = self._editor
        if isinstance(editor, QLineEdit):
            return editor.text()[: editor.cursorPosition()][-80:]
        cursor = editor.textCursor()
        if cursor.hasSelection():
            return ""
        start = max(cursor.block().position(), cursor.position() - 80)
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()

    def _insert(self, name: str) -> None:
        """Put a name in place of what was begun, and close the braces unless they are closed already."""
        editor = self._editor
        begun = _BEGUN.search(self._before())
        back = len(begun.group(1)) if begun else 0
        if isinstance(editor, QLineEdit):
            at, text = editor.cursorPosition(), editor.text()
            closed = text[at : at + 2] == "}}"
            editor.setSelection(at - back, back)
            editor.insert(name if closed else name + "}}")
            editor.setCursorPosition(at - back + len(name) + 2)
            return
        cursor = editor.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
        after = QTextCursor(editor.document())
        after.setPosition(cursor.selectionEnd())
        after.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, 2)
        closed = after.selectedText() == "}}"
        cursor.insertText(name if closed else name + "}}")
        if closed:
            cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, 2)
        editor.setTextCursor(cursor)


def _without_secrets(variables: Variables) -> Variables:
    """The same with a mask for each secret, so that what holds one can be shown."""
    known = {name: Known(MASK, one.source, secret=True) if one.secret else one for name, one in variables.known.items()}
    return Variables(known, variables.chosen)
