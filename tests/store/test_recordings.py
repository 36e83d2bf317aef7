"""Recordings: every event, in order, for the owner only, whatever happens to the disk and to the process."""

import os
import random
import shutil
import stat
import tempfile
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from tests.store.events import EVENTS, REQUEST

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.event import (
    LARGEST_PAYLOAD,
    PAYLOAD,
    WIRE,
    Closed,
    Event,
    Finding,
    Head,
    Message,
    Read,
    RequestSent,
    decode,
    encode,
)
from streamscope.store import tapes
from streamscope.store.exchange import Exchange
from streamscope.store.index import MAGIC
from streamscope.store.recordings import Recordings, is_recording, opened


def messages(count: int) -> list[Event]:
    return [Message(number, "in", (1, 1), f"message {number} ä\n".encode()) for number in range(count)]


def test_the_size_of_a_message_is_kept_where_only_its_beginning_is(tmp_path: Path) -> None:
    """An event of many lines is no run of bytes of a stream: its beginning is stored, and how long it was."""
    large = Message(1, "in", (1, 3), b"beginning", "event", "message", length=1 << 30)
    exchange = kept(tmp_path)
    exchange.append(large)
    exchange.close()
    assert exchange.path is not None
    for one in (exchange, Exchange.opened(exchange.path)):
        assert one.event(0) == large
        assert one.payload(0) == b"beginning"


def kept(tmp_path: Path) -> Exchange:
    return Recordings(tmp_path / "recordings").new(Draft())


def live(exchange: Exchange, count: int = 10) -> None:
    """An exchange as the main path records it: reads, and messages that are runs of the wire or of the payload."""
    exchange.append(REQUEST)
    exchange.append(Head(1, 200, "HTTP/1.1", [("Content-Type", "text/event-stream")]))
    for number in range(1, count + 1):
        data = f"data: {number}\n\n".encode()
        exchange.append(Read(number * 10, number, len(data), data))
        at = exchange.stream_size(WIRE) - len(data) + 6
        text = str(number).encode()
        exchange.append(Message(number * 10, "in", (number, number), text, "event", "tick", at=at, stream=WIRE))
        at = exchange.keep(b"inflated %d" % number)
        payload = b"inflated %d" % number
        exchange.append(Message(number * 10, "in", (number, number), payload, "line", id=f"é{number}", at=at))
    exchange.append(Closed(count * 10 + 1, "server"))


@pytest.mark.parametrize("keep", [True, False])
def test_events_come_back_as_they_went_in(tmp_path: Path, keep: bool) -> None:
    exchange = Recordings(tmp_path / "recordings").new(Draft(), keep=keep)
    events = [*messages(100), Closed(101, "server")]
    for event in events:
        exchange.append(event)
    assert len(exchange) == 101
    assert exchange.ended
    assert said(exchange.events(0, 101)) == events
    assert said(exchange.events(50, 52)) == events[50:52]
    assert said([exchange.event(100)]) == events[100:]
    assert said(exchange.events(90, 500)) == events[90:]
    assert exchange.events(101, 200) == []
    exchange.close()
    assert list((tmp_path / "recordings").glob("*")) == ([exchange.path] if keep else [])


