"""What was deleted, kept for a while, so that it can be brought back: a folder of the profile."""

import json
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files

DAYS = 30.0
"""How long what was deleted can be brought back."""
_ORIGIN = "origin.json"


@dataclass(frozen=True, slots=True)
class Trashed:
    """One thing that was deleted: where it lies now, and where it was."""

    place: Path
    origin: Path

    @property
    def name(self) -> str:
        """What it was called, without a file's ending."""
        return self.origin.stem if self.origin.suffix in (".yaml", ".yml") else self.origin.name


class Trash:
    """Deleted files and folders, each in a folder of its own with a note of its origin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path) -> Trashed:
        """Move a file or folder here; a symlink itself, not what it leads to. Raises StoreError."""
        origin = path.parent.resolve() / path.name
        place = self._folder / f"{time.time_ns()}-{secrets.token_hex(3)}"
        try:
            files.private_folder(place)
            files.write(place / _ORIGIN, json.dumps({"origin": str(origin)}))
            shutil.move(path, place / path.name)
        except (OSError, shutil.Error) as error:
            if not (place / path.name).exists():  # what was moved in part must not be lost
                shutil.rmtree(place, ignore_errors=True)
            raise _failed(
                phrase("{path} cannot be deleted: {reason}.", path=path, reason=_reason(error)), error
            ) from error
        return Trashed(place / path.name, origin)

    def restore(self, trashed: Trashed) -> Path:
        """Put it back, under another name where its own is taken by now. Raises StoreError."""
        target = trashed.origin
        number = 1
        while target.exists() or target.is_symlink():
            number += 1
            target = trashed.origin.with_name(f"{trashed.origin.stem} {number}{trashed.origin.suffix}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(trashed.place, target)
        except (OSError, shutil.Error) as error:
            told = phrase("{path} cannot be brought back: {reason}.", path=target, reason=_reason(error))
            raise _failed(told, error) from error
        shutil.rmtree(trashed.place.parent, ignore_errors=True)
        return target

    def all(self) -> list[Trashed]:
        """All that can be brought back, what was deleted last first."""
        found = []
        with suppress(OSError):
            for place in sorted(self._folder.iterdir(), reverse=True):
                with suppress(OSError, ValueError, KeyError, TypeError):
                    origin = Path(json.loads((place / _ORIGIN).read_text(encoding="utf-8"))["origin"])
                    if (place / origin.name).exists():
                        found.append(Trashed(place / origin.name, origin))
        return found

    def prune(self, days: float = DAYS) -> None:
        """Let go of what was deleted long ago."""
        oldest = time.time_ns() - int(days * 86_400 * 1e9)
        with suppress(OSError):
            for place in self._folder.iterdir():
                when = place.name.partition("-")[0]
                if when.isdecimal() and int(when) < oldest:
                    shutil.rmtree(place, ignore_errors=True)


def _reason(error: OSError | shutil.Error) -> str:
    return getattr(error, "strerror", None) or str(error)


def _failed(message: Phrase, error: Exception) -> StoreError:
    return StoreError(message, phrase("Check the permissions of the folder it lies in."), cause=str(error))
