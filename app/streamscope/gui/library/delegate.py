"""How collections, folders and requests are painted: one line each, the method as a coloured word."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from streamscope.gui.assets import pixmap
from streamscope.gui.library.tree import NODE, CollectionsModel, Node
from streamscope.gui.texts import told
from streamscope.gui.theme import colour, small_font, strong_font, theme

_PAD, _STEP, _ICON = 12, 12, 12
_SHORT = {"DELETE": "DEL", "OPTIONS": "OPT"}
_TINTS = {"GET": "ok", "POST": "info", "PUT": "warn", "PATCH": "code_word", "DELETE": "error", "WS": "code_word"}


class CollectionDelegate(QStyledItemDelegate):
    """One row: a chevron or the method, the name, and at the right what is to be known (count, unsaved, trouble)."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's: all rows are of one height, so that thousands of them cost nothing."""
        return QSize(120, QFontMetrics(option.font).height() + 12)

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's signature
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002 - Qt's signature
    ) -> QWidget:
        """Qt's: a name is typed in its row."""
        editor = QLineEdit(parent)
        editor.setAccessibleName(self.tr("Name"))
        editor.setStyleSheet("QLineEdit { padding: 0 3px; min-height: 0; border-radius: 3px; }")
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        node = index.data(NODE)
        left = _left(node) + (tag_width() if node.kind == "request" else _ICON + 6) - 4
        editor.setGeometry(option.rect.adjusted(left, 2, -8, -2))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        node = index.data(NODE)
        rect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("selected"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), colour("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour("hover"))
        inner = rect.adjusted(_left(node), 0, -_PAD, 0)
        model = index.model()
        unsaved = isinstance(model, CollectionsModel) and node.path in model.unsaved
        if node.kind == "request":
            _paint_request(painter, inner, node, unsaved=unsaved)
        else:
            opened = bool(option.state & QStyle.StateFlag.State_Open)
            _paint_folder(painter, inner, node, opened=opened)
        painter.restore()


def _left(node: Node) -> int:
    return _PAD + node.depth * _STEP


def _tag_font() -> QFont:
    font = small_font()
    font.setWeight(QFont.Weight.DemiBold)
    return font


def tag_width() -> int:
    """Room for the method: all but the rarest fit."""
    return QFontMetrics(_tag_font()).horizontalAdvance("PATCH") + 8


def paint_method(painter: QPainter, rect: QRect, method: str) -> None:
    """The method as a coloured word, short where it is long."""
    font = _tag_font()
    painter.setFont(font)
    painter.setPen(colour(_TINTS.get(method, "muted")))
    word = _SHORT.get(method, method)
    shown = QFontMetrics(font).elidedText(word, Qt.TextElideMode.ElideRight, tag_width() - 4)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


def _paint_folder(painter: QPainter, rect: QRect, node: Node, *, opened: bool) -> None:
    chevron = "chevron-down" if opened else "chevron-right"
    _icon(painter, rect, chevron if node.trouble is None else "warning", "muted" if node.trouble is None else "warn")
    top = node.kind == "collection"
    painter.setFont(small_font())
    painter.setPen(colour("muted"))
    taken = _right(painter, rect, str(node.count)) if node.trouble is None else 0
    painter.setFont(strong_font() if top else _plain())
    painter.setPen(colour("muted" if top else "text"))
    _named(painter, rect.adjusted(_ICON + 6, 0, -taken - 8 if taken else 0, 0), node)


def _paint_request(painter: QPainter, rect: QRect, node: Node, *, unsaved: bool) -> None:
    if node.trouble is not None:
        _icon(painter, rect, "warning", "warn")
    else:
        paint_method(painter, rect, node.method)
    room = rect.adjusted(tag_width(), 0, -14 if unsaved else 0, 0)
    painter.setFont(_plain())
    painter.setPen(colour("text" if node.trouble is None else "muted"))
    _named(painter, room, node)
    if unsaved:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        painter.drawEllipse(QRectF(rect.right() - 7, rect.center().y() - 3, 7, 7))


def _named(painter: QPainter, rect: QRect, node: Node) -> None:
    """The name; where something is wrong, what it is behind it."""
    flat = " ".join(node.name.split()) or node.path.name
    metrics = QFontMetrics(painter.font())
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    if node.trouble is None:
        painter.drawText(rect, flags, metrics.elidedText(flat, Qt.TextElideMode.ElideRight, rect.width()))
        return
    shown = metrics.elidedText(flat, Qt.TextElideMode.ElideRight, rect.width() * 2 // 5)
    painter.drawText(rect, flags, shown)
    painter.setFont(small_font())
    painter.setPen(colour("warn"))
    rest = rect.adjusted(metrics.horizontalAdvance(shown) + 8, 0, 0, 0)
    why = QFontMetrics(painter.font()).elidedText(told(node.trouble), Qt.TextElideMode.ElideRight, rest.width())
    painter.drawText(rest, flags, why)


def _icon(painter: QPainter, rect: QRect, name: str, tint: str) -> None:
    drawn = pixmap(name, getattr(theme.tokens, tint), _ICON, painter.device().devicePixelRatioF())
    painter.drawPixmap(rect.left(), rect.top() + (rect.height() - _ICON) // 2, drawn)


def _right(painter: QPainter, rect: QRect, text: str) -> int:
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
    return QFontMetrics(painter.font()).horizontalAdvance(text)


def _plain() -> QFont:
    font = strong_font()
    font.setWeight(QFont.Weight.Normal)
    return font
