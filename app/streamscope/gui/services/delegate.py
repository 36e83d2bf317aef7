"""How a workspace and a service are painted in the tree."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from streamscope.gui.assets import pixmap
from streamscope.gui.marks import paint_state
from streamscope.gui.services.model import SERVICE, WORKSPACE, Branch, Index, word
from streamscope.gui.theme import colour, small_font, strong_font, theme
from streamscope.model.service import Service

_PAD = 12
_MARK = 12


class ServiceDelegate(QStyledItemDelegate):
    """Two lines: the name and its generation; the state as shape, colour and word, and the protocols."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        line = QFontMetrics(option.font).height()
        small = QFontMetrics(small_font()).height()
        return QSize(160, line + 16 if index.internalId() == 0 else line + small + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        rect = option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        if index.internalId() == 0:
            self._paint_workspace(painter, inner, index.data(WORKSPACE), bool(state & QStyle.StateFlag.State_Open))
        else:
            self._paint_service(painter, inner, index.data(SERVICE))
        painter.restore()

    def _paint_workspace(self, painter: QPainter, rect: QRect, branch: Branch, opened: bool) -> None:
        ratio = painter.device().devicePixelRatioF()
        name = "chevron-down" if opened else "chevron-right"
        top = rect.top() + (rect.height() - 12) // 2
        painter.drawPixmap(rect.left(), top, pixmap(name, theme.tokens.muted, 12, ratio))
        painter.setFont(_caption())
        painter.setPen(colour("muted"))
        count = self.tr("…") if branch.busy and not branch.services else str(len(branch.shown))
        taken = _right(painter, rect, count)
        _left(painter, rect.adjusted(18, 0, -taken - 8, 0), branch.workspace.name)

    def _paint_service(self, painter: QPainter, rect: QRect, service: Service) -> None:
        painter.setFont(strong_font())
        first = QRect(rect.left(), rect.top() + 7, rect.width(), QFontMetrics(painter.font()).height())
        mark = QRectF(rect.left(), first.center().y() - _MARK / 2 + 1, _MARK, _MARK)
        paint_state(painter, mark, service.state)
        text = first.adjusted(_MARK + 9, 0, 0, 0)
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        taken = _right(painter, text, service.generation)
        painter.setFont(strong_font())
        painter.setPen(colour("text"))
        _left(painter, text.adjusted(0, 0, -taken - 8, 0), service.name)
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        second = QRect(text.left(), first.bottom() + 2, text.width(), QFontMetrics(painter.font()).height())
        _left(painter, second, " · ".join(part for part in (word(service), ", ".join(service.protocols)) if part))


def _caption() -> QFont:
    font = strong_font()
    font.setCapitalization(QFont.Capitalization.MixedCase)
    return font


def _left(painter: QPainter, rect: QRect, text: str) -> None:
    flat = " ".join(text.split())
    shown = QFontMetrics(painter.font()).elidedText(flat, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


def _right(painter: QPainter, rect: QRect, text: str) -> int:
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
    return QFontMetrics(painter.font()).horizontalAdvance(text)
