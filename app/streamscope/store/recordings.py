"""Exchanges as they are recorded: JSON lines on disk while they happen, a compact index in memory.

One thread appends, others may read at any time; a row is decoded when it is looked at. A killed process loses at most
the last second. Where the disk is full the exchange goes on in memory, and says so.
"""

import os
import secrets
import tempfile
import threading
import time
from array import array
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from streamscope.model.draft import Draft
from streamscope.model.event import End, Event, Finding, decode, encode
from streamscope.model.phrase import phrase
from streamscope.store import files

_FLUSH = 0.5
"""Seconds after which what was appended is handed to the system."""
_SPILL = 1 << 20
"""Bytes that an exchange without a file may hold in memory before it gets a temporary one."""


class Exchange:
    """One sending and all that came of it."""

    def __init__(self, draft: Draft, file: BinaryIO | None = None, path: Path | None = None) -> None:
        self.draft = draft
        self.path = path
        self.start = time.perf_counter_ns()
        self.started = datetime.now(UTC)
        self.ended = False
        self.listeners: list[Callable[[Event], None]] = []
        self.on_body: Callable[[bytes], None] | None = None
        self._file = file
        self._stopped = False
        self._held = 0
        self._offsets = array("Q", [0])
        self._kept: list[bytes] = []
        self._recorded = 0
        self._written = 0
        self._flushed_at = time.monotonic()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            return self._recorded + len(self._kept)

    def append(self, event: Event) -> None:
        """Record an event and tell whoever listens."""
        line = encode(event)
        if self._file is None or self._stopped:
            self._keep(line)
        elif not self._record(line + b"\n"):
            self._stopped = True
            self._keep(encode(_full(event.t)))
            self._keep(line)
        for listener in self.listeners:
            listener(event)
        if isinstance(event, End):
            self.ended = True

    def event(self, index: int) -> Event:
        """The event of a number, from 0."""
        return self.events(index, index + 1)[0]

    def events(self, start: int, stop: int) -> list[Event]:
        """Events from `start` to before `stop`."""
        with self._lock:
            recorded, kept = self._recorded, self._kept
        stop = min(stop, recorded + len(kept))
        before, recorded = recorded, min(stop, recorded)
        lines: list[bytes] = []
        if start < recorded:
            first, last = self._offsets[start], self._offsets[recorded]
            lines = self._read(first, last - first).splitlines()
        lines += kept[max(0, start - before) : max(0, stop - before)]
        return [decode(line) for line in lines]

    def close(self) -> None:
        """Write what is buffered and close the file; a temporary one is gone then."""
        with self._lock:
            if self._file is not None:
                self._file.close()

    def _keep(self, line: bytes) -> None:
        """Hold a line in memory; what grows large goes to a temporary file, unless the disk is full."""
        self._kept.append(line)
        self._held += len(line)
        if self._held > _SPILL and self._file is None:
            with self._lock:
                self._spill()

    def _spill(self) -> None:
        """Move what is held in memory to a temporary file."""
        file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as the exchange
        for line in self._kept:
            self._written += file.write(line + b"\n")
            self._offsets.append(self._written)
        self._file, self._recorded, self._kept = file, len(self._kept), []

    def _record(self, line: bytes) -> bool:
        file = self._file
        if file is None:
            return False
        try:
            with self._lock:
                file.write(line)
                if time.monotonic() - self._flushed_at > _FLUSH:
                    file.flush()
                    self._flushed_at = time.monotonic()
        except (OSError, ValueError):
            return False
        self._written += len(line)
        self._offsets.append(self._written)
        self._recorded += 1
        return True

    def _read(self, offset: int, size: int) -> bytes:
        with self._lock:
            file = self._file
            if file is None or file.closed:
                return _again(self.path, offset, size) if self.path is not None else b""
            file.flush()
            if hasattr(os, "pread"):
                return os.pread(file.fileno(), size, offset)
            file.seek(offset)
            data = file.read(size)
            file.seek(0, os.SEEK_END)
            return data


def _again(path: Path, offset: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)


def _full(t: int) -> Finding:
    text = phrase("The recording could not be written any further; what follows is kept in memory only.")
    return Finding(t, "recording_stopped", "warning", [], str(text), str(phrase("Free some space on the disk.")))


class Recordings:
    """The folder of recordings in a profile; without one that can be written, temporary files."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def new(self, draft: Draft, *, keep: bool = True) -> Exchange:
        """A fresh exchange; `keep=False` leaves nothing behind."""
        if self._folder is not None and keep:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.jsonl"
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                path = self._folder / name
                return Exchange(draft, _private(path), path)
            except OSError:
                pass
        return Exchange(draft)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def opened(path: Path) -> Exchange:
    """An exchange filled from a recording, for looking at it again. Raises StoreError, msgspec.DecodeError."""
    lines = files.content(str(path)).splitlines()
    exchange = Recordings(None).new(Draft())
    for line in lines:
        exchange.append(decode(line))
    return exchange
