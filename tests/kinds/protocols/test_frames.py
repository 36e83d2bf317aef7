"""Borders of frames, against frames that another library wrote."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from streamscope.kinds.protocols.frames import Border, FrameBorders

FRAME = st.builds(
    Frame,
    st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT]),
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_000]).map(lambda size: b"x" * size),
    ),
    fin=st.booleans(),
)
CONTROL = st.builds(Frame, st.sampled_from([Opcode.PING, Opcode.PONG, Opcode.CLOSE]), st.binary(max_size=125))


def flagged(data: bytes, rsv: int) -> bytes:
    """A frame with its reserved bits set."""
    return bytes((data[0] | rsv << 4,)) + data[1:]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(FRAME, CONTROL), st.booleans(), st.integers(0, 7)), max_size=6),
    st.lists(st.integers(0, 1 << 18), max_size=10),
)
def test_borders_are_where_they_were_written(frames: list[tuple[Frame, bool, int]], cuts: list[int]) -> None:
    written = [(frame, mask, rsv, flagged(frame.serialize(mask=mask), rsv)) for frame, mask, rsv in frames]
    stream = b"".join(data for *_, data in written)
    spans = list(pairwise([0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]))
    borders = FrameBorders()
    found = [border for read, span in enumerate(spans, 1) for border in borders.feed(stream[slice(*span)], read)]
    at = 0
    for border, (frame, mask, rsv, data) in zip(found, written, strict=True):
        ends = (at, at + len(data) - 1)
        reads = [read for end in ends for read, (low, high) in enumerate(spans, 1) if low <= end < high]
        assert border == Border(frame.fin, rsv, frame.opcode, mask, len(frame.data), *reads)
        at += len(data)


def test_byte_by_byte() -> None:
    stream = b"".join(Frame(Opcode.TEXT, b"x" * size).serialize(mask=False) for size in (0, 126, 65_536))
    borders = FrameBorders()
    found = [border for at in range(len(stream)) for border in borders.feed(stream[at : at + 1], at + 1)]
    assert [border.length for border in found] == [0, 126, 65_536]
    assert [(border.first, border.last) for border in found] == [(1, 2), (3, 132), (133, len(stream))]
