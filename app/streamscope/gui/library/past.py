"""Past exchanges as Qt's list sees them: days as headings, pages that come while one scrolls."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from streamscope.gui.language import retold
from streamscope.gui.texts import time_text
from streamscope.store.past import Past

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Day:
    """A heading."""

    day: date
    title: str


class PastModel(QAbstractListModel):
    """Rows are a Day or a Past; `page_wanted` asks for what comes behind the last one (None: from the beginning)."""

    page_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Day | Past] = []
        self._more = False
        self._asked = False

    def clear(self) -> None:
        """Begin anew."""
        self.beginResetModel()
        self.rows = []
        self._more, self._asked = False, True
        self.endResetModel()
        self.page_wanted.emit(None)

    def extend(self, page: list[Past], *, more: bool) -> None:
        """Older ones; `more` says whether there may be others behind them."""
        fresh: list[Day | Past] = []
        last = self.rows[-1].day if self.rows else None
        for row in page:
            if row.day != last:
                last = row.day
                fresh.append(Day(last, self.title(last)))
            fresh.append(row)
        self._more, self._asked = more, False
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(fresh) - 1)
            self.rows += fresh
            self.endInsertRows()

    def add(self, row: Past) -> None:
        """One that has just ended; a longer one may belong below others."""
        at = next(
            (n for n, known in enumerate(self.rows) if isinstance(known, Past) and known.started <= row.started), -1
        )
        if at < 0:
            at = len(self.rows)
            if self._more:
                return
        heading = next((known for known in self.rows if isinstance(known, Day) and known.day == row.day), None)
        fresh: list[Day | Past] = [row] if heading is not None else [Day(row.day, self.title(row.day)), row]
        above = self.rows[at - 1] if at else None
        if isinstance(above, Day) and above.day != row.day:
            at -= 1
        self.beginInsertRows(QModelIndex(), at, at + len(fresh) - 1)
        self.rows[at:at] = fresh
        self.endInsertRows()

    def remove(self, row: Past) -> None:
        """One is gone, and its day with the last one of it."""
        at = next(
            (n for n, known in enumerate(self.rows) if isinstance(known, Past) and known.recording == row.recording), -1
        )
        if at < 0:
            return
        below = self.rows[at + 1] if at + 1 < len(self.rows) else None
        first = at - 1 if isinstance(self.rows[at - 1], Day) and not isinstance(below, Past) else at
        self.beginRemoveRows(QModelIndex(), first, at)
        del self.rows[first : at + 1]
        self.endRemoveRows()

    def title(self, day: date) -> str:
        """A day as people call it."""
        today = datetime.now().astimezone().date()
        if day == today:
            return self.tr("Today")
        if day == today - timedelta(days=1):
            return self.tr("Yesterday")
        return day.isoformat()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.rows)

    def canFetchMore(self, parent: Index) -> bool:
        """Qt's."""
        return not parent.isValid() and self._more and not self._asked

    def fetchMore(self, parent: Index) -> None:  # noqa: ARG002 - Qt's signature
        """Qt's: the page comes later, by `extend`."""
        last = self.rows[-1] if self.rows else None
        if isinstance(last, Past) and not self._asked:
            self._asked = True
            self.page_wanted.emit(last)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's: a heading is not chosen."""
        row = self.rows[index.row()] if index.isValid() else None
        enabled = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return enabled | Qt.ItemFlag.ItemIsSelectable if isinstance(row, Past) else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: what is painted, and the same in words."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if isinstance(row, Day):
            return row.title if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return title(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join((row.method, title(row), *self.details(row), f"{row.when:%H:%M:%S}"))
        if role == Qt.ItemDataRole.ToolTipRole:
            words = (f"{row.when:%Y-%m-%d %H:%M:%S}", f"{row.method} {row.url}".strip(), row.service, row.workspace,
                     f"{row.auth} · {row.channel} · {row.protocol}", retold(row.error or ""))  # fmt: skip
            return "\n".join(word for word in words if word)
        return None

    def details(self, row: Past) -> list[str]:
        """The second line: how it came out, how long it took, of which service."""
        words = {
            "complete": self.tr("complete"),
            "error": self.tr("error"),
            "early": self.tr("ended early"),
            "stopped": self.tr("stopped"),
            "no connection": self.tr("no connection"),
        }
        status = f"{row.status} " if row.status is not None else ""
        found = [status + words[row.outcome]]
        if row.ttft_ms is not None:
            found.append(self.tr("TTFT {time}").format(time=time_text(row.ttft_ms)))
        if row.duration_ms is not None:
            found.append(time_text(row.duration_ms))
        found.append(row.service)
        return [word for word in found if word]


def title(row: Past) -> str:
    """What a row is called: the saved request's name, else the path of its URL, else where it went."""
    if row.name:
        return row.name
    place = row.url.partition("://")[2] or row.url
    host, slash, path = place.partition("/")
    path = path.partition("?")[0]
    return slash + path if path else host or row.service
