"""The file in which the sandbox's state is kept: for its owner alone, whole or not at all."""

import asyncio
import os
import sys
import threading
import time
from pathlib import Path

import msgspec

from streamscope.sandbox.files import read_private, unwritable, write_private
from streamscope.sandbox.records import State

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

VERSION = 1
ENDING_SECONDS = 3.0
"""How long an earlier sandbox may still need to end."""
ASK_SECONDS = 0.05


class _Version(msgspec.Struct):
    version: int = 0


class Storage:
    """The file of one profile's services; `ours`: this sandbox may write it, and no other one does already."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "services.json"
        self.aside: Path | None = None
        """Where a file was put that could not be read."""
        self._hold = Hold(folder / "services.lock")
        self.ours = self._hold.ours
        self._content = b""
        self._number = 0
        self._written = 0
        self._writing = threading.Lock()

    def load(self) -> State | None:
        """What was kept, None where nothing was. A file that cannot be read is set aside, never overwritten."""
        kept = read_private(self._path)
        if kept is None:
            return None
        try:
            if msgspec.json.decode(kept, type=_Version).version not in range(1, VERSION + 1):
                raise msgspec.ValidationError("written by another version of the program")
            state = msgspec.json.decode(kept, type=State)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.aside = self._path.replace(_free(self._path))
            return None
        self._content = msgspec.json.encode(state)
        return state

    def save(self, state: State) -> None:
        """Keep the state where it has changed. Raises SandboxError or OSError."""
        content = msgspec.json.encode(state)
        if content != self._content:
            self._number += 1
            self._write(self._number, content)

    async def save_aside(self, state: State) -> None:
        """The same while the loop goes on: calls that run are not to wait for a disk."""
        content = msgspec.json.encode(state)
        if content != self._content:
            self._number += 1
            await asyncio.to_thread(self._write, self._number, content)

    def close(self) -> None:
        """Let another sandbox keep the file."""
        self._hold.release()

    def _write(self, number: int, content: bytes) -> None:
        """Whoever comes later has the newer state, whoever is slower the older one."""
        with self._writing:
            if self.ours and number > self._written:
                write_private(self._path, content)
                self._content, self._written = content, number


class Hold:
    """A profile's services are kept by one sandbox at a time; the hold goes with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise unwritable(path.parent, error) from error
        until = time.monotonic() + ENDING_SECONDS
        while not (taken := self._take()) and time.monotonic() < until:
            time.sleep(ASK_SECONDS)
        self.ours = taken

    def release(self) -> None:
        """Let another sandbox keep them."""
        os.close(self._descriptor)

    def _take(self) -> bool:
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _free(path: Path) -> Path:
    """A name for a file that is set aside."""
    number = 1
    while (aside := path.with_suffix(f".unreadable-{number}")).exists():
        number += 1
    return aside
