"""Amazon's event frames against a second reader that knows the format in another way, under every split."""

import random
import time
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kinds.dialects.samples import SAMPLES, heard

from streamscope.kinds.protocols.amazon_frames import AmazonFrame, AmazonFrameDecoder, Garbage, Item, begins
from streamscope.model.event import Message

# --- the second implementation: whole streams only, numbers by hand, checksums bit by bit

SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


def crc(data: bytes) -> int:
    """CRC-32 as ISO 3309 has it."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def number(data: bytes, *, signed: bool = False) -> int:
    value = 0
    for byte in data:
        value = value << 8 | byte
    return value - (1 << 8 * len(data)) if signed and data and data[0] & 0x80 else value


def interpreted(stream: bytes) -> list[Item]:
    """What a stream holds, read in one go."""
    items: list[Item] = []
    while stream:
        if len(stream) < 12:
            return [*items, Garbage(stream, len(stream), True)]
        total, length = number(stream[:4]), number(stream[4:8])
        if crc(stream[:8]) != number(stream[8:12]) or total < length + 16 or length > 131072 or total > 25296912:
            return [*items, Garbage(stream[:65536], len(stream))]
        if len(stream) < total:
            return [*items, Garbage(stream, len(stream), True)]
        frame, stream = stream[:total], stream[total:]
        headers, good = fields(frame[12 : 12 + length])
        whole = crc(frame[:-4]) == number(frame[-4:])
        fault = "" if whole and good else "headers" if whole else "payload checksum"
        items.append(AmazonFrame(tuple(headers), frame[12 + length : -4], total, fault))  # type: ignore[arg-type]
    return items


def fields(data: bytes) -> tuple[list[tuple[str, Any]], bool]:
    found: list[tuple[str, Any]] = []
    while data:
        size, data = data[0], data[1:]
        name, kind, data = data[:size], data[size : size + 1], data[size + 1 :]
        if not size or len(name) < size or not kind or kind[0] > 9:
            return found, False
        if kind[0] in (6, 7):
            if len(data) < 2:
                return found, False
            size, data = number(data[:2]), data[2:]
        else:
            size = SIZES[kind[0]]
        raw, data = data[:size], data[size:]
        if len(raw) < size:
            return found, False
        try:
            value: Any = {0: True, 1: False, 6: raw, 9: raw}.get(kind[0])
            if value is None:
                value = raw.decode() if kind[0] == 7 else number(raw, signed=True)
            found.append((name.decode(), value))
        except UnicodeDecodeError:
            return found, False
    return found, True


# --- writing frames


def header(name: str, value: Any, kind: int | None = None) -> bytes:
    if kind is None:
        kind = {bool: 0 if value else 1, bytes: 6, str: 7, int: 5, datetime: 8}[type(value)]
    if kind in (6, 7):
        data = value if kind == 6 else value.encode()
        raw = len(data).to_bytes(2) + data
    elif kind in (0, 1, 9):
        raw = value if kind == 9 else b""
    else:
        raw = int(value.timestamp() * 1000 if kind == 8 else value).to_bytes(SIZES[kind], signed=True)
    return bytes([len(name.encode())]) + name.encode() + bytes([kind]) + raw


def written(payload: bytes, *headers: bytes) -> bytes:
    block = b"".join(headers)
    prelude = (len(payload) + len(block) + 16).to_bytes(4) + len(block).to_bytes(4)
    data = prelude + zlib.crc32(prelude).to_bytes(4) + block + payload
    return data + zlib.crc32(data).to_bytes(4)


def event(name: str, payload: bytes) -> bytes:
    return written(payload, header(":event-type", name), header(":content-type", "application/json"),
                   header(":message-type", "event"))  # fmt: skip


def decoded(pieces: Iterable[bytes]) -> list[Item]:
    decoder = AmazonFrameDecoder()
    items: list[Item] = [item for piece in pieces for item in decoder.feed(piece)]
    return items + decoder.finish()


EVENTS = event("contentBlockDelta", b'{"delta":{"text":"Hi"}}') + event("metadata", b"{}")
EXCEPTION = written(b'{"message":"slow"}', header(":exception-type", "throttlingException"),
                    header(":message-type", "exception"))  # fmt: skip
KINDS = written(
    b"x", header("yes", True), header("no", False), header("byte", -1, 2), header("short", -300, 3),
    header("int", 1 << 30, 4), header("long", -(1 << 40)), header("bytes", b"\x00\xff"), header("text", "wörld"),
    header("time", datetime(2026, 11, 24, tzinfo=UTC)), header("uuid", bytes(range(16)), 9),
)  # fmt: skip
DAMAGED = bytearray(EVENTS)
DAMAGED[60] ^= 1
LOST = bytearray(EVENTS + EVENTS)
LOST[len(EVENTS) + 2] ^= 1
PRELUDE = (200_000).to_bytes(4) + (131_073).to_bytes(4)
STREAMS = {
    "events": EVENTS, "exception": EXCEPTION, "every kind of header": KINDS, "empty": b"", "no payload": written(b""),
    "damaged": bytes(DAMAGED), "lost": bytes(LOST), "cut": EVENTS[:-3], "cut prelude": EVENTS + b"\x00\x00",
    "bad header": written(b"x", b"\x03abc\x63") + EVENTS, "header too long": written(b"x", b"\x01a\x07\x00\x09abc"),
    "nameless header": written(b"x", b"\x00\x00"), "not UTF-8": written(b"x", b"\x01a\x07\x00\x01\xff"),
    "another format": b'data: {"x": 1}\n\n' * 5,
    "headers too large": PRELUDE + zlib.crc32(PRELUDE).to_bytes(4),
    "too short a total": (9).to_bytes(4) + bytes(4) + b"abcdefgh",
}  # fmt: skip


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_rules(stream: bytes) -> None:
    wanted = interpreted(stream)
    assert decoded([stream]) == wanted
    for step in range(1, len(stream) + 1):
        assert decoded(stream[at : at + step] for at in range(0, len(stream), step)) == wanted, step


def test_what_a_frame_says() -> None:
    first, second = AmazonFrameDecoder().feed(EVENTS)
    assert (first.type, first.event, first.payload) == ("event", "contentBlockDelta", b'{"delta":{"text":"Hi"}}')
    assert first.header(":content-type") == "application/json"
    assert (second.event, second.header("x")) == ("metadata", None)
    (failed,) = AmazonFrameDecoder().feed(EXCEPTION)
    assert (failed.type, failed.event) == ("exception", "throttlingException")
    (kinds,) = AmazonFrameDecoder().feed(KINDS)
    assert dict(kinds.headers) == {
        "yes": True, "no": False, "byte": -1, "short": -300, "int": 1 << 30, "long": -(1 << 40), "bytes": b"\x00\xff",
        "text": "wörld", "time": 1795478400000, "uuid": bytes(range(16)),
    }  # fmt: skip


def test_the_format_is_told_by_its_beginning() -> None:
    assert begins(EVENTS)
    assert not begins(EVENTS[:11])
    assert not begins(b'{"message": "not a stream"}')
    assert not begins(b"data: x\n\ndata: y\n\n")


FRAMES = st.lists(
    st.builds(
        lambda payload, headers: written(payload, *(header(name, value) for name, value in headers.items())),
        st.binary(max_size=60),
        st.dictionaries(
            st.text(min_size=1, max_size=8),
            st.booleans() | st.binary(max_size=9) | st.text(max_size=9) | st.integers(-(2**63), 2**63 - 1),
            max_size=3,
        ),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(frames=FRAMES, damage=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=3), data=st.data())
def test_any_stream_under_any_split(frames: list[bytes], damage: list[tuple[int, int]], data: st.DataObject) -> None:
    stream = bytearray(b"".join(frames))
    for at, byte in damage:
        if at < len(stream):
            stream[at] = byte
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [bytes(stream[a:b]) for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    items = decoded(pieces)
    assert items == interpreted(bytes(stream))
    assert sum(item.size for item in items) == len(stream)


def test_linear_whatever_the_pieces_are() -> None:
    """A large frame byte by byte takes about as long for each byte as a small one."""

    def took(size: int) -> float:
        frame = written(random.Random(1).randbytes(size))
        decoder = AmazonFrameDecoder()
        began = time.process_time()
        frames = [whole for at in range(len(frame)) for whole in decoder.feed(frame[at : at + 1])]
        assert len(frames) == 1
        return (time.process_time() - began) / size

    assert took(400_000) < 10 * took(20_000)


def test_what_follows_a_wrong_prelude_is_counted_not_held() -> None:
    decoder = AmazonFrameDecoder()
    for _ in range(100):
        assert decoder.feed(b"x" * 10_000) == []
    assert decoder.lost
    assert decoder.finish() == [Garbage(b"x" * 65536, 1_000_000)]


def test_an_answer_in_frames_is_understood() -> None:
    """A frame's name is its message's event; a damaged one would be told by the decoder."""
    sample = next(sample for sample in SAMPLES if sample.name == "converse")
    wanted = sample.messages()
    stream = b"".join(event(message.event, message.payload) for message in wanted)
    decoder = AmazonFrameDecoder()
    frames = [frame for at in range(0, len(stream), 7) for frame in decoder.feed(stream[at : at + 7])]
    assert [frame.fault for frame in frames] == [""] * len(wanted)
    transcript, _, _ = heard([Message(1, "in", (1, 1), frame.payload, "frame", frame.event) for frame in frames])
    assert (transcript.choices, transcript.usage, transcript.end) == (sample.choices, sample.usage, "seen")
    failed = AmazonFrameDecoder().feed(EXCEPTION)[0]
    transcript, _, _ = heard([Message(1, "in", (1, 1), failed.payload, "frame", failed.event)])
    assert transcript.errors == ["slow"]
