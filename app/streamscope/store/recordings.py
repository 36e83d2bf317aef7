"""The folder of recordings in a profile: made, found again, kept within what the settings allow."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from streamscope.model.draft import Draft
from streamscope.store import files
from streamscope.store.exchange import Exchange
from streamscope.store.index import MAGIC
from streamscope.store.pruning import Quota, prune

__all__ = ["Exchange", "Recordings", "is_recording", "opened"]


class Recordings:
    """The folder of recordings in a profile; without one that can be written, temporary files."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def prune(self, allowed: Quota) -> list[Path]:
        """Remove what is too old or too much, never one that is open."""
        return prune(self.folder, allowed) if self.folder is not None else []

    def new(self, draft: Draft, *, keep: bool = True) -> Exchange:
        """A fresh exchange; `keep=False` leaves nothing behind."""
        if self.folder is not None and keep:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            with suppress(OSError):
                files.private_folder(self.folder)
                return Exchange(draft, self.folder / name)
        return Exchange(draft)


def is_recording(path: Path) -> bool:
    """Whether a path is a recording's folder, or its index."""
    return (path / "index").is_file() if path.is_dir() else path.name == "index" and _begins(path)


def _begins(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def opened(path: Path) -> Exchange:
    """A recording by its folder or its index, for looking at it again. Raises StoreError."""
    return Exchange.opened(path if path.is_dir() else path.parent)
