"""The table of events as a widget: it follows the end until the reader scrolls or chooses, and then stays put."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QPushButton, QTableView, QWidget

from streamscope.gui.live.events.columns import COMMENT, NUMBER
from streamscope.gui.live.events.heads import ColumnsView
from streamscope.gui.live.events.model import EventsModel
from streamscope.gui.live.events.warming import warm
from streamscope.gui.theme import code_font, colour

Index = QModelIndex | QPersistentModelIndex
_RESTORED = 2000
"""Runs of chosen rows that are chosen again where the rows changed; of more, only the current one."""


class EventsTableView(QTableView):
    """Rows of one height; several can be chosen."""

    copy_requested = Signal()
    mark_requested = Signal()
    comment_requested = Signal()
    selection_touched = Signal()

    def __init__(self, model: EventsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.events = model
        self.following = True
        """Whether the end stays in view."""
        self.grows = True
        """Whether what comes is new; of what was over before, nothing is."""
        self._left_at = 0
        self._restoring = False
        self._empty = ""
        self.setAccessibleName(self.tr("Events"))
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFont(code_font())  # one font for a row: one baseline, and figures of one width
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(code_font()).height() + 9)
        self.heads = ColumnsView(self)
        self.setHorizontalHeader(self.heads)
        # Of its own: a head asks for each column whether all of a million rows are chosen.
        self.heads.setSelectionModel(QItemSelectionModel(model, self))
        self.heads.arrange()
        self.newer = QPushButton(self)
        self.newer.setObjectName("newer")
        self.newer.setCursor(Qt.CursorShape.PointingHandCursor)
        self.newer.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the End key does the same
        self.newer.setAccessibleName(self.tr("Go to the newest event"))
        self.newer.hide()
        self.newer.clicked.connect(self.go_to_end)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._grown)
        self.doubleClicked.connect(self._twice)

    # Following

    def go_to_end(self) -> None:
        """Go to the end and stay there."""
        self.following = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.tell_newer()

    def stay(self) -> None:
        """Stay where it is, whatever comes."""
        if self.following:
            self.following = False
            self._left_at = self.events.rowCount()

    def tell_newer(self) -> None:
        """Say how many rows came since the reader left the end."""
        bar = self.verticalScrollBar()
        seen = self.following or bar.value() >= bar.maximum()
        count = 0 if seen or not self.grows else self.events.rowCount() - self._left_at
        if count > 0:
            self.newer.setText(self.tr("{count} new ↓").format(count=f"{count:,}"))
            self._place()
            self.newer.show()
        elif self.newer.isVisible():
            self.newer.hide()

    # Choosing

    def current_number(self) -> int:
        """The number of the current event, -1 for none."""
        current = self.currentIndex()
        return self.events.number(current.row()) if current.isValid() else -1

    def go_to(self, number: int) -> bool:
        """Choose an event and bring it into view; whether it is shown."""
        row = self.events.row_of(number)
        if row < 0:
            return False
        self.go_to_row(row)
        return True

    def go_to_row(self, row: int) -> None:
        """Choose a row and bring it into view, in the middle where it was not seen."""
        self.stay()
        index = self.events.index(row, NUMBER)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.bring(row)

    def bring(self, row: int) -> None:
        """Bring a row into view, in the middle where it was not seen."""
        top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        seen = top <= row and (row < bottom or (bottom < 0 <= top))
        if not seen:
            self.stay()
            hint = QAbstractItemView.ScrollHint.PositionAtCenter
            self.scrollTo(self.events.index(row, self.heads.logicalIndexAt(1)), hint)
        self.tell_newer()

    def runs(self) -> Iterator[tuple[int, int]]:
        """The chosen rows as runs: the first, and the one behind the last."""
        for one in self.selectionModel().selection().toList():
            yield one.top(), one.bottom() + 1

    def chosen(self) -> list[Sequence[int]]:
        """The numbers of the chosen events, in runs."""
        return [self.events.numbers(first, stop) for first, stop in sorted(self.runs())]

    def chosen_count(self) -> int:
        """How many rows are chosen."""
        return sum(stop - first for first, stop in self.runs())

    # When rows change

    def hold(self) -> "Held":
        """What the reader has in view and has chosen, to have it again when the rows are others."""
        self._restoring = True
        runs = list(self.runs())
        chosen: list[int] = []
        if sum(stop - first for first, stop in runs) <= _RESTORED:
            chosen = [number for first, stop in runs for number in self.events.numbers(first, stop)]
        top = self.rowAt(0)
        current = self.currentIndex().row() if self.currentIndex().isValid() else -1
        in_view = current >= 0 and self.visualRect(self.currentIndex()).intersects(self.viewport().rect())
        anchor = current if in_view else top
        return Held(
            self.current_number(),
            chosen,
            self.events.number(anchor) if 0 <= anchor < self.events.rowCount() else -1,
            anchor - max(0, top),
        )

    def settle(self) -> None:
        """The rows are others now; what the reader does from here on counts."""
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        self._restoring = False

    def take_again(self, held: "Held") -> None:
        """Choose again what was chosen, and have in view what was in view, at the same height."""
        self._restoring = True
        rows = [row for row in map(self.events.row_of, held.chosen) if row >= 0]
        current = self.events.row_of(held.current) if held.current >= 0 else -1
        model = self.selectionModel()
        selection, last = QItemSelection(), self.events.columnCount() - 1
        for row in rows:
            selection.select(self.events.index(row, 0), self.events.index(row, last))
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if current >= 0:
            model.setCurrentIndex(self.events.index(current, NUMBER), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        if self.following:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        elif held.anchor >= 0:
            row = self.events.row_of(held.anchor)
            if row < 0 and self.events.sorted is None:
                row = min(self.events.order.place(held.anchor), self.events.rowCount() - 1)
            self.verticalScrollBar().setValue(max(0, row - held.height))
        self._left_at = min(self._left_at, self.events.rowCount())
        self._restoring = False
        self.tell_newer()
        self.selection_touched.emit()

    @property
    def restoring(self) -> bool:
        """Whether the selection changes because rows did, not because of the reader."""
        return self._restoring

    # Qt's

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Qt's."""
        super().selectionChanged(selected, deselected)
        if not self._restoring:
            if not selected.isEmpty():
                self.stay()
            self.selection_touched.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        warm()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.key() == Qt.Key.Key_M and plain:
            self.mark_requested.emit()
        elif event.key() == Qt.Key.Key_M and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self.comment_requested.emit()
        elif event.key() == Qt.Key.Key_End and plain and self.events.rowCount():
            self.go_to_row(self.events.rowCount() - 1)
            self.go_to_end()
        elif event.key() == Qt.Key.Key_Home and plain and self.events.rowCount():
            self.go_to_row(0)
        else:
            super().keyPressEvent(event)

    def say_empty(self, text: str) -> None:
        """What stands in the table's place while it has no rows."""
        if text != self._empty:
            self._empty = text
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: and a word where there is no row."""
        super().paintEvent(event)
        if self._empty and not self.events.rowCount():
            painter = QPainter(self.viewport())
            painter.setFont(QApplication.font())
            painter.setPen(colour("muted"))
            box = self.viewport().rect().adjusted(16, 16, -16, -16)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)
            painter.end()

    def keyboardSearch(self, search: str) -> None:
        """Qt's: it would ask a million rows what they say."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._place()

    def _scrolled(self, value: int) -> None:
        if self._restoring:
            return
        if value >= self.verticalScrollBar().maximum():
            self.following = True
        else:
            self.stay()
        self.tell_newer()

    def _grown(self, _least: int, most: int) -> None:
        """Rows came, or there is other room: a value that changes now is not the reader's doing."""
        if self.following:
            self.verticalScrollBar().setValue(most)

    def _place(self) -> None:
        self.newer.adjustSize()
        size, height = self.newer.size(), self.viewport().geometry().bottom()
        self.newer.move((self.viewport().width() - size.width()) // 2, height - size.height() - 12)

    def _twice(self, index: Index) -> None:
        if index.column() == COMMENT:
            self.comment_requested.emit()


class Held:
    """What a reader had chosen and in view: numbers of events, and at which row of the view the anchor was."""

    __slots__ = ("anchor", "chosen", "current", "height")

    def __init__(self, current: int, chosen: list[int], anchor: int, height: int) -> None:
        self.current, self.chosen, self.anchor, self.height = current, chosen, anchor, height
