"""The frame decoder against a plain second reading of RFC 6455, and against frames that another library wrote."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from streamscope.kinds.protocols.frames import FrameDecoder, Part, close_payload, unmasked

PAYLOAD = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_000]).map(lambda size: (b"xyz" * 30_000)[:size]),
)
SINGLE = st.builds(lambda kind, data: [Frame(kind, data)], st.sampled_from([Opcode.TEXT, Opcode.BINARY]), PAYLOAD)
CONTROL = st.builds(
    lambda kind, data: [Frame(kind, data)], st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=125)
)
FRAGMENTS = st.lists(PAYLOAD, min_size=2, max_size=4).map(
    lambda pieces: [
        Frame(Opcode.CONT if at else Opcode.TEXT, piece, fin=at == len(pieces) - 1) for at, piece in enumerate(pieces)
    ]
)

GROUPS = st.lists(st.one_of(SINGLE, CONTROL, FRAGMENTS), max_size=5)


def plain(stream: bytes) -> list[tuple[bool, int, int, bool, bytes]]:
    """Section 5.2 once more, over the whole stream, nothing incremental: FIN, RSV, opcode, MASK, payload."""
    found = []
    while stream:
        fin, rsv, opcode = bool(stream[0] & 128), stream[0] >> 4 & 7, stream[0] & 15
        masked, size, stream = bool(stream[1] & 128), stream[1] & 127, stream[2:]
        if size == 126:
            size, stream = int.from_bytes(stream[:2]), stream[2:]
        elif size == 127:
            size, stream = int.from_bytes(stream[:8]), stream[8:]
        key = b"\0\0\0\0"
        if masked:
            key, stream = stream[:4], stream[4:]
        found.append((fin, rsv, opcode, masked, bytes(byte ^ key[at % 4] for at, byte in enumerate(stream[:size]))))
        stream = stream[size:]
    return found


def joined(parts: list[Part]) -> list[tuple[bool, int, int, bool, bytes]]:
    """Whole frames out of parts."""
    found, held = [], b""
    for part in parts:
        assert part.begins is not bool(held)
        held += part.data
        if part.ends:
            assert len(held) == part.length
            found.append((part.fin, part.rsv, part.opcode, part.masked, held))
            held = b""
    return found


@settings(max_examples=300, deadline=None)
@given(GROUPS, st.booleans(), st.lists(st.integers(0, 200_000), max_size=8))
def test_any_stream_under_any_split(groups: list[list[Frame]], mask: bool, cuts: list[int]) -> None:
    stream = b"".join(frame.serialize(mask=mask) for group in groups for frame in group)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    decoder = FrameDecoder(from_server=not mask)
    parts: list[Part] = []
    for read, (first, last) in enumerate(pairwise(places), start=1):
        for part in decoder.feed(stream[first:last], read):
            assert part.read <= read
            if not mask:
                assert stream[part.at : part.at + len(part.data)] == part.data
            parts.append(part)
    assert joined(parts) == plain(stream)
    assert decoder.between_frames
    assert not decoder.violation


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(SINGLE, CONTROL, FRAGMENTS), max_size=3), st.booleans())
def test_a_byte_at_a_time(groups: list[list[Frame]], mask: bool) -> None:
    stream = b"".join(frame.serialize(mask=mask) for group in groups for frame in group)[:2000]
    decoder = FrameDecoder(from_server=not mask)
    parts = [part for at in range(len(stream)) for part in decoder.feed(stream[at : at + 1], at + 1)]
    whole = FrameDecoder(from_server=not mask).feed(stream, 1)
    assert joined(parts) == joined([part for part in whole if part.ends])


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_whatever_comes_never_raises_and_no_split_changes_it(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    split, whole = FrameDecoder(), FrameDecoder()
    parts = [part for first, last in pairwise(places) for part in split.feed(stream[first:last], 1)]
    at_once = whole.feed(stream, 1)
    assert b"".join(part.data for part in parts) == b"".join(part.data for part in at_once)
    assert split.violation == whole.violation


def test_a_part_knows_the_read_of_its_frames_first_byte() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"\x81", 3) == []
    (part,) = decoder.feed(b"\x02hi\x81", 4)
    assert (part.read, part.data, part.at) == (3, b"hi", 2)
    (part,) = decoder.feed(b"\x01!", 5)
    assert (part.read, part.data, part.at) == (4, b"!", 6)


def test_many_tiny_frames_are_read_in_linear_time() -> None:
    decoder = FrameDecoder()
    assert len(decoder.feed(b"\x81\x01x" * 200_000, 1)) == 200_000


@given(st.binary(max_size=64), st.binary(min_size=4, max_size=4), st.integers(0, 9))
def test_a_mask_goes_on_where_it_stopped(data: bytes, mask: bytes, cut: int) -> None:
    whole = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
    assert unmasked(data[:cut], mask, 0) + unmasked(data[cut:], mask, len(data[:cut])) == whole


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"", (None, "", "")),
        (b"\x03", (None, "", "close frame too short")),
        (b"\x03\xe8bye", (1000, "bye", "")),
        (b"\x03\xed", (1005, "", "close code 1005 must not be sent")),
        (b"\x0f\xa0", (4000, "", "")),
        (b"\x13\x88", (5000, "", "close code 5000 must not be sent")),
        (b"\x03\xe8\xff", (1000, "\ufffd", "the close reason is not UTF-8")),
    ],
)
def test_close_payloads(payload: bytes, told: tuple[int | None, str, str]) -> None:
    assert close_payload(payload) == told
