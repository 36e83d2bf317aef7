"""What is remembered of services: favourites, those called last, and each workspace's list as it was last known.

`services/marks.json` holds what a person chose; `services/known/` a file for each workspace, which a refresh brings
again, so one that cannot be read is no loss. A service holds no secret (model/service.py), and neither do these.
"""

import hashlib
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service
from streamscope.store import files

RECENT = 10
"""Services that are kept as called last."""
_FRESH = 600.0
"""Seconds in which an unchanged list is not written again."""
Key = tuple[str, str]
"""A service's workspace and id."""


class _Marks(msgspec.Struct):
    version: int = 1
    favourites: list[Key] = []
    recent: list[Key] = []
    collapsed: list[str] = []


class _Known(msgspec.Struct):
    version: int
    workspace: str
    at: float
    services: list[Service]


@dataclass(frozen=True, slots=True)
class LastKnown:
    """A workspace's services and when they were read (Unix time, seconds)."""

    at: float
    services: list[Service]


class KnownServices:
    """Kept in a folder of the profile; read when it is first asked for, written at once, atomically.

    Changes block on the disk: they belong off the window's thread, and may come from several.
    """

    def __init__(self, folder: Path, notices: list[Phrase]) -> None:
        self._folder = folder
        self._notices = notices
        self._read: _Marks | None = None
        self._changing = threading.RLock()
        self._written: dict[str, tuple[bytes, float]] = {}

    def favourites(self) -> list[Key]:
        """The favourites, in the order in which they were starred."""
        return list(self._marks().favourites)

    def recent(self) -> list[Key]:
        """What was called last, the latest first."""
        return list(self._marks().recent)

    def collapsed(self) -> set[str]:
        """The sections that are folded."""
        return set(self._marks().collapsed)

    def star(self, workspace: str, service: str, *, on: bool) -> None:
        """Make a service a favourite, or no longer. Raises StoreError."""
        with self._changing:
            marks, key = self._marks(), (workspace, service)
            if (key in marks.favourites) is not on:
                marks.favourites = [*marks.favourites, key] if on else [one for one in marks.favourites if one != key]
                self._save()

    def note_used(self, workspace: str, service: str) -> None:
        """A service was called. Raises StoreError."""
        with self._changing:
            marks, key = self._marks(), (workspace, service)
            if marks.recent[:1] != [key]:
                marks.recent = [key, *(one for one in marks.recent if one != key)][:RECENT]
                self._save()

    def fold(self, section: str, *, folded: bool) -> None:
        """Keep a section folded or open. Raises StoreError."""
        with self._changing:
            marks = self._marks()
            if (section in marks.collapsed) is not folded:
                marks.collapsed = sorted({*marks.collapsed, section} if folded else {*marks.collapsed} - {section})
                self._save()

    def renamed(self, old: Key, new: Key) -> None:
        """A service has another id now: its marks go with it. Raises StoreError."""
        with self._changing:
            marks = self._marks()
            if old != new and (old in marks.favourites or old in marks.recent):
                marks.favourites = [new if key == old else key for key in marks.favourites]
                marks.recent = [new if key == old else key for key in marks.recent]
                self._save()

    def last_known(self, workspace: str) -> LastKnown | None:
        """A workspace's services as they were read last; None where nothing can be read of them."""
        path = self._path(workspace)
        try:
            known = msgspec.json.decode(path.read_bytes(), type=_Known)
        except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
            return None
        if known.version != 1 or known.workspace != workspace:
            return None
        return LastKnown(known.at, known.services)

    def keep(self, workspace: str, services: list[Service], at: float | None = None) -> None:
        """Remember a workspace's services as read now. Raises StoreError."""
        now = time.time() if at is None else at
        listed = msgspec.json.encode(services)
        proof = hashlib.sha256(listed).digest()
        before, when = self._written.get(workspace, (b"", 0.0))
        if before == proof and 0 <= now - when < _FRESH:
            return
        known = {"version": 1, "workspace": workspace, "at": now, "services": msgspec.Raw(listed)}
        files.write(self._path(workspace), msgspec.json.encode(known).decode())
        self._written[workspace] = (proof, now)

    def forget(self, workspace: str) -> None:
        """A workspace is gone: so is its list. Its marks stay: a removal can be undone. Raises StoreError."""
        with self._changing:
            self._written.pop(workspace, None)
            try:
                self._path(workspace).unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    phrase("The file {path} cannot be removed.", path=self._path(workspace)), cause=str(error)
                ) from error

    def workspace_renamed(self, old: str, new: str) -> None:
        """A workspace has another name: its marks and its list go with it. Raises StoreError."""
        with self._changing:
            marks = self._marks()
            marks.favourites = [(new if key[0] == old else key[0], key[1]) for key in marks.favourites]
            marks.recent = [(new if key[0] == old else key[0], key[1]) for key in marks.recent]
            self._save()
            if (known := self.last_known(old)) is not None:
                self.keep(new, [replace(service, workspace=new) for service in known.services], known.at)
                self.forget(old)

    def _path(self, workspace: str) -> Path:
        """A file name that any workspace's name can have, on any file system."""
        digest = hashlib.sha256(workspace.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in workspace)[:32]
        return self._folder / "known" / f"{plain}-{digest}.json"

    def _marks(self) -> _Marks:
        if self._read is None:
            self._read = self._opened()
        return self._read

    def _opened(self) -> _Marks:
        path = self._folder / "marks.json"
        try:
            text = files.read(path)
            return msgspec.json.decode(text, type=_Marks) if text else _Marks()
        except (StoreError, ValueError, msgspec.MsgspecError, RecursionError) as error:
            reason = error
        try:
            aside = files.set_aside(path)
        except OSError:  # nothing can be written there: it stays where it is
            aside = path
        self._notices.append(
            phrase(
                "{file} cannot be read ({error}); it was set aside as {aside}.",
                file=path.name,
                error=reason,
                aside=aside,
            )
        )
        return _Marks()

    def _save(self) -> None:
        text = msgspec.json.format(msgspec.json.encode(self._marks()), indent=2).decode()
        files.write(self._folder / "marks.json", text + "\n")
