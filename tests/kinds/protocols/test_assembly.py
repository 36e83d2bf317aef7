"""From frames to messages, against the websockets library's own encoder, under every split."""

import random
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.raw import frame
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from streamscope.kinds.protocols.assembly import Assembly, Inflater
from streamscope.kinds.protocols.frames import FrameDecoder
from streamscope.model.event import LARGEST_PAYLOAD, WIRE, Control, Event, Message


@dataclass
class Read:
    """What the decoders made of a stream, and the record's payload."""

    events: list[Event]
    kept: bytes
    violation: str
    stream: bytes

    @property
    def messages(self) -> list[Message]:
        return [event for event in self.events if isinstance(event, Message)]

    @property
    def told(self) -> list[Any]:
        """Everything but the reads, which depend on the split."""
        return [
            (one.payload, one.opcode, one.unfinished, one.at, one.stream, one.length, one.frames)
            if isinstance(one, Message)
            else (one.name, one.data, one.data_base64, one.detail)
            for one in self.events
            if isinstance(one, Message | Control)
        ]

    def spans(self) -> bool:
        """Whether each message's place in the record holds it."""
        for one in self.messages:
            held = (self.stream if one.stream == WIRE else self.kept)[one.at : one.at + one.size]
            if one.size and (one.at < 0 or held[: len(one.payload)] != one.payload or len(held) != one.size):
                return False
        return True


def read(stream: bytes, pieces: list[bytes], inflater: Inflater | None = None, base: int = 7) -> Read:
    kept = bytearray()

    def keep(data: bytes) -> int:
        kept.extend(data)
        return len(kept) - len(data)

    decoder = FrameDecoder(extended=4 if inflater else 0)
    assembly = Assembly(keep, base, inflater)
    events: list[Event] = []
    for number, piece in enumerate(pieces, 1):
        events += assembly.feed(decoder.feed(piece, number), number * 1000, number)
    events += assembly.finish(len(pieces) * 1000, len(pieces))
    return Read(events, bytes(kept), decoder.violation or assembly.violation, bytes(base) + stream)


def split(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [stream[first:last] for first, last in pairwise(places)]


CONTENT = st.one_of(st.binary(max_size=300), st.text(max_size=60).map(str.encode), st.just(b"long " * 20_000))
CONTROL = st.tuples(st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=10))
MESSAGE = st.tuples(
    st.sampled_from([Opcode.TEXT, Opcode.BINARY]), CONTENT, st.lists(st.integers(0, 400), max_size=4),
    st.lists(CONTROL, max_size=3),
)  # fmt: skip
CUTS = st.lists(st.integers(0, 1000), max_size=10)


def framed(message: Any, extension: PerMessageDeflate | None) -> bytes:
    """A message in fragments with controls between them."""
    opcode, content, cuts, controls = message
    parts = split(content, cuts)
    stream = b""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        frame = Frame(opcode if number == 0 else Opcode.CONT, part, fin=last)
        stream += frame.serialize(mask=False, extensions=[extension] if extension else None)
        if controls and not last:
            kind, payload = controls[number % len(controls)]
            stream += Frame(kind, payload).serialize(mask=False)
    return stream


@settings(max_examples=200, deadline=None)
@given(st.lists(MESSAGE, max_size=4), CUTS)
def test_messages_come_out_as_they_went_in(messages: list[Any], cuts: list[int]) -> None:
    stream = b"".join(framed(message, None) for message in messages)
    whole = read(stream, [stream])
    assert [one.payload for one in whole.messages] == [content for _, content, _, _ in messages]
    assert not whole.violation
    assert whole.spans()
    pieces = split(stream, cuts)
    assert read(stream, pieces).told == whole.told
    assert read(stream, pieces).spans()
    if len(stream) < 3000:
        assert read(stream, [stream[at : at + 1] for at in range(len(stream))]).told == whole.told


