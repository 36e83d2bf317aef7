"""Pictures and sound that payloads carry as base64: where they are. Pure; nothing is decoded until it is asked for."""

import base64
import binascii
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamscope.engine.derived import Lane

PIECE = 192
"""Letters from which a run of base64 counts as a file's: shorter ones are ids and signatures."""
LARGEST = 256 << 20
"""Bytes of one file that are put together."""
_RUN = rb"([A-Za-z0-9+/\\]{%d,}={0,2})" % PIECE
# The names under which the known dialects carry files: images (b64_json, partial_image_b64, result of a call), sound
# (audio.data, a delta of an audio event), Gemini's inlineData and Anthropic's source.
_NAMED = re.compile(
    rb'"(b64_json|partial_image_b64|result|data|delta|audio|image|bytesBase64Encoded|b64|base64)"\s*:\s*'
    rb'(?:"data:([\w.+-]+/[\w.+-]+)[^,"]{0,60};base64,)?"?' + _RUN
)
_TYPE = re.compile(
    rb'"(?:mime_?type|media_type|content_type|format|output_format)"\s*:\s*"([\w.+/-]{2,40})"', re.IGNORECASE
)
_IMAGES = frozenset((b"b64_json", b"partial_image_b64", b"result", b"image", b"bytesBase64Encoded"))
_MAGIC = (
    (b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"BM", "image/bmp"),
    (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"), (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"), (b"%PDF", "application/pdf"),
)  # fmt: skip
_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
    "image/svg+xml": ".svg", "audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/ogg": ".ogg", "audio/flac": ".flac",
    "audio/pcm": ".pcm", "application/pdf": ".pdf",
}  # fmt: skip

Letters = Callable[["Media", int, int, int], bytes]
"""The base64 letters of a file's event (of its lane's text) from one byte to before another."""


@dataclass(slots=True)
class Media:
    """A file that came in one or more pieces of base64: each an event and where its letters are in the payload."""

    mime: str
    lane: "Lane | None" = None
    """The text in which it stands as a data URI; else it lies in payloads."""
    events: "array[int]" = field(default_factory=lambda: array("I"))
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    ends: "array[int]" = field(default_factory=lambda: array("Q"))
    letters: int = 0
    """Of all pieces in payloads."""

    @property
    def kind(self) -> str:
        """image, audio, or what else the first word of its type is."""
        return self.mime.partition("/")[0]

    @property
    def size(self) -> int:
        """Bytes, to within two of each piece."""
        letters = self.letters if self.lane is None else self.ends[0] - self.starts[0]
        return letters * 3 // 4

    @property
    def ending(self) -> str:
        """What a file of this type is called."""
        return _ENDINGS.get(self.mime, ".bin")

    def add(self, event: int, start: int, end: int) -> None:
        """Another piece."""
        self.letters += end - start
        self.events.append(event)
        self.starts.append(start)
        self.ends.append(end)

    def bytes(self, letters: Letters, most: int = LARGEST) -> bytes:
        """The file, up to `most` bytes. Raises ValueError where it is no base64."""
        out = bytearray()
        for event, start, end in zip(self.events, self.starts, self.ends, strict=True):
            out += decoded(letters(self, event, start, end))
            if len(out) > most:
                break
        return bytes(out[:most])


def decoded(letters: bytes) -> bytes:
    """Base64 as it stands in JSON, with or without its padding. Raises ValueError."""
    letters = letters.replace(b"\\", b"").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def found_in(payload: bytes) -> Iterator[tuple[str, int, int]]:
    """The files in a payload: type, and where their letters begin and end."""
    for found in _NAMED.finditer(payload):
        name, told = found.group(1), found.group(2)
        start, end = found.span(3)
        mime = told.decode() if told else _typed(payload, name, payload[start : start + 32])
        if mime:
            yield mime, start, end


def _typed(payload: bytes, name: bytes, letters: bytes) -> str:
    """The type of a file: by its first bytes, or by what the payload calls it; '' where it may be no file at all."""
    try:
        head = decoded(letters)
    except ValueError:
        return ""
    if head.startswith(b"RIFF"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    known = next((mime for magic, mime in _MAGIC if head.startswith(magic)), "")
    if known:
        return known
    told = _TYPE.search(payload)
    if told is not None:
        word = told.group(1).decode().lower()
        return word if "/" in word else f"{'audio' if b'audio' in payload else 'image'}/{word}"
    if name in _IMAGES and name not in (b"result", b"image"):
        return "image/png"
    return "audio/pcm" if b"audio" in payload else ""
