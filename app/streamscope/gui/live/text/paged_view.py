"""One text that grows at its end: a part of it is laid out, and its end followed until the reader scrolls up."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from streamscope.gui.live.text.pages import Pages, border
from streamscope.gui.live.text.places import reached
from streamscope.gui.texts import size_text
from streamscope.gui.theme import prose_font

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane

STEP = 1 << 16
"""Bytes that are laid out at once."""
BEHIND = 1 << 18
"""Of more than this that is new, the last part is laid out alone; what is before comes when it is looked for."""
FOLLOWED = 1 << 19
"""UTF-16 units that stay laid out while the end is followed."""
MOST = 1 << 20
"""The same while a reader reads: what comes then waits until the reader gets there."""
_NEAR = 40
"""Lines from an end of what is laid out at which more of the text is laid out."""
_LAYS_OUT = frozenset(
    (
        QEvent.Type.Resize,
        QEvent.Type.Paint,
        QEvent.Type.Show,
        QEvent.Type.LayoutRequest,
        QEvent.Type.StyleChange,
        QEvent.Type.FontChange,
        QEvent.Type.Polish,
        QEvent.Type.ScreenChangeInternal,
        QEvent.Type.DevicePixelRatioChange,
    )
)
"""Events in which Qt lays the text out anew."""


class PagedView(QPlainTextEdit):
    """Read-only text of a lane; `follow` shows what is new, `moved` tells that other text is seen."""

    moved = Signal()
    following = True
    """Whether the end stays in view; scrolling away from it ends that, scrolling to it begins it again."""
    grows = True
    """Whether what comes is new; of what was over before, nothing is."""
    _moving = False

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("plain", True)
        self.setFont(prose_font())
        self.document().setDocumentMargin(14)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.lane: Lane | None = None
        self.pages = Pages(self.bytes_of)
        self.shown = 0
        """The text before this byte may be seen."""
        self._pieces = self._unseen = 0
        self.newer = pill(self, self.tr("Go to the newest text"), "newer")
        self.newer.clicked.connect(self.go_to_end)
        self._earlier = pill(self, self.tr("Go to the beginning of the text"), "earlier")
        self._earlier.clicked.connect(self.go_to_start)
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self._lay_out_more)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._grown)

    def show_lane(self, lane: "Lane") -> None:
        """Show this text, from its beginning; before there is none."""
        if self.lane is not None:
            self.clear()
            self._pieces = self.shown = 0
            self.pages.reset(0)
        self.lane = lane

    def follow(self, read: int) -> None:
        """Show what the events before `read` brought, a bounded part of it at once."""
        if self.lane is None:
            return
        pieces, shown = reached(self.lane, read)
        if not self.following and self.grows and pieces > self._pieces:
            self._unseen += pieces - self._pieces
            self._tell_newer()
        self._pieces, self.shown = pieces, shown
        if self.pages.end < shown:
            self._grow()

    @property
    def pieces(self) -> int:
        """How many pieces may be seen."""
        return self._pieces

    @property
    def behind(self) -> bool:
        """Whether there is more to lay out at once."""
        return self.following and self.pages.end < self.shown

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The text as it came."""
        return self.bytes_of(start, self.shown if end is None else end).decode(errors="replace")

    def bytes_of(self, start: int, end: int) -> bytes:
        """Bytes of the text, a copy."""
        return b"" if self.lane is None else bytes(self.lane.text[start:end])

    def toPlainText(self) -> str:
        """All of the text as it came, also what is not laid out."""
        return self.text()

    def go_to_end(self) -> None:
        """Go to the end and stay there."""
        if self.pages.end < self.shown:
            self._begin_at(self.shown - STEP)
        self.following = True
        self._to_end()
        self._seen_all()
        self._place()

    def go_to_start(self) -> None:
        """Go to the beginning of the text, however far it is."""
        if self.pages.start:
            self._begin_at(0)
        self.following = False
        self.verticalScrollBar().setValue(0)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._place()

    def reveal(self, start: int, end: int, *, select: bool = False) -> None:
        """Bring these bytes into view, and the cursor there."""
        if start < self.pages.start or end > self.pages.end:
            self._begin_at(max(0, start - STEP // 2))
        first, last = self.pages.place(start), self.pages.place(end, end=True)
        cursor = QTextCursor(self.document())
        cursor.setPosition(first)
        if select:
            cursor.setPosition(max(first, last), QTextCursor.MoveMode.KeepAnchor)
        seen = self.seen()
        self.setTextCursor(cursor)
        if not seen[0] <= start < seen[1]:
            self.centerCursor()
        bar = self.verticalScrollBar()
        self.following = bar.value() >= bar.maximum() and self.pages.end >= self.shown
        self._place()

    def seen(self) -> tuple[int, int]:
        """The first byte on the screen, and one after the last."""
        view = self.viewport()
        first = self.cursorForPosition(QPoint(0, 0)).position()
        last = self.cursorForPosition(QPoint(view.width(), view.height())).position()
        return self.pages.byte(first), self.pages.byte(last, end=True)

    def event(self, event: QEvent) -> bool:
        """Qt's."""
        if event.type() not in _LAYS_OUT:
            return super().event(event)
        before, self._moving = self._moving, True
        done = super().event(event)
        self._laid_out(before)
        return done

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt's."""
        if event.type() not in _LAYS_OUT:
            return super().viewportEvent(event)
        before, self._moving = self._moving, True
        done = super().viewportEvent(event)
        self._laid_out(before)
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._place()
        self.moved.emit()

    def _laid_out(self, before: bool) -> None:
        """What lays the text out moves the scroll bar; that is not the reader's doing, and the end stays in view."""
        self._moving = before
        if self.following and not before:
            self._to_end()

    def _to_end(self) -> None:
        """Scroll to the end, which may lay out what is there and so move the end."""
        before, self._moving = self._moving, True
        bar = self.verticalScrollBar()
        for _ in range(3):
            bar.setValue(bar.maximum())
        self._moving = before

    def _grow(self) -> None:
        """Lay out what follows at the end, and less of the beginning."""
        if self.following and self.shown - self.pages.end > BEHIND:
            self._begin_at(self.shown - STEP)
        elif self.following or self.pages.length < MOST:
            self._moving = True
            self._insert(QTextCursor.MoveOperation.End, self.pages.append(self._stop()))
            if self.following:
                self._shorten()
            self._moving = False
        if self.following:
            self._to_end()

    def _stop(self) -> int:
        return self.shown if self.shown - self.pages.end <= STEP else border(self.bytes_of, self.pages.end + STEP)

    def _shorten(self) -> None:
        """Lay less of the beginning out, some pages at once; what is selected stays for longer."""
        most = MOST if self.textCursor().hasSelection() else FOLLOWED
        if self.pages.length > most + (most >> 3):
            self._drop_first(most)

    def _drop_first(self, most: int) -> int:
        """Lay no more out than this; how long what went from the beginning was."""
        dropped = 0
        while self.pages.length > most:
            dropped += self.pages.drop(first=True)
        if dropped:
            cursor = QTextCursor(self.document())
            cursor.setPosition(dropped, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        return dropped

    def _begin_at(self, byte: int) -> None:
        """Lay out a part that begins there, and nothing else."""
        self._moving = True
        self.clear()
        self.pages.reset(border(self.bytes_of, max(0, byte)))
        self._insert(QTextCursor.MoveOperation.End, self.pages.append(self._stop()))
        self._moving = False

    def _insert(self, where: QTextCursor.MoveOperation, shown: str) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(where)
        cursor.insertText(shown)

    def _lay_out_more(self) -> None:
        """The reader came near an end of what is laid out: what is beyond, and the reader stays where he is."""
        bar = self.verticalScrollBar()
        if self.pages.start and bar.value() < _NEAR and not self.following:
            top = self.firstVisibleBlock()
            place, line = top.position(), bar.value() - top.firstLineNumber()
            self._moving = True
            before = self.pages.length
            self._insert(QTextCursor.MoveOperation.Start, self.pages.prepend(STEP))
            added = self.pages.length - before
            while self.pages.length > MOST:
                self._drop_last()
            block = self.document().findBlock(place + added)
            bar.setValue(block.firstLineNumber() + line)
            self._moving = False
        elif self.pages.end < self.shown and bar.value() > bar.maximum() - _NEAR and not self.following:
            top = self.firstVisibleBlock()
            place, line = top.position(), bar.value() - top.firstLineNumber()
            self._moving = True
            self._insert(QTextCursor.MoveOperation.End, self.pages.append(self._stop()))
            if dropped := self._drop_first(MOST):
                block = self.document().findBlock(max(0, place - dropped))
                bar.setValue(block.firstLineNumber() + line)
            self._moving = False
        self._place()

    def _drop_last(self) -> None:
        length = self.pages.length
        cursor = QTextCursor(self.document())
        cursor.setPosition(length - self.pages.drop(first=False))
        cursor.setPosition(length, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _scrolled(self, value: int) -> None:
        self.moved.emit()
        if self._moving:
            return
        bar = self.verticalScrollBar()
        self.following = value >= bar.maximum() and (self.following or self.pages.end >= self.shown)
        if self.following:
            self._seen_all()
        elif (self.pages.start and value < _NEAR) or (self.pages.end < self.shown and value > bar.maximum() - _NEAR):
            self._more.start()
        self._place()

    def _grown(self, _least: int, _most: int) -> None:
        """The text grew, or its lines wrap otherwise: a value that changes now is not the reader's doing."""
        if self.following and not self._moving:
            self._to_end()

    def _seen_all(self) -> None:
        self._unseen = 0
        self.newer.hide()

    def _tell_newer(self) -> None:
        self.newer.setText(newer_text(self._unseen))
        self.newer.show()
        self._place()

    def _place(self) -> None:
        """Put the pills where they belong: what is earlier above, what is newer below."""
        near = self.verticalScrollBar().value() < 2 * _NEAR  # elsewhere it would cover what is read
        earlier = self.pages.start > 0 and near and not self.following
        if earlier:
            self._earlier.setText(self.tr("Earlier text: {size} ↑").format(size=size_text(self.pages.start)))
        self._earlier.setVisible(earlier)
        for one, top in ((self._earlier, True), (self.newer, False)):
            one.adjustSize()
            size = one.size()
            left = (self.viewport().width() - size.width()) // 2
            one.move(left, 8 if top else self.height() - size.height() - 14)


def pill(parent: QWidget, name: str, kind: str) -> QPushButton:
    """A small button that floats over a text; the style sheet knows its kinds, earlier and newer."""
    made = QPushButton(parent)
    made.setObjectName(kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.hide()
    return made


def newer_text(count: int) -> str:
    """What the lower of them says."""
    return QCoreApplication.translate("PagedView", "%n new ↓", "", count)
