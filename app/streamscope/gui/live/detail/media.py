"""Pictures and sounds in a payload: the payload itself, or base64 in its texts. Found by their first bytes. Pure."""

import base64
import binascii
import re
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from streamscope.gui.live.detail.json_spans import Span, Step, Structure, children, root

MOST = 24
"""Pictures and sounds that are found at most."""
_SHORTEST, _TRIED = 64, 100
_QUICK = 2 << 20
"""Bytes that a quick look takes in."""
_HEAD = 64
_DATA = rb'"(?:data:(?P<type>[\w.+-]+/[\w.+-]+)(?:;[\w=.+-]+)*;base64,)?'
_BEGINS = re.compile(_DATA + rb"(?P<data>[A-Za-z0-9+/_\\-]{64})")
_BASE64 = re.compile(_DATA + rb"(?P<data>[A-Za-z0-9+/_\\-]{64,}+={0,2}+)")
_LONG = re.compile(rb"[A-Za-z0-9+/_\\-]{256}")
_AUDIO = re.compile(rb"audio|sound|speech|pcm|wav", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A format: its name, whether it is a picture, Qt's name of it ('' where it is none), how files of it end."""

    name: str
    picture: bool
    qt: str
    ending: str


_PNG = MediaKind("PNG", True, "png", ".png")
_JPEG = MediaKind("JPEG", True, "jpeg", ".jpg")
_GIF = MediaKind("GIF", True, "gif", ".gif")
_WEBP = MediaKind("WebP", True, "webp", ".webp")
_BMP = MediaKind("BMP", True, "bmp", ".bmp")
_WAV = MediaKind("WAV", False, "", ".wav")
_OGG = MediaKind("Ogg", False, "", ".ogg")
_FLAC = MediaKind("FLAC", False, "", ".flac")
_MP3 = MediaKind("MP3", False, "", ".mp3")
_M4A = MediaKind("MP4", False, "", ".mp4")
_PCM = MediaKind("PCM", False, "", ".pcm")
_STARTS: tuple[tuple[bytes, MediaKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"\xff\xd8\xff", _JPEG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"OggS", _OGG),
    (b"fLaC", _FLAC),
    (b"ID3", _MP3),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A picture or a sound: its format, its place in the payload ('' for the payload itself), and its bytes' place.

    `start` and `end` are bytes of the payload: of base64 where `encoded`.
    """

    kind: MediaKind
    path: str
    start: int
    end: int
    encoded: bool

    def data(self, payload: bytes) -> bytes:
        """Its bytes; b'' where the base64 is none."""
        part = payload[self.start : self.end]
        return decoded(part) if self.encoded else part

    @property
    def size(self) -> int:
        """About how many bytes it has."""
        return (self.end - self.start) * 3 // 4 if self.encoded else self.end - self.start


def media_kind(data: bytes) -> MediaKind | None:
    """The format of some bytes by their beginning (MIME Sniffing standard, sections 6.1 and 6.2)."""
    head = data[:_HEAD]
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WAVE": _WAV, b"WEBP": _WEBP}.get(head[8:12])
    if head[:2] == b"BM" and len(data) > 26 and head[6:10] == b"\0\0\0\0":
        return _BMP
    if head[4:8] == b"ftyp":
        return _M4A
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15):
        return _MP3
    return None


def decoded(text: bytes) -> bytes:
    """Base64 of either alphabet, padded or not; b'' where it is none."""
    plain = text.replace(b"\\/", b"/").translate(bytes.maketrans(b"-_", b"+/"))
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    return b""


def found_in(data: bytes) -> Generator[float, None, list[Found]]:
    """Pictures and sounds of a payload; gives how far it is (0 to 1)."""
    whole = media_kind(data)
    if whole is not None:
        return [Found(whole, "", 0, len(data), False)]
    found: list[Found] = []
    for count, match in enumerate(_BASE64.finditer(data)):
        start, end = match.span("data")
        kind = _coded_kind(data, match)
        if kind is not None:
            found.append(Found(kind, "", start, end, True))
            if len(found) >= MOST:
                break
        if count % 100 == 0:
            yield end / len(data)
    return found


def has_media(data: bytes, *, text: bool) -> bool:
    """A quick look: whether there is a picture or a sound, as far as its beginning tells."""
    if media_kind(data) is not None:
        return True
    if not text or len(data) < 4 * _SHORTEST:
        return False
    return any(_coded_kind(data, match) is not None for match in islice(_BEGINS.finditer(data, 0, _QUICK), _TRIED))


def _coded_kind(data: bytes, match: "re.Match[bytes]") -> MediaKind | None:
    """The format of what a text holds in base64; samples without a head are told by the name before them."""
    start = match.start("data")
    kind = media_kind(decoded(data[start : start + _HEAD]))
    if kind is None and _LONG.match(data, start) and _AUDIO.search(data, max(0, match.start() - 100), start):
        return _PCM
    return kind


def way_to(data: bytes, structure: Structure, byte: int) -> list[Step]:
    """The way to the value of a JSON text that holds this byte; as far as it can be told quickly."""
    way: list[Step] = []
    span: Span | None = root(data, structure)
    while span is not None and span.holds:
        inner = None
        for count, child in enumerate(children(data, structure, span)):
            if child.start <= byte < child.end:
                inner = child
                break
            if count > 5_000 or child.start > byte:
                break
        if inner is not None:
            way.append(inner.step)
        span = inner
    return way
