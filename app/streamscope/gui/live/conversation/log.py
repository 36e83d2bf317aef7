"""The two-sided log: painted by itself, only what is seen, so that a million lines cost what a screenful does."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from streamscope.gui.live.conversation.lines import GAP, RECEIVED, SENT, Lines, Measures
from streamscope.gui.live.conversation.painting import GAP_BELOW, NARROW, Line, LinePainter
from streamscope.gui.live.conversation.words import Said
from streamscope.gui.theme import theme

_CACHED = 400
_Key = Qt.Key


class LogView(QAbstractScrollArea):
    """Lines of a conversation, followed at their end until the reader scrolls; `chosen_changed` tells a line.

    `say` gives what a line says, `more` the lines of text of a message of which all is to be shown.
    """

    chosen_changed = Signal(int)
    following_changed = Signal(bool)
    opened = Signal(int)

    def __init__(
        self, lines: Lines, say: Callable[[int], Said], more: Callable[[int], list[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.lines = lines
        self._say, self._more = say, more
        self.chosen = -1
        self.marked: frozenset[int] = frozenset()
        """Events that are pointed out."""
        self.span: tuple[int, int] | None = None
        """Events outside of it are faint: from and to, numbers."""
        self.following = True
        self._ranging = False
        self.drawn = LinePainter()
        self._said: dict[int, Said] = {}
        self._texts: dict[int, list[str]] = {}
        self.setAccessibleName(self.tr("Conversation"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(60)
        self._measure()
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self._redress)

    @property
    def narrow(self) -> bool:
        """Whether both sides share one column."""
        return self.viewport().width() < NARROW

    def measures(self) -> Measures:
        """Heights at the fonts and the width of now."""
        return self.drawn.measures(self.viewport().width())

    def grow(self) -> None:
        """There are more lines."""
        self._range()
        if self.following:
            self.go_to_end()
        self.viewport().update()

    def go_to_end(self) -> None:
        """Go to the end and stay there."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def choose(self, index: int, *, seen: bool = True) -> None:
        """Choose a line; `seen` brings it into view."""
        index = max(-1, min(index, self.lines.count - 1))
        if index != self.chosen:
            self.chosen = index
            self.chosen_changed.emit(index)
            self._announce()
        if seen and index >= 0:
            self._show(index)
        self.viewport().update()

    def toggle(self, index: int) -> None:
        """Show all of a message, or its beginning again."""
        if not 0 <= index < self.lines.count or self.lines.kind(index) not in (RECEIVED, SENT):
            return
        if index in self._texts:
            del self._texts[index]
            self.lines.open(index, 0)
        else:
            self._texts[index] = texts = self._more(index)
            self.lines.open(index, max(1, len(texts)))
        self._range()
        self._show(index)
        self.opened.emit(index)
        self.viewport().update()

    def is_open(self, index: int) -> bool:
        """Whether all of a message is shown."""
        return index in self._texts

    def text_of(self, index: int) -> str:
        """What a line says, in one sentence."""
        said = self._of(index)
        side = {RECEIVED: self.tr("received"), SENT: self.tr("sent")}.get(self.lines.kind(index), "")
        return " ".join(part for part in (side, said.about, said.text) if part)

    def line_at(self, point: QPoint) -> int:
        """The line under a point of the viewport, -1 where there is none."""
        y = point.y() + self.verticalScrollBar().value() - self._lead()
        return self.lines.at(y) if self.lines.count and 0 <= y < self.lines.height else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self.drawn.ink("window"))
        if self.lines.count:
            top = self.verticalScrollBar().value() - self._lead()
            index, last = self.lines.at(top), self.lines.at(top + self.viewport().height())
            while index <= last:
                place = int(self.lines.tops[index])
                height = int(self.lines.tops[index + 1]) - place
                self._paint(painter, index, QRect(0, place - top, self.viewport().width(), height))
                index += 1
        if self.hasFocus():
            painter.setPen(QPen(self.drawn.ink("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's. What is at the top stays there."""
        super().resizeEvent(event)
        self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        page = max(1, self.viewport().height() // max(1, self.lines.height // max(1, self.lines.count)) - 1)
        start = self.chosen if self.chosen >= 0 else self.lines.count
        steps = {_Key.Key_Up: -1, _Key.Key_Down: 1, _Key.Key_PageUp: -page, _Key.Key_PageDown: page}
        key = _Key(event.key())
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
        elif key in steps:
            self.choose(max(0, start + steps[key]))
        elif key == _Key.Key_Home:
            self.choose(0)
        elif key == _Key.Key_End:
            self.choose(self.lines.count - 1)
            self.go_to_end()
        elif key in (_Key.Key_Return, _Key.Key_Enter, _Key.Key_Space) and self.chosen >= 0:
            self.toggle(self.chosen)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if (index := self.line_at(event.position().toPoint())) >= 0:
            self.choose(index, seen=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.toggle(self.line_at(event.position().toPoint()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self._announce()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's. Another font has other heights."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange) and hasattr(self, "_said"):
            self._redress()

    def _redress(self) -> None:
        self._said.clear()
        self._measure()

    def _measure(self) -> None:
        """Fonts and widths of now; the reader's place stays."""
        self.drawn.redress()
        bar = self.verticalScrollBar()
        first = self.lines.at(bar.value()) if self.lines.count else 0
        inside = bar.value() - int(self.lines.tops[first])
        self.lines.measure(self.measures())
        self._range()
        if self.following:
            self.go_to_end()
        elif self.lines.count:
            bar.setValue(int(self.lines.tops[first]) + inside)
        self.viewport().update()

    def _range(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        self._ranging = True  # a value that changes now is not the reader's doing
        bar.setRange(0, max(0, self.lines.height + 2 * GAP_BELOW - height))
        bar.setPageStep(height)
        bar.setSingleStep(3 * self.drawn.code.height())
        self._ranging = False

    def _lead(self) -> int:
        """Pixels above the first line."""
        return GAP_BELOW

    def _scrolled(self, value: int) -> None:
        following = value >= self.verticalScrollBar().maximum()
        if following != self.following and not self._ranging:
            self.following = following
            self.following_changed.emit(following)
        self.viewport().update()

    def _show(self, index: int) -> None:
        bar = self.verticalScrollBar()
        top, bottom = int(self.lines.tops[index]), int(self.lines.tops[index + 1]) + 2 * GAP_BELOW
        height = self.viewport().height()
        if top < bar.value() or bottom - top > height:
            bar.setValue(top)
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height)

    def _announce(self) -> None:
        """Tell a screen reader the chosen line."""
        if self.chosen >= 0:
            self.setAccessibleDescription(self.text_of(self.chosen))
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _of(self, index: int) -> Said:
        found = self._said.get(index)
        if found is None:
            if len(self._said) >= _CACHED:
                self._said.clear()
                self.drawn.forget()
            found = self._said[index] = self._say(index)
        return found

    def _faint(self, index: int) -> bool:
        number = int(self.lines.numbers[index])
        return self.span is not None and not self.span[0] <= number < self.span[1]

    def _paint(self, painter: QPainter, index: int, rect: QRect) -> None:
        marked = self.lines.kind(index) != GAP and int(self.lines.numbers[index]) in self.marked
        texts = self._texts.get(index)
        line = Line(index, self.lines.kind(index), self._of(index), texts, index == self.chosen, marked)
        painter.setOpacity(0.45 if self._faint(index) else 1.0)
        self.drawn.paint(painter, rect, line, self.viewport())
        painter.setOpacity(1.0)
