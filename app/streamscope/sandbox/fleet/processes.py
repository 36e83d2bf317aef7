"""A list of the processes that run, kept in a file: what a killed sandbox left behind is swept at the next start."""

import contextlib
import os
import signal
import sys
from pathlib import Path

import msgspec

from streamscope.sandbox.files import write_private

CLOSE = 0.05
"""Seconds that a process's time of creation may differ: systems round it."""


class Entry(msgspec.Struct):
    """A command, the leader of its group, and its keeper, each with its time of creation (Unix, seconds)."""

    pid: int
    created: float
    keeper: int
    keeper_created: float


class Kept(msgspec.Struct):
    """One sandbox's file: its own process, and the commands that it runs."""

    owner: int
    created: float
    entries: list[Entry]


class Processes:
    """The commands that run now; a file for each sandbox, since two may share a profile for a while."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"processes-{os.getpid()}.json"
        self._entries: dict[int, Entry] = {}

    def add(self, pid: int, keeper: int) -> None:
        """Note a command that was started."""
        self._entries[pid] = Entry(pid, created(pid), keeper, created(keeper))
        self._write()

    def remove(self, pid: int, *, kill: bool = False) -> None:
        """Forget a command that ended, or whose keeper did: then it is killed."""
        entry = self._entries.pop(pid, None)
        if entry is None:
            return
        if kill:
            end(entry, sure=True)
        self._write()

    def sweep(self) -> int:
        """Kill what earlier sandboxes left behind that live no more; how many there were."""
        swept = 0
        for path in self._folder.glob("processes-*.json"):
            try:
                kept = msgspec.json.decode(path.read_bytes(), type=Kept)
            except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
                kept = Kept(0, 0.0, [])
            if same(kept.owner, kept.created):
                continue
            swept += sum(end(entry) for entry in kept.entries)
            path.unlink(missing_ok=True)
        return swept

    def _write(self) -> None:
        if not self._entries:
            self._path.unlink(missing_ok=True)
            return
        own = os.getpid()
        content = msgspec.json.encode(Kept(own, created(own), list(self._entries.values())))
        write_private(self._path, content, lasting=False)  # no process outlives the machine's power


def created(pid: int) -> float:
    """When a process was created; 0 where it is gone."""
    import psutil

    try:
        when: float = psutil.Process(pid).create_time()
        return when
    except psutil.Error:
        return 0.0


def end(entry: Entry, *, sure: bool = False) -> bool:
    """Kill a command with its group and its keeper, where these are still the same; whether one was.

    `sure`: they ran until just now, so the group is the same even where its leader has ended.
    """
    found = False
    if sure or same(entry.pid, entry.created):
        found = True
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                os.kill(entry.pid, signal.SIGTERM)
            else:
                os.killpg(entry.pid, signal.SIGKILL)
    if same(entry.keeper, entry.keeper_created):
        found = True
        with contextlib.suppress(OSError):
            os.kill(entry.keeper, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    return found


def same(pid: int, when: float) -> bool:
    """Whether a process is the one that was created then, and not another that got its number."""
    return when > 0 and abs(created(pid) - when) <= CLOSE
