"""What happened to a service, as its platform tells it: a table, the newest first, with a filter."""

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.assets import icon
from streamscope.gui.marks import muted_label
from streamscope.gui.services.names import one_line
from streamscope.gui.services.page.section import SectionView
from streamscope.gui.texts import told
from streamscope.gui.theme import theme
from streamscope.model.phrase import phrase
from streamscope.model.service import Happening, Service

if TYPE_CHECKING:
    from streamscope.engine.core import Core

Index = QModelIndex | QPersistentModelIndex
COLUMNS = (phrase("Time"), phrase("Severity"), phrase("What happened"))
SEVERITIES = {"info": phrase("info"), "warning": phrase("warning"), "error": phrase("error")}
_ICONS = {"info": ("info", "muted"), "warning": ("warning", "warn"), "error": ("error", "error")}
_RANK = {"info": 0, "warning": 1, "error": 2}
_TALL = 84


class EventsModel(QAbstractTableModel):
    """Events, the newest first; those that the filter leaves."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: list[Happening] = []
        self.shown: list[Happening] = []
        self._words: tuple[str, ...] = ()
        self._least = 0

    def show_happenings(self, happenings: list[Happening]) -> None:
        """Show these, the newest first, as platforms tell them. New ones are put above the others."""
        fresh = sorted(happenings, key=lambda one: -one.at)
        if fresh == self.all:
            return
        more = len(fresh) - len(self.all)
        if more > 0 and fresh[more:] == self.all:
            left = [one for one in fresh[:more] if self._leaves(one)]
            self.all = fresh
            if left:
                self.beginInsertRows(QModelIndex(), 0, len(left) - 1)
                self.shown = left + self.shown
                self.endInsertRows()
            return
        self.all = fresh
        self._sift()

    def set_filter(self, text: str, severity: str) -> None:
        """Leave events with all these words, of this severity or worse."""
        self._words = tuple(text.casefold().split())
        self._least = _RANK.get(severity, 0)
        self._sift()

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        """Qt's."""
        return len(COLUMNS)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.shown)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return told(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        one, column = self.shown[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (moment(one.at), told(SEVERITIES[one.severity]), one_line(one.text))[column]
        if role == Qt.ItemDataRole.DecorationRole and column == 1:
            name, tint = _ICONS[one.severity]
            return icon(name, getattr(theme.tokens, tint))
        return None

    def _leaves(self, one: Happening) -> bool:
        folded = one.text.casefold()
        return _RANK[one.severity] >= self._least and all(word in folded for word in self._words)

    def _sift(self) -> None:
        self.beginResetModel()
        self.shown = [one for one in self.all if self._leaves(one)]
        self.endResetModel()


class EventsView(SectionView):
    """The table, its filter, and the whole text of the event that is chosen."""

    key = "events"
    title = phrase("Events")
    every = 5.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = EventsModel(self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter the events"))
        self.filter.setAccessibleName(self.tr("Filter the events"))
        self.filter.setClearButtonEnabled(True)
        self.severity = QComboBox()
        self.severity.setAccessibleName(self.tr("Severity"))
        for key, text in (
            ("info", self.tr("All")),
            ("warning", self.tr("Warnings and errors")),
            ("error", self.tr("Errors")),
        ):
            self.severity.addItem(text, key)
        self.count = muted_label("")
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 6)
        head.setSpacing(8)
        head.addWidget(self.filter, 1)
        head.addWidget(self.severity)
        head.addWidget(self.count)
        self.table = self._table()
        self.whole = QPlainTextEdit()
        self.whole.setObjectName("reader")
        self.whole.setReadOnly(True)
        self.whole.setTabChangesFocus(True)
        self.whole.setAccessibleName(self.tr("The whole event"))
        self.whole.setFixedHeight(_TALL)
        self.whole.hide()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        self.filter.textChanged.connect(self._sift)
        self.severity.currentIndexChanged.connect(self._sift)
        self.table.selectionModel().currentChanged.connect(self._chosen)

    async def read(self, core: "Core", service: Service) -> list[Happening]:
        """What happened, the newest first."""
        from streamscope.engine import deploying

        generation, site = await deploying.managed(core, service)
        return await generation.happenings(site, service.id)

    def show_value(self, value: Any) -> None:
        """Show these events. Who is at the top stays there and sees the newest; who reads further down is not moved."""
        bar = self.table.verticalScrollBar()
        at_top, before = bar.value() == 0, self.model.rowCount()
        self.model.show_happenings(value)
        if at_top:
            bar.setValue(0)
        elif (more := self.model.rowCount() - before) > 0:
            bar.setValue(bar.value() + more)
        self._say()

    def add(self, happenings: tuple[Happening, ...]) -> None:
        """Events that came while the service is followed."""
        known = set(self.model.all)
        fresh = [one for one in happenings if one not in known]
        if fresh:
            self.known = True
            self.calm()
            self.show_value([*reversed(fresh), *self.model.all])

    def open_find(self) -> None:
        """Go to the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("sheet")
        table.setModel(self.model)
        table.setAccessibleName(told(self.title))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        wide = table.fontMetrics().horizontalAdvance
        header.resizeSection(0, wide("2026-12-30 23:59:59") + 20)
        header.resizeSection(1, wide(max(map(told, SEVERITIES.values()), key=len)) + 48)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._copy)
        return table

    def _sift(self) -> None:
        self.model.set_filter(self.filter.text(), self.severity.currentData())
        self._say()

    def _say(self) -> None:
        shown, every = self.model.rowCount(), len(self.model.all)
        text = f"{every:,}" if shown == every else self.tr("{shown} of {all}").format(shown=shown, all=every)
        self.count.setText(text)
        if every:
            self.show_body()
        else:
            self.show_empty(self.tr("Nothing happened yet, or the platform keeps no events so long."))

    def _chosen(self, index: Index) -> None:
        row = index.row()
        there = index.isValid() and row < len(self.model.shown)
        self.whole.setVisible(there)
        if there:
            one = self.model.shown[row]
            self.whole.setPlainText(f"{moment(one.at)}\n{one.text}")

    def _copy(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            one = self.model.shown[index.row()]
            QGuiApplication.clipboard().setText(f"{moment(one.at)}\t{one.severity}\t{one.text}")


def moment(at: float) -> str:
    """A moment as tables have it; "–" where the platform does not tell it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) if at else "–"
