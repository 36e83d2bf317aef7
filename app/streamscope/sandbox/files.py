"""Files that only their owner may read, written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from streamscope.model.errors import SandboxError
from streamscope.model.phrase import phrase


def unwritable(folder: Path, cause: OSError) -> SandboxError:
    """The error for a folder in which the sandbox cannot keep its secrets."""
    return SandboxError(
        phrase("The sandbox cannot write to its folder {folder}.", folder=folder),
        phrase("Choose a profile folder that you may write to with --profile."),
        cause=str(cause),
    )


def private_folder(folder: Path) -> Path:
    """Make a folder for its owner alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def read_private(path: Path) -> bytes | None:
    """A file's bytes, or None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write_private(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Replace a file in one step; a temporary file made by mkstemp has mode 0600 from its first moment.

    What is not `lasting` need not outlive the machine's power, and is not waited for until it is on the disk.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise unwritable(path.parent, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
