"""Pictures are read whatever filters their rows were written with, and forms whatever their line ends."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.sandbox.models import multipart
from streamscope.sandbox.models.picture import PictureError, describe

RED, BLUE = bytes((220, 40, 40)), bytes((50, 90, 220))


def paeth(a: int, b: int, c: int) -> int:
    """The predictor as the PNG specification words it, section 9.4."""
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    if pa <= pb and pa <= pc:
        return a
    return b if pb <= pc else c


def filtered(kind: int, row: bytes, above: bytes) -> bytes:
    made = bytearray([kind])
    for place, value in enumerate(row):
        a, c = (row[place - 3], above[place - 3]) if place >= 3 else (0, 0)
        b = above[place]
        made.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) % 256)
    return bytes(made)


def png(rows: list[bytes], kinds: list[int]) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    above = [bytes(len(rows[0])), *rows]
    data = b"".join(filtered(kind, row, before) for kind, row, before in zip(kinds, rows, above, strict=False))
    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@given(st.lists(st.tuples(st.integers(0, 4), st.lists(st.booleans(), min_size=5, max_size=5)), min_size=1, max_size=6))
def test_filters(lines: list[tuple[int, list[bool]]]) -> None:
    rows = [b"".join(RED if red else BLUE for red in line) for _, line in lines]
    shares = describe(png(rows, [kind for kind, _ in lines]))
    reds = sum(sum(line) for _, line in lines)
    assert shares.get("red", 0.0) == pytest.approx(reds / (5 * len(lines)))


@given(st.binary(max_size=80))
def test_damaged_pictures_are_told(rest: bytes) -> None:
    for file in (rest, b"\x89PNG\r\n\x1a\n" + rest, png([RED * 2], [0])[: min(len(rest), 40)]):
        with pytest.raises(PictureError):
            describe(file)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_forms(end: str) -> None:
    content = "a" + end + end + "--b" + end + "c"
    lines = [
        "--edge",
        'Content-Disposition: form-data; name="images"; filename="x y.png"',
        "Content-Type: image/png",
        "",
        content,
        "--edge",
        "content-disposition: form-data; name=other",
        "",
        "",
        "--edge--",
        "",
    ]
    parts = multipart.parse('multipart/form-data; boundary="edge"', end.join(lines).encode())
    assert [(part.name, part.filename) for part in parts] == [("images", "x y.png"), ("other", "")]
    assert parts[0].content == content.encode()
    assert parts[1].content == b""
