"""One of the three choices that make a call: a dropdown that says what it will do and marks what is not offered."""

import math
from collections.abc import Mapping
from typing import Protocol as Shape

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QResizeEvent, QTextLayout
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)
from PySide6.QtWidgets import QStyleOptionViewItem as Option

from streamscope.gui.assets import icon, pixmap
from streamscope.gui.marks import IconView, retone
from streamscope.gui.texts import told
from streamscope.gui.theme import colour, small_font, strong_font, theme
from streamscope.model.phrase import Phrase

KEY = Qt.ItemDataRole.UserRole
REASON = Qt.ItemDataRole.UserRole + 1


class Described(Shape):
    """What a choice needs to know of a kind."""

    @property
    def label(self) -> Phrase: ...

    @property
    def help(self) -> Phrase: ...


class ChoiceView(QFrame):
    """A caption, a dropdown of kinds, and the chosen kind's own words; `changed` tells the key chosen by hand."""

    changed = Signal(str)

    def __init__(self, caption: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choice")
        self._helps: dict[str, str] = {}
        self.combo = QComboBox()
        self.combo.setAccessibleName(caption)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)
        self.combo.setFont(strong_font())
        self.combo.setMaxVisibleItems(16)
        self.combo.view().setItemDelegate(KindDelegate(self.combo))
        self.combo.currentIndexChanged.connect(self._moved)
        self.help = ClampedLabel()
        self._ban = IconView("ban", "warn", 12)
        self._ban.hide()
        label = QLabel(caption)
        label.setBuddy(self.combo)
        label.setProperty("tone", "muted")
        head = QHBoxLayout()
        head.setSpacing(7)
        head.addWidget(IconView(icon_name, "muted", 14))
        head.addWidget(label, 1)
        words = QHBoxLayout()
        words.setSpacing(6)
        words.addWidget(self._ban, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.help, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.combo)
        column.addLayout(words)
        theme.changed.connect(self._remark)

    def fill(self, kinds: Mapping[str, Described]) -> None:
        """The kinds to choose from; the choice stays where it is still there."""
        chosen = self.key()
        blocked = self.combo.blockSignals(True)
        self.combo.clear()
        self._helps.clear()
        for key, kind in kinds.items():
            self.combo.addItem(told(kind.label), key)
            self._helps[key] = told(kind.help)
        self.combo.blockSignals(blocked)
        self.combo.view().setMinimumWidth(380)
        self.choose(chosen or next(iter(kinds), ""))
        self._tell()

    def key(self) -> str:
        """The chosen kind's key, '' while there is none."""
        return str(self.combo.currentData(KEY) or "")

    def choose(self, key: str) -> None:
        """Choose a kind without telling; one that is not known here is added for as long as it is chosen."""
        blocked = self.combo.blockSignals(True)
        for row in reversed(range(self.combo.count())):
            if (other := self.combo.itemData(row, KEY)) not in self._helps and other != key:
                self.combo.removeItem(row)
        if self.combo.findData(key) < 0 and key:
            self.combo.addItem(key, key)
        self.combo.setCurrentIndex(max(self.combo.findData(key), 0))
        self.combo.blockSignals(blocked)
        self._tell()

    def mark(self, reasons: Mapping[str, Phrase | None]) -> None:
        """Mark the kinds that are not offered, each with its reason."""
        told_reasons = {key: told(why) if why else None for key, why in reasons.items()}
        rows = range(self.combo.count())
        marks = [told_reasons.get(str(self.combo.itemData(row, KEY))) for row in rows]
        if marks != [self.combo.itemData(row, REASON) for row in rows]:
            for row, why in zip(rows, marks, strict=True):
                self.combo.setItemData(row, why, REASON)
            self._remark()
        self._tell()

    def _remark(self) -> None:
        ban = icon("ban", theme.tokens.warn)
        for row in range(self.combo.count()):
            why = self.combo.itemData(row, REASON)
            self.combo.setItemIcon(row, ban if why else QIcon())
            self.combo.setItemData(row, why, Qt.ItemDataRole.ToolTipRole)

    def _moved(self, _index: int) -> None:
        self._tell()
        self.changed.emit(self.key())

    def _tell(self) -> None:
        """The card says what the kind does, or why it is not offered here."""
        text = self._helps.get(self.key(), "")
        why = str(self.combo.currentData(REASON) or "")
        self._ban.setVisible(bool(why))
        retone(self.help, "warn" if why else "muted")
        self.help.set_text(why or text)
        whole = f"{text}\n{why}".strip()
        self.setToolTip(whole)
        self.combo.setAccessibleDescription(whole)


class ClampedLabel(QLabel):
    """Small text on two lines at most; what does not fit ends in an ellipsis and is the tooltip."""

    LINES = 2

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.full = ""
        self.setProperty("tone", "muted")
        self.setFont(small_font())
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_line_height(self.font()) * self.LINES + 2)

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self.full:
            self.full = text
            self.setAccessibleName(text)
            self._clamp()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._clamp()

    def _clamp(self) -> None:
        flat = " ".join(self.full.split())
        layout = QTextLayout(flat, self.font())
        layout.beginLayout()
        cut, lines = 0, list[str]()
        while cut < len(flat) and len(lines) < self.LINES - 1:
            line = layout.createLine()
            line.setLineWidth(max(self.width(), 8))
            lines.append(flat[cut : cut + line.textLength()].rstrip())
            cut += line.textLength()
        layout.endLayout()
        rest = QFontMetrics(self.font()).elidedText(flat[cut:], Qt.TextElideMode.ElideRight, max(self.width(), 8))
        self.setText("\n".join([*lines, rest]))
        self.setToolTip(self.full if rest != flat[cut:] else "")


def _line_height(font: QFont) -> int:
    """A line in which other scripts' letters stand, too: theirs may be higher than the font's own."""
    layout = QTextLayout("x国", font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return max(math.ceil(line.height()), QFontMetrics(font).lineSpacing())


class KindDelegate(QStyledItemDelegate):
    """A row of the dropdown: the kind, and in grey why it is not offered."""

    def sizeHint(self, option: Option, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's
        """Qt's."""
        lines = _line_height(strong_font())
        if index.data(REASON):
            lines += _line_height(small_font()) + 2
        return QSize(200, lines + 12)

    def paint(self, painter: QPainter, option: Option, index: QModelIndex | QPersistentModelIndex) -> None:
        """Qt's."""
        rect: QRect = option.rect
        state = option.state
        painter.save()
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(rect, colour("selected"))
        why = index.data(REASON)
        if why:
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(rect.left() + 8, rect.top() + 7, pixmap("ban", theme.tokens.warn, 14, ratio))
        text = rect.adjusted(30, 6, -8, -6)
        painter.setFont(strong_font())
        painter.setPen(colour("muted" if why else "text"))
        across = Qt.AlignmentFlag.AlignTop if why else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | across), str(index.data()))
        if why:
            painter.setFont(small_font())
            painter.setPen(colour("muted"))
            shown = QFontMetrics(painter.font()).elidedText(str(why), Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), shown)
        painter.restore()
