"""Where a body ends, against a second reading of RFC 9112, sections 6 and 7, under every split."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.kinds.net.transfer import Chunked, Length, Transfer, TransferError, transfer

Told = tuple[bytes, bytes, list[tuple[str, str]], bool, bool]
"""A body, what came behind it, its trailers, whether it has its end, whether it breaks the rules."""


def plainly(stream: bytes) -> Told:
    """A chunked body read with the whole of it at hand: section 7.1 written down once more."""
    body, at, trailers = b"", 0, []
    while True:
        stop = stream.find(b"\n", at)
        if stop < 0:
            return body, b"", [], False, False
        size = stream[at:stop].split(b";")[0].strip(b" \t\r")
        if not size or set(size) - set(b"0123456789abcdefABCDEF") or len(size) > 16:
            return body, b"", [], False, True
        at, length = stop + 1, int(size, 16)
        if not length:
            break
        body += stream[at : at + length]
        at += length
        behind = stream[at : at + 2]
        if not behind.startswith((b"\n", b"\r\n")):
            return body, b"", [], False, behind not in (b"", b"\r")
        at += behind.index(b"\n") + 1
    while (stop := stream.find(b"\n", at)) >= 0:
        line, at = stream[at:stop].removesuffix(b"\r"), stop + 1
        if not line:
            return body, stream[at:], trailers, True, False
        name, _, value = line.decode("latin-1").partition(":")
        trailers.append((name, value.strip(" \t")))
    return body, b"", trailers, False, False


def fed(pieces: Iterable[bytes]) -> tuple[Told, int]:
    """What the decoder makes of it; what comes behind the end is the connection's to keep together."""
    framing, body, rest = Chunked(), b"", b""
    for piece in pieces:
        if framing.done:
            rest += piece
        else:
            body += framing.feed(piece)
            rest = framing.rest
    return (body, rest, framing.trailers, framing.end(), bool(framing.violation)), framing.chunks


def split(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [stream[first:last] for first, last in pairwise(places)]


END = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"])
EXTENSION = st.sampled_from([b"", b"", b"", b";a", b' ; a="b"', b"\t"])
CHUNK = st.tuples(st.binary(min_size=1, max_size=40), EXTENSION, END, END, st.booleans()).map(
    lambda made: (b"%X" if made[4] else b"00%x") % len(made[0]) + made[1] + made[2] + made[0] + made[3]
)
TRAILER = st.tuples(st.sampled_from([b"X-Sum: 1", b"a:", b"Digest:  sha=\xe9 ", b"no colon"]), END).map(b"".join)
STREAM = st.tuples(
    st.lists(CHUNK, max_size=6), st.sampled_from([b"0", b"000", b"0;last"]), END, st.lists(TRAILER, max_size=3), END,
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"\n"]),
).map(lambda made: b"".join((*made[0], made[1], made[2], *made[3], made[4], made[5])))  # fmt: skip
CUTS = st.lists(st.integers(0, 400), max_size=10)


@settings(max_examples=600, deadline=None)
@given(STREAM, CUTS)
def test_chunks_are_what_the_standard_says_under_any_split(stream: bytes, cuts: list[int]) -> None:
    told = plainly(stream)
    assert told[3]
    assert fed([stream])[0] == fed(split(stream, cuts))[0] == fed(stream[at : at + 1] for at in range(len(stream)))[0]
    assert fed([stream])[0] == told


@settings(max_examples=600, deadline=None)
@given(STREAM, CUTS, st.data())
def test_damaged_chunks_give_what_came_before_the_damage(stream: bytes, cuts: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(stream)))
    damaged = stream[:at] + data.draw(st.binary(max_size=3)) + stream[at + data.draw(st.integers(0, 3)) :]
    told = plainly(damaged)
    for pieces in ([damaged], split(damaged, cuts), [damaged[at : at + 1] for at in range(len(damaged))]):
        read = fed(pieces)[0]
        assert read == told if told[3] or told[4] else read[:1] + read[3:] == told[:1] + told[3:]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=30), max_size=5), CUTS)
def test_chunks_are_counted(contents: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in contents) + b"0\r\n\r\n"
    assert fed(split(stream, cuts)) == ((b"".join(contents), b"", [], True, False), len(contents))


@pytest.mark.parametrize("size", [b"", b"x", b"-1", b"+5", b"0x5", b"5 5", b"1" * 17, "٣".encode(), b"5\0", b"1_0"])
def test_a_size_that_is_none_breaks_the_rules(size: bytes) -> None:
    assert fed([b"2\r\nok\r\n" + size + b"\r\nabcde\r\n"]) == ((b"ok", b"", [], False, True), 1)


@pytest.mark.parametrize("step", [1, 1000, 1 << 20])
def test_a_line_without_end_is_given_up(step: int) -> None:
    framing, stream = Chunked(), b"2\r\nok\r\n5;" + b"x" * 70_000 + b"\r\nhello\r\n0\r\n\r\n"
    body = b"".join(framing.feed(stream[at : at + step]) for at in range(0, len(stream), step))
    assert (body, framing.done) == (b"ok", False)
    assert "too long" in framing.violation


def test_endless_trailers_are_given_up() -> None:
    framing = Chunked()
    framing.feed(b"0\r\n" + b"a: b\r\n" * 2000)
    assert framing.violation
    assert not framing.done


@given(st.binary(max_size=60), st.integers(0, 60), CUTS)
def test_a_length_is_kept_to(stream: bytes, length: int, cuts: list[int]) -> None:
    framing, body, rest = Length(length), b"", b""
    for piece in split(stream, cuts):
        if framing.done:
            rest += piece
        else:
            body, rest = body + framing.feed(piece), framing.rest
    assert (body, rest) == (stream[:length], stream[length:])
    assert framing.end() is (len(stream) >= length)


def framing_of(method: str, status: int, *headers: tuple[bytes, bytes]) -> tuple[str, bool]:
    made = transfer(method, status, list(headers))
    return made.framing, made.done


def test_which_framing_an_answer_has() -> None:
    length, chunked = (b"content-length", b"5"), (b"transfer-encoding", b"chunked")
    assert framing_of("GET", 200, length) == ("length", False)
    assert framing_of("GET", 200, (b"content-length", b"0")) == ("length", True)
    assert framing_of("GET", 200, length, length) == ("length", False)
    assert framing_of("GET", 200, (b"content-length", b"5, 5")) == ("length", False)
    assert framing_of("GET", 200, chunked, length) == ("chunked", False)
    assert framing_of("GET", 200, (b"transfer-encoding", b"gzip, Chunked")) == ("chunked", False)
    assert framing_of("GET", 200, (b"transfer-encoding", b"gzip"), length) == ("close", False)
    assert framing_of("GET", 200) == ("close", False)
    for method, status in (("HEAD", 200), ("GET", 204), ("GET", 304), ("GET", 101)):
        assert framing_of(method, status, length) == ("none", True)
        assert framing_of(method, status, chunked) == ("none", True)


@pytest.mark.parametrize("lengths", [[b"-5"], [b"5", b"6"], [b"5, 6"], [b"five"], [b"5.0"], [b""], [b"9" * 19]])
def test_lengths_that_make_no_sense(lengths: list[bytes]) -> None:
    with pytest.raises(TransferError):
        transfer("GET", 200, [(b"content-length", length) for length in lengths])


def test_without_a_length_the_connection_ends_it() -> None:
    framing = Transfer()
    assert framing.feed(b"all") == b"all"
    assert not framing.done
    assert framing.end()
