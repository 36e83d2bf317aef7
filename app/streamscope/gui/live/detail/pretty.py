"""The laid-out text of an event: JSON a value a line, in colours; of a long one the beginning, more on demand."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from streamscope.gui.code import CodeEdit
from streamscope.gui.code.document import CodeDocument, Slices
from streamscope.gui.code.json_text import brackets, formatted
from streamscope.gui.code.judge import NEVER
from streamscope.gui.live.detail.hostile import harmless
from streamscope.gui.live.detail.looked import Looked
from streamscope.gui.live.text.breaking import broken
from streamscope.gui.texts import size_text

LARGEST = 120_000
"""Characters that are laid out at first."""
_DEEP, _DEEPEST = 60, 400
"""Levels from which on a level is indented by one blank, or by none: ten thousand would take a hundred megabytes."""
_LONGEST = 4_000
_PER_LINE = 30
"""Characters that a line counts for: a document costs by its lines, too."""


class PrettyView(QWidget):
    """The text of an event, laid out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = CodeEdit(self.tr("The chosen event, laid out"), self)
        self.edit.setProperty("plain", True)
        self.edit.judge_json(NEVER)
        self.more = QPushButton()
        self.more.setProperty("quiet", True)
        self.more.clicked.connect(self._show_more)
        self._slices = Slices(self)
        self._looked: Looked | None = None
        self._limit = LARGEST
        self._text = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.edit, 1)
        column.addWidget(self.more)
        self.setFocusProxy(self.edit)
        self.more.hide()

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self._looked = looked
        self._limit = LARGEST
        self._lay_out()

    def seen(self) -> str:
        """What is shown, once it is laid out."""
        self._slices.finish()
        return self._text

    def search(self) -> None:
        """Open the bar that finds."""
        self.edit.bar.open(replace=False)

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def _show_more(self) -> None:
        self._limit *= 4
        self._lay_out()

    def _lay_out(self) -> None:
        looked = self._looked
        if looked is None:
            return
        text = looked.text or ""
        part = text[: self._limit]
        left = looked.source.size() - len(part.encode(errors="surrogatepass"))
        rest = self.tr("Show more: {size} are left").format(size=size_text(left)) if left > 0 else ""
        self._slices.stop()
        if not looked.json:
            self._put(part, rest)
            return
        self._slices.start(formatted(part, _indent(part)), lambda made: self._put(str(made), rest))

    def _put(self, text: str, rest: str) -> None:
        most = self._limit // _PER_LINE
        if text.count("\n") > most:
            text = "\n".join(text.split("\n", most)[:most])
            rest = rest or self.tr("Show more")
        shown = broken(harmless(text), longest=_LONGEST)[0]
        document = CodeDocument(parent=self.edit)
        document.fixed = True
        document.set_text(shown)
        old = self.edit.code_document()
        self.edit.set_code_document(document)
        old.deleteLater()
        self._text = shown
        self.more.setVisible(bool(rest))
        self.more.setText(rest)


def _indent(text: str) -> int:
    """The blanks of a level: fewer in what is nested very deeply."""
    depth = deepest = 0
    for _, bracket in brackets(text):
        depth += 1 if bracket in "{[" else -1
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            return 0
    return 2 if deepest <= _DEEP else 1
