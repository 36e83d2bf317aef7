"""Exchanges as they are recorded: byte streams and an index on disk while they happen, rows decoded when looked at.

A recording is a folder: `wire` (bytes as received), `payload` (decoded bytes that are no run of the wire), `notes`
(JSON lines: every event that is no span of bytes, and what was sent), `names` (types of events) and `index`. One thread
appends, others may read at any time. A killed process loses at most what was not flushed; where the disk is full the
exchange goes on in memory, and says so.
"""

import mmap
import os
import tempfile
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import astuple

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
from streamscope.store.index import HEADER, Index, names_of
from streamscope.store.nearby import BytesOf, nearby
from streamscope.store.rows import (
    CODES,
    FLAGS,
    LARGEST_NAME,
    MESSAGE,
    NOTES,
    READ,
    STREAM_AT,
    WORDS,
    flags_of,
    message_from,
    note_of,
)
from streamscope.store.tapes import Tape

_SPILL = 1 << 20
"""Bytes that an exchange without a folder may hold in memory before it gets temporary files."""
FLUSH = 0.4
"""Seconds after which what was appended should be handed to the system: its owner sees to it."""
_FRESH = 1000 * WORDS
"""Words that wait for the array at most; a reader has them moved at once."""
_STREAMS = ("wire", "payload", "notes")
_ENDS = frozenset(End)


