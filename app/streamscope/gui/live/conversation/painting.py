"""How one line of a conversation's log is drawn."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from streamscope.gui.assets import pixmap
from streamscope.gui.live.conversation.lines import RECEIVED, SENT, Measures
from streamscope.gui.live.conversation.words import Said
from streamscope.gui.theme import code_font, colour, small_font, theme

NARROW = 480
"""Pixels of width below which both sides share one column."""
GAP_BELOW = 8
_WIDEST = 680
_MARGIN, _PAD = 12, 8
_SHORT = 120
"""Letters that may fit on one line."""


class Line(NamedTuple):
    """A line as it is drawn; `texts` are all lines of a message's text where it is opened."""

    row: int
    kind: int
    said: Said
    texts: list[str] | None
    chosen: bool
    marked: bool


class LinePainter:
    """Draws lines with the fonts and colours of now, which are looked up once."""

    def __init__(self) -> None:
        self._inks: dict[str, QColor] = {}
        self._laid: dict[int, QTextLayout] = {}
        self.redress()

    def redress(self) -> None:
        """Look fonts and colours up again."""
        self._code_font, self._small_font = code_font(), small_font()
        self.code, self.small = QFontMetrics(self._code_font), QFontMetrics(self._small_font)
        self._inks.clear()
        self._laid.clear()

    def forget(self) -> None:
        """Nothing that was laid out is kept."""
        self._laid.clear()

    def ink(self, token: str) -> QColor:
        """A token's colour."""
        found = self._inks.get(token)
        if found is None:
            found = self._inks[token] = colour(token)
        return found

    def measures(self, width: int) -> Measures:
        """Heights in a log of this width."""
        letter = max(1, self.code.horizontalAdvance("0"))
        letters = max(16, (_bubble(width) - 2 * _PAD) // letter // 4 * 4)  # in steps: a million are measured anew
        frame = self.small.height() + 4 + 2 * _PAD + GAP_BELOW
        return Measures(self.small.height() + 10, frame, self.code.height(), letters)

    def paint(self, painter: QPainter, rect: QRect, line: Line, on: QWidget) -> None:
        """Draw a line into a rectangle of a widget."""
        if line.kind in (RECEIVED, SENT):
            self._message(painter, line, rect, on)
        else:
            self._quiet(painter, line, rect)

    def _quiet(self, painter: QPainter, line: Line, rect: QRect) -> None:
        """One sentence in the middle, between two lines; where it is chosen on a ground of its own."""
        said = line.said
        painter.setFont(self._small_font)
        time = f"{said.about}   " if said.about else ""
        room = rect.width() - 2 * _MARGIN - 40
        text = time + said.text
        if self.small.horizontalAdvance(text) > room:  # where it is narrow the words matter more than the time
            text = self.small.elidedText(said.text, Qt.TextElideMode.ElideRight, room)
        width = self.small.horizontalAdvance(text)
        box = QRectF(rect.center().x() - width / 2 - 8, rect.top() + 1, width + 16, rect.height() - 2)
        strong = self.ink({"warn": "warn_line", "error": "error_line"}.get(said.tone, "line"))
        painter.setPen(QPen(strong, 1))
        middle = rect.top() + rect.height() // 2
        painter.drawLine(QPointF(_MARGIN, middle + 0.5), QPointF(box.left() - 4, middle + 0.5))
        painter.drawLine(QPointF(box.right() + 4, middle + 0.5), QPointF(rect.right() - _MARGIN, middle + 0.5))
        if line.chosen:
            self._fill(painter, box, self.ink("selected"), self.ink("accent"))
        elif said.tone in ("warn", "error"):
            self._fill(painter, box, self.ink(f"{said.tone}_soft"), strong)
        if line.marked:
            self._mark(painter, box)
        painter.setPen(self.ink(said.tone))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _message(self, painter: QPainter, line: Line, rect: QRect, on: QWidget) -> None:
        said, sent, width = line.said, line.kind == SENT, _bubble(rect.width())
        narrow = rect.width() < NARROW
        if not narrow and line.texts is None:
            width = min(width, self._natural(said))
        left = rect.right() + 1 - _MARGIN - width if sent and not narrow else _MARGIN
        box = QRectF(left + 0.5, rect.top() + 0.5, width - 1, rect.height() - GAP_BELOW - 1)
        ground, edge = ("info_soft", "info_line") if sent else ("surface", "line")
        self._fill(
            painter, box, self.ink(ground), self.ink("accent" if line.chosen else edge), 2.0 if line.chosen else 1.0
        )
        if line.marked:
            self._mark(painter, box)
        tint = theme.tokens.accent if sent else theme.tokens.ok
        drawn = pixmap("arrow-out" if sent else "arrow-in", tint, 12, on.devicePixelRatioF())
        head = QRect(left + _PAD, rect.top() + _PAD, width - 2 * _PAD, self.small.height())
        painter.drawPixmap(head.left(), head.center().y() - 5, drawn)
        painter.setFont(self._small_font)
        painter.setPen(self.ink("muted"))
        about = self.small.elidedText(said.about, Qt.TextElideMode.ElideRight, head.width() - 18)
        painter.drawText(head.adjusted(18, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, about)
        below = QRectF(left + _PAD, head.bottom() + 5, width - 2 * _PAD, box.bottom() - head.bottom() - 5)
        painter.setFont(self._code_font)
        painter.setPen(self.ink("text"))
        if line.texts is not None:
            self._lines(painter, line.texts, below, on.height())
        elif said.text:
            self._beginning(painter, line.row, said.text, below, self.ink(ground))
        else:
            painter.setPen(self.ink("muted"))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, QCoreApplication.translate("conversation", "empty"))

    def _natural(self, said: Said) -> int:
        """Pixels of width that a message wants."""
        if len(said.text) > _SHORT:
            return _WIDEST
        about, text = self.small.horizontalAdvance(said.about) + 18, self.code.horizontalAdvance(said.text)
        return max(about, text) + 2 * _PAD + 4

    def _lines(self, painter: QPainter, texts: list[str], box: QRectF, seen: int) -> None:
        height = self.code.height()
        first = max(0, int(-box.top()) // height)  # of a long one only what is seen
        last = min(len(texts), first + seen // height + 2)
        for number in range(first, last):
            place = QRectF(box.left(), box.top() + number * height, box.width(), height)
            text = self.code.elidedText(texts[number], Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _beginning(self, painter: QPainter, index: int, text: str, box: QRectF, ground: QColor) -> None:
        layout = self._laid.get(index)
        room = max(1, round(box.height() / self.code.height() - 0.3))
        if len(text) <= _SHORT and self.code.horizontalAdvance(text) <= box.width():
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
            return
        if layout is None:
            layout = self._laid[index] = QTextLayout(text, self._code_font)
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
                line.setPosition(QPointF(0, number * self.code.height()))
            layout.endLayout()
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), box.width(), room * self.code.height()))
        layout.draw(painter, box.topLeft())
        if layout.lineCount() > room:
            width = self.code.horizontalAdvance("…") + 6
            end = QRectF(box.right() - width, box.top() + (room - 1) * self.code.height(), width, self.code.height())
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
        painter.fillRect(QRectF(box.left() - 5, box.top() + 2, 3, box.height() - 4), self.ink("warn"))


def _bubble(width: int) -> int:
    """Pixels that a message may have in a log of this width."""
    room = width - 2 * _MARGIN
    return max(120, room if width < NARROW else min(_WIDEST, room * 3 // 4))
