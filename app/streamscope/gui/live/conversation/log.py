"""The two-sided log: painted by itself, only what is seen, so that a million lines cost what a screenful does."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from streamscope.gui.assets import pixmap
from streamscope.gui.live.conversation.lines import GAP, QUIET, RECEIVED, SENT, Lines, Measures
from streamscope.gui.live.conversation.words import Said
from streamscope.gui.theme import code_font, colour, small_font, theme

NARROW = 480
"""Pixels of width below which both sides share one column."""
_WIDEST = 680
_MARGIN, _PAD, _GAP = 12, 8, 8
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
        self._said: dict[int, Said] = {}
        self._laid: dict[int, QTextLayout] = {}
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
        letter = max(1, self._code.horizontalAdvance("0"))
        letters = max(16, (self._bubble() - 2 * _PAD) // letter // 4 * 4)  # in steps: a million are measured anew
        return Measures(
            self._small.height() + 10, self._small.height() + 4 + 2 * _PAD + _GAP, self._code.height(), letters
        )

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
        painter.fillRect(event.rect(), colour("window"))
        if self.lines.count:
            top = self.verticalScrollBar().value() - self._lead()
            index, last = self.lines.at(top), self.lines.at(top + self.viewport().height())
            while index <= last:
                place = int(self.lines.tops[index])
                height = int(self.lines.tops[index + 1]) - place
                self._paint(painter, index, QRect(0, place - top, self.viewport().width(), height))
                index += 1
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 1))
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

    def focusInEvent(self, event: object) -> None:
        """Qt's."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._announce()
        self.viewport().update()

    def focusOutEvent(self, event: object) -> None:
        """Qt's."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
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
        self._code, self._small = QFontMetrics(code_font()), QFontMetrics(small_font())
        self._laid.clear()
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
        bar.setRange(0, max(0, self.lines.height + 2 * _GAP - height))
        bar.setPageStep(height)
        bar.setSingleStep(3 * self._code.height())
        self._ranging = False

    def _lead(self) -> int:
        """Pixels above the first line."""
        return _GAP

    def _scrolled(self, value: int) -> None:
        following = value >= self.verticalScrollBar().maximum()
        if following != self.following and not self._ranging:
            self.following = following
            self.following_changed.emit(following)
        self.viewport().update()

    def _show(self, index: int) -> None:
        bar = self.verticalScrollBar()
        top, bottom = int(self.lines.tops[index]), int(self.lines.tops[index + 1]) + 2 * _GAP
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
                self._laid.clear()
            found = self._said[index] = self._say(index)
        return found

    def _bubble(self) -> int:
        width = self.viewport().width() - 2 * _MARGIN
        return max(120, width if self.narrow else min(_WIDEST, width * 3 // 4))

    def _faint(self, index: int) -> bool:
        number = int(self.lines.numbers[index])
        return self.span is not None and not self.span[0] <= number < self.span[1]

    def _paint(self, painter: QPainter, index: int, rect: QRect) -> None:
        painter.setOpacity(0.45 if self._faint(index) else 1.0)
        kind = self.lines.kind(index)
        if kind in (QUIET, GAP):
            self._paint_quiet(painter, index, rect)
        else:
            self._paint_message(painter, index, rect, sent=kind == SENT)
        painter.setOpacity(1.0)

    def _paint_quiet(self, painter: QPainter, index: int, rect: QRect) -> None:
        """One sentence in the middle, between two lines; where it is chosen on a ground of its own."""
        said = self._of(index)
        painter.setFont(small_font())
        time = f"{said.about}   " if said.about else ""
        room = rect.width() - 2 * _MARGIN - 40
        text = time + said.text
        if self._small.horizontalAdvance(text) > room:  # where it is narrow the words matter more than the time
            text = self._small.elidedText(said.text, Qt.TextElideMode.ElideRight, room)
        width = self._small.horizontalAdvance(text)
        box = QRectF(rect.center().x() - width / 2 - 8, rect.top() + 1, width + 16, rect.height() - 2)
        strong = colour({"warn": "warn_line", "error": "error_line"}.get(said.tone, "line"))
        painter.setPen(QPen(strong, 1))
        middle = rect.top() + rect.height() // 2
        painter.drawLine(QPointF(_MARGIN, middle + 0.5), QPointF(box.left() - 4, middle + 0.5))
        painter.drawLine(QPointF(box.right() + 4, middle + 0.5), QPointF(rect.right() - _MARGIN, middle + 0.5))
        if index == self.chosen:
            self._fill(painter, box, colour("selected"), colour("accent"))
        elif said.tone in ("warn", "error"):
            self._fill(painter, box, colour(f"{said.tone}_soft"), strong)
        if int(self.lines.numbers[index]) in self.marked and self.lines.kind(index) != GAP:
            self._mark(painter, box)
        painter.setPen(colour(said.tone))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_message(self, painter: QPainter, index: int, rect: QRect, *, sent: bool) -> None:
        said, width = self._of(index), self._bubble()
        if not self.narrow and index not in self._texts:
            width = min(width, self._natural(said))
        left = rect.right() + 1 - _MARGIN - width if sent and not self.narrow else _MARGIN
        box = QRectF(left + 0.5, rect.top() + 0.5, width - 1, rect.height() - _GAP - 1)
        chosen = index == self.chosen
        ground, line = ("info_soft", "info_line") if sent else ("surface", "line")
        self._fill(painter, box, colour(ground), colour("accent" if chosen else line), 2.0 if chosen else 1.0)
        if int(self.lines.numbers[index]) in self.marked:
            self._mark(painter, box)
        tint = theme.tokens.accent if sent else theme.tokens.ok
        drawn = pixmap("arrow-out" if sent else "arrow-in", tint, 12, self.devicePixelRatioF())
        head = QRect(left + _PAD, rect.top() + _PAD, width - 2 * _PAD, self._small.height())
        painter.drawPixmap(head.left(), head.center().y() - 5, drawn)
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        about = self._small.elidedText(said.about, Qt.TextElideMode.ElideRight, head.width() - 18)
        painter.drawText(head.adjusted(18, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, about)
        below = QRectF(left + _PAD, head.bottom() + 5, width - 2 * _PAD, box.bottom() - head.bottom() - 5)
        painter.setFont(code_font())
        painter.setPen(colour("text"))
        if index in self._texts:
            self._paint_lines(painter, self._texts[index], below)
        elif said.text:
            self._paint_beginning(painter, index, said.text, below, colour(ground))
        else:
            painter.setPen(colour("muted"))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self.tr("empty"))

    def _natural(self, said: Said) -> int:
        """Pixels of width that a message wants."""
        if len(said.text) > 120:
            return _WIDEST
        about, text = self._small.horizontalAdvance(said.about) + 18, self._code.horizontalAdvance(said.text)
        return max(about, text) + 2 * _PAD + 4

    def _paint_lines(self, painter: QPainter, texts: list[str], box: QRectF) -> None:
        height = self._code.height()
        first = max(0, int(-box.top()) // height)  # of a long one only what is seen
        last = min(len(texts), first + self.viewport().height() // height + 2)
        for number in range(first, last):
            place = QRectF(box.left(), box.top() + number * height, box.width(), height)
            text = self._code.elidedText(texts[number], Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_beginning(self, painter: QPainter, index: int, text: str, box: QRectF, ground: QColor) -> None:
        layout = self._laid.get(index)
        room = max(1, round(box.height() / self._code.height() - 0.3))
        if layout is None:
            layout = self._laid[index] = QTextLayout(text, code_font())
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.WrapAnywhere)
            option.setTextDirection(Qt.LayoutDirection.LeftToRight)
            layout.setTextOption(option)
            layout.beginLayout()
            for number in range(room + 1):
                line = layout.createLine()
                if not line.isValid():
                    break
                line.setLineWidth(box.width())
                line.setPosition(QPointF(0, number * self._code.height()))
            layout.endLayout()
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), box.width(), room * self._code.height()))
        layout.draw(painter, box.topLeft())
        if layout.lineCount() > room:
            width = self._code.horizontalAdvance("…") + 6
            end = QRectF(box.right() - width, box.top() + (room - 1) * self._code.height(), width, self._code.height())
            painter.fillRect(end, ground)
            painter.drawText(end, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "…")
        painter.restore()

    def _fill(self, painter: QPainter, box: QRectF, ground: QColor, line: QColor, width: float = 1.0) -> None:
        painter.setPen(QPen(line, width))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _mark(self, painter: QPainter, box: QRectF) -> None:
        """A bar that points a line out."""
        painter.fillRect(QRectF(box.left() - 5, box.top() + 2, 3, box.height() - 4), colour("warn"))
