"""Named tables of a TOML file: read again when somebody else changed it, comments and unknown keys kept."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store.settings import change, loaded

if TYPE_CHECKING:
    import tomlkit

VERSION = 1
Table = dict[str, Any]
_Seen = tuple[int, int, int] | None


class Tables:
    """The tables under one heading by name, in the file's order.

    A change holds for this session even where the file cannot be written (StoreError). A file of a newer version is
    read as far as it is understood and never written. What is found wrong when it is opened is told in `notices`.
    """

    def __init__(self, path: Path, heading: str, notices: list[Phrase]) -> None:
        self._path = path
        self._heading = heading
        self._lock = threading.RLock()
        self._newer = False
        self._tables: dict[str, Table] = {}
        self._seen: _Seen = None
        self._read(notices)

    def all(self) -> dict[str, Table]:
        """The tables as they are now; what was changed outside is read again."""
        with self._lock:
            if self._stamp() != self._seen:
                self._read([])
            return self._tables

    def put(self, name: str, values: Mapping[str, Any], known: Sequence[str]) -> None:
        """Add a table or replace its values; of its keys only the `known` ones may leave. Raises StoreError."""

        def changed(document: "tomlkit.TOMLDocument") -> None:
            import tomlkit

            table = self._under(document).setdefault(name, tomlkit.table())
            for key in [key for key in known if key in table and key not in values]:
                del table[key]
            table.update(values)

        with self._lock:
            before = self.all().get(name, {})
            kept = {key: value for key, value in before.items() if key not in known}
            self._tables = {**self._tables, name: {**kept, **values}}
            self._change(changed)

    def remove(self, name: str) -> None:
        """Take a table out; nothing where there is none. Raises StoreError."""

        def changed(document: "tomlkit.TOMLDocument") -> None:
            self._under(document).pop(name, None)

        with self._lock:
            if name not in self.all():
                return
            self._tables = {key: table for key, table in self._tables.items() if key != name}
            self._change(changed)

    def rename(self, name: str, new: str) -> None:
        """Give a table another name, at its place. Raises StoreError."""
        with self._lock:
            tables = {new if key == name else key: table for key, table in self.all().items()}
            self._rewrite(tables, {new: name})

    def arrange(self, names: Sequence[str]) -> None:
        """Bring the tables into this order; those not named come last. Raises StoreError."""
        with self._lock:
            tables = self.all()
            order = [name for name in names if name in tables]
            order += [name for name in tables if name not in order]
            self._rewrite({name: tables[name] for name in order}, {})

    def _rewrite(self, tables: dict[str, Table], renamed: Mapping[str, str]) -> None:
        def changed(document: "tomlkit.TOMLDocument") -> None:
            import tomlkit

            before = self._under(document)
            after = tomlkit.table(is_super_table=True)
            for name, values in tables.items():
                after[name] = before.get(renamed.get(name, name), values)
            document[self._heading] = after

        self._tables = tables
        self._change(changed)

    def _under(self, document: "tomlkit.TOMLDocument") -> Any:
        import tomlkit

        if not isinstance(document.get(self._heading), dict):
            document[self._heading] = tomlkit.table(is_super_table=True)
        return document[self._heading]

    def _change(self, changed: Callable[["tomlkit.TOMLDocument"], None]) -> None:
        if self._newer:
            raise StoreError(
                phrase("{file} is of a newer version and stays as it is.", file=self._path.name),
                phrase("Use the newer program, or another profile with --profile DIR."),
            )
        change(self._path, changed)
        self._seen = self._stamp()

    def _read(self, notices: list[Phrase]) -> None:
        self._seen = self._stamp()
        document = loaded(self._path, notices)
        version = document.get("version", VERSION)
        self._newer = not isinstance(version, int) or version > VERSION
        if self._newer:
            told = phrase(
                "{file} is of a newer version ({version}): it is not changed.", file=self._path.name, version=version
            )
            notices.append(told)
        tables = document.get(self._heading, {})
        if not isinstance(tables, dict):
            tables = {self._heading: tables}
        self._tables = {name: table for name, table in tables.items() if isinstance(table, dict)}
        notices.extend(
            phrase("'{name}' in {file} is no table: it is left alone.", name=name, file=self._path.name)
            for name in tables
            if name not in self._tables
        )

    def _stamp(self) -> _Seen:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
