"""The profile's folder: private, written atomically, readable even where it cannot be written."""

import errno
import json
import os
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase

TEMPORARY = ".streamscope-"
"""How the names of files begin that are being written; a killed process may leave one."""


def default_profile() -> Path:
    """Where everything is kept unless another folder is named."""
    import platformdirs

    return Path(platformdirs.user_data_dir("streamscope", appauthor=False))


def prepared(profile: Path) -> bool:
    """Make the folder, for its owner only; False where it cannot be written."""
    try:
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=profile):
            return True
    except OSError:
        return False


def read(path: Path) -> str:
    """A file's text, '' where there is none. Raises StoreError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            phrase("The file {path} cannot be read.", path=path),
            phrase("Check its permissions and that it is text."),
            cause=str(error),
        ) from error


def private_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, each for its owner only. Raises OSError."""
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def own(path: Path) -> None:
    """See to it that a file which another library writes is its owner's alone, made empty where there is none."""
    with suppress(OSError):  # where it cannot be, whoever writes it says so
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)


def write(path: Path, text: str) -> None:
    """Replace a file's text: all of it or nothing, readable by its owner only. Raises StoreError."""
    try:
        private_folder(path.parent)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        Path(file.name).replace(path)
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be written.", path=path),
            phrase("Free some space or choose another profile with --profile DIR."),
            cause=str(error),
        ) from error


def set_aside(path: Path) -> Path:
    """Move an unreadable file out of the way under a name that tells so; it is never overwritten."""
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


def private(path: Path) -> BinaryIO:
    """A new or emptied file for writing bytes, readable by its owner only. Raises StoreError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        if hasattr(os, "fchmod") and path.is_file():
            os.fchmod(descriptor, 0o600)  # the file may have been there, readable by others
        return os.fdopen(descriptor, "wb")
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            cause=str(error),
        ) from error


def content(path: str) -> bytes:
    """The bytes of a file that the user named. Raises StoreError."""
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)),
            cause=str(error),
        ) from error


def beginning(path: str, size: int) -> bytes:
    """The first bytes of a file that the user named, so many at most. Raises StoreError."""
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)),
            cause=str(error),
        ) from error


def write_shared(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Replace a file's bytes, in the profile or elsewhere: all of it or nothing. Raises StoreError.

    Its mode stays as it is; a new one gets `mode` without what the umask takes. A symlink stays, and what it leads to
    is replaced.
    """
    write_pieces(path, (content,), mode)


def write_pieces(path: Path, pieces: Iterable[bytes], mode: int = 0o666) -> None:
    """The same for bytes that come one piece after the other; what `pieces` raises leaves the file as it was."""
    temporary: Path | None = None
    try:
        target = Path(os.path.realpath(path))
        old = target.stat().st_mode & 0o7777 if target.exists() else None
        if old is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        temporary = target.parent / f"{TEMPORARY}{secrets.token_hex(6)}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            if old is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, old)
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise StoreError(
            phrase("The file {path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            phrase("Check the folder's permissions and the room on its disk, or save it elsewhere."),
            cause=str(error),
        ) from error


def write_json(path: Path, value: object) -> None:
    """Replace a file of the profile with a value as JSON, readable by its owner only. Raises StoreError.

    Lone surrogates, which UTF-8 has not, are written as JSON's escapes: `json.loads` reads them, msgspec does not.
    """
    import msgspec

    try:
        content = msgspec.json.encode(value)
    except UnicodeEncodeError:
        content = json.dumps(msgspec.to_builtins(value)).encode()
    write_shared(path, content, 0o600)
