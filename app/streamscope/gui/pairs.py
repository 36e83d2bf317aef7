"""Names and values in two columns, with one empty row more than is filled."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from streamscope.gui.theme import code_font


class PairsEditor(QTableWidget):
    """An editor for headers and the like; Delete empties a row, empty rows do not count."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self._filling = False
        self.setObjectName("pairs")
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Value")])
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().resizeSection(0, 170)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.setFont(code_font())
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.CurrentChanged
        )
        self.set_pairs(())
        self.itemChanged.connect(self._edited)
        self.installEventFilter(self)

    def pairs(self) -> list[tuple[str, str]]:
        """The rows whose name is filled."""
        rows = [(self._text(row, 0), self._text(row, 1)) for row in range(self.rowCount())]
        return [(name.strip(), value) for name, value in rows if name.strip()]

    def set_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Replace all rows."""
        self._filling = True
        self.setRowCount(0)
        for name, value in (*pairs, ("", "")):
            row = self.rowCount()
            self.insertRow(row)
            self.setItem(row, 0, QTableWidgetItem(name))
            self.setItem(row, 1, QTableWidgetItem(value))
        self._filling = False
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete takes the row away."""
        if (
            watched is self
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Delete
            and 0 <= self.currentRow() < self.rowCount() - 1
        ):
            self.removeRow(self.currentRow())
            self.changed.emit()
            return True
        return super().eventFilter(watched, event)

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text() if item is not None else ""

    def _edited(self, _item: QTableWidgetItem) -> None:
        if self._filling:
            return
        last = self.rowCount() - 1
        if last < 0 or self._text(last, 0) or self._text(last, 1):
            self._filling = True
            self.insertRow(last + 1)
            self.setItem(last + 1, 0, QTableWidgetItem(""))
            self.setItem(last + 1, 1, QTableWidgetItem(""))
            self._filling = False
        self.changed.emit()
