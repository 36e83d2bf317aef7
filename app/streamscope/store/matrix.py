"""The last results of the access matrix: one JSON file a workspace, and the recordings of their exchanges beside it."""

import hashlib
import re
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from streamscope.model.matrix import Cell
from streamscope.store import files
from streamscope.store.pruning import removed
from streamscope.store.recordings import Recordings

VERSION = 1
_GRACE = 3600.0
"""Seconds after which a recording that no result names may go: one of a run that is still under way is younger."""


class Results(msgspec.Struct, frozen=True):
    """What the file holds: the newest result of every combination that was ever called and still exists."""

    version: int
    workspace: str
    cells: list[Cell]


class MatrixResults:
    """The folder of results in a profile; without one that can be written, nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def recordings(self) -> Recordings:
        """Where the exchanges of runs are kept."""
        return Recordings(self._folder / "calls" if self._folder is not None else None)

    def load(self, workspace: str) -> list[Cell]:
        """The last results of a workspace, none where there are none; an unreadable file is set aside.

        Raises StoreError where it may not be read.
        """
        if self._folder is None or not (text := files.read(path := self._path(workspace))):
            return []
        try:
            return msgspec.json.decode(text, type=Results).cells
        except msgspec.DecodeError:
            files.set_aside(path)
            return []

    def save(self, workspace: str, cells: list[Cell]) -> None:
        """Replace a workspace's results, and let the recordings go that no result names. Raises StoreError."""
        if self._folder is None:
            return
        written = msgspec.json.format(msgspec.json.encode(Results(VERSION, workspace, cells)), indent=1)
        files.write(self._path(workspace), written.decode() + "\n")
        self._tidy()

    def _tidy(self) -> None:
        """Remove recordings of results that were replaced, in any workspace; never one that is open."""
        folder = self.recordings.folder
        if folder is None or self._folder is None or not folder.is_dir():
            return
        named = set()
        for path in self._folder.glob("*.json"):
            with suppress(msgspec.DecodeError):
                named |= {
                    Path(cell.recording).name for cell in msgspec.json.decode(path.read_bytes(), type=Results).cells
                }
        oldest = time.time() - _GRACE
        for recording in folder.iterdir():
            with suppress(OSError):
                if recording.name not in named and recording.stat().st_mtime < oldest:
                    removed(recording)

    def _path(self, workspace: str) -> Path:
        assert self._folder is not None  # noqa: S101 - asked for only where there is one
        readable = re.sub(r"[^\w-]+", "-", workspace)[:40]
        return self._folder / f"{readable}-{hashlib.sha256(workspace.encode()).hexdigest()[:8]}.json"


def results(profile: Path, *, writable: bool) -> MatrixResults:
    """The results of a profile."""
    return MatrixResults(profile / "matrix" if writable else None)