@pytest.mark.parametrize("takeover", [True, False])
@pytest.mark.parametrize("bits", [9, 12, 15])
@settings(max_examples=40, deadline=None)
@given(messages=st.lists(MESSAGE, max_size=5), cuts=CUTS)
def test_compressed_messages_inflate(takeover: bool, bits: int, messages: list[Any], cuts: list[int]) -> None:
    extension = PerMessageDeflate(False, not takeover, 15, bits)
    stream = b"".join(framed(message, extension) for message in messages)
    for pieces in ([stream], split(stream, cuts)):
        told = read(stream, pieces, Inflater(bits, takeover=takeover))
        assert [one.payload for one in told.messages] == [content for _, content, _, _ in messages]
        assert [one.opcode for one in told.messages] == [opcode.name.lower() for opcode, *_ in messages]
        assert not told.violation
        assert told.spans()
        for one in told.messages:
            assert sum(frame.size for frame in one.frames if frame.size >= 0) == one.size


def test_the_window_of_a_server_that_forgets_is_not_kept() -> None:
    """Without takeover each message stands alone; one that leans on the message before it is damaged."""
    extension = PerMessageDeflate(False, False, 15, 15)
    stream = b"".join(framed((Opcode.TEXT, random.Random(1).randbytes(400), [], []), extension) for _ in range(2))
    assert not read(stream, [stream], Inflater(15)).violation
    assert "inflated" in read(stream, [stream], Inflater(15, takeover=False)).violation


def test_a_message_may_end_with_a_final_block() -> None:
    """RFC 7692, section 7.2.3.4."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b"one ") + packer.flush() + b"\0"
    stream = frame(1, packed, rsv1=True) * 2
    assert [one.payload for one in read(stream, [stream], Inflater(15)).messages] == [b"one ", b"one "]


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 100])
def test_what_the_inflater_still_holds_comes_out(size: int) -> None:
    """Pieces are a megabyte; a run that ends just behind one leaves bytes in zlib, and none on its input."""
    extension = PerMessageDeflate(False, False, 15, 15)
    stream = framed((Opcode.BINARY, bytes(size), [], []), extension)
    (message,) = read(stream, [stream], Inflater(15)).messages
    assert message.payload == bytes(size)


def test_of_a_large_message_the_beginning_is_held_however_it_comes() -> None:
    size = LARGEST_PAYLOAD + 300_001
    content = random.Random(2).randbytes(1 << 16) * (size // (1 << 16)) + bytes(size % (1 << 16))
    fragments = (Opcode.BINARY, content, list(range(0, size, 70_001)), [])
    for message in ((Opcode.BINARY, content, [], []), fragments):
        stream = framed(message, None)
        for step in (len(stream), 65_537):
            told = read(stream, [stream[at : at + step] for at in range(0, len(stream), step)])
            (one,) = told.messages
            if len(one.frames) or step < len(stream):
                assert one.payload == content[:LARGEST_PAYLOAD]
            assert one.size == size
            assert (told.stream if one.stream == WIRE else told.kept)[one.at : one.at + one.size] == content


@pytest.mark.parametrize("fragments", [1, 3])
def test_a_message_that_was_cut_is_unfinished(fragments: int) -> None:
    stream = framed((Opcode.TEXT, b"abcdefghi", [3, 6][: fragments - 1], []), None)
    (message,) = read(stream[:-1], [stream[:-1]]).messages
    assert (message.payload, message.unfinished) == (b"abcdefgh", True)


def test_the_frames_of_endless_fragments_are_not_all_listed() -> None:
    stream = Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=False)
    stream += Frame(Opcode.CONT, b"b", fin=False).serialize(mask=False) * 100_000
    stream += Frame(Opcode.CONT, b"c").serialize(mask=False)
    (message,) = read(stream, [stream]).messages
    assert message.payload == b"a" + b"b" * 100_000 + b"c"
    assert len(message.frames) == 10_000


def test_nothing_comes_behind_a_close_frame() -> None:
    stream = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=False)
    stream += Frame(Opcode.TEXT, b"late").serialize(mask=False)
    told = read(stream, [stream])
    assert [type(event) for event in told.events] == [Control]
