"""The rows of the table of events: numbers of events; what a row says is read from the record when it is looked at."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from html import escape

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPixmap

from streamscope.gui.assets import icon
from streamscope.gui.live.detail.hostile import one_line
from streamscope.gui.live.events import columns
from streamscope.gui.live.events.columns import (
    DIRECTION,
    GAP,
    KIND,
    NUMBER,
    PREVIEW,
    READS,
    RIGHT,
    SIZE,
    TEXT,
    TIME,
)
from streamscope.gui.live.events.dots import dot
from streamscope.gui.live.events.order import Order
from streamscope.gui.live.events.rows import UNREADABLE, Row, row
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tones import kind_colour, tone_colour, tone_word
from streamscope.gui.theme import colour, theme
from streamscope.store.rows import KINDS, MESSAGE

Index = QModelIndex | QPersistentModelIndex
CACHED = 512
_ALIGNED = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_DISPLAY, _ALIGNMENT, _FOREGROUND, _BACKGROUND, _DECORATION, _TOOLTIP, _SPOKEN = map(
    int,
    (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.BackgroundRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
    ),
)
_NEVER = frozenset(map(int, (Qt.ItemDataRole.FontRole, Qt.ItemDataRole.CheckStateRole)))
_QUIET = frozenset({NUMBER, TIME, GAP, SIZE, READS, PREVIEW})
_DECORATED = frozenset({NUMBER, DIRECTION, KIND})
_ALIGNMENTS = tuple(_ALIGNED if column in RIGHT else None for column in range(len(columns.KEYS)))
_TONED = {"Failed": "error", "Finding": "warn", "Closed": "muted", "Read": "muted", "Trace": "muted"}
_OF_KIND = [_TONED.get(kind.__name__, "") for kind in KINDS]


class EventsModel(QAbstractTableModel):
    """Rows of all events, of some kinds, or of those that a filter found; in the record's order, or sorted."""

    def __init__(self, feed: Feed, spotlight: Spotlight | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._spotlight = spotlight
        self.order = Order()
        self._sorted: array[int] | None = None
        self._cache: dict[int, Row] = {}
        self._clock = "start"
        self._arrow = (-1, "")
        self._begun = feed.exchange.started.astimezone()
        self._lit: array[int] = array("I")
        self._evidence: array[int] = array("I")
        self._lights = False
        self._ratio = QGuiApplication.primaryScreen().devicePixelRatio()

    # What is shown

    def announce(self, stop: int) -> None:
        """Events up to `stop` are there now: announce the new rows at once, a bounded number of them."""
        fresh = self.order.fresh(self._feed.codes, stop)
        self._insert(len(fresh), lambda: self.order.grow(fresh, stop))

    def add(self, found: "array[int]", seen: int) -> None:
        """Show more events that were found; those before `seen` were looked at."""
        self._insert(len(found), lambda: self.order.add(found, seen))

    def show_kinds(self, kinds: frozenset[int]) -> None:
        """Show events of these kinds only (places in KINDS); `announce` brings them."""
        self.beginResetModel()
        stop, self._sorted = self.order.seen, None
        if len(kinds) >= len(KINDS):
            self.order.show_everything()
        else:
            self.order.show_kinds(kinds)
        while self.order.seen < stop:
            self.order.grow(self.order.fresh(self._feed.codes, stop), stop)
        self.endResetModel()

    def show_found(self) -> None:
        """Show only events that `add` brings."""
        self.beginResetModel()
        self._sorted = None
        self.order.show_found()
        self.endResetModel()

    def show_sorted(self, numbers: "array[int] | None") -> None:
        """Show the rows in this order, None: in the record's; rows that come wait until the next time."""
        self.beginResetModel()
        self._sorted = numbers
        self.endResetModel()

    def light(self, numbers: "array[int]") -> None:
        """Light up events of these numbers, in ascending order."""
        self._lit = numbers
        self._lights = bool(self._lit or self._evidence)
        self._repaint()

    def point_out(self, numbers: Sequence[int]) -> None:
        """Light up a finding's evidence."""
        self._evidence = array("I", sorted(numbers))
        self._lights = bool(self._lit or self._evidence)
        self._repaint()

    def tell_sorted(self, column: int, *, down: bool) -> None:
        """Say at its head by which column the rows are sorted, -1 for none."""
        self._arrow = (column, " ↓" if down else " ↑")
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns.KEYS) - 1)

    def tell_time(self, clock: str) -> None:
        """Tell times as one of CLOCKS."""
        if clock != self._clock:
            self._clock = clock
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, TIME, TIME)
            self._repaint()

    def marks_changed(self) -> None:
        """Other events are marked now."""
        self._repaint()

    # Rows and numbers

    @property
    def sorted(self) -> "array[int] | None":
        """The numbers in the rows where they are not in the record's order."""
        return self._sorted

    def waiting(self) -> int:
        """How many rows wait to be sorted in."""
        return 0 if self._sorted is None else len(self.order) - len(self._sorted)

    def number(self, row_number: int) -> int:
        """The number of the event in a row."""
        return self.order.number(row_number) if self._sorted is None else self._sorted[row_number]

    def numbers(self, first: int, stop: int) -> Sequence[int]:
        """The numbers of the events in these rows."""
        return self.order.numbers(first, stop) if self._sorted is None else self._sorted[first:stop]

    def row_of(self, number: int) -> int:
        """The row of an event; -1 where it is not shown."""
        if self._sorted is None:
            return self.order.row_of(number)
        try:
            return self._sorted.index(number)
        except ValueError:
            return -1

    def told(self, number: int, column: int) -> str:
        """What a column says of an event; a direction as a word."""
        return self._row(number).direction if column == DIRECTION else self._text(number, column)

    def lit(self, number: int) -> bool:
        """Whether an event is lit up."""
        return _holds(self._lit, number) or _holds(self._evidence, number)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        if parent.isValid():
            return 0
        return len(self.order) if self._sorted is None else len(self._sorted)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(columns.KEYS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _DISPLAY:
            arrow = self._arrow[1] if section == self._arrow[0] else ""  # the style would draw its own over the words
            return f"{columns.title(section, self._clock)}{arrow}"
        if role in (_TOOLTIP, _SPOKEN):
            return columns.word(section, self._clock)
        if role == _ALIGNMENT:
            return _ALIGNED if section in RIGHT else _LEFT
        return None

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        """Qt's: a lookup, it is asked a thousand times a paint."""
        column = index.column()
        if role == _DISPLAY:
            number = self.number(index.row())
            found = self._cache.get(number) or self._row(number)
            text = found.cells[column]
            return self._made(number, found, column) if text is None else text
        if role in _NEVER:
            return None
        if role == _ALIGNMENT:
            return _ALIGNMENTS[column]
        if role == _FOREGROUND:
            return _tint("muted", theme.tokens.name) if column in _QUIET else self._colour(index.row(), column)
        if role == _BACKGROUND:
            return self._ground(index.row()) if self._lights else None
        if role == _DECORATION:
            return self._shape(index.row(), column) if column in _DECORATED else None
        if role == _TOOLTIP:
            words = self._words(index.row(), column, spoken=False)
            return f"<qt>{escape(words)}</qt>" if words else None  # Qt would take what a server wrote for HTML
        return self._words(index.row(), column, spoken=True) if role == _SPOKEN else None

    def _insert(self, count: int, grow: "object") -> None:
        assert callable(grow)  # noqa: S101 - for the checker
        if not count or self._sorted is not None:
            grow()
            return
        first = len(self.order)
        self.beginInsertRows(QModelIndex(), first, first + count - 1)
        grow()
        self.endInsertRows()

    def _text(self, number: int, column: int) -> str:
        found = self._row(number)
        text = found.cells[column]
        return self._made(number, found, column) if text is None else text

    def _made(self, number: int, found: Row, column: int) -> str:
        """What a column says that depends on more than the event."""
        if column == TIME:
            return self._time(number, found)
        if column == TEXT:
            return self._added(number, found)
        if column == GAP:
            return self._gap(number, found)
        return one_line(self._marks().get(number, ""), 200)

    def _time(self, number: int, found: Row) -> str:
        if found.code == UNREADABLE:
            return ""
        if self._clock == "start":
            return f"{found.t / 1e6:,.1f}"
        if self._clock == "previous":
            return self._gap(number, found)
        at = self._begun + timedelta(microseconds=found.t // 1000)
        return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"

    def _gap(self, number: int, found: Row) -> str:
        """Since the event that is shown before it in the record's order."""
        place = self.order.place(number)
        if place < 1 or found.code == UNREADABLE:
            return ""
        before = self._feed.exchange.rows(self.order.number(place - 1), self.order.number(place - 1) + 1)
        return f"{(found.t - before[0]) / 1e6:,.1f}" if before else ""

    def _added(self, number: int, found: Row) -> str:
        """What the event added to the text; nothing where that is its whole payload anyway."""
        if found.code != MESSAGE or number >= self._feed.read:
            return ""
        text = self._feed.text_of(number)
        if not text or found.preview.startswith(text.strip()[:40]):
            return ""
        return one_line(text, 80)

    def _row(self, number: int) -> Row:
        found = self._cache.get(number)
        if found is None:
            if len(self._cache) >= CACHED:
                self._cache.clear()
            found = self._cache[number] = row(self._feed.exchange, number)
        return found

    def _colour(self, row_number: int, column: int) -> object:
        if column == KIND:
            code = self._row(self.number(row_number)).code
            tone = "error" if code == UNREADABLE else _OF_KIND[code]
            return _tint(tone, theme.tokens.name) if tone else None
        return None

    def _ground(self, row_number: int) -> object:
        number = self.number(row_number)
        if _holds(self._evidence, number):
            return _tint("warn_soft", theme.tokens.name)
        return _tint("info_soft", theme.tokens.name) if _holds(self._lit, number) else None

    def _shape(self, row_number: int, column: int) -> QIcon | QPixmap | None:
        if column == KIND:
            return self._dot(self.number(row_number))
        if column == DIRECTION:
            direction = self._row(self.number(row_number)).direction
            if direction:
                return icon(f"arrow-{direction}", theme.tokens.ok if direction == "in" else theme.tokens.accent)
        elif column == NUMBER and self._marks() and self.number(row_number) in self._marks():
            return icon("flag", theme.tokens.accent)
        return None

    def _dot(self, number: int) -> QPixmap | None:
        code = self._row(number).code
        if code == UNREADABLE:
            return None
        tone = self._feed.derived.tones[number] if code == MESSAGE and number < self._feed.read else 0
        return _disc(code, tone, theme.tokens.name, self._ratio)

    def _words(self, row_number: int, column: int, *, spoken: bool) -> str | None:
        number = self.number(row_number)
        if column == DIRECTION:
            direction = self._row(number).direction
            return {"in": self.tr("received"), "out": self.tr("sent")}.get(direction, "")
        if column == NUMBER and number in self._marks():
            words = one_line(self._marks()[number], 400) or self.tr("marked")
            return f"{number + 1:,}, {words}" if spoken else words
        if column == KIND and not spoken:
            return self._kind_told(number)
        return None

    def _kind_told(self, number: int) -> str:
        found = self._row(number)
        if found.code != MESSAGE:
            return found.word
        tone = self._feed.derived.tones[number] if number < self._feed.read else 0
        return f"{found.word}, {tone_word(tone)}" if tone else found.word

    def _marks(self) -> dict[int, str]:
        return self._spotlight.marks if self._spotlight is not None else {}

    def _repaint(self) -> None:
        count = self.rowCount()
        if count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(columns.KEYS) - 1))


@lru_cache(maxsize=64)
def _tint(token: str, _look: str) -> QColor:
    """A token's colour, of the look that is worn."""
    return colour(token)


@lru_cache(maxsize=256)
def _disc(code: int, tone: int, _look: str, ratio: float) -> QPixmap:
    """The disc of a kind, or of what a message says, of the look that is worn."""
    return dot((tone_colour(tone) if tone else kind_colour(code)).name(), ratio)


def _holds(numbers: "array[int]", number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
