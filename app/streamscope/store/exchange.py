"""Exchanges as they are recorded: byte streams and an index on disk while they happen, rows decoded when looked at.

A recording is a folder: `wire` (bytes as received), `payload` (decoded bytes that are no run of the wire), `notes`
(JSON lines: every event that is no span of bytes, and what was sent), `names` (types of events) and `index`. One thread
appends, others may read at any time. A killed process loses at most what was not flushed; where the disk is full the
exchange goes on in memory, and says so.
"""

import os
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.event import (
    LARGEST_PAYLOAD,
    WIRE,
    End,
    Event,
    Failed,
    Finding,
    Message,
    Read,
    RequestSent,
    decode,
    encode,
)
from streamscope.model.phrase import phrase
from streamscope.store import locks, tapes
from streamscope.store.rows import (
    CODES,
    FLAGS,
    KINDS,
    LARGEST_NAME,
    MESSAGE,
    NOTES,
    READ,
    ROW_BYTES,
    STREAM_AT,
    WORDS,
    flags_of,
    message_from,
    note_of,
)
from streamscope.store.tapes import Tape

FORMAT = 1
"""Of the folder; a newer one is refused by name."""
MAGIC = b"streamscope/rec\n"
_HEADER = len(MAGIC) + 8
_SPILL = 1 << 20
"""Bytes that an exchange without a folder may hold in memory before it gets temporary files."""
FLUSH = 0.4
"""Seconds after which what was appended should be handed to the system: its owner sees to it."""
_CHECKED = 100_000
"""Rows from the end that are checked when a recording is opened."""
_STREAMS = ("wire", "payload", "notes")


