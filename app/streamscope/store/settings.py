"""Settings: one TOML file, comments kept, readable without a window."""

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files

VERSION = 1
DEFAULTS = {"appearance": "system", "workspace": "sandbox"}


class Settings:
    """Named values with defaults; `set` writes at once. Raises StoreError where it cannot."""

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self._path = path
        self._document = loaded(path, notices)

    def get(self, key: str) -> str:
        """The value of a setting, or its default."""
        return str(self._document.get(key, DEFAULTS.get(key, "")))

    def set(self, key: str, value: str) -> None:
        """Change a setting; it holds for this session even where it cannot be written."""
        if self._document.get(key, DEFAULTS.get(key)) == value:
            return
        self._document.setdefault("version", VERSION)
        self._document[key] = value
        files.write(self._path, tomlkit.dumps(self._document))


def loaded(path: Path, notices: list[Phrase]) -> tomlkit.TOMLDocument:
    """A TOML file; one that is not TOML is set aside and named in the notices."""
    text = files.read(path)
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        aside = files.set_aside(path)
        notices.append(
            phrase(
                "{file} is not TOML ({error}); it was set aside as {aside}.", file=path.name, error=error, aside=aside
            )
        )
        return tomlkit.document()
