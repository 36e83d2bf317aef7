"""Decoding of gzip bodies (RFC 1952): pure, member after member, and a body that was cut off is noticed."""

import zlib

_MAGIC = b"\x1f\x8b"


class GzipDecoder:
    """Feed it bytes as they come; `whole` tells whether the last member has ended. Raises zlib.error."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)
        self._begun = False

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: nothing came at all, or the last member has its end."""
        return not self._begun or self._member.eof

    def feed(self, data: bytes) -> bytes:
        """What these bytes decode to; what follows the last member without being one is left."""
        decoded = b""
        while data:
            if self._member.eof:
                if not data.startswith(_MAGIC[: len(data)]):
                    break
                self._member = zlib.decompressobj(31)
            self._begun = True
            decoded += self._member.decompress(data)
            data = self._member.unused_data
        return decoded
