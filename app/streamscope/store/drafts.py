"""Open drafts, kept while they are written: they survive a crash, a kill and a restart.

One file a draft, in `drafts/` of the profile, and `open.json`: which are open, in which order. Only what changed is
written, each file all or nothing; a file that the list does not know (a crash came between) is shown at its end.
"""

import json
import os
import shutil
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files, locks
from streamscope.store.secrecy import SecretFields, without_secrets

DELAY = 0.4
"""Seconds from a change until it is written; what is typed meanwhile goes along."""
_LAYOUTS = "open.json"
_PROGRAMS = 9
"""Programs that may keep drafts in one profile at once."""
CLOSED = 50
"""How many closed ones can be opened again."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """An open draft: its file in a collection ('' for none), what that held when it was read (its stamp), and whose
    place it has. `state` is the face's own (cursor, chosen sheet), as text."""

    key: str
    draft: Draft
    path: str = ""
    base: str = ""
    window: str = ""
    state: str = ""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An exchange that is open: the folder of its recording, its tab's title, the key of the draft it came from."""

    path: str
    title: str = ""
    owner: str = ""


class Layout(msgspec.Struct, frozen=True, omit_defaults=True):
    """The order of a window's drafts and which of them is in front; the same of its exchanges (`shown`: a path)."""

    keys: tuple[str, ...] = ()
    active: str = ""
    answers: tuple[Answer, ...] = ()
    shown: str = ""


