"""Find anything: actions, services, saved requests and recent exchanges in one list, by fuzzy search."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.assets import pixmap
from streamscope.gui.fuzzy import score
from streamscope.gui.marks import muted_label
from streamscope.gui.theme import colour, small_font, theme

MOST = 60
"""Rows that are shown; who wants more types another letter."""
_ITEM = Qt.ItemDataRole.UserRole
_PLACES = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that can be found: its icon, its words, what stands beside them, and what choosing it does."""

    icon: str
    text: str
    aside: str
    does: Callable[[], object]
    rank: int = 0


class PaletteModel(QAbstractListModel):
    """The things that fit what is typed, the best first."""

    def __init__(self, things: Iterable[Found], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._things = list(things)
        self.shown: list[tuple[Found, list[int]]] = []
        self.search("")

    def search(self, typed: str) -> None:
        """Show what fits; without a word, everything in its order."""
        fitting = []
        for thing in self._things:
            if (found := score(typed, thing.text)) is not None:
                fitting.append((found[0] + thing.rank, thing, found[1]))
            elif typed.strip() and all(word in thing.aside.casefold() for word in typed.casefold().split()):
                fitting.append((thing.rank, thing, []))
        if typed:
            fitting.sort(key=lambda row: -row[0])
        self.beginResetModel()
        self.shown = [(thing, places) for _, thing, places in fitting[:MOST]]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if not index.isValid():
            return None
        thing, places = self.shown[index.row()]
        if role == _ITEM:
            return thing
        if role == _PLACES:
            return places
        if role == Qt.ItemDataRole.DisplayRole:
            return thing.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{thing.text}, {thing.aside}" if thing.aside else thing.text
        return None


class PaletteDialog(QDialog):
    """A line to type in and the list below it; Return does what is chosen."""

    def __init__(self, parent: QWidget, things: Iterable[Found], hint: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setAccessibleName(hint)
        self.model = PaletteModel(things, self)
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setProperty("plain", True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._do)
        self.nothing = muted_label(self.tr("Nothing fits. Fewer letters find more."))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setContentsMargins(0, 12, 0, 16)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing)
        self._typed("")
        width = max(420, min(640, parent.width() - 80))
        self.resize(width, min(440, max(240, parent.height() - 160)))
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - width) // 2, corner.y() + 64)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The line keeps the focus; arrows move in the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if (step := steps.get(Qt.Key(event.key()))) is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _typed(self, text: str) -> None:
        self.model.search(text)
        self.list.setCurrentIndex(self.model.index(0, 0))
        self.list.setVisible(self.model.rowCount() > 0)
        self.nothing.setVisible(self.model.rowCount() == 0)

    def _move(self, step: int) -> None:
        count = self.model.rowCount()
        if count:
            row = self.list.currentIndex().row() + step
            row = row % count if abs(step) == 1 else max(0, min(count - 1, row))
            self.list.setCurrentIndex(self.model.index(row, 0))

    def _do(self, index: QModelIndex) -> None:
        thing = index.data(_ITEM)
        if isinstance(thing, Found):
            self.close()
            thing.does()


class FoundDelegate(QStyledItemDelegate):
    """Icon, words with the typed letters strong, and the quiet text at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        return QSize(200, QFontMetrics(option.font).height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        thing = index.data(_ITEM)
        rect: QRect = option.rect
        painter.save()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            chosen = option.state & QStyle.StateFlag.State_Selected
            painter.setBrush(colour("selected" if chosen else "hover"))
            painter.drawRoundedRect(rect, 4, 4)
        ratio = painter.device().devicePixelRatioF()
        icon = pixmap(thing.icon, theme.tokens.muted, 16, ratio)
        painter.drawPixmap(rect.left() + 8, rect.center().y() - 7, icon)
        aside = QFontMetrics(small_font()).elidedText(thing.aside, Qt.TextElideMode.ElideMiddle, rect.width() // 2)
        beside = QFontMetrics(small_font()).horizontalAdvance(aside)
        painter.setFont(small_font())
        painter.setPen(colour("muted"))
        painter.drawText(rect.adjusted(0, 0, -10, 0), _RIGHT, aside)
        self._words(painter, option, rect.adjusted(34, 0, -beside - 22, 0), thing.text, index.data(_PLACES) or [])
        painter.restore()

    def _words(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, text: str, places: list[int]
    ) -> None:
        plain, strong = QFont(option.font), QFont(option.font)
        strong.setBold(True)
        painter.setPen(colour("text"))
        shown = QFontMetrics(plain).elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, rect.width())
        marked, x = set(places) if shown == text else set(), rect.left()
        start = 0
        while start < len(shown):
            stop = start + 1
            while stop < len(shown) and (stop in marked) == (start in marked):
                stop += 1
            painter.setFont(strong if start in marked else plain)
            painter.drawText(QRect(x, rect.top(), rect.right() - x + 1, rect.height()), _LEFT, shown[start:stop])
            x += painter.fontMetrics().horizontalAdvance(shown[start:stop])
            start = stop


_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
