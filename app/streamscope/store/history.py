"""History: every exchange that was recorded, listed in an SQLite index that can always be made again.

What an exchange was and came to lies in its recording (`store/past.py`); the index only lists. A missing or older one
is made anew from the recordings, a broken one is set aside first. All of it blocks: off the window's thread with it.
"""

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.exchange import Outcome
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.text import whole
from streamscope.store import files, locks, past, tapes
from streamscope.store.exchange import Exchange
from streamscope.store.past import Past
from streamscope.store.secrecy import SecretFields
from streamscope.store.trash import Trash, Trashed

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
PAGE = 100
_T = TypeVar("_T")
_COLUMNS = Past.__struct_fields__
_TABLE = f"""
CREATE TABLE IF NOT EXISTS past (
  recording TEXT PRIMARY KEY, started REAL, method TEXT, url TEXT, name TEXT, workspace TEXT, service TEXT, auth TEXT,
  channel TEXT, protocol TEXT, status INTEGER, outcome TEXT, error TEXT, duration_ms REAL, ttft_ms REAL,
  bytes_in INTEGER, messages_in INTEGER, words TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_time ON past (started DESC, recording DESC);
PRAGMA user_version = {VERSION};
"""
_INSERT = f"INSERT OR REPLACE INTO past VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"  # noqa: S608 - constants
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM past"  # noqa: S608 - constants


