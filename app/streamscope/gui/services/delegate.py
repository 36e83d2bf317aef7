"""How a heading and a service are painted in the tree."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from streamscope.gui.assets import pixmap
from streamscope.gui.marks import paint_state
from streamscope.gui.services.model import SECTION, SERVICE, Index, ServicesModel, remark, title
from streamscope.gui.services.names import accepted, one_line, shown_name, word
from streamscope.gui.services.query import Query
from streamscope.gui.services.sections import FAVOURITES, RECENT, Section
from streamscope.gui.theme import colour, small_font, strong_font, theme
from streamscope.model.service import Service

_PAD = 12
_MARK = 12
_ICON = 14
_ABSOLUTE = Qt.AlignmentFlag.AlignAbsolute  # or a name that is written from right to left would change sides
_LEFT = int(Qt.AlignmentFlag.AlignLeft | _ABSOLUTE | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | _ABSOLUTE | Qt.AlignmentFlag.AlignVCenter)


class _Look:
    """Fonts, their measures and the widths of badges, made once: a paint asks for them a hundred times."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """The desktop's font is another one."""
        self.strong, self.small = strong_font(), small_font()
        self.strong_metrics, self.small_metrics = QFontMetrics(self.strong), QFontMetrics(self.small)
        self._widths: dict[str, int] = {}

    def width(self, text: str) -> int:
        """The width of a short text in the small font."""
        found = self._widths.get(text)
        if found is None:
            if len(self._widths) > _WIDTHS:
                self._widths.clear()
            found = self._widths[text] = self.small_metrics.horizontalAdvance(text)
        return found


_WIDTHS = 2000


def row_height() -> int:
    """A service's row: two lines."""
    return QFontMetrics(strong_font()).height() + QFontMetrics(small_font()).height() + 16


def heading_height() -> int:
    """A heading's row: one line."""
    return QFontMetrics(strong_font()).height() + 14


def mark_rect(rect: QRect) -> QRect:
    """Where a row's own button is: a service's star, a workspace's refresh."""
    return QRect(rect.right() - _PAD - _ICON + 1 - 4, rect.top(), _ICON + 8, min(rect.height(), heading_height()))


