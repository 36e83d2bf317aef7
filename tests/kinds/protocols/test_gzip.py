"""The gzip decoder against Python's own, under every split."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from streamscope.kinds.protocols.gzip import GzipDecoder


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3), st.integers(1, 40))
def test_members_decode_to_their_contents_however_they_are_cut(contents: list[bytes], step: int) -> None:
    packed = b"".join(gzip.compress(content) for content in contents)
    decoder = GzipDecoder()
    decoded = b"".join(decoder.feed(packed[at : at + step]) for at in range(0, len(packed), step))
    assert decoded == b"".join(contents)
    assert decoder.whole


@given(st.binary(max_size=200), st.integers(1, 15))
def test_a_member_without_its_end_is_not_whole(content: bytes, missing: int) -> None:
    decoder = GzipDecoder()
    decoder.feed(gzip.compress(content)[:-missing])
    assert not decoder.whole
