"""The JSON of an editor judged in the background of its typing."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from streamscope.gui.code.document import CodeDocument, Slices
from streamscope.gui.code.exact import unsendable
from streamscope.gui.code.json_text import Mistake, judged, place, sound
from streamscope.gui.texts import told
from streamscope.model.phrase import phrase

_LARGE = 200_000
"""Characters of a text that is judged only when the window has had a moment for itself."""
AUTO, ALWAYS, NEVER = "auto", "always", "never"


class Found(NamedTuple):
    """A mistake at its place, line and column from 1."""

    line: int
    column: int
    what: str

    def sentence(self) -> str:
        """The mistake as a person reads it."""
        template = QCoreApplication.translate(
            "code", "Line {line}, column {column}: {what}. It can be sent all the same."
        )
        return template.format(line=self.line, column=self.column, what=self.what)


class Judge(QObject):
    """Looks for the first mistake a moment after the last change; `judged` gives a Found or None."""

    judged = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.when = AUTO
        self._document: CodeDocument | None = None
        self._slices = Slices(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(250)
        self._soon.timeout.connect(self.look)

    def watch(self, document: CodeDocument) -> None:
        """Judge this document from now on."""
        self._document = document
        if document.characterCount() < _LARGE:
            self.look()
        else:
            self.touched()

    def touched(self) -> None:
        """Something was typed: look again when it stays so for a moment."""
        self._slices.stop()
        self._soon.start()

    def look(self) -> None:
        """Look now."""
        self._soon.stop()
        self._slices.stop()
        if self._document is None or self._document.busy:
            return
        text = self._document.text()
        lone = unsendable(text)
        if lone is not None:
            code = f"U+{ord(text[lone]):04X}"
            what = phrase("half a character ({code}), which no text can carry over a wire", code=code)
            self._found(text, Mistake(lone, what))
        elif not self._asked(text) or sound(text):
            self.judged.emit(None)
        else:
            self._slices.start(judged(text), lambda mistake: self._found(text, mistake))

    def finish(self) -> None:
        """Look to the end now."""
        self._slices.finish()

    def _asked(self, text: str) -> bool:
        if self.when == AUTO:
            return text[:10_000].lstrip()[:1] in ("{", "[")
        return self.when == ALWAYS and bool(text[:10_000].strip())

    def _found(self, text: str, mistake: object) -> None:
        if isinstance(mistake, Mistake):
            self.judged.emit(Found(*place(text, mistake.at), told(mistake.what)))
        else:
            self.judged.emit(None)