class Exchange:
    """One sending and all that came of it."""

    def __init__(self, draft: Draft, folder: Path | None = None) -> None:
        self.draft = draft
        self.path = folder
        self.start = time.perf_counter_ns()
        self.speed = 1.0
        """How fast its time goes against the clock: a replay's; 0 where it waits for nothing."""
        self.started = datetime.now(UTC)
        self.ended = False
        self.listeners: list[Callable[[Sequence[Event]], None]] = []
        """Told each batch of events after it was recorded, in the thread that appends."""
        self.on_body: Callable[[bytes], None] | None = None
        self._lock = threading.Lock()
        self._index = Index()
        self._count = 0
        """How many events there are; a batch counts once all of it is there."""
        self._tapes = (Tape(), Tape(), Tape())
        self._wire, self._payload, self._notes = self._tapes
        self._index_file: int | None = None
        self._names: list[str] = []
        self._codes: dict[str, int] = {}
        self._shape: tuple[object, ...] = ()
        self._shape_flags = 0
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
        finally:
            os.close(index)
        for tape, name in zip(self._tapes, _STREAMS, strict=True):
            if (folder / name).exists():
                descriptor = tapes.opened(folder / name, write=False)
                tape.reading(descriptor, os.fstat(descriptor).st_size)
        self._names = names_of(folder / "names")
        sizes = tuple(tape.size for tape in self._tapes)
        self._index.open(self._hold, os.fstat(self._hold).st_size, folder, sizes)
        self._count = len(self._index) // WORDS

    def __len__(self) -> int:
        return self._count

    def append(self, event: Event) -> None:
        """Record an event and tell whoever listens."""
        self.extend((event,))

    def extend(self, events: Sequence[Event]) -> None:
        """Record events and tell whoever listens, once for all of them."""
        with self._lock:
            rows = self._index.fresh
            for event in events:
                kind = type(event)
                if kind is Message:
                    self._message(event, rows)  # type: ignore[arg-type]
                elif kind is Read:
                    self._read(event, rows)  # type: ignore[arg-type]
                else:
                    self._note(event, rows)
            if len(rows) > _FRESH:
                self._index.settle()
            self._count += len(events)
            self._spill()
        for listener in self.listeners:
            listener(events)
        if type(events[-1]) in _ENDS:
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
        bytes_of = nearby(self._tapes, rows, self._lock)
        return [self._event(rows[at : at + WORDS], bytes_of) for at in range(0, len(rows), WORDS)]

    def rows(self, start: int = 0, stop: int | None = None) -> "array[int]":
        """The index of these events, WORDS machine words each; a copy."""
        stop = self._settled(stop)
        return self._index.words(WORDS * start, WORDS * max(start, stop))

    def column(self, word: int, start: int = 0, stop: int | None = None) -> "array[int]":
        """One machine word of the index of these events; a copy."""
        stop = self._settled(stop)
        return self._index.column(word, start, max(start, stop))

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

    def buffer(self, number: int) -> "mmap.mmap | bytes":
        """All of a stream as it is now, for searching; a map is to be closed."""
        with self._lock:
            return self._tapes[number].buffer()

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
            _shut(self._index_file, self._names_file)
            self._index_file = self._names_file = None

    def __del__(self) -> None:
        if hasattr(self, "_hold"):  # it was made whole
            for tape in self._tapes:
                with suppress(OSError):
                    tape.close()
            _shut(self._index_file, self._names_file, self._hold)

    def _settled(self, stop: int | None) -> int:
        """The end that is meant, once every row before it is in the index's array."""
        stop = self._count if stop is None else min(stop, self._count)
        if stop * WORDS > len(self._index):
            with self._lock:
                self._index.settle()
        return stop

    def _create(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True)
        for tape, name in zip(self._tapes, _STREAMS, strict=True):
            tape.attach(tapes.opened(folder / name, write=True))
        self._names_file = tapes.opened(folder / "names", write=True)
        self._index_file = tapes.opened(folder / "index", write=True)
        os.write(self._index_file, HEADER)
        self._hold = locks.shared(self._index_file)
        self._index.attach(self._hold)

    def _message(self, event: Message, rows: list[int]) -> None:
        # Its fields at once: each for itself would cost half of what the whole row does.
        (t, direction, reads, payload, form, name, last_id, opcode, retry, unfinished, at, stream, length, frames) = (
            astuple(event)
        )
        if at < 0 or last_id or frames or unfinished or retry is not None:
            self._rare(event, rows)
            return
        shape = (direction, form, name, opcode, stream)
        if shape != self._shape:  # messages of a stream are much alike
            flags = self._flags(event, stream)
            if flags < 0:
                self._rare(event, rows)
                return
            self._shape, self._shape_flags = shape, flags
        first, last = reads
        size = len(payload) if length < 0 else length
        rows += (t, at, size << 24 | self._shape_flags, first << 32 | last, 0)

    def _rare(self, event: Message, rows: list[int]) -> None:
        """A message with a note, or one whose bytes are not in a stream yet."""
        at, stream, payload = event.at, event.stream, event.payload
        if at < 0:
            stream = NOTES
            at = self._put(self._notes, payload)
        size = len(payload) if event.length < 0 or stream == NOTES else event.length
        flags = self._flags(event, stream)
        named = flags >= 0
        noted = 0
        cut = stream == NOTES and event.length >= 0
        if event.id or event.frames or event.retry is not None or not named or cut:
            note = note_of(event, named=named)
            noted = self._put(self._notes, note + b"\n") << 24 | len(note)
        first, last = event.reads
        flags = flags if named else flags_of(event, stream, 0)
        rows += (event.t, at, size << 24 | flags, first << 32 | last, noted)

    def _flags(self, event: Message, stream: int) -> int:
        """A message's flags; -1 where they have no place for its name."""
        name = (self._codes.get(event.event) or self._named(event.event)) if event.event else 0
        return -1 if event.event and not name else flags_of(event, stream, name)

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

    def _event(self, row: "array[int]", bytes_of: BytesOf) -> Event:
        t, at, packed, reads, noted = row
        kind, size = packed & 15, packed >> 24
        if kind == MESSAGE:
            payload = bytes_of(min(packed >> STREAM_AT & 3, NOTES), at, min(size, LARGEST_PAYLOAD))
            note = bytes_of(NOTES, noted >> 24, noted & FLAGS) if noted else b""
            return message_from(row, payload, note, self._names)
        if kind == READ:
            return Read(t, reads & 0xFFFFFFFF, size, bytes_of(WIRE, at, noted))
        try:
            return decode(bytes_of(NOTES, at, size))
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
            if self._index_file is not None:
                self._index.write(self._index_file)
        except OSError as error:
            return error
        return None


def encoded_name(name: str) -> bytes:
    """A type's line in `names`."""
    return name.encode(errors="replace") + b"\n"


def _shut(*descriptors: int | None) -> None:
    for descriptor in descriptors:
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)


def _full(t: int) -> Finding:
    text = phrase("The recording could not be written any further; what follows is kept in memory only.")
    return Finding(t, "recording_stopped", "warning", [], str(text), str(phrase("Free some space on the disk.")))
