"""The files of a body: small ones are read before it is composed, large ones while it is sent."""

import stat
from dataclasses import replace
from pathlib import Path

from msgspec.structs import replace as changed

from streamscope.kinds.net.upload import measured
from streamscope.model.draft import Body, Part
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.model.request import FileBody, Request
from streamscope.store import files

HELD = 4 << 20
"""Bytes of a body's files that are held in memory and recorded; what is more is sent from disk."""
_ENDLESS = 64 << 20
"""Bytes that are taken from a pipe or a device, whose size nobody knows."""


def loaded(body: Body) -> Body:
    """The body with its files read, where they are small altogether. Blocks. Raises StoreError."""
    if body.kind == "file":
        return body if size(body.file) > HELD else Body("bytes", content=content(body.file))
    if body.kind != "multipart":
        return body
    named = [part.file for part in body.parts if part.on and part.file and part.content is None]
    if not named or sum(size(name) for name in named) > HELD:
        return body
    return changed(body, parts=tuple(_read(part) for part in body.parts))


def weighed(request: Request) -> Request:
    """The request with the sizes of the files that are sent from disk. Blocks. Raises StoreError."""
    if not isinstance(request.body, FileBody):
        return request
    return replace(request, body=measured(request.body))


def size(path: str) -> int:
    """The size of a regular file, 0 for anything else that can be read. Raises StoreError."""
    try:
        found = Path(path).expanduser().stat()
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)),
            phrase("Check that it is there and may be read."),
            cause=str(error),
        ) from error
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def content(path: str) -> bytes:
    """The bytes of a small file, or of a pipe. Raises StoreError."""
    if Path(path).expanduser().is_file():
        return files.content(path)
    data = files.beginning(path, _ENDLESS + 1)
    if len(data) > _ENDLESS:
        raise StoreError(
            phrase("{path} gives more than {size} bytes and may never end.", path=path, size=f"{_ENDLESS:,}"),
            phrase("Keep it in a file first: that is sent from disk, however large."),
        )
    return data


def _read(part: Part) -> Part:
    if not part.on or not part.file or part.content is not None:
        return part
    return changed(part, content=content(part.file))
