"""What editor and reader have in common: exact text, line numbers, colours where one looks, folded lines."""

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from streamscope.gui.code import folding
from streamscope.gui.code.colours import LONGEST_LINE, Colours, language_of
from streamscope.gui.code.document import CodeDocument
from streamscope.gui.code.exact import outside
from streamscope.gui.code.margin import MarginView
from streamscope.gui.theme import code_font, colour, small_font, theme

_CURSOR = 100  # pixels; what is to be painted anew and no wider is the cursor


class CodeView(QPlainTextEdit):
    """A text with its margin. Read it with `text()`, since Qt's `toPlainText()` changes some characters."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(code_font())
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._code = CodeDocument()
        self._top = 0
        self._colours = Colours()
        self._language = ""
        self._undressed = True
        self._line = QRect()
        self._height = 0
        self._focused = False
        self._ground = _quiet()
        self.margin = MarginView(self)
        self.notice = QLabel(self)
        self.notice.setObjectName("key")
        self.notice.setFont(small_font())
        self.notice.hide()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(60)
        self._later.timeout.connect(self.margin.update)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(lambda: self.tell(""))
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._moved)
        theme.changed.connect(self._redress)
        self.set_code_document(self._code)

    def code_document(self) -> CodeDocument:
        """The text with its past and its view, to be shown again later or elsewhere."""
        cursor = self.textCursor()
        self._code.view = (cursor.anchor(), cursor.position(), self.verticalScrollBar().value())
        return self._code

    def set_code_document(self, document: CodeDocument) -> None:
        """Show another text; what this one was like stays in its document."""
        if document is not self._code:
            old = self.code_document()
            old.contentsChange.disconnect(self._changed)
            old.progress.disconnect(self._progress)
            old.arrived.disconnect(self._arrived)
        kept, self._code = self._code, document  # Qt still reads the old one while the new one is set
        if self.wordWrapMode() != document.wrapping:  # neither text is to be laid out in the way of the other
            between = CodeDocument(parent=self)
            self.setDocument(between)
            self.setWordWrapMode(document.wrapping)
        self.setDocument(document)
        del kept
        document.contentsChange.connect(self._changed)
        document.progress.connect(self._progress)
        document.arrived.connect(self._arrived)
        anchor, position, scroll = document.view
        cursor, last = QTextCursor(document), document.characterCount() - 1
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scroll)
        self._make_room()
        self.settle()

    def text(self) -> str:
        """What is written, exactly."""
        return self._code.text()

    def set_text(self, text: str) -> None:
        """Another text, with no past; a large one comes in piece by piece, while `text()` gives all of it."""
        self._code.set_text(text)
        self.settle()

    def set_language(self, language: str) -> None:
        """Colour as json, markup or plain; '' guesses."""
        self._language = language
        self.settle()

    def wrapped(self) -> bool:
        """Whether long lines are wrapped."""
        return self.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth

    def set_wrapped(self, wrapped: bool) -> None:
        """Wrap long lines or let them run out of sight."""
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if wrapped else mode.NoWrap)

    def settle(self) -> None:
        """Another text is there, or it is to be looked at in another way."""
        language = self._language or language_of(self._code.firstBlock().text()[:200])
        if language != self._colours.language:
            self._colours.redress(language)
        self._undressed = True
        self._line = self._line_rect()
        if self.wordWrapMode() != self._code.wrapping:
            self.setWordWrapMode(self._code.wrapping)
        if not self._code.busy:
            self.tell("")
        self.viewport().update()

    def fold(self) -> None:
        """Fold what the cursor's line opens, else what is around it."""
        block: QTextBlock | None = self.textCursor().block()
        while block is not None and not folding.fold(self._code, block):
            block = folding.around(block)
        if block is not None:
            self._folded(block)

    def unfold(self) -> None:
        """Unfold what the cursor's line folded."""
        folding.unfold(self._code, self.textCursor().block())
        self._folded(self.textCursor().block())

    def toggle_fold(self, block: QTextBlock) -> None:
        """Fold or unfold what a line opens."""
        if not folding.unfold(self._code, block):
            folding.fold(self._code, block)
        self._folded(block)

    def show_place(self, position: int, end: int | None = None) -> None:
        """Put the cursor at a position of the document, or select to another one; what hides it is unfolded."""
        if folding.reveal(self._code, self._code.findBlock(position)):
            self._undressed = True
        cursor = QTextCursor(self._code)
        cursor.setPosition(position)
        if end is not None:
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        if not self.viewport().rect().contains(self.cursorRect()):
            self.centerCursor()

    def mistake_block(self) -> int:
        """Number of the line that the margin marks, from 0; -1 for none."""
        return -1

    def tell(self, text: str, seconds: int = 0) -> None:
        """Say in a corner what is done or was done here; for some seconds, or until '' takes it away."""
        self._silence.stop()
        if text != self.notice.text() or self.notice.isHidden() == bool(text):
            self.notice.setText(text)
            self.notice.setVisible(bool(text))
            self._place()
        if seconds:
            self._silence.start(seconds * 1000)

    def keep_free(self, top: int) -> None:
        """Keep so many pixels free above the text."""
        self._top = top
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._undressed = True
        self._line = self._line_rect()
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's. What came into view gets its colours; the line of the cursor a quiet ground."""
        if self._undressed:
            self._dress()
        if self._focused:
            painter = QPainter(self.viewport())
            painter.fillRect(self._line, self._ground)
            painter.end()
        super().paintEvent(event)
        if self._code.folded:
            self._paint_folds(event.rect())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Qt's."""
        super().scrollContentsBy(dx, dy)
        self._undressed = True
        self._line = self._line_rect()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Qt's, exact."""
        data = QMimeData()
        data.setText(outside(self.textCursor().selectedText(), self._code.line_end))
        return data

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self._focused = True
        self._line = self._line_rect()
        self.viewport().update()
        self.margin.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self._focused = False
        self.viewport().update()
        self.margin.update()

    def seen(self) -> list[QTextBlock]:
        """The lines in view."""
        found: list[QTextBlock] = []
        block, bottom = self.firstVisibleBlock(), self.viewport().height()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= bottom:
            if block.isVisible():
                found.append(block)
                top += self.blockBoundingRect(block).height()
            block = block.next()
        return found

    def _dress(self) -> None:
        self._undressed = False
        long = False
        for block in self.seen():
            self._colours.dress(block)
            long = long or block.length() > LONGEST_LINE
        if long and not self._code.busy:
            json = self._colours.language == "json"
            self.tell(
                self.tr("A line this long is not coloured; laid out it would be")
                if json
                else self.tr("A line this long is not coloured")
            )

    def _changed(self, position: int, _removed: int, added: int) -> None:
        """A line that was changed is coloured at once, what is new when it is painted."""
        first = self._code.findBlock(position)
        first.setUserState(-1)
        if first.contains(position + added):
            last = first
            self._colours.dress(first)
        else:
            last = self._code.findBlock(position + added)
            if last.isValid():
                last.setUserState(-1)
            self._undressed = True
        if self._code.folded:
            for block in (first, last):
                if block.isValid() and (
                    not block.isVisible() or (folding.folded(block) and not folding.foldable(block))
                ):
                    folding.unfold_all(self._code)
                    self._undressed = True
                    break

    def _redress(self) -> None:
        self._colours.redress()
        self._ground = _quiet()
        self._undressed = True
        self.viewport().update()
        self.margin.update()

    def _progress(self, part: float) -> None:
        self.setReadOnly(True)
        self.tell(self.tr("A large text is coming in: {percent} %").format(percent=round(part * 100)))

    def _arrived(self) -> None:
        self.setReadOnly(self._code.fixed)
        self.settle()

    def _folded(self, block: QTextBlock) -> None:
        if not self.textCursor().block().isVisible():
            cursor = self.textCursor()
            cursor.setPosition(block.position() + block.length() - 1)
            self.setTextCursor(cursor)
        self._undressed = True
        self._line = self._line_rect()
        self.viewport().update()
        self.margin.update()

    def _line_rect(self) -> QRect:
        rect = self.cursorRect()
        return QRect(0, rect.top(), self.viewport().width(), rect.height())

    def _moved(self) -> None:
        rect = self.cursorRect()
        if rect.top() != self._line.top() or rect.height() != self._line.height():
            line = self._line_rect()
            for changed in (self._line, line):
                self.viewport().update(changed)
                self.margin.update(0, changed.y(), self.margin.width(), changed.height())
            self._line = line
        if self._code.folded and folding.reveal(self._code, self.textCursor().block()):
            self._folded(self.textCursor().block())

    def _paint_folds(self, rect: QRect) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        for block in self.seen():
            if folding.folded(block):
                shown = self.blockBoundingGeometry(block).translated(self.contentOffset())
                line = block.layout().lineAt(block.layout().lineCount() - 1)
                left = shown.left() + line.naturalTextRect().right() + 8
                box = QRectF(left, shown.top() + line.y() + 3, metrics.horizontalAdvance("…") + 10, line.height() - 5)
                if box.toRect().intersects(rect):
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(colour("pressed"))
                    painter.drawRoundedRect(box, 3, 3)
                    painter.setPen(colour("text"))
                    painter.drawText(box.translated(0, -2), Qt.AlignmentFlag.AlignCenter, "…")
        painter.end()

    def _make_room(self) -> None:
        self.setViewportMargins(self.margin.wanted(), self._top, 0, 0)
        self._place()

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self.margin.scroll(0, dy)
        elif rect.width() > _CURSOR and rect.height() != self._height:
            self._height = rect.height()
            self.margin.update()
        else:  # a line was typed in and stays as high as it was: its number stays, its arrow may wait
            self._later.start()

    def _place(self) -> None:
        room = self.viewport().geometry()
        width = self.margin.wanted()
        self.margin.setGeometry(room.left() - width, room.top(), width, room.height())
        self.notice.adjustSize()
        size = self.notice.size().boundedTo(room.size())
        self.notice.setGeometry(QRect(room.bottomRight() - QPoint(size.width() + 6, size.height() + 6), size))


def _quiet() -> QColor:
    """The ground of the cursor's line."""
    ground = colour("hover")
    ground.setAlpha(130)
    return ground
