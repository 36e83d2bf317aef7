"""Content codings (RFC 9110, section 8.4): gzip, deflate, br, zstd. Pure, incremental, memory bounded.

What a few bytes inflate to comes out in pieces, and a body that was cut off is noticed.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import brotli
import zstandard

PIECE = 1 << 20
"""Bytes that one piece of decoded content has at most, or nearly so."""
_GZIP = b"\x1f\x8b"
_SIP = 256
"""Bytes that zstd is given at once, since its output has no limit of its own: a block of 128 KiB takes 4 bytes."""


class CodingError(Exception):
    """The bytes are not what their coding says."""


class Decoder(Protocol):
    """Decodes one coding."""

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: nothing came at all, or the content has its end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes decode to. Raises CodingError."""


class _Inflating:
    """gzip (RFC 1952), member after member, and deflate: zlib's form (RFC 1950), or the bare one some servers send."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflater = zlib.decompressobj(window)
        self._begun = False
        self._first = b""

    @property
    def whole(self) -> bool:
        return not self._begun or self._inflater.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._window == 15 and not (data := self._recognised(data)):
            return
        self._begun = self._begun or bool(data)
        decoded = b""
        while data or len(decoded) == PIECE:  # a full piece may leave more in the inflater than it leaves of the input
            if self._inflater.eof:
                if not data or self._window != 31 or not data.startswith(_GZIP[: len(data)]):
                    return  # what follows without being a member is left, as zlib's own tools do
                self._inflater = zlib.decompressobj(31)
            before = self._inflater.copy()
            try:
                decoded = self._inflater.decompress(data, PIECE)
            except zlib.error as error:
                yield from _before_damage(before, data)
                raise CodingError(str(error)) from error
            data = self._inflater.unconsumed_tail or self._inflater.unused_data
            if decoded:
                yield decoded

    def _recognised(self, data: bytes) -> bytes:
        """Hold the first two bytes of deflate together: they tell which of its forms it is."""
        if self._begun and not self._first:
            return data
        self._begun = self._begun or bool(data)
        data, self._first = self._first + data, b""
        if len(data) == 1:
            self._first = data
            return b""
        if data and (data[0] & 15 != 8 or int.from_bytes(data[:2]) % 31):
            self._window = -15
            self._inflater = zlib.decompressobj(-15)
        return data


def _before_damage(inflater: Any, data: bytes) -> Iterator[bytes]:
    """What the bytes before the damaged one decode to: zlib itself keeps to itself what it had of them."""
    while data:
        half, before = data[: (len(data) + 1) // 2], inflater.copy()
        try:
            decoded = inflater.decompress(half, PIECE)
        except zlib.error:
            if len(half) == 1:
                return
            inflater, data = before, half
            continue
        if decoded:
            yield decoded
        data = inflater.unconsumed_tail + data[len(half) :]


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()
        self._begun = False

    @property
    def whole(self) -> bool:
        return not self._begun or bool(self._decoder.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(data)
        try:
            decoded = self._decoder.process(data, output_buffer_limit=PIECE)
            while decoded:
                yield decoded
                decoded = b"" if self._decoder.is_finished() else self._decoder.process(b"", output_buffer_limit=PIECE)
        except brotli.error as error:
            raise CodingError(str(error) or "not brotli") from error


class _Zstandard:
    """zstd (RFC 8878), frame after frame; a window of at most 8 MiB, as RFC 9659 asks of HTTP, is not enforced."""

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._begun = False

    @property
    def whole(self) -> bool:
        return not self._begun or self._frame.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            for at in range(0, len(data), _SIP):
                yield from self._fed(data[at : at + _SIP])
        except zstandard.ZstdError as error:
            raise CodingError(str(error)) from error

    def _fed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            self._begun = True
            decoded = self._frame.decompress(data)
            data = self._frame.unused_data if self._frame.eof else b""
            if decoded:
                yield decoded


_MADE: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Inflating(31),
    "x-gzip": lambda: _Inflating(31),
    "deflate": lambda: _Inflating(15),
    "br": _Brotli,
    "zstd": _Zstandard,
}
ACCEPTED = "gzip, deflate, br, zstd"
"""What can be decoded, as Accept-Encoding says it."""


class ContentDecoder:
    """Undoes the codings of a Content-Encoding header, the last one first; unknown ones are left as they are.

    `coding` names what is undone, '' where nothing is.
    """

    def __init__(self, content_encoding: str) -> None:
        named = [name.strip().lower() for name in content_encoding.split(",")]
        known = [name for name in named if name and name != "identity"]
        usable = all(name in _MADE for name in known)
        self._decoders: list[Decoder] = [_MADE[name]() for name in reversed(known)] if usable else []
        self.coding = ", ".join(known) if usable else ""

    @property
    def whole(self) -> bool:
        """Whether the content has its end."""
        return all(decoder.whole for decoder in self._decoders)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes decode to. Raises CodingError."""
        return self._through(data, 0)

    def _through(self, data: bytes, level: int) -> Iterator[bytes]:
        if level == len(self._decoders):
            yield data
            return
        for decoded in self._decoders[level].feed(data):
            yield from self._through(decoded, level + 1)
