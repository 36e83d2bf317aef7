"""Recordings: every event, in order, for the owner only, whatever happens to the disk."""

import io
import stat
import threading
from pathlib import Path

import pytest

from streamscope.model.draft import Draft
from streamscope.model.event import Closed, Event, Finding, Message, Read, decode
from streamscope.store.recordings import Exchange, Recordings, opened


def messages(count: int) -> list[Event]:
    return [Message(number, "in", (1, 1), f"message {number} ä\n".encode()) for number in range(count)]


@pytest.mark.parametrize("keep", [True, False])
def test_events_come_back_as_they_went_in(tmp_path: Path, keep: bool) -> None:
    exchange = Recordings(tmp_path / "recordings").new(Draft(), keep=keep)
    events = [*messages(100), Closed(101, "server")]
    for event in events:
        exchange.append(event)
    assert len(exchange) == 101
    assert exchange.ended
    assert exchange.events(0, 101) == events
    assert exchange.events(50, 52) == events[50:52]
    assert exchange.event(100) == events[100]
    assert exchange.events(90, 500) == events[90:]
    assert exchange.events(101, 200) == []
    exchange.close()
    assert list(tmp_path.rglob("*.jsonl")) == ([exchange.path] if keep else [])


def test_a_recording_is_read_again(tmp_path: Path) -> None:
    exchange = Recordings(tmp_path / "recordings").new(Draft())
    events = [*messages(3), Closed(4, "server", 1000, "bye")]
    for event in events:
        exchange.append(event)
    exchange.close()
    assert exchange.path is not None
    assert exchange.events(1, 3) == events[1:3]
    again = opened(exchange.path)
    assert again.events(0, 10) == events
    again.close()


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    exchange = Recordings(tmp_path / "recordings").new(Draft())
    exchange.close()
    assert exchange.path is not None
    assert stat.S_IMODE(exchange.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(exchange.path.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    exchange = Recordings(tmp_path / "file" / "recordings").new(Draft())
    exchange.append(Read(1, 1, 10))
    assert exchange.events(0, 1) == [Read(1, 1, 10)]
    exchange.close()


class Full(io.BytesIO):
    """A disk with room for some bytes."""

    room = 300

    def write(self, data: object) -> int:
        if self.tell() + len(bytes(data)) > self.room:  # type: ignore[call-overload]
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]

    def fileno(self) -> int:
        raise AssertionError("what is full is read back from memory")


def test_a_full_disk_is_said_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.pread")
    exchange = Exchange(Draft(), Full())
    events = messages(20)
    for event in events:
        exchange.append(event)
    kept = exchange.events(0, 100)
    (said,) = [event for event in kept if isinstance(event, Finding)]
    assert said.rule == "recording_stopped"
    assert said.remedy
    assert [event for event in kept if not isinstance(event, Finding)] == events
    exchange.close()


def test_one_writes_while_another_reads(tmp_path: Path) -> None:
    exchange = Recordings(tmp_path / "recordings").new(Draft())
    events = messages(3000)
    wrong: list[object] = []

    def read() -> None:
        while len(exchange) < len(events):
            stop = len(exchange)
            seen = exchange.events(max(0, stop - 5), stop)
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
    assert [decode(line) for line in exchange.path.read_bytes().splitlines()] == events
