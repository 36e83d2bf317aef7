"""Bodies that are sent from disk, a piece at a time, so that a file of any size takes no memory."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import httpx

from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.model.request import FileBody, FileRun

_PIECE = 1 << 18
"""Bytes of one piece."""


class Upload(httpx.AsyncByteStream):
    """A body's bytes as httpx takes them; they can be asked for again. Raises StoreError where a file has changed."""

    def __init__(self, body: FileBody) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with aclosing(pieces(self._body)) as found:
            async for piece in found:
                yield piece


async def pieces(body: FileBody) -> AsyncGenerator[bytes, None]:
    """The bytes, read off the loop."""
    for part in body.pieces:
        if isinstance(part, bytes):
            if part:
                yield part
            continue
        file = await asyncio.to_thread(_opened, part)
        left = part.size
        try:
            while left:
                data = await asyncio.to_thread(_read, file, part, min(_PIECE, left))
                left -= len(data)
                yield data
        finally:
            file.close()


async def sha256(body: bytes | FileBody) -> str:
    """The hex digest of a body, without holding it."""
    digest = hashlib.sha256()
    if isinstance(body, bytes):
        digest.update(body)
        return digest.hexdigest()
    async with aclosing(pieces(body)) as found:
        async for piece in found:
            digest.update(piece)
    return digest.hexdigest()


def measured(body: FileBody) -> FileBody:
    """The body with the sizes of its files as they are now. Raises StoreError."""
    return replace(body, pieces=tuple(_measured(piece) for piece in body.pieces))


def _measured(piece: bytes | FileRun) -> bytes | FileRun:
    if isinstance(piece, bytes):
        return piece
    try:
        path = Path(piece.path).expanduser()
        found = path.stat()
    except OSError as error:
        raise _unreadable(piece, error) from error
    return FileRun(str(path), found.st_size, found.st_mtime_ns)


def _opened(run: FileRun) -> BinaryIO:
    try:
        return Path(run.path).open("rb", buffering=0)
    except OSError as error:
        raise _unreadable(run, error) from error


def _read(file: BinaryIO, run: FileRun, most: int) -> bytes:
    """The next bytes, after a look whether the file is still what was announced."""
    try:
        data = file.read(most)
        now = os.fstat(file.fileno())
    except OSError as error:
        raise _unreadable(run, error) from error
    if not data or now.st_size != run.size or now.st_mtime_ns != run.changed:
        raise StoreError(
            phrase("The file {path} was changed while it was being sent.", path=run.path),
            phrase("{size} bytes had been announced. Send it again once nobody writes to it.", size=f"{run.size:,}"),
        )
    return data


def _unreadable(run: FileRun, error: OSError) -> StoreError:
    return StoreError(
        phrase("The file {path} cannot be read: {reason}.", path=run.path, reason=error.strerror or str(error)),
        phrase("Check that it is there and may be read."),
        cause=str(error),
    )
