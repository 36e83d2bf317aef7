"""The file in which the sandbox's state is kept: for its owner alone, whole or not at all."""

import os
import sys
import time
from pathlib import Path

import msgspec

from streamscope.sandbox.files import read_private, write_private
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


def load(path: Path) -> State | None:
    """What was kept, or None where nothing was or it cannot be read; such a file is set aside, never overwritten."""
    kept = read_private(path)
    if kept is None:
        return None
    try:
        if msgspec.json.decode(kept, type=_Version).version not in range(1, VERSION + 1):
            raise msgspec.ValidationError("written by another version of the program")
        return msgspec.json.decode(kept, type=State)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        path.replace(_free(path))
        return None


def save(path: Path, state: State, before: bytes = b"") -> bytes:
    """Keep the state where it is another than before; what is kept. Raises SandboxError or OSError."""
    content = msgspec.json.encode(state)
    if content != before:
        write_private(path, content)
    return content


def _free(path: Path) -> Path:
    """A name for a file that is set aside."""
    number = 1
    while (aside := path.with_suffix(f".unreadable-{number}")).exists():
        number += 1
    return aside


class Hold:
    """A profile's services are kept by one sandbox at a time; the hold goes with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
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