def said(events: list[Event]) -> list[Event]:
    """Events without their places, which a record gives them."""
    return [decode(encode(event)) if not isinstance(event, Read) else event for event in events]


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_any_events_are_read_again(events: list[Event]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        exchange = Exchange(Draft(), folder / "one")
        exchange.extend(events)
        for seen in (exchange.events(0, 1000), [exchange.event(at) for at in range(len(events))]):
            assert said(seen) == said(events)
        exchange.close()
        again = opened(folder / "one")
        assert said(again.events(0, 1000)) == said(events)
    finally:
        shutil.rmtree(folder)


def test_what_is_equal_is_stored_once(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    live(exchange)
    exchange.close()
    assert exchange.path is not None
    assert (exchange.path / "wire").read_bytes() == b"".join(b"data: %d\n\n" % number for number in range(1, 11))
    assert (exchange.path / "payload").read_bytes() == b"".join(b"inflated %d" % number for number in range(1, 11))
    assert b"inflated" not in (exchange.path / "notes").read_bytes()
    again = opened(exchange.path)
    assert again.events(0, 100) == exchange.events(0, 100)
    assert again.names == ["tick"]


def test_a_large_message_is_read_in_parts(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    data = bytes(range(256)) * 4096
    for number in range(1, 21):
        exchange.append(Read(number, number, len(data), data))
    size = 20 * len(data)
    exchange.append(Message(21, "in", (1, 20), data, at=0, stream=WIRE, length=size))
    message = exchange.event(20)
    assert isinstance(message, Message)
    assert (message.size, len(message.payload), message.whole) == (size, LARGEST_PAYLOAD, False)
    assert exchange.payload(20, size - 10) == data[-10:]
    assert exchange.payload(20, 1 << 20, 512) == data[:512]
    assert decode(encode(message)).size == size  # type: ignore[union-attr]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    exchange.close()
    assert exchange.path is not None
    assert is_recording(exchange.path)
    for file in exchange.path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(exchange.path.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    exchange = Recordings(tmp_path / "file" / "recordings").new(Draft())
    exchange.append(Read(1, 1, 2, b"ab"))
    assert exchange.events(0, 1) == [Read(1, 1, 2, b"ab")]
    exchange.close()


def test_much_without_a_folder_goes_to_files_without_a_name() -> None:
    exchange = Exchange(Draft())
    data = b"x" * 100_000
    for number in range(1, 31):
        exchange.append(Read(number, number, len(data), data))
    assert exchange.event(29) == Read(30, 30, len(data), data)
    assert sum(exchange._tapes[WIRE].held for _ in (1,)) < 1 << 20


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    monkeypatch.setattr(tapes, "_HELD", 300)
    for tape in exchange._tapes:
        os.dup2(os.open("/dev/full", os.O_RDWR), tape._descriptor or -1)
    events = messages(20)
    for event in events:
        exchange.append(event)
    exchange.flush()
    seen = exchange.events(0, 100)
    (finding,) = [event for event in seen if isinstance(event, Finding)]
    assert finding.rule == "recording_stopped"
    assert finding.remedy
    assert said([event for event in seen if not isinstance(event, Finding)]) == events
    exchange.close()


def test_one_writes_while_another_reads(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    events = messages(3000)
    wrong: list[object] = []

    def read() -> None:
        while len(exchange) < len(events):
            stop = len(exchange)
            seen = said(exchange.events(max(0, stop - 5), stop))
            if seen != events[max(0, stop - 5) : stop]:
                wrong.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for event in events:
        exchange.append(event)
    reader.join(30)
    exchange.close()
    assert wrong == []
    assert exchange.path is not None
    assert said(opened(exchange.path).events(0, 5000)) == events


def test_a_recording_cut_anywhere_opens_with_what_is_whole(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    live(exchange, 3)
    exchange.close()
    assert exchange.path is not None
    events = exchange.events(0, 100)
    for name in ("index", "wire", "payload", "notes", "names"):
        whole = (exchange.path / name).read_bytes()
        for size in range(len(whole)):
            copy = tmp_path / "copy"
            shutil.copytree(exchange.path, copy)
            (copy / name).write_bytes(whole[:size])
            if name == "index" and size < len(MAGIC) + 8:
                with pytest.raises(StoreError):
                    opened(copy)
            else:
                seen = opened(copy).events(0, 100)
                if name != "names":
                    assert seen == events[: len(seen)], (name, size)
                assert len(seen) <= len(events)
            shutil.rmtree(copy)


def test_a_damaged_index_never_raises(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    live(exchange, 3)
    exchange.close()
    assert exchange.path is not None
    index = exchange.path / "index"
    whole, chance = index.read_bytes(), random.Random(5)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(MAGIC) + 8, len(damaged))] = chance.randrange(256)
        index.write_bytes(damaged)
        again = opened(exchange.path)
        assert len(again.events(0, 100)) == len(again)


def test_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    exchange.close()
    assert exchange.path is not None
    (exchange.path / "index").write_bytes(MAGIC + (9).to_bytes(4, "little") + bytes(4))
    with pytest.raises(StoreError, match="newer version"):
        opened(exchange.path)


def test_five_gigabytes_open_as_soon_as_five_bytes(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    exchange.append(Read(1, 1, 4, b"abcd"))
    exchange.close()
    assert exchange.path is not None
    size = 5 << 30
    with (exchange.path / "wire").open("r+b") as file:
        file.truncate(size)  # holes take no room
        file.seek(size - 3)
        file.write(b"end")
    row = (2).to_bytes(8, "little") + (0).to_bytes(8, "little") + (size << 24 | 4 | 6 << 7).to_bytes(8, "little")
    with (exchange.path / "index").open("ab") as index:
        index.write(row + (1 << 32 | 1).to_bytes(8, "little") + bytes(8))
    again = opened(exchange.path)
    message = again.event(1)
    assert isinstance(message, Message)
    assert (message.size, message.form, message.stream) == (size, "body", WIRE)
    assert again.payload(1, size - 3) == b"end"
    assert PAYLOAD != WIRE


def test_a_request_with_a_large_body_is_read_whole(tmp_path: Path) -> None:
    exchange = kept(tmp_path)
    exchange.append(msgspec.structs.replace(REQUEST, body="x" * (LARGEST_PAYLOAD + 100)))
    exchange.append(Closed(1, "user"))
    for events in (exchange.events(0, 2), [exchange.event(0)]):
        assert isinstance(events[0], RequestSent)
        assert len(events[0].content) == LARGEST_PAYLOAD + 100
