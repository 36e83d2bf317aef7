"""The text of an editor with its past: it outlives the editor that shows it, so that undo stays with a draft."""

import re
from collections.abc import Callable, Generator
from contextlib import suppress
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QTextCursor, QTextDocument, QTextOption
from PySide6.QtWidgets import QPlainTextDocumentLayout

from streamscope.gui.code.exact import inside, line_ends, outside
from streamscope.gui.theme import code_font

PIECE = 60_000
"""Characters that are put into a document at once; the events of the window come between two pieces."""
AT_ONCE = 400_000
_LONGEST = 200_000
"""Characters of a line that still comes in pieces; a longer one would be laid out anew with each of them."""
_ANNOUNCED = 0.05
_SLICE = 0.008  # seconds that work may take before the window's events are looked at


_WORD = re.compile(r"(?<![\w+/=])[\w+/=]{8192}")
"""A run of letters without a place to break, such as a picture in base64; a word is looked at from its start."""


class Slices(QObject):
    """Work done in slices on the window's thread: a generator is run a few milliseconds at a time, one at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Generator[object, None, object] | None = None
        self._done: Callable[[object], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._run)

    @property
    def busy(self) -> bool:
        """Whether there is work."""
        return self._work is not None

    def start(self, work: Generator[object, None, object], done: Callable[[object], None]) -> None:
        """Do this instead of what was done; `done` gets what the generator returns. Short work is done at once."""
        self.stop()
        self._work, self._done = work, done
        self._run()
        if self._work is not None:
            self._timer.start()

    def stop(self) -> None:
        """Leave it."""
        self._timer.stop()
        if self._work is not None:
            self._work.close()
        self._work = self._done = None

    def finish(self) -> None:
        """Do the rest now."""
        while self._work is not None:
            self._run()

    def _run(self) -> None:
        work, done = self._work, self._done
        if work is None or done is None:
            return
        end = perf_counter() + _SLICE
        try:
            while perf_counter() < end:
                next(work)
        except StopIteration as over:
            self._timer.stop()
            self._work = self._done = None
            done(over.value)


class CodeDocument(QTextDocument):
    """A text kept exactly, with its line ends; large ones come in piece by piece, `progress` tells how far (0 to 1)."""

    progress = Signal(float)
    arrived = Signal()

    def __init__(self, text: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.line_end = "\n"
        self.view: tuple[int, int, int] = (0, 0, 0)  # anchor, position and scroll of the editor that last showed it
        self.folded = 0
        self.unbroken = False
        self.fixed = False  # it is shown, and not edited
        self._coming: str | None = None
        self._inserting = False
        self._known: tuple[int, str] = (-1, "")
        self._slices = Slices(self)
        self.setDocumentLayout(QPlainTextDocumentLayout(self))
        self.setDefaultFont(code_font())
        self.setDocumentMargin(8)
        option = self.defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)  # as code is read, whatever its first letter is
        option.setTabStopDistance(QFontMetricsF(self.defaultFont()).horizontalAdvance(" ") * 2)
        option.setWrapMode(self.wrapping)  # an editor that finds it so has less to do
        self.setDefaultTextOption(option)
        if text:
            self.set_text(text)

    @property
    def busy(self) -> bool:
        """Whether pieces of a large text are still coming; it must not be edited then."""
        return self._slices.busy

    @property
    def loading(self) -> bool:
        """Whether what comes is no edit: the text was set, and `text()` gives it already."""
        return self._coming is not None and not self._inserting

    def text(self) -> str:
        """What is written, exactly; of a text that is still coming, all."""
        if self._coming is not None:
            return self._coming
        revision, known = self._known
        if revision != self.revision():
            known = outside(self.toRawText(), self.line_end)
            self._known = (self.revision(), known)
        return known

    def set_text(self, text: str) -> None:
        """Another text, with no past."""
        self._slices.stop()
        self._coming, self._inserting, self._known = None, False, (-1, "")
        self.line_end = line_ends(text)
        held = inside(text, self.line_end)
        self.folded = 0
        self._break(held)
        if len(held) <= AT_ONCE:
            self.setPlainText(held)
            return
        self.setUndoRedoEnabled(False)
        self.setPlainText("")
        self._coming = text
        self._slices.start(self._pieces(QTextCursor(self), held), self._set)

    def insert(self, cursor: QTextCursor, text: str) -> None:
        """Replace the cursor's selection by a text as the document holds it; one step to undo, however large."""
        if not self.unbroken:
            self._break(text)
        if len(text) <= AT_ONCE:
            cursor.insertText(text)
            return
        before, after = _cut(self.toRawText(), cursor.selectionStart(), cursor.selectionEnd())
        self._coming, self._inserting = outside(f"{before}{text}{after}", self.line_end), True
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        cursor.endEditBlock()
        self._slices.start(self._pieces(cursor, text), self._inserted)

    @property
    def wrapping(self) -> QTextOption.WrapMode:
        """Where its lines may be broken: anywhere, where Qt would look for the end of a word for a minute."""
        words = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        return QTextOption.WrapMode.WrapAnywhere if self.unbroken else words

    def _break(self, text: str) -> None:
        """Choose how lines are broken before a text comes: Qt's time grows with the square of a word's length."""
        self.unbroken = _WORD.search(text) is not None
        option = self.defaultTextOption()
        if option.wrapMode() != self.wrapping:
            option.setWrapMode(self.wrapping)
            self.setDefaultTextOption(option)

    def stop(self) -> None:
        """Let no more come of a text that is being inserted, and take back what did."""
        if self.busy and self._inserting:
            self._slices.stop()
            self._coming, self._inserting = None, False
            self.undo()
            self.arrived.emit()

    def finish(self) -> None:
        """Let the rest come now."""
        self._slices.finish()

    def _pieces(self, cursor: QTextCursor, text: str) -> Generator[object, None, None]:
        piece = len(text) if _long(text) else PIECE
        self.progress.emit(0.0)
        end = perf_counter() + _ANNOUNCED  # what is done is painted before the window may stand still
        while piece > PIECE and perf_counter() < end:
            yield None
        for start in range(0, len(text), piece):
            with suppress(RuntimeError):  # the document may be gone
                cursor.joinPreviousEditBlock()
                cursor.insertText(text[start : start + piece])
                cursor.endEditBlock()
                self.progress.emit(min(1.0, (start + piece) / len(text)))
            yield None

    def _set(self, _: object) -> None:
        self._coming = None
        self.setUndoRedoEnabled(True)
        self.setModified(False)
        self.arrived.emit()

    def _inserted(self, _: object) -> None:
        self._coming, self._inserting = None, False
        self.arrived.emit()


def _long(text: str) -> bool:
    """Whether a line is too long to come in pieces."""
    at = 0
    while at + _LONGEST < len(text):
        at = text.rfind("\n", at, at + _LONGEST) + 1
        if not at:
            return True
    return False


def _cut(raw: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind a selection that is counted in UTF-16 units."""
    if raw.isascii():
        return raw[:start], raw[end:]
    wide = raw.encode("utf-16-le", "surrogatepass")
    return wide[: 2 * start].decode("utf-16-le"), wide[2 * end :].decode("utf-16-le")
