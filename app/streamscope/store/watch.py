"""Noticing what changed in folders outside of the program: by looking at times, cheaply, now and then."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from streamscope.store.names import is_saved

Stat = tuple[int, int, int] | None
"""Time of the last change (ns), size and inode; None for what is not there."""
_MOST = 20_000
"""Folders that are looked at in one collection."""


class Watch:
    """What was seen at the last look."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, Stat]] = {}
        self._files: dict[Path, dict[str, Stat]] = {}
        self._watched: dict[Path, Stat] = {}
        self._inner: dict[str, tuple[Stat, list[str]]] = {}

    def look(
        self, roots: Iterable[Path], watched: Iterable[Path] = (), *, thorough: bool = False
    ) -> tuple[set[Path], set[Path]]:
        """The roots in which something changed since the last look, and the watched files that did.

        Costs a stat for each folder; a thorough look one for each file. What was not known before is no change.
        """
        changed, altered = set(), set()
        folders: dict[Path, dict[str, Stat]] = {}
        for root in roots:
            folders[root] = self._folders_of(root)
            if root in self._folders and self._folders[root] != folders[root]:
                changed.add(root)
            if thorough:
                files = _files_of(folders[root])
                if root in self._files and self._files[root] != files:
                    changed.add(root)
                self._files[root] = files
        self._folders = folders
        states = {path: stat_of(path) for path in watched}
        for path, state in states.items():
            if path in self._watched and self._watched[path] != state:
                altered.add(path)
        self._watched = states
        return changed, altered

    def _folders_of(self, root: Path) -> dict[str, Stat]:
        """Every folder of a root with its time; which folders one holds is known while its time is the same."""
        seen: dict[str, Stat] = {}
        waiting, met = [str(root)], set()
        while waiting and len(seen) < _MOST:
            place = waiting.pop()
            state = seen[place] = stat_of(Path(place))
            if state is None or state[2] in met:
                continue
            met.add(state[2])
            known = self._inner.get(place)
            if known is None or known[0] != state:
                known = self._inner[place] = (state, _inner_folders(place))
            waiting += known[1]
        return seen


def stat_of(path: Path) -> Stat:
    """A file's or folder's state."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _inner_folders(place: str) -> list[str]:
    found: list[str] = []
    with suppress(OSError), os.scandir(place) as listed:
        found = [entry.path for entry in listed if not entry.name.startswith(".") and entry.is_dir()]
    return found


def _files_of(folders: Iterable[str]) -> dict[str, Stat]:
    found: dict[str, Stat] = {}
    for place in folders:
        with suppress(OSError), os.scandir(place) as listed:
            for entry in listed:
                if is_saved(entry.name):
                    found[entry.path] = stat_of(Path(entry.path))
    return found
