"""The dialects of the user's own: one TOML file, a table for each, comments kept.

version = 1

[dialects.my-model]
text = "$.output.text"
finish = "$.reason"
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from streamscope.model.delta import Paths
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store.settings import change, loaded

if TYPE_CHECKING:
    import tomlkit

VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TABLE = "dialects"


class SavedDialects:
    """Saved paths by name; a file of a newer version is left as it is, and what cannot be read is told in notices."""

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self._path = path
        self._saved: dict[str, Paths] = {}
        document = loaded(path, notices)
        version = document.get("version", VERSION)
        self._newer = not isinstance(version, int) or version > VERSION
        if self._newer:
            notices.append(
                phrase("{file} is of a newer version ({version}): it is not read.", file=path.name, version=version)
            )
            return
        tables = document.get(_TABLE, {})
        for name, table in (tables if isinstance(tables, dict) else {_TABLE: tables}).items():
            try:
                self._saved[name] = msgspec.convert({**table, "name": name}, Paths)
            except (msgspec.ValidationError, TypeError) as error:
                notices.append(
                    phrase(
                        "The dialect {name} in {file} cannot be read: {reason}",
                        name=name,
                        file=path.name,
                        reason=str(error),
                    )
                )

    def all(self) -> tuple[Paths, ...]:
        """Every saved one, in the file's order."""
        return tuple(self._saved.values())

    def save(self, paths: Paths) -> None:
        """Save or replace. Raises UsageError at a name that cannot be a key, StoreError where it cannot be written."""
        if not _NAME.fullmatch(paths.name):
            raise UsageError(
                phrase("'{name}' cannot be a dialect's name.", name=paths.name),
                phrase("Use small letters, digits, - and _."),
            )
        table = {key: value for key, value in msgspec.to_builtins(paths).items() if key != "name"}

        def changed(document: "tomlkit.TOMLDocument") -> None:
            import tomlkit

            tables = document.setdefault(_TABLE, tomlkit.table(is_super_table=True))
            known = tables.setdefault(paths.name, tomlkit.table())
            for key in [key for key in known if key not in table]:
                del known[key]
            known.update(table)

        self._change(changed)
        self._saved[paths.name] = paths

    def remove(self, name: str) -> None:
        """Forget one; nothing where there is none. Raises StoreError."""
        if name not in self._saved:
            return

        def changed(document: "tomlkit.TOMLDocument") -> None:
            del document[_TABLE][name]

        self._change(changed)
        del self._saved[name]

    def _change(self, changed: Callable[["tomlkit.TOMLDocument"], None]) -> None:
        if self._newer:
            raise StoreError(
                phrase("{file} is of a newer version and stays as it is.", file=self._path.name),
                phrase("Use the newer program, or another profile with --profile DIR."),
            )
        change(self._path, changed)
