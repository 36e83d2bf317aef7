"""How a past exchange and a day's heading are painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from streamscope.gui.library.delegate import paint_method, tag_width
from streamscope.gui.library.past import ROW, Day, PastModel, title
from streamscope.gui.marks import paint_state
from streamscope.gui.theme import colour, small_font, strong_font
from streamscope.store.past import Past

_PAD, _MARK = 12, 11
_STATES = {"stopped": "stopped-here", "no connection": "error"}


class PastDelegate(QStyledItemDelegate):
    """Two lines: how it came out as a shape, method, name and time; then status, service and times in words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Qt's."""
        line = QFontMetrics(option.font).height()
        if isinstance(index.data(ROW), Day):
            return QSize(120, line + 14)
        return QSize(120, line + QFontMetrics(small_font()).height() + 14)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        row = index.data(ROW)
        rect = option.rect
        painter.save()
        if isinstance(row, Day):
            painter.setFont(strong_font())
            painter.setPen(colour("muted"))
            _text(painter, rect.adjusted(_PAD, 4, -_PAD, 0), row.title)
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(rect, colour("selected"))
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), colour("accent"))
            elif option.state & QStyle.StateFlag.State_MouseOver:
                painter.fillRect(rect, colour("hover"))
            model = index.model()
            details = model.details(row) if isinstance(model, PastModel) else []
            _paint_row(painter, rect.adjusted(_PAD, 0, -_PAD, 0), row, " · ".join(details))
        painter.restore()


def _paint_row(painter: QPainter, rect: QRect, row: Past, details: str) -> None:
    plain = strong_font()
    plain.setWeight(plain.Weight.Normal)
    first = QRect(rect.left(), rect.top() + 6, rect.width(), QFontMetrics(plain).height())
    mark = QRectF(rect.left(), first.center().y() - _MARK / 2 + 1, _MARK, _MARK)
    paint_state(painter, mark, _STATES.get(row.outcome, row.outcome))
    text = first.adjusted(_MARK + 8, 0, 0, 0)
    painter.setFont(small_font())
    painter.setPen(colour("muted"))
    when = f"{row.when:%H:%M}"
    painter.drawText(text, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), when)
    taken = QFontMetrics(painter.font()).horizontalAdvance(when) + 8
    method = "WS" if row.protocol == "websocket" else row.method
    paint_method(painter, text, method)
    painter.setFont(plain)
    painter.setPen(colour("text"))
    _text(painter, text.adjusted(tag_width(), 0, -taken, 0), title(row), Qt.TextElideMode.ElideMiddle)
    painter.setFont(small_font())
    painter.setPen(colour("error" if row.outcome in ("error", "no connection") else "muted"))
    second = QRect(text.left(), first.bottom() + 2, text.width(), QFontMetrics(painter.font()).height())
    _text(painter, second, details)


def _text(painter: QPainter, rect: QRect, text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
    flat = " ".join(text.split())
    shown = QFontMetrics(painter.font()).elidedText(flat, mode, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
