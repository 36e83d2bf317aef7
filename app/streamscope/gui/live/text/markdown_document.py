"""Markdown as a document: no HTML, nothing fetched, in the looks of the window."""

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)

from streamscope.gui.live.text.display import displayed
from streamscope.gui.theme import code_font, colour, prose_font

_Feature = QTextDocument.MarkdownFeature
_IMAGE = "\ufffc"


class MarkdownDocument(QTextDocument):
    """A document that loads nothing: whatever it asks for is an image of one transparent pixel.

    It has to be an image: for an empty answer Qt would look for a file of that name itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self._nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._nothing.fill(0)

    def loadResource(self, _type: int, _name: QUrl | str) -> object:
        """Qt's: nothing, from nowhere."""
        return self._nothing


def rendered(text: str) -> MarkdownDocument:
    """Text as Markdown (GitHub's): HTML stays as it is written, an image becomes a note of where it lies."""
    document = MarkdownDocument()
    document.setDefaultFont(prose_font())
    document.setDocumentMargin(14)
    document.setMarkdown(displayed(text)[0], _Feature.MarkdownDialectGitHub | _Feature.MarkdownNoHTML)
    _images(document)
    _looks(document)
    return document


def _images(document: QTextDocument) -> None:
    """Put a note in the place of each image; nothing of it was looked at."""
    cursor = document.find(_IMAGE)
    while not cursor.isNull():
        looks = cursor.charFormat()
        if looks.isImageFormat():
            name = looks.toImageFormat().name()
            words = QCoreApplication.translate("text", "[image, not loaded: {address}]").format(
                address=name if len(name) <= 80 else name[:79] + "…"
            )
            plain = QTextCharFormat()
            plain.setForeground(colour("muted"))
            cursor.insertText(words, plain)
        at = cursor.position()
        cursor = document.find(_IMAGE, at)


def _looks(document: QTextDocument) -> None:
    """Code on a ground of its own, quiet tables and quotes: as the rest of the window."""
    block = document.begin()
    before = False
    while block.isValid():
        looks = block.blockFormat()
        after = block.next()
        code = _is_code(looks)
        if code:
            looks.setBackground(colour("hover"))
            looks.setTextIndent(8)
            looks.setTopMargin(0 if before else 8)
            looks.setBottomMargin(0 if after.isValid() and _is_code(after.blockFormat()) else 8)
            QTextCursor(block).setBlockFormat(looks)
        else:
            _inline(document, block)
        before, block = code, after
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            table = frame.format().toTableFormat()
            table.setBorder(1)
            table.setBorderBrush(colour("line_strong"))
            table.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            table.setCellSpacing(0)
            table.setCellPadding(5)
            frame.setFormat(table)
            _mended(frame)


def _mended(table: QTextTable) -> None:
    """Right behind a code block Qt gives the first cell an empty line, and takes its weight."""
    cell = table.cellAt(0, 0)
    cursor = cell.firstCursorPosition()
    if cursor.block().text() or cursor.block() == cell.lastCursorPosition().block():
        return
    cursor.deleteChar()
    cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
    strong = QTextCharFormat()
    strong.setFontWeight(QFont.Weight.Bold)
    cursor.mergeCharFormat(strong)
    cursor.setBlockFormat(QTextBlockFormat())


def _is_code(looks: QTextBlockFormat) -> bool:
    return looks.hasProperty(looks.Property.BlockCodeFence) or looks.hasProperty(looks.Property.BlockCodeLanguage)


def _inline(document: QTextDocument, block: QTextBlock) -> None:
    """Code within a line."""
    found = []
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        if piece.charFormat().fontFixedPitch():
            found.append((piece.position(), piece.length()))
        pieces += 1
    for start, length in found:
        cursor = QTextCursor(document)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        looks = QTextCharFormat()
        looks.setFontFamilies([code_font().family()])
        looks.setBackground(colour("hover"))
        cursor.mergeCharFormat(looks)
