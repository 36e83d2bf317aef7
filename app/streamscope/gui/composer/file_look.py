"""A file on the disk looked at without reading it: is it there, how large, when was it changed."""

import asyncio
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QMimeData, QObject
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from streamscope.gui.language import retold
from streamscope.tasks import spawn

Found = TypeVar("Found")


class Look(NamedTuple):
    """What is known of a path: whether a file is there, its bytes, and when it was changed (seconds since 1970)."""

    there: bool
    size: int = 0
    changed: float = 0.0
    why: str = ""

    def when(self) -> str:
        """The time of the last change as people read it."""
        moment = QDateTime.fromSecsSinceEpoch(int(self.changed))
        return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def look(path: str) -> Look:
    """Look now; no error leaves it."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError) as error:
        return Look(False, why=retold(getattr(error, "strerror", None) or str(error)))
    if not stat.S_ISREG(found.st_mode):
        return Look(False, why=QCoreApplication.translate("files", "this is no file"))
    if not os.access(path, os.R_OK):
        return Look(False, why=QCoreApplication.translate("files", "it may not be read"))
    return Look(True, found.st_size, found.st_mtime)


def looked(paths: Iterable[str], done: Callable[[dict[str, Look]], None], owner: QObject) -> None:
    """Look at files away from the window's thread where its loop runs, and tell `done` while the owner lives."""
    wanted = sorted(set(paths))

    def look_at_all() -> dict[str, Look]:
        return {path: look(path) for path in wanted}

    if not wanted:
        done({})
        return
    _away(look_at_all, done, owner)


def chosen(parent: QWidget, title: str, done: Callable[[list[str]], None], *, several: bool = False) -> QFileDialog:
    """Let a person choose files."""
    dialog = QFileDialog(parent, title)
    mode = QFileDialog.FileMode
    dialog.setFileMode(mode.ExistingFiles if several else mode.ExistingFile)
    dialog.filesSelected.connect(done)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def dropped(data: QMimeData) -> list[str]:
    """The local files that are dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile() and not Path(url.toLocalFile()).is_dir()]


def content_of(
    path: str, done: Callable[[str, bytes | None, str], None], owner: QObject, most: int = 32_000_000
) -> None:
    """Read a file that is not larger than so many bytes; `done` gets the path, its bytes or None, and why."""

    def reading() -> tuple[bytes | None, str]:
        seen = look(path)
        if not seen.there:
            return None, seen.why
        if seen.size > most:
            return None, QCoreApplication.translate("files", "it is too large for a message")
        try:
            return Path(path).read_bytes(), ""
        except OSError as error:
            return None, retold(error.strerror or str(error))

    _away(reading, lambda found: done(path, *found), owner)


def _away(work: Callable[[], Found], done: Callable[[Found], None], owner: QObject) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        done(work())
        return

    async def going() -> None:
        found = await asyncio.to_thread(work)
        if isValid(owner):
            done(found)

    spawn(going(), name="look at files")
