"""What the programs wrote: a file for each instance, in a folder for each service."""

import re
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

KEPT = 20
"""Files that a service keeps, the newest."""
READ_BYTES = 262_144
SAFE = re.compile(r"[^A-Za-z0-9._-]")


class Logs:
    """The folder of all logs, made when there is a first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, service: str, instance: str) -> Path:
        """An instance's log."""
        return self._of(service) / f"{SAFE.sub('_', instance)}.log"

    def lines(self, service: str, instance: str, most: int) -> list[str]:
        """The last lines of an instance, or of all of a service, one after the other as they were last written to."""
        if instance:
            path = self.path(service, instance)
            return tail([path.with_suffix(".log.1"), path], most)
        return tail(self._files(service), most)

    def prune(self, service: str, alive: Collection[str]) -> None:
        """Drop the oldest of a service's logs where there are many, but none of the instances that are alive."""
        for path in self._files(service)[:-KEPT]:
            if path.name.partition(".")[0] not in alive:
                path.unlink(missing_ok=True)

    def drop(self, service: str) -> None:
        """Delete a service's logs."""
        shutil.rmtree(self._of(service), ignore_errors=True)

    def _of(self, service: str) -> Path:
        return self._folder / SAFE.sub("_", service)

    def _files(self, service: str) -> list[Path]:
        try:
            return sorted(self._of(service).iterdir(), key=lambda path: path.stat().st_mtime_ns)
        except OSError:
            return []


def tail(paths: Sequence[Path], most: int) -> list[str]:
    """The last lines of files, read as if they were one; what is no UTF-8 is replaced."""
    lines: list[str] = []
    for path in reversed(paths):
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - READ_BYTES))
                piece = file.read()
        except OSError:
            continue
        lines = piece.decode("utf-8", "replace").splitlines() + lines
        if len(lines) >= most:
            break
    return lines[-most:] if most > 0 else []
