"""How the access matrix is drawn: a mark, a status and a time in each cell, a line for each service."""

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from streamscope.gui.assets import pixmap
from streamscope.gui.language import retold
from streamscope.gui.marks import paint_state
from streamscope.gui.matrix.model import LEADING, LOOK, Band, Look
from streamscope.gui.matrix.words import band_count, change_short, reason_short, state_word
from streamscope.gui.texts import time_text
from streamscope.gui.theme import colour, small_font, strong_font, theme

if TYPE_CHECKING:
    from collections.abc import Callable

Index = QModelIndex | QPersistentModelIndex
_PAD = 8
_MARK = 11
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LOOKS = {
    "works": ("complete", "ok"),
    "failed": ("error", "error"),
    "stopped": ("stopped-here", "muted"),
    "waiting": ("idle", "muted"),
    "not offered": ("unknown", "muted"),
}
_CHANGES = {"newly failing": "error", "newly working": "ok", "slower": "warn", "faster": "ok"}


class MatrixDelegate(QStyledItemDelegate):
    """Paints bands and cells; row heights are all the same."""

    opened: "Callable[[Index], bool]" = staticmethod(lambda _index: True)
    """Whether a band is open: its tree knows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(80, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        painter.save()
        if index.internalId() == 0:
            band = index.data(LOOK)
            if index.column() == 0 and isinstance(band, Band):
                focus = bool(option.state & QStyle.StateFlag.State_Selected)
                paint_band(painter, option.rect, band, opened=self.opened(index), chosen=focus)
        else:
            self._paint_cell(painter, option, index)
        painter.restore()

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect, state = option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
            if state & QStyle.StateFlag.State_Active and option.widget is not None and option.widget.hasFocus():
                painter.setPen(QPen(colour("accent"), 1))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        look = index.data(LOOK)
        painter.setFont(option.font)
        if isinstance(look, Look):
            paint_look(painter, inner, look)
        elif index.column() < LEADING:
            again = index.column() == 0 and index.row() > 0 and index.sibling(index.row() - 1, 0).data() == look
            if not again:
                painter.setPen(colour("text" if index.column() == 0 else "muted"))
                left = inner.adjusted(_MARK + 7 if index.column() == 0 else 0, 0, 0, 0)
                draw(painter, left, str(look or ""))


def paint_look(painter: QPainter, rect: QRect, look: Look) -> None:
    """A cell: its mark, word or status, time at the right, what changed beside it, the reason where one is needed."""
    cell = look.cell
    if not cell.offered:
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        draw(painter, rect, f"– {reason_short(cell)}")
        return
    mark, tint = _LOOKS[cell.state]
    if look.phase:
        mark, tint = ("waiting", "info") if look.phase == "running" else ("idle", "muted")
    drawn = _mark(mark, theme.tokens.name, painter.device().devicePixelRatioF())
    painter.drawPixmap(rect.left(), rect.top() + (rect.height() - _MARK) // 2 + 1, drawn)
    rect = rect.adjusted(_MARK + 7, 0, 0, 0)
    if not look.phase and cell.ok and cell.ttfb_ms is not None:
        rect = _paint_time(painter, rect, look)
    word, status = state_word(look), "" if look.phase else str(cell.status or "")
    metrics = QFontMetrics(painter.font())
    said = f"{word} {status}".strip()
    if metrics.horizontalAdvance(said) > rect.width():
        said = status or word
    if look.change is None or metrics.horizontalAdvance(said) <= rect.width():  # the mark says it in any case
        painter.setPen(colour(tint))
        taken = draw(painter, rect, said)
        rect = rect.adjusted(taken + 7, 0, 0, 0)
    if cell.reason and not look.phase and not cell.ok:
        if look.change is not None:
            rect = _paint_change(painter, rect, look)
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        draw(painter, rect, retold(cell.reason))


@lru_cache(maxsize=64)
def _mark(state: str, look: str, ratio: float) -> QPixmap:  # noqa: ARG001 - the look tells marks of two themes apart
    """A state's mark, drawn once: a grid has hundreds of the same."""
    drawn = QPixmap(QSize(round(_MARK * ratio), round(_MARK * ratio)))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    paint_state(painter, QRectF(0, 0, _MARK, _MARK), state)
    painter.end()
    return drawn


def _paint_time(painter: QPainter, rect: QRect, look: Look) -> QRect:
    """The time at the right, before it what changed; gives what is left of the cell."""
    said = time_text(look.cell.ttfb_ms)
    painter.setPen(colour("text"))
    painter.drawText(rect, int(_RIGHT), said)
    rect = rect.adjusted(0, 0, -QFontMetrics(painter.font()).horizontalAdvance(said) - 7, 0)
    return _paint_change(painter, rect, look) if look.change is not None else rect


def _paint_change(painter: QPainter, rect: QRect, look: Look) -> QRect:
    """What changed, small, at the right of a place; gives what is left of it."""
    if look.change is None:
        return rect
    kept = painter.font()
    painter.setFont(small_font())
    said = change_short(look)
    painter.setPen(colour(_CHANGES[look.change.kind]))
    painter.drawText(rect, int(_RIGHT), said)
    width = QFontMetrics(painter.font()).horizontalAdvance(said)
    painter.setFont(kept)
    return rect.adjusted(0, 0, -width - 7, 0)


def paint_band(painter: QPainter, rect: QRect, band: Band, *, opened: bool, chosen: bool = False) -> None:
    """A service's line: an arrow, its name and generation, how many of its cells work."""
    painter.fillRect(rect, colour("selected" if chosen else "window"))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour("line"))
    ratio = painter.device().devicePixelRatioF()
    if band.shown:
        name = "chevron-down" if opened else "chevron-right"
        top = rect.top() + (rect.height() - 12) // 2
        painter.drawPixmap(rect.left() + _PAD - 1, top, pixmap(name, theme.tokens.muted, 12, ratio))
    inner = rect.adjusted(_PAD + _MARK + 7, 0, -_PAD, 0)
    failed, works = band.counts.get("failed", 0), band.counts.get("works", 0)
    tint: QColor = colour("error" if failed else "ok" if works and works == band.offered else "muted")
    said = band_count(band)
    painter.setFont(strong_font())
    name_width = QFontMetrics(painter.font()).horizontalAdvance(" ".join(band.name.split()))
    painter.setFont(small_font())
    painter.setPen(tint)
    count_width = min(
        QFontMetrics(painter.font()).horizontalAdvance(said), max(inner.width() // 2, inner.width() - name_width - 40)
    )
    right = QRect(inner.right() - count_width, inner.top(), count_width + 1, inner.height())
    draw(painter, right, said, right=True)
    painter.setFont(strong_font())
    painter.setPen(colour("text"))
    left = inner.adjusted(0, 0, -count_width - 12, 0)
    taken = draw(painter, left.adjusted(0, 0, -24 if band.generation else 0, 0), band.name)
    painter.setFont(small_font())
    painter.setPen(colour("muted"))
    draw(painter, left.adjusted(taken + 7, 0, 0, 0), band.generation)


def draw(painter: QPainter, rect: QRect, text: str, *, right: bool = False) -> int:
    """One line of text, shortened to fit; gives the width that it took."""
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, max(0, rect.width()))
    painter.drawText(rect, int(_RIGHT if right else _LEFT), shown)
    return metrics.horizontalAdvance(shown)


def row_height(font: QFont) -> int:
    """How high a row is."""
    return (QFontMetrics(font).height() + 10 + 3) // 4 * 4
