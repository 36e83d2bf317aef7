"""Keeping recordings within what the settings allow: by age and by size, the oldest first, never one that is open."""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from streamscope.store import locks, tapes
from streamscope.store.settings import Settings

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Quota:
    """How many days recordings are kept, and how many megabytes in all; 0 means without limit."""

    days: float
    megabytes: float


def quota(settings: Settings) -> Quota:
    """What the settings `recordings_days` and `recordings_megabytes` say."""
    return Quota(settings.number("recordings_days"), settings.number("recordings_megabytes"))


def prune(folder: Path, allowed: Quota) -> list[Path]:
    """Remove what is too old or too much; gives the recordings that are gone. What cannot be removed stays.

    A recording's age is that of its last byte. One that a process has open, here or elsewhere, is left alone.
    """
    found: list[tuple[float, int, Path]] = []
    with suppress(OSError):
        for entry in folder.iterdir():
            with suppress(OSError):
                if (entry / "index").is_file():
                    found.append((*_measured(entry), entry))
    found.sort()
    total, gone = sum(size for _, size, _ in found), []
    oldest = time.time() - allowed.days * _DAY if allowed.days > 0 else 0.0
    for changed, size, recording in found:
        too_much = allowed.megabytes > 0 and total > allowed.megabytes * 1e6
        if (changed < oldest or too_much) and removed(recording):
            total -= size
            gone.append(recording)
    return gone


def _measured(recording: Path) -> tuple[float, int]:
    """When the last byte was written (seconds since 1970), and the size in bytes."""
    stats = [file.stat() for file in recording.iterdir()]
    return max(stat.st_mtime for stat in stats), sum(stat.st_size for stat in stats)


def removed(recording: Path) -> bool:
    """Remove a recording unless it is open, and tell whether it is gone.

    It gets a name of its own first, so that half of one is never found.
    """
    try:
        index = tapes.opened(recording / "index", write=False)
    except OSError:
        return False
    try:
        if locks.in_use(index):
            return False
        leaving = recording.with_name(f".{recording.name}.removed")
        recording.rename(leaving)
    except OSError:
        return False
    finally:
        os.close(index)
    shutil.rmtree(leaving, ignore_errors=True)
    return True
