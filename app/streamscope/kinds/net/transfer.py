"""Where a body ends (RFC 9112, sections 6 and 7): by its length, by its chunks, or with the connection. Pure."""

from typing import Literal

Framing = Literal["length", "chunked", "close", "none"]
_LONGEST_LINE = 1 << 16
_TOO_LONG = "a line between chunks is too long"
_CHUNK_TOO_LONG = "a chunk is longer than it said"
_DIGITS = frozenset(b"0123456789abcdefABCDEF")


class TransferError(Exception):
    """The headers make no sense together."""


class Transfer:
    """Feed it the bytes behind a head; it gives the body's. `done` once the body has its end.

    `plain`: the body is the very bytes that are fed. `rest` is what came behind the end. Without a length a body
    ends with the connection, and nothing can tell whether it is whole. `violation` tells why the bytes do not keep to
    their framing, '' while they do: what came before that is given, nothing after it.
    """

    framing: Framing = "close"
    plain: bool = True

    def __init__(self) -> None:
        self.done = False
        self.rest = b""
        self.chunks = 0
        self.violation = ""
        self.trailers: list[tuple[str, str]] = []

    def feed(self, data: bytes) -> bytes:
        """The body's bytes among these."""
        return data

    def end(self) -> bool:
        """The connection ended: whether the body is whole."""
        return True


class Length(Transfer):
    """A body of known length, 0 for one that cannot be."""

    def __init__(self, length: int, framing: Framing = "length") -> None:
        super().__init__()
        self.framing = framing
        self._left = length
        self.done = length == 0

    def feed(self, data: bytes) -> bytes:
        """The body's bytes among these."""
        if len(data) > self._left:
            data, self.rest = data[: self._left], data[self._left :]
        self._left -= len(data)
        self.done = self._left == 0
        return data

    def end(self) -> bool:
        """Whether all came."""
        return self.done


class Chunked(Transfer):
    """A body in chunks (section 7.1); chunk extensions are passed over, trailers are kept."""

    framing: Framing = "chunked"
    plain = False

    def __init__(self) -> None:
        super().__init__()
        self._left = 0
        self._line = b""
        self._after_chunk = False
        self._in_trailers = False
        self._sizes: dict[bytes, int] = {}

    def feed(self, data: bytes) -> bytes:
        """The contents of the chunks among these bytes."""
        found: list[bytes] = []
        at, end = 0, len(data)
        while at < end and not self.done and not self.violation:
            if self._left:
                piece = data[at : at + self._left]
                found.append(piece)
                at += len(piece)
                self._left -= len(piece)
                self._after_chunk = not self._left
                continue
            stop = data.find(b"\n", at)
            if stop < 0:
                self._begun_line(data[at:])
                break
            line = data[at:stop]
            at = stop + 1
            if self._line:
                line, self._line = self._line + line, b""
            if len(line) > _LONGEST_LINE:
                self.violation = _TOO_LONG
            elif self._in_trailers:
                self._trailer(line)
            elif self._after_chunk:
                if line not in (b"\r", b""):
                    self.violation = _CHUNK_TOO_LONG
                self._after_chunk = False
            else:
                size = self._begin(line)
                after = at + size  # the whole chunk with its line end, which is what nearly always is there
                if size and data[after : after + 2] == b"\r\n":
                    found.append(data[at:after])
                    at = after + 2
                else:
                    self._left = size
        if self.done:
            self.rest = data[at:]
        return found[0] if len(found) == 1 else b"".join(found)

    def end(self) -> bool:
        """Whether the last chunk came."""
        return self.done

    def _begun_line(self, data: bytes) -> None:
        """Bytes of a line whose end has not come."""
        self._line += data
        if len(self._line) > _LONGEST_LINE:
            self.violation = _TOO_LONG
        elif self._after_chunk and self._line != b"\r":
            self.violation = _CHUNK_TOO_LONG

    def _begin(self, line: bytes) -> int:
        size = self._sizes.get(line)
        if size is None:
            size = _chunk_size(line)
            if size < 0:
                self.violation = f"'{line[:40].decode('latin-1')}' is no chunk size"
                return 0
            if len(self._sizes) < 4096:
                self._sizes[line] = size
        if size:
            self.chunks += 1
        else:
            self._in_trailers = True
        return size

    def _trailer(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        if not line:
            self.done = True
            return
        name, _, value = line.partition(b":")
        self.trailers.append((name.decode("latin-1"), value.strip(b" \t").decode("latin-1")))
        if len(self.trailers) > 1000:
            self.violation = "too many trailers"


def _chunk_size(line: bytes) -> int:
    """A chunk's size, -1 where the line tells none (section 7.1)."""
    digits = line.partition(b";")[0].strip(b" \t\r")
    if not digits or not _DIGITS.issuperset(digits) or len(digits) > 16:
        return -1
    return int(digits, 16)


def transfer(method: str, status: int, headers: list[tuple[bytes, bytes]]) -> Transfer:
    """How the body of an answer is framed (section 6.3); `headers` with lower-cased names. Raises TransferError."""
    if method == "HEAD" or status in (204, 304) or 100 <= status < 200:
        return Length(0, "none")
    codings = b",".join(value for name, value in headers if name == b"transfer-encoding").lower()
    if codings:
        return Chunked() if codings.split(b",")[-1].strip() == b"chunked" else Transfer()
    lengths = {part.strip() for name, value in headers if name == b"content-length" for part in value.split(b",")}
    if not lengths:
        return Transfer()
    length = lengths.pop()
    if lengths or not length.isdigit() or len(length) > 18:
        raise TransferError("the Content-Length makes no sense")
    return Length(int(length))
