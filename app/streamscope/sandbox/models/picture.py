"""Looking at a PNG: its pixels (PNG specification, sections 7 and 9), and the colour that most of them have."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
MOST_PIXELS = 16_000_000
MOST_SAMPLES = 20_000
COLOURS = {
    "red": (220, 40, 40), "orange": (240, 150, 40), "yellow": (240, 230, 60), "green": (60, 170, 70),
    "blue": (50, 90, 220), "purple": (150, 60, 190), "black": (15, 15, 15), "grey": (128, 128, 128),
    "white": (245, 245, 245),
}  # fmt: skip

Pixel = tuple[int, int, int]


class PictureError(Exception):
    """The file is not a PNG that can be read here."""


def describe(file: bytes) -> dict[str, float]:
    """The share of pixels nearest to each colour name, the largest first."""
    counts = Counter(_nearest(pixel) for pixel in _pixels(file))
    total = counts.total()
    return {name: count / total for name, count in counts.most_common()}


def _nearest(pixel: Pixel) -> str:
    return min(COLOURS, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, COLOURS[name], strict=True)))


def _pixels(file: bytes) -> Iterator[Pixel]:
    if not file.startswith(SIGNATURE):
        raise PictureError("The file is not a PNG image.")
    try:
        width, height, channels, rows = _decode(file)
    except (struct.error, zlib.error, IndexError, KeyError) as error:
        raise PictureError(f"The PNG image is damaged: {error!r}.") from error
    step = max(1, width * height // MOST_SAMPLES)
    for number in range(0, width * height, step):
        row, column = divmod(number, width)
        pixel = rows[row][column * channels : (column + 1) * channels]
        yield (pixel[0], pixel[1], pixel[2]) if channels >= 3 else (pixel[0], pixel[0], pixel[0])


def _decode(file: bytes) -> tuple[int, int, int, list[bytearray]]:
    chunks = list(_chunks(file))
    header = dict(chunks)[b"IHDR"]
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or interlaced or colour not in CHANNELS or not 0 < width * height <= MOST_PIXELS:
        raise PictureError("Only plain PNG images with 8 bits a channel are understood.")
    channels = CHANNELS[colour]
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    size = height * (width * channels + 1)
    raw = zlib.decompressobj().decompress(packed, size)
    if len(raw) < size:
        raise PictureError("The PNG image is not whole.")
    return width, height, channels, _unfiltered(raw, width * channels, height, channels)


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(file):
        (length,) = struct.unpack_from(">I", file, at)
        yield file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        at += 12 + length


def _unfiltered(raw: bytes, stride: int, height: int, channels: int) -> list[bytearray]:
    rows: list[bytearray] = []
    above = bytearray(stride)
    for number in range(height):
        start = number * (stride + 1)
        row = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], row, above, channels)
        rows.append(row)
        above = row
    return rows


def _unfilter(kind: int, row: bytearray, above: bytearray, channels: int) -> None:
    if kind == 0:
        return
    for place in range(len(row)):
        left = row[place - channels] if place >= channels else 0
        corner = above[place - channels] if place >= channels else 0
        guess = (0, left, above[place], (left + above[place]) // 2, _paeth(left, above[place], corner))[kind]
        row[place] = (row[place] + guess) & 0xFF


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