class ServiceDelegate(QStyledItemDelegate):
    """Two lines: the name and its generation; the state as shape, colour and word, and quiet badges."""

    def __init__(self, model: ServicesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.look = _Look()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(160, row_height() if index.data(SERVICE) is not None else heading_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        rect, state = option.rect, option.state
        service, section = index.data(SERVICE), index.data(SECTION)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        self._paint_ground(painter, rect, state, service, index.row())
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        if isinstance(section, Section):
            self._paint_heading(painter, inner, section, hovered or bool(state & QStyle.StateFlag.State_HasFocus))
        elif isinstance(service, Service):
            self._paint_service(painter, inner, service, hovered)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, service: object, row: int) -> None:
        """Chosen: an accent bar, once; a favourite or recent one is only tinted. Current: a frame, where the keyboard
        is here. News: a soft ground for a moment."""
        key = (service.workspace, service.id) if isinstance(service, Service) else None
        chosen = key is not None and key == self._model.chosen
        if chosen and self._model.section_at(row).key in (FAVOURITES, RECENT):
            painter.fillRect(rect, colour("hover"))
        elif chosen:
            painter.fillRect(rect, colour("selected"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), colour("accent"))
        elif key in self._model.fresh:
            painter.fillRect(rect, colour("info_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        if state & QStyle.StateFlag.State_Selected:
            focused = bool(state & QStyle.StateFlag.State_Active) and bool(state & QStyle.StateFlag.State_HasFocus)
            if focused or not chosen:
                painter.setPen(QPen(colour("accent" if focused else "line_strong"), 1))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_heading(self, painter: QPainter, rect: QRect, section: Section, active: bool) -> None:
        ratio = painter.device().devicePixelRatioF()
        name = "chevron-right" if self._model.folded(section) else "chevron-down"
        middle = rect.center().y()
        painter.drawPixmap(rect.left(), middle - 5, pixmap(name, theme.tokens.muted, 12, ratio))
        left = rect.adjusted(18, 0, 0, 0)
        leading = {FAVOURITES: "star-full", RECENT: "clock"}.get(section.key)
        if section.problem is not None:
            leading = "warning"
        if leading:
            tint = theme.tokens.warn if section.problem is not None else theme.tokens.muted
            painter.drawPixmap(left.left(), middle - 6, pixmap(leading, tint, 13, ratio))
            left.adjust(19, 0, 0, 0)
        if section.workspace is not None and active:
            box = mark_rect(rect.adjusted(-_PAD, 0, _PAD, 0))
            mark = "stop" if section.busy else "refresh"
            painter.drawPixmap(
                box.center().x() - _ICON // 2, middle - _ICON // 2 + 1, pixmap(mark, theme.tokens.muted, _ICON, ratio)
            )
            left.adjust(0, 0, -_ICON - 8, 0)
        painter.setFont(self.look.small)
        painter.setPen(colour("warn" if section.problem is not None else "muted"))
        taken = _right(painter, left, remark(section))
        painter.setFont(self.look.strong)
        painter.setPen(colour("muted"))
        _left(painter, left.adjusted(0, 0, -taken - 8, 0), title(section))

    def _paint_service(self, painter: QPainter, rect: QRect, service: Service, hovered: bool) -> None:
        model = self._model
        branch = model.branch(service.workspace)
        stale, gone = branch is not None and branch.stale, model.is_gone(service)
        ratio = painter.device().devicePixelRatioF()
        look = self.look
        first = QRect(rect.left(), rect.top() + 7, rect.width(), look.strong_metrics.height())
        painter.setOpacity(0.55 if stale or gone else 1.0)
        mark = QRectF(rect.left(), first.center().y() - _MARK / 2 + 1, _MARK, _MARK)
        paint_state(painter, mark, "unknown" if gone else service.state)
        painter.setOpacity(1.0)
        text = first.adjusted(_MARK + 9, 0, 0, 0)
        starred = model.is_favourite(service)
        if starred or hovered:
            name, drawn = ("star-full", theme.tokens.accent) if starred else ("star", theme.tokens.muted)
            painter.drawPixmap(
                text.right() - _ICON + 1, first.center().y() - _ICON // 2, pixmap(name, drawn, _ICON, ratio)
            )
            text.adjust(0, 0, -_ICON - 5, 0)
        painter.setFont(self.look.small)
        painter.setPen(colour("muted"))
        taken = _right(painter, text, one_line(service.generation))
        tint = colour("muted" if stale or gone else "text")
        _hit_text(painter, text.adjusted(0, 0, -taken - 8, 0), shown_name(service), look.strong, tint, model.query)
        small = look.small
        line = look.small_metrics.height()
        second = QRect(text.left(), first.bottom() + 2, rect.right() - text.left(), line)
        said = self.tr("gone") if gone else word(service)
        used = _hit_text(painter, second, said, small, colour("muted"), model.query)
        rest = second.adjusted(used + 7, 0, 0, 0)
        if (found := _found_elsewhere(service, model.query)) is not None:
            _hit_text(painter, rest, found, small, colour("muted"), model.query)
        else:
            _badges(painter, rest, accepted(service), look)


def _found_elsewhere(service: Service, query: Query) -> str | None:
    """What the filter found that the row does not show: a tag, or the id."""
    shown = f"{shown_name(service)} {word(service)}"
    if not query or query.hits(shown):
        return None
    return next((one_line(text) for text in (*service.tags, service.id) if query.hits(text)), None)


def _badges(painter: QPainter, rect: QRect, texts: list[str], look: _Look) -> None:
    """Small frames, as many as there is room for, then how many more there are."""
    painter.setFont(look.small)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame, ink = QPen(colour("line_strong"), 1), colour("muted")
    left = rect.left()
    for number, text in enumerate(texts):
        width = look.width(text) + 8
        more = f"+{len(texts) - number}"
        last = number == len(texts) - 1
        if left + width + (0 if last else look.width(more) + 5) > rect.right():
            if look.width(more) <= rect.right() - left:
                painter.setPen(colour("muted"))
                painter.drawText(QRect(left, rect.top(), rect.right() - left, rect.height()), _LEFT, more)
            return
        painter.setPen(frame)
        painter.drawRoundedRect(QRectF(left + 0.5, rect.top() + 0.5, width - 1, rect.height() - 1), 3, 3)
        painter.setPen(ink)
        painter.drawText(QRect(left + 4, rect.top(), width, rect.height()), _LEFT, text)
        left += width + 4


def _hit_text(painter: QPainter, rect: QRect, text: str, font: QFont, tint: QColor, query: Query) -> int:
    """One line of text, shortened at its end, with the found parts on a ground of their own; gives its width."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text[:400], Qt.TextElideMode.ElideRight, max(rect.width(), 8))
    painter.setFont(font)
    painter.setPen(tint)
    hits = query.hits(text) if query else []
    if not hits:
        painter.drawText(rect, _LEFT, shown)
        return metrics.horizontalAdvance(shown)
    ranges = []
    for start, length in hits:
        one = QTextLayout.FormatRange()
        one.start, one.length = start, min(length, max(0, len(shown) - start))
        look = QTextCharFormat()
        look.setBackground(colour("warn_soft"))
        look.setForeground(colour("text"))
        one.format = look
        if one.length > 0:
            ranges.append(one)
    layout = QTextLayout(shown, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setAlignment(Qt.AlignmentFlag.AlignLeft | _ABSOLUTE)
    layout.setTextOption(option)
    layout.setFormats(ranges)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(max(rect.width(), 8))
    layout.endLayout()
    layout.draw(painter, QPointF(rect.left(), rect.top()))
    return round(line.naturalTextWidth())


def _left(painter: QPainter, rect: QRect, text: str) -> None:
    shown = QFontMetrics(painter.font()).elidedText(text[:400], Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, _LEFT, shown)


def _right(painter: QPainter, rect: QRect, text: str) -> int:
    painter.drawText(rect, _RIGHT, text)
    return QFontMetrics(painter.font()).horizontalAdvance(text)
