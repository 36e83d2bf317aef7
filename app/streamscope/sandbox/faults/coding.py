"""Content codings over a stream, flushed after each event; RFC 9110, section 8.4.1, RFC 7932 and RFC 8878."""

import importlib
import zlib
from dataclasses import replace
from typing import Any

from streamscope.sandbox.faults.pieces import SSE, Piece
from streamscope.sandbox.faults.stage import Stage

GZIP_WINDOW = 31
CODINGS = ("gzip", "deflate", "br", "zstd")


class Coding(Stage):
    """One coding; subclasses compress."""

    def feed(self, piece: Piece) -> list[Piece]:
        """The coded bytes of one event, which can be decoded as soon as they are there."""
        return [replace(piece, data=self.pressed(piece.data))] if not piece.action and piece.data else [piece]

    def end(self, at: float) -> list[Piece]:
        """The end of the coded data."""
        return [Piece(at, self.last(), SSE)]

    def pressed(self, data: bytes) -> bytes:
        """Compress and flush."""
        raise NotImplementedError

    def last(self) -> bytes:
        """Finish."""
        raise NotImplementedError


class Gzip(Coding):
    """gzip."""

    def __init__(self, value: str, begun: float, window: int = GZIP_WINDOW) -> None:
        super().__init__(value, begun)
        self._press = zlib.compressobj(wbits=window)

    def pressed(self, data: bytes) -> bytes:
        """Compress and flush to a byte's border."""
        return self._press.compress(data) + self._press.flush(zlib.Z_SYNC_FLUSH)

    def last(self) -> bytes:
        """The last block and the check sum."""
        return self._press.flush(zlib.Z_FINISH)


class Deflate(Gzip):
    """deflate, which is zlib's format."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun, zlib.MAX_WBITS)


class Brotli(Coding):
    """br."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._press: Any = importlib.import_module("brotli").Compressor(quality=5)

    def pressed(self, data: bytes) -> bytes:
        """Compress and flush."""
        return bytes(self._press.process(data) + self._press.flush())

    def last(self) -> bytes:
        """The empty last block."""
        return bytes(self._press.finish())


class Zstandard(Coding):
    """zstd."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._library: Any = importlib.import_module("zstandard")
        self._press = self._library.ZstdCompressor().compressobj()

    def pressed(self, data: bytes) -> bytes:
        """Compress and end the block."""
        return bytes(self._press.compress(data) + self._press.flush(self._library.COMPRESSOBJ_FLUSH_BLOCK))

    def last(self) -> bytes:
        """End the frame."""
        return bytes(self._press.flush())
