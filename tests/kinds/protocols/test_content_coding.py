"""Content codings against their own compressors, under every split."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from streamscope.kinds.protocols.content_coding import PIECE, CodingError, ContentDecoder

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "X-Gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "gzip, br": lambda content: brotli.compress(gzip.compress(content)),
    "identity": bytes,
    "": bytes,
    "unheard-of": bytes,
}


def decoded(decoder: ContentDecoder, packed: bytes, step: int) -> bytes:
    return b"".join(piece for at in range(0, len(packed), step) for piece in decoder.feed(packed[at : at + step]))


@pytest.mark.parametrize("coding", PACK)
@given(
    content=st.one_of(st.binary(max_size=300), st.binary(max_size=20).map(lambda part: part * 500)),
    step=st.integers(1, 4000),
)
def test_content_decodes_however_it_is_cut(coding: str, content: bytes, step: int) -> None:
    decoder = ContentDecoder(coding)
    assert decoded(decoder, PACK[coding](content), step) == content
    assert decoder.whole


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@given(content=st.binary(min_size=1, max_size=200), data=st.data())
def test_what_was_cut_off_is_not_whole(coding: str, content: bytes, data: st.DataObject) -> None:
    packed = PACK[coding](content)
    kept = data.draw(st.integers(1, len(packed) - 1))
    decoder = ContentDecoder(coding)
    assert content.startswith(decoded(decoder, packed[:kept], 7))
    assert not decoder.whole


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3), st.integers(1, 40), st.sampled_from(["gzip", "zstd"]))
def test_members_follow_each_other(contents: list[bytes], step: int, coding: str) -> None:
    decoder = ContentDecoder(coding)
    assert decoded(decoder, b"".join(map(PACK[coding], contents)), step) == b"".join(contents)
    assert decoder.whole


def test_bare_deflate_is_understood() -> None:
    packer = zlib.compressobj(wbits=-15)
    decoder = ContentDecoder("deflate")
    assert decoded(decoder, packer.compress(b"hello " * 50) + packer.flush(), 3) == b"hello " * 50
    assert decoder.whole


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_something_else_is_an_error(coding: str) -> None:
    with pytest.raises(CodingError):
        decoded(ContentDecoder(coding), b"\xff this is not compressed at all " * 9, 1000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_comes_in_pieces(coding: str) -> None:
    packed = PACK[coding](b"\0" * (200 << 20))
    tracemalloc.start()
    try:
        size = 0
        for piece in ContentDecoder(coding).feed(packed):
            size += len(piece)
        assert size == 200 << 20
        assert tracemalloc.get_traced_memory()[1] < 40 * PIECE
    finally:
        tracemalloc.stop()
