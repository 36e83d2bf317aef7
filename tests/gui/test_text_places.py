"""From a place in a text to its event and back; words found in it; files found in payloads. Any text, any pieces."""

import base64
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchanges import MS, recorded, stream

from streamscope.engine.derived import Lane
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.tab import derived_of
from streamscope.gui.live.text import places, search
from streamscope.gui.live.text.heat import Heat
from streamscope.gui.live.text.media import Media, decoded, found_in
from streamscope.gui.live.text.pages import Pages
from streamscope.gui.live.text.search import LaneSearch

PIECES = st.lists(st.text(st.sampled_from("abA ß漢\U0001f600\u202e\r\n\u0301"), min_size=1, max_size=6), max_size=30)


def lane_of(pieces: list[str]) -> Lane:
    """A lane; every third event brought nothing."""
    lane = Lane((0, "text", ""))
    for number, piece in enumerate(pieces):
        lane.add(3 * number + number % 3, piece)
    return lane


@given(PIECES)
def test_every_event_is_found_again_by_its_place(pieces: list[str]) -> None:
    lane = lane_of(pieces)
    pages = Pages(lambda start, stop: bytes(lane.text[start:stop]))
    pages.append(len(lane.text))
    for number, piece in enumerate(pieces):
        event = 3 * number + number % 3
        start, end = places.bytes_of(lane, event) or (-1, -1)
        assert lane.text[start:end].decode() == piece
        assert lane.event_at(start) == lane.event_at(end - 1) == event
        at = pages.byte(pages.place(start))
        assert lane.event_at(at) == event or set(lane.text[at:start].decode()) <= {"\r", "\u0301"}
        assert places.bytes_of(lane, event + 1) is None or event + 1 in lane.events
        assert places.reached(lane, event) == (number, start)


@given(
    PIECES, st.sampled_from(["a", "A", "ab", "ß", "漢a", "\U0001f600", "a\u202e"]), st.booleans(), st.integers(8, 40)
)
def test_words_are_found_as_in_the_whole(pieces: list[str], words: str, case: bool, chunk: int) -> None:
    lane = Lane((0, "text", ""))
    found = LaneSearch(lane, words, case=case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CHUNK", chunk)
        for number, piece in enumerate(pieces):  # it grows while it is searched
            lane.add(number, piece)
            while found.step(len(lane.text), time.perf_counter() + 1):
                pass
    text = lane.text.decode()
    pattern = re.compile(re.escape(words), 0 if case else re.IGNORECASE)
    wanted = [(len(text[: hit.start()].encode()), len(text[: hit.end()].encode())) for hit in pattern.finditer(text)]
    assert found.hits == wanted


def test_times_gaps_and_spans_come_from_the_record() -> None:
    exchange = recorded(stream(tuple(f"w{number} " for number in range(30))))
    derived = derived_of(exchange)
    while not derived.done:
        derived.advance(0.1)
    lane = derived.lane()
    assert lane is not None
    feed = Feed(derived)
    feed.pull()
    place = places.place_at(feed, lane, 4)
    assert place is not None
    assert (place.gap, lane.text[place.start : place.end]) == (40 * MS, b"w1 ")
    assert exchange.event(place.event).t == place.t
    assert places.place_at(feed, lane, -1) is places.place_at(feed, lane, len(lane.text)) is None
    assert places.gaps_of(feed, lane, 0, 4) == [0, 40 * MS, 40 * MS, 40 * MS]
    assert places.median_gap(feed, lane) == 40 * MS
    start, end = places.bytes_within(feed, lane, (place.t, place.t + 85 * MS))
    assert lane.text[start:end] == b"w1 w2 w3 "
    assert places.bytes_within(feed, lane, (0, 1)) == (0, 0)
    assert Heat(feed).runs(lane, 0, len(lane.text)) == []
    exchange.close()


@given(st.binary(min_size=150, max_size=400), st.sampled_from(["b64_json", "data", "result"]))
def test_files_are_found_in_payloads(data: bytes, name: str) -> None:
    data = b"\x89PNG" + data
    payload = json.dumps({"a": "b", "x": [{name: base64.b64encode(data).decode(), "n": 1}]}).encode()
    (mime, start, end), *more = found_in(payload)
    assert not more
    assert mime == "image/png"
    media = Media(mime)
    media.add(0, start, end)
    assert media.bytes(lambda _media, _event, first, last: payload[first:last]) == data
    assert abs(media.size - len(data)) <= 2


def test_what_is_no_file_is_none() -> None:
    assert not list(found_in(b'{"data":"' + b"a" * 5000 + b'"}')), "letters of no known type"
    assert not list(found_in(b'{"id":"' + b"A" * 5000 + b'"}'))
    assert not list(found_in(b'{"b64_json":"short"}'))
    with pytest.raises(ValueError, match=r"."):
        decoded(b"\xff\xfe===A")
    inline = b'{"inlineData":{"mimeType":"audio/wav","data":"' + base64.b64encode(bytes(600)) + b'"}}'
    assert [mime for mime, _, _ in found_in(inline)] == ["audio/wav"]
