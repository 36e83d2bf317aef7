"""One of the three choices that make a call: a dropdown that says what it will do and marks what is not offered."""

from collections.abc import Mapping
from typing import Protocol as Shape

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QStyle, QStyledItemDelegate, QVBoxLayout, QWidget
from PySide6.QtWidgets import QStyleOptionViewItem as Option

from streamscope.gui.assets import icon, pixmap
from streamscope.gui.marks import IconView, muted_label
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
        self.setObjectName("card")
        self._helps: dict[str, str] = {}
        self.combo = QComboBox()
        self.combo.setAccessibleName(caption)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(12)
        self.combo.setFont(strong_font())
        self.combo.setMaxVisibleItems(16)
        self.combo.view().setItemDelegate(KindDelegate(self.combo))
        self.combo.currentIndexChanged.connect(self._moved)
        self.help = muted_label("", wrap=True)
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.help.setFixedHeight(QFontMetrics(small_font()).lineSpacing() * 2 + 2)
        label = QLabel(caption)
        label.setBuddy(self.combo)
        label.setProperty("tone", "muted")
        head = QHBoxLayout()
        head.setSpacing(7)
        head.addWidget(IconView(icon_name, "muted", 14))
        head.addWidget(label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.combo)
        column.addWidget(self.help)
        theme.changed.connect(self._remark)

    def fill(self, kinds: Mapping[str, Described]) -> None:
        """The kinds to choose from; the choice stays where it is still there."""
        chosen = self.key()
        self.combo.blockSignals(True)
        self.combo.clear()
        for key, kind in kinds.items():
            self.combo.addItem(told(kind.label), key)
            self._helps[key] = told(kind.help)
        self.combo.blockSignals(False)
        self.combo.view().setMinimumWidth(380)
        self.choose(chosen or next(iter(kinds), ""))
        self._tell()

    def key(self) -> str:
        """The chosen kind's key, '' while there is none."""
        return str(self.combo.currentData(KEY) or "")

    def choose(self, key: str) -> None:
        """Choose a kind without telling."""
        index = self.combo.findData(key)
        if index >= 0:
            self.combo.blockSignals(True)
            self.combo.setCurrentIndex(index)
            self.combo.blockSignals(False)
        self._tell()

    def mark(self, reasons: Mapping[str, Phrase | None]) -> None:
        """Mark the kinds that are not offered, each with its reason."""
        for row in range(self.combo.count()):
            why = reasons[str(self.combo.itemData(row, KEY))]
            self.combo.setItemData(row, told(why) if why else None, REASON)
        self._remark()

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
        text = self._helps.get(self.key(), "")
        self.help.setText(text)
        self.setToolTip(text)
        self.combo.setAccessibleDescription(text)


class KindDelegate(QStyledItemDelegate):
    """A row of the dropdown: the kind, and in grey why it is not offered."""

    def sizeHint(self, option: Option, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Qt's."""
        lines = QFontMetrics(option.font).height()
        if index.data(REASON):
            lines += QFontMetrics(small_font()).height() + 2
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
        painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), str(index.data()))
        if why:
            painter.setFont(small_font())
            painter.setPen(colour("muted"))
            shown = QFontMetrics(painter.font()).elidedText(str(why), Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), shown)
        painter.restore()
