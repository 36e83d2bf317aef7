"""A text one can point into: each word leads to its event, and what is copied is the text as it came."""

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QMenu, QWidget

from streamscope.gui.live.text.paged_view import PagedView


class LaneView(PagedView):
    """`pointed` tells the byte under pointer or cursor (-1 none), `chosen` one that was clicked or entered,
    `copy_requested` that all is to be copied."""

    pointed = Signal(int)
    chosen = Signal(int)
    copy_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setMouseTracking(True)
        self._everything = False
        self._pressed = QPoint()
        self._followed = False
        self.cursorPositionChanged.connect(self._at_cursor)

    def byte_at(self, point: QPoint) -> int:
        """The byte under a point of the viewport, -1 beside the text."""
        cursor = self.cursorForPosition(point)
        rect = self.cursorRect(cursor)
        if not rect.adjusted(-24, -2, 24, 2).contains(point):
            return -1
        place = cursor.position() - (1 if point.x() < rect.left() and not cursor.atBlockStart() else 0)
        return min(self.pages.byte(place), self.pages.end - 1)

    def selected(self) -> tuple[int, int]:
        """The bytes that are selected."""
        cursor = self.textCursor()
        if self._everything:
            return 0, self.shown
        return self.pages.byte(cursor.selectionStart()), self.pages.byte(cursor.selectionEnd(), end=True)

    def selectAll(self) -> None:
        """Select all of the text, also what is not laid out."""
        super().selectAll()
        self._everything = True

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied or dragged: the text as it came, without line breaks and marks of the display."""
        data = QMimeData()
        start, end = self.selected()
        data.setText(self.text(start, end) if end > start else "")
        return data

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the text here."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"), self.copy)
        copy.setEnabled(self.textCursor().hasSelection())
        menu.addAction(self.tr("Copy all text"), self.copy_requested.emit)
        menu.addAction(self.tr("Select all"), self.selectAll)
        byte = self.byte_at(event.pos())
        if byte >= 0:
            menu.addSeparator()
            menu.addAction(self.tr("Look at its event"), lambda: self.chosen.emit(byte))
        menu.popup(event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        super().leaveEvent(event)
        self.pointed.emit(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's; the keys that mean the whole text, and Enter, which looks at the event under the cursor."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.MoveToStartOfDocument):
            self.go_to_start()
        elif event.matches(QKeySequence.StandardKey.MoveToEndOfDocument):
            self.moveCursor(QTextCursor.MoveOperation.End)
            self.go_to_end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.chosen.emit(self.pages.byte(self.textCursor().position()))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's; nothing moves under a button that is pressed."""
        self._pressed = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton:
            self._followed, self.following = self.following, False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that selects nothing looks at the event of the word."""
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        if self._followed and not self.textCursor().hasSelection():
            self.go_to_end()
        self._followed = False
        still = (point - self._pressed).manhattanLength() < 4
        if event.button() == Qt.MouseButton.LeftButton and still and not self.textCursor().hasSelection():
            byte = self.byte_at(point)
            if byte >= 0:
                self.chosen.emit(byte)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's; the word under the pointer is told."""
        super().mouseMoveEvent(event)
        self.pointed.emit(self.byte_at(event.position().toPoint()))

    def _at_cursor(self) -> None:
        self._everything = False
        if self.hasFocus():
            self.pointed.emit(min(self.pages.byte(self.textCursor().position()), self.pages.end - 1))