class Exchange:
    """One sending and all that came of it."""

    def __init__(self, draft: Draft, folder: Path | None = None) -> None:
        self.draft = draft
        self.path = folder
        self.start = time.perf_counter_ns()
        self.started = datetime.now(UTC)
        self.ended = False
        self.listeners: list[Callable[[Sequence[Event]], None]] = []
        """Told each batch of events after it was recorded, in the thread that appends."""
        self.on_body: Callable[[bytes], None] | None = None
        self._lock = threading.Lock()
        self._rows = array("Q")
        self._tapes = (Tape(), Tape(), Tape())
        self._wire, self._payload, self._notes = self._tapes
        self._index: int | None = None
        self._indexed = 0
        self._names: list[str] = []
        self._codes: dict[str, int] = {}
        self._names_file: int | None = None
        self._stopped = False
        self._trouble: OSError | None = None
        self._spilt = False
        self._hold: int | None = None
        if folder is not None:
            self._create(folder)

    @classmethod
    def opened(cls, folder: Path) -> "Exchange":
        """A recording, for looking at it again: all of it that is whole. Raises StoreError."""
        exchange = cls(Draft())
        exchange.path = folder
        try:
            exchange._open(folder)
        except OSError as error:
            raise StoreError(
                phrase(
                    "The recording {path} cannot be read: {reason}.", path=folder, reason=error.strerror or str(error)
                ),
                phrase("Check that the folder is whole and may be read."),
                cause=str(error),
            ) from error
        exchange.ended = True
        if len(exchange) and isinstance(first := exchange.event(0), RequestSent):
            with suppress(ValueError):
                exchange.started = datetime.fromisoformat(first.started)
        return exchange

    def _open(self, folder: Path) -> None:
        index = tapes.opened(folder / "index", write=False)
        try:
            self._hold = locks.shared(index)
            rows = _rows(index, os.fstat(index).st_size, folder)
        finally:
            os.close(index)
        for tape, name in zip(self._tapes, _STREAMS, strict=True):
            if (folder / name).exists():
                descriptor = tapes.opened(folder / name, write=False)
                tape.reading(descriptor, os.fstat(descriptor).st_size)
        self._names = _names(folder / "names")
        sizes = tuple(tape.size for tape in self._tapes)
        del rows[_whole_until(rows, sizes) :]
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows) // WORDS

    def append(self, event: Event) -> None:
        """Record an event and tell whoever listens."""
        self.extend((event,))

    def extend(self, events: Sequence[Event]) -> None:
        """Record events and tell whoever listens, once for all of them."""
        with self._lock:
            rows: list[int] = []
            for event in events:
                kind = type(event)
                if kind is Message:
                    self._message(event, rows)  # type: ignore[arg-type]
                elif kind is Read:
                    self._read(event, rows)  # type: ignore[arg-type]
                else:
                    self._note(event, rows)
            self._rows.extend(rows)
            self._spill()
        for listener in self.listeners:
            listener(events)
        if isinstance(events[-1], End):
            self.ended = True
        if self._trouble is not None and not self._stopped:
            self._stopped = True
            self.append(_full(events[-1].t))

    def keep(self, data: bytes) -> int:
        """Add decoded bytes to the payload; gives their offset, for the messages that are spans of them."""
        with self._lock:
            at = self._put(self._payload, data)
            self._spill()
            return at

    def _put(self, tape: Tape, data: bytes) -> int:
        """Append; what cannot be written stays in memory, and the next event will be followed by saying so."""
        try:
            return tape.append(data)
        except OSError as error:
            self._trouble = error
            return tape.size - len(data)

    def event(self, index: int) -> Event:
        """The event of a number, from 0."""
        return self.events(index, index + 1)[0]

    def events(self, start: int, stop: int) -> list[Event]:
        """Events from `start` to before `stop`; a large message comes with its beginning only."""
        rows = self.rows(start, stop)
        return [self._event(rows[at : at + WORDS]) for at in range(0, len(rows), WORDS)]

    def rows(self, start: int = 0, stop: int | None = None) -> "array[int]":
        """The index of these events, WORDS machine words each; a copy."""
        stop = len(self) if stop is None else min(stop, len(self))
        return self._rows[WORDS * start : WORDS * max(start, stop)]

    def payload(self, index: int, start: int = 0, size: int = LARGEST_PAYLOAD) -> bytes:
        """A part of a message's payload, however large the whole is."""
        _, at, packed, _, _ = self.rows(index, index + 1)
        size = max(0, min(size, (packed >> 24) - start))
        with self._lock:
            return self._tapes[min(packed >> STREAM_AT & 3, NOTES)].read(at + start, size)

    def stream(self, number: int, start: int, size: int) -> bytes:
        """Bytes of one of the streams WIRE, PAYLOAD and NOTES."""
        with self._lock:
            return self._tapes[number].read(start, size)

    def stream_size(self, number: int) -> int:
        """How many bytes a stream has."""
        return self._tapes[number].size

    @property
    def names(self) -> list[str]:
        """The types of events, as the index numbers them from 1."""
        return self._names

    def flush(self) -> None:
        """Hand everything to the system: what a killed process must not lose."""
        with self._lock:
            trouble = self._flush()
        if trouble is not None and not self._stopped:
            self._stopped = True
            self.append(_full(time.perf_counter_ns() - self.start))

    def close(self) -> None:
        """Write what waits; nothing is appended any more. It can be read, and is not pruned, while somebody has it."""
        with self._lock:
            self._flush()
            _shut(self._index, self._names_file)
            self._index = self._names_file = None

    def __del__(self) -> None:
        if hasattr(self, "_hold"):  # it was made whole
            for tape in self._tapes:
                with suppress(OSError):
                    tape.close()
            _shut(self._index, self._names_file, self._hold)

    def _create(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True)
        for tape, name in zip(self._tapes, _STREAMS, strict=True):
            tape.attach(tapes.opened(folder / name, write=True))
        self._names_file = tapes.opened(folder / "names", write=True)
        self._index = tapes.opened(folder / "index", write=True)
        os.write(self._index, MAGIC + FORMAT.to_bytes(4, "little") + bytes(4))
        self._hold = locks.shared(self._index)

    def _message(self, event: Message, rows: list[int]) -> None:
        at, stream, payload = event.at, event.stream, event.payload
        if at < 0:
            stream = NOTES
            at = self._put(self._notes, payload)
        size = len(payload) if event.length < 0 or stream == NOTES else event.length
        name = self._codes.get(event.event) if event.event else 0
        if name is None:
            name = self._named(event.event)
        noted = 0
        cut = stream == NOTES and event.length >= 0
        if event.id or event.frames or event.retry is not None or (event.event and not name) or cut:
            note = note_of(event, named=bool(name))
            noted = self._put(self._notes, note + b"\n") << 24 | len(note)
        first, last = event.reads
        rows += (
            event.t,
            at,
            size << 24 | flags_of(event, stream, name),
            first << 32 | last,
            noted,
        )

    def _read(self, event: Read, rows: list[int]) -> None:
        at = self._wire.size
        rows += (event.t, at, event.size << 24 | READ, event.read << 32 | event.read, len(event.data))
        self._put(self._wire, event.data)

    def _note(self, event: Event, rows: list[int]) -> None:
        line = encode(event)
        rows += (event.t, self._notes.size, len(line) << 24 | NOTES << STREAM_AT | CODES[type(event)], 0, 0)
        self._put(self._notes, line + b"\n")

    def _named(self, name: str) -> int:
        """The number of an event's type, from 1; 0 where there are too many or it is odd: then its note has it."""
        if len(self._names) >= LARGEST_NAME or len(name) > 200 or "\n" in name:
            return 0
        self._names.append(name)
        self._codes[name] = number = len(self._names)
        if self._names_file is not None:
            try:
                os.write(self._names_file, encoded_name(name))
            except OSError as error:
                self._trouble = error
        return number

    def _event(self, row: "array[int]") -> Event:
        t, at, packed, reads, noted = row
        kind, size = packed & 15, packed >> 24
        with self._lock:
            if kind == MESSAGE:
                payload = self._tapes[min(packed >> STREAM_AT & 3, NOTES)].read(at, min(size, LARGEST_PAYLOAD))
                note = self._notes.read(noted >> 24, noted & FLAGS) if noted else b""
            elif kind == READ:
                return Read(t, reads & 0xFFFFFFFF, size, self._wire.read(at, noted))
            else:
                line = self._notes.read(at, size)
        if kind == MESSAGE:
            return message_from(row, payload, note, self._names)
        try:
            return decode(line)
        except msgspec.DecodeError as error:
            return Failed(t, "StoreError", f"This event cannot be read: {error}", "The recording is damaged here.")

    def _spill(self) -> None:
        """Move what is held in memory to temporary files, once it is much and there is no folder for it."""
        if self.path is not None or self._spilt or self._stopped or sum(tape.held for tape in self._tapes) < _SPILL:
            return
        self._spilt = True
        try:
            for tape in self._tapes:
                with tempfile.TemporaryFile() as file:  # it has no name and is gone with its last descriptor
                    tape.attach(os.dup(file.fileno()))
        except OSError as error:
            self._trouble = error

    def _flush(self) -> OSError | None:
        if self._stopped:
            return None  # a row may have been written in part: whatever came behind it would be read wrong
        try:
            for tape in self._tapes:
                tape.flush()
            if self._index is not None and len(self._rows) > self._indexed:
                written = self._rows[self._indexed :]
                _write(self._index, written.tobytes() if sys.byteorder == "little" else _swapped(written))
                self._indexed += len(written)
        except OSError as error:
            return error
        return None


