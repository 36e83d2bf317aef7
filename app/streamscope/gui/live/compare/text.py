"""Both texts with their differences: side by side where there is room, else one in the other."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QStackedWidget, QTextEdit, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, tool_button
from streamscope.gui.theme import colour, prose_font, theme

if TYPE_CHECKING:
    from streamscope.engine.compare import Passage

_WIDE = 640
_LONGEST = 1000
"""Characters of one line on the screen; a longer unbroken one would freeze Qt's layout."""
_AT_ONCE = 20_000
"""Characters that are filled in before events have their turn."""
_SHOWN = {code: 0x2400 + code for code in range(32) if code not in (9, 10)}
_SHOWN |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0x2426) | {0x2028: 0x23CE, 0x2029: 0x23CE}
_SHOWN |= {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
"""Signs that would steer the layout, as pictures of themselves."""


class DiffView(QWidget):
    """The texts, and steps from one difference to the next; `stood_at` carries the passage that is looked at."""

    stood_at = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._passages: Sequence[Passage] = ()
        self._changes: list[int] = []
        self._now = -1
        self.both = (self._edit(self.tr("Text of A")), self._edit(self.tr("Text of B")))
        self.one = self._edit(self.tr("Both texts, differences marked"))
        self._edits = (*self.both, self.one)
        self._starts: tuple[list[int], ...] = ([], [], [])
        self._columns = [0, 0, 0]
        self._filled = 0
        self._leading = False
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        for edit in self.both:
            beside.addWidget(edit)
        self._stack = QStackedWidget()
        self._stack.addWidget(beside)
        self._stack.addWidget(self.one)
        self._told = ElidedLabel("")
        self.back = tool_button("arrow-up", self.tr("Difference before (Shift+F3)"), self)
        self.on = tool_button("arrow-down", self.tr("Next difference (F3)"), self)
        self.back.setShortcut("Shift+F3")
        self.on.setShortcut("F3")
        self.back.clicked.connect(lambda: self.go(self._now - 1))
        self.on.clicked.connect(lambda: self.go(self._now + 1))
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 12, 4)
        bar.setSpacing(4)
        bar.addWidget(self._told, 1)
        bar.addWidget(self.back)
        bar.addWidget(self.on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fill)
        for side, edit in enumerate(self.both):
            edit.verticalScrollBar().valueChanged.connect(lambda _, side=side: self._lead(side))
        theme.changed.connect(self._again)

    @property
    def count(self) -> int:
        """How many differences there are."""
        return len(self._changes)

    @property
    def full(self) -> bool:
        """Whether all of the texts is there."""
        return self._filled == len(self._passages)

    def show_passages(self, passages: "Sequence[Passage]", *, told: str = "") -> None:
        """Show these; `told` is what is said above them."""
        self._passages = passages
        self._changes = [at for at, row in enumerate(passages) if row.change != "equal"]
        self._now = -1
        self._told.set_text(told)
        for button in (self.back, self.on):
            button.setEnabled(bool(self._changes))
        self._again()

    def go(self, number: int) -> None:
        """Step to a difference; beyond the last comes the first."""
        if not self._changes:
            return
        self._now = number % len(self._changes) if self._now >= 0 or number >= 0 else len(self._changes) - 1
        while not self.full and self._filled <= self._changes[self._now]:
            self._fill()
        at = self._changes[self._now]
        self._leading = True  # each side finds its place by itself
        for edit, starts in zip(self._edits, self._starts, strict=True):
            cursor = edit.textCursor()
            cursor.setPosition(starts[at])
            edit.setTextCursor(cursor)
            edit.centerCursor()
        self._leading = False
        self._light()
        self._tell()
        self.stood_at.emit(self._passages[at])

    def tell(self, text: str) -> None:
        """Say more of the difference that is looked at."""
        self._tell(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._stack.setCurrentIndex(0 if self.width() >= _WIDE else 1)

    def _tell(self, more: str = "") -> None:
        told = self.tr("Difference {number} of {count}").format(
            number=f"{self._now + 1:,}", count=f"{len(self._changes):,}"
        )
        self._told.set_text(" · ".join(part for part in (told, more) if part))

    def _light(self) -> None:
        """Show which difference is looked at."""
        if self._now < 0:
            return
        at = self._changes[self._now]
        for edit, starts in zip(self._edits, self._starts, strict=True):
            found = QTextEdit.ExtraSelection()
            found.cursor = edit.textCursor()
            found.cursor.setPosition(starts[at])
            found.cursor.setPosition(starts[at + 1], QTextCursor.MoveMode.KeepAnchor)
            found.format.setBackground(colour("warn_soft"))
            edit.setExtraSelections([found])

    def _edit(self, name: str) -> QPlainTextEdit:
        edit = QPlainTextEdit()
        edit.setAccessibleName(name)
        edit.setReadOnly(True)
        edit.setUndoRedoEnabled(False)
        edit.setProperty("plain", True)
        edit.setFont(prose_font())
        edit.document().setDocumentMargin(12)
        edit.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return edit

    def _again(self) -> None:
        for edit in self._edits:
            edit.clear()
            edit.setExtraSelections([])
        self._starts = ([0], [0], [0])
        self._columns, self._filled = [0, 0, 0], 0
        self._fill()
        if not self.full:
            self._timer.start()

    def _fill(self) -> None:
        """Put in some more of the passages."""
        size = 0
        cursors = [QTextCursor(edit.document()) for edit in self._edits]
        formats = _formats()
        for cursor in cursors:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.beginEditBlock()
        while not self.full and size < _AT_ONCE:
            row = self._passages[self._filled]
            kinds = ("equal", "equal") if row.change == "equal" else ("a", "b")
            for side, text in enumerate((row.a, row.b)):
                cursors[side].insertText(self._broken(side, text), formats[kinds[side]])
            if row.change == "equal":
                cursors[2].insertText(self._broken(2, row.a), formats["equal"])
            else:
                cursors[2].insertText(self._broken(2, row.a), formats["gone"])
                cursors[2].insertText(self._broken(2, row.b), formats["come"])
            for starts, cursor in zip(self._starts, cursors, strict=True):
                starts.append(cursor.position())
            size += len(row.a) + len(row.b) + 50
            self._filled += 1
        for cursor in cursors:
            cursor.endEditBlock()
        if self.full:
            self._timer.stop()
            self._light()

    def _broken(self, side: int, text: str) -> str:
        """The text as it is shown: steering signs visible, overlong lines broken."""
        out, column = [], self._columns[side]
        for number, line in enumerate(text.translate(_SHOWN).split("\n")):
            if number:
                column = 0
            while column + len(line) > _LONGEST:
                room = _LONGEST - column
                out.append(line[:room] + "\n")
                line, column = line[room:], 0
            column += len(line)
            out.append(line + "\n")
        self._columns[side] = column
        return "".join(out)[:-1]

    def _lead(self, side: int) -> None:
        """The side that is scrolled takes the other along: the same passage at the top of both."""
        if self._leading or not self.both[side].isVisible():
            return
        self._leading = True
        leader, follower = self.both[side], self.both[1 - side]
        position = leader.cursorForPosition(QPoint(14, 2)).position()
        ours, theirs = self._starts[side], self._starts[1 - side]
        at = min(bisect_right(ours, position) - 1, len(ours) - 2)
        if at >= 0:
            inner = min(position - ours[at], theirs[at + 1] - theirs[at])
            cursor = QTextCursor(follower.document())
            cursor.setPosition(min(theirs[at] + inner, theirs[-1]))
            block = cursor.block()
            line = block.layout().lineForTextPosition(cursor.positionInBlock())
            within = line.lineNumber() if line.isValid() else 0
            follower.verticalScrollBar().setValue(block.firstLineNumber() + within)
        self._leading = False


def _formats() -> dict[str, QTextCharFormat]:
    """How passages look: what is only in A struck out in the joined text, what is only in B underlined."""
    made = {key: QTextCharFormat() for key in ("equal", "a", "b", "gone", "come")}
    made["equal"].setForeground(colour("text"))
    for key in ("a", "gone"):
        made[key].setForeground(colour("error"))
        made[key].setBackground(colour("error_soft"))
    for key in ("b", "come"):
        made[key].setForeground(colour("info"))
        made[key].setBackground(colour("info_soft"))
        made[key].setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    made["gone"].setFontStrikeOut(True)
    return made
