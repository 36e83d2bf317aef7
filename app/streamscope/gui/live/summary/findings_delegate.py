"""How a finding is painted: mark, word and rule; the sentence; what to try; and its evidence as a link."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from streamscope.gui.assets import pixmap
from streamscope.gui.language import retold
from streamscope.gui.live.summary.findings_model import FINDING, evidence_text, severity_word
from streamscope.gui.theme import code_font, colour, small_font, strong_font, theme
from streamscope.model.event import Finding

Index = QModelIndex | QPersistentModelIndex
_PAD, _ICON, _GAP, _LINE = 12, 16, 8, 4
_LEFT = _PAD + _ICON + _GAP
_MARKS = {"error": ("error", "error"), "warning": ("warning", "warn"), "info": ("info", "info")}
_WRAP = int(Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_WORDS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_TALL = 100_000


class FindingDelegate(QStyledItemDelegate):
    """Rows as high as their texts are at the list's width."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        width = self._width(option)
        parts = self._parts(index.data(FINDING), QRect(0, 0, width, _TALL))
        return QSize(width, parts[-1][1].bottom() + _PAD)

    def evidence(self, option: QStyleOptionViewItem, index: Index) -> QRect:
        """Where the link is; nowhere where a finding has no evidence."""
        *_, last = self._parts(index.data(FINDING), option.rect)
        return last[1] if last[3] == "accent" else QRect()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        rect, finding = option.rect, index.data(FINDING)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.setPen(colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        name, tint = _MARKS[finding.severity]
        drawn = pixmap(name, getattr(theme.tokens, tint), _ICON, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.left() + _PAD, rect.top() + _PAD, drawn)
        for text, place, font, shade, flags in self._parts(finding, rect):
            painter.setFont(font)
            painter.setPen(colour(shade))
            painter.drawText(place, flags, text)
        painter.restore()

    def _width(self, option: QStyleOptionViewItem) -> int:
        view = option.widget
        return view.viewport().width() if isinstance(view, QListView) else max(option.rect.width(), 200)

    def _parts(self, finding: Finding, rect: QRect) -> list[tuple[str, QRect, QFont, str, int]]:
        """Each text with its place, font, colour and flags, from the top down."""
        link = small_font()
        link.setUnderline(True)
        code = code_font()
        code.setPointSizeF(small_font().pointSizeF())
        texts = [
            (retold(finding.text), strong_font(), "text"),
            (retold(finding.remedy), small_font(), "muted"),
            (evidence_text(finding), link, "accent"),
        ]
        word, left, top = severity_word(finding.severity), rect.left() + _LEFT, rect.top() + _PAD
        width = max(rect.width() - _LEFT - _PAD, 60)
        heading = QFontMetrics(small_font())
        size = heading.horizontalAdvance(word)
        tint = _MARKS[finding.severity][1]
        rest = QRect(left + size + _GAP, top, max(0, width - size - _GAP), heading.height())
        rule = QFontMetrics(code).elidedText(finding.rule, Qt.TextElideMode.ElideRight, rest.width())
        parts = [
            (word, QRect(left, top, size + 2, heading.height()), small_font(), tint, _WORDS),
            (rule, rest, code, "muted", _WORDS),
        ]
        top += heading.height() + _LINE
        for text, font, shade in texts:
            if not text:
                continue
            metrics = QFontMetrics(font)
            flags = _WORDS
            box = metrics.boundingRect(QRect(0, 0, width, _TALL), flags, text)
            if box.width() > width:  # a word longer than the line
                flags = _WRAP
                box = metrics.boundingRect(QRect(0, 0, width, _TALL), flags, text)
            wide = box.width() + 2 if shade == "accent" else width
            parts.append((text, QRect(left, top, wide, box.height()), font, shade, flags))
            top += box.height() + _LINE
        return parts
