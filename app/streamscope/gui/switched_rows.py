"""Rows of texts that can be switched off: a table edited in place, with one empty row more than is filled."""

import re
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from streamscope.gui.assets import pixmap
from streamscope.gui.switched_model import Index, Past, Row, SwitchedRowsModel
from streamscope.gui.theme import code_font, colour, theme
from streamscope.gui.variables import VariableMarks

__all__ = ["Index", "Past", "Row", "SwitchedRowsModel", "SwitchedRowsView"]


class SwitchedRowsView(QTableView):
    """The table. Space switches, Delete takes away, Alt+Up and Alt+Down move, Ctrl+Z undoes."""

    changed = Signal()

    def __init__(self, name: str, model: SwitchedRowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_model = model
        model.setParent(self)
        self.setObjectName("pairs")
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setFont(code_font())
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.EditKeyPressed | trigger.DoubleClicked)
        self._lay_out()
        model.changed.connect(self.changed)
        self.clicked.connect(self._clicked)
        self._add_actions()

    def set_widths(self, shares: Sequence[int]) -> None:
        """How the texts share the width; the first share goes with the first text."""
        self._shares = tuple(shares)
        self._share()

    def _lay_out(self) -> None:
        self._shares = (2, *[3] * (len(self.rows_model.titles) - 1))
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setSectionsClickable(False)
        last = self.rows_model.columnCount() - 1
        for column in range(last + 1):
            fixed = column in (0, last)
            mode = QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            if fixed:
                header.resizeSection(column, 30 if column == 0 else 28)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        room = self.viewport().width() - 58
        for number, share in enumerate(self._shares):
            self.setColumnWidth(number + 1, max(60, room * share // sum(self._shares)))

    def remove_selected(self) -> None:
        """Take the chosen rows away."""
        current = self.currentIndex()
        self.rows_model.remove({index.row() for index in self.selectedIndexes()} or {current.row()})
        self._go(min(current.row(), self.rows_model.rowCount() - 1), current.column())

    def move_selected(self, by: int) -> None:
        """Move the current row up or down."""
        current = self.currentIndex()
        self._go(self.rows_model.move(current.row(), by), current.column())

    def copy(self) -> None:
        """Copy the chosen rows, a line each, their texts parted by tabs."""
        numbers = sorted({index.row() for index in self.selectedIndexes()})
        rows = [row for number in numbers if (row := self.rows_model.row(number)) is not None]
        if rows:
            QGuiApplication.clipboard().setText("\n".join("\t".join(row.cells) for row in rows))

    def paste(self) -> None:
        """Rows from lines like `name: value`, `name=value` or with tabs, behind the current one; else into the cell."""
        count = len(self.rows_model.titles)
        text, index = QGuiApplication.clipboard().text(), self.currentIndex()
        if len(_cut(text, 2)[1]) == 0 and "\n" not in text.strip() and index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.rows_model.setData(index, text)
            return
        pasted = [_cut(line, count) for line in text.splitlines() if line.strip()]
        if pasted:
            at = min(self.currentIndex().row() + 1, self.rows_model.rowCount() - 1)
            self.rows_model.add(at, [Row(True, cells) for cells in pasted])
            self._go(at, 1)

    def _go(self, row: int, column: int) -> None:
        self.setCurrentIndex(self.rows_model.index(max(0, row), max(0, column)))

    def _undo(self) -> None:
        current = self.currentIndex()
        self.rows_model.undo()
        self._go(min(current.row(), self.rows_model.rowCount() - 1), current.column())

    def _redo(self) -> None:
        current = self.currentIndex()
        self.rows_model.redo()
        self._go(min(current.row(), self.rows_model.rowCount() - 1), current.column())

    def _add_actions(self) -> None:
        for text, keys, does in (
            (self.tr("Delete the row"), ["Del"], self.remove_selected),
            (self.tr("Move the row up"), ["Alt+Up"], lambda: self.move_selected(-1)),
            (self.tr("Move the row down"), ["Alt+Down"], lambda: self.move_selected(1)),
            (self.tr("Copy the rows"), ["Ctrl+C"], self.copy),
            (self.tr("Paste rows"), ["Ctrl+V"], self.paste),
            (self.tr("Undo"), ["Ctrl+Z"], self._undo),
            (self.tr("Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], self._redo),
        ):
            action = QAction(text, self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(does)
            self.addAction(action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's. Return edits, on every platform."""
        index = self.currentIndex()
        editing = self.state() == QAbstractItemView.State.EditingState
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers()
            and index.isValid()
            and not editing
        ):
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
            return
        super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == self.rows_model.columnCount() - 1:
            if self.rows_model.row(index.row()) is not None:
                self.rows_model.remove([index.row()])
        elif index.flags() & Qt.ItemFlag.ItemIsEditable and not QApplication.keyboardModifiers():
            self.edit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's. The mark for taking a row away follows the pointer."""
        super().mouseMoveEvent(event)
        self.viewport().update()


class _RowDelegate(QStyledItemDelegate):
    """Paints the switch in the middle of its column, and edits texts as lines."""

    def __init__(self, view: SwitchedRowsView) -> None:
        super().__init__(view)
        self._view = view

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        editor = QLineEdit(parent)
        editor.setFont(code_font())
        editor.setMaxLength(2**31 - 1)
        editor.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or ""))
        VariableMarks(editor)
        return editor

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        model = self._view.rows_model
        if index.column() == 0 and model.row(index.row()) is not None:
            self._paint_switch(painter, option, index)
        elif index.column() == model.columnCount() - 1:
            self._paint_remove(painter, option, index)
        else:
            super().paint(painter, option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's. Rows that do not count are struck through, not only paler."""
        super().initStyleOption(option, index)
        row = self._view.rows_model.row(index.row())
        font = QFont(option.font)
        font.setStrikeOut(row is not None and not row.on)
        option.font = font

    def _paint_switch(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        if index == self._view.currentIndex() and self._view.hasFocus():
            painter.fillRect(rect, colour("selected"))
        box = QRect(0, 0, 14, 14)
        box.moveCenter(rect.center())
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colour("accent" if on else "muted"))
        painter.setBrush(colour("accent" if on else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if on:
            drawn = pixmap("tick", theme.tokens.on_accent, 12, self._view.devicePixelRatioF())
            painter.drawPixmap(box.left() + 1, box.top() + 1, drawn)
        painter.restore()

    def _paint_remove(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        pointer = self._view.viewport().mapFromGlobal(self._view.cursor().pos())
        hovered = self._view.underMouse() and self._view.rowAt(pointer.y()) == index.row()
        current = self._view.currentIndex().row() == index.row() and self._view.hasFocus()
        if self._view.rows_model.row(index.row()) is None or not (hovered or current):
            return
        rect: QRect = option.rect
        drawn = pixmap("close", theme.tokens.muted, 12, self._view.devicePixelRatioF())
        painter.drawPixmap(rect.center().x() - 5, rect.center().y() - 5, drawn)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt's. The whole cell of the switch takes the click, Space does the same."""
        if index.column() == 0 and self._view.rows_model.row(index.row()) is not None:
            pressed = event.type() == QEvent.Type.MouseButtonRelease
            spaced = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
            if pressed or (spaced and event.type() == QEvent.Type.KeyPress):
                on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
                state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
                return model.setData(index, state.value, Qt.ItemDataRole.CheckStateRole)
            return False
        return super().editorEvent(event, model, option, index)


def _cut(line: str, count: int) -> tuple[str, ...]:
    """A line as so many texts."""
    parts = line.split("\t") if "\t" in line else re.split(r":\s+|=", line, maxsplit=1)
    return (*(part.strip() for part in parts[:count]), *[""] * (count - len(parts)))
