"""The editor for payloads."""

from collections.abc import Callable, Generator
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget
from shiboken6 import isValid

from streamscope.gui.code import folding
from streamscope.gui.code.colours import LONGEST_LINE
from streamscope.gui.code.document import CodeDocument, Slices
from streamscope.gui.code.exact import inside, units
from streamscope.gui.code.find import FindView
from streamscope.gui.code.folding import Spot
from streamscope.gui.code.json_text import brackets, formatted, loose, packed
from streamscope.gui.code.judge import AUTO, Found, Judge
from streamscope.gui.code.typed import MEANT, around, indent, indents, typed
from streamscope.gui.code.view import CodeView
from streamscope.gui.theme import colour

_LARGE = 3_000_000  # characters whose undoing takes so long that it is announced
_KEY = Qt.Key
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_F1 = int(_KEY.Key_F1)
_LOWER = {_KEY.Key_BraceLeft: _KEY.Key_BracketLeft, _KEY.Key_BraceRight: _KEY.Key_BracketRight}


class _Keys(QObject):
    """Sees at an editor's parent which keys are about to become shortcuts, and keeps the editor's own for it."""

    def __init__(self, edit: "CodeEdit") -> None:
        super().__init__()
        self._edit = edit
        self._watched: QWidget | None = None

    def watch(self, parent: QWidget | None) -> None:
        """Watch another parent."""
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = parent
        if parent is not None:
            parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A key that comes up from the editor is accepted where the editor means something by it."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and isValid(self._edit) and self._edit.hasFocus() and self._edit.takes(cast("QKeyEvent", event)):
            event.accept()
            return True
        return super().eventFilter(watched, event)


