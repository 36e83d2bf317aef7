"""The file in which the sandbox's state is kept: for its owner alone, whole or not at all."""

from pathlib import Path

import msgspec

from streamscope.sandbox.files import read_private, write_private
from streamscope.sandbox.records import State

VERSION = 1


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