class Drafts:
    """The open drafts of a profile. `keep` and `arrange` return at once: a thread writes; the rest touches the disk."""

    def __init__(self, folder: Path | None, notices: list[Phrase]) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: dict[str, Kept | None] = {}
        self._layouts: dict[str, Layout] = {}
        self._moved = False
        self._changed = threading.Event()
        self._ended = threading.Event()
        self._writer: threading.Thread | None = None
        self._mark: int | None = None
        self.trouble: StoreError | None = None
        """Why the last writing failed; None where it did not."""
        self._wanted = folder
        self._notices = notices

    def begin(self) -> None:
        """Start the thread that writes, which the first change does otherwise: to start a thread is to wait until it
        runs, for long on a machine that is busy."""
        with self._lock:
            if self._writer is None and not self._ended.is_set():
                self._writer = threading.Thread(target=self._write, name="write drafts", daemon=True)
                self._writer.start()

    def load_all(self) -> list[Kept]:
        """Every open draft, by windows and in their order. Never raises: what is broken is set aside and named."""
        found: dict[str, Kept] = {}
        for path in self._files():
            if (kept := self._read(path)) is not None:
                found[kept.key] = kept
        self._layouts = self._read_layouts()
        ordered = [found.pop(key) for layout in self._layouts.values() for key in layout.keys if key in found]
        return ordered + list(found.values())

    def layout(self, window: str = "") -> Layout:
        """The order in a window, as `load_all` found it or `arrange` said."""
        return self._layouts.get(window, Layout())

    def windows(self) -> list[str]:
        """The windows that have drafts."""
        return [window for window, layout in self._layouts.items() if layout.keys]

    def keep(
        self, key: str, draft: Draft, *, path: str = "", base: str = "", window: str = "", state: str = "",
        secret: SecretFields = (),
    ) -> None:  # fmt: skip
        """Remember a draft as it is now. Secrets that were typed into it are not."""
        kept, _ = without_secrets(draft, secret)
        with self._lock:
            self._waiting[key] = Kept(key, kept, path, base, window, state)
        self._soon()

    def arrange(self, keys: Iterable[str], active: str = "", *, window: str = "") -> None:
        """Remember the order of a window's drafts, and which is in front."""
        self._lay(window, keys=tuple(keys), active=active)

    def arrange_answers(self, answers: Iterable[Answer], shown: str = "", *, window: str = "") -> None:
        """Remember which exchanges are open in a window, in their order, and which is in front."""
        self._lay(window, answers=tuple(answers), shown=shown)

    def _lay(self, window: str, **changed: Any) -> None:
        with self._lock:
            before = self._layouts.get(window, Layout())
            layout = msgspec.structs.replace(before, **changed)
            if layout == before:
                return
            self._layouts[window] = layout
            self._moved = True
        self._soon()

    def close(self, key: str) -> None:
        """A draft was closed: it can be opened again, the last CLOSED of them."""
        with self._lock:
            self._waiting.setdefault(key, None)
        self.flush()
        if self._folder is None:
            return
        with self._writing, suppress(OSError):
            place = self._folder / "closed"
            place.mkdir(mode=0o700, exist_ok=True)
            (self._folder / f"{key}.json").replace(place / f"{time.time_ns():020}-{key}.json")
            for old in sorted(place.iterdir())[:-CLOSED]:
                old.unlink(missing_ok=True)

    def closed(self) -> list[Kept]:
        """Those that can be opened again, the last closed first."""
        return [kept for path in self._closed() if (kept := self._read(path)) is not None]

    def reopen(self) -> Kept | None:
        """The draft that was closed last, open again; None where there is none."""
        for path in self._closed():
            kept = self._read(path)
            if kept is not None and self._folder is not None:
                with suppress(OSError):
                    path.replace(self._folder / f"{kept.key}.json")
                return kept
        return None

    def flush(self) -> None:
        """Write what waits, now. `trouble` says where that failed; it is tried again with the next change."""
        with self._writing:
            with self._lock:
                waiting, self._waiting = self._waiting, {}
                layouts = dict(self._layouts) if self._moved else None
                self._moved = False
            if self._folder is None:
                return
            try:
                for kept in waiting.values():
                    if kept is not None:
                        files.write_json(self._folder / f"{kept.key}.json", kept)
                if layouts is not None:
                    files.write_json(self._folder / _LAYOUTS, layouts)
                self.trouble = None
            except StoreError as error:
                self.trouble = error
                with self._lock:
                    self._waiting = waiting | self._waiting
                    self._moved = self._moved or layouts is not None

    def end(self) -> None:
        """Write what waits and let the folder go: another program may have it."""
        self._ended.set()
        self._changed.set()
        if self._writer is not None:
            self._writer.join()
        self.flush()
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None

    def _soon(self) -> None:
        self.begin()
        self._changed.set()

    def _write(self) -> None:
        """Write a while after each change, until the end."""
        while self._changed.wait() and not self._ended.wait(DELAY):
            self._changed.clear()
            self.flush()

    @cached_property
    def _folder(self) -> Path | None:
        """The folder, marked as this program's at first use; a second program on the profile gets one of its own."""
        for number in range(1, _PROGRAMS + 1) if self._wanted is not None else ():
            place = self._numbered(number)
            try:
                files.private_folder(place)
                mark = _marked(place)
            except OSError as error:
                self._notices.append(
                    phrase("Open drafts cannot be kept: {reason}.", reason=error.strerror or str(error))
                )
                return None
            if mark is not None:
                self._mark = mark
                self._adopt(place)
                return place
        return None

    def _numbered(self, number: int) -> Path:
        folder = self._wanted or Path()
        return folder if number == 1 else folder.with_name(f"{folder.name}-{number}")

    def _adopt(self, place: Path) -> None:
        """Take over what a second program, which runs no more, has left; remove what a killed one was writing."""
        for number in range(2, _PROGRAMS + 1):
            other = self._numbered(number)
            with suppress(OSError):
                if other == place or not other.is_dir() or (mark := _marked(other)) is None:
                    continue
                try:
                    for path in other.glob("*.json"):
                        if path.name != _LAYOUTS and not (place / path.name).exists():
                            path.replace(place / path.name)
                    shutil.rmtree(other, ignore_errors=True)
                finally:
                    os.close(mark)
        with suppress(OSError):
            for path in place.glob(f"{files.TEMPORARY}*"):
                path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        if self._folder is None:
            return []
        with suppress(OSError):
            found = [path for path in self._folder.iterdir() if path.suffix == ".json" and path.name != _LAYOUTS]
            return sorted(found, key=lambda path: path.name)
        return []

    def _closed(self) -> list[Path]:
        if self._folder is None:
            return []
        with suppress(OSError):
            return sorted((self._folder / "closed").glob("*.json"), reverse=True)
        return []

    def _read(self, path: Path) -> Kept | None:
        """One draft; a file that is none is set aside."""
        try:
            return msgspec.convert(_parsed(path.read_bytes()), Kept)
        except (OSError, ValueError):
            with suppress(OSError):
                files.set_aside(path)
        return None

    def _read_layouts(self) -> dict[str, Layout]:
        if self._folder is None:
            return {}
        try:
            return msgspec.convert(_parsed((self._folder / _LAYOUTS).read_bytes()), dict[str, Layout])
        except (OSError, ValueError):
            return {}


def _parsed(content: bytes) -> object:
    return json.loads(content)


def _marked(place: Path) -> int | None:
    """A mark on a folder, None where another program has one; it is gone with its process."""
    descriptor = os.open(place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return None if locks.in_use(descriptor) else locks.shared(descriptor)
    finally:
        os.close(descriptor)
