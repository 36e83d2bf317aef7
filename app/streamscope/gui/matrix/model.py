"""The rows of the access matrix: a band for each service, below it a row for each authentication and channel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.engine.matrix_changes import Change, change
from streamscope.gui.matrix.words import band_said, cell_said
from streamscope.gui.texts import told
from streamscope.model.matrix import Cell, CellState, Key

if TYPE_CHECKING:
    from streamscope.gui.composer.shelves import Shelves

Index = QModelIndex | QPersistentModelIndex
LEADING = 2
"""Columns before the protocols: authentication, channel."""
LOOK = Qt.ItemDataRole.UserRole
"""A cell's `Look`, a band's `Band`, a leading column's text."""
Shown = Literal["offered", "all", "failed", "changed"]
Row = tuple[str, str]


@dataclass(slots=True)
class Band:
    """A service: its rows as authentication and channel, those of them that are shown, how many cells are how."""

    id: str
    name: str
    generation: str
    reason: str = ""
    rows: list[Row] = field(default_factory=list)
    shown: list[Row] = field(default_factory=list)
    counts: dict[CellState, int] = field(default_factory=dict)

    @property
    def offered(self) -> int:
        """How many combinations the service offers."""
        return sum(count for state, count in self.counts.items() if state != "not offered")


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell shows; `phase` is what the run under way does with it."""

    cell: Cell
    phase: Literal["", "waiting", "running"] = ""
    change: Change | None = None


class MatrixModel(QAbstractItemModel):
    """Two levels: services, and their rows; columns are authentication, channel and one for each protocol."""

    def __init__(self, shelves: "Shelves", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelves = shelves
        self.protocols = list(shelves.protocols)
        self.bands: list[Band] = []
        self._all: list[Band] = []
        self._shown: Shown = "offered"
        self._cells: dict[Key, Cell] = {}
        self._before: dict[Key, Cell] = {}
        self._changes: dict[Key, Change] = {}
        self._waiting: set[Key] = set()
        self._running: set[Key] = set()
        self._places: dict[tuple[str, str, str], tuple[int, int]] = {}

    def lay_out(self, cells: Iterable[Cell]) -> None:
        """Start over with these cells, in their order."""
        self.beginResetModel()
        self._cells = {cell.key: cell for cell in cells}
        self._changes = {}
        bands: dict[str, Band] = {}
        rows: dict[tuple[str, str, str], None] = {}
        for cell in self._cells.values():
            band = bands.setdefault(cell.id, Band(cell.id, cell.service, cell.generation))
            band.counts[cell.state] = band.counts.get(cell.state, 0) + 1
            band.reason = band.reason or cell.reason or ""
            if (row := (cell.id, cell.auth, cell.channel)) not in rows:
                rows[row] = None
                band.rows.append(row[1:])
        self._all = list(bands.values())
        self._choose()
        self.endResetModel()

    def show_rows(self, shown: Shown) -> None:
        """Show only some of the rows."""
        self.beginResetModel()
        self._shown = shown
        self._choose()
        self.endResetModel()

    def begin(self, wanted: Iterable[Key]) -> None:
        """A run begins: these cells wait; what they show now is what their new results are compared with."""
        self._waiting = set(wanted)
        for key in self._waiting:
            self._changes.pop(key, None)
            self._changed(key)

    def compare_with(self, cells: Iterable[Cell]) -> None:
        """The results that new ones are compared with."""
        self._before = {cell.key: cell for cell in cells}

    def take(self, cells: Iterable[Cell], running: Iterable[Key]) -> None:
        """Take up results, and which cells are being called now."""
        now = set(running)
        touched = self._running ^ now
        self._running = now
        for cell in cells:
            key = cell.key
            self._put(cell)
            self._waiting.discard(key)
            if (one := change(self._before.get(key), cell)) is not None:
                self._changes[key] = one
            else:
                self._changes.pop(key, None)
            touched.add(key)
        for key in touched:
            self._changed(key)

    def end(self) -> None:
        """The run is over: nothing runs or waits any more."""
        left = self._waiting | self._running
        self._waiting, self._running = set(), set()
        for key in left:
            self._changed(key)

    def waiting(self) -> int:
        """How many cells of the run under way are to come."""
        return len(self._waiting)

    def cells(self) -> list[Cell]:
        """All cells in the grid's order, also those that are not shown."""
        return list(self._cells.values())

    @property
    def found(self) -> Mapping[Key, Change]:
        """What changed."""
        return self._changes

    def counts(self) -> tuple[int, int, int]:
        """How many work, failed, are not offered."""
        states: tuple[CellState, ...] = ("works", "failed", "not offered")
        works, failed, missing = (sum(band.counts.get(state, 0) for band in self._all) for state in states)
        return works, failed, missing

    def offered(self) -> int:
        """How many combinations are offered."""
        return sum(band.offered for band in self._all)

    def cell_at(self, index: Index) -> Cell | None:
        """The cell of an index; None for a band, a leading column, a hole."""
        key = self.key_at(index)
        return self._cells.get(key) if key is not None else None

    def key_at(self, index: Index) -> Key | None:
        """What names the cell of an index."""
        row = self.row_at(index)
        if row is None or index.column() < LEADING:
            return None
        return (*row, self.protocols[index.column() - LEADING])

    def row_at(self, index: Index) -> tuple[str, str, str] | None:
        """Service, authentication and channel of an index; None for a band."""
        if not index.isValid() or index.internalId() == 0:
            return None
        band = self.bands[index.internalId() - 1]
        return (band.id, *band.shown[index.row()])

    def band_at(self, index: Index) -> Band | None:
        """The band that an index belongs to."""
        if not index.isValid():
            return None
        number = index.internalId()
        return self.bands[number - 1 if number else index.row()]

    def index_of(self, key: Key) -> QModelIndex:
        """Where a cell is shown; invalid where it is not."""
        place = self._places.get(key[:3])
        if place is None or key[3] not in self.protocols:
            return QModelIndex()
        band, row = place
        return self.createIndex(row, LEADING + self.protocols.index(key[3]), band + 1)

    def auth_label(self, key: str) -> str:
        """The name of an authentication."""
        return told(self._shelves.auth[key].label) if key in self._shelves.auth else key

    def channel_label(self, key: str) -> str:
        """The name of a channel."""
        return told(self._shelves.channels[key].label) if key in self._shelves.channels else key

    def protocol_label(self, key: str) -> str:
        """The name of a protocol."""
        return told(self._shelves.protocols[key].label) if key in self._shelves.protocols else key

    def title_of(self, cell: Cell) -> str:
        """A cell's place in words: service, authentication, channel, protocol."""
        labels = (self.auth_label(cell.auth), self.channel_label(cell.channel), self.protocol_label(cell.protocol))
        return " · ".join((" ".join(cell.service.split()), *labels))

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        """Qt's."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Qt's."""
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        if not parent.isValid():
            return len(self.bands)
        if parent.internalId() or parent.column():
            return 0
        return len(self.bands[parent.row()].shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        """Qt's."""
        return LEADING + len(self.protocols)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            if section < LEADING:
                return (self.tr("Authentication"), self.tr("Channel"))[section]
            return self.protocol_label(self.protocols[section - LEADING])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if role not in (
            LOOK,
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        row = self.row_at(index)
        if row is None:
            band = self.bands[index.row()]
            return band if role == LOOK else band_said(band) if index.column() == 0 else None
        if index.column() < LEADING:
            said = self.auth_label(row[1]) if index.column() == 0 else self.channel_label(row[2])
            return None if role == Qt.ItemDataRole.ToolTipRole else said
        cell = self._cells.get((*row, self.protocols[index.column() - LEADING]))
        if cell is None:
            return None
        look = self._look(cell)
        if role == LOOK:
            return look
        said = cell_said(look)
        return f"{self.title_of(cell)}: {said}" if role == Qt.ItemDataRole.AccessibleTextRole else said

    def _look(self, cell: Cell) -> Look:
        key = cell.key
        phase: Literal["", "waiting", "running"] = (
            "running" if key in self._running else "waiting" if key in self._waiting else ""
        )
        return Look(cell, phase, self._changes.get(key))

    def _put(self, cell: Cell) -> None:
        old = self._cells.get(cell.key)
        place = self._places.get(cell.key[:3])
        band = self.bands[place[0]] if place else next((one for one in self._all if one.id == cell.id), None)
        if band is None or old is None:
            return  # the grid was laid out with every cell; what is in none of its places is of another run
        band.counts[old.state] -= 1
        band.counts[cell.state] = band.counts.get(cell.state, 0) + 1
        self._cells[cell.key] = cell

    def _changed(self, key: Key) -> None:
        index = self.index_of(key)
        if index.isValid():
            self.dataChanged.emit(index, index)
            band = self.createIndex(index.internalId() - 1, 0, 0)
            self.dataChanged.emit(band, band)

    def _choose(self) -> None:
        """Which rows are shown."""
        self._places = {}
        for band in self._all:
            band.shown = [row for row in band.rows if self._wanted(band, row)]
        always = self._shown in ("offered", "all")
        self.bands = [band for band in self._all if always or band.shown]
        for number, band in enumerate(self.bands):
            for at, row in enumerate(band.shown):
                self._places[band.id, *row] = (number, at)

    def _wanted(self, band: Band, row: Row) -> bool:
        if self._shown == "all":
            return True
        keys = [(band.id, *row, protocol) for protocol in self.protocols]
        if self._shown == "changed":
            return any(key in self._changes for key in keys)
        cells = [self._cells[key] for key in keys if key in self._cells]
        if self._shown == "failed":
            return any(cell.state == "failed" for cell in cells)
        return any(cell.offered for cell in cells)