class CodeEdit(CodeView):
    """The editor; `checked` tells the sentence of a JSON mistake, '' where there is none.

    `keys` names its keys by what they do. Tab indents where only blanks are before it or lines are selected; elsewhere,
    and after Esc, it moves the focus.
    """

    checked = Signal(str)
    keys: dict[str, str] = {  # noqa: RUF012 - settings may put others in
        "find": "Ctrl+F",
        "replace": "Ctrl+H",
        "next": "F3",
        "previous": "Shift+F3",
        "format": "Ctrl+Shift+F",
        "minify": "Ctrl+Alt+F",
        "fold": "Ctrl+Shift+[",
        "unfold": "Ctrl+Shift+]",
        "wrap": "Alt+Z",
        "mistake": "F8",
    }

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self.mistake: Found | None = None
        self._mistake_marks: list[QTextEdit.ExtraSelection] = []
        self._bracket_marks: list[QTextEdit.ExtraSelection] = []
        self._leaving = False
        self.judge = Judge()
        self._keys = _Keys(self)
        self._matching = Slices()
        self._laying = Slices()
        super().__init__(name, parent)
        self._keys.watch(parent)
        self.judge.setParent(self)
        self._matching.setParent(self)
        self._laying.setParent(self)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(40)
        self._resting.timeout.connect(self._rest)
        self.bar = FindView(self)
        self.judge.judged.connect(self._judged)
        self.cursorPositionChanged.connect(self._resting.start)
        self.textChanged.connect(self._typed)
        self._does: dict[str, Callable[[], object]] = {
            "find": lambda: self.bar.open(replace=False),
            "replace": lambda: self.bar.open(replace=True),
            "next": lambda: self.bar.go(1),
            "previous": lambda: self.bar.go(-1),
            "format": self.format_text,
            "minify": self.minify_text,
            "fold": self.fold,
            "unfold": self.unfold,
            "wrap": lambda: self.set_wrapped(not self.wrapped()),
            "mistake": self.go_to_mistake,
        }

    def set_code_document(self, document: CodeDocument) -> None:
        """Show another text; what this one was like stays in its document."""
        self._matching.stop()
        self._laying.stop()
        self._bracket_marks = []
        super().set_code_document(document)
        self.setReadOnly(document.busy or document.fixed)

    def settle(self) -> None:
        """Another text is there, or it is to be looked at in another way."""
        super().settle()
        self.setReadOnly(self._code.busy or self._code.fixed)
        self.judge.watch(self._code)

    def put(self, text: str) -> None:
        """Replace all by a text, as one step that can be undone."""
        cursor = QTextCursor(self._code)
        cursor.select(QTextCursor.SelectionType.Document)
        self._code.insert(cursor, inside(text, self._code.line_end))

    def judge_json(self, when: str = AUTO) -> None:
        """Judge JSON always, never, or where the text looks like it (auto)."""
        if when != self.judge.when:
            self.judge.when = when
            self.judge.look()

    def check(self) -> None:
        """Judge now."""
        self.judge.look()
        self.judge.finish()

    def format_text(self) -> None:
        """Lay JSON out, moving blanks only; as one step that can be undone."""
        self._lay(formatted)

    def minify_text(self) -> None:
        """Take the blanks out of JSON; as one step that can be undone."""
        self._lay(packed)

    def go_to_mistake(self) -> None:
        """Put the cursor where the mistake is."""
        self.judge.finish()
        if self.mistake is not None and self._mistake_marks:
            self.show_place(self._mistake_marks[1].cursor.selectionStart())
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def do(self, name: str) -> None:
        """Do what a key of `keys` does."""
        self._does[name]()

    def mistake_block(self) -> int:
        """Number of the line of the mistake, from 0; -1 without one."""
        return self._mistake_marks[0].cursor.blockNumber() if self._mistake_marks else -1

    def mark(self) -> None:
        """Mark what was found, brackets that belong together, and the mistake."""
        self.setExtraSelections([*self._mistake_marks, *self._bracket_marks, *self.bar.marks()])

    def changeEvent(self, event: QEvent) -> None:
        """Qt's. The keys are watched at the parent: watching each event here would slow typing down."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ParentChange:
            self._keys.watch(self.parentWidget())

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key is the editor's own, whatever the window does with it."""
        if event.key() == _KEY.Key_Escape:
            self._leaving = True
            return self.bar.isVisible() or self._code.busy or self._laying.busy
        return bool(self.named(event))

    def focusNextPrevChild(self, onward: bool) -> bool:
        """Qt's. Tab is asked for here, before it is a key."""
        if not self._leaving and not self.isReadOnly() and indents(cursor := self.textCursor(), back=not onward):
            indent(cursor, back=not onward)
            self.setTextCursor(cursor)
            return True
        self._leaving = False
        return super().focusNextPrevChild(onward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's. Plain characters, of which there are many, take the short way."""
        self._leaving = False
        text = event.text()
        if text.isprintable() and text and text not in MEANT and not event.modifiers() & _HELD:
            super().keyPressEvent(event)
        elif event.key() == _KEY.Key_Escape:
            self._escape(event)
        elif name := self.named(event):
            self.do(name)
        elif self._code.characterCount() > _LARGE and event.matches(QKeySequence.StandardKey.Undo):
            self._announced(self.undo)
        elif self._code.characterCount() > _LARGE and event.matches(QKeySequence.StandardKey.Redo):
            self._announced(self.redo)
        elif self.isReadOnly() or not self._meant(event):
            super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent) -> bool:
        cursor = self.textCursor()
        if not typed(cursor, event):
            return False
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        return True

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt's, exact but for line ends, which become those of the text; a large one comes in piece by piece."""
        text = source.text()
        if not text or self.isReadOnly():
            return
        self._code.insert(self.textCursor(), inside(text.replace("\r\n", "\n")))
        self.ensureCursorVisible()
        if "\r\n" in text and self._code.line_end == "\n":
            self.tell(self.tr("The line ends of what was pasted became LF"), 6)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's, with what else the editor does."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        for text, name in (
            (self.tr("Find"), "find"),
            (self.tr("Replace"), "replace"),
            (self.tr("Format JSON"), "format"),
            (self.tr("Minify JSON"), "minify"),
            (self.tr("Fold"), "fold"),
            (self.tr("Unfold"), "unfold"),
            (self.tr("Wrap lines"), "wrap"),
        ):
            action = menu.addAction(f"{text}\t{QKeySequence(self.keys[name]).toString()}")
            action.setCheckable(name == "wrap")
            action.setChecked(name == "wrap" and self.wrapped())
            action.triggered.connect(self._does[name])
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.bar.fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Qt's."""
        super().scrollContentsBy(dx, dy)
        if self.bar.isVisible():
            self._resting.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self._leaving = False
        self._resting.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self._resting.start()

    def named(self, event: QKeyEvent) -> str:
        """What a key does here, by its name."""
        key, held = event.key(), event.modifiers()
        if key < _F1 and not held & _HELD:
            return ""
        held &= ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(int(_LOWER.get(_KEY(key), _KEY(key))) | held.value)
        return next((name for name, keys in self.keys.items() if QKeySequence(keys) == pressed), "")

    def _escape(self, event: QKeyEvent) -> None:
        self._leaving = True
        if self._laying.busy:
            self._laying.stop()
            self.settle()
        elif self._code.busy:
            self._code.stop()
        elif self.bar.isVisible():
            self.bar.close_bar()
        else:
            event.ignore()

    def _announced(self, step: Callable[[], None]) -> None:
        """So large a step stops the window for a moment: it says so first."""
        self.tell(self.tr("Going back to another state of a large text…"))
        self.notice.repaint()
        QTimer.singleShot(0, self, step)
        QTimer.singleShot(0, self, self.settle)

    def _lay(self, how: Callable[[str], Generator[int, None, str]]) -> None:
        text = self.text()
        if self.isReadOnly() or not text.strip():
            return
        if loose(text):
            self.tell(self.tr("A text is not closed: blanks are moved when its quotation mark is there"), 8)
            self.go_to_mistake()
            return

        def work() -> Generator[object, None, str]:
            laying = how(text)
            while True:
                try:
                    done = next(laying)
                except StopIteration as end:
                    made: str = end.value
                    return made
                if len(text) > 500_000:
                    self.setReadOnly(True)
                    self.tell(self.tr("Laying out: {percent} %").format(percent=round(100 * done / len(text))))
                yield None

        self._laying.start(work(), self._laid)

    def _laid(self, text: object) -> None:
        self.setReadOnly(False)
        self.tell("")
        if text != self.text():
            self.put(str(text))
            cursor = QTextCursor(self._code)
            self.setTextCursor(cursor)

    def _typed(self) -> None:
        self._matching.stop()
        if not self._code.busy:
            self.judge.touched()
            self.bar.touched()

    def _redress(self) -> None:
        super()._redress()
        self.judge.look()

    def _judged(self, found: Found | None) -> None:
        self.mistake = found
        self._mistake_marks = [] if found is None else self._marked(found)
        self.mark()
        self.margin.update()
        self.checked.emit("" if found is None else found.sentence())

    def _marked(self, found: Found) -> list[QTextEdit.ExtraSelection]:
        block = self._code.findBlockByNumber(found.line - 1)
        line = QTextEdit.ExtraSelection()
        line.cursor = QTextCursor(block)
        line.format.setBackground(colour("error_soft"))
        line.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        held = inside(self.text().split("\n", found.line)[found.line - 1][: found.column - 1])
        spot = QTextEdit.ExtraSelection()
        spot.cursor = QTextCursor(block)
        spot.cursor.setPosition(block.position() + min(units(held, len(held)), max(0, block.length() - 2)))
        spot.cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        spot.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        spot.format.setUnderlineColor(colour("error"))
        return [line, spot]

    def _rest(self) -> None:
        """The cursor rests: mark the brackets that belong together."""
        had, self._bracket_marks = self._bracket_marks, []
        cursor = self.textCursor()
        block = cursor.block()
        if self.hasFocus() and not cursor.hasSelection() and block.length() <= LONGEST_LINE:
            place = len(around(cursor)[0])
            beside = [(at, char) for at, char in brackets(block.text()) if at in (place - 1, place)]
            if beside:
                at, char = beside[-1]
                here = Spot(block, at)
                find = folding.closing(here) if char in "{[" else folding.opening(here)
                self._matching.start(find, lambda other: self._matched(here, other))
        if had or self.bar.isVisible():
            self.mark()

    def _matched(self, here: Spot, other: object) -> None:
        for spot in (here, other):
            if isinstance(spot, Spot) and spot.block.isValid():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(spot.block)
                mark.cursor.setPosition(spot.block.position() + units(spot.block.text(), spot.column))
                mark.cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
                mark.format.setBackground(colour("selected" if other else "error_soft"))
                self._bracket_marks.append(mark)
        self.mark()