def encoded_name(name: str) -> bytes:
    """A type's line in `names`."""
    return name.encode(errors="replace") + b"\n"


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _swapped(words: "array[int]") -> bytes:
    copy = array("Q", words)
    copy.byteswap()
    return copy.tobytes()


def _shut(*descriptors: int | None) -> None:
    for descriptor in descriptors:
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)


def _full(t: int) -> Finding:
    text = phrase("The recording could not be written any further; what follows is kept in memory only.")
    return Finding(t, "recording_stopped", "warning", [], str(text), str(phrase("Free some space on the disk.")))


def _rows(index: int, size: int, folder: Path) -> "array[int]":
    """The index's rows: whole ones only. Raises StoreError, OSError."""
    head = os.read(index, _HEADER)
    if len(head) < _HEADER or not head.startswith(MAGIC):
        raise StoreError(
            phrase("{path} is not a recording: its index does not begin as one.", path=folder),
            phrase("Its file may have been cut or overwritten."),
        )
    version = int.from_bytes(head[len(MAGIC) : len(MAGIC) + 4], "little")
    if version > FORMAT:
        raise StoreError(
            phrase("{path} was recorded by a newer version of Streamscope (format {n}).", path=folder, n=version),
            phrase("This one reads format {n} and older: update Streamscope.", n=FORMAT),
        )
    left = (size - _HEADER) // ROW_BYTES * ROW_BYTES
    rows = array("Q")
    while left > 0 and (piece := os.read(index, min(left, 1 << 26))):
        left -= len(piece)
        rows.frombytes(piece[: len(piece) // 8 * 8])
    if sys.byteorder == "big":
        rows.byteswap()
    del rows[len(rows) // WORDS * WORDS :]
    return rows


def _whole_until(rows: "array[int]", sizes: tuple[int, ...]) -> int:
    """The length of the index up to which everything that it points at was written.

    Offsets only grow, so a stream is whole where the last row that points at it is; one that none of the last many
    rows points at is believed to be.
    """
    stop, unsure = len(rows), set(range(len(sizes)))
    for at in range(len(rows) - WORDS, max(-1, len(rows) - _CHECKED * WORDS - 1), -WORDS):
        row = rows[at : at + WORDS]
        if not _is_whole(row, sizes):
            stop = at
        elif row[2] & 15 == READ:
            unsure.discard(WIRE)
        elif (stream := row[2] >> STREAM_AT & 3) != WIRE:  # a message may lie well within a read that was cut
            unsure.discard(stream)
        if not unsure:
            break
    return stop


def _is_whole(row: "array[int]", sizes: tuple[int, ...]) -> bool:
    """Whether everything that a row points at was written."""
    _, at, packed, _, noted = row
    kind, size = packed & 15, packed >> 24
    if kind == READ:
        return at + noted <= sizes[WIRE]
    stream = packed >> STREAM_AT & 3
    if kind >= len(KINDS) or stream > NOTES or at + size > sizes[stream]:
        return False
    return kind != MESSAGE or (noted >> 24) + (noted & FLAGS) <= sizes[NOTES]


def _names(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode(errors="replace").split("\n")[:-1]
    except FileNotFoundError:
        return []
