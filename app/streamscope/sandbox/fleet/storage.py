"""The file in which the sandbox's state is kept: for its owner alone, whole or not at all."""

from pathlib import Path
from typing import Any

import msgspec

from streamscope.sandbox.files import read_private, write_private
from streamscope.sandbox.records import State

VERSION = 1


def load(path: Path) -> State | None:
    """What was kept, or None where nothing was or it cannot be read; such a file is set aside, never overwritten."""
    kept = read_private(path)
    if kept is None:
        return None
    try:
        found: dict[str, Any] = msgspec.json.decode(kept, type=dict[str, Any])
        if not 1 <= found.get("version", 0) <= VERSION:
            raise msgspec.ValidationError("written by another version of the program")
        return msgspec.convert(found, State)
    except (msgspec.MsgspecError, UnicodeDecodeError, TypeError):
        path.replace(_free(path))
        return None


def save(path: Path, state: State) -> None:
    """Keep the state. Raises SandboxError where the folder cannot be written."""
    write_private(path, msgspec.json.encode(state))


def _free(path: Path) -> Path:
    """A name for a file that is set aside."""
    number = 1
    while (aside := path.with_suffix(f".unreadable-{number}")).exists():
        number += 1
    return aside
