"""Settings: one TOML file, comments kept, readable without a window."""

import threading
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamscope.model.draft import Limits
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files
from streamscope.store.settings_table import BY_KEY, SETTINGS

if TYPE_CHECKING:
    import tomlkit

VERSION = 1
_KEYS = "keys"
"""The table of keys that a person chose: an action's name and its keys."""


class Settings:
    """Named values with defaults; what is set is written at once. May be used from several threads.

    A value in the file that makes no sense is told in `notices` and its default is used; the file keeps it.
    """

    def __init__(self, path: Path, notices: list[Phrase]) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._stamp = _stamp(path)
        self._values = loaded(path, notices)
        notices += self.problems()

    def get(self, key: str) -> str:
        """The value of a setting, or its default where there is none that makes sense. A switch is "true" or ""."""
        setting = BY_KEY.get(key)
        if key not in self._values:
            return setting.field.default if setting is not None else ""
        if setting is None:
            return str(self._values[key])
        value = setting.read(self._values[key])
        return value if setting.problem(value) is None else setting.field.default

    def number(self, key: str) -> float:
        """The value of a setting that is a number."""
        return float(self.get(key))

    def on(self, key: str) -> bool:
        """Whether a switch is on."""
        return self.get(key) == "true"

    def changed(self, key: str) -> bool:
        """Whether it is another than the default."""
        return key in BY_KEY and self.get(key) != BY_KEY[key].field.default

    def set(self, key: str, value: str) -> None:
        """Change a setting; it holds for this session even where it cannot be written.

        Raises UsageError for a value that makes no sense, StoreError.
        """
        setting = BY_KEY.get(key)
        if setting is not None and (problem := setting.problem(value)) is not None:
            raise UsageError(phrase("{label}: {problem}", label=setting.field.label, problem=problem))
        written = setting.written(value) if setting is not None else value
        if key not in self._values and value == self.get(key):
            return
        if key in self._values and (kept := self._values[key]) == written and type(kept) is type(written):
            return
        self._change(lambda values: values.__setitem__(key, written))

    def reset(self, key: str) -> None:
        """Back to the default: it is taken out of the file. Raises StoreError."""
        if key in self._values:
            self._change(lambda values: values.pop(key, None))

    def keys(self) -> dict[str, list[str]]:
        """The keys that a person chose: an action's name and Qt's portable texts of its keys."""
        table = self._values.get(_KEYS, {})
        if not isinstance(table, dict):
            return {}
        return {name: list(keys) for name, keys in table.items() if _is_keys(keys)}

    def set_keys(self, name: str, keys: Sequence[str] | None) -> None:
        """Choose an action's keys; None for its own. Raises StoreError."""

        def change_one(values: Any) -> None:
            table = values.setdefault(_KEYS, {})
            if keys is None:
                table.pop(name, None)
                if not table:
                    values.pop(_KEYS)
            else:
                table[name] = list(keys)

        if keys is not None or name in self._values.get(_KEYS, {}):
            self._change(change_one)

    def reset_keys(self) -> None:
        """Every action gets its own keys again. Raises StoreError."""
        if _KEYS in self._values:
            self._change(lambda values: values.pop(_KEYS, None))

    def problems(self) -> list[Phrase]:
        """What in the file makes no sense, each with the default that is used instead."""
        found = []
        for setting in SETTINGS:
            if setting.key not in self._values:
                continue
            problem = setting.problem(setting.read(self._values[setting.key]))
            if problem is not None:
                default = setting.field.default or "-"
                found.append(
                    phrase(
                        "{file}, {key}: {problem} Instead {default} is used.",
                        file=self.path.name,
                        key=setting.key,
                        problem=problem,
                        default=default,
                    )
                )
        table = self._values.get(_KEYS, {})
        wrong = (
            [str(name) for name, keys in table.items() if not _is_keys(keys)] if isinstance(table, dict) else [_KEYS]
        )
        if wrong:
            found.append(
                phrase("{file}: the keys of {names} are no list of texts.", file=self.path.name, names=", ".join(wrong))
            )
        return found

    def reload(self) -> tuple[list[str], list[Phrase]]:
        """Look whether somebody else changed the file; gives what is another now (settings, "keys") and what is wrong.

        Raises StoreError where it cannot be read; then everything stays as it is.
        """
        if (stamp := _stamp(self.path)) == self._stamp:
            return [], []
        before, keys = {setting.key: self.get(setting.key) for setting in SETTINGS}, self.keys()
        notices: list[Phrase] = []
        with self._lock:
            try:
                self._values = tomllib.loads(files.read(self.path))
            except tomllib.TOMLDecodeError as error:  # it is being written by hand: the next look may find it whole
                self._stamp = stamp
                return [], [phrase("{file} is not TOML: {error}.", file=self.path.name, error=error)]
            self._stamp = stamp
        notices += self.problems()
        changed = [key for key, value in before.items() if self.get(key) != value]
        return changed + ([_KEYS] if self.keys() != keys else []), notices

    def _change(self, change_values: Callable[[Any], object]) -> None:
        with self._lock:
            known = _stamp(self.path) == self._stamp
            change_values(self._values)
            change(self.path, change_values)
            if known:  # else `reload` has still to find what somebody else wrote
                self._stamp = _stamp(self.path)


def limits(settings: Settings) -> Limits:
    """The limits that a new draft begins with."""
    return Limits(
        total=settings.number("timeout_total"),
        connect=settings.number("timeout_connect"),
        wait=settings.number("timeout_wait"),
    )


def recordings_folder(settings: Settings, profile: Path) -> Path:
    """Where recordings are kept."""
    chosen = settings.get("recordings_folder")
    return Path(chosen).expanduser() if chosen else profile / "recordings"


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


def change(path: Path, changed: Callable[["tomlkit.TOMLDocument"], object]) -> None:
    """Change a TOML file in place, its comments and order kept. Raises StoreError."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(files.read(path))
    except TOMLKitError as error:
        raise StoreError(
            phrase("{file} is not TOML: {error}.", file=path.name, error=error),
            phrase("It was changed by hand: mend it, or remove it."),
            cause=str(error),
        ) from error
    document.setdefault("version", VERSION)
    changed(document)
    files.write(path, tomlkit.dumps(document))


def _is_keys(keys: object) -> bool:
    return isinstance(keys, list) and all(isinstance(one, str) for one in keys)


def _stamp(path: Path) -> tuple[int, int, int]:
    """What tells one version of a file from another."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0, 0)
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
