"""What the processes of a service printed: the sandbox keeps it in files of the profile.

A folder for each service, `sandbox/logs/SERVICE/INSTANCE.log`; a full one goes on as `INSTANCE.log.1`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from streamscope.engine.core import Core
from streamscope.model.service import Service

_READ = 262_144
"""Bytes of a file that are looked at from its end."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
Line = tuple[str, str]
"""The instance's name and what it printed."""


def has_logs(core: Core, service: Service) -> bool:
    """Whether the output of a service's processes can be read from here."""
    workspace = core.bench.workspaces.find(service.workspace)
    return workspace is not None and workspace.platform == "sandbox"


def folder(core: Core, service: Service) -> Path:
    """Where the sandbox keeps a service's logs."""
    own = core.sandbox.folder if core.sandbox is not None else None
    profile = core.bench.profile if own is None else Path(own.name)
    return profile / "sandbox" / "logs" / _UNSAFE.sub("_", service.id)


@dataclass
class Tail:
    """The end of a service's logs, and what is added to them. Blocks on the disk."""

    core: Core
    service: Service
    instance: str = ""
    """Only this one's; '' for all."""
    _read: dict[int, int] = field(default_factory=dict)
    """How far each file was read, by its number on the disk: a file that is renamed stays the same."""
    _begun: dict[int, bytes] = field(default_factory=dict)
    """A line without its end, as far as it was read."""

    def names(self) -> list[str]:
        """The instances that have a log, whichever is wanted."""
        every = self._files("")
        return sorted({path.name.removesuffix(".1").removesuffix(".log") for path in every})

    def last(self, lines: int) -> list[Line]:
        """The last lines, those of the instance that printed last at the end."""
        found = self.more(_READ)
        return found[-lines:]

    def more(self, limit: int = 0) -> list[Line]:
        """The lines that were added since; of a file that is new all, or its last `limit` bytes."""
        found: list[Line] = []
        for path in self._files(self.instance):
            try:
                found += self._lines(path, limit)
            except OSError:  # it was taken away meanwhile
                continue
        return found

    def _lines(self, path: Path, limit: int) -> list[Line]:
        with path.open("rb") as file:
            stat = path.stat()
            size, number = stat.st_size, stat.st_ino
            at = self._read.get(number)
            if at is None:
                at = max(0, size - limit) if limit else 0
            elif at > size:  # it was emptied
                at = 0
            file.seek(at)
            piece = self._begun.pop(number, b"") + file.read(size - at)
        self._read[number] = size
        *whole, rest = piece.split(b"\n")
        if rest:
            self._begun[number] = rest
        name = path.name.removesuffix(".1").removesuffix(".log")
        return [(name, one.rstrip(b"\r").decode("utf-8", "replace")) for one in whole]

    def _files(self, instance: str) -> list[Path]:
        wanted = _UNSAFE.sub("_", instance)
        try:
            files = [
                path
                for path in folder(self.core, self.service).iterdir()
                if not wanted or path.name.removesuffix(".1") == f"{wanted}.log"
            ]
            return sorted(files, key=lambda path: path.stat().st_mtime_ns)
        except OSError:
            return []