class History:
    """The list of a profile's recordings; `recordings` is their folder, None where nothing is kept."""

    def __init__(self, path: Path | None, recordings: Path | None, trash: Trash, notices: list[Phrase]) -> None:
        self._path = path
        self._recordings = recordings
        self._trash = trash
        self._notices = notices
        self._lock = threading.RLock()
        self._opened: sqlite3.Connection | None = None

    def add(self, exchange: Exchange, outcome: Outcome, *, service: str = "", secret: SecretFields = ()) -> Past | None:
        """List an exchange that has ended; None where it was not recorded. Raises StoreError.

        The draft goes into the recording without its secrets, so that it can be composed and sent again.
        """
        if exchange.path is None or self._recordings is None or exchange.path.parent != self._recordings:
            return None
        row = past.past_of(exchange, outcome, service)
        past.keep(exchange.path, row, exchange.draft, secret)
        self._list([row])
        return row

    def page(self, before: Past | None = None, *, find: str = "", day: str = "", limit: int = PAGE) -> list[Past]:
        """The newest exchanges, or those before one; `day` is a local date (2026-01-31). Raises StoreError."""
        where, values = _matching(find)
        if before is not None:
            where.append("(started, recording) < (?, ?)")
            values += [before.started, before.recording]
        if day:
            where.append("date(started, 'unixepoch', 'localtime') = ?")
            values.append(day)
        clause = f" WHERE {' AND '.join(where)}" if where else ""
        query = f"{_SELECT}{clause} ORDER BY started DESC, recording DESC LIMIT ?"
        found = self._done(lambda base: base.execute(query, [*values, limit]).fetchall())
        return [Past(*row) for row in found]

    def search(self, text: str, limit: int = PAGE) -> list[Past]:
        """The newest exchanges in which every word of a text occurs. Raises StoreError."""
        return self.page(find=text, limit=limit)

    def days(self, *, find: str = "") -> list[tuple[str, int]]:
        """The local days on which something was sent, the last first, and how much. Raises StoreError."""
        where, values = _matching(find)
        clause = f" WHERE {' AND '.join(where)}" if where else ""
        query = f"SELECT date(started, 'unixepoch', 'localtime') AS day, count(*) FROM past{clause} GROUP BY day"  # noqa: S608
        found = self._done(lambda base: base.execute(query + " ORDER BY day DESC", values).fetchall())
        return [(str(day), int(count)) for day, count in found]

    def count(self) -> int:
        """How many exchanges are listed. Raises StoreError."""
        return int(self._done(lambda base: base.execute("SELECT count(*) FROM past").fetchone()[0]))

    def path_of(self, row: Past) -> Path:
        """The folder of a recording."""
        return (self._recordings or Path()) / row.recording

    def draft_of(self, row: Past) -> Draft:
        """What was sent then, to be composed or sent again. Raises StoreError where its recording is gone."""
        folder = self.path_of(row)
        if not folder.is_dir():
            self.forget([folder])
            raise StoreError(
                phrase("The recording of {when} is gone.", when=f"{row.when:%Y-%m-%d %H:%M:%S}"),
                phrase("Recordings are kept as long as the settings say."),
            )
        return past.read_draft(folder)

    def remove(self, row: Past) -> Trashed:
        """Delete an exchange with its recording; `restore` brings it back. Raises StoreError."""
        thrown = self._trash.put(self.path_of(row))
        self.forget([thrown.origin])
        return thrown

    def restore(self, trashed: Trashed) -> Past | None:
        """Bring back what was removed. Raises StoreError."""
        row = past.read_past(self._trash.restore(trashed))
        if row is not None:
            self._list([row])
        return row

    def forget(self, recordings: Iterable[Path]) -> None:
        """Take recordings off the list, which are gone (pruned, say). Raises StoreError."""
        names = [(path.name,) for path in recordings]
        self._done(lambda base: base.executemany("DELETE FROM past WHERE recording = ?", names).close())

    def reconcile(self) -> tuple[int, int]:
        """Bring list and recordings together: how many were added, how many taken off. Raises StoreError.

        Added is what a killed program left, what was copied here, or all of it where the list is new.
        """
        self._trash.prune()
        there = self._names()
        listed = {
            str(name) for (name,) in self._done(lambda base: base.execute("SELECT recording FROM past").fetchall())
        }
        gone = listed - there
        if gone:
            self.forget(Path(name) for name in gone)
        added = 0
        fresh = sorted(there - listed, reverse=True)
        for start in range(0, len(fresh), PAGE):
            rows = [row for name in fresh[start : start + PAGE] if (row := self._read(name)) is not None]
            self._list(rows)
            added += len(rows)
        return added, len(gone)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _names(self) -> set[str]:
        if self._recordings is None:
            return set()
        with suppress(OSError):
            return {path.name for path in self._recordings.iterdir() if not path.name.startswith(".")}
        return set()

    def _read(self, name: str) -> Past | None:
        """A recording's row; one that is still being made is left alone."""
        folder = (self._recordings or Path()) / name
        if (folder / past.ENTRY).is_file():
            return past.read_past(folder)
        try:
            index = tapes.opened(folder / "index", write=False)
        except OSError:
            return None
        try:
            if locks.in_use(index):
                return None
        finally:
            os.close(index)
        return past.read_past(folder)

    def _list(self, rows: list[Past]) -> None:
        values = [tuple(map(_storable, (*msgspec.structs.astuple(row), row.words))) for row in rows]
        self._done(lambda base: base.executemany(_INSERT, values).close())

    def _done(self, work: Callable[["sqlite3.Connection"], _T]) -> _T:
        """Do something with the index; a broken one is set aside and made anew, then it is done once more."""
        import sqlite3  # most commands need no history

        with self._lock:
            try:
                return self._worked(work)
            except sqlite3.OperationalError as error:
                raise _trouble(error) from error
            except sqlite3.DatabaseError as error:
                self._set_aside(error)
            try:
                return self._worked(work)
            except sqlite3.DatabaseError as error:
                raise _trouble(error) from error

    def _worked(self, work: Callable[["sqlite3.Connection"], _T]) -> _T:
        base = self._base()
        with base:
            return work(base)

    def _base(self) -> "sqlite3.Connection":
        if self._opened is not None:
            return self._opened
        import sqlite3

        if self._path is not None:
            files.own(self._path)
        base = sqlite3.connect(self._path or ":memory:", timeout=5.0, check_same_thread=False)
        try:
            version = base.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):  # it is only a list: what another version made is made anew
                base.execute("DROP TABLE IF EXISTS past")
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            base.executescript(_TABLE)
        except sqlite3.Error:
            base.close()
            raise
        self._opened = base
        return base

    def _set_aside(self, error: "sqlite3.Error") -> None:
        self.close()
        if self._path is None:
            return
        for ending in ("-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        with suppress(OSError):
            aside = files.set_aside(self._path)
            self._notices.append(
                phrase("The list of past exchanges was broken ({reason}). It was set aside as {aside} and made anew.",
                       reason=error, aside=aside.name)
            )  # fmt: skip
        self.reconcile()


def _storable(value: Any) -> Any:
    return whole(value) if isinstance(value, str) else value  # what an error quotes may hold half a character


def _matching(text: str) -> tuple[list[str], list[Any]]:
    """Conditions under which every word of a text occurs, and their values."""
    words = text.casefold().split()
    values: list[Any] = []
    for word in words:
        for sign in "\\%_":
            word = word.replace(sign, "\\" + sign)
        values.append(f"%{whole(word)}%")
    return ["words LIKE ? ESCAPE '\\'"] * len(words), values


def _trouble(error: "sqlite3.Error") -> StoreError:
    return StoreError(
        phrase("The list of past exchanges cannot be used: {reason}.", reason=error),
        phrase("Check the profile's folder; the recordings themselves are not touched."),
        cause=str(error),
    )
