"""The events of an exchange in one table, whatever the protocol, with the detail of the chosen one below."""

from array import array

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.assets import icon
from streamscope.gui.live.detail.split import DetailSplitView
from streamscope.gui.live.detail.view import EventDetailView
from streamscope.gui.live.events.rows import Row, row
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import ElidedLabel
from streamscope.gui.theme import code_font, colour, theme
from streamscope.model.event import Message, Read, Trace
from streamscope.store.rows import KINDS

Index = QModelIndex | QPersistentModelIndex

NUMBER, TIME, DIRECTION, KIND, TEXT, SIZE, PREVIEW = range(7)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_TONES = {"failed": "error", "finding": "warn", "closed": "muted", "read": "muted", "trace": "muted"}
_CACHED = 512


class EventsModel(QAbstractTableModel):
    """Rows are numbers of events; what a row says is read from the record when it is looked at."""

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._rows = array("L")
        self._seen = 0
        self._cache: dict[int, Row] = {}
        self._shown = frozenset(range(len(KINDS)))
        self._titles = (
            self.tr("#"),
            self.tr("Time, ms"),
            "",
            self.tr("Kind"),
            self.tr("Text"),
            self.tr("Size"),
            self.tr("Payload"),
        )

    def announce(self, stop: int) -> None:
        """Events up to `stop` are there now: announce the new rows at once."""
        codes, shown = self._feed.codes, self._shown
        fresh = [index for index in range(self._seen, stop) if codes[index] in shown]
        self._seen = stop
        if fresh:
            count = len(self._rows)
            self.beginInsertRows(QModelIndex(), count, count + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()

    def show_kinds(self, kinds: frozenset[int]) -> None:
        """Show events of these kinds only (places in KINDS)."""
        self.beginResetModel()
        self._shown = kinds
        codes = self._feed.codes
        self._rows = array("L", (index for index in range(self._seen) if codes[index] in kinds))
        self.endResetModel()

    def number(self, row_number: int) -> int:
        """The number of the event in a row."""
        return self._rows[row_number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            return _RIGHT if section in (NUMBER, TIME, SIZE) else left
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: a lookup, it is asked a thousand times a paint."""
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._rows[index.row()], column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (NUMBER, TIME, SIZE) else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(index.row(), column)
        if role == Qt.ItemDataRole.DecorationRole and column == DIRECTION:
            direction = self._row(self._rows[index.row()]).direction
            return (
                icon(f"arrow-{direction}", theme.tokens.ok if direction == "in" else theme.tokens.accent)
                if direction
                else None
            )
        if role == Qt.ItemDataRole.AccessibleTextRole and column == DIRECTION:
            direction = self._row(self._rows[index.row()]).direction
            return {"in": self.tr("received"), "out": self.tr("sent")}.get(direction, "")
        return None

    def _text(self, number: int, column: int) -> str:
        found = self._row(number)
        if column == TEXT:
            return self._token(number, found)
        return (found.number, found.time, "", found.word, "", found.size, found.preview)[column]

    def _token(self, number: int, found: Row) -> str:
        """What the event added to the text; nothing where that is its whole payload anyway."""
        text = self._feed.text_of(number)
        if not text or KINDS[self._feed.codes[number]] is not Message or found.preview.startswith(text.strip()[:40]):
            return ""
        return text.replace("\n", "⏎")[:80]

    def _row(self, number: int) -> Row:
        found = self._cache.get(number)
        if found is None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            found = self._cache[number] = row(number, self._feed.exchange.event(number))
        return found

    def _colour(self, row_number: int, column: int) -> object:
        kind = self._row(self._rows[row_number]).kind
        if column == KIND and kind in _TONES:
            return colour(_TONES[kind])
        return colour("muted") if column in (NUMBER, TIME, SIZE, PREVIEW) else None


class EventsView(QWidget):
    """The table, a choice of what it shows, and the chosen event below."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._spotlight = spotlight
        self.model = EventsModel(feed, self)
        self.kinds = self._filter()
        self.table = self._table()
        self.detail = EventDetailView(feed, spotlight)
        self._about = ElidedLabel("", "muted")
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 6)
        top.addWidget(self._about, 1)
        top.addWidget(self.kinds)
        split = DetailSplitView(self.table, self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(split, 1)
        self._following = True
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.table.verticalScrollBar().rangeChanged.connect(self._grown)
        self._show_kinds()

    def follow(self) -> None:
        """Show what is new."""
        self.model.announce(self._feed.stop)
        self._tell()

    def _scrolled(self, value: int) -> None:
        self._following = value >= self.table.verticalScrollBar().maximum()

    def _grown(self, _least: int, most: int) -> None:
        if self._following:
            self.table.verticalScrollBar().setValue(most)

    def _filter(self) -> QComboBox:
        everything = frozenset(range(len(KINDS)))
        reads = {KINDS.index(Read)}
        phases = {KINDS.index(Trace)}
        combo = QComboBox()
        combo.setAccessibleName(self.tr("Which events are shown"))
        for text, kinds in (
            (self.tr("All but socket reads"), everything - reads),
            (self.tr("Messages only"), frozenset({KINDS.index(Message)})),
            (self.tr("All but reads and phases"), everything - reads - phases),
            (self.tr("Everything"), everything),
        ):
            combo.addItem(text, kinds)
        combo.currentIndexChanged.connect(lambda _: self._show_kinds())
        return combo

    def _table(self) -> QTableView:
        table = QTableView()
        table.setAccessibleName(self.tr("Events"))
        table.setModel(self.model)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(code_font()).height() + 9)
        columns = table.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setStretchLastSection(True)
        table.setFont(code_font())  # one font for a row: one baseline, and figures of one width
        widest = QFontMetrics(table.font()).horizontalAdvance
        for section, sample in {
            NUMBER: "00000",
            TIME: "00,000.0",
            KIND: "message",
            TEXT: "some tokens",
            SIZE: "000 kB",
        }.items():
            columns.resizeSection(section, widest(sample) + 18)
        columns.resizeSection(DIRECTION, 26)
        table.selectionModel().currentRowChanged.connect(self._current)
        return table

    def _show_kinds(self) -> None:
        self.model.show_kinds(self.kinds.currentData())
        self._tell()

    def _tell(self) -> None:
        shown, of = self.model.rowCount(), self._feed.stop
        if shown == of:
            self._about.set_text(self.tr("Events: {count}").format(count=f"{of:,}"))
        else:
            self._about.set_text(self.tr("{shown} of {all} events").format(shown=f"{shown:,}", all=f"{of:,}"))

    def _current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._spotlight.look_at(self.model.number(current.row()))
