"""Settings: one TOML file, comments kept, readable without a window."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files

if TYPE_CHECKING:
    import tomlkit

VERSION = 1
DEFAULTS = {
    "appearance": "system",
    "workspace": "sandbox",
    "recordings_days": "30",
    "recordings_megabytes": "4000",
}


class Settings:
    """Named values with defaults; `set` writes at once. Raises StoreError where it cannot."""

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self._path = path
        self._values = loaded(path, notices)

    def get(self, key: str) -> str:
        """The value of a setting, or its default."""
        return str(self._values.get(key, DEFAULTS.get(key, "")))

    def set(self, key: str, value: str) -> None:
        """Change a setting; it holds for this session even where it cannot be written."""
        if self.get(key) == value:
            return
        self._values[key] = value

        def changed(document: "tomlkit.TOMLDocument") -> None:
            document[key] = value

        change(self._path, changed)


def loaded(path: Path, notices: list[Phrase]) -> dict[str, Any]:
    """A TOML file's tables; one that is not TOML is set aside and named in the notices."""
    try:
        return tomllib.loads(files.read(path))
    except tomllib.TOMLDecodeError as error:
        aside = files.set_aside(path)
        notices.append(
            phrase(
                "{file} is not TOML ({error}); it was set aside as {aside}.", file=path.name, error=error, aside=aside
            )
        )
        return {}


def change(path: Path, changed: Callable[["tomlkit.TOMLDocument"], None]) -> None:
    """Change a TOML file in place, its comments and order kept. Raises StoreError."""
    import tomlkit

    document = tomlkit.parse(files.read(path))
    document.setdefault("version", VERSION)
    changed(document)
    files.write(path, tomlkit.dumps(document))
