"""An editor for payloads: fixed width, JSON in colours, the place of a mistake marked."""

import json
import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from streamscope.gui.theme import code_font, colour, theme

LARGEST_COLOURED = 2_000_000  # characters; above, colouring costs more than it helps

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<word>\b(?:true|false|null)\b)"
)


class JsonHighlighter(QSyntaxHighlighter):
    """Colours keys, strings, numbers and words of JSON, line by line."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._dress()
        theme.changed.connect(self._redress)

    def highlightBlock(self, text: str) -> None:
        """Qt's. A very long line stays plain."""
        if len(text) > 20_000 or self.document().characterCount() > LARGEST_COLOURED:
            return
        for match in _TOKEN.finditer(text):
            self.setFormat(match.start(), match.end() - match.start(), self._formats[match.lastgroup or "text"])

    def _dress(self) -> None:
        for name in ("key", "text", "number", "word"):
            made = QTextCharFormat()
            made.setForeground(colour(f"code_{name}"))
            self._formats[name] = made

    def _redress(self) -> None:
        self._dress()
        self.rehighlight()


class CodeEdit(QPlainTextEdit):
    """The editor; `checked` tells the message of a JSON mistake, '' where there is none."""

    checked = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(code_font())
        self.setTabStopDistance(QFontMetricsF(self.font()).horizontalAdvance(" ") * 2)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.document().setDocumentMargin(8)
        self.highlighter = JsonHighlighter(self.document())
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(200)
        self._check.timeout.connect(self.check)
        self.textChanged.connect(self._check.start)

    def check(self) -> None:
        """Mark the place of a JSON mistake, if what is there looks like JSON."""
        mistake = json_mistake(self.toPlainText())
        self.setExtraSelections([] if mistake is None else self._marks(mistake[0], mistake[1]))
        if mistake is None:
            self.checked.emit("")
        else:
            line, column, what = mistake
            told = self.tr("Line {line}, column {column}: {what}. It can be sent all the same.")
            self.checked.emit(told.format(line=line, column=column, what=what))

    def _marks(self, line: int, column: int) -> list[QTextEdit.ExtraSelection]:
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        whole = QTextEdit.ExtraSelection()
        whole.cursor = cursor
        whole.format.setBackground(colour("error_soft"))
        whole.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        spot = QTextEdit.ExtraSelection()
        spot.cursor = QTextCursor(block)
        spot.cursor.setPosition(block.position() + min(column - 1, max(0, block.length() - 2)))
        spot.cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        spot.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        spot.format.setUnderlineColor(QColor(theme.tokens.error))
        return [whole, spot]


def json_mistake(text: str) -> tuple[int, int, str] | None:
    """Line, column and message of the first mistake; None where there is none or where it is no JSON at all."""
    if text.lstrip()[:1] not in ("{", "[") or len(text) > LARGEST_COLOURED:
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, error.colno, error.msg
    except RecursionError:
        return 1, 1, "nested too deeply"
    return None


def code_view(name: str, parent: QWidget | None = None) -> QPlainTextEdit:
    """A read-only view for payloads."""
    view = QPlainTextEdit(parent)
    view.setAccessibleName(name)
    view.setReadOnly(True)
    view.setUndoRedoEnabled(False)
    view.setFont(code_font())
    view.document().setDocumentMargin(8)
    view.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return view
