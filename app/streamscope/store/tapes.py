"""Append-only streams of bytes: on disk from the start, or in memory until they grow.

What could not be written any more stays in memory, so that nothing that was seen is lost while it is looked at.
"""

import mmap
import os
from pathlib import Path

_HELD = 1 << 18
"""Bytes that wait to be written; a caller that needs them sooner flushes."""


class Tape:
    """One stream. Its owner holds a lock around every call; offsets and sizes are bytes."""

    def __init__(self) -> None:
        self.size = 0
        self._descriptor: int | None = None
        self._written = 0
        self._pending: list[bytes] = []
        self._full = False

    def append(self, data: bytes) -> int:
        """Add bytes at the end; gives their offset. Raises OSError once, where the disk takes no more of them."""
        at = self.size
        self._pending.append(data)
        self.size = at + len(data)
        if self.size - self._written > _HELD:
            self.flush()
        return at

    @property
    def held(self) -> int:
        """Bytes that are in memory only."""
        return self.size - self._written

    def attach(self, descriptor: int) -> None:
        """From now on write to this file. Raises OSError."""
        self._descriptor = descriptor
        self.flush()

    def reading(self, descriptor: int, size: int) -> None:
        """Read a file of this size; nothing is appended to it."""
        self._descriptor, self.size, self._written = descriptor, size, size

    def flush(self) -> None:
        """Hand what waits to the system. Raises OSError; from then on everything stays in memory."""
        if self._descriptor is None or self._full or not self._pending:
            return
        data = memoryview(b"".join(self._pending))
        try:
            while data:
                count = os.write(self._descriptor, data)
                self._written += count
                data = data[count:]
        except OSError:
            self._full = True
            raise
        finally:
            self._pending = [bytes(data)] if data else []

    def read(self, at: int, size: int) -> bytes:
        """Bytes from an offset; fewer where there are no more."""
        size = min(size, self.size - at)
        if size <= 0 or at < 0:
            return b""
        if at >= self._written:
            return self._waiting()[at - self._written : at - self._written + size]
        data = read(self._descriptor, at, min(size, self._written - at))
        if at + size > self._written:
            data += self._waiting()[: at + size - self._written]
        return data

    def buffer(self) -> "mmap.mmap | bytes":
        """All of it, for searching: the file itself where all was written. Not to be held for long."""
        if self._descriptor is not None and not self._full:
            self.flush()
            if self._written:
                return mmap.mmap(self._descriptor, self._written, access=mmap.ACCESS_READ)
            return b""
        return self.read(0, self.size)

    def close(self) -> None:
        """Write what waits and close the file; what is in memory can still be read. Raises OSError."""
        try:
            self.flush()
        finally:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _waiting(self) -> bytes:
        if len(self._pending) > 1:
            self._pending = [b"".join(self._pending)]
        return self._pending[0] if self._pending else b""


def read(descriptor: int | None, at: int, size: int) -> bytes:
    """Bytes of a file from an offset, fewer where there are no more. No other thread may use it meanwhile (Windows).

    Raises OSError.
    """
    if descriptor is None:
        return b""
    if not hasattr(os, "pread"):  # Windows; the owner's lock keeps the position to itself
        end = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, at, os.SEEK_SET)
        data = os.read(descriptor, size)
        os.lseek(descriptor, end, os.SEEK_SET)
        return data
    data = os.pread(descriptor, size, at)
    if not data or len(data) == size:
        return data
    return data + read(descriptor, at + len(data), size - len(data))  # one call gives 2 GiB at most


def opened(path: Path, *, write: bool) -> int:
    """A file's descriptor: new and the owner's alone for writing, or an existing one for reading. Raises OSError."""
    binary = getattr(os, "O_BINARY", 0)
    if write:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | binary, 0o600)
    return os.open(path, os.O_RDONLY | binary)
